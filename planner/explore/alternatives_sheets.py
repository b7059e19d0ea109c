"""The tables of the page of alternatives: concessions, ranges, places, plans."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.explore.difference import label_of
from planner.report.figures import records
from planner.report.numbers import change, number, percent
from planner.report.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from planner.explore.alternatives import Alternatives
    from planner.explore.ley_lines import Line
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

WORDS = {
    "ley line": "in every good plan",
    "never": "in no good plan",
    "open": "open",
    "undecided": "undecided",
}
TITLES = {
    "ley line": "Places in every good plan (proven)",
    "open": "Places that are open",
    "undecided": "Places that are undecided",
    "never": "Places in no good plan (proven)",
}
AREAS = "Neighbourhoods in which every good plan builds the service, at one place or another (proven)"


def conceded(scenario: Scenario, table: pd.DataFrame, labels: dict[Any, str]) -> Sheet:
    """What each part of the city gets in good plans, and who gives it up."""
    currency = scenario.budget.currency
    heads = (
        "Where", "Residents", "This plan", "Least seen", "Most seen", "Others then", "Gives up most",
        "It gives up",
        f"Money: this plan [{currency}]", "Least seen", "Most seen",
    )  # fmt: skip
    rows = tuple(
        (
            labels.get(row["part"], row["part"]),
            number(row["people"], 0),
            *(number(row[key], 3) for key in ("plan", "least", "most")),
            change(row["others"], 3),
            labels.get(row["gives"], row["gives"]) or "nobody",
            change(row["given"], 3) if row["gives"] else "",
            *(number(row[key]) for key in ("money", "money_least", "money_most")),
        )
        for row in records(table)
    )
    return Sheet("Mean wellbeing of the residents, and money to build", heads, rows)


def ranges(scenario: Scenario, table: pd.DataFrame) -> Iterator[Sheet]:
    """How much good plans build, proven and seen: modules, and money."""
    currency = scenario.budget.currency
    words = {"modules": "Modules", "money": f"Money to build [{currency}]"}
    for what, title in words.items():
        mine = table[table["what"] == what]
        heads = ("Service", "District", "This plan", "Seen: least", "most", "Proven: at least", "at most")
        rows = tuple(
            (
                label_of(scenario, row["service"]) if row["service"] else "all services",
                row["district"] or "the whole city",
                *(number(row[key]) for key in ("plan", "least", "most")),
                *_ends(row, what),
            )
            for row in records(mine)
        )
        yield Sheet(title, heads, rows, 2)


def _ends(row: dict[str, Any], what: str) -> tuple[str, str]:
    if what == "modules":
        return number(row["low"]), number(row["high"])
    return number(math.floor(row["low"] * 100) / 100), number(math.ceil(row["high"] * 100) / 100)


def by_place(
    scenario: Scenario, problem: Problem, found: Alternatives, labels: dict[Any, str]
) -> dict[str, Sheet]:
    """Places and neighbourhoods by what holds of them."""
    seen = len(found.seen)
    heads = ("Place", "Service", "What holds", "Good plans that were seen with it", "In this plan")

    def rows(lines: Sequence[Line], *, area: bool = False) -> tuple[tuple[str, ...], ...]:
        ordered = sorted(lines, key=lambda line: (line.verdict, -line.plans, line.service, line.place))
        return tuple(
            (
                labels.get(line.place, line.place) if area else _label(problem, line),
                label_of(scenario, line.service),
                WORDS[line.verdict],
                percent(line.plans / seen),
                "yes" if line.inside else "no",
            )
            for line in ordered
        )

    areas = [line for line in found.areas if line.verdict == "ley line"]
    by_verdict = {
        verdict: Sheet(title, heads, rows([line for line in found.lines if line.verdict == verdict]), 3)
        for verdict, title in TITLES.items()
    }
    return {"areas": Sheet(AREAS, heads, rows(areas, area=True), 3), **by_verdict}


def _label(problem: Problem, line: Line) -> str:
    return str(problem.providers["label"].iloc[int(line.rows[0])] or line.place)


def plans(scenario: Scenario, table: pd.DataFrame) -> Sheet:
    """The plan in hand and the alternatives side by side."""
    currency = scenario.budget.currency
    heads = (
        "Plan", "Run", "Misses of what this plan gains", f"To build [{currency}]", "To run, a year",
        "Places this plan has not",
        "Places only this plan has", "Mean wellbeing", "Worst-off place",
    )  # fmt: skip
    rows = tuple(
        (
            "this plan" if not row["alternative"] else f"alternative {row['alternative']:02d}",
            row["run"] or "–",
            percent(row["missing"]),
            *(number(row[key]) for key in ("capital_cost", "operating_cost", "only_here", "not_here")),
            *(number(row[key], 3) for key in ("mean", "least")),
        )
        for row in records(table)
    )
    return Sheet("The plan in hand and the alternatives", heads, rows, 2)
