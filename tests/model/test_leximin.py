"""Leximin at a resolution: level by level what trying every choice gives, and by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracle_in_order import best_in_order
from strategies import Case, random_case
from test_halves_justice import _drawn as drawn
from test_halves_justice import _model_value as model_value

from planner.errors import Infeasible, InputFault
from planner.model.decide import adopt, decide, yardstick_of
from planner.model.yardstick import better
from planner.plan import Step, deciding
from planner.verify.check import check

if TYPE_CHECKING:
    from planner.plan import Plan, Status

FEW, MANY = 5, 300
CLOSE = 1e-6


def asking(seed: int, *, judged: bool) -> Case:
    """Return a random city that asks for the fewest people below each level."""
    case = random_case(seed, ruled=bool(seed % 3), capacities=bool(seed % 2))
    rng = np.random.default_rng(seed)
    resolution = float(rng.choice([0.1, 0.15, 0.2, 0.25, 0.34]))
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    judge = {"judge": {"coverage": service}} if judged else {}
    return case.asking(objective={"leximin": {"resolution": resolution}}, **judge)


def _compare(case: Case, seed: int) -> Status | None:
    """Compare with the oracle, level by level; None where no plan keeps the rules."""
    right = best_in_order(case.problem, case.scenario)
    if right is None:
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return None
    status = decide(case.problem, case.scenario, case.residents).status
    assert [step.value for step in status.steps] == pytest.approx(right, abs=CLOSE), f"seed {seed}"
    assert [step.bound for step in status.steps] == pytest.approx(right, abs=1e-4), f"seed {seed}"
    assert all(step.proven for step in status.steps)
    assert status.ending == "optimal"
    return status


@pytest.mark.parametrize("judged", [False, True])
def test_every_level_is_the_best_of_all_choices(judged: bool) -> None:
    """People below each level equal the oracle's, proven; infeasible exactly where it finds no plan."""
    found = [_compare(asking(seed, judged=judged), seed) for seed in range(FEW)]
    assert any(status is not None and status.value < status.steps[-1].before for status in found)


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 20))
def test_every_level_is_the_best_of_all_choices_in_many_cities(block: int) -> None:
    """The same in 300 cities, by wellbeing and by coverage, with and without capacities and rules."""
    for seed in range(3000 + 20 * block, 3020 + 20 * block):
        _compare(asking(seed, judged=seed % 4 == 0), seed)


@pytest.mark.parametrize("seed", range(8))
def test_the_models_value_a_plan_as_evaluate_does(seed: int) -> None:
    """With modules and service held, each goal's least value is that of `evaluate`."""
    case = asking(seed, judged=bool(seed % 2))
    yardstick = yardstick_of(case.problem, case.scenario)
    outcome = drawn(case.problem, seed)
    assert len(yardstick.goals) == len(yardstick.names) > 1
    for goal, value in zip(yardstick.goals, yardstick.values(outcome), strict=True):
        assert model_value(case.problem, goal, outcome) == pytest.approx(value, abs=1e-6)
        assert goal.values is not None
        told = goal.values(outcome)
        count = sum(float(goal.cost[family] @ told[family]) for family in told)
        assert count + goal.constant == pytest.approx(value)


@pytest.mark.parametrize("seed", range(4))
def test_more_money_never_hurts(seed: int) -> None:
    """With half as much money again the first level that changes has fewer people below it."""
    case = asking(seed, judged=False)
    richer = case.asking(budget={kind: 1.5 * money for kind, money in case.asked["budget"].items()})
    less, more = _found(case), _found(richer)
    assert less is None or (more is not None and not better(less, more, CLOSE))


def _found(case: Case) -> tuple[float, ...] | None:
    try:
        status = decide(case.problem, case.scenario, case.residents).status
    except Infeasible:
        return None
    return tuple(step.value for step in status.steps)


def test_an_earlier_level_decides() -> None:
    """Values are compared in order: the first that differ decide, whatever follows."""
    assert better((1.0, 9.0), (2.0, 0.0))
    assert not better((2.0, 0.0), (1.0, 9.0))
    assert better((1.0, 8.0), (1.0, 9.0))
    assert not better((1.0, 9.0), (1.0, 9.0))
    assert not better((1.0, 8.9), (1.0, 9.0), hair=0.1)


def test_the_step_that_decides() -> None:
    """The first that is not proven; where all are, the first that gains; where none gains, the last."""
    proven, gained = Step("a", 5.0, 5.0, 5.0), Step("b", 3.0, 3.0, 9.0)
    assert deciding([proven, gained, Step("c", 4.0, 3.0, 9.0)]) == 2
    assert deciding([proven, gained, proven]) == 1
    assert deciding([proven, proven]) == 1
    assert deciding([Step("a", 5.0, None, 5.0), gained]) == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"resolution": 0.01},
            "`leximin.resolution`: input should be greater than or equal to 0.02 (got 0.01)",
        ),
        ({"resolution": 1.5}, "`leximin.resolution`: input should be less than or equal to 1 (got 1.5)"),
        ({"resolution": "fine"}, "`leximin.resolution`: input should be a valid number (got 'fine')"),
        ({"steps": 3}, "unknown parameter of objective `leximin` `steps`"),
    ],
)
def test_a_wrong_resolution_is_the_users(given: dict[str, object], message: str) -> None:
    """Each says what is allowed and what was found."""
    case = random_case(0).asking(objective={"leximin": given})
    with pytest.raises(InputFault) as raised:
        decide(case.problem, case.scenario, case.residents)
    assert [fault.message for fault in raised.value.faults] == [message]


@pytest.fixture
def sound() -> tuple[Case, Plan]:
    """Return a plan with levels that the checker accepts."""
    case = random_case(3, ruled=False).asking(objective={"leximin": {"resolution": 0.2}})
    plan = decide(case.problem, case.scenario, case.residents)
    assert check(case.problem, case.scenario, plan).faults == ()
    return case, plan


@pytest.mark.parametrize(
    ("at", "changes", "message"),
    [
        (0, {"value": 5.0}, "people below 0.2 under the plan is 5, should be 0"),
        (1, {"before": 5.0}, "people below 0.4 before the plan is 5, should be 1574"),
        (1, {"bound": 9e9}, "people below 0.4: the bound is 9000000000, should be between 0 and 1202"),
        (2, {"bound": None}, "people below 0.6: the bound is `None`, should be a number"),
        (2, {"bound": "none"}, "people below 0.6: the bound is `none`, should be a number"),
        (4, {"name": "people"}, "the goals in order are `people below 0.2`"),
    ],
)
def test_a_spoilt_level_is_told(
    sound: tuple[Case, Plan], at: int, changes: dict[str, Any], message: str
) -> None:
    """The checker counts the people below each level anew, and wants a bound that can be."""
    case, plan = sound
    steps = list(plan.status.steps)
    steps[at] = replace(steps[at], **changes)
    spoilt = replace(plan, status=replace(plan.status, steps=tuple(steps)))
    assert any(fault.startswith(message) for fault in check(case.problem, case.scenario, spoilt).faults)


@pytest.mark.parametrize("steps", [(), None, ("people",), 7])
def test_missing_levels_are_told(sound: tuple[Case, Plan], steps: object) -> None:
    """A plan without its levels is refused; so is one of another principle that has some."""
    case, plan = sound
    bare = replace(plan, status=replace(plan.status, steps=steps))
    assert any("the goals in order are none" in f for f in check(case.problem, case.scenario, bare).faults)
    other = case.asking(objective="utilitarian")
    best = decide(other.problem, other.scenario, other.residents)
    odd = replace(best, status=replace(best.status, steps=plan.status.steps))
    assert any("should be none" in fault for fault in check(other.problem, other.scenario, odd).faults)


def test_a_given_plan_has_levels_without_bounds() -> None:
    """What stands is told by the same levels; nothing is proven of it."""
    case = random_case(3, ruled=False).asking(objective={"leximin": {"resolution": 0.2}})
    problem = case.problem
    plan = adopt(problem, case.scenario, case.residents, problem.providers["least"].to_numpy(float))
    assert [step.bound for step in plan.status.steps] == [None] * 5
    assert plan.status.gap is None
    assert check(problem, case.scenario, plan).faults == ()
