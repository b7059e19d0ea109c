"""Prices: no plan is below what they prove, on random cities; and they prove nearly all of it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from oracle_justice import best
from strategies import random_case

from planner.model.decide import blocks_of, nothing_built, yardstick_of
from planner.model.dive import dive
from planner.model.metropolis import priced
from planner.model.polish import Polish
from planner.problem.outcome import Outcome

OBJECTIVES = ("utilitarian", "sufficiency", "priority", "worst_off", "maximin", "equal_shares", "p_median")
SEEDS = range(12)
ASKED = {"worst_off": {"share": 0.3}, "sufficiency": {"floor": 0.6}}


def _asked(name: str, seed: int) -> object:
    """A small city, asked for one principle."""
    case = random_case(seed, ruled=False)
    if name == "priority":
        return random_case(seed, "kolm_pollak", ruled=False)
    if name == "p_median":
        return random_case(seed, "p_median", ruled=False)
    return case.asking(objective={name: ASKED.get(name, {})})


@pytest.mark.parametrize("name", OBJECTIVES)
def test_no_plan_is_below_the_bound(name: str) -> None:
    """The bound of the prices is never above the best of all plans."""
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick = yardstick_of(case.problem, case.scenario)
        before = yardstick.value(nothing_built(yardstick, case.scenario.solver))
        blocks = blocks_of(case.problem, case.scenario)
        pricing = priced(yardstick, blocks, before, 0.01, time.monotonic() + 3)
        assert pricing is not None
        right = _right(case, name)
        assert pricing.bound <= right + 1e-7 * (1 + abs(right)), (name, seed)


@pytest.mark.parametrize("name", ["utilitarian", "priority", "equal_shares"])
def test_whole_modules_keep_the_rules(name: str) -> None:
    """What the averages lead to is a plan that keeps every rule."""
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick = yardstick_of(case.problem, case.scenario)
        before = yardstick.value(nothing_built(yardstick, case.scenario.solver))
        blocks = blocks_of(case.problem, case.scenario)
        pricing = priced(yardstick, blocks, before, 0.01, time.monotonic() + 3)
        assert pricing is not None
        modules = dive(pricing, time.monotonic() + 3)
        polish = Polish(yardstick, lambda part, case=case: blocks_of(part, case.scenario), modules, 1)
        outcome = polish.best(10.0)
        assert outcome is not None, (name, seed)
        assert yardstick.value(outcome) <= before + 1e-6 * (1 + abs(before))


def _right(case: object, name: str) -> float:
    """The best value of all plans, by trying them."""
    if name in {"worst_off", "maximin", "equal_shares"}:
        return best(case.problem, case.scenario).value
    from oracle import best as plain  # noqa: PLC0415 - two oracles of one name

    return plain(case.problem, case.scenario).value


@pytest.mark.parametrize(
    "name", ["utilitarian", "sufficiency", "priority", "worst_off", "maximin", "equal_shares"]
)
def test_least_is_below_the_objective(name: str) -> None:
    """`least` of any weights that `follow` gives is never above the objective plus weight × wellbeing."""
    rng = np.random.default_rng(7)
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick = yardstick_of(case.problem, case.scenario)
        follow, least = (yardstick.unit.half(half) for half in ("follow", "least"))
        given, problem = yardstick.parameters, case.problem
        served = np.zeros(len(problem.pairs))
        low = Outcome.nothing(problem).wellbeing
        weight = follow(None, low, 1.0, problem, **given)
        for _ in range(5):
            amount = problem.amount[problem.need_point] * rng.uniform(0, 1, len(served))
            shares = np.bincount(problem.need_point, amount, len(problem.need))[problem.need_point]
            served = amount * np.minimum(problem.amount[problem.need_point] / np.maximum(shares, 1e-12), 1)
            outcome = Outcome(problem, problem.providers["most"].to_numpy(float), served)
            weight = follow(weight, outcome.wellbeing, 0.5, problem, **given)
            value = yardstick.value(outcome) + float(weight @ outcome.wellbeing)
            assert least(weight, problem, **given) <= value + 1e-8 * (1 + abs(value)), (name, seed)
