"""Parcels: files of a project that another machine needs, and whole runs that it sends back."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.store.disk import told

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Parcel:
    """Files packed into one text of bytes, and the SHA-256 that names it."""

    content: bytes
    digest: str


def pack(folder: Path, names: Iterable[str]) -> Parcel:
    """Pack files of a folder, by their paths in it; the same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(set(names)):
            data = (folder / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return Parcel(content.getvalue(), hashlib.sha256(content.getvalue()).hexdigest())


def pack_whole(folder: Path) -> Parcel:
    """Pack every file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return pack(folder, (path.relative_to(folder).as_posix() for path in files))


def unpack(parcel: Parcel, folder: Path) -> None:
    """Put the files of a parcel into a folder that is there; none leaves it.

    Raises
    ------
    MachineFault
        When the disk is full or read-only, or permission is refused.
    """
    now = time.time()
    with told(str(folder)), tarfile.open(fileobj=io.BytesIO(parcel.content)) as tar:
        for entry in tar:
            entry.mtime = now
            tar.extract(entry, folder, filter="data")
