"""Where homes move people, every objective gives what trying every choice of modules gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import oracle
import oracle_homes
import pytest
from homes_cases import random_homes
from strategies import OBJECTIVES

from planner.errors import Infeasible
from planner.model.decide import decide
from planner.verify.check import check

if TYPE_CHECKING:
    from strategies import Case

FEW, MANY = 6, 60
CLOSE = 1e-6


def _compare(case: Case) -> float:
    """The plan is the oracle's best, and the checker passes it; returns the people who move."""
    right = oracle_homes.best(case).value
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return 0.0
    plan = decide(case.problem, case.scenario, case.residents)
    near = CLOSE * max(abs(right), float(case.problem.amount.sum()))
    assert plan.status.value == pytest.approx(right, abs=near)
    assert plan.status.bound is not None
    assert plan.status.bound <= min(right + near, plan.status.value)
    assert plan.status.ending == "optimal"
    verdict = check(case.problem, case.scenario, plan, residents=case.residents)
    assert verdict.faults == ()
    assert plan.moves is not None
    return float(plan.moves["people"].sum())


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_plan_is_the_best_of_all_choices(objective: str, seed: int) -> None:
    """Value and bound equal the oracle's; infeasible exactly where it finds no plan; the checker agrees."""
    _compare(random_homes(seed, objective))


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 10))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_plan_is_the_best_of_all_choices_in_many_cities(objective: str, block: int) -> None:
    """The same in hundreds of cities."""
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        _compare(random_homes(seed, objective, ruled=bool(seed % 3)))


def test_moving_matters_in_the_draws() -> None:
    """In some of these cities people move, and in some their moving changes what the best plan is worth."""
    moved, other = 0, 0
    for seed in range(12):
        case = random_homes(seed, ruled=False)
        moved += _compare(case) > 0
        stay = {
            k: {n: v for n, v in s.items() if n != "moves_people"} for k, s in case.asked["services"].items()
        }
        plain = case.asking(services=stay)
        value = oracle.best(plain.problem, plain.scenario).value
        other += not np.isclose(value, oracle_homes.best(case).value, rtol=1e-6)
    assert moved >= 6
    assert other >= 3
