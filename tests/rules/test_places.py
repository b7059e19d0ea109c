"""States, sharing, owners, programmes: what breaks the rules, what is refused, what others make of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle_places
import pytest
from place_cases import random_places, with_changes
from strategies import Case, asked_of, city_of, service_of, travel_of

from planner import catalogue
from planner.errors import Infeasible, InputFault
from planner.model.decide import decide
from planner.problem.even import even
from planner.problem.nearest import nearest
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable


def _evaluate(rule: str) -> Callable[..., Any]:
    half = catalogue.find("constraint", rule).half("evaluate")
    assert half is not None
    return half


def _random(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Random modules of what could be, mostly of little, so that rules are kept and broken."""
    table = case.problem.providers
    drawn = rng.integers(table["least"], table["most"] + 1)
    return np.where(rng.random(len(table)) < 0.5, table["least"], drawn).astype(float)


def test_evaluate_tells_exactly_what_breaks_a_rule() -> None:
    """For random modules the rules together tell something where, and only where, a choice is not kept."""
    seen = set()
    for seed in range(60):
        case, _ = random_places(seed)
        rng = np.random.default_rng(seed)
        rules = [(u, {}) for u in ("states", "beside", "choice", "land", "budget")]
        rules += [(n, g) for rule in case.scenario.constraints for n, g in rule.items()]
        rows = case.problem.providers.to_dict("records")
        for _ in range(10):
            modules = _random(case, rng)
            outcome = Outcome(case.problem, modules, np.zeros(len(case.problem.pairs)))
            broken = any((np.asarray(_evaluate(n)(outcome, **g)) > 1e-9).any() for n, g in rules)
            chosen = [(row, int(m)) for row, m in zip(rows, modules, strict=True) if m]
            assert broken == (not oracle_places.keeps(case, chosen)), f"seed {seed}"
            seen.add(broken)
    assert seen == {True, False}


def _town(**changes: object) -> Case:
    """One street: an old clinic, a lot of the church's and a yard of the city's, both in one ward."""
    clinic = service_of(
        need={"meaning": "demand", "rate": 1},
        options={"one": {"capital_cost": 1.0, "capacity": 30}},
        programmes={"home_care": {"capacity": 20, "capital_cost": 1.0, "quality": 0.5}},
    )
    case = Case(
        asked_of({"health": clinic, "water": service_of()}, **changes),
        city_of({"a": ("n", 100)}, {"health": {"a": 60}, "water": {"a": 10}}, {"lot": np.inf, "yard": np.inf},
                [("health", "lot"), ("health", "yard"), ("water", "yard")], [("health", "old", 10.0, 0.5)]),
        travel_of({"health": {("a", "lot"): 5, ("a", "yard"): 8, ("a", "old"): 2},
                   "water": {("a", "yard"): 1}}),
    )  # fmt: skip
    sites = case.city.sites.assign(neighbourhood="n", owner=["church", "city"], acquisition_cost=[2.0, 0.0])
    return replace(case, city=replace(case.city, sites=sites))


def test_an_unknown_owner_is_refused() -> None:
    """`public_first` names owners of sites."""
    case = _town(constraints=[{"public_first": {"owners": ["citty"]}}])
    with pytest.raises(InputFault, match=r"unknown owner `citty`; did you mean `city`\?"):
        decide(case.problem, case.scenario, case.residents)


def test_public_first_gives_where_it_must() -> None:
    """Locked on the church's lot while the yard is forbidden, it says what would have to give."""
    rules = [
        {"public_first": {"owners": ["city"]}},
        {"locked": {"service": "health", "site": "lot"}},
        {"forbidden": {"sites": ["yard"]}},
    ]
    case = _town(constraints=rules)
    with pytest.raises(Infeasible) as caught:
        decide(case.problem, case.scenario, case.residents)
    assert "allow 1 at a site of another owner while one of city is left" in str(caught.value)


def test_the_site_is_used_by_any_service() -> None:
    """The church's lot is free for a clinic once the yard is used, be it by taps."""
    rules = [{"public_first": {"owners": ["city"]}}, {"locked": {"service": "water", "site": "yard"}},
             {"locked": {"service": "health", "site": "lot"}}]  # fmt: skip
    plan = decide((case := _town(constraints=rules)).problem, case.scenario, case.residents)
    assert {"health/lot/one", "water/yard/one"} <= set(plan.facilities["provider"])
    assert plan.facilities.set_index("provider").loc["health/lot/one", "acquisition_cost"] == 2.0


@pytest.mark.parametrize("name", ["lot", "old"])
def test_a_programme_has_a_name_of_its_own(name: str) -> None:
    """A programme cannot be named like a site or facility of its service."""
    case = _town()
    health = dict(case.asked["services"]["health"]) | {"programmes": {name: {}}}
    clash = case.asking(services={**case.asked["services"], "health": health})
    with pytest.raises(InputFault, match="a site or facility of the service has the same id"):
        _ = clash.problem


def test_a_change_is_locked_and_forbidden_by_its_facility() -> None:
    """A change is named by facility and option, a facility left as it is by forbidding its changes."""
    town = with_changes(
        _town(), "health", {"shut": {"kind": "close"}, "more": {"kind": "expand", "added_capacity": 5}}
    )
    shut = town.asking(constraints=[{"locked": {"service": "health", "site": "old", "option": "shut"}}])
    states = decide(shut.problem, shut.scenario, shut.residents).facilities.set_index("facility")["state"]
    assert states["health/old"] == "closed"
    kept = town.asking(constraints=[{"forbidden": {"sites": ["old"]}}])
    states = decide(kept.problem, kept.scenario, kept.residents).facilities.set_index("facility")["state"]
    assert states["health/old"] == "stands"
    wrong = town.asking(constraints=[{"locked": {"service": "health", "site": "odl"}}])
    with pytest.raises(InputFault, match=r"unknown site `odl`; did you mean `old`\?"):
        decide(wrong.problem, wrong.scenario, wrong.residents)


def test_changes_and_programmes_are_no_facilities_built() -> None:
    """`count` counts what is built at sites: enlarging the clinic and care at home are free of it."""
    town = with_changes(_town(), "health", {"more": {"kind": "expand", "added_capacity": 5}})
    case = town.asking(constraints=[{"count": {"service": "health", "at_most": 0}}])
    states = decide(case.problem, case.scenario, case.residents).facilities["state"]
    assert {"expanded", "programme"} <= set(states)
    assert "built" not in set(decide(case.problem, case.scenario, case.residents).facilities.query(
        "service == 'health'")["state"])  # fmt: skip


def test_what_needs_another_does_not_find_it_closed() -> None:
    """Water at the yard needs a clinic at `old`, which is closed for certain: no plan."""
    town = with_changes(_town(), "health", {"shut": {"kind": "close"}})
    rules = [
        {"requires": {"service": "water", "needs": "health", "at": "old"}},
        {"locked": {"service": "health", "site": "old", "option": "shut"}},
        {"locked": {"service": "water", "site": "yard"}},
    ]
    case = town.asking(constraints=rules)
    with pytest.raises(Infeasible):
        decide(case.problem, case.scenario, case.residents)


def test_nobody_walks_to_a_programme() -> None:
    """People go to the nearest place; a programme comes to those whom no place serves."""
    case = _town()
    table = case.problem.providers
    modules = (
        table["provider"].isin(["health/old", "health/lot/one", "health/home_care/programme"]).to_numpy(float)
    )
    used = dict(zip(table["provider"], nearest(case.problem, modules).used, strict=True))
    # all 60 go to `old`, 2 minutes away, which has room for 10; care at home has room for 20 of the other 50
    assert used["health/old"] == pytest.approx(10)
    assert used["health/lot/one"] == 0
    assert used["health/home_care/programme"] == pytest.approx(20)


def test_the_same_money_evenly_leaves_changes_as_they_are() -> None:
    """Spread evenly, what is built moves; what is changed or has no place stays."""
    town = with_changes(_town(), "health", {"shut": {"kind": "close"}})
    table = town.problem.providers
    chosen = ["health/old/shut", "health/lot/one", "health/home_care/programme"]
    modules = table["provider"].isin(chosen).to_numpy(float)
    spread = even(town.problem, modules)
    moved = dict(zip(table["provider"], spread, strict=True))
    assert moved["health/old/shut"] == moved["health/home_care/programme"] == 1
    assert moved["health/old"] == 0
    assert moved["health/lot/one"] + moved["health/yard/one"] == 1
