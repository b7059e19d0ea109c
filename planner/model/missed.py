"""Where a plan is far from its bound: the distance between both, shared out among the providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.local import Local
    from planner.problem.prices import Prices

    Floats = NDArray[np.float64]


def missed(local: Local, prices: Prices, modules: Floats, served: Floats) -> Floats:
    """By how much the answer of each provider at some prices is better than what a plan does there.

    A value less its bound is a sum of parts that are never negative: what each provider misses, what rows
    leave unused times their prices, and how far weights are from those of the plan's wellbeing. Returned are
    the first of them, and the second where the row is one of need, in equal shares to the providers in reach.

    Parameters
    ----------
    local
        The question, all modules looked at.
    prices
        Those of the bound.
    modules
        Of each provider, shape (providers,).
    served
        Amount on each pair, shape (pairs,).

    Returns
    -------
    Shape (providers,), in the unit of the goal.
    """
    problem, size = local.problem, len(modules)
    opened = local.reduced(prices, "open")
    earned = np.bincount(local.shelf.provider, local.earnings(prices) * served[local.shelf.pairs], size)
    own = local.stock(prices).earns - opened * np.arange(local.upper.max(initial=0) + 1)[:, None]
    steps = np.arange(len(own))[:, None]
    best = np.where((steps >= local.lower) & (steps <= local.upper), own, -np.inf).max(axis=0)
    unmet = problem.amount - np.bincount(problem.need_point, served, len(problem.need))
    left = -prices.row[local.counted] * unmet
    shared = left / np.maximum(np.bincount(problem.need_point, minlength=len(left)), 1)
    shares = np.bincount(problem.provider, shared[problem.need_point], size)
    found: Floats = best - (earned - opened * modules) + shares
    return found
