"""The band of good plans against all plans of tiny cities: the least and the most, what is in every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from oracle import _Task, kept
from oracle_justice import JustTask
from strategies import Case, random_case

from planner.errors import Infeasible
from planner.model.band import Band
from planner.model.decide import decide, yardstick_of
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from planner.problem.outcome import Outcome

PRINCIPLES = {
    "utilitarian": {},
    "sufficiency": {"floor": 0.6},
    "priority": {},
    "worst_off": {"share": 0.3},
    "maximin": {},
    "equal_shares": {},
}
JUST = {"worst_off", "maximin", "equal_shares"}


def asked(name: str, seed: int) -> Case:
    """A tiny city, asked for a principle, solved without a gap."""
    if name == "priority":
        case = random_case(seed, "kolm_pollak")
    else:
        case = random_case(seed).asking(objective={name: PRINCIPLES[name]})
    return case.asking(solver={"gap": 1e-7})


def everything(case: Case, name: str) -> list[tuple[np.ndarray, float]]:
    """Every choice of modules that keeps the rules, and the value of its best assignment."""
    task = (JustTask if name in JUST else _Task)(case.problem, case.scenario)
    value = task.value if name in JUST else task.least
    found = [
        (np.array(modules, float), value(modules, np.inf)) for modules in kept(case.problem, case.scenario)
    ]
    return [(modules, worth) for modules, worth in found if np.isfinite(worth)]


def between(values: list[float], share: float) -> float:
    """A value between those of plans, so that no plan lies on the edge."""
    values = sorted(values)
    at = min(int(share * len(values)), len(values) - 2)
    while at < len(values) - 2 and values[at + 1] - values[at] < 1e-4 * (1 + abs(values[at])):
        at += 1
    return (values[at] + values[at + 1]) / 2


def banded(name: str, seed: int) -> tuple[Case, Band, list[np.ndarray]] | None:
    """A band and the plans that lie in it; None for a city that has fewer than three plans."""
    case = asked(name, seed)
    plans = everything(case, name)
    if len(plans) < 3:
        return None
    try:
        plan = decide(case.problem, case.scenario, case.residents)
    except Infeasible:
        return None
    best: Outcome = outcome_of(case.problem, plan.facilities, plan.assignment)
    band = Band.around(case.problem, case.scenario, best, 0.1)
    band.most = between([worth for _, worth in plans], 0.4)
    if yardstick_of(case.problem, case.scenario).value(best) > band.most:
        return None
    return case, band, [modules for modules, worth in plans if worth <= band.most]


def weights(case: Case, seed: int) -> list[np.ndarray]:
    """What is asked of a band: modules of a service, money, one provider, and something at random."""
    table, rng = case.problem.providers, np.random.default_rng(seed)
    one = np.zeros(len(table))
    one[rng.integers(len(table))] = 1.0
    service = (table["service"] == table["service"].iloc[0]).to_numpy(float)
    return [service, table["capital_cost"].to_numpy(float), one, rng.normal(size=len(table)).round(2)]


def compared(name: str, seeds: range) -> int:
    """Least and most of everything that is asked equal those of all plans in the band."""
    looked = 0
    for seed in seeds:
        found = banded(name, seed)
        if found is None:
            continue
        case, band, inside = found
        for weight in weights(case, seed):
            for sign in (1.0, -1.0):
                right = min(float(sign * weight @ modules) for modules in inside)
                bound = band.least(sign * weight, 60.0)
                seen = min(float(sign * weight @ outcome.modules) for outcome in band.seen)
                assert bound <= right + 1e-5 * (1 + abs(right)), (seed, "the bound passes a plan")
                assert seen >= right - 1e-5 * (1 + abs(right)), (seed, "a plan outside the band was taken")
                assert seen == pytest.approx(right, abs=1e-5 * (1 + abs(right))), seed
                assert bound == pytest.approx(right, abs=1e-4 * (1 + abs(right))), seed
        looked += 1
    return looked


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in {"utilitarian", "equal_shares"} else pytest.mark.slow)
        for name in PRINCIPLES
    ],
)
def test_least_and_most_of_a_band(name: str) -> None:
    """On tiny cities the ranges over the band are those of all plans, tried one by one."""
    assert compared(name, range(500, 506)) >= 2


@pytest.mark.sweep
@pytest.mark.parametrize("name", PRINCIPLES)
def test_least_and_most_of_many_bands(name: str) -> None:
    """The same on a hundred cities for each principle; many more are asked, some have no plan."""
    assert compared(name, range(600, 950)) >= 95
