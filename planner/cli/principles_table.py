"""One scenario under every principle: found here or elsewhere, kept as runs, and one table on the screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from planner import flow, store
from planner.explore.cluster import on_cluster
from planner.explore.jobs import on_this_machine
from planner.explore.principles import search_one, side_by_side, under_every
from planner.explore.yardsticks import PRINCIPLES, judged, too_close, write_principles
from planner.scenario.judge import judged_service
from planner.scenario.write import scenario_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from planner.explore.jobs import Done
    from planner.explore.principles import Asked, Found

WIDE = 160
"""Columns of text where the output is no terminal."""
DIGITS = {
    "people_below_floor": ",.0f",
    "capital_cost": ",.4g",
    "operating_cost": ",.4g",
    "travel_min": ".1f",
    "travel_m": ",.0f",
    "gap": ".2%",
    "seconds": ".0f",
}


def compare(
    path: Path,
    *,
    only: Sequence[str] = (),
    allow: Sequence[Path] = (),
    overrides: Mapping[str, Any] | None = None,
    at_once: int = 1,
    cluster: str | None = None,
    ear: flow.Ear,
) -> list[str]:
    """Answer a scenario under every principle, keep each plan as a run and the table beside them.

    One after the other each search begins with the plans found before; with `at_once` above one, or a
    `cluster` (address of a Dask scheduler), each is a job of its own.

    Returns
    -------
    Lines to print: notes, and where the runs are.
    """
    question = flow.ask(path, allow=allow, overrides=overrides, ear=ear)
    with ear.phase("search"):
        found = _found(question, only, at_once, cluster, ear)
    runs = {one.principle: flow.keep(question, one.scenario, one.plan, ear) for one in found}
    table, notes = judged(found), too_close(found)
    names = {principle: run.folder.name for principle, run in runs.items()}
    scenario = question.scenario
    stem = store.run_id(f"{scenario.path.stem}-principles", store.digest({}, "".join(names.values()), {}))
    folder = write_principles(scenario.project, stem, table, notes, names)
    _print(table, judged_service(scenario.judge))
    return [
        *notes,
        *(f"{name}: {run.folder}" for name, run in runs.items()),
        f"Table: {folder}/principles.csv",
    ]


def _found(
    question: flow.Question, only: Sequence[str], at_once: int, cluster: str | None, ear: flow.Ear
) -> list[Found]:
    """Every principle, in turn or as jobs."""
    asks = (question.problem, question.scenario, question.residents)
    if at_once == 1 and cluster is None:
        return under_every(*asks, only=only, tell=ear.search)

    def run(asked: Sequence[Asked]) -> Iterator[Done]:
        for nth, one in enumerate(_jobs(question, asked, at_once, cluster), start=1):
            told = f"no plan: {one.faults[0].message}" if one.faults else f"searched for {one.seconds:.1f} s"
            ear.ended(nth, len(asked), f"{asked[one.job].principle}: {told}")
            yield one

    return side_by_side(*asks, run, only=only)


def _jobs(
    question: flow.Question, asked: Sequence[Asked], at_once: int, cluster: str | None
) -> Iterator[Done]:
    """Each principle as it ends, from processes of this machine or from the workers of a cluster."""
    shared = (question.problem, question.residents)
    if cluster is None:
        return on_this_machine(partial(search_one, shared), asked, at_once=at_once)
    scenario, versions = question.scenario, store.solver_versions()
    name = store.digest(question.city.inputs, scenario_text(scenario, scenario.project), versions)
    return on_cluster(cluster, search_one, shared, asked, name=name[:16], versions=versions)


def _print(table: pd.DataFrame, service: str | None) -> None:
    """Print one line a yardstick, one column a plan; `service` where its coverage is judged."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    title = "Each plan by every yardstick"
    shown = Table(title=title if service is None else f"{title}, of the coverage of {service}")
    shown.add_column("")
    for plan in table["plan"]:
        shown.add_column(plan.replace("_", " "), justify="right")
    for line in _lines(table):
        shown.add_row(*line)
    console.print(shown)


def _lines(table: pd.DataFrame) -> Iterator[list[str]]:
    for column in PRINCIPLES.columns:
        if column.name in {"order", "plan"}:
            continue
        values = table[column.name].tolist()
        if column.kind == "number" and np.isnan(values).all():
            continue
        form = DIGITS.get(column.name, ".4f")
        unit = "" if column.unit in {"1", "–"} else f" [{column.unit}]"
        head = column.name.replace("_", " ").replace(" times one less gini", " × (1 − Gini)")
        yield [head + unit, *(_told(value, form) for value in values)]


def _told(value: float | str, form: str) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    return "–" if np.isnan(value) else format(value, form)
