"""Money of districts: beside the oracle, told by `evaluate`, and the advice that helps."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle_justice
import pytest
from divided import divided
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner.errors import Infeasible, InputFault
from planner.model.decide import blocks_of, decide
from planner.problem.outcome import Outcome
from planner.rules.district_money import evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW, MANY = 14, 120


def _kept(case: Case, given: dict[str, Any], modules: Sequence[float]) -> bool:
    """Say from the definition whether each district gets its part of what is spent."""
    city, providers = case.city, case.problem.providers
    home = city.neighbourhoods["district"]
    people = city.cells.groupby(city.cells["neighbourhood"].map(home))["population"].sum()
    spent = dict.fromkeys(people.index, 0.0)
    for row, m in zip(providers.to_dict("records"), modules, strict=True):
        if not row["existing"] and given.get("service") in {None, row["service"]}:
            money = m * row[f"{given.get('of', 'capital')}_cost"]
            spent[home[city.sites["neighbourhood"][row["place"]]]] += money
    total = sum(spent.values())
    return all(
        spent[d] >= given["least"] * people[d] / people.sum() * total - 1e-6 * max(total, 1e-9) for d in spent
    )


def _asking(seed: int) -> Case | None:
    """Return a random city that devolves some power; None where a district has nothing to build on."""
    case = divided(seed, ruled=not seed % 3)
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {"least": float(np.round(rng.uniform(0.1, 1.0), 2))}
    if rng.random() < 0.4:
        given["of"] = "operating"
    rules = [{"district_money": given}, *case.asked["constraints"]]
    case = case.asking(
        constraints=rules, objective={"worst_off": {"share": 0.5}} if seed % 2 else "utilitarian"
    )
    try:
        blocks_of(case.problem, case.scenario)
    except InputFault:
        return None
    return case


def _best(case: Case, given: dict[str, Any] | None) -> float:
    def keeps(modules: Sequence[float]) -> bool:
        return given is None or _kept(case, given, modules)

    if case.scenario.objective_name == "utilitarian":  # the mean is that of the worst-off share of all
        people = float(case.problem.population.sum())
        whole = case.asking(objective={"worst_off": {"share": 1.0}})
        return oracle_justice.best(whole.problem, whole.scenario, keeps).value * people
    return oracle_justice.best(case.problem, case.scenario, keeps).value


def _compare(seed: int) -> str:
    """Compare with the oracle, and say what the rule does."""
    case = _asking(seed)
    if case is None:
        return "no sites"
    [given] = [
        own for rule in case.scenario.constraints for name, own in rule.items() if name == "district_money"
    ]
    right = _best(case, given)
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return "none"
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.value == pytest.approx(right, abs=1e-6 * max(abs(right), 1.0)), f"seed {seed}"
    assert status.ending == "optimal"
    return "costs" if right > _best(case, None) + 1e-6 else "free"


def test_the_plan_is_the_best_that_gives_districts_their_part() -> None:
    """Value equals the oracle's; in some cities the rule costs something, in some nothing."""
    assert {_compare(seed) for seed in range(FEW)} >= {"costs", "free"}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(MANY // 20))
def test_the_plan_is_the_best_that_gives_districts_their_part_in_many_cities(block: int) -> None:
    """The same in many cities."""
    for seed in range(5000 + 20 * block, 5020 + 20 * block):
        _compare(seed)


def test_evaluate_tells_exactly_what_breaks_the_rule() -> None:
    """For random choices of modules `evaluate` tells something where, and only where, a district lacks."""
    seen = set()
    for seed in range(40):
        case = _asking(seed)
        if case is None:
            continue
        given = case.scenario.constraints[0]["district_money"]
        table = case.problem.providers
        modules = np.random.default_rng(seed).integers(table["least"], table["most"] + 1).astype(float)
        outcome = Outcome(case.problem, modules, np.zeros(len(case.problem.pairs)))
        broken = bool((evaluate(outcome, **given) > 0).any())
        assert broken == (not _kept(case, given, modules)), f"seed {seed}"
        seen.add(broken)
    assert seen == {True, False}


def _town(least: float, *rules: dict[str, Any], budget: float = 10.0, **changes: object) -> Case:
    """West and east of 100 people each; a clinic in the west costs 4, one in the east 1."""
    sizes = {"dear": {"capital_cost": 4.0}, "cheap": {"capital_cost": 1.0}}
    case = Case(
        asked_of({name: service_of(options={name: size}) for name, size in sizes.items()},
                 budget={"capital": budget}, constraints=[{"district_money": {"least": least}}, *rules]),
        city_of({"a": ("m", 100), "b": ("n", 100)}, {s: {"a": 40, "b": 40} for s in sizes},
                {"s": np.inf, "t": np.inf}, [("dear", "s"), ("cheap", "t")]),
        travel_of({"dear": {("a", "s"): 5}, "cheap": {("b", "t"): 5}}),
    )  # fmt: skip
    case.city.neighbourhoods["district"] = ["west", "east"]
    case.city.sites["neighbourhood"] = ["m", "n"]
    return case.asking(**changes)


@pytest.mark.parametrize(("least", "built"), [(0.41, []), (0.4, ["cheap", "dear"])])
def test_a_fifth_of_the_money_is_two_fifths_of_half(least: float, built: list[str]) -> None:
    """The east gets 1 of 5, which is 0.4 of its half; asked for more, nothing may be spent anywhere."""
    case = _town(least)
    plan = decide(case.problem, case.scenario, case.residents)
    assert sorted(plan.facilities["service"]) == built


@pytest.mark.parametrize("budget", [10.0, None])
def test_the_advice_makes_a_plan_possible(budget: float | None) -> None:
    """With a clinic in the west locked the east can get .4 of its half at most, and so says the advice."""
    lock = {"locked": {"service": "dear", "site": "s"}}
    money = {} if budget is None else {"capital": budget}
    case = _town(0.8, lock, budget=10.0).asking(budget=money)
    with pytest.raises(Infeasible) as caught:
        decide(case.problem, case.scenario, case.residents)
    words = " ".join(fault.message for fault in caught.value.faults)
    found = re.search(r"give each district (\S+) instead of 0.8 of its share of the capital money", words)
    assert found
    assert float(found[1]) == pytest.approx(0.4, abs=0.005)
    again = _town(float(found[1]), lock).asking(budget=money)
    assert decide(again.problem, again.scenario, again.residents).status.ending == "optimal"


def test_districts_that_cannot_spend_are_told() -> None:
    """No districts at all, a district without sites, and an unknown service are faults of the scenario."""
    case = _town(0.5)
    for given, words in (
        ({"least": 0}, "greater than 0"),
        ({"least": 0.5, "of": "land"}, "'capital' or 'operating'"),
        ({"least": 0.5, "service": "dare"}, "did you mean `dear`"),
        ({"least": 0.5, "service": "dear"}, "nothing that costs money can be built in the district `east`"),
    ):
        asked = case.asking(constraints=[{"district_money": given}])
        with pytest.raises(InputFault, match=words):
            blocks_of(asked.problem, asked.scenario)
    plain = city_of({"a": ("m", 100)}, {"p": {"a": 40}}, {"s": np.inf}, [("p", "s")])
    none = Case(asked_of({"p": service_of()}, constraints=[{"district_money": {"least": 0.5}}]), plain,
                travel_of({"p": {("a", "s"): 5}}))  # fmt: skip
    with pytest.raises(InputFault, match="there are no districts") as caught:
        blocks_of(none.problem, none.scenario)
    assert "city.neighbourhoods.district" in caught.value.faults[0].hint
