"""Alternatives in words that a councillor can read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner import catalogue
from planner.explore.difference import label_of
from planner.report.numbers import number, percent
from planner.report.speech import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.explore.alternatives import Alternatives, Range
    from planner.explore.ley_lines import Line
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

NAMED = 12
"""Places that are named in a line of the terminal; the table holds all."""


def good_plans(scenario: Scenario, within: float) -> str:
    """Which plans are good ones, in a sentence."""
    unit = catalogue.find("objective", scenario.objective_name)
    costs = f"are worth at most {percent(within)} more, by what `{unit.name}` counts, than the plan in hand"
    gains = f"miss at most {percent(within)} of what the plan in hand gains"
    return f"Good plans are those that {costs if unit.half('level') is None else gains}."


def telling(scenario: Scenario, problem: Problem, found: Alternatives, within: float) -> Iterator[str]:
    """Lines that tell what holds in every good plan, what in none, and what is open."""
    seen = number(len(found.seen))
    yield good_plans(scenario, within)
    yield f"At least {seen} different good plans exist, the plan in hand among them: so many were seen."
    yield ""
    yield from _of_lines(scenario, problem, found)
    yield ""
    yield "What good plans build: proven of all; in brackets what plans that were seen have, and this plan"
    for one in found.ranges:
        if not (one.service and one.district):
            yield "    " + _range(scenario, one)


def _of_lines(scenario: Scenario, problem: Problem, found: Alternatives) -> Iterator[str]:
    titles = {
        "ley line": "In every good plan (proven)",
        "open": "Open: in some good plans that were seen, not in others",
        "undecided": "Undecided: neither proven nor shown otherwise by a plan",
        "never": "In no good plan (proven)",
    }
    for verdict, title in titles.items():
        mine = [line for line in found.lines if line.verdict == verdict]
        yield f"{title}: {number(len(mine))}"
        if mine and verdict != "never":
            yield "    " + _named(scenario, problem, mine)


def _named(scenario: Scenario, problem: Problem, lines: Sequence[Line]) -> str:
    lines = sorted(lines, key=lambda line: (not line.inside, -line.plans))
    labels = problem.providers["label"]
    names = [
        f"{labels.iloc[int(line.rows[0])] or line.place} ({label_of(scenario, line.service)})"
        for line in lines
    ]
    if len(names) > NAMED:
        names = [*names[:NAMED], f"{number(len(names) - NAMED)} others"]
    return listed(names)


def _range(scenario: Scenario, one: Range) -> str:
    what = label_of(scenario, one.service) if one.service else one.district
    unit = scenario.budget.currency if one.what == "money" else "modules"
    low, high = _floor(one.low, one.what), _ceil(one.high, one.what)
    seen = f"{number(one.least)} to {number(one.most)}; this plan {number(one.plan)}"
    return f"{what}: {low} to {high} {unit} ({seen})"


def _floor(value: float, what: str) -> str:
    return number(value if what == "modules" else math.floor(value * 100) / 100)


def _ceil(value: float, what: str) -> str:
    return number(value if what == "modules" else math.ceil(value * 100) / 100)
