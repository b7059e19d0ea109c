"""Failures of the disk, told in words: what was being written, why it failed, what next."""

from __future__ import annotations

import errno
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import Fault, MachineFault, PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPORARY = re.compile(r"\.(?P<kind>tmp|old)-(?P<name>.+)-(?P<pid>\d+)-[0-9a-f]{8}")
"""Folders that are not runs: half-written (tmp) or set aside (old), with name and process."""
FULL = 2**20
"""Less free space than this explains a writer that failed without saying why [byte]."""
REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space and run again"),
    errno.EDQUOT: ("your share of the disk is used up", "free some space and run again"),
    errno.EROFS: ("the disk is read-only", "copy the project to a folder that can be written"),
    errno.EACCES: ("permission is refused", "make the folder writable for you, or copy the project"),
    errno.EPERM: ("permission is refused", "make the folder writable for you, or copy the project"),
    errno.EFBIG: ("the file is larger than is allowed here", "raise the limit on the size of files"),
    errno.EIO: ("the disk does not answer", "check the disk and run again"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move that file away"),
    errno.EEXIST: ("a file stands where a folder should be", "move that file away"),
    errno.EMFILE: ("too many files are open", "close other programs and run again"),
}


@contextmanager
def told(what: str, project: Path | None = None) -> Iterator[None]:
    """Tell a failure of the disk in words, with what was being written.

    Parameters
    ----------
    what
        What was being written, such as ``runs/new-york-0123abcd``.
    project
        The project folder, so that a file in it is named without the way to it.

    Raises
    ------
    MachineFault
        For a full or read-only disk, refused permission, and their like.
    """
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0)
        if reason is None:
            raise
        file = _within(project, error.filename)
        raise MachineFault(
            Fault(f"{reason[0]} while writing {file or what}", what if file else "", reason[1])
        ) from error


def silently_full(error: BaseException, folder: Path) -> bool:
    """Return whether a writer failed for want of space, or on a read-only disk, without saying so itself."""
    if isinstance(error, PlannerError) or not isinstance(error, Exception) or not folder.is_dir():
        return False
    spoken = isinstance(error, OSError) and error.errno in REASONS
    return not spoken and shutil.disk_usage(folder).free < FULL


def _within(project: Path | None, file: object) -> str:
    """Path of a file below the project, without the way to it and the name of the temporary folder."""
    if project is None or not isinstance(file, str | Path):
        return ""
    path = Path(file)
    if not path.is_relative_to(project):
        return ""
    return "/".join(
        TEMPORARY.sub(lambda found: found["name"], part) for part in path.relative_to(project).parts
    )
