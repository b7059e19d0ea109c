"""Writers of small runs, here and in other processes, and how to tell that a run is whole."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from planner import store

if TYPE_CHECKING:
    from pathlib import Path

PARTS = 6
WRITER = """
import sys, time
from pathlib import Path
from planner import store
project, name, text, pause = Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
print("ready", flush=True)
with store.new_run(project, name, space=0) as folder:
    (folder / "plan").mkdir()
    for part in range(6):
        (folder / "plan" / f"{part}.csv").write_text(text * 20000)
        time.sleep(pause)
    store.write_manifest(folder, {"finished": True, "text": text})
"""


def write(project: Path, name: str, text: str = "a", *, finished: bool = True) -> None:
    """Write a run of some files into the project."""
    with store.new_run(project, name) as folder:
        (folder / "plan").mkdir()
        for part in range(PARTS):
            (folder / "plan" / f"{part}.csv").write_text(text * 20000)
        store.write_manifest(folder, {"finished": finished, "text": text})


def whole(project: Path, name: str) -> str:
    """Return the text of a run after asserting that every file of it is whole and of one writer."""
    folder = project / store.RUNS / name
    text: str = store.read_manifest(folder)["text"]
    files = sorted(path.name for path in (folder / "plan").iterdir())
    assert files == [f"{part}.csv" for part in range(PARTS)]
    assert all((folder / "plan" / file).read_text() == text * 20000 for file in files)
    return text


def started(project: Path, name: str, text: str, pause: float) -> subprocess.Popen[str]:
    """Start a process that writes a run, and wait until it is about to."""
    arguments = [sys.executable, "-c", WRITER, str(project), name, text, str(pause)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


def hidden(project: Path) -> list[str]:
    """Return what lies in the folder of runs beside runs."""
    return [path.name for path in (project / store.RUNS).iterdir() if path.name.startswith(".")]
