"""Every unit has two halves, and they agree: what the model says of a plan is what `evaluate` says of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from strategies import OBJECTIVES, random_case

from planner import catalogue
from planner.model.decide import yardstick_of
from planner.model.formulation import formulate
from planner.model.solve import Solver
from planner.problem.blocks import Goal
from planner.problem.choice import CHOSEN, chosen_by
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from strategies import Case

    from planner.problem.problem import Problem

SEEDS = range(12)
DRAWN = 40


@cache
def _problem(seed: int) -> Problem:
    return random_case(seed, capacities=bool(seed % 2)).problem


def _outcome(problem: Problem, rng: np.random.Generator) -> Outcome:
    """Some modules and some service, which may break any rule but not the bounds of the variables."""
    least, most = (problem.providers[side].to_numpy(float) for side in ("least", "most"))
    modules = np.round(least + rng.uniform(size=len(least)) * (most - least))
    served = problem.amount[problem.need_point] * rng.uniform(0, 0.9, len(problem.pairs))
    capacity = problem.providers["capacity"].to_numpy(float) * most
    return Outcome(problem, modules, np.minimum(served, capacity[problem.provider]))


def _counted_once(outcome: Outcome) -> Outcome:
    """The same with nobody served twice: beyond that the goals need not hold."""
    share = np.maximum(outcome.reached / outcome.problem.amount, 1.0)[outcome.problem.need_point]
    return Outcome(outcome.problem, outcome.modules, outcome.served / share)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_values_a_plan_as_evaluate_does(seed: int, objective: str) -> None:
    """With modules and service held, the goal's least value is that of `evaluate`."""
    case = random_case(seed, objective)
    yardstick = yardstick_of(case.problem, case.scenario)
    outcome = _counted_once(_outcome(case.problem, np.random.default_rng(seed)))
    goal, value = yardstick.goal, yardstick.value(outcome)
    above = _model_value(case, goal, outcome)
    assert above <= value + 1e-7 * (1 + abs(value)), "the model is no bound"
    if goal.tighten is not None:
        for _ in range(3):
            finer = goal.tighten({"serve": outcome.served})
            assert finer is not None
            goal = finer
            assert _model_value(case, goal, outcome) == pytest.approx(value, rel=1e-8)
    else:
        assert above == pytest.approx(value, rel=1e-8, abs=1e-6)


def _model_value(case: Case, goal: Goal, outcome: Outcome) -> float:
    solver = Solver(formulate(case.problem, (), goal))
    solver.relax(relaxed=True)
    solver.bound("open", outcome.modules, outcome.modules)
    solver.bound("serve", outcome.served, outcome.served)
    answer = solver.run(seconds=10, constant=goal.constant)
    assert answer.ending == "optimal"
    assert answer.value is not None
    return answer.value


RULES: list[tuple[str, dict[str, Any]]] = [
    ("budget", {}),
    ("choice", {}),
    ("land", {}),
    ("count", {"at_most": 1}),
    ("count", {"at_least": 2, "at_most": 3}),
    ("count", {"at_least": 2, "service": "health"}),
    ("floor", {"service": "health", "reached": 0.6}),
    ("floor", {"service": "health", "of": "each_neighbourhood", "quality_weighted": 0.5}),
    ("locked", {"service": "health", "modules": 2}),
    ("forbidden", {}),
]


@pytest.mark.parametrize(("rule", "given"), RULES)
def test_the_rows_are_broken_by_as_much_as_evaluate_says(rule: str, given: dict[str, Any]) -> None:
    """The sum of what a plan breaks the rows by is what `evaluate` tells; both kinds of plans are met."""
    broken = []
    for seed in range(DRAWN):
        problem = _problem(seed)
        mine = dict(given)
        first = problem.providers[~problem.providers["existing"] & (problem.providers["service"] == "health")]
        if rule in {"locked", "forbidden"}:
            if not len(first):
                continue
            site = first["place"].iloc[0]
            mine |= {"site": site} if rule == "locked" else {"sites": [site]}
        outcome = _outcome(problem, np.random.default_rng(seed))
        told = float(np.sum(_evaluate(rule, outcome, mine)))
        assert _broken_by(rule, outcome, mine) == pytest.approx(told, abs=1e-6), f"seed {seed}"
        broken.append(told > 0)
    assert any(broken)
    assert not all(broken)


def test_provision_is_kept_exactly_when_evaluate_says_so() -> None:
    """Somebody served twice, beyond capacity or at a closed site breaks a row, and is told."""
    kept = []
    for seed in range(DRAWN):
        problem = _problem(seed)
        outcome = _outcome(problem, np.random.default_rng(seed))
        share = np.random.default_rng(seed).choice([0.0, 0.02, 1.0])
        outcome = Outcome(problem, outcome.modules, outcome.served * share)
        told = float(np.max(_evaluate("provision", outcome, {})))
        assert (_broken_by("provision", outcome, {}) > 1e-9) == (told > 1e-9), f"seed {seed}"
        kept.append(told <= 1e-9)
    assert any(kept)
    assert not all(kept)


def test_evaluate_sees_what_no_row_can_say() -> None:
    """Less than nobody served is told, though the variables' bounds forbid it in the model."""
    problem = random_case(1).problem
    outcome = Outcome(problem, problem.providers["most"].to_numpy(float), np.full(len(problem.pairs), -1.0))
    assert np.max(_evaluate("provision", outcome, {})) == 1.0


def _evaluate(rule: str, outcome: Outcome, given: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    evaluate = catalogue.find("constraint", rule).half("evaluate")
    assert evaluate is not None
    return np.asarray(evaluate(outcome, **given), float)


def _broken_by(rule: str, outcome: Outcome, given: dict[str, Any]) -> float:
    block = catalogue.find("constraint", rule).function(outcome.problem, **given)
    model = formulate(outcome.problem, [block], Goal({}), scale=False)
    values = {
        "open": outcome.modules,
        "serve": outcome.served,
        CHOSEN: chosen_by(outcome.problem, outcome.modules),
    }
    met = model.matrix @ model.scaled(values)
    over = np.maximum(np.maximum(model.row_lower - met, met - model.row_upper), 0.0)
    return float(over.sum())
