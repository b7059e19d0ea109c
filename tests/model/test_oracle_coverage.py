"""Principles that judge by the coverage of one service: oracle, laws, and what becomes of the others."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle
import oracle_justice
import pandas as pd
import pytest
from paced import blocks
from strategies import Case, asked_of, city_of, random_case, service_of, travel_of
from test_halves_justice import _drawn, _model_value

from planner.errors import Infeasible, InputFault
from planner.model.decide import decide, yardstick_of
from planner.problem.outcome import Outcome
from planner.problem.wellbeing import attainable, unserved

if TYPE_CHECKING:
    from collections.abc import Callable

FEW, MANY = 6, 120
CLOSE = 1e-6
PRINCIPLES: dict[str, Callable[[np.random.Generator], Any]] = {
    "utilitarian": lambda _: "utilitarian",
    "sufficiency": lambda rng: {"sufficiency": {"floor": float(np.round(rng.uniform(0.2, 1), 2))}},
    "kolm_pollak": lambda rng: _priority(rng, "kolm_pollak"),
    "atkinson": lambda rng: _priority(rng, "atkinson"),
    "worst_off": lambda rng: {"worst_off": {"share": float(rng.choice([0.05, 0.3, 1.0]))}},
    "maximin": lambda _: "maximin",
    "equal_shares": lambda _: "equal_shares",
}


def _priority(rng: np.random.Generator, utility: str) -> dict[str, Any]:
    return {"priority": {"utility": utility, "aversion": float(rng.choice([0.5, 1.0, 3.0])), "offset": 1.0}}


def asking(seed: int, principle: str) -> Case:
    """Return a random city judged by the coverage of one of its services."""
    case = random_case(seed, ruled=bool(seed % 3), capacities=bool(seed % 2))
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    return case.asking(objective=PRINCIPLES[principle](rng), judge={"coverage": service})


def _best(case: Case, principle: str) -> float:
    room = oracle_justice if principle in {"worst_off", "maximin", "equal_shares"} else oracle
    return room.best(case.problem, case.scenario).value


def _compare(seed: int, principle: str) -> None:
    case = asking(seed, principle)
    right = _best(case, principle)
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return
    status = decide(case.problem, case.scenario, case.residents).status
    near = CLOSE * max(abs(right), float(case.problem.amount.sum()))
    assert status.value == pytest.approx(right, abs=near), f"seed {seed}"
    assert status.bound is not None
    assert right - near <= status.bound + near
    assert status.bound <= right + near
    assert status.ending == "optimal"


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_plan_is_the_best_of_all_choices(principle: str) -> None:
    """Value and bound equal the oracle's; infeasible exactly where it finds no plan."""
    for seed in range(FEW):
        _compare(seed, principle)


@pytest.mark.parametrize("block", blocks(MANY // 20))
@pytest.mark.parametrize("principle", PRINCIPLES)
def test_the_plan_is_the_best_of_all_choices_in_many_cities(principle: str, block: int) -> None:
    """The same in 120 cities each."""
    for seed in range(6000 + 20 * block, 6020 + 20 * block):
        _compare(seed, principle)


@pytest.mark.parametrize("principle", PRINCIPLES)
@pytest.mark.parametrize("seed", range(8))
def test_the_model_values_a_plan_as_evaluate_does(seed: int, principle: str) -> None:
    """With modules and service held, the goal's least value is that of `evaluate`, at once or tightened."""
    case = asking(seed, principle)
    problem, yardstick = case.problem, yardstick_of(case.problem, case.scenario)
    outcome = _drawn(problem, seed)
    goal, value = yardstick.goal, yardstick.value(outcome)
    above = _model_value(problem, goal, outcome)
    assert above <= value + 1e-7 * (1 + abs(value)), "the model is no bound"
    for _ in range(3):
        finer = goal.tighten({"serve": outcome.served}) if goal.tighten is not None else None
        if finer is None:
            break
        goal = finer
        above = _model_value(problem, goal, outcome)
    assert above == pytest.approx(value, rel=1e-6, abs=1e-6)


def _half_without_need() -> Case:
    """Three places, in `c` nobody needs care; a clinic for 30; water for all is another thing."""
    return Case(
        asked_of({"care": service_of(options={"one": {"capacity": 30, "capital_cost": 1}}),
                  "water": service_of(need={"meaning": "demand", "count": "n"},
                                      options={"tap": {"capital_cost": 9}})},
                 budget={"capital": 1}, judge={"coverage": "care"}),
        city_of({"a": ("m", 100), "b": ("n", 300), "c": ("n", 100)},
                {"care": {"a": 20, "b": 40}, "water": {"a": 100, "b": 300, "c": 100}},
                {"s": np.inf, "t": np.inf}, [("care", "s"), ("water", "t")], [("water", "old", 200.0, 1.0)]),
        travel_of({"care": {("a", "s"): 5, ("b", "s"): 5},
                   "water": {("a", "old"): 5, ("b", "old"): 5, ("c", "old"): 5, ("c", "t"): 5}}),
    )  # fmt: skip


# 30 of 60 are served: shares of 20 and 40. Everybody alike has 30/60 = 1/2.
BY_HAND: dict[str, tuple[object, float, float]] = {
    "utilitarian": ("utilitarian", 30.0, 0.5),
    "maximin": ("maximin", 0.5, 0.5),
    "equal_shares": ("equal_shares", 0.5, 0.5),
    "worst_off": ({"worst_off": {"share": 0.2}}, 0.5, 0.5),
    "sufficiency": ({"sufficiency": {"floor": 0.6}}, 6.0, 0.5),
    "priority": ({"priority": {"aversion": 2.0}}, 60 * math.exp(-1) / 2, 0.5),
}


@pytest.mark.parametrize("principle", BY_HAND)
def test_coverage_by_hand(principle: str) -> None:
    """Value and level are those of the 60 who need care; the place where nobody does is not looked at."""
    objective, value, level = BY_HAND[principle]
    case = _half_without_need().asking(objective=objective)
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.value == pytest.approx(value)
    assert status.level == pytest.approx(level)
    assert status.level_before == pytest.approx(0.0, abs=1e-9)
    assert status.ending == "optimal"


@pytest.mark.parametrize("principle", BY_HAND)
def test_the_other_services_go_on(principle: str) -> None:
    """What stands of another service serves as many as it can, although nobody is judged by it."""
    case = _half_without_need().asking(objective=BY_HAND[principle][0])
    plan = decide(case.problem, case.scenario, case.residents)
    reached = plan.need_points.groupby("service")["reached"].sum()
    assert reached.to_dict() == pytest.approx({"care": 30.0, "water": 200.0})
    assert plan.before.groupby("service")["served"].sum().to_dict() == pytest.approx({"water": 200.0})


def test_a_place_where_nobody_needs_it_is_not_judged() -> None:
    """Its figure is 1 before and after, its people are none."""
    problem = _half_without_need().problem
    assert problem.population.tolist() == [20, 40, 0]
    assert unserved(problem).tolist() == [0, 0, 1]
    assert attainable(problem).tolist() == [1, 1, 1]
    assert problem.plain.population.tolist() == [100, 300, 100]
    assert problem.plain.judged is None
    nothing = Outcome.nothing(problem.plain).wellbeing
    assert nothing == pytest.approx([1 - 0.5 - 0.5, 1 - 0.5 * 40 / 300 / 0.2 - 0.5, 0.5])


def test_a_service_that_nobody_needs_cannot_judge() -> None:
    """The fault says so, and what to do."""
    case = _half_without_need()
    empty = case.city.need[case.city.need["service"] == "water"].reset_index(drop=True)
    nobody = Case(case.asked, replace(case.city, need=empty), case.travel)
    with pytest.raises(InputFault, match="nobody needs `care`, so that nobody can be judged by it"):
        nobody.problem  # noqa: B018 - posed here


LAWFUL = tuple(PRINCIPLES)


def _value(case: Case) -> float:
    try:
        return decide(case.problem, case.scenario, case.residents).status.value
    except Infeasible:
        return math.inf


@pytest.mark.parametrize("principle", LAWFUL)
@pytest.mark.parametrize("seed", range(3))
def test_more_money_never_hurts(seed: int, principle: str) -> None:
    """With half as much money again no principle is worse off, also by coverage."""
    case = asking(seed, principle)
    richer = case.asking(budget={kind: 1.5 * money for kind, money in case.asked["budget"].items()})
    less = _value(case)
    assert _value(richer) <= less + CLOSE * max(1.0, abs(less) if math.isfinite(less) else 1.0)


@pytest.mark.parametrize("principle", LAWFUL)
@pytest.mark.parametrize("seed", range(3))
def test_weights_of_services_change_nothing(seed: int, principle: str) -> None:
    """Coverage of one service does not ask how important the others are."""
    case = asking(seed, principle)
    services = {
        name: {**own, "weight": 1.0 + k} for k, (name, own) in enumerate(case.asked["services"].items())
    }
    value, other = _value(case), _value(case.asking(services=services))
    assert value == other or other == pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("principle", LAWFUL)
@pytest.mark.parametrize("seed", range(3))
def test_one_service_for_all_residents_is_wellbeing(seed: int, principle: str) -> None:
    """Where everybody needs the one service there is, in full, its coverage is their wellbeing."""
    case = random_case(seed, ruled=False)
    service = next(iter(case.asked["services"]))
    people = case.city.cells["population"]
    need = pd.DataFrame({"cell": people.index, "service": service, "group": "everyone", "period": 1})
    need = need.assign(future="expected", need=people.to_numpy())
    only = {
        part: table[table["service"] == service].reset_index(drop=True)
        for part, table in (("facilities", case.city.facilities), ("candidates", case.city.candidates))
    }
    city = replace(case.city, need=need, **only)
    asked = {**case.asked, "services": {service: case.asked["services"][service]}, "constraints": []}
    objective = PRINCIPLES[principle](np.random.default_rng(seed))
    plain = Case({**asked, "objective": objective}, city, case.travel)
    covered = plain.asking(judge={"coverage": service})
    assert _value(covered) == pytest.approx(_value(plain), rel=1e-6, abs=1e-6)
