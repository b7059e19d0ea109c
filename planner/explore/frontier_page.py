"""The page of a frontier: the curve, each plan, what each step brings to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.explore.frontier_told import STEPS, knee_told, steps_of, steps_told, table_of
from planner.explore.plot import path, scale, ticked
from planner.report import speech
from planner.report.charts import round_ticks
from planner.report.figures import records
from planner.report.numbers import NOTHING, change, number, percent
from planner.report.page import template
from planner.report.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from planner.explore.frontier import Frontier
    from planner.scenario.schema import Scenario

PAGE = "frontier.html"
WIDTH, HEIGHT = 760.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 24.0, 28.0, 56.0


@dataclass(frozen=True)
class Curve:
    """The picture: dots, the line through them, the band that is not proven."""

    told: str
    x_label: str
    y_label: str
    dots: tuple[tuple[float, float, int, bool], ...]
    line: str
    band: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def write_page(
    folder: Path, scenario: Scenario, found: Frontier, labels: Mapping[str, str], runs: Sequence[str]
) -> None:
    """Write `frontier.html`: one file, no network."""
    with speech.spoken(speech.ENGLISH):
        text = template("frontier.html.j2").render(_context(scenario, found, labels, runs))
    (folder / PAGE).write_text(text, encoding="utf-8", newline="\n", errors="replace")


def _context(
    scenario: Scenario, found: Frontier, labels: Mapping[str, str], runs: Sequence[str]
) -> dict[str, Any]:
    first, last = found.points[0], found.points[-1]
    table = table_of(scenario, found, runs)
    raised, held = found.raised.label, found.held.label
    ends = f"from {number(first.raised, 3)} to {number(last.raised, 3)}"
    unit = "" if found.held.principle else f" {scenario.budget.currency}"
    return {
        "kicker": f"{held}, and {raised}",
        "title": scenario.name,
        "lead": f"With {held} from {number(first.held)} to {number(last.held)}{unit}, {raised} goes {ends}.",
        "knee": "" if found.knee is None else knee_told(scenario, found),
        "sure": _sure(table, checked=bool(runs)),
        "curve": _curve(scenario, found),
        "points": _points(scenario, found, table),
        "steps": list(steps_told(scenario, found, labels)),
        "parts": _parts(found, labels),
        "without": [f"No plan at {number(level)}{unit}: {why}" for level, why in found.without],
    }


def _sure(table: pd.DataFrame, *, checked: bool) -> str:
    """What is proven of the plans, and which of them; what was checked."""
    told = table["gap"].notna()
    if not told.any():
        sure = "How much better a plan could be at each step is not told."
    else:
        top = percent(float(table["gap"].max()))
        most = f"less than {top[1:].strip()}" if top.startswith("<") else f"at most {top}"
        some = f"Of {int(told.sum())} of the {len(told)} plans it is proven: each"
        which = "Each plan" if told.all() else some
        sure = f"{which} misses {most} of what could be gained at its step, in this model"
        sure += ": proven." if told.all() else ". Of the others nothing is proven here."
    return f"{sure} Every plan was recomputed from its tables." if checked else sure


def _curve(scenario: Scenario, found: Frontier) -> Curve:
    points, knee = found.points, found.knee
    tops = [max(p.limit if p.limit is not None else p.raised, p.raised) for p in points]
    x_at = round_ticks(points[0].held, points[-1].held)
    y_at = round_ticks(min(p.raised for p in points), max(tops))
    across, up = scale(x_at, LEFT, WIDTH - RIGHT), scale(y_at, HEIGHT - BOTTOM, TOP)
    places = [(across(p.held), up(p.raised)) for p in points]
    limits = [(across(p.held), up(top)) for p, top in zip(points, tops, strict=True)]
    proven = any(p.limit is not None for p in points)
    return Curve(
        told=f"{found.raised.label} for each step of {found.held.label}: {len(points)} plans",
        x_label=found.held.label + ("" if found.held.principle else f" [{scenario.budget.currency}]"),
        y_label=found.raised.label,
        dots=tuple((x, y, nth + 1, nth == knee) for nth, (x, y) in enumerate(places)),
        line=path(places),
        band=path([*places, *reversed(limits)]) + "Z" if proven else "",
        x_ticks=ticked(x_at, across),
        y_ticks=ticked(y_at, up),
    )


def _points(scenario: Scenario, found: Frontier, table: pd.DataFrame) -> Sheet:
    held = found.held.label if found.held.principle else f"{found.held.label} [{scenario.budget.currency}]"
    heads = (
        "Point", "Run", held, found.raised.label, "Proven: at most", "Mean wellbeing", "Worst-off place",
        "People below the floor",
    )  # fmt: skip
    rows = tuple(
        (
            f"{row['point']}{' (knee)' if row['knee'] else ''}",
            row["run"] or NOTHING,
            number(row["held"], 4) if found.held.principle else number(row["held"]),
            number(row["raised"], 4),
            NOTHING if row["limit"] != row["limit"] else number(max(row["limit"], row["raised"]), 4),
            number(row["mean"], 3),
            number(row["least"], 3),
            number(row["people_below_floor"], 0),
        )
        for row in records(table)
    )
    return Sheet("The plans", heads, rows, 2)


def _parts(found: Frontier, labels: Mapping[str, str]) -> Sheet:
    table = steps_of(found)[STEPS.names]
    heads = ("Step to point", "Where", "Residents", "Before", "After", "Change")
    rows = tuple(
        (
            str(row["point"]),
            labels.get(row["part"], row["part"]),
            number(row["people"], 0),
            number(row["before"], 3),
            number(row["after"], 3),
            change(row["after"] - row["before"], 3),
        )
        for row in records(table)
    )
    return Sheet("Mean wellbeing of the residents at each step", heads, rows, 2)
