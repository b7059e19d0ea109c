"""Files that are put beside others: all of them or none, and nothing that was there before is lost."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault
from planner.store.disk import silently_full, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def placed(folder: Path, names: Sequence[str], *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder whose files go into a folder when all of them are written.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there. What else stands in it is left alone.
    names
        Names of the files that will be written.
    force
        Replace files of those names.

    Raises
    ------
    InputFault
        When a file of one of the names is there, and not `force`.
    MachineFault
        When the disk is full or read-only, or permission is refused.
    """
    _refuse(folder, names, force=force)
    with told(str(folder)):
        missing = next((f for f in reversed((folder, *folder.parents)) if not f.exists()), None)
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".tmp-export-{os.getpid()}-{secrets.token_hex(4)}"
        aside.mkdir()
        try:
            yield aside
            for name in names:
                _sync(aside / name)
            _refuse(folder, names, force=force)
            for name in names:
                (aside / name).replace(folder / name)
        except Exception as error:
            if silently_full(error, folder):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            if missing is not None:
                _remove_empty(folder, missing)


@contextmanager
def rewritten(folder: Path, stale: str) -> Iterator[Path]:
    """Give a temporary folder whose files take the place of those of a folder when all of them are written.

    Parameters
    ----------
    stale
        Pattern of files in the folder that go where they are not written anew.

    Raises
    ------
    MachineFault
        When the disk is full or read-only, or permission is refused; what was there stays.
    """
    with told(str(folder)):
        aside = folder / f".tmp-again-{os.getpid()}-{secrets.token_hex(4)}"
        aside.mkdir()
        try:
            yield aside
            files = sorted(path for path in aside.rglob("*") if path.is_file())
            for path in files:
                _sync(path)
            for path in files:
                target = folder / path.relative_to(aside)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
            for old in {*folder.glob(stale)} - {folder / path.relative_to(aside) for path in files}:
                old.unlink()
        except Exception as error:
            if silently_full(error, folder):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _refuse(folder: Path, names: Sequence[str], *, force: bool) -> None:
    """Refuse what would overwrite a file, or put one where a folder stands."""
    if folder.exists() and not folder.is_dir():
        raise InputFault(
            Fault("a file stands where a folder should be", str(folder), "name another with --out")
        )
    there = [folder / name for name in names if os.path.lexists(folder / name)]
    blocked = there if not force else [path for path in there if path.is_dir() and not path.is_symlink()]
    hint = "--force replaces it" if not force else "name another with --out"
    if blocked:
        raise InputFault(Fault("is there already, and is not replaced", str(path), hint) for path in blocked)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove_empty(folder: Path, highest: Path) -> None:
    """Take away the folders that were made for nothing."""
    with suppress(OSError):
        while True:
            folder.rmdir()
            if folder == highest:
                return
            folder = folder.parent
