"""The frontier in words and as tables: each plan, what each step costs and brings, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.explore.concessions import Parts
from planner.frames import Column, Frame
from planner.report.numbers import change, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.explore.frontier import Frontier, Point
    from planner.explore.trades import Axis
    from planner.scenario.schema import Scenario

FRONTIER = Frame(
    "frontier",
    "The plans between which two yardsticks leave a choice, from little to much of what is held.",
    (
        Column("point", "whole", "–", "its number, from 1"),
        Column("run", "text", "–", "run of its plan; empty where none was made"),
        Column("held", "number", "see the head", "figure by the yardstick that is held: money, or a level"),
        Column("raised", "number", "1", "level by the yardstick that is raised"),
        Column(
            "limit", "number", "1", "proven: no plan that keeps the held one there has more; empty: not told"
        ),
        Column("gap", "number", "1", "share of the possible gain that the plan may miss; empty: not told"),
        Column("capital_cost", "number", "currency", "money to build"),
        Column("mean", "number", "1", "mean wellbeing"),
        Column("least", "number", "1", "wellbeing of the worst-off place"),
        Column(
            "people_below_floor", "number", "person", "residents of places below the floor of the indicators"
        ),
        Column("knee", "flag", "–", "the point from which more of one costs most of the other"),
    ),
    ("point",),
)
STEPS = Frame(
    "steps",
    "What each step along the frontier brings to the residents of each part of the city.",
    (
        Column("point", "whole", "–", "point that the step leads to"),
        Column("part", "text", "–", "district; id of the neighbourhood where no districts are named"),
        Column("people", "number", "person", "residents"),
        Column("before", "number", "1", "mean wellbeing at the point before"),
        Column("after", "number", "1", "mean wellbeing at this point"),
    ),
    ("point", "part"),
)
FLOOR = 1e-6
"""Wellbeing that is less than this below the floor is not below it."""
FELT = 0.0005
"""Wellbeing gained or lost below this is not told."""
NAMED = 3


def table_of(scenario: Scenario, found: Frontier, runs: Sequence[str] = ()) -> pd.DataFrame:
    """Tell the points as a table; columns of `FRONTIER`."""
    floor, knee = scenario.indicators.floor, found.knee
    rows = [
        {
            "point": nth + 1,
            "run": runs[nth] if nth < len(runs) else "",
            "held": point.held,
            "raised": point.raised,
            "limit": np.nan if point.limit is None else point.limit,
            "gap": np.nan if point.limit is None or point.plan.status.gap is None else point.plan.status.gap,
            **_figures(point, floor),
            "knee": nth == knee,
        }
        for nth, point in enumerate(found.points)
    ]
    return FRONTIER.tidy(pd.DataFrame(rows, columns=FRONTIER.names))


def _figures(point: Point, floor: float) -> dict[str, float]:
    from planner.explore.trades import spent  # noqa: PLC0415 - imports the principles

    outcome, people = point.outcome, point.problem.population
    return {
        "capital_cost": spent(outcome),
        "mean": float(outcome.wellbeing @ people / people.sum()),
        "least": float(outcome.wellbeing[people > 0].min()),
        "people_below_floor": float(people[outcome.wellbeing < floor - FLOOR].sum()),
    }


def steps_of(found: Frontier) -> pd.DataFrame:
    """Tell what each step brings to whom; columns of `STEPS`."""
    parts = Parts.of(found.points[0].problem)
    worth = [parts.wellbeing(point.outcome) for point in found.points]
    rows = [
        (nth + 1, name, parts.people[k], worth[nth - 1][k], worth[nth][k])
        for nth in range(1, len(worth))
        for k, name in enumerate(parts.names)
        if parts.people[k] > 0
    ]
    return STEPS.tidy(pd.DataFrame(rows, columns=STEPS.names))


def telling(scenario: Scenario, found: Frontier, labels: Mapping[str, str]) -> Iterator[str]:
    """Lines for the terminal and the page: the points, the steps, the knee, what has no plan."""
    yield f"{_title(found.raised)} for each {_step(found.held)}:"
    for nth, point in enumerate(found.points, start=1):
        here = _told(scenario, found.held, point.held)
        yield f"    {nth:>2}  {here}: {number(point.raised, 4)}{_limit(point)}"
    yield ""
    yield from steps_told(scenario, found, labels)
    if found.knee is not None:
        yield ""
        yield knee_told(scenario, found)
    for level, why in found.without:
        yield f"No plan at {_told(scenario, found.held, level)}: {why}"


def _title(axis: Axis) -> str:
    return axis.label[:1].upper() + axis.label[1:]


def _step(axis: Axis) -> str:
    return "sum of money" if not axis.principle else f"level of {axis.label}"


def _told(scenario: Scenario, axis: Axis, value: float) -> str:
    return number(value, 4) if axis.principle else f"{number(value)} {scenario.budget.currency}"


def _limit(point: Point) -> str:
    if point.limit is None:
        return ""
    return f" (proven: at most {number(max(point.limit, point.raised), 4)})"


def steps_told(scenario: Scenario, found: Frontier, labels: Mapping[str, str]) -> Iterator[str]:
    """What each step costs and brings, and to whom most; sentences."""
    table = steps_of(found)
    for nth in range(1, len(found.points)):
        before, after = found.points[nth - 1], found.points[nth]
        mine = table[table["point"] == nth + 1]
        yield (
            f"From {nth} to {nth + 1}: {_change(scenario, found.held, after.held - before.held)} of "
            f"{found.held.label}, {change(after.raised - before.raised, 4)} of {found.raised.label}"
            f"{_for_whom(mine, labels)}."
        )


def _change(scenario: Scenario, axis: Axis, value: float) -> str:
    return change(value, 4) if axis.principle else f"{number(value)} {scenario.budget.currency} more"


def _for_whom(table: pd.DataFrame, labels: Mapping[str, str]) -> str:
    gain = (table["after"] - table["before"]).set_axis(table["part"]).dropna()
    up = gain[gain >= FELT].sort_values(ascending=False).head(NAMED)
    down = gain[gain <= -FELT].sort_values().head(NAMED)
    told = ""
    if len(up):
        told += "; most for " + _named(up, labels)
    if len(down):
        told += "; less for " + _named(down, labels)
    return told


def _named(gain: pd.Series, labels: Mapping[str, str]) -> str:
    return ", ".join(f"{labels.get(str(p), str(p))} ({change(float(v), 3)})" for p, v in gain.items())


def knee_told(scenario: Scenario, found: Frontier) -> str:
    """Where a further step begins to bring less; a sentence."""
    nth = found.knee or 0
    point, first, last = found.points[nth], found.points[0], found.points[-1]
    if found.held.principle:
        return (
            f"The knee is point {nth + 1}: beyond it each further step of {found.held.label} costs more of "
            f"{found.raised.label} than the steps before."
        )
    share = (point.raised - first.raised) / (last.raised - first.raised)
    return (
        f"The knee is point {nth + 1}: with {_told(scenario, found.held, point.held)} it has "
        f"{percent(share)} of what is gained between points 1 and {len(found.points)}; "
        "beyond it the same money brings less."
    )
