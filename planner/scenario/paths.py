"""The fence around the project: every path a scenario names is a plain file inside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import Fault, InputFault
from planner.scenario.told import did_you_mean, dotted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.scenario.marks import Node, Trail
    from planner.scenario.schema import Scenario

FILE_KEYS: tuple[tuple[str, ...], ...] = (
    ("city", "neighbourhoods", "file"),
    ("city", "cells", "file"),
    ("services", "*", "existing", "file"),
    ("services", "*", "sites", "file"),
    ("city", "neighbourhoods", "join", "*", "file"),
    ("city", "cells", "join", "*", "file"),
    ("services", "*", "existing", "join", "*", "file"),
    ("services", "*", "sites", "join", "*", "file"),
    ("travel", "*", "barriers", "file"),
    ("travel", "*", "streets", "file"),
    ("travel", "*", "file"),
)
ROOTS = ("planner.toml", "pyproject.toml")
DRIVE = re.compile(r"[A-Za-z]:")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
GRAMMAR: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\s\S]*[\0-\x1f\x7f]"), "holds a character that no file name has"),
    (re.compile(r"[\s\S]*\\"), "is written with `\\`; write `/` between folders"),
    (
        re.compile(r"[\s\S]*/vsi|vsi[a-z]+/", re.IGNORECASE),
        "is one of GDAL's virtual files; name a file in the project folder",
    ),
    (DRIVE, "begins with a Windows drive; write it relative to the scenario file"),
    (
        re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://"),
        "is an address, not a file; download it into the project folder first",
    ),
    (SCHEME, "begins with the name of a driver or address; name the file alone"),
)


def fits(trail: Trail, pattern: tuple[str, ...]) -> bool:
    """Whether keys fit a pattern in which `*` stands for any key."""
    return len(trail) == len(pattern) and all(p in ("*", t) for p, t in zip(pattern, trail, strict=True))


def is_relative(file: str) -> bool:
    """Whether the text is a path relative to the file in which it is written."""
    return _grammar(file) is None and not file.startswith("/")


def project_of(folder: Path) -> Path:
    """Nearest folder upwards that holds `planner.toml` or `pyproject.toml`, else the folder itself."""
    folder = folder.absolute()
    return next((f for f in (folder, *folder.parents) if any((f / root).is_file() for root in ROOTS)), folder)


@dataclass(frozen=True, slots=True)
class Fence:
    """Project folder and further allowed folders, which no path leaves."""

    project: Path
    allow: tuple[Path, ...] = ()

    def find(self, file: str, folder: Path) -> Path | str:
        """Return the file that a path names, symbolic links resolved, or what is wrong with it."""
        wrong = _grammar(file)
        if wrong is not None:
            return f"the path `{printable(file, 100)}` {wrong}"
        try:
            path = (folder / file).resolve()
            if not self.holds(path):
                return self._outside(file)
            return path if path.is_file() else _missing(file, path)
        except (OSError, RuntimeError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it leads in a circle"
            return f"the path `{printable(file, 100)}` cannot be followed: {why}"

    def holds(self, path: Path) -> bool:
        """Whether a resolved path lies inside."""
        return any(path.is_relative_to(root.resolve()) for root in (self.project, *self.allow))

    def _outside(self, file: str) -> str:
        project = printable(self.project.name or "/")
        return (
            f"the path `{printable(file, 100)}` leaves the project folder `{project}`; "
            "move the file into it, or allow its folder with `--allow-dir`"
        )


def _grammar(file: str) -> str | None:
    if any(RESERVED.fullmatch(part) for part in file.split("/")):
        return "is the name of a device on Windows; rename the file"
    return next((wrong for pattern, wrong in GRAMMAR if pattern.match(file)), None)


def _missing(file: str, path: Path) -> str:
    shown = printable(file, 100)
    if path.is_dir():
        return f"`{shown}` is a folder, not a file"
    if path.is_symlink():
        return f"the path `{shown}` cannot be followed: it leads in a circle"
    if path.exists():
        return f"`{shown}` is not a regular file"
    first = next((p for p in (*reversed(path.parents), path) if not p.exists()), path)
    what = "file" if first == path else "folder"
    where = "" if first == path else f" `{printable(first.name)}` on the way to"
    try:
        names = [p.name for p in first.parent.iterdir() if p.is_dir() or what == "file"]
    except OSError:
        names = []
    return f"there is no {what}{where} `{shown}`{did_you_mean(first.name, names)}"


def file_keys(root: Node) -> Iterator[tuple[Trail, Node]]:
    """Every layer path that is written, with its keys."""
    for trail, node in root.walk():
        if isinstance(node.value, str) and any(fits(trail, pattern) for pattern in FILE_KEYS):
            yield trail, node


def path_faults(root: Node, fence: Fence, folder: Path) -> list[Fault]:
    """Every layer path that is not a regular file inside the fence."""
    faults = []
    for trail, node in file_keys(root):
        found = fence.find(str(node.value), folder)
        if isinstance(found, str):
            faults.append(Fault(found, f"{node.place} {dotted(trail)}"))
    return faults


def layer_path(scenario: Scenario, file: str) -> Path:
    """Where a layer that the scenario names lies on disk, links resolved, never outside the project.

    Parameters
    ----------
    scenario
        The scenario; its folder is where relative paths begin.
    file
        Value of a `file` key.

    Raises
    ------
    InputFault
        The file is gone, or lies outside the project and the allowed folders.
    """
    found = Fence(scenario.project, scenario.allow).find(file, scenario.path.parent)
    if isinstance(found, str):
        raise InputFault(Fault(found, scenario.path.name))
    return found


def relative_to(path: Path, folder: Path) -> str:
    """Return a path as written in a scenario of that folder."""
    return Path(os.path.relpath(path, folder.resolve())).as_posix()


def allowed(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return folders that `--allow-dir` names, each of which must be one.

    Raises
    ------
    InputFault
        A folder that is not there.
    """
    faults = [
        Fault(f"there is no folder `{printable(str(f), 200)}`", "--allow-dir")
        for f in folders
        if not f.is_dir()
    ]
    if faults:
        raise InputFault(faults)
    return tuple(f.resolve() for f in folders)
