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
PART, LEAST_PART = 0.2, 0.01
"""Share of what is left (of all) of the row that is priced exactly which is given away at a time."""
SURE, NEVER = 0.3, 2e-3
"""Average modules from which a provider is taken early, and up to which it is closed."""
FEW = 20
ROUNDS = 200
HAIR = 1e-9


def dive(pricing: Pricing, deadline: float) -> Floats:
    """Whole modules near the averages of the prices, shape (providers,); not surely within every rule."""
    own = _Dive(pricing)
    for _ in range(ROUNDS):
        if time.monotonic() > deadline or not own.fix():
            break
        pricing.run(deadline, 0.0, MOVES)
    own.fill()
    return own.lower.astype(np.float64)


class _Dive:
    """What is fixed so far, and what the rows of modules leave."""

    def __init__(self, pricing: Pricing) -> None:
        self.pricing, self.local = pricing, pricing.local
        self.lower, self.upper = self.local.lower.copy(), self.local.upper.copy()
        self.rows = Slack(self.local, self.lower)
        self.takes = self._takes()
        self.whole = max(self._left(), 0.0)

    def fix(self) -> bool:
        """Fix the next part; False when nothing is left that could be."""
        average = self.pricing.modules
        self.upper = np.where(average - self.lower < NEVER, self.lower, self.upper)
        wanted = np.minimum(average - self.lower, 1.0)
        wanted = np.where(self.upper > self.lower, wanted, 0.0)
        order = np.argsort(-wanted, kind="stable")[: int((wanted > 0).sum())]
        limit, given, count = max(self._left() * PART, self.whole * LEAST_PART), 0.0, 0
        for j in order:
            if given >= limit or (wanted[j] < SURE and count >= FEW):
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
