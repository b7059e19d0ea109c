"""What a run says of itself: its name, hashed from the question, and its manifest."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import unicodedata
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, InputFault, MachineFault
from planner.plan import Status, Step
from planner.store.disk import told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RUNS = "runs"
MANIFEST = "manifest.json"
LONGEST_SLUG = 60
DISTRIBUTION = "wellbeing-planner"
SOLVERS = ("pulp", "highspy")
LIBRARIES = ("geopandas", "shapely", "pandas", "numpy", "scipy", "pyarrow", "pyogrio")


def slug(name: str) -> str:
    """Return a name of lower-case letters, digits and hyphens, at most 60 long, such as ``new-york``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "scenario"


def digest(inputs: Mapping[str, str], resolved: str, versions: Mapping[str, str]) -> str:
    """Return what names a question: SHA-256, in hex, over everything that its answer depends on.

    Parameters
    ----------
    inputs
        SHA-256 of every file read, by its path relative to the project folder.
    resolved
        Text of the scenario, with everything it extends written out.
    versions
        Versions of the planner and of the solver, as of `solver_versions`.
    """
    question = {"inputs": dict(inputs), "scenario": resolved, "versions": dict(versions)}
    text = json.dumps(question, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def run_id(scenario: str, digest: str) -> str:
    """Name of a run's folder: the scenario's slug and eight hex digits of the question's digest."""
    return f"{slug(scenario)}-{digest[:8]}"


def solver_versions() -> dict[str, str]:
    """Versions of the planner and of the solver, which the answer depends on; nothing is imported."""
    return {"planner": _version(DISTRIBUTION), **{name: _version(name) for name in SOLVERS}}


def versions() -> dict[str, str]:
    """Versions of everything that took part; imports the spatial libraries, which takes a moment."""
    import pyogrio  # noqa: PLC0415 - slow
    import pyproj  # noqa: PLC0415 - slow
    import shapely  # noqa: PLC0415 - slow

    return {
        "python": platform.python_version(),
        **solver_versions(),
        **{name: _version(name) for name in LIBRARIES},
        "GDAL": str(pyogrio.__gdal_version_string__),
        "GEOS": str(shapely.geos_version_string),
        "PROJ": str(pyproj.proj_version_str),
    }


def manifest(
    *,
    scenario: str,
    file: str,
    question: str,
    inputs: Mapping[str, str],
    status: Status,
    verdict: Mapping[str, Any],
    options: Mapping[str, Any],
    times: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the content of a manifest; what differs between two equal runs stands under `times` alone.

    Parameters
    ----------
    scenario, file
        Name of the scenario, and its path relative to the project folder.
    question
        Digest of the question, as of `digest`.
    inputs
        SHA-256 of every file read, by its path relative to the project folder.
    status
        How the search ended; its seconds go under `times`.
    verdict
        What the checker found.
    options
        What was asked of the solver and on the command line.
    times
        Whatever the clock says, such as when the run started.

    Raises
    ------
    ValueError
        When a path leads out of the project folder; it would tell others about this machine.
    """
    for path in (file, *inputs):
        if "\\" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            message = f"`{path}` is not relative to the project folder"
            raise ValueError(message)
    told = {
        name: getattr(status, name) for name in Status.__slots__ if name not in {"seconds", "steps", "alone"}
    }
    told |= {"steps": [asdict(step) for step in status.steps]} if status.steps else {}
    told |= {"alone": status.alone} if status.alone else {}
    return {
        "scenario": {"name": scenario, "file": file},
        "question": question,
        "inputs": dict(inputs),
        "versions": versions(),
        "status": told,
        "finished": status.finished,
        "verdict": dict(verdict),
        "options": dict(options),
        "times": {**times, "search_seconds": status.seconds},
    }


def status_of(manifest: Mapping[str, Any]) -> Status:
    """Return the status that a manifest tells.

    Raises
    ------
    MachineFault
        When it tells none.
    """
    try:
        told = dict(manifest["status"])
        told["steps"] = tuple(Step(**step) for step in told.get("steps", ()))
        told["alone"] = tuple((str(name), *map(float, rest)) for name, *rest in told.get("alone", ()))
        return Status(**told, seconds=manifest["times"]["search_seconds"])
    except (KeyError, TypeError):
        raise MachineFault(
            Fault("the manifest tells no status", MANIFEST, "run the scenario again")
        ) from None


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write `manifest.json`: sorted keys, UTF-8, one figure a line, nothing that JSON does not know."""
    text = json.dumps(_plain(content), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    with told(MANIFEST), (folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a run says of itself.

    Raises
    ------
    MachineFault
        When the manifest is missing or cannot be read.
    """
    where = f"{RUNS}/{folder.name}/{MANIFEST}"
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MachineFault(Fault("there is no whole run here", where, "run the scenario again")) from None
    except OSError as error:
        raise MachineFault(Fault(f"the manifest cannot be read: {error.strerror}", where)) from None
    except (ValueError, RecursionError):
        raise MachineFault(Fault("the manifest is damaged", where, "run the scenario again")) from None
    if not isinstance(content, dict):
        raise MachineFault(Fault("the manifest is damaged", where, "run the scenario again"))
    return content


def refuse_changed(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Refuse inputs that are not what they were when a run was made.

    Raises
    ------
    InputFault
        For every one that has changed, has gone or is new.
    """
    changed = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    if changed:
        hint = "restore the files, or run the scenario again"
        raise InputFault(Fault("has changed since the run was made", name, hint) for name in changed)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a manifest holds
    """Return the value in what JSON knows; a figure that is not finite is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return value
