"""What the models of the further principles say of a plan is what `evaluate` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from test_halves import _counted_once, _outcome
from test_oracle_justice import PRINCIPLES, asking

from planner.model.decide import yardstick_of
from planner.model.formulation import formulate
from planner.model.solve import Solver
from planner.principles.equal_shares import rank_weights
from planner.principles.kolm_pollak import effective_aversion, equal_way, kappa
from planner.principles.worst_off import worst_off_mean
from planner.problem.choice import CHOSEN, chosen_by
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from planner.problem.blocks import Goal
    from planner.problem.problem import Problem

SEEDS = range(12)


def _model_value(problem: Problem, goal: Goal, outcome: Outcome) -> float:
    """Least value of the goal with modules and service held."""
    solver = Solver(formulate(problem, (), goal))
    solver.bound("open", outcome.modules, outcome.modules)
    solver.bound("serve", outcome.served, outcome.served)
    if CHOSEN in solver.model.columns:
        chosen = chosen_by(problem, outcome.modules)
        solver.bound(CHOSEN, chosen, chosen)
    answer = solver.run(seconds=10, constant=goal.constant)
    assert answer.ending == "optimal"
    assert answer.value is not None
    return answer.value


def _drawn(problem: Problem, seed: int) -> Outcome:
    """Some modules and some service; every other time everybody is served wholly by the nearest."""
    outcome = _counted_once(_outcome(problem, np.random.default_rng(seed)))
    if seed % 2:
        return outcome
    travel = problem.pairs["travel"].to_numpy(float)
    served = np.zeros(len(travel))
    for point in np.unique(problem.need_point):
        mine = np.flatnonzero(problem.need_point == point)
        served[mine[np.argmin(travel[mine])]] = problem.amount[point]
    return Outcome(problem, outcome.modules, served)


@pytest.mark.parametrize("principle", PRINCIPLES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_values_a_plan_as_evaluate_does(seed: int, principle: str) -> None:
    """With modules and service held, the goal's least value is that of `evaluate`, at once or tightened."""
    case = asking(seed, principle)
    problem = case.problem
    yardstick = yardstick_of(problem, case.scenario)
    outcome = _drawn(problem, seed)
    goal, value = yardstick.goal, yardstick.value(outcome)
    above = _model_value(problem, goal, outcome)
    assert above <= value + 1e-7 * (1 + abs(value)), "the model is no bound"
    if goal.tighten is not None:
        finer = goal.tighten({"serve": outcome.served})
        assert finer is not None
        above = _model_value(problem, finer, outcome)
    assert above == pytest.approx(value, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_ranks_of_any_order_bound_the_shared_mean(seed: int) -> None:
    """μ (1 − G) is the double sum of minima; weights of another order never give less, and add up to 1."""
    rng = np.random.default_rng(seed)
    people, w = rng.uniform(1, 9, 7), np.round(rng.normal(0.4, 0.5, 7), 1)
    both = np.minimum.outer(w, w)
    right = float(people @ both @ people / people.sum() ** 2)
    assert rank_weights(w, people) @ w == pytest.approx(right, abs=1e-12)
    other = rank_weights(rng.normal(size=7), people)
    assert other.sum() == pytest.approx(1.0)
    assert other @ w >= right - 1e-12


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 1.0])
def test_the_worst_off_mean_by_hand(share: float) -> None:
    """Of 1, 2 and 1 people with 0.8, 0.2 and 0.4: the worst-off hundredth and half have 0.2, all 0.4."""
    right = {0.01: 0.2, 0.25: 0.2, 0.5: 0.2, 1.0: 0.4}[share]
    got = worst_off_mean(np.array([0.8, 0.2, 0.4]), np.array([1.0, 2.0, 1.0]), share)
    assert got == pytest.approx(right)


def test_aversion_of_ways_is_told_twice() -> None:
    """Where everybody goes to the nearest of all, the effective aversion is the one that was asked for."""
    case = asking(0, "kolm_pollak")
    service = case.scenario.objective_parameters["service"]
    nearest = _drawn(case.problem, 0)
    assert effective_aversion(nearest, service=service, aversion=0.7) == pytest.approx(0.7)
    need = float(case.problem.amount[case.problem.of_service(service)].sum())
    steep = kappa(case.problem, service=service, aversion=0.7)
    value = need * float(np.exp(steep * 9.0))
    assert equal_way(value, case.problem, service=service, aversion=0.7) == pytest.approx(9.0)
