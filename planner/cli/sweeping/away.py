"""Scenarios answered on other machines: what they need is sent once, and whole runs come back."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import flow, store
from planner.city.read import files_of
from planner.errors import Fault, InputFault
from planner.explore.cluster import on_cluster
from planner.explore.jobs import Done
from planner.explore.swept import row_of
from planner.scenario.extends import Chain
from planner.scenario.paths import ROOTS, Fence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.cli.sweeping.errand import Errand
    from planner.explore.swept import Row
    from planner.scenario.schema import Scenario
    from planner.store import Parcel

KEPT = 7 * 86_400
"""How long a worker keeps a project that nobody works on [s]."""


@dataclass(frozen=True)
class Abroad:
    """One scenario for a worker: its file in the project, and values put over it."""

    scenario: str
    values: Mapping[str, Any]


def away(address: str, errands: Sequence[Errand]) -> Iterator[Done]:
    """Answer scenarios on a cluster; each run is put where it would be had this machine answered.

    Raises
    ------
    InputFault
        For scenarios that read what cannot be sent: databases, and layers outside the project.
    MachineFault
        When the cluster is not fit for it.
    """
    if not errands:
        return
    asked = [errand.scenario for errand in errands]
    project = asked[0].project.resolve()
    names = {name for scenario in asked for name in _layers(scenario, project)}
    names |= {name for scenario in asked[:1] for name in _chain(scenario, project)}  # all are of one file
    parcel = store.pack(project, names)
    jobs = [Abroad(_within(e.path, project), dict(e.values)) for e in errands]
    found = on_cluster(
        address, answer, parcel, jobs, name=parcel.digest[:16], versions=store.solver_versions()
    )
    for done in found:
        yield _landed(project, done)


def _layers(scenario: Scenario, project: Path) -> Iterator[str]:
    """Every file of the project that a scenario reads."""
    files = files_of(scenario)
    if files is None:
        message, hint = "a database cannot be sent to a cluster", "write its tables into the project first"
        raise InputFault(Fault(message, scenario.path.name, hint))
    yield from (_within(path, project) for path in files.values())


def _chain(scenario: Scenario, project: Path) -> Iterator[str]:
    """The scenario file and those that it extends."""
    chain = Chain(Fence(project, scenario.allow), scenario.path.parent)
    chain.load(scenario.path, scenario.path.name)
    yield from (_within(path, project) for path in chain.seen)


def _within(path: Path, project: Path) -> str:
    path = path.resolve()
    if not path.is_relative_to(project):
        message = "it lies outside the project, and is not sent to a cluster"
        raise InputFault(Fault(message, path.name, f"copy it into {project.name}"))
    return path.relative_to(project).as_posix()


def _landed(project: Path, done: Done) -> Done:
    """The run that came back, put among the others."""
    if done.faults:
        return done
    row, parcel = done.result
    with store.new_run(project, row.run) as folder:
        store.unpack(parcel, folder)
    return Done(done.job, row, (), done.seconds)


def answer(parcel: Parcel, job: Abroad) -> tuple[Row, Parcel]:
    """Answer one scenario on a worker: what its run tells, and its files; none is answered there twice."""
    home = _home(parcel)
    run = flow.run(home / job.scenario, overrides=job.values)
    return row_of(run.folder), store.pack_whole(run.folder)


def _home(parcel: Parcel) -> Path:
    """The project on this worker, unpacked once for all that work here."""
    root = _root()
    home = root / f"planner-{parcel.digest[:16]}"
    if home.is_dir():
        home.touch()
    else:
        _forget_old(root)
        aside = Path(tempfile.mkdtemp(prefix=".planner-", dir=root))
        store.unpack(parcel, aside)
        (aside / ROOTS[0]).touch()
        with suppress(OSError):  # another worker of this machine was faster
            aside.rename(home)
        shutil.rmtree(aside, ignore_errors=True)
    return home


def _forget_old(root: Path) -> None:
    """Remove projects that nobody has worked on for a week."""
    for home in root.glob("planner-*"):
        with suppress(OSError):
            if time.time() - home.stat().st_mtime > KEPT:
                shutil.rmtree(home, ignore_errors=True)


def _root() -> Path:
    """Where workers of this machine and user keep what outlives them."""
    from distributed import get_worker  # noqa: PLC0415 - of the extra, and only on a worker

    root = (
        Path(get_worker().local_directory).parent / f"planner-{os.getuid() if hasattr(os, 'getuid') else 0}"
    )
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root
