"""Alternatives as tables, and plans as files that `assess` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.explore.concessions import CONCESSIONS, concessions
from planner.frames import Column, Frame
from planner.model.decide import nothing_built, yardstick_of
from planner.report.tables import write_csv
from planner.store.placed import placed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.explore.alternatives import Alternatives
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

FOLDER = "alternatives"
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
AREAS = Frame(
    "areas",
    "Whether something of a service is built in a neighbourhood in every good plan, in none, or open.",
    (
        Column("service", "text", "–", "service"),
        Column("neighbourhood", "text", "–", "id of the neighbourhood"),
        Column("inside", "flag", "–", "in the plan in hand"),
        Column("plans", "whole", "–", "good plans that were seen with it"),
        Column("of", "whole", "–", "good plans that were seen"),
        Column("verdict", "text", "–", "as of `ley_lines`"),
    ),
    ("service", "neighbourhood"),
)
PLANS = Frame(
    "plans",
    "The plan in hand and the alternatives that are written: what each is worth, costs, and does otherwise.",
    (
        Column("alternative", "whole", "–", "its number; 0 for the plan in hand"),
        Column("run", "text", "–", "its run, where one was made"),
        Column(
            "missing",
            "number",
            "1",
            "share of what the plan in hand gains that it misses (of costs: how much more it costs)",
        ),
        Column("capital_cost", "number", "currency", "money to build"),
        Column("operating_cost", "number", "currency/year", "money to run"),
        Column("only_here", "whole", "–", "places and services that it has and the plan in hand has not"),
        Column("not_here", "whole", "–", "places and services that the plan in hand has and it has not"),
        Column("mean", "number", "1", "mean wellbeing"),
        Column("least", "number", "1", "wellbeing of the worst-off place"),
    ),
    ("alternative",),
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


def name_of(nth: int) -> str:
    """File of one alternative."""
    return f"alternative-{nth:02d}.csv"


def write_plans(folder: Path, found: Alternatives) -> list[Path]:
    """Write each alternative as `assess` reads it into `alternatives/` of a run, all or none."""
    target, names = folder / FOLDER, [name_of(nth) for nth in range(1, len(found.plans))]
    with placed(target, names, force=True) as aside:
        for name, outcome in zip(names, found.plans[1:], strict=True):
            write_csv(aside / name, GIVEN, given(outcome))
    for old in set(target.glob("alternative-*.csv")) - {target / name for name in names}:
        old.unlink()
    return [target / name for name in names]


def write_tables(
    folder: Path, scenario: Scenario, problem: Problem, found: Alternatives, runs: Sequence[str] = ()
) -> Path:
    """Write every table into `alternatives/` of a run, all or none; return that folder."""
    target, tables = folder / FOLDER, tables_of(scenario, problem, found, runs)
    with placed(target, [f"{frame.name}.csv" for frame in tables], force=True) as aside:
        for frame, table in tables.items():
            write_csv(aside / f"{frame.name}.csv", frame.columns, table)
    return target


def tables_of(
    scenario: Scenario, problem: Problem, found: Alternatives, runs: Sequence[str] = ()
) -> dict[Frame, pd.DataFrame]:
    """Every table that is written, by its frame."""
    return {
        LEY_LINES: lines_of(problem, found),
        AREAS: areas_of(found),
        RANGES: ranges_of(found),
        PLANS: plans_of(scenario, problem, found, runs),
        CONCESSIONS: concessions(problem, found),
    }


def plans_of(
    scenario: Scenario, problem: Problem, found: Alternatives, runs: Sequence[str] = ()
) -> pd.DataFrame:
    """Tell the plan in hand and each alternative; columns of `PLANS`."""
    best, yardstick = found.plans[0], yardstick_of(problem, scenario)
    value, before = yardstick.value(best), yardstick.value(nothing_built(yardstick, scenario.solver))
    costs = problem.providers[["capital_cost", "operating_cost"]].to_numpy(float)
    built = np.where(problem.providers["existing"].to_numpy(bool), 0.0, 1.0)
    rows = [
        {
            "alternative": nth,
            "run": runs[nth - 1] if 0 < nth <= len(runs) else "",
            "missing": yardstick.gap(yardstick.value(one), value, before) if nth else 0.0,
            "capital_cost": float((one.modules * built) @ costs[:, 0]),
            "operating_cost": float((one.modules * built) @ costs[:, 1]),
            "only_here": int(((one.modules > 0) & (best.modules == 0)).sum()),
            "not_here": int(((one.modules == 0) & (best.modules > 0)).sum()),
            "mean": float(one.wellbeing @ problem.population / problem.population.sum()),
            "least": float(one.wellbeing[problem.population > 0].min()),
        }
        for nth, one in enumerate(found.plans)
    ]
    return PLANS.tidy(pd.DataFrame(rows, columns=PLANS.names))


def areas_of(found: Alternatives) -> pd.DataFrame:
    """Tell the neighbourhoods as a table; columns of `AREAS`."""
    rows = [
        (line.service, line.place, line.inside, line.plans, len(found.seen), line.verdict)
        for line in found.areas
    ]
    return AREAS.tidy(pd.DataFrame(rows, columns=AREAS.names))


def lines_of(problem: Problem, found: Alternatives) -> pd.DataFrame:
    """Tell the places as a table; columns of `LEY_LINES`."""
    rows = [
        {
            "service": line.service,
            "place": line.place,
            "label": str(problem.providers["label"].iloc[int(line.rows[0])]),
            "inside": line.inside,
            "plans": line.plans,
            "of": len(found.seen),
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
