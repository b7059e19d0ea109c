"""On tiny cities over several periods the planner gives what trying every timetable gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle_years
import pytest
from strategies import FAIR
from year_cases import year_case

from planner.errors import Infeasible
from planner.model.decide import decide
from planner.verify.check import check

if TYPE_CHECKING:
    from strategies import Case

    from planner.plan import Plan

BASIC = ("utilitarian", "sufficiency", *FAIR, "p_median", "mclp")
FURTHER = ("worst_off", "maximin", "equal_shares", "p_center", "lscp", "ways", "least_cost")
"""`ways` is the principle `kolm_pollak`, of travel; the one in BASIC is a utility of `priority`."""
FEW, MANY = 3, 40
CLOSE = 1e-6


def asking(seed: int, principle: str) -> Case:
    """Return a random city over several periods that asks for this principle."""
    if principle in BASIC:
        return year_case(seed, principle, ruled=bool(seed % 3))
    case = year_case(seed, ruled=bool(seed % 3))
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    limit = float(case.problem.services.loc[service, "limit"])
    given: dict[str, dict[str, Any]] = {
        "worst_off": {"share": float(rng.choice([0.05, 0.2, 0.5, 1.0]))},
        "p_center": {"service": service},
        "lscp": {"service": service},
        "ways": {
            "service": service,
            "aversion": float(rng.choice([0.3, 1.0])),
            "unserved_travel": limit,
        },
        "least_cost": {"years": float(rng.choice([0.0, 1.0, 20.0]))},
    }
    name = {"ways": "kolm_pollak"}.get(principle, principle)
    return case.asking(objective={name: given.get(principle, {})})


def compare(case: Case) -> Plan | None:
    """Compare with the oracle, and check the plan; returns the plan, where there is one."""
    try:
        plan = decide(case.problem, case.scenario, case.city.residents())
    except Infeasible:
        assert math.isinf(oracle_years.best(case).value)
        return None
    right = oracle_years.best(case).value
    status, near = plan.status, CLOSE * max(abs(right), float(case.problem.amount.sum()) * 1e-3, 1.0)
    assert status.value == pytest.approx(right, abs=near)
    assert status.bound is not None
    assert right - near <= status.bound <= status.value
    assert status.ending == "optimal"
    verdict = check(case.problem, case.scenario, plan, residents=case.city.residents())
    assert not verdict.faults, verdict.faults
    return plan


@pytest.mark.parametrize("principle", [*BASIC, *FURTHER])
def test_the_plan_is_the_best_of_all_timetables(principle: str) -> None:
    """Value and bound equal the oracle's, infeasible exactly where it finds no plan; the plan is verified."""
    found = [compare(asking(seed, principle)) for seed in range(FEW)]
    assert any(found)


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 20))
@pytest.mark.parametrize("principle", [*BASIC, *FURTHER])
def test_the_plan_is_the_best_of_all_timetables_in_many_cities(principle: str, block: int) -> None:
    """The same in 520 cities."""
    found = [compare(asking(seed, principle)) for seed in range(3000 + 20 * block, 3020 + 20 * block)]
    assert any(found)
    assert not all(found)
