"""`planner doctor`: versions, the solver's known faults, the disk, the reader of layers."""

from __future__ import annotations

import platform
import tempfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer
from packaging.requirements import Requirement

from planner.errors import Fault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 12)
DISTRIBUTION = "wellbeing-planner"
DRIVERS = ("GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf")


class Finding(NamedTuple):
    """One thing looked at: what, what was found, whether it will do, and else what to do."""

    what: str
    said: str
    good: bool = True
    hint: str = ""


def doctor() -> None:
    """Check versions, the solver's known faults, the disk and the reader of layers."""
    found = list(examine(Path.cwd()))
    for one in found:
        typer.echo(f"{'ok  ' if one.good else 'BAD '} {one.what}: {one.said}")
    bad = [Fault(f"{one.what}: {one.said}", hint=one.hint) for one in found if not one.good]
    if bad:
        raise MachineFault(bad)
    typer.echo("All is well.")


def examine(folder: Path) -> Iterator[Finding]:
    """Look at everything, in an order from which a mender can work; `folder` is where runs would go."""
    yield _python()
    yield from _libraries()
    yield from _solver()
    yield _drivers()
    yield _writes(folder)


def _python() -> Finding:
    told = tuple(int(part) for part in platform.python_version_tuple()[:2])
    oldest = ".".join(map(str, OLDEST))
    return Finding("Python", platform.python_version(), told >= OLDEST, f"install Python {oldest} or newer")


def _libraries() -> Iterator[Finding]:
    """Every library that the planner needs, against the versions that it is made for; extras where there."""
    try:
        needs = [Requirement(line) for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        yield Finding("the planner", "is not installed as a package", good=False, hint="pip install .")
        return
    for need in sorted(needs, key=lambda one: one.name):
        extra = need.marker is not None
        if extra and need.name == DISTRIBUTION:
            continue
        try:
            there = version(need.name)
        except PackageNotFoundError:
            if not extra:
                yield Finding(need.name, "is missing", good=False, hint=f"pip install '{_plain(need)}'")
            continue
        good = need.specifier.contains(there, prereleases=True)
        if good and extra:
            continue
        said = there if good else f"{there}, and {need.specifier} is needed"
        yield Finding(need.name, said, good, f"pip install '{_plain(need)}'")


def _plain(need: Requirement) -> str:
    return f"{need.name}{need.specifier}"


def _solver() -> Iterator[Finding]:
    try:
        from planner.model.known_faults import try_known_faults  # noqa: PLC0415
    except ImportError as error:
        yield Finding("the solver", f"cannot be loaded ({error})", good=False, hint="pip install highspy")
        return
    hint = "install another version of highspy: no plan of this one can be trusted"
    for tried in try_known_faults():
        yield Finding(f"solved {tried.what}", tried.said, tried.right, hint)


def _drivers() -> Finding:
    import pyogrio  # noqa: PLC0415 - slow

    there = pyogrio.list_drivers()
    lacking = [name for name in DRIVERS if "w" not in there.get(name, "")]
    said = f"GDAL {pyogrio.__gdal_version_string__}" + (f" lacks {', '.join(lacking)}" if lacking else "")
    return Finding("reader of layers", said, not lacking, "pip install --force-reinstall pyogrio")


def _writes(folder: Path) -> Finding:
    """Write a file where runs would go, and take it away."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".planner-doctor-") as file:
            file.write(b"planner")
            file.flush()
    except OSError as error:
        hint = "go to a folder that you may write, or free some space"
        return Finding("writing here", str(error.strerror or error), good=False, hint=hint)
    return Finding("writing here", "possible")
