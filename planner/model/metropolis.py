"""Questions too large for a relaxation: a bound by prices, and whole modules from their averages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from planner.model.pricing import AGAIN, Pricing
from planner.problem.choice import CHOSEN
from planner.problem.proof import Unpriced, at_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Block
    from planner.problem.local import Local
    from planner.problem.prices import Prices

    Floats = NDArray[np.float64]

MANY = 80_000
"""Pairs from which prices come first."""
PART = 0.35
"""Most of the time that is left which goes into the bound."""
ENOUGH = 0.002
"""Share of the gap asked for by which the bound must still rise to go on with it."""
SUMS = frozenset({"serve", "open", CHOSEN})


def priced(
    yardstick: Yardstick,
    blocks: Sequence[Block],
    before: float,
    share: float,
    deadline: float,
    *,
    begin: Callable[[Local], Prices] | None = None,
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
    begin
        Finds prices to begin with; plain ones are taken without it.
    """
    problem, goal, follow = yardstick.problem, yardstick.goal, follower(yardstick)
    if problem.years is not None:
        return None
    if follow is None and (goal.rows or goal.variables or not goal.cost.keys() <= SUMS):
        return None
    try:
        local = at_prices(problem, blocks, yardstick.unit, yardstick.parameters)
    except Unpriced:
        return None
    pricing = Pricing(local, before, follow, None if begin is None else begin(local))
    if begin is not None:
        pricing.move = AGAIN  # they are good already
    now = time.monotonic()
    pricing.run(now + PART * (deadline - now), ENOUGH * share * max(before - pricing.bound, 0.0))
    return pricing


def follower(yardstick: Yardstick) -> Callable[[Floats | None, Floats, float], Floats] | None:
    """How the weights of places follow wellbeing under a principle; None for costs."""
    follow, problem, given = yardstick.unit.half("follow"), yardstick.problem, yardstick.parameters
    if follow is None:
        return None
    return lambda weight, wellbeing, part: follow(weight, wellbeing, part, problem, **given)
