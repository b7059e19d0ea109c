"""Everybody goes to the best open place: choices of sites, and how one is bettered by swaps.

What a pair brings beyond not being served is counted. Swaps are those of Teitz & Bart (1968), all of them
valued at once (Resende & Werneck 2003).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

TINY = 1e-9


@dataclass(frozen=True)
class Gains:
    """What each pair brings, and the one rule that ties sites together.

    Attributes
    ----------
    pair, point, site
        Of each pair that brings anything: its position in the problem, sorted by site.
    gain
        What the pair brings when the need point goes there, > 0, shape (pairs,).
    cost
        Of each open site, shape (sites,).
    takes, right
        The rule: takes · open ≤ right.
    must, may
        Sites that are open in any case, and that may be.
    points
        How many need points there are.
    """

    pair: Whole
    point: Whole
    site: Whole
    gain: Floats
    cost: Floats
    takes: Floats
    right: float
    must: Flags
    may: Flags
    points: int

    def summed(self, values: Floats) -> Floats:
        """Sum over the pairs of each site, shape (sites,)."""
        edges = self.edges
        some = np.flatnonzero(np.diff(edges))
        sums = np.zeros(len(self.cost))
        if len(some):
            sums[some] = np.add.reduceat(values, edges[some])
        return sums

    @cached_property
    def edges(self) -> Whole:
        """Where the pairs of each site begin, and where the last ones end, shape (sites + 1,)."""
        return np.searchsorted(self.site, np.arange(len(self.cost) + 1))

    def of_sites(self, sites: Whole) -> Whole:
        """Pairs of some sites."""
        spans = [np.arange(self.edges[j], self.edges[j + 1]) for j in sites]
        return np.concatenate(spans) if spans else np.zeros(0, np.int64)

    @cached_property
    def best_first(self) -> tuple[Whole, Whole]:
        """Pairs of each need point, the best first: their sites and positions."""
        order = np.lexsort((-self.gain, self.point))
        return self.site[order], order

    def narrowed(self, must: Flags, may: Flags) -> Gains:
        """The same with fewer choices; pairs of sites that stay closed are left out."""
        keep = may[self.site]
        pair, point, site, gain = self.pair[keep], self.point[keep], self.site[keep], self.gain[keep]
        return replace(self, pair=pair, point=point, site=site, gain=gain, must=must, may=may)

    def two_best(self, sites: Flags) -> tuple[Floats, Floats, Whole]:
        """What each need point has, has after the best place closed, and its best place (−1: none)."""
        of, order = self.best_first
        mine = order[sites[of]]
        point = self.point[mine]
        new = np.append(True, point[1:] != point[:-1]) if len(point) else np.zeros(0, bool)
        first = np.flatnonzero(new)
        best, second = np.zeros(self.points), np.zeros(self.points)
        where = np.full(self.points, -1)
        best[point[first]] = self.gain[mine[first]]
        where[point[first]] = self.site[mine[first]]
        follows = first[(first + 1 < len(mine)) & ~new[np.minimum(first + 1, len(mine) - 1)]] + 1
        second[point[follows]] = self.gain[mine[follows]]
        return best, second, where

    def worth(self, sites: Flags) -> float:
        """What a choice of sites brings in all."""
        mine, best = self.of_sites(np.flatnonzero(sites)), np.zeros(self.points)
        np.maximum.at(best, self.point[mine], self.gain[mine])
        return float(best.sum() - self.cost[sites].sum())

    @cached_property
    def grain(self) -> float:
        """What two choices differ by at least where they differ: 1 where all that counts is whole, else 0."""
        parts = np.concatenate([self.gain, self.cost])
        return float(bool((parts == np.round(parts)).all()))


def greedy(gains: Gains, worth: Floats) -> Flags:
    """Sites by what they are worth for what they take, as many as the rule allows."""
    sites = gains.must.copy()
    left = gains.right - gains.takes[sites].sum()
    for j in np.argsort(-worth / np.maximum(gains.takes, TINY), kind="stable"):
        if gains.may[j] and not sites[j] and gains.takes[j] <= left + TINY and worth[j] > 0:
            sites[j], left = True, left - gains.takes[j]
    return sites


def swapped(gains: Gains, sites: Flags, deadline: float, rounds: int = 1000) -> Flags:
    """The choice after the best swap again and again, until none is better; one may open or close alone."""
    sites = sites.copy()
    for _ in range(rounds):
        out = np.flatnonzero(sites & ~gains.must)
        better = _swaps(gains, sites, out)
        j, r = np.unravel_index(int(better.argmax()), better.shape)
        if better[j, r] <= TINY * (1.0 + gains.gain.max(initial=0.0)) or time.monotonic() > deadline:
            break
        if r < len(out):
            sites[out[r]] = False
        if j < len(sites):
            sites[j] = True
    return sites


def _swaps(gains: Gains, sites: Flags, out: Whole) -> Floats:
    """What it brings to open a site and close one of `out`; last row and column: none; −∞: not allowed."""
    best, second, where = gains.two_best(sites)
    row, size = np.full(len(sites) + 1, len(out)), len(out) + 1
    row[out] = np.arange(len(out))
    pair_best, pair_second = best[gains.point], second[gains.point]
    adds = gains.summed(np.maximum(gains.gain - pair_best, 0.0)) - gains.cost
    some = np.flatnonzero(gains.gain > pair_second)
    kept = np.minimum(gains.gain[some], pair_best[some]) - pair_second[some]
    code = gains.site[some] * size + row[where[gains.point[some]]]
    extra = np.bincount(code, kept, len(sites) * size).reshape(len(sites), size)
    lost = np.bincount(row[where], best - second, size)
    lost[:-1] -= gains.cost[out]
    lost[-1], extra[:, -1] = 0.0, 0.0
    better = adds[:, None] - lost[None, :] + extra
    left = gains.right - gains.takes[sites].sum()
    room = np.append(left + gains.takes[out], left)
    better[gains.takes[:, None] > room[None, :] + TINY] = -np.inf
    better[sites | ~gains.may] = -np.inf
    return np.vstack([better, np.append(-lost[:-1], -np.inf)])
