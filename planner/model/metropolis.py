"""Questions too large for a relaxation: a bound by prices, and whole modules from their averages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from planner.model.pricing import Pricing
from planner.problem.choice import CHOSEN
from planner.problem.local import Local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Block

MANY = 200_000
"""Pairs from which prices come first."""
PART = 0.35
"""Most of the time that is left which goes into the bound."""
ENOUGH = 0.002
"""Share of the gap asked for by which the bound must still rise to go on with it."""
SUMS = frozenset({"serve", "open", CHOSEN})


def priced(
    yardstick: Yardstick, blocks: Sequence[Block], before: float, share: float, deadline: float
) -> Pricing | None:
    """A bound of every plan by prices; None for what prices cannot bound.

    Parameters
    ----------
    before
        Value with nothing built.
    share
        Gap that is asked for.
    deadline
        Of the search, on the monotonic clock [s].
    """
    problem, goal = yardstick.problem, yardstick.goal
    follow, least = yardstick.unit.half("follow"), yardstick.unit.half("least")
    if problem.years is not None or problem.moving is not None or problem.need["future"].nunique() > 1:
        return None
    if follow is not None and least is not None:
        given = yardstick.parameters
        local = Local(problem, blocks, least=lambda weight: float(least(weight, problem, **given)))
        pricing = Pricing(local, before, lambda weight, w, part: follow(weight, w, part, problem, **given))
    elif goal.cost.keys() <= SUMS and not goal.rows and not goal.variables:
        pricing = Pricing(Local(problem, blocks, cost=goal.cost, constant=goal.constant), before, None)
    else:
        return None
    now = time.monotonic()
    pricing.run(now + PART * (deadline - now), ENOUGH * share * max(before - pricing.bound, 0.0))
    return pricing
