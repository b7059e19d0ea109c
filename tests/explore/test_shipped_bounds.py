"""On the shipped cities: no plan of any principle passes what another principle has proven of all plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner import flow
from planner.explore.principles import asked_of_every, under_every
from planner.model.decide import decide, yardstick_of
from planner.plan import deciding
from planner.verify.check import check
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from planner.explore.principles import Found
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.question import Question

ROOT = Path(__file__).parents[2]
SECONDS = 90
HAIR = 1e-7
CLASSICS = ("p_median", "p_center", "mclp", "lscp", "kolm_pollak")


def _asked(city: str) -> Question:
    path = ROOT / "scenarios" / f"{city}.yaml"
    return flow.ask(path, overrides={"solver.time_limit_seconds": SECONDS}, ear=flow.Ear())


def _within(found: Found, other: Outcome) -> bool:
    """Whether another plan keeps to what is proven of all plans by this principle."""
    status = found.plan.status
    yardstick = yardstick_of(other.problem, found.scenario)
    at = deciding(status.steps) if status.steps else 0
    own = [step.value for step in status.steps[:at]]
    ahead = yardstick.values(other)[:at]
    first = next((k for k in range(at) if abs(own[k] - ahead[k]) > HAIR * (1 + abs(own[k]))), None)
    if first is not None:
        return ahead[first] > own[first]
    value = replace(yardstick, at=at if status.steps else None).value(other)
    return status.bound is not None and value >= status.bound - HAIR * (1 + abs(value))


@pytest.mark.sweep
@pytest.mark.parametrize("city", ["monaco", "new_york"])
def test_no_plan_passes_a_proven_bound(city: str) -> None:
    """Each principle's plan is sound, unbeaten on its own yardstick, and every plan is within every bound."""
    question = _asked(city)
    problem = question.problem
    found = under_every(problem, question.scenario, question.residents)
    assert [one.principle for one in found] == list(asked_of_every(question.scenario))
    for one in found:
        assert check(problem, one.scenario, one.plan, residents=question.residents).faults == ()
        yardstick = yardstick_of(problem, one.scenario)
        for other in found:
            who = f"{other.principle} by the yardstick of {one.principle}"
            assert not yardstick.beats(other.outcome, one.outcome, HAIR), who
            assert _within(one, other.outcome), who


@pytest.mark.sweep
@pytest.mark.parametrize("city", ["monaco", "new_york"])
def test_no_classic_plan_passes_a_proven_bound(city: str) -> None:
    """The same among the classics of location, each for the first service."""
    question = _asked(city)
    problem, service = question.problem, str(question.problem.services.index[0])
    plans: dict[str, Plan] = {}
    for name in CLASSICS:
        scenario = question.scenario.model_copy(update={"objective": {name: {"service": service}}})
        plans[name] = decide(problem, scenario, question.residents)
        assert check(problem, scenario, plans[name], residents=question.residents).faults == ()
    for name, plan in plans.items():
        scenario = question.scenario.model_copy(update={"objective": {name: {"service": service}}})
        yardstick = yardstick_of(problem, scenario)
        assert plan.status.bound is not None
        for other, given in plans.items():
            value = yardstick.value(outcome_of(problem, given.facilities, given.assignment))
            near = HAIR * (1 + np.abs(value))
            assert value >= plan.status.bound - near, f"{other} by the yardstick of {name}"
