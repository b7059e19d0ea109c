"""A caged child process that reads files written by others: its limits, its environment, its end in words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, InputFault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SECRET = re.compile(r"://[^/\s]*@|\b(?:password|passwd|pwd)\s*=", re.IGNORECASE)
"""What looks like the connection to a database: the child has no use for it."""
OTHER_DRIVERS = (
    "PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,"
    "LIBKML,KML,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,DXF,GeoRSS,VFK,PGDUMP,"
    "OSM,GPSBabel,OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,"
    "Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,"
    "AIVector,HTTP"
)
"""Drivers of GDAL 3.12 that are switched off; the cage finds those of newer versions by itself."""


@contextmanager
def caged(
    module: str, request: Mapping[str, Any], names: Sequence[str], hint: str, *, memory: int, seconds: float
) -> Iterator[tuple[Any, Path]]:
    """Have a child process answer a request within limits; its answer, and the folder of what it wrote.

    Parameters
    ----------
    module
        What the child runs; it reads `request.json` in its folder, and writes `answer.json` there.
    request
        What it is asked, as JSON.
    names
        What the files are called in messages, in the order of the request.
    hint
        What to do when it dies of one.
    memory, seconds
        Limits of the child [byte, s].

    Raises
    ------
    InputFault, MachineFault
        When it dies, or takes longer than it may.
    """
    with tempfile.TemporaryDirectory(prefix="planner-read-") as name:
        folder = Path(name)
        limits = {"memory": memory, "seconds": max(1, ceil(seconds)), "size": 4 * 1024**3}
        (folder / "request.json").write_text(json.dumps({"limits": limits, **request}), "utf-8")
        _run(module, folder, names, hint, seconds)
        yield json.loads((folder / "answer.json").read_text("utf-8")), folder


def _run(module: str, folder: Path, names: Sequence[str], hint: str, seconds: float) -> None:
    command = [sys.executable, "-P", "-m", module, str(folder)]
    try:
        child = subprocess.run(  # noqa: S603 our own interpreter and module
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputFault(
            Fault(
                f"reading it took more than {seconds} s and was stopped",
                _now(folder, names),
                "simplify it, or split it",
            )
        ) from None
    if child.returncode == 0 and (folder / "answer.json").is_file():
        return
    if b"MemoryError" in child.stderr or b"bad_alloc" in child.stderr:
        raise MachineFault(Fault("there is not enough memory to read it", _now(folder, names)))
    how = f"signal {-child.returncode}" if child.returncode < 0 else f"exit code {child.returncode}"
    raise InputFault(
        Fault(f"the reader died of it ({how}); the file is damaged or too large", _now(folder, names), hint)
    )


def _environment() -> dict[str, str]:
    """Environment of the child: no settings of GDAL, PROJ or Python but ours, no database."""
    foreign = ("GDAL", "OGR", "PROJ", "CPL", "VSI", "AWS", "PYTHON", "PG", "MALLOC", "PLANNER")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(foreign) and not SECRET.search(value)
    }
    return kept | {
        "OGR_SKIP": OTHER_DRIVERS,
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }


def _now(folder: Path, names: Sequence[str]) -> str:
    """Name of the file that was being read."""
    now = folder / "now"
    return names[int(now.read_text("utf-8"))] if now.is_file() else "the reader"
