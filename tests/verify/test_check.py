"""The checker passes valid plans, refuses spoilt ones, and never falls over a damaged one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from corruptions import CORRUPTIONS
from plan_maker import Case, case_of, judged, scenario_of, status_of

from planner.catalogue import Unit
from planner.verify import rules
from planner.verify.check import check
from planner.verify.ledger import outcome_of

PLANS = 80


def spoilt(seed: int, name: str) -> tuple[Case, Case]:
    """Return the first case from that seed on to which the corruption applies, sound and spoilt."""
    for number in range(seed, seed + 100):
        case = case_of(number % PLANS)
        bad = CORRUPTIONS[name](np.random.default_rng(number), case)
        if bad is not None:
            return case, bad
    pytest.fail(f"{name} never applies")


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_valid_plans_pass(start: int) -> None:
    """No false alarm on 200 random valid plans under five principles."""
    alarms = {
        seed: verdict.faults for seed in range(start, start + 50) if (verdict := judged(case_of(seed))).faults
    }
    assert not alarms


def test_valid_plans_are_not_empty() -> None:
    """The random plans build, serve, leave need, and give every reason, so that passing means something."""
    plans = [case_of(seed).plan for seed in range(40)]
    assert sum((~plan.facilities["existing"]).sum() for plan in plans) > 80
    assert {reason for plan in plans for reason in plan.unmet["reason"]} == {
        "no place within the limit",
        "nothing open within the limit",
        "no capacity left",
    }
    assert {case_of(seed).scenario.objective_name for seed in range(5)} > {"utilitarian", "p_median"}
    assert any(np.isinf(plan.facilities["capacity"]).any() for plan in plans)


def test_at_least_198_of_200_spoilt_plans_are_refused() -> None:
    """200 spoilt plans of 49 kinds: the checker refuses at least 198."""
    names = list(CORRUPTIONS)
    missed = []
    for seed in range(200):
        name = names[seed % len(names)]
        sound, bad = spoilt(1000 + seed, name)
        if judged(bad, sound.indicators).kept:
            missed.append((seed, name))
    assert len(names) >= 12
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_kind_is_refused(name: str) -> None:
    """Each kind of corruption is refused in two plans out of two, with a count in the sentence."""
    for seed in (2000, 2100):
        sound, bad = spoilt(seed, name)
        verdict = judged(bad, sound.indicators)
        assert not verdict.kept
        assert verdict.sentence.split()[1] in {"fault", "faults"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one person too many", "more are served than need it"),
        ("beyond capacity", "serves more than its capacity"),
        ("beyond the budget", "is above the budget"),
        ("two sizes at one site", "rule `choice`: the rule is broken by 1 options"),
        ("too many modules", "has more modules than the most allowed"),
        ("a rule broken", "constraint 1 `"),
        ("a facility moved", "coordinate x [m] is"),
        ("a new facility said to exist", "existing is `"),
        ("travel changed", "travel is"),
        ("quality changed", "quality is"),
        ("a row of the assignment twice", "stands twice"),
        ("an unknown provider", "nobody of this cell can be served there within the limit"),
        ("need changed", "need is"),
        ("residents changed", "residents is"),
        ("a need point dropped", "has no row"),
        ("unmet hidden", "need is left and not told"),
        ("a wrong reason", "reason is `"),
        ("value flattered", "value of the plan is"),
        ("bound above the value", "is below the bound"),
        ("gap flattered", "gap is"),
        ("before with new places", "people are served where nothing is open"),
        ("said to be optimal", "ended `optimal`, with the gap"),
        ("an indicator changed", "is not the figure that the plan gives"),
        ("an indicator dropped", "is missing"),
        ("an indicator in another unit", "unit is `%`"),
    ],
)
def test_the_fault_names_what_was_spoilt(name: str, words: str) -> None:
    """The words of a fault point at what was spoilt, not at something beside it."""
    sound, bad = spoilt(3000, name)
    assert any(words in fault for fault in judged(bad, sound.indicators).faults), judged(
        bad, sound.indicators
    ).faults


def test_the_value_is_recomputed() -> None:
    """The verdict carries the value of the plan as the tables give it."""
    case = case_of(0)
    verdict = judged(replace(case, plan=replace(case.plan, status=replace(case.plan.status, value=0.0))))
    assert verdict.value == pytest.approx(case.plan.status.value, rel=1e-12)
    assert verdict.told()["checked"] == verdict.checked
    assert verdict.told()["faults"] == len(verdict.faults) > 0


def test_a_given_plan_needs_no_bound() -> None:
    """A plan made by hand passes without bound and gap, and is refused with a bound that nobody proved."""
    case = case_of(0)
    given = replace(case.plan.status, ending="given", bound=None, level_bound=None, gap=None)
    assert judged(replace(case, plan=replace(case.plan, status=given))).faults == ()
    claimed = replace(case.plan.status, ending="given")
    faults = judged(replace(case, plan=replace(case.plan, status=claimed))).faults
    assert any("nothing is proven" in fault for fault in faults)


def test_an_optimal_plan_needs_a_bound() -> None:
    """A search that ended by itself has a bound to show."""
    case = case_of(0)
    bare = replace(case.plan.status, ending="optimal", bound=None, level_bound=None, gap=None)
    assert any(
        "bound is missing" in fault
        for fault in judged(replace(case, plan=replace(case.plan, status=bare))).faults
    )


def test_a_small_possible_gain_counts_as_a_thousandth() -> None:
    """Below a thousandth of equal outcome the gap is a share of a thousandth, not of next to nothing."""
    case = case_of(0)
    people = float(case.problem.population.sum())
    status = case.plan.status
    assert status.level is not None
    today = replace(case.plan, facilities=case.plan.facilities, before=case.plan.assignment)
    bound = status.value - 1e-4 * people
    near = replace(
        status,
        bound=bound,
        level_bound=1 - bound / people,
        gap=0.1,
        before=status.value,
        level_before=status.level,
    )
    built = ~case.plan.facilities["existing"]
    assert built.any()
    faults = judged(replace(case, plan=replace(today, status=near))).faults
    assert not any(fault.startswith("gap") for fault in faults)
    shared = replace(near, gap=1.0)
    assert any(
        fault.startswith("gap") for fault in judged(replace(case, plan=replace(today, status=shared))).faults
    )


@pytest.mark.parametrize(
    ("objective", "constraints", "words"),
    [
        ("utilitarain", [], "unknown objective `utilitarain`; did you mean `utilitarian`?"),
        ({"priority": {"aversoin": 1.0}}, [], "unknown parameter of objective `priority` `aversoin`"),
        ("utilitarian", [{"flor": {}}], "unknown constraint `flor`; did you mean `floor`?"),
        ("utilitarian", [{"floor": {"service": "helth", "reached": 0.1}}], "unknown service `helth`"),
        ("utilitarian", [{"count": {}}, {"floor": {"service": "health"}}], "a floor says either"),
    ],
)
def test_a_scenario_that_cannot_be_checked_is_told(
    objective: object, constraints: list[Any], words: str
) -> None:
    """Names that the scenario gets wrong are faults in words, because nothing was checked against them."""
    case = replace(case_of(0), scenario=scenario_of(objective, constraints))
    assert any(words in fault for fault in judged(case).faults)


def test_a_bound_that_no_outcome_has_is_told() -> None:
    """A bound below what any outcome is worth has no level; that is told, not stumbled over."""
    atkinson = {"priority": {"utility": "atkinson", "aversion": 3.0}}
    case = replace(case_of(0), scenario=scenario_of(atkinson, []))
    outcome = outcome_of(case.problem, case.plan.facilities, case.plan.assignment)
    before = outcome_of(case.problem, case.plan.facilities, case.plan.before)
    status = status_of(np.random.default_rng(0), case.scenario, outcome, before)
    assert judged(replace(case, plan=replace(case.plan, status=status))).faults == ()
    bad = replace(status, bound=-1e9)
    faults = judged(replace(case, plan=replace(case.plan, status=bad))).faults
    assert any(fault.startswith("level of the bound is") for fault in faults)


def test_a_rule_that_cannot_be_checked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule whose file has no `evaluate` is a fault, because nobody checked it."""
    bare = Unit("constraint", "made_up", test_valid_plans_pass, {"always": True})
    monkeypatch.setattr(rules, "units", lambda _: {"made_up": bare})
    assert (
        "rule `made_up`: the rule has no `evaluate`, so that it cannot be checked"
        in judged(case_of(0)).faults
    )


def test_indicators_are_not_vouched_for_unless_computed_anew() -> None:
    """Indicators without a way to compute them anew are not passed in silence, nor are missing ones."""
    case = case_of(0)
    alone = check(case.problem, case.scenario, case.plan, case.indicators)
    assert any("nobody vouches" in fault for fault in alone.faults)
    missing = check(case.problem, case.scenario, case.plan, None, lambda: case.indicators)
    assert "indicators: the table is missing" in missing.faults
    assert check(case.problem, case.scenario, case.plan).kept


def test_an_added_indicator_is_refused() -> None:
    """An indicator that the scenario does not give is a fault."""
    case = case_of(0)
    more = pd.concat(
        [case.indicators, case.indicators.head(1).assign(measure="happiness")], ignore_index=True
    )
    faults = check(case.problem, case.scenario, case.plan, more, lambda: case.indicators).faults
    assert any("is no indicator of this scenario" in fault for fault in faults)


def test_outcome_is_joined_by_id() -> None:
    """The order of rows does not matter, and rows that the question does not know are left out."""
    case = case_of(8)
    plan = case.plan
    straight = outcome_of(case.problem, plan.facilities, plan.assignment)
    stray = plan.assignment.head(1).assign(provider="nobody")
    mixed = outcome_of(
        case.problem,
        plan.facilities.sample(frac=1, random_state=1),
        pd.concat([plan.assignment.sample(frac=1, random_state=2), stray]),
    )
    assert np.array_equal(straight.modules, mixed.modules)
    assert np.array_equal(straight.served, mixed.served)
    assert straight.served.sum() == pytest.approx(plan.assignment["served"].sum())


def test_residents_are_checked_where_they_are_known() -> None:
    """Residents are compared where people are judged by cells, or given; else they cannot be."""
    case = case_of(9)
    people = case.problem.places.set_index("place")["population"]
    wrong = replace(case, plan=replace(case.plan, need_points=case.plan.need_points.assign(residents=1.0)))
    assert any("residents is 1, should be" in fault for fault in judged(wrong).faults)
    homes = case.problem.places.assign(place=[f"home {k}" for k in range(len(people))])
    elsewhere = replace(case.problem, places=homes)
    assert check(elsewhere, wrong.scenario, wrong.plan).kept
    assert check(elsewhere, case.scenario, case.plan, residents=people).kept
    faults = check(elsewhere, wrong.scenario, wrong.plan, residents=people).faults
    assert any("residents is 1, should be" in fault for fault in faults)


def test_the_checker_knows_no_solver() -> None:
    """Importing and running the checker loads neither the model room nor a solver."""
    code = (
        "import sys; from planner.verify.check import check; from planner.catalogue import units;"
        "units('objective'); units('constraint');"
        "names = {'.'.join(m.split('.')[:2]) for m in sys.modules} | {m.split('.')[0] for m in sys.modules};"
        "print(sorted(names & {'pulp', 'highspy', 'planner.model'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
