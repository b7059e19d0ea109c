"""Each row of a plan's tables against the question: what stands, who is served, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.verify.acquired import check_acquired
from planner.verify.form import names
from planner.verify.verdict import EXACT, METRES, RELATIVE, TYPICAL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from planner.problem.outcome import Outcome
    from planner.verify.form import Names
    from planner.verify.ledger import Ledger
    from planner.verify.verdict import Tally

    Floats = NDArray[np.float64]

COSTS = {"capital_cost": "capital cost", "operating_cost": "operating cost", "land_m2": "land"}


def check_facilities(tally: Tally, ledger: Ledger, table: pd.DataFrame, outcome: Outcome) -> None:
    """Check that each facility is one of the question's providers, as it is there, and what it serves."""
    at = ledger.who(table)
    say = names(table, "facilities", "provider")
    other = table["provider"].isin(ledger.problem.providers["provider"]).to_numpy(bool)
    tally.holds((at < 0) & ~other, say, "is no provider of this question")
    no_period = ledger.moment(table) < 0
    tally.holds(no_period, say, "is in no period of the plan")
    tally.holds((at < 0) & other & ~no_period, say, "is in use before it can be open")
    known = at >= 0
    rows, at = table[known], at[known]
    say = names(rows, "facilities", "provider")
    truth = ledger.problem.providers.iloc[at]
    for column in ("service", "place", "label", "option", "existing", "state", "facility", "run_by"):
        tally.same(column, say, rows[column], truth[column].astype(object).fillna(""))
    for axis in ("x", "y"):
        placed = truth[axis].notna().to_numpy()
        where = names(rows[placed], "facilities", "provider")
        tally.equal(
            f"coordinate {axis} [m]", where, rows[axis][placed], truth[axis][placed], METRES, share=0.0
        )
        nowhere = ~placed & rows[axis].notna().to_numpy()
        tally.holds(nowhere, say, f"has a coordinate {axis}, though it is at no place")
    _check_size(tally, rows, truth, say, _added(ledger, outcome)[at])
    check_acquired(tally, ledger, rows, truth)
    served = outcome.used[at]
    tally.equal("need served", say, rows["served"], served, ledger.slacks(truth["service"]))
    _check_modules(tally, ledger, outcome)


def _check_size(tally: Tally, rows: pd.DataFrame, truth: pd.DataFrame, say: Names, opening: Floats) -> None:
    """Check capacity, costs and land of the modules in use; building is paid for those that open then."""
    modules = rows["modules"].to_numpy(float)
    tally.holds(modules < 1, say, "is written as in use, with no module")
    one = np.where(truth["unlimited"], np.inf, truth["capacity"])
    tally.equal("capacity", say, rows["capacity"], np.maximum(modules, 1) * one)
    new = ~truth["existing"].to_numpy(bool)
    for column, word in COSTS.items():
        count = opening if column == "capital_cost" else modules
        tally.equal(word, say, rows[column], np.where(new, count * truth[column].to_numpy(float), 0.0))


def _check_modules(tally: Tally, ledger: Ledger, outcome: Outcome) -> None:
    providers, modules = ledger.problem.providers, outcome.modules
    say = names(providers, "facilities", "provider")
    tally.holds(modules > providers["most"].to_numpy(float), say, "has more modules than the most allowed")
    tally.holds(
        modules < providers["least"].to_numpy(float),
        say,
        "has fewer modules than the least allowed, or no row",
    )


def check_assignment(
    tally: Tally, ledger: Ledger, table: pd.DataFrame, outcome: Outcome, called: str
) -> None:
    """Check that everyone is served within the limit, by what stands, within capacity and need.

    Parameters
    ----------
    tally, ledger
        Where faults are noted; the question.
    table
        The assignment, as in `frames`.
    outcome
        The same assignment over the question's rows, with the modules that stand.
    called
        How messages name the table.
    """
    problem, at = ledger.problem, ledger.pair(table)
    say = names(table, called, "service", "cell", "provider")
    tally.holds(at < 0, say, "nobody of this cell can be served there within the limit")
    tally.holds(table["served"].to_numpy(float) < 0, say, "fewer than nobody is served")
    known = at >= 0
    rows, at = table[known], at[known]
    say = names(rows, called, "service", "cell", "provider")
    limit = problem.services["limit"].reindex(rows["service"]).to_numpy(float)
    tally.equal("travel", say, rows["travel"], problem.pairs["travel"].to_numpy(float)[at], TYPICAL * limit)
    tally.equal("quality", say, rows["quality"], problem.quality[at])
    closed = outcome.modules[problem.provider[at]] == 0
    people = rows["served"].to_numpy(float) > ledger.slacks(rows["service"])
    tally.holds(closed & people, say, "people are served where nothing is open")
    _check_capacity(tally, ledger, outcome, called)
    most = problem.amount + ledger.slacks(problem.need["service"]) + RELATIVE * problem.amount
    tally.holds(
        outcome.reached > most, names(problem.need, called, "service", "cell"), "more are served than need it"
    )


def _check_capacity(tally: Tally, ledger: Ledger, outcome: Outcome, called: str) -> None:
    providers = ledger.problem.providers
    one = np.where(providers["unlimited"], np.inf, providers["capacity"])
    room = np.where(outcome.modules > 0, np.maximum(outcome.modules, 1) * one, 0.0)
    slack = ledger.slacks(providers["service"]) + RELATIVE * np.where(np.isfinite(room), room, 0.0)
    tally.holds(
        outcome.used > room + slack, names(providers, called, "provider"), "serves more than its capacity"
    )


def check_need(tally: Tally, ledger: Ledger, table: pd.DataFrame, outcome: Outcome) -> None:
    """Check that every need point is told, with the question's need and what it gets, recomputed."""
    at, problem = ledger.point(table), ledger.problem
    say = names(table, "need_points", "service", "cell")
    tally.holds(at < 0, say, "is no need point of this question")
    untold = ~np.isin(np.arange(len(problem.need)), at)
    tally.holds(untold, names(problem.need, "need_points", "service", "cell"), "has no row")
    known = at >= 0
    rows, at = table[known], at[known]
    say = names(rows, "need_points", "service", "cell")
    truth, slack = problem.need.iloc[at], ledger.slacks(rows["service"])
    tally.same("neighbourhood", say, rows["neighbourhood"], truth["neighbourhood"])
    tally.equal("need", say, rows["need"], truth["need"])
    told = ~np.isnan(ledger.residents[at])
    who = names(rows[told], "need_points", "service", "cell")
    tally.equal("residents", who, rows["residents"].to_numpy(float)[told], ledger.residents[at][told])
    tally.equal("reached", say, rows["reached"], outcome.reached[at], slack)
    tally.equal("quality_weighted", say, rows["quality_weighted"], outcome.quality_weighted[at], slack)
    tally.equal("unmet", say, rows["unmet"], _unmet(outcome)[at], slack)


def check_unmet(tally: Tally, ledger: Ledger, table: pd.DataFrame, outcome: Outcome) -> None:
    """Check that all need left is told, with the right amount and reason."""
    at, problem = ledger.point(table), ledger.problem
    say = names(table, "unmet", "service", "cell")
    tally.holds(at < 0, say, "is no need point of this question")
    left = _unmet(outcome)
    hidden = (left > np.maximum(ledger.slacks(problem.need["service"]), TYPICAL)) & ~np.isin(
        np.arange(len(left)), at
    )
    tally.holds(hidden, names(problem.need, "unmet", "service", "cell"), "need is left and not told")
    known = at >= 0
    rows, at = table[known], at[known]
    say = names(rows, "unmet", "service", "cell")
    tally.same(
        "neighbourhood", say, rows["neighbourhood"], problem.need["neighbourhood"].to_numpy(object)[at]
    )
    tally.equal("unmet", say, rows["unmet"], left[at], ledger.slacks(rows["service"]))
    tally.holds(rows["unmet"].to_numpy(float) <= 0, say, "stands among the unmet, with nothing unmet")
    tally.same("reason", say, rows["reason"], _reasons(outcome)[at])


def check_limits(tally: Tally, ledger: Ledger, outcome: Outcome) -> None:
    """Check that what is built keeps to the land of each site when all stands, and stays where it is."""
    problem, providers = ledger.problem, ledger.problem.providers
    built = np.where(ledger.existing, 0.0, outcome.modules)
    gone = np.flatnonzero(_added(ledger, outcome) < 0)
    lost = names(providers.iloc[gone], "facilities", "provider")
    tally.holds(~ledger.existing[gone], lost, "has fewer modules than in the period before")
    last = np.where(problem.moment == problem.periods - 1, built, 0.0)
    land = pd.Series(last * providers["land_m2"].to_numpy(float), index=providers["place"].to_numpy(object))
    taken = land.groupby(level=0).sum().reindex(problem.sites["site"]).fillna(0.0).to_numpy(float)
    over = _beyond(taken, problem.sites["land_m2"].to_numpy(float))
    tally.holds(over, names(problem.sites, "land of site", "site"), "more land is taken than it has")


def _added(ledger: Ledger, outcome: Outcome) -> Floats:
    """Modules of each provider beyond those of the period before, shape (providers,)."""
    modules = pd.Series(outcome.modules, index=ledger.providers)
    added: Floats = outcome.modules - modules.reindex(ledger.periods_before).fillna(0.0).to_numpy(float)
    return added


def _beyond(amount: ArrayLike, limit: ArrayLike) -> NDArray[np.bool_]:
    """Which amounts pass their limit by more than rounding, broadcast."""
    return np.asarray(np.asarray(amount) > np.asarray(limit) * (1 + RELATIVE) + EXACT)


def _unmet(outcome: Outcome) -> Floats:
    return np.maximum(outcome.problem.amount - outcome.reached, 0.0)


def _reasons(outcome: Outcome) -> NDArray[np.object_]:
    problem = outcome.problem
    count = len(problem.need)
    pairs = np.bincount(problem.need_point, minlength=count)
    opened = np.bincount(problem.need_point, outcome.modules[problem.provider] > 0, minlength=count)
    reasons = np.where(opened > 0, "no capacity left", "nothing open within the limit")
    return np.where(pairs > 0, reasons, "no place within the limit").astype(object)
