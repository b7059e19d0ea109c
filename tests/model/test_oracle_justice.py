"""On tiny cities the further principles give what trying every choice of modules gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle_justice
import pytest
from paced import blocks
from strategies import random_case

from planner.errors import Infeasible
from planner.model.decide import decide

if TYPE_CHECKING:
    from strategies import Case

PRINCIPLES = ("worst_off", "maximin", "equal_shares", "p_center", "lscp", "kolm_pollak", "least_cost")
FEW, MANY = 8, 120
CLOSE = 1e-6


def asking(seed: int, principle: str) -> Case:
    """Return a random city that asks for this principle."""
    case = random_case(seed, ruled=bool(seed % 3), capacities=bool(seed % 2))
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    limit = float(case.problem.services.loc[service, "limit"])
    given: dict[str, dict[str, Any]] = {
        "worst_off": {"share": float(rng.choice([0.05, 0.2, 0.5, 1.0]))},
        "p_center": {"service": service},
        "lscp": {"service": service},
        "kolm_pollak": {
            "service": service,
            "aversion": float(rng.choice([0.3, 1.0])),
            "unserved_travel": limit,
        },
        "least_cost": {"years": float(rng.choice([0.0, 1.0, 20.0]))},
    }
    return case.asking(objective={principle: given.get(principle, {})})


def _compare(case: Case) -> bool:
    """Compare with the oracle; returns whether there is a plan."""
    try:
        status = decide(case.problem, case.scenario, case.residents).status
    except Infeasible:
        assert math.isinf(oracle_justice.best(case.problem, case.scenario).value)
        return False
    right = oracle_justice.best(case.problem, case.scenario).value
    near = CLOSE * max(abs(right), 1.0)
    assert status.value == pytest.approx(right, abs=near)
    assert status.bound is not None
    assert right - near <= status.bound <= status.value
    assert status.ending == "optimal"
    return True


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_plan_is_the_best_of_all_choices(principle: str) -> None:
    """Value and bound equal the oracle's, infeasible exactly where it finds no plan; both are met."""
    found = [_compare(asking(seed, principle)) for seed in range(FEW)]
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("block", blocks(MANY // 20))
@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_plan_is_the_best_of_all_choices_in_many_cities(principle: str, block: int) -> None:
    """The same in 120 cities each, with and without capacities, with and without rules."""
    for seed in range(2000 + 20 * block, 2020 + 20 * block):
        _compare(asking(seed, principle))


def test_cuts_alone_find_the_most_equal_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city of many places has no chords: the bound is true, and value and bound meet the oracle's."""
    monkeypatch.setattr("planner.principles.equal_shares.MANY", 1)
    met = 0
    for seed in range(10):
        case = asking(seed, "equal_shares")
        try:
            status = decide(case.problem, case.scenario, case.residents).status
        except Infeasible:
            continue
        right = oracle_justice.best(case.problem, case.scenario).value
        assert status.bound is not None
        assert status.bound <= right + CLOSE
        assert status.value == pytest.approx(right, abs=CLOSE)
        met += 1
    assert met
