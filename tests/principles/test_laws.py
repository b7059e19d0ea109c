"""What every principle must do whatever the city: where help goes, and what changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from strategies import FAIR, OBJECTIVES, Case, asked_of, city_of, random_case, service_of, travel_of

from planner.errors import Infeasible
from planner.model.decide import adopt, decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan import Plan

SEEDS = range(4)
NEAR = 1e-6


def _decide(case: Case) -> Plan | None:
    """The plan, or None where the rules allow none."""
    try:
        return decide(case.problem, case.scenario, case.residents)
    except Infeasible:
        return None


def _value(case: Case) -> float:
    plan = _decide(case)
    return np.inf if plan is None else plan.status.value


def _modules(case: Case, plan: Plan) -> NDArray[np.float64]:
    used = plan.facilities.set_index("provider")["modules"]
    return used.reindex(case.problem.providers["provider"]).fillna(0).to_numpy(float)


def _two_places(rng: np.random.Generator, objective: object) -> Case:
    """Need per resident is higher in `a`; what is built serves either alike, and lifts `a` at most to `b`."""
    people = rng.integers(100, 2000, 2).astype(float)
    rate = rng.uniform(0.1, 0.9)
    rates = np.array([rate, rate * rng.uniform(0.2, 0.8)])
    need = people * rates
    amount = float(min(rng.uniform(0.05, 1.0) * people[0] * (rates[0] - rates[1]), need[1]))
    return Case(
        asked_of({"health": service_of(options={"one": {"capacity": amount}})}, objective=objective,
                 constraints=[{"count": {"at_most": 1}}], wellbeing={"minimum_residents": 0}),
        city_of({"a": ("n", people[0]), "b": ("m", people[1])}, {"health": {"a": need[0], "b": need[1]}},
                {"sa": np.inf, "sb": np.inf}, [("health", "sa"), ("health", "sb")]),
        travel_of({"health": {("a", "sa"): 5, ("b", "sb"): 5}}),
    )  # fmt: skip


@pytest.mark.parametrize("utility", FAIR)
@pytest.mark.parametrize("seed", range(20))
def test_a_place_goes_where_need_per_resident_is_higher(seed: int, utility: str) -> None:
    """With equal reach, under every aversion above 0, the place of higher need per resident comes first."""
    rng = np.random.default_rng(seed)
    aversion = float(np.round(10 ** rng.uniform(-1.5, 1.0), 4))
    case = _two_places(rng, {"priority": {"utility": utility, "aversion": aversion}})
    plan = _decide(case)
    assert plan is not None
    assert list(plan.facilities["place"]) == ["sa"], f"aversion {aversion}"


@pytest.mark.parametrize("seed", range(10))
def test_to_the_utilitarian_it_is_all_one(seed: int) -> None:
    """A unit of need weighs the same wherever it is met."""
    case = _two_places(np.random.default_rng(seed), "utilitarian")
    here, there = (
        adopt(case.problem, case.scenario, case.residents, np.array(modules)).status.value
        for modules in ([1.0, 0.0], [0.0, 1.0])
    )
    assert here == pytest.approx(there, rel=1e-9)
    assert _value(case) == pytest.approx(here, rel=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_more_money_never_hurts(seed: int, objective: str) -> None:
    """With half as much money again no principle is worse off."""
    case = random_case(seed, objective)
    richer = case.asking(budget={kind: 1.5 * money for kind, money in case.asked["budget"].items()})
    less = _value(case)
    assert _value(richer) <= less + NEAR * max(1.0, abs(less) if np.isfinite(less) else 1.0)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_a_plan_in_a_laxer_scenario(seed: int, objective: str) -> None:
    """Without the scenario's own rules, with more money and land, the same facilities are no worse."""
    tries = (random_case(seed + 100 * k, objective) for k in range(10))
    case, plan = next((case, plan) for case in tries if (plan := _decide(case)) is not None)
    sites = case.city.sites.assign(land_m2=case.city.sites["land_m2"] + 1)
    lax = replace(case.asking(constraints=[], budget={}), city=replace(case.city, sites=sites))
    given = adopt(lax.problem, lax.scenario, lax.residents, _modules(lax, plan))
    assert given.status.value <= plan.status.value + NEAR * max(1.0, abs(plan.status.value))
    assert given.status.ending == "given"
    assert given.status.bound is None


def _renamed(case: Case) -> Case:
    """The same city with other names, in the opposite order, its services named in another order."""
    cells, sites = (
        {name: f"{90 - k}" for k, name in enumerate(t.index)} for t in (case.city.cells, case.city.sites)
    )
    city = replace(
        case.city,
        cells=case.city.cells.rename(index=cells).sort_index(),
        sites=case.city.sites.rename(index=sites).sort_index(),
        need=case.city.need.assign(cell=case.city.need["cell"].map(cells)).iloc[::-1].reset_index(drop=True),
        candidates=case.city.candidates.assign(site=case.city.candidates["site"].map(sites)).iloc[::-1],
    )
    ways = {
        service: pairs.assign(cell=pairs["cell"].map(cells), place=pairs["place"].replace(sites)).iloc[::-1]
        for service, pairs in case.travel.pairs.items()
    }
    services = dict(reversed(case.asked["services"].items()))
    return Case({**case.asked, "services": services}, city, replace(case.travel, pairs=ways))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_names_and_order_change_nothing(seed: int, objective: str) -> None:
    """A city read in another order under other names gets a plan of the same value."""
    case = random_case(seed, objective, ruled=False)
    value = _value(case)
    assert _value(_renamed(case)) == pytest.approx(value, rel=NEAR, abs=NEAR * case.problem.amount.sum())


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_splitting_a_neighbourhood_changes_nothing(seed: int, objective: str) -> None:
    """Where cells are judged it does not matter how the map is divided."""
    case = random_case(seed, objective, ruled=False).asking(judge_by="cells")
    cells = case.city.cells
    halves = cells["neighbourhood"] + pd.Series(["x", "y"] * len(cells), dtype="str")[: len(cells)].to_numpy()
    split = replace(case, city=replace(case.city, cells=cells.assign(neighbourhood=halves)))
    assert _value(split) == pytest.approx(_value(case), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_aversion_near_0_agrees_with_the_utilitarian(seed: int) -> None:
    """As the aversion goes to 0 the plan is as good for the utilitarian as its own."""
    case = random_case(seed, "utilitarian", ruled=False)
    best = _value(case)
    mild = case.asking(objective={"priority": {"utility": "atkinson", "aversion": 1e-6, "offset": 10.0}})
    plan = _decide(mild)
    assert plan is not None
    as_utilitarian = adopt(case.problem, case.scenario, case.residents, _modules(case, plan))
    assert as_utilitarian.status.value == pytest.approx(best, rel=1e-4, abs=1e-3)
