"""Alternatives in words that a councillor can read, and as tables; plans as files that `assess` takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from planner import catalogue
from planner.explore.difference import label_of
from planner.frames import Column, Frame
from planner.report.numbers import number, percent
from planner.report.speech import listed
from planner.report.tables import write_csv
from planner.store.placed import placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from planner.explore.alternatives import Alternatives, Range
    from planner.explore.ley_lines import Line
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

FOLDER = "alternatives"
NAMED = 12
"""Places that are named in a line of the terminal; the table holds all."""
LEY_LINES = Frame(
    "ley_lines",
    "Which places are in every good plan, in none, or open: one row for each place and service.",
    (
        Column("service", "text", "–", "service"),
        Column("place", "text", "–", "id of the site or facility, or name of the programme"),
        Column("label", "text", "–", "its name"),
        Column("inside", "flag", "–", "in the plan in hand"),
        Column("plans", "whole", "–", "good plans that were seen with it"),
        Column("of", "whole", "–", "good plans that were seen"),
        Column(
            "verdict",
            "text",
            "–",
            "`ley line`: in every good plan, proven; `never`: in none, proven; `open`: in some that were "
            "seen and not in others; `undecided`: neither proven nor shown otherwise by a plan",
        ),
    ),
    ("service", "place"),
)
RANGES = Frame(
    "ranges",
    "How much good plans build of each service, and by district: what is proven of all, what was seen.",
    (
        Column("service", "text", "–", "service; empty for all together"),
        Column("district", "text", "–", "district; empty for the whole city"),
        Column("what", "text", "–", "`modules`, or `money` to build [currency]"),
        Column("plan", "number", "as `what`", "in the plan in hand"),
        Column("low", "number", "as `what`", "proven: no good plan has less"),
        Column("least", "number", "as `what`", "the least that a good plan was seen to have"),
        Column("most", "number", "as `what`", "the most that a good plan was seen to have"),
        Column("high", "number", "as `what`", "proven: no good plan has more"),
    ),
    ("service", "district", "what"),
)
GIVEN = (
    Column("service", "text", "–", "service"),
    Column("site", "text", "–", "id of the site or facility"),
    Column("option", "text", "–", "size, or name of the change"),
    Column("modules", "whole", "–", "modules"),
)
"""A plan as `planner assess` reads it."""


def write_alternatives(folder: Path, problem: Problem, found: Alternatives) -> Path:
    """Write the tables and the plans into `alternatives/` of a run, all or none; return that folder."""
    target = folder / FOLDER
    plans = [f"alternative-{nth:02d}.csv" for nth in range(1, len(found.plans))]
    names = [f"{frame.name}.csv" for frame in (LEY_LINES, RANGES)]
    with placed(target, [*names, *plans], force=True) as aside:
        write_csv(aside / names[0], LEY_LINES.columns, lines_of(problem, found))
        write_csv(aside / names[1], RANGES.columns, ranges_of(found))
        for name, outcome in zip(plans, found.plans[1:], strict=True):
            write_csv(aside / name, GIVEN, given(outcome))
    for old in set(target.glob("alternative-*.csv")) - {target / name for name in plans}:
        old.unlink()
    return target


def lines_of(problem: Problem, found: Alternatives) -> pd.DataFrame:
    """Tell the places as a table; columns of `LEY_LINES`."""
    rows = [
        {
            "service": line.service,
            "place": line.place,
            "label": str(problem.providers["label"].iloc[int(line.rows[0])]),
            "inside": line.inside,
            "plans": line.plans,
            "of": found.seen,
            "verdict": line.verdict,
        }
        for line in found.lines
    ]
    return LEY_LINES.tidy(pd.DataFrame(rows, columns=[c.name for c in LEY_LINES.columns]))


def ranges_of(found: Alternatives) -> pd.DataFrame:
    """Tell the ranges as a table; columns of `RANGES`."""
    names = [column.name for column in RANGES.columns]
    rows = [[getattr(one, name) for name in names] for one in found.ranges]
    return RANGES.tidy(pd.DataFrame(rows, columns=names))


def given(outcome: Outcome) -> pd.DataFrame:
    """A plan as rows of service, site, option and modules: what is built, changed or run."""
    table = outcome.problem.providers
    own = table[(outcome.modules > 0) & ~table["existing"].to_numpy(bool)]
    modules = outcome.modules[own.index.to_numpy()].round().astype(int)
    told: pd.DataFrame = own[["service", "place", "option"]].rename(columns={"place": "site"})
    return told.assign(modules=modules)


def telling(scenario: Scenario, problem: Problem, found: Alternatives, within: float) -> Iterator[str]:
    """Lines that tell what holds in every good plan, what in none, and what is open."""
    seen = number(found.seen)
    unit = catalogue.find("objective", scenario.objective_name)
    costs = f"are worth at most {percent(within)} more, by what `{unit.name}` counts, than the plan in hand"
    gains = f"miss at most {percent(within)} of what the plan in hand gains"
    yield f"Good plans are those that {costs if unit.half('level') is None else gains}."
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
