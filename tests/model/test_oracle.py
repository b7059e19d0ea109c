"""On tiny cities every objective gives what trying every choice of modules gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import oracle
import pytest
from paced import blocks
from strategies import OBJECTIVES, random_case

from planner.errors import Infeasible
from planner.model.decide import decide

if TYPE_CHECKING:
    from strategies import Case

FEW, MANY = 24, 150
CLOSE = 1e-6


def _compare(case: Case) -> None:
    right = oracle.best(case.problem, case.scenario).value
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return
    status = decide(case.problem, case.scenario, case.residents).status
    near = CLOSE * max(abs(right), float(case.problem.amount.sum()))
    assert status.value == pytest.approx(right, abs=near)
    assert status.bound is not None
    assert status.bound <= right + near
    assert status.bound <= status.value
    assert status.ending == "optimal"


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_plan_is_the_best_of_all_choices(objective: str, seed: int) -> None:
    """Value and bound equal the oracle's; a scenario is infeasible exactly when the oracle finds no plan."""
    _compare(random_case(seed, objective, capacities=bool(seed % 2)))


@pytest.mark.parametrize("block", blocks(MANY // 10))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_plan_is_the_best_of_all_choices_in_many_cities(objective: str, block: int) -> None:
    """The same in many hundreds of cities, with and without capacities, with and without rules."""
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        _compare(random_case(seed, objective, ruled=bool(seed % 3), capacities=bool(seed % 2)))


def test_the_draws_are_both_feasible_and_not() -> None:
    """The cities above are of both kinds, with capacities that bind and rules of every kind."""
    cases = [random_case(seed, capacities=bool(seed % 2)) for seed in range(FEW)]
    feasible = [math.isfinite(oracle.best(case.problem, case.scenario).value) for case in cases]
    assert 5 <= sum(feasible) <= FEW - 3
    rules = {name for case in cases for rule in case.scenario.constraints for name in rule}
    assert rules == {"floor", "count", "locked", "forbidden"}
    assert any(case.problem.providers["existing"].any() for case in cases)
    assert any((case.problem.providers["most"] > 1).any() for case in cases)
    assert any(np.isfinite(case.problem.sites["land_m2"]).any() for case in cases)
    assert {case.scenario.judge_by for case in cases} == {"cells", "neighbourhoods"}
