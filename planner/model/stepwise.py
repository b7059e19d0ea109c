"""How windows are put to use: for the goal itself, or step by step towards a plan that is worth more.

A goal that looks at one place alone, as the worst-off, or at the order of all, does not gain by a few sites
at a time: as long as one other place is as badly off, nothing is gained. Its principle then says what leads
there: a goal of gains that add up, such as what all places miss to a level a little above the present one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from planner.model.aim import can_be_parted
from planner.model.windows import SHARES, Windows, can_be_cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.model.pricing import Pricing
    from planner.model.search import Search
    from planner.problem.blocks import Goal

NEARLY = 0.95
"""Share of the gap asked for to which windows work, since a plan is then assigned anew."""
STEP, SHORTEST = 0.3, 0.04
"""First and least share of the way from a plan's value to the bound that is asked for at a time."""
HALF = 0.5
"""Share of a step from which it has led on."""
ROUNDS = 3
"""Looks at what is still missing in the end, place by place."""
HAIR = 1e-9


def by_windows(search: Search, pricing: Pricing, deadline: float) -> None:
    """Make the plan in hand better a few sites at a time, until its gap is small enough.

    Parameters
    ----------
    search
        Offered what is found.
    pricing
        Prices that bound every plan.
    deadline
        On the monotonic clock [s].
    """
    pricing.local.widened()
    if search.done or search.best is None or not can_be_cut(pricing.local):
        return
    towards = search.yardstick.unit.half("towards")
    if towards is not None and search.yardstick.problem.futures is None:
        _by_steps(search, pricing, towards, deadline)
    elif can_be_parted(search.yardstick.goal):
        _straight(search, pricing, deadline)


def _missing(search: Search) -> float:
    """What is left to be gained until the gap is small enough [unit of the goal]."""
    allowed = search.yardstick.allowance(search.bound, search.before, NEARLY * search.share)
    return max(search.value - search.bound - allowed, 0.0)


def _straight(search: Search, pricing: Pricing, deadline: float) -> None:
    windows = Windows(pricing.local, search.yardstick.goal, pricing.best)
    while search.best is not None and not (windows.ended or search.done or time.monotonic() > deadline):
        search.offer(windows.improve(search.best, _missing(search), deadline).modules)


def _by_steps(
    search: Search, pricing: Pricing, towards: Callable[..., tuple[Goal, float]], deadline: float
) -> None:
    """Steps become shorter where windows do not lead to a better plan."""
    step, given = STEP, search.yardstick.parameters
    while search.best is not None and step >= SHORTEST and time.monotonic() < deadline and not search.done:
        had = search.value
        goal, missing = towards(search.best, had - max(step * (had - search.bound), HAIR), **given)
        windows = Windows(pricing.local, goal, pricing.best, shares=SHARES[:-1], rounds=ROUNDS)
        outcome = windows.improve(search.best, missing, deadline)
        if search.yardstick.value(outcome) < had:
            search.offer(outcome.modules)
        if search.value > had - HALF * step * (had - search.bound):
            step /= 2
