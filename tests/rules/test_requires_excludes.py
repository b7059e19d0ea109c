"""What needs another stands only beside it, and what excludes another never does: rows, oracle, advice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import oracle_justice
import pytest
from strategies import Case, asked_of, city_of, random_case, service_of, travel_of

from planner import catalogue
from planner.errors import Infeasible, InputFault
from planner.model.decide import decide
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from planner.problem.problem import Problem

FEW, MANY = 10, 120


def _kept(problem: Problem, rule: str, given: dict[str, Any], modules: tuple[int, ...]) -> bool:
    """Say whether a choice keeps the rule, from what stands where."""
    rows = problem.providers.to_dict("records")
    at: dict[str, set[str]] = {}
    new: dict[str, set[str]] = {}
    for row, m in zip(rows, modules, strict=True):
        if m:
            at.setdefault(row["place"], set()).add(row["service"])
            if not row["existing"]:
                new.setdefault(row["place"], set()).add(row["service"])
    if rule == "excludes":
        return not any({given["service"], given["other"]} <= services for services in new.values())
    return all(
        given["service"] not in services or given["needs"] in at[place] for place, services in new.items()
    )


def _asking(seed: int, rule: str) -> Case | None:
    """Ask a random city of two services or more for what costs least or serves most."""
    case = random_case(seed, ruled=False)
    services = list(case.problem.services.index)
    if len(services) < 2:
        return None
    given = {"service": services[0], ("needs" if rule == "requires" else "other"): services[1]}
    floor = {"floor": {"service": services[0], "reached": 0.2}}
    objective = {"least_cost": {"years": 1.0}} if seed % 2 else {"worst_off": {"share": 0.5}}
    return case.asking(constraints=[{rule: given}, *([floor] if seed % 2 else [])], objective=objective)


def _compare(seed: int, rule: str) -> bool | None:
    """Compare with the oracle: True where the rule costs something, None where there is nothing to ask."""
    case = _asking(seed, rule)
    if case is None:
        return None
    [given] = [own for entry in case.scenario.constraints for name, own in entry.items() if name == rule]
    right = oracle_justice.best(
        case.problem, case.scenario, lambda m: _kept(case.problem, rule, given, m)
    ).value
    free = oracle_justice.best(case.problem, case.scenario).value
    if math.isinf(right):
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
    else:
        status = decide(case.problem, case.scenario, case.residents).status
        assert status.value == pytest.approx(right, abs=1e-6 * max(abs(right), 1.0)), f"seed {seed}"
        assert status.ending == "optimal"
    return right > free + 1e-6


@pytest.mark.parametrize("rule", ["requires", "excludes"])
def test_the_plan_is_the_best_that_keeps_the_rule(rule: str) -> None:
    """Value equals the oracle's; in some cities the rule costs something."""
    told = [_compare(seed, rule) for seed in range(FEW)]
    assert any(told)
    assert False in told


@pytest.mark.slow
@pytest.mark.parametrize("block", range(MANY // 20))
@pytest.mark.parametrize("rule", ["requires", "excludes"])
def test_the_plan_is_the_best_that_keeps_the_rule_in_many_cities(rule: str, block: int) -> None:
    """The same in many cities."""
    for seed in range(3000 + 20 * block, 3020 + 20 * block):
        _compare(seed, rule)


@pytest.mark.parametrize("rule", ["requires", "excludes"])
def test_evaluate_tells_exactly_what_breaks_the_rule(rule: str) -> None:
    """For random choices of modules `evaluate` tells something where, and only where, the rule is broken."""
    evaluate = catalogue.find("constraint", rule).half("evaluate")
    assert evaluate is not None
    seen = set()
    for seed in range(40):
        case = _asking(seed, rule)
        if case is None:
            continue
        [given] = [own for entry in case.scenario.constraints for name, own in entry.items() if name == rule]
        problem = case.problem
        modules = np.random.default_rng(seed).integers(
            problem.providers["least"], problem.providers["most"] + 1
        )
        outcome = Outcome(problem, modules.astype(float), np.zeros(len(problem.pairs)))
        broken = bool((np.asarray(evaluate(outcome, **given)) > 0).any())
        assert broken == (not _kept(problem, rule, given, tuple(modules.tolist()))), f"seed {seed}"
        seen.add(broken)
    assert seen == {True, False}


def _town(**changes: object) -> Case:
    """A standpipe at the end of the street, a main that could be laid there or at the depot."""
    plain = {"options": {"one": {"capital_cost": 1.0}}}
    return Case(
        asked_of({"pipe": service_of(**plain), "main": service_of(**plain)}, **changes),
        city_of({"a": ("n", 100)}, {"pipe": {"a": 60}, "main": {"a": 10}}, {"end": np.inf, "depot": np.inf},
                [("pipe", "end"), ("main", "depot")]),
        travel_of({"pipe": {("a", "end"): 5}, "main": {("a", "depot"): 5}}),
    )  # fmt: skip


def test_what_is_needed_may_stand_elsewhere() -> None:
    """With money for one nothing but a main can be built; with money for two the pipe comes with its main."""
    rule = {"requires": {"service": "pipe", "needs": "main", "site": "end", "at": "depot"}}
    for money, right in ((1.0, {"main"}), (2.0, {"main", "pipe"})):
        case = _town(constraints=[rule], budget={"capital": money})
        plan = decide(case.problem, case.scenario, case.residents)
        assert set(plan.facilities["service"]) == right
    at_the_same_site = _town(constraints=[{"requires": {"service": "pipe", "needs": "main"}}])
    plan = decide(at_the_same_site.problem, at_the_same_site.scenario, at_the_same_site.residents)
    assert set(plan.facilities["service"]) == {"main"}


def test_names_that_mean_nothing_are_told() -> None:
    """A place without what is needed, and a service that excludes itself, are faults of the scenario."""
    for rule, words in (
        ({"requires": {"service": "pipe", "needs": "main", "at": "end"}}, "nothing of main stands"),
        ({"excludes": {"service": "pipe", "other": "pipe"}}, "needs two services"),
        ({"excludes": {"service": "pipe", "other": "mian"}}, "did you mean `main`"),
    ):
        case = _town(constraints=[rule])
        with pytest.raises(InputFault, match=words):
            decide(case.problem, case.scenario, case.residents)
