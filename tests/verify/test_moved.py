"""The checker sees whoever lives in two places, is served where they do not live, or moves untold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from homes_cases import random_homes

from planner.model.decide import as_plan, decide, nothing_built, yardstick_of
from planner.model.proven import Proven
from planner.problem.outcome import Outcome
from planner.verify.check import check
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from strategies import Case

    from planner.plan import Plan

SEEDS = range(40)


@cache
def plans() -> tuple[tuple[Case, Plan], ...]:
    """Plans under which people move and are served from their new homes."""
    found = []
    for seed in SEEDS:
        case = random_homes(seed, ruled=False)
        plan = decide(case.problem, case.scenario, case.residents)
        if (plan.assignment["home"] != "").any():
            found.append((case, plan))
        if len(found) == 4:
            break
    return tuple(found)


def _faults(case: Case, plan: Plan) -> tuple[str, ...]:
    return check(case.problem, case.scenario, plan, residents=case.residents).faults


def test_sound_plans_pass() -> None:
    """Four plans under which people are served from new homes keep what they say."""
    assert len(plans()) == 4
    assert [_faults(case, plan) for case, plan in plans()] == [()] * 4


def _with(case: Case, plan: Plan, served: np.ndarray) -> Plan:
    """Return all tables written anew for other served amounts, in accord with each other."""
    outcome = outcome_of(case.problem, plan.facilities, plan.assignment)
    yardstick = yardstick_of(case.problem, case.scenario)
    new = Outcome(case.problem, outcome.modules, served)
    before = nothing_built(yardstick, case.scenario.solver)
    proven = Proven(plan.status.ending, (plan.status.bound,), plan.status.seconds)
    return as_plan(yardstick, new, before, case.residents, proven)


@pytest.mark.parametrize("way", ["home", "cell"])
def test_served_from_where_they_do_not_live(way: str) -> None:
    """Of one need more are served from a home, or from the cell, than live there: told, in every plan."""
    for case, plan in plans():
        problem = case.problem
        served = outcome_of(problem, plan.facilities, plan.assignment).served
        moves = problem.moves
        assert moves is not None
        if way == "home":
            pair = moves.away[served[moves.away] > 0][0]
            served[pair] = min(served[pair] * 1.01 + 0.1, problem.amount[problem.need_point[pair]])
            words = "more are served from there than live there"
        else:
            served[moves.pair] *= 0.5
            words = "more are served from there than live there"
        faults = _faults(case, _with(case, plan, served))
        assert any(words in fault for fault in faults), faults


def test_moves_that_are_not_so() -> None:
    """A move changed, left out, invented, from another neighbourhood, or no table at all: told."""
    for case, plan in plans():
        moves = plan.moves
        assert moves is not None
        more = moves.assign(people=moves["people"] * 1.001)
        place = moves.assign(place="nowhere")
        other = moves.assign(neighbourhood="elsewhere")
        for bad, words in (
            (more, "people is"),
            (moves.iloc[1:], "people move and are not told"),
            (None, "people move and are not told"),
            (place, "is told to move, but gets no home there"),
            (other, "neighbourhood is `elsewhere`, should be"),
            (moves.drop(columns="people"), "should have each of these columns once: people"),
            ("no table", "the table is missing"),
        ):
            faults = _faults(case, replace(plan, moves=bad))
            assert any(words in fault for fault in faults), (words, faults)


def test_homes_that_are_not_so() -> None:
    """People said to live in another home, or in their cell, or nowhere that is: told."""
    for case, plan in plans():
        moved = plan.assignment["home"] != ""
        for home in ("", "nowhere"):
            table = plan.assignment.assign(home=plan.assignment["home"].where(~moved, home))
            assert _faults(case, replace(plan, assignment=table))


def test_nobody_has_moved_before_the_plan() -> None:
    """Who is said to be served from a home before anything is built is told."""
    found = 0
    for case, plan in plans():
        problem = case.problem
        old = problem.providers["existing"].to_numpy()[problem.provider]
        away = np.flatnonzero(~problem.at_home & old)
        if not len(away):
            continue
        found += 1
        yardstick = yardstick_of(problem, case.scenario)
        before = nothing_built(yardstick, case.scenario.solver)
        served = before.served.copy()
        point = problem.need_point[away[0]]
        served[problem.need_point == point] = 0.0
        served[away[0]] = min(
            problem.amount[point], problem.providers["capacity"].iloc[problem.provider[away[0]]]
        )
        wrong = Outcome(problem, before.modules, served)
        proven = Proven(plan.status.ending, (plan.status.bound,), plan.status.seconds)
        outcome = outcome_of(problem, plan.facilities, plan.assignment)
        bad = as_plan(yardstick, outcome, wrong, case.residents, proven)
        faults = _faults(case, bad)
        assert any(fault.startswith("before") and "than live there" in fault for fault in faults), faults
    assert found
