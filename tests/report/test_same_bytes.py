"""The same run gives the same bytes: every output, in processes that differ in all that must not matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WORLDS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "86400", "OMP_NUM_THREADS": "2"},
)
TIMED = {"manifest.json"}


def written(folder: Path, world: dict[str, str]) -> dict[str, bytes]:
    """Write everything in one world; return every file by name, those that tell the time excepted."""
    paths = os.pathsep.join(map(str, (HERE, HERE.parent, HERE.parents[1])))
    command = [sys.executable, str(HERE / "every_output.py"), str(folder)]
    subprocess.run(command, check=True, env=os.environ | world | {"PYTHONPATH": paths}, capture_output=True)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in TIMED]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_every_output_is_the_same(tmp_path: Path) -> None:
    """No page, PDF, export or table tells when, where or in which order it was made."""
    one, other = (written(tmp_path / str(nth) / "runs", world) for nth, world in enumerate(WORLDS))
    kinds = {Path(name).suffix for name in one}
    assert {".html", ".csv", ".parquet", ".geojson", ".gpkg", ".xlsx", ".shp", ".dbf", ".yaml"} <= kinds
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []
