"""From average modules to whole ones: what the prices are sure of is fixed, a part at a time.

A Lagrangian heuristic (Beasley 1993): after every part the prices move on among what is still open. The
plan that comes out is a plan like any other: how good it is, the bound of the prices says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from planner.model.slack import Slack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.pricing import Pricing

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOVES = 25
"""Moves of the prices between two parts."""
PART = 0.3
"""Most of what is left of the row that is priced exactly which is given away at a time."""
SURE, NEVER = 0.8, 2e-3
"""Average modules from which a provider is taken at once, and up to which it is closed."""
ROUNDS = 60
HAIR = 1e-9


def dive(pricing: Pricing, deadline: float, rounds: int = ROUNDS, beat: float = np.inf) -> Floats | None:
    """Whole modules near the averages of the prices, shape (providers,); not surely within every rule.

    Parameters
    ----------
    pricing
        Prices that have come to rest; they stay as they are.
    deadline
        On the monotonic clock [s].
    rounds
        Parts in which modules are given: the more, the fewer of which the prices are unsure at a time.
    beat
        Value to be better than; None is returned as soon as that is out of reach.
    """
    own, begun = _Dive(pricing.fork()), time.monotonic()
    for k in range(rounds):
        now = time.monotonic()
        later = (deadline - now) * k / (now - begun) if k else np.inf
        if now > deadline or not own.fix(min(later, rounds - k)):
            break
        own.pricing.run(deadline, 0.0, MOVES)
        if own.pricing.here >= beat:
            return None
    own.fill()
    return own.lower.astype(np.float64)


class _Dive:
    """What is fixed so far, and what the rows of modules leave."""

    def __init__(self, pricing: Pricing) -> None:
        self.pricing, self.local = pricing, pricing.local
        self.lower, self.upper = self.local.lower.copy(), self.local.upper.copy()
        self.rows = Slack(self.local, self.lower)
        self.takes = self._takes()

    def fix(self, rounds: float) -> bool:
        """Fix the next part of as many as there are rounds; False when nothing is left that could be."""
        average = self.pricing.modules
        self.upper = np.where(average - self.lower < NEVER, self.lower, self.upper)
        wanted = np.minimum(average - self.lower, 1.0)
        wanted = np.where(self.upper > self.lower, wanted, 0.0)
        order = np.argsort(-wanted, kind="stable")[: int((wanted > 0).sum())]
        few = np.ceil(float(wanted.sum()) / max(rounds, 1.0))
        limit, given, count = self._left() * PART, 0.0, 0
        for j in order:
            if count >= few and (given >= limit or wanted[j] < SURE):
                break
            if self.rows.take(int(j), self.lower):
                given, count = given + self.takes[j], count + 1
            else:
                self.upper[j] = self.lower[j]
        self.pricing.narrow(self.lower.copy(), np.maximum(self.upper, self.lower))
        return count > 0

    def fill(self) -> None:
        """Keep rows that ask for more, then give what is left to whom it helps most for what it takes."""
        local = self.local
        local.widened()
        worth = local.next_worth(self.pricing.best, self.lower)
        for j in self.rows.short(worth):
            self.rows.take(j, self.lower)
        density = np.where(worth > 0, worth / np.maximum(self.takes, HAIR), 0.0)
        for j in np.argsort(-density, kind="stable")[: int((density > 0).sum())]:
            if self.lower[j] < local.upper[j]:
                self.rows.take(int(j), self.lower)

    def _takes(self) -> Floats:
        exact = self.pricing.exact
        return np.ones(len(self.lower)) if exact is None else self.local.takes(exact)

    def _left(self) -> float:
        exact = self.pricing.exact
        if exact is None:
            return float((self.upper - self.lower).sum())
        return float(self.local.right[exact] - self.takes @ self.lower)
