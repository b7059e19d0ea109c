"""The gap between two groups: by hand, beside the oracle, told by `evaluate`, and the advice that helps."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import oracle_justice
import pytest
from divided import divided
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner.errors import Infeasible, InputFault
from planner.model.decide import blocks_of, decide
from planner.problem.outcome import Outcome
from planner.rules.group_gap import evaluate

FEW, MANY = 10, 120


def _asking(seed: int) -> Case:
    """Return a random city in which two groups may differ by little."""
    case = divided(seed, ruled=not seed % 4)
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    given: dict[str, Any] = {
        "group": "poor",
        "of": str(rng.choice(["wellbeing", service])),
        "at_most": float(np.round(rng.choice([0.0, 0.02, 0.1]), 2)),
    }
    if rng.random() < 0.5:
        given["other"] = str(rng.choice(["old", "rest"]))
    objective = [{"worst_off": {"share": 0.5}}, "equal_shares", {"least_cost": {"years": 1.0}}][seed % 3]
    rules = [{"group_gap": given}, *case.asked["constraints"]]
    if seed % 3 == 2:
        rules.append({"floor": {"service": service, "reached": 0.2}})
    return case.asking(constraints=rules, objective=objective)


def _compare(seed: int) -> bool | None:
    """Compare with the oracle: whether the rule costs something; None where no plan keeps it."""
    case = _asking(seed)
    free = case.asking(constraints=case.asked["constraints"][1:])
    right = oracle_justice.best(case.problem, case.scenario).value
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return None
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.value == pytest.approx(right, abs=1e-6 * max(abs(right), 1.0)), f"seed {seed}"
    assert status.ending == "optimal"
    return right > oracle_justice.best(free.problem, free.scenario).value + 1e-6


def test_the_plan_is_the_best_that_keeps_the_gap() -> None:
    """Value equals the oracle's; in some cities the rule costs something, in some nothing, in some all."""
    assert {_compare(seed) for seed in range(FEW)} == {True, False, None}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(MANY // 20))
def test_the_plan_is_the_best_that_keeps_the_gap_in_many_cities(block: int) -> None:
    """The same in many cities."""
    for seed in range(4000 + 20 * block, 4020 + 20 * block):
        _compare(seed)


def _town(**changes: object) -> Case:
    """Two places of 100: `a` with 80 poor, `b` with 20; each needs 40, one clinic for 40 near `a`."""
    case = Case(
        asked_of({"care": service_of(options={"one": {"capacity": 40}})}, **changes),
        city_of({"a": ("m", 100), "b": ("n", 100)}, {"care": {"a": 40, "b": 40}}, {"s": np.inf},
                [("care", "s")]),
        travel_of({"care": {("a", "s"): 5, ("b", "s"): 5}}),
    )  # fmt: skip
    case.city.cells["poor"] = [80.0, 20.0]
    city = {"neighbourhoods": {"file": "x", "id": "id"}, "groups": {"poor": {"count": "poor"}}}
    return case.asking(city=city)


def test_a_gap_by_hand() -> None:
    """With x of 40 served in a: coverage of the poor .8 x/40 + .2 (1 − x/40), of the rest the reverse."""
    for served, gap in ((40.0, 0.6), (0.0, 0.6), (20.0, 0.0), (30.0, 0.3)):
        outcome = Outcome(_town().problem, np.ones(1), np.array([served, 40.0 - served]))
        for of in ("care", "wellbeing"):
            [over] = evaluate(outcome, group="poor", of=of, at_most=0.0)
            assert over == pytest.approx(gap), f"{served} {of}"
        assert evaluate(outcome, group="poor", of="care", at_most=0.6) == pytest.approx([0.0], abs=1e-12)


@pytest.mark.parametrize("of", ["care", "wellbeing"])
def test_the_rule_decides_who_is_served(of: str) -> None:
    """Where all that is served is 40 of 80, a gap of nothing serves 20 in each place."""
    case = _town(constraints=[{"group_gap": {"group": "poor", "of": of, "at_most": 0.0}}])
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.need_points["reached"].to_list() == pytest.approx([20.0, 20.0])


def test_the_advice_makes_a_plan_possible() -> None:
    """Only a can be served, and a floor asks for all of it: the gap then is .6, and so says the advice."""
    floor = {"floor": {"service": "care", "reached": 0.5}}
    gap = {"group": "poor", "of": "care", "at_most": 0.1}
    town = _town(constraints=[{"group_gap": gap}, floor])
    case = Case(town.asked, town.city, travel_of({"care": {("a", "s"): 5}}))
    with pytest.raises(Infeasible) as caught:
        decide(case.problem, case.scenario, case.residents)
    words = " ".join(fault.message for fault in caught.value.faults)
    found = re.search(r"allow a gap of (\S+) instead of 0.1 in care between poor and rest", words)
    assert found
    assert float(found[1]) == pytest.approx(0.6, abs=0.01)
    again = case.asking(constraints=[{"group_gap": {**gap, "at_most": float(found[1])}}, floor])
    assert decide(again.problem, again.scenario, again.residents).status.ending == "optimal"


def test_groups_that_cannot_be_compared_are_told() -> None:
    """Unknown groups, one group twice, a group of nobody and a city without groups are faults."""
    town = _town()
    for given, words in (
        ({"group": "pore"}, "did you mean `poor`"),
        ({"group": "poor", "other": "poor"}, "between `poor` and itself needs two groups"),
        ({"group": "poor", "other": "rich"}, "unknown group `rich`"),
        ({"group": "poor", "of": "water"}, "unknown service `water`"),
        ({"group": "poor", "at_most": 1.5}, "less than or equal to 1"),
    ):
        case = town.asking(constraints=[{"group_gap": {"at_most": 0.1, **given}}])
        with pytest.raises(InputFault, match=words):
            blocks_of(case.problem, case.scenario)
    town.city.cells["poor"] = [100.0, 100.0]
    nobody = Case({**town.asked, "constraints": [{"group_gap": {"group": "poor", "at_most": 0.1}}]},
                  town.city, town.travel)  # fmt: skip
    with pytest.raises(InputFault, match="nobody of the rest lives in the city"):
        blocks_of(nobody.problem, nobody.scenario)
    without = nobody.asking(city={"neighbourhoods": {"file": "x", "id": "id"}})
    with pytest.raises(InputFault, match="the city tells no groups apart"):
        blocks_of(without.problem, without.scenario)


def test_groups_are_posed_by_cell_and_by_place() -> None:
    """A place's group is that of its cells; a need's part goes by the share of its own cell."""
    case = divided(5).asking(judge_by="neighbourhoods")
    cells, problem = case.city.cells, case.problem
    people = cells.groupby("neighbourhood")["poor"].sum()
    assert problem.places.set_index("place")["group:poor"].to_dict() == people.to_dict()
    for row in problem.need.rename(columns={"group:poor": "part"}).itertuples():
        share = cells["poor"][row.cell] / cells["population"][row.cell]
        assert row.part == pytest.approx(row.need * share)
