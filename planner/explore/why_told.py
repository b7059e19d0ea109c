"""Advice for every site in words that a resident can read, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.explore.difference import NAMED, label_of
from planner.explore.more_told import figure, measured
from planner.frames import Column, Frame
from planner.report.figures import records
from planner.report.numbers import number
from planner.report.speech import _, listed, ngettext
from planner.report.tables import write_csv, write_parquet
from planner.report.words import people
from planner.store.placed import placed
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from planner.city.city import City
    from planner.explore.why import Reason
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

FOLDER = "why"
SITES = Frame(
    "sites",
    "Why each site is in the plan, or not: one row for each that could be built, changed or run.",
    (
        Column("service", "text", "–", "service"),
        Column("place", "text", "–", "id of the site or facility, or name of the programme"),
        Column("label", "text", "–", "its name"),
        Column("option", "text", "–", "size, or name of the change"),
        Column("provider", "text", "–", "id, as in `plan/facilities`"),
        Column("modules", "whole", "–", "modules in the plan; 0 where it is not in it"),
        Column("served", "number", "unit of the service", "need that it serves"),
        Column(
            "verdict",
            "text",
            "–",
            "in the plan: `needed`, `alike` (a plan without it is as good, as far as is proven), `required`; "
            "not in it: `worse`, `alike`, `impossible`; `open` where it cannot be told",
        ),
        Column("low", "number", "level, or cost", "the plan is worse without it (with it) by at least this"),
        Column("high", "number", "level, or cost", "and by at most this; empty where that is not known"),
        Column("asked", "flag", "–", "solved again for it; else one relaxation is all there is"),
        Column("words", "text", "–", "the same in words"),
    ),
    ("service", "place", "option"),
)


def table_of(city: City, problem: Problem, plan: Plan, reasons: Sequence[Reason]) -> pd.DataFrame:
    """Tell the reasons as a table; columns of `SITES`."""
    outcome = outcome_of(problem, plan.facilities, plan.assignment)
    providers = problem.providers.iloc[[reason.row for reason in reasons]]
    table = providers[["service", "place", "label", "option", "provider"]].assign(
        modules=[round(reason.modules) for reason in reasons],
        served=[float(outcome.used[reason.row]) for reason in reasons],
        verdict=[reason.verdict for reason in reasons],
        low=[np.nan if reason.low is None else reason.low for reason in reasons],
        high=[np.nan if reason.high is None else reason.high for reason in reasons],
        asked=[reason.asked for reason in reasons],
        words=[" ".join(sentences(city, outcome, reason)) for reason in reasons],
    )
    return SITES.tidy(table)


def write_sites(folder: Path, table: pd.DataFrame) -> Path:
    """Write the table into `why/` of a run, whole or not at all; return the CSV."""
    target = folder / FOLDER
    with placed(target, [f"{SITES.name}.parquet", f"{SITES.name}.csv"], force=True) as aside:
        write_parquet(aside / f"{SITES.name}.parquet", SITES, table)
        write_csv(aside / f"{SITES.name}.csv", SITES.columns, table)
    return target / f"{SITES.name}.csv"


def telling(scenario: Scenario, plan: Plan, table: pd.DataFrame, *, everything: bool) -> Iterator[str]:
    """Lines that tell the table: what is in the plan, and, where all is asked for, what is not."""
    yield measured(scenario, plan)
    for inside, title in ((True, _("In the plan")), (False, _("Not in the plan"))):
        rows = table[(table["modules"] > 0) == inside]
        if not len(rows):
            continue
        yield ""
        yield f"{title} ({number(len(rows))})"
        shown = rows if inside or everything else rows[rows["verdict"] == "alike"]
        for row in records(shown):
            yield f"    {_name(scenario, row)}: {row['words']}"
        if len(shown) < len(rows):
            yield "    " + _counts(rows)


def _name(scenario: Scenario, row: dict[str, object]) -> str:
    place = row["label"] or row["place"]
    facts = {"place": place, "service": label_of(scenario, str(row["service"])), "option": row["option"]}
    return _("%(place)s (%(service)s, %(option)s)") % facts


def _counts(rows: pd.DataFrame) -> str:
    """How many there are of each kind, of those that are not listed."""
    words = {
        "worse": _("%(n)s with which every plan is worse"),
        "impossible": _("%(n)s that can be in no plan"),
        "open": _("%(n)s of which it cannot be told"),
    }
    counts = rows["verdict"].value_counts()
    parts = [words[kind] % {"n": number(int(counts[kind]))} for kind in words if kind in counts]
    return _("And %(parts)s. Name a site to ask about it; the table lists all.") % {"parts": listed(parts)}


def sentences(city: City, outcome: Outcome, reason: Reason) -> Iterator[str]:
    """Say of one provider what it does, and what would be lost without it, or with it."""
    if reason.modules:
        yield _serves(city, outcome, reason)
        yield without(reason)
    else:
        yield with_it(reason)
    if reason.verdict == "impossible" and reason.advice:
        yield _("What stands against it: %(advice)s.") % {"advice": "; ".join(reason.advice)}
    if not reason.asked and reason.verdict == "open":
        yield _("There was no time to ask; --seconds gives more.")


def _serves(city: City, outcome: Outcome, reason: Reason) -> str:
    """Whom it serves, and from where."""
    problem = outcome.problem
    mine = np.flatnonzero((problem.provider == reason.row) & (outcome.served > 0))
    service = str(problem.providers["service"].iloc[reason.row])
    amount = float(outcome.served[mine].sum())
    if not len(mine):
        return _("It serves nobody.")
    homes = problem.need["neighbourhood"].iloc[problem.need_point[mine]]
    labels = homes.map(city.neighbourhoods["label"]).fillna(homes)
    sums = pd.Series(outcome.served[mine]).groupby(labels.to_numpy()).sum()
    sums = sums.sort_values(ascending=False, kind="stable")
    named = [f"{name} ({number(float(n), 0)})" for name, n in sums.head(NAMED).items()]
    others = len(sums) - NAMED
    words = ngettext("%(n)s other neighbourhood", "%(n)s other neighbourhoods", others)
    named += [words % {"n": others}] if others > 0 else []
    facts = {"n": number(amount, 0), "from": listed(named)}
    facts["unit"] = people(str(problem.services["unit"][service]), amount)
    return _("It serves %(n)s %(unit)s, from %(from)s.") % facts


def without(reason: Reason) -> str:
    """Say what is lost without what is in the plan."""
    facts = _facts(reason)
    words = {
        "required": _("No plan without it keeps every rule."),
        "needed": _("Without it every plan is worse, by %(between)s."),
        "alike": _("It can be exchanged: a plan without it is as good, as far as is proven."),
    }
    return (
        words.get(reason.verdict, _("Whether a plan without it could be as good cannot be told%(most)s."))
        % facts
    )


def with_it(reason: Reason) -> str:
    """Say what is lost with what is not in the plan."""
    facts = _facts(reason)
    words = {
        "impossible": _("No plan with it keeps every rule."),
        "worse": _("With it every plan is worse, by %(between)s."),
        "alike": _("It might as well be in it: a plan with it is as good, as far as is proven."),
    }
    return (
        words.get(reason.verdict, _("Whether a plan with it could be as good cannot be told%(most)s."))
        % facts
    )


def _facts(reason: Reason) -> dict[str, str]:
    low, high = figure(reason.low, up=False), figure(reason.high, up=True)
    between = _("at least %(low)s") % {"low": low}
    if reason.high is not None:
        between = _("at least %(low)s and at most %(high)s") % {"low": low, "high": high}
    most = _(": it would lose at most %(high)s") % {"high": high} if reason.high is not None else ""
    return {"between": between, "most": most}
