"""Each plan by every yardstick: what one idea of justice costs by the measure of another."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner import catalogue, store
from planner.explore.principles import asked_of_every
from planner.frames import Column, Frame
from planner.model.yardstick import Yardstick, better
from planner.plan import deciding
from planner.problem.outcome import Outcome
from planner.problem.used import acquisition
from planner.problem.years import lasting
from planner.report.tables import write_csv, write_parquet
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.explore.principles import Found
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

TODAY, LIMIT = "today", "proven limit"
OWN = {
    "mean": "utilitarian",
    "worst_off": "worst_off",
    "shortfall": "sufficiency",
    "kolm_pollak_ede": "priority",
    "mean_times_one_less_gini": "equal_shares",
    "least": "maximin",
}
"""Columns that are a principle's own level, so that its bound is the proven limit of the column."""
SAME = 1e-6
"""Levels that differ by less are the same but for rounding."""


def _number(name: str, unit: str, meaning: str) -> Column:
    return Column(name, "number", unit, meaning)


PRINCIPLES = Frame(
    "principles",
    "The plan of each principle, by every yardstick; and today, and what no plan can exceed.",
    (
        Column("order", "whole", "–", "order of the rows"),
        Column(
            "plan", "text", "–", f"principle of the plan; `{TODAY}`: nothing built; `{LIMIT}`: of any plan"
        ),
        _number("mean", "1", "mean wellbeing"),
        _number(
            "worst_off",
            "1",
            "mean wellbeing of the worst-off share of people, a fifth unless the scenario says",
        ),
        _number("least", "1", "wellbeing of the worst-off place that anything can improve"),
        Column(
            "people_below_levels",
            "text",
            "person",
            "residents of places below each level of wellbeing, the lowest level first (`leximin`)",
        ),
        _number("people_below_floor", "person", "residents of places below the floor"),
        _number("shortfall", "1", "wellbeing missing to the floor, over all people"),
        _number("gini", "1", "Gini coefficient of wellbeing among people"),
        _number("mean_times_one_less_gini", "1", "mean wellbeing × (1 − Gini)"),
        _number("kolm_pollak_ede", "1", "equal outcome worth as much under `priority`"),
        _number("capital_cost", "currency", "money to build"),
        _number("operating_cost", "currency/year", "money to run"),
        _number(
            "travel_min", "min", "way of those served, mean of the services that are measured in minutes"
        ),
        _number("travel_m", "m", "way of those served, mean of the services that are measured in metres"),
        _number("gap", "1", "share of the possible gain that the plan may miss by its own principle"),
        _number("unproven", "1", "how much higher its own level could be"),
        _number("seconds", "s", "time of the search"),
        Column("ending", "text", "–", "how the search ended"),
    ),
    ("order",),
)


def judged(found: Sequence[Found]) -> pd.DataFrame:
    """Judge each plan by every yardstick; columns of `PRINCIPLES`."""
    first = found[0]
    problem, scenario = first.outcome.problem, first.scenario
    yardsticks = _yardsticks(problem, scenario, {one.principle: one.scenario for one in found})
    today = Outcome(problem, problem.providers["existing"].to_numpy(float), _today(first))
    rows = [{"plan": TODAY, **_figures(today, yardsticks)}]
    for one in found:
        status = one.plan.status
        rows.append(
            {
                "plan": one.principle,
                **_figures(one.outcome, yardsticks),
                "gap": np.nan if status.gap is None else status.gap,
                "unproven": one.unproven,
                "seconds": status.seconds,
                "ending": status.ending,
            }
        )
    rows.append({"plan": LIMIT, **_limits(found)})
    table = pd.DataFrame(rows).reindex(columns=PRINCIPLES.names).assign(order=range(1, len(rows) + 1))
    return PRINCIPLES.tidy(table.fillna({"ending": "", "people_below_levels": ""}))


def _today(found: Found) -> NDArray[np.float64]:
    return outcome_of(found.outcome.problem, found.plan.facilities, found.plan.before).served


def _yardsticks(problem: Problem, scenario: Scenario, asked: Mapping[str, Scenario]) -> dict[str, Yardstick]:
    every = {**asked_of_every(scenario), **asked}
    units = {name: catalogue.find("objective", name) for name in every}
    return {
        name: Yardstick(unit, unit.bind(every[name].objective_parameters), problem)
        for name, unit in units.items()
    }


def _figures(outcome: Outcome, yardsticks: Mapping[str, Yardstick]) -> dict[str, Any]:
    problem = outcome.problem
    levels = {name: yardstick.level(yardstick.value(outcome)) for name, yardstick in yardsticks.items()}
    figures: dict[str, Any] = {column: levels[name] for column, name in OWN.items()}
    floor = float(yardsticks["sufficiency"].parameters["floor"])
    mean, shared = figures["mean"], figures["mean_times_one_less_gini"]
    new = outcome.modules * (~problem.providers["existing"].to_numpy(bool) & lasting(problem))
    return (
        figures
        | _ways(outcome)
        | {
            "shortfall": floor - figures["shortfall"],
            "people_below_floor": float(problem.population[outcome.wellbeing < floor - SAME].sum()),
            "people_below_levels": _listed(yardsticks["leximin"].values(outcome)),
            "gini": 1.0 - shared / mean if mean > 0 else np.nan,
            "capital_cost": float(new @ problem.providers["capital_cost"])
            + float(acquisition(problem, outcome.modules).sum()),
            "operating_cost": float(new @ problem.providers["operating_cost"]),
        }
    )


def _listed(people: Iterable[float]) -> str:
    return " · ".join(f"{round(many):,}" for many in people)


def _ways(outcome: Outcome) -> dict[str, float]:
    """Mean way of those served by service, then over the services of a unit."""
    problem = outcome.problem
    table = problem.pairs[["travel"]].assign(
        service=problem.need["service"].to_numpy()[problem.need_point], served=outcome.served
    )
    sums = table.assign(way=table["travel"] * table["served"]).groupby("service")[["way", "served"]].sum()
    mean = (sums["way"] / sums["served"].where(sums["served"] > 0)).reindex(problem.services.index)
    units = problem.services["travel_unit"]
    return {f"travel_{unit}": float(mean[units == unit].mean()) for unit in ("min", "m")}


def _limits(found: Sequence[Found]) -> dict[str, float | str]:
    """Level that no plan exceeds, of each principle asked; of levels in order as far as they are proven."""
    bounds = {one.principle: one.plan.status.level_bound for one in found}
    limits = {column: float(bounds[name] or np.nan) for column, name in OWN.items() if name in bounds}
    asked = {one.principle: one.scenario for one in found}
    if "shortfall" in limits:
        floor = float(asked["sufficiency"].objective_parameters["floor"])
        limits["shortfall"] = max(floor - limits["shortfall"], 0.0)
    steps = next((one.plan.status.steps for one in found if one.plan.status.steps), ())
    told = takewhile(lambda k: k == 0 or steps[k - 1].proven, range(len(steps)))
    return limits | ({"people_below_levels": _listed(steps[k].bound or 0.0 for k in told)} if steps else {})


def too_close(found: Sequence[Found]) -> list[str]:
    """Tell where plans differ by less than what is not proven, one sentence for each principle."""
    told = []
    for one in found:
        name, status = one.principle, one.plan.status
        if status.level is None or not one.unproven > SAME:
            continue
        near = [other for other in found if other is not one and _near(one, other)]
        if near:
            others = ", ".join(f"`{other.principle}`" for other in near)
            told.append(
                f"By the yardstick of `{name}` its plan and that of {others} differ by less than the "
                f"{one.unproven:.2g} that is not proven: which is better cannot be told."
            )
    return told


def _near(one: Found, other: Found) -> bool:
    """Whether another plan is behind by the yardstick of the first by no more than what is not proven."""
    unit, status = catalogue.find("objective", one.principle), one.plan.status
    yardstick = Yardstick(unit, unit.bind(one.scenario.objective_parameters), one.outcome.problem)
    if status.steps:
        at = deciding(status.steps)
        if better(yardstick.values(one.outcome)[:at], yardstick.values(other.outcome)[:at], SAME):
            return False
        yardstick = replace(yardstick, at=at)
    level = yardstick.level(yardstick.value(other.outcome))
    return level is not None and status.level is not None and status.level - level <= one.unproven


def write_principles(
    project: Path, name: str, table: pd.DataFrame, notes: Sequence[str], runs: Mapping[str, str]
) -> Path:
    """Write the table, what is too close to tell, and the runs compared, as a folder of its own.

    Parameters
    ----------
    project
        The project folder.
    name
        Name of the folder within `runs`.
    table
        Columns of `PRINCIPLES`.
    notes
        Sentences of `too_close`.
    runs
        Name of the run that holds the plan of each principle.
    """
    with store.new_run(project, name) as folder:
        write_csv(folder / "principles.csv", PRINCIPLES.columns, table)
        write_parquet(folder / "principles.parquet", PRINCIPLES, table)
        store.write_manifest(folder, {"compares": dict(runs), "notes": list(notes), "finished": False})
    return project / store.RUNS / name
