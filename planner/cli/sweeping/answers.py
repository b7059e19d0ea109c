"""Many questions out of one: a sweep file → scenarios → runs → one table, and what drives who gets what."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from planner import flow, store
from planner.city.read import files_of, hashes_of
from planner.cli.sweeping.away import away
from planner.cli.sweeping.errand import Errand
from planner.errors import Fault, InputFault, PlannerError
from planner.explore.jobs import failure, fitting, on_this_machine
from planner.explore.sweep_file import Sweep, read_sweep
from planner.explore.sweep_page import write_page
from planner.explore.swept import Row, Swept, line_up, row_of, write_swept
from planner.scenario.write import scenario_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planner.explore.jobs import Done
    from planner.scenario.schema import Scenario

    Runner = Callable[[Sequence[Errand]], Iterator[Done]]


@dataclass
class Ledger:
    """What has become of each scenario: what its run tells, or why there is none."""

    rows: dict[int, Row] = field(default_factory=dict)
    faults: dict[int, tuple[Fault, ...]] = field(default_factory=dict)
    codes: set[int] = field(default_factory=set)
    """Exit codes of what failed."""


def sweep(
    path: Path,
    *,
    at_once: int | None = None,
    cluster: str | None = None,
    force: bool = False,
    allow: Sequence[Path] = (),
    ear: flow.Ear | None = None,
) -> tuple[Swept, Path]:
    """Answer every scenario of a sweep file that has not been answered, and set all of them side by side.

    One that fails is told in its row and loses only itself; the same command goes on where it was stopped.

    Parameters
    ----------
    path
        The sweep file.
    at_once
        Processes that work side by side; as many as there are processors for their threads by default.
    cluster
        Address of a Dask scheduler whose workers answer them instead.
    force
        Answer again what has been answered.
    allow
        Folders outside the project in which layers may lie.
    ear
        Hears of each scenario that has ended.

    Returns
    -------
    What was found, and the folder of tables.

    Raises
    ------
    InputFault
        For a sweep file to be mended, or where every scenario has to be.
    """
    ear = ear or flow.Ear()
    asked, scenario = read_sweep(path)
    allow = tuple(Path(folder).absolute() for folder in allow)
    varied = asked.scenarios()
    errands = [Errand(n, scenario, {**asked.set, **own}, allow) for n, own in enumerate(varied)]
    ledger, project, left = _begun(errands, force=force)
    runner = partial(away, cluster) if cluster else _here(left, at_once)
    for nth, done in enumerate(runner(left), start=1):
        _enter(ledger, left[done.job].number, done)
        ear.ended(len(errands) - len(left) + nth, len(errands), _told(left[done.job], done))
    if not ledger.rows:
        raise _failed(ledger)
    found = line_up(varied, ledger.rows, ledger.faults)
    return found, _keep(project, path, asked, found)


def answer(errand: Errand) -> Row:
    """Answer one scenario; what its run tells."""
    return row_of(flow.run(errand.path, force=True, overrides=errand.values, allow=errand.allow).folder)


def _begun(errands: Sequence[Errand], *, force: bool) -> tuple[Ledger, Path, list[Errand]]:
    """What is known at the start: scenarios that cannot be read, those answered, and the rest."""
    ledger, left, project = Ledger(), [], None
    hashes: dict[Path, str] = {}
    for errand in errands:
        try:
            asked = errand.scenario
            run = None if force else _answered(asked, hashes)
        except InputFault as fault:
            ledger.faults[errand.number] = fault.faults
            ledger.codes.add(fault.exit_code)
            continue
        project = asked.project
        if run is None:
            left.append(errand)
        else:
            ledger.rows[errand.number] = row_of(run)
    if project is None:
        raise _failed(ledger)
    return ledger, project, left


def _answered(scenario: Scenario, hashes: dict[Path, str]) -> Path | None:
    """Folder of a whole run that answers the very same question, whatever ended its search."""
    files = files_of(scenario)
    if files is None:
        return None
    new = hashes_of({name: path for name, path in files.items() if path not in hashes})
    hashes |= {files[name]: digest for name, digest in new.items()}
    inputs = {name: hashes[path] for name, path in files.items()}
    folder = scenario.project / store.RUNS / flow.name_of(scenario, inputs)
    question = store.digest(inputs, scenario_text(scenario, scenario.project), store.solver_versions())
    try:
        return folder if store.read_manifest(folder).get("question") == question else None
    except PlannerError:
        return None


def _here(left: Sequence[Errand], at_once: int | None) -> Runner:
    """Processes on this machine, as many as there are processors for their threads."""
    at_once = at_once or fitting(left[0].scenario.solver.threads if left else 1)
    return lambda errands: on_this_machine(answer, errands, at_once=at_once)


def _enter(ledger: Ledger, number: int, done: Done) -> None:
    if done.faults:
        ledger.faults[number] = done.faults
        ledger.codes.add(done.code)
    else:
        ledger.rows[number] = done.result


def _told(errand: Errand, done: Done) -> str:
    values = ", ".join(f"{key} = {value}" for key, value in errand.values.items())
    what = f"failed: {done.faults[0].message}" if done.faults else f"answered in {done.seconds:.1f} s"
    return f"{values}: {what}"


def _failed(ledger: Ledger) -> PlannerError:
    """Every scenario failed."""
    return failure((fault for faults in ledger.faults.values() for fault in faults), ledger.codes)


def _keep(project: Path, path: Path, asked: Sweep, found: Swept) -> Path:
    runs = found.results["run"].tolist()
    name = store.run_id(f"{path.stem}-sweep", store.digest({}, f"{asked!r}\n{runs}", store.solver_versions()))
    with store.new_run(project, name) as folder:
        write_swept(folder, found)
        write_page(folder, asked.name or path.stem, asked, found)
        content = {"sweeps": [run for run in runs if run], "failed": found.failed, "finished": False}
        store.write_manifest(folder, content)
    return project / store.RUNS / name
