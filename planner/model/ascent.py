"""Prices of need points that bound every choice of sites, and tell which sites no better choice can have.

Each need point has a price; each site earns what its pairs bring beyond their prices. The sum of all prices
and of what the best sites earn is at least the worth of any choice (Cornuejols, Fisher & Nemhauser 1977).
Prices move against what is asked for too much (Held, Wolfe & Crowder 1974).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.medians import Gains

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TINY = 1e-9
PATIENCE, SHORTER, SHORTEST = 15, 0.7, 1e-3
"""Moves without a better bound after which moves become shorter, by how much, and when they end."""
FIRST = 1.0
MEMORY = 0.3
"""How much of the last move is in the next."""
STARTS = (1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4)
"""Parts of what need points have, tried as first prices: where gains are penalties they are far too high."""
OFTEN = 25
"""Moves between two looks at which sites can be settled."""


@dataclass(frozen=True)
class Bound:
    """The bound at some prices.

    Attributes
    ----------
    price
        Of each need point, shape (points,).
    total
        No choice is worth more.
    earns
        What each site earns, shape (sites,).
    share
        The best choice at these prices; one site may be in it in part, shape (sites,).
    low, high
        The price of the rule, from both sides.
    """

    price: Floats
    total: float
    earns: Floats
    share: Floats
    low: float
    high: float


def bounded(gains: Gains, price: Floats) -> Bound:
    """Bound every choice at some prices ≥ 0."""
    beyond = gains.gain - price[gains.point]
    earns = gains.summed(np.maximum(beyond, 0.0, out=beyond)) - gains.cost
    share, low, high = _filled(gains, earns)
    return Bound(price, float(price.sum() + share @ earns), earns, share, low, high)


def first_bound(gains: Gains, sites: Flags) -> Bound:
    """The best bound among some plain prices around what a choice brings to each need point."""
    best, second, _ = gains.two_best(sites)
    return min((bounded(gains, part * (best + second) / 2) for part in STARTS), key=lambda bound: bound.total)


def _filled(gains: Gains, earns: Floats) -> tuple[Floats, float, float]:
    """Sites by what they earn for what they take, until the rule is full; its price from both sides."""
    share = gains.must.astype(np.float64)
    left = gains.right - float(gains.takes[gains.must].sum())
    free = np.flatnonzero(gains.may & ~gains.must & (earns > 0))
    dense = earns[free] / np.maximum(gains.takes[free], TINY)
    order = np.argsort(-dense, kind="stable")
    free, dense = free[order], dense[order]
    upto = np.cumsum(gains.takes[free])
    whole = int(np.searchsorted(upto, left + TINY, side="right"))
    share[free[:whole]] = 1.0
    if whole == len(free):
        return share, 0.0, 0.0
    rest = left - (float(upto[whole - 1]) if whole else 0.0)
    if rest > TINY:
        share[free[whole]] = rest / gains.takes[free[whole]]
        return share, float(dense[whole]), float(dense[whole])
    return share, float(dense[whole]), float(dense[whole - 1]) if whole else float(dense[whole])


@dataclass
class Ascent:
    """One question with its prices; it ends when no choice can be better than `best`.

    `average` tells how often each site was in the best choice of late.
    """

    gains: Gains
    now: Bound
    best: float
    average: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first choice."""
        self.average = self.now.share

    @property
    def settled(self) -> bool:
        """True where no choice that is still open is better than the best."""
        return self.now.total - self.best <= max(self.gains.grain - 1e-6, TINY * (1.0 + abs(self.best)))

    def run(self, deadline: float, enough: float, moves: int) -> None:
        """Move the prices until no more than `enough` is unproven, or moves become too short."""
        length, bad, last = FIRST, 0, np.zeros(len(self.now.price))
        at = self.now
        for k in range(1, moves + 1):
            if self.settled or self.now.total - self.best <= enough or time.monotonic() > deadline:
                return
            last = (1 - MEMORY) * self._missed(at) + MEMORY * last
            size = float(last @ last)
            if size <= TINY:
                return
            step = length * max(at.total - self.best, TINY) / size
            at = bounded(self.gains, np.maximum(at.price - step * last, 0.0))
            bad += 1
            if at.total < self.now.total - 1e-7 * abs(self.now.total):
                bad = 0
            self.now = min(self.now, at, key=lambda bound: bound.total)
            if bad >= PATIENCE:
                length, bad, at, last = length * SHORTER, 0, self.now, np.zeros(len(last))
            if length < SHORTEST:
                return
            if k % OFTEN == 0 and self.settle():
                at = self.now

    def _missed(self, at: Bound) -> Floats:
        """By how much each need point is served too little (1: by nobody) in the best choice."""
        gains = self.gains
        self.average = 0.95 * self.average + 0.05 * at.share
        mine = gains.of_sites(np.flatnonzero(at.share))
        mine = mine[gains.gain[mine] > at.price[gains.point[mine]]]
        return 1.0 - np.bincount(gains.point[mine], at.share[gains.site[mine]], gains.points)

    def settle(self) -> bool:
        """Settle sites that every better choice has, or none has; whether any was."""
        gains, now = self.gains, self.now
        need = self.best + max(gains.grain - 1e-6, TINY * (1.0 + abs(self.best)))
        out = (now.share == 0) & (now.total + now.earns - now.high * gains.takes <= need)
        sure = (now.share == 1) & (now.total - now.earns + now.low * gains.takes <= need)
        may, must = gains.may & ~(out & ~gains.must), gains.must | (sure & gains.may)
        if (may == gains.may).all() and (must == gains.must).all():
            return False
        self.gains = gains.narrowed(must, may)
        self.now = bounded(self.gains, now.price)
        return True
