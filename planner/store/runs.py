"""Folders of runs: whole or not there at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from planner.errors import Fault, MachineFault
from planner.store.disk import TEMPORARY, silently_full, told
from planner.store.provenance import MANIFEST, RUNS, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPACE = 64 * 2**20
"""Free space that is asked for before a run is written, where nothing else is said [byte]."""


def find_finished(project: Path, name: str, *, force: bool = False) -> Path | None:
    """Return the folder of a run that ended by itself; None where there is none, or with `force`."""
    with suppress(OSError):
        sweep(project / RUNS)
    folder = project / RUNS / name
    with suppress(MachineFault):
        if not force and read_manifest(folder).get("finished") is True:
            return folder
    return None


@contextmanager
def new_run(project: Path, name: str, *, space: int = SPACE) -> Iterator[Path]:
    """Give a temporary folder that becomes the run `runs/<name>` when it is whole, and vanishes otherwise.

    Write every file into it, and the manifest with `write_manifest` at the end. A run of that name
    that is already there is replaced at the last moment, and never lost before the new one stands.

    Parameters
    ----------
    project
        The project folder.
    name
        Name of the run, as of `run_id`.
    space
        Free space that the run is expected to need [byte].

    Raises
    ------
    MachineFault
        When the disk is full or read-only, or permission is refused.
    FileNotFoundError
        When no manifest was written: a run without one is not whole.
    """
    runs = project / RUNS
    folder = runs / _aside("tmp", name)
    with told(f"{RUNS}/{name}", project):
        runs.mkdir(exist_ok=True)
        sweep(runs)
        _check_space(runs, space)
        folder.mkdir()
        try:
            yield folder
            _settle(folder)
            _put(folder, runs / name)
        except BaseException as error:
            last, full = _last_file(folder), silently_full(error, runs)
            shutil.rmtree(folder, ignore_errors=True)
            if full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), last) from error
            if isinstance(error, OSError) and error.filename is None:
                error.filename = last
            raise


def sweep(runs: Path) -> None:
    """Clear up after runs that were killed: remove what is half-written, put back what was set aside."""
    for entry in sorted(runs.iterdir()) if runs.is_dir() else []:
        found = TEMPORARY.fullmatch(entry.name)
        if found is None or _alive(int(found["pid"])):
            continue
        if found["kind"] == "old" and not (runs / found["name"]).exists():
            with suppress(OSError):
                entry.rename(runs / found["name"])
                continue
        shutil.rmtree(entry, ignore_errors=True)


def _aside(kind: str, name: str) -> str:
    return f".{kind}-{name}-{os.getpid()}-{secrets.token_hex(4)}"


def _alive(pid: int) -> bool:
    """Return whether a process runs; where that cannot be asked without harm, say that it does."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _check_space(runs: Path, space: int) -> None:
    free = shutil.disk_usage(runs).free
    if free < space:
        message = f"only {free / 2**20:,.0f} MB are free, and about {space / 2**20:,.0f} MB are needed"
        raise MachineFault(Fault(message, RUNS, "free some space and run again"))


def _last_file(folder: Path) -> str:
    """Return the file that was being written: a full disk does not say which."""
    with suppress(OSError):
        files = [path for path in folder.rglob("*") if path.is_file()]
        return str(max(files, key=lambda path: path.stat().st_mtime_ns, default=folder))
    return str(folder)


def _settle(folder: Path) -> None:
    """Have every file on the disk, the manifest last."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    for path in [*files, folder / MANIFEST]:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    for path in [*(path for path in folder.rglob("*") if path.is_dir()), folder]:
        _sync_folder(path)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(folder: Path, target: Path) -> None:
    """Give a whole folder its name; what stood there is set aside first, and put back if that fails."""
    aside = target.parent / _aside("old", target.name)
    while True:
        with suppress(FileNotFoundError):
            target.rename(aside)
        try:
            folder.rename(target)
            break
        except OSError as error:
            taken = error.errno in {errno.ENOTEMPTY, errno.EEXIST}
            if aside.exists() and not taken:
                aside.rename(target)
            if not taken:
                raise
            shutil.rmtree(aside, ignore_errors=True)
    _sync_folder(target.parent)
    shutil.rmtree(aside, ignore_errors=True)
