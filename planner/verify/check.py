"""The checker: a plan's tables against the question posed anew, without anything of the search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.errors import InputFault
from planner.frames import ASSIGNMENT, FACILITIES, INDICATORS, NEED_POINTS, PRICES, UNMET
from planner.plan import Status
from planner.problem.outcome import Outcome
from planner.report.vouching import vouched
from planner.verify.bound import check_bound
from planner.verify.claims import Yardstick, against, check_alone, check_claims
from planner.verify.form import names, sound
from planner.verify.ledger import Ledger
from planner.verify.money import check_money
from planner.verify.moved import check_conserved, check_moves
from planner.verify.rules import check_rules
from planner.verify.steps import check_steps
from planner.verify.tables import check_assignment, check_facilities, check_limits, check_need, check_unmet
from planner.verify.verdict import PRINTED, Tally, Verdict, differs

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.plan import Plan
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

BEFORE = "before"


def check(
    problem: Problem,
    scenario: Scenario,
    plan: Plan,
    indicators: pd.DataFrame | None = None,
    recompute: Callable[[], pd.DataFrame] | None = None,
    *,
    residents: pd.Series | None = None,
) -> Verdict:
    """Recompute everything that a plan says of itself, from its written tables alone.

    Parameters
    ----------
    problem
        The question, posed anew from unchanged inputs.
    scenario
        What was asked.
    plan
        Tables as in `frames`, and the status that was written with them.
    indicators
        The written indicator table, where it is to be checked too.
    recompute
        Gives the indicator table anew; called only when the plan itself is sound.
    residents
        Residents of each cell [person], index cell; where they are not given they are checked only
        when people are judged by cells.

    Returns
    -------
    Verdict
        Every fault in words; a damaged table is a fault, never an exception.
    """
    tally = Tally()
    with np.errstate(all="ignore"):
        value = _check_plan(tally, Ledger(problem, residents), scenario, plan)
    told = vouched(plan.status) if value is not None and not tally.faults else ""
    if indicators is not None or recompute is not None:
        _check_indicators(tally, indicators, recompute)
    return Verdict(tuple(tally.faults), tally.checked, value, told)


def _check_plan(tally: Tally, ledger: Ledger, scenario: Scenario, plan: Plan) -> float | None:
    facilities = sound(tally, FACILITIES, plan.facilities)
    assignment = sound(tally, ASSIGNMENT, plan.assignment)
    need = sound(tally, NEED_POINTS, plan.need_points)
    unmet = sound(tally, UNMET, plan.unmet)
    today = sound(tally, ASSIGNMENT, plan.before, BEFORE)
    status: object = plan.status
    if not isinstance(status, Status):
        tally.fault("status: how the search ended is missing")
        return None
    if facilities is None or assignment is None or need is None or unmet is None or today is None:
        return None
    problem = ledger.problem
    outcome = Outcome(problem, ledger.modules(facilities), ledger.served(assignment))
    before = Outcome(problem, ledger.today, ledger.served(today))
    check_facilities(tally, ledger, facilities, outcome)
    check_assignment(tally, ledger, assignment, outcome, ASSIGNMENT.name)
    check_assignment(tally, ledger, today, before, BEFORE)
    check_moves(tally, plan.moves, outcome)
    check_conserved(tally, ledger, outcome, ASSIGNMENT.name)
    check_conserved(tally, ledger, before, BEFORE)
    check_need(tally, ledger, need, outcome)
    check_unmet(tally, ledger, unmet, outcome)
    check_limits(tally, ledger, outcome)
    check_money(tally, ledger, outcome)
    try:
        check_rules(tally, scenario, outcome)
        return _check_proof(tally, scenario, outcome, before, plan)
    except InputFault as error:
        tally.faults += [fault.message for fault in error.faults]
        return None


def _check_proof(tally: Tally, scenario: Scenario, outcome: Outcome, before: Outcome, plan: Plan) -> float:
    """Check what is said of how good the plan is; return its value, recomputed."""
    status = plan.status
    prices = None if plan.prices is None else sound(tally, PRICES, plan.prices)
    outcome, before = against(outcome, status), against(before, status)
    yardstick = Yardstick.of(scenario, outcome.problem)
    check_alone(tally, yardstick, outcome, status)
    yardstick = replace(yardstick, at=check_steps(tally, yardstick, outcome, before, status))
    value = check_claims(tally, scenario, yardstick, outcome, before, status=status)
    check_bound(tally, scenario, yardstick, status, value=value, prices=prices)
    return value


def _check_indicators(
    tally: Tally, table: pd.DataFrame | None, recompute: Callable[[], pd.DataFrame] | None
) -> None:
    """Compare the written indicators with those computed anew, row by row."""
    written = sound(tally, INDICATORS, table)
    if recompute is None:
        tally.fault("indicators: they were not computed anew, so that nobody vouches for them")
    if written is None or recompute is None or tally.faults:
        return
    key, value = list(INDICATORS.key), INDICATORS.names[-1]
    both = written.merge(
        INDICATORS.tidy(recompute()), "outer", key, suffixes=("", "_anew"), indicator="whose"
    )
    say = names(both, INDICATORS.name, *key[1:])
    tally.holds((both["whose"] == "left_only").to_numpy(), say, "is no indicator of this scenario")
    tally.holds((both["whose"] == "right_only").to_numpy(), say, "is missing")
    both = both[both["whose"] == "both"]
    say = names(both, INDICATORS.name, *key[1:])
    tally.same("unit", say, both["unit"], both["unit_anew"])
    have, want = both[value].to_numpy(float), both[f"{value}_anew"].to_numpy(float)
    untold = pd.isna(have) & pd.isna(want)
    wrong = differs(have, want, PRINTED) & ~untold
    tally.holds(wrong, say, "is not the figure that the plan gives")
