"""Write the invented city into a new folder: all of it, or nothing."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault
from planner.scenario.schema_json import json_schema
from planner.store import silently_full, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCENARIO = "scenario.yaml"
SCHEMA = "scenario.schema.json"
ELSEWHERE = "name a folder that is not there yet, such as `planner init my-city`"


def write_starter(folder: Path) -> Path:
    """Write a tiny invented city that shows every feature of the scenario file.

    Parameters
    ----------
    folder
        A folder that is not there yet, in one that is; an empty one will do.

    Returns
    -------
    Path
        The scenario file in it.

    Raises
    ------
    InputFault
        When something stands there already, or the folder around it is not there; nothing is written.
    MachineFault
        When the disk is full or read-only, or permission is refused; nothing is left behind.
    """
    return write_folder(folder, _fill)


def write_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Write a new folder with what `fill` puts into it, whole or not at all; returns its scenario file."""
    refuse_taken(folder)
    with _named(folder), told(str(folder)):
        _write_whole(folder, fill)
    return folder / SCENARIO


def refuse_taken(folder: Path, hint: str = ELSEWHERE) -> None:
    """Raise InputFault, with the hint, when a folder cannot be made here or something stands in it."""
    parent = folder.absolute().parent
    if not os.path.lexists(parent):
        first = f"make it first, or check how it is written: `{parent.name}`"
        raise InputFault(Fault("the folder around it is not there", str(folder), first))
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise InputFault(Fault("a file of that name stands there already", str(folder), hint))
    with told(str(folder)):
        taken = sorted(entry.name for entry in folder.iterdir())
    if taken:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        message = f"the folder is not empty: it holds {taken[0]}{more}"
        raise InputFault(Fault(message, str(folder), hint))


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Tell a name that the disk does not take."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENAMETOOLONG, errno.EINVAL}:
            raise
        raise InputFault(Fault("a folder cannot have this name", folder.name[:60], ELSEWHERE)) from None


def _write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside the place, or within it when it is there, and put it in place at the end."""
    there = folder.is_dir()
    draft = (folder if there else folder.absolute().parent) / f".planner-init-{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        fill(draft)
        if there:
            _move_in(draft, folder)
        else:
            draft.rename(folder)
    except BaseException as error:
        if silently_full(error, draft):  # a library's writer that does not say so
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(folder: Path) -> None:
    with as_file(files("planner.cli.starter") / "files") as shipped:
        for source in sorted(path for path in shipped.rglob("*") if path.is_file()):
            target = folder / source.relative_to(shipped)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())
    text = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    (folder / SCHEMA).write_text(text + "\n", encoding="utf-8", newline="\n")


def _move_in(draft: Path, folder: Path) -> None:
    """Move everything up into the folder; take all of it back when one cannot be moved."""
    moved: list[Path] = []
    try:
        for entry in sorted(draft.iterdir()):
            moved.append(entry.rename(folder / entry.name))  # noqa: PERF401 - what was moved is taken back
    except BaseException:
        for entry in moved:
            entry.rename(draft / entry.name)
        raise
