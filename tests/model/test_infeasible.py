"""When no plan keeps every rule, the advice is true: who follows it gets a plan."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from strategies import random_case

from planner.errors import Infeasible, PlannerError
from planner.model.decide import decide
from planner.model.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from strategies import Case

NUMBER = r"(-?[\d.e+]+)"
WANTED = 30
KNOWN_BY = {"capital": "capital", "operating": "operating"}


def _infeasible() -> Iterator[tuple[int, Case, list[str]]]:
    """Infeasible cases with what is said of them, the headline first."""
    for seed in range(2000, 2400):
        case = random_case(seed)
        try:
            decide(case.problem, case.scenario, case.residents)
        except Infeasible as error:
            yield seed, case, [fault.message for fault in error.faults]


def _budget(case: Case, kind: str, now: str, needed: str) -> Case:
    assert float(now) == pytest.approx(case.asked["budget"][kind], rel=1e-5)
    return case.asking(budget={**case.asked["budget"], kind: float(needed)})


def _floor(  # noqa: PLR0917 - the parts of the sentence, in their order
    case: Case, key: str, service: str, where: str, now: str, needed: str
) -> Case:
    of = {"the city": "city", "each neighbourhood": "each_neighbourhood"}[where]

    def change(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        mine = (given.get("service"), given.get("of"), given.get(key)) == (service, of, float(now))
        if name != "floor" or not mine:
            return given
        return {**given, key: float(needed)} if float(needed) > 0 else None

    return _ruled(case, change)


def _count(case: Case, needed: str, word: str, now: str, service: str) -> Case:
    key = word.replace(" ", "_")

    def change(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        if name == "count" and given.get(key) == int(now) and given.get("service", "") == service.strip():
            return {**given, key: int(needed)}
        return given

    return _ruled(case, change)


def _locked(  # noqa: PLR0917 - the parts of the sentence, in their order
    case: Case, needed: str, now: str, option: str, service: str, site: str
) -> Case:
    def change(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        mine = (given.get("option", "any option"), given.get("service"), given.get("site")) == (
            option,
            service,
            site,
        )
        if name != "locked" or not mine or given["modules"] != int(now):
            return given
        return {**given, "modules": int(needed)} if int(needed) else None

    return _ruled(case, change)


def _forbidden(case: Case, needed: str, service: str) -> Case:
    assert int(needed) >= 1

    def change(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        mine = name == "forbidden" and given.get("service", "all services") == service
        return None if mine else given

    return _ruled(case, change)


def _land(case: Case, needed: str) -> Case:
    sites = case.city.sites.assign(land_m2=case.city.sites["land_m2"] + float(needed))
    return replace(case, city=replace(case.city, sites=sites))


def _ruled(case: Case, change: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> Case:
    rules = [
        {name: new}
        for rule in copy.deepcopy(list(case.asked["constraints"]))
        for name, given in rule.items()
        if (new := change(name, given)) is not None
    ]
    assert rules != case.asked["constraints"]
    return case.asking(constraints=rules)


ADVICE: dict[str, Callable[..., Case]] = {
    rf"raise the (capital|operating) budget from {NUMBER} to {NUMBER} money": _budget,
    r"lower the `(reached|quality_weighted)` floor of (\w+) in (the city|each neighbourhood) "
    rf"from {NUMBER} to {NUMBER}": _floor,
    r"allow (\d+) instead of (at most|at least) (\d+) (\w+ )?facilities": _count,
    r"insist on (\d+) instead of (\d+) modules of (any option|\w+) of (\w+) at (\w+)": _locked,
    r"allow up to (\d+) modules at forbidden sites of (all services|\w+)": _forbidden,
    rf"find {NUMBER} m² more land at every site where it is short": _land,
}


def _followed(case: Case, advice: str) -> Case:
    for pattern, apply in ADVICE.items():
        if found := re.fullmatch(pattern, advice):
            return apply(case, *(part or "" for part in found.groups()))
    raise AssertionError(f"nobody can follow: {advice}")


def test_who_follows_the_advice_gets_a_plan() -> None:
    """Each change that is said to help alone does help alone; those said to help together do so together."""
    alone = together = 0
    for seed, case, (head, *advice) in _infeasible():
        assert head.startswith("no plan keeps every rule"), seed
        changed = []
        if "any one" in head:
            changed = [_followed(case, one) for one in advice]
            alone += 1
        elif "together" in head:
            both = case
            for one in advice:
                both = _followed(both, one)
            changed = [both]
            together += 1
        for new in changed:
            try:
                decide(new.problem, new.scenario, new.residents)
            except Infeasible as error:
                pytest.fail(f"seed {seed}: {advice} did not help: {error}")
        if alone >= WANTED and together:
            break
    assert alone >= WANTED
    assert together >= 1


def test_a_relaxed_model_never_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's bare word is not repeated: when the second opinion finds a plan, that is said."""
    monkeypatch.setattr(Search, "run", lambda _: "infeasible")
    case = random_case(2, ruled=False).asking(budget={"capital": 5.0})
    with pytest.raises(PlannerError, match="called the scenario infeasible, but a plan exists"):
        decide(case.problem, case.scenario, case.residents)
