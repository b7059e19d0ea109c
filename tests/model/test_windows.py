"""Windows: what they bring is what the principle says, rules are kept, nothing better is left in them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from oracle import best as plain
from oracle_justice import best as just
from strategies import random_case

from planner.model import polish, windows
from planner.model.aim import Aim, can_be_parted
from planner.model.decide import blocks_of, decide, nothing_built, yardstick_of
from planner.model.metropolis import follower
from planner.model.missed import missed
from planner.model.polish import Polish
from planner.model.pricing import Pricing
from planner.model.windows import Windows, can_be_cut
from planner.problem.proof import at_prices

ASKED = {"sufficiency": {"floor": 0.6}, "worst_off": {"share": 0.3}}
SEEDS = range(200, 208)
JUST = {"worst_off", "maximin", "equal_shares"}
HOUR, EVERYTHING = 3600.0, 1e12


def _asked(name: str, seed: int) -> object:
    """A small city, asked for one principle."""
    if name == "priority":
        return random_case(seed, "kolm_pollak", ruled=False)
    return random_case(seed, ruled=False).asking(objective={name: ASKED.get(name, {})})


def _begun(case: object) -> tuple[object, ...]:
    """Yardstick, prices that bound every plan, and the plan of nothing built."""
    yardstick = yardstick_of(case.problem, case.scenario)
    before = nothing_built(yardstick, case.scenario.solver)
    blocks = blocks_of(case.problem, case.scenario)
    local = at_prices(case.problem, blocks, yardstick.unit, yardstick.parameters)
    pricing = Pricing(local, yardstick.value(before), follower(yardstick))
    pricing.run(time.monotonic() + HOUR, 0.0, moves=80)
    return yardstick, pricing, before


def _cut(pricing: object, goal: object) -> Windows:
    return Windows(pricing.local, goal, pricing.best)


def _right(case: object, name: str) -> float:
    """The best value of all plans, by trying them."""
    return (just if name in JUST else plain)(case.problem, case.scenario).value


def _assigned(case: object, yardstick: object, modules: np.ndarray) -> object:
    return Polish(yardstick, lambda part: blocks_of(part, case.scenario), modules, 1).best(10.0)


@pytest.mark.parametrize("name", ["utilitarian", "sufficiency", "priority", "worst_off"])
def test_plans_only_become_better(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing built on, windows of a few sites keep every rule, lose nothing, and often gain."""
    monkeypatch.setattr(windows, "SITES", (3, 2, 4))
    monkeypatch.setattr(windows, "SHARES", (0.5, 1.0))
    monkeypatch.setattr(windows, "FINE", 0.0)
    gained, looked = 0, 0
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick, pricing, before = _begun(case)
        if not can_be_cut(pricing.local):
            continue
        looked += 1
        own = _cut(pricing, yardstick.goal)
        modules = own.improve(before, EVERYTHING, time.monotonic() + HOUR).modules
        assert own.ended
        outcome = _assigned(case, yardstick, modules)
        assert outcome is not None, seed
        had, has = yardstick.value(before), yardstick.value(outcome)
        assert has <= had + 1e-6 * (1 + abs(had)), seed
        assert has >= _right(case, name) - 1e-6 * (1 + abs(had)), seed
        gained += has < had - 1e-6
    assert looked >= len(SEEDS) // 2
    assert gained >= looked // 2


def test_one_window_over_everything_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a single window holds all that can be chosen, it finds what trying every plan finds."""
    monkeypatch.setattr(windows, "SITES", (1000,))
    monkeypatch.setattr(windows, "FINE", 0.0)
    seen = 0
    for seed in range(300, 309):
        case = _asked("utilitarian", seed)
        yardstick, pricing, before = _begun(case)
        if not can_be_cut(pricing.local):
            continue
        seen += 1
        found = _cut(pricing, yardstick.goal).improve(before, EVERYTHING, time.monotonic() + HOUR)
        has = yardstick.value(_assigned(case, yardstick, found.modules))
        right = _right(case, "utilitarian")
        assert has == pytest.approx(right, rel=1e-6, abs=1e-6), seed
    assert seen >= 3


@pytest.mark.parametrize("name", ["utilitarian", "sufficiency", "priority", "worst_off"])
def test_what_is_missed_is_part_of_the_gap(name: str) -> None:
    """No provider misses less than nothing, and all together no more than lies between value and bound.

    The mean's weights are the same in every plan, so that there what rows of modules leave is all the rest.
    """
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick, pricing, before = _begun(case)
        local, prices = pricing.local, pricing.best
        if not local.apart:
            continue
        lost = missed(local, prices, before.modules, before.served)
        gap = yardstick.value(before) - pricing.bound
        hair = 1e-6 * (1 + abs(gap))
        assert (lost >= -hair).all(), seed
        assert lost.sum() <= gap + hair, seed
        if name == "utilitarian":
            left = prices.row * (local.matrix("open") @ before.modules - local.right)
            left[local.counted] = 0.0
            assert lost.sum() + left.sum() == pytest.approx(gap, abs=hair), seed


@pytest.mark.parametrize("name", ["utilitarian", "sufficiency", "worst_off"])
def test_the_parts_of_an_aim_add_up_to_the_goal(name: str) -> None:
    """The goal's own variables are worked out so that a plan is worth what the principle says."""
    for seed in SEEDS:
        case = _asked(name, seed)
        yardstick, _, before = _begun(case)
        goal = yardstick.goal
        assert can_be_parted(goal)
        aim = Aim(goal, before)
        pairs, inside = np.arange(len(before.served)), np.arange(len(before.modules))
        part = aim.part(pairs, inside, before.served, before.modules)
        value = goal.constant + float(part.cost["serve"] @ before.served)
        value += float(part.cost["open"] @ before.modules) + float(aim.cost["own"] @ aim.own)
        assert value == pytest.approx(yardstick.value(before), rel=1e-6, abs=1e-6), seed


@pytest.mark.parametrize("name", ["utilitarian", "maximin", "equal_shares"])
def test_a_metropolis_is_searched_by_windows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every question taken for a metropolis the plan is within its gap of the best of all."""
    monkeypatch.setattr("planner.model.search.MANY", 0)
    monkeypatch.setattr("planner.model.search.HUGE", 10**9)
    monkeypatch.setattr(windows, "SITES", (3, 2, 4))
    for seed in range(400, 403):
        case = _asked(name, seed)
        plan = decide(case.problem, case.scenario, case.residents)
        right = _right(case, name)
        assert plan.status.value >= right - 1e-6 * (1 + abs(right))
        assert plan.status.bound <= right + 1e-6 * (1 + abs(right))
        assert plan.status.gap <= case.scenario.solver.gap + 1e-6


def test_slopes_lead_where_the_rows_of_all_places_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    """With modules chosen, an assignment down the slopes keeps every rule and misses little of the best.

    Few places are the hardest case: ranks change by leaps there, and slopes with them.
    """
    lost = []
    for seed in range(300, 320):
        case = _asked("equal_shares", seed)
        yardstick = yardstick_of(case.problem, case.scenario)
        before, right = nothing_built(yardstick, case.scenario.solver), just(case.problem, case.scenario)
        monkeypatch.setattr(polish, "MANY", 0)
        modules = np.array(right.modules, float)
        near = _assigned(case, yardstick, modules)
        possible = yardstick.value(before) - right.value
        found = yardstick.value(near) - right.value
        assert -1e-7 <= found <= 0.05 * max(possible, 1e-3), seed
        capacity = case.problem.providers["capacity"].to_numpy(float)
        assert (near.used <= capacity * modules + 1e-6).all(), seed
        if possible > 1e-3:
            lost.append(found / possible)
    assert len(lost) > 10
    assert np.mean(lost) < 0.01
