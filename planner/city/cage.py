"""The cage: a child process that reads files written by others, with few drivers and hard limits.

Run as `python -m planner.city.cage FOLDER`: reads `FOLDER/request.json`, writes one Arrow file for each
layer and `FOLDER/answer.json`. The parent's side is `guard`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from planner.city.formats import Refused, recognise

DRIVERS = {"GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf", "MEM"}
"""The only drivers of GDAL that stay: CSV and Parquet are read without it."""

MACHINE = {errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EMFILE, errno.EIO, errno.ENOMEM, errno.EFBIG}
"""Errors that are the machine's, not the file's."""


def main() -> None:
    """Read every file of the request; a file that cannot be read does not hold up the others."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text("utf-8"))
    limit(**request["limits"])
    answers = []
    for number, wanted in enumerate(request["files"]):
        (folder / "now").write_text(str(number), "utf-8")
        answers.append(_answer(wanted, folder / f"{number}.arrow"))
    (folder / "answer.json").write_text(json.dumps(answers), "utf-8")


def limit(memory: int, seconds: int, size: int) -> None:
    """Hard limits on memory [byte], processor time [s] and size of a written file [byte]."""
    with suppress(ImportError):  # not on Windows
        import resource  # noqa: PLC0415

        wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: size}
        for kind, most in wanted.items():
            hard = resource.getrlimit(kind)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (least, least))


def _answer(wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    path = Path(wanted["path"])
    try:
        return _read(path, wanted, target)
    except Refused as refused:
        return {"fault": [refused.message, refused.hint, refused.part]}
    except MemoryError:
        return {"machine": "there is not enough memory to read it"}
    except Exception as error:  # noqa: BLE001 whatever a damaged file causes is the file's fault
        if isinstance(error, OSError) and error.errno in MACHINE:
            return {"machine": f"the machine refused: {os.strerror(error.errno or 0)}"}
        return {"fault": [_plain(error, path), "open it in QGIS and export it again as GeoPackage", ""]}


def _plain(error: Exception, path: Path) -> str:
    """One line of an error's text, without this machine's paths."""
    text = " ".join(str(error).replace(str(path), path.name).split()) or type(error).__name__
    text = re.sub(r"(/[\w.\-]+){2,}/", "", text)
    return f"it cannot be read, perhaps it is damaged ({text[:120]})"


def _read(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    form = recognise(path)
    if form == "CSV":
        from planner.city.cage_csv import read_csv as read  # noqa: PLC0415
    elif form == "Excel":
        from planner.city.cage_sheet import read_sheet as read  # noqa: PLC0415
    elif form == "GeoParquet":
        from planner.city.cage_parquet import read_parquet as read  # noqa: PLC0415
    else:
        _fewer_drivers()
        from planner.city.cage_gdal import read_gdal as read  # noqa: PLC0415
    return read(path, wanted, target) | {"format": form}


def _fewer_drivers() -> None:
    """Start again without the drivers that a newer GDAL has and the parent did not know."""
    import pyogrio  # noqa: PLC0415

    more = set(pyogrio.list_drivers()) - DRIVERS
    if more and "PLANNER_CAGED" not in os.environ:
        skip = ",".join([os.environ.get("OGR_SKIP", ""), *sorted(more)])
        environment = os.environ | {"OGR_SKIP": skip, "PLANNER_CAGED": "1"}
        again = [sys.executable, "-P", "-m", "planner.city.cage", sys.argv[1]]
        os.execve(sys.executable, again, environment)  # noqa: S606
    if more:
        raise Refused(f"the reader's other drivers cannot be switched off: {', '.join(sorted(more))}")


if __name__ == "__main__":
    main()
