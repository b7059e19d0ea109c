"""What each provider could earn with its pairs, sorted quickly: only pairs that can matter are sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Marks = NDArray[np.bool_]

NEAR = 0.98
"""Share of what the last useful unit of a full provider earned, from which its pairs are sorted next time."""
WIDER = 0.9
"""That share of the share where this was too narrow."""
FULL = 1.0 - 1e-9
"""Share of its capacity from which a provider is full."""


@dataclass(frozen=True)
class Stock:
    """Profitable pairs of each provider, the best first, and what each number of modules earns."""

    pair: Whole
    provider: Whole
    before: Floats
    need: Floats
    earns: Floats
    """Earnings by modules and provider, shape (most + 1, providers)."""


class Shelf:
    """Some pairs in the order in which the problem has them, by provider.

    Parameters
    ----------
    problem
        The question.
    pairs
        Pairs that are looked at, positions in the order of their providers; all where None.
    gain
        Wellbeing × residents that a unit served brings on each of them.
    upper
        Most modules of each provider.
    """

    def __init__(self, problem: Problem, pairs: Whole | None, gain: Floats, upper: Whole) -> None:
        """Gather what every answer needs."""
        if pairs is None and (np.diff(problem.provider) < 0).any():
            pairs = np.argsort(problem.provider, kind="stable")
            gain = gain[pairs]
        self.problem, self.gain, self.upper = problem, gain, upper
        self.pairs = np.arange(len(gain)) if pairs is None else pairs
        self.point = problem.need_point if pairs is None else problem.need_point[pairs]
        self.provider = problem.provider if pairs is None else problem.provider[pairs]
        self.need, self.capacity = problem.amount[self.point], problem.useful_capacity
        self.count = np.bincount(self.provider, minlength=len(upper))
        self._some = np.flatnonzero(self.count)
        self._first = (np.cumsum(self.count) - self.count)[self._some]
        self._cut, self._near = np.zeros(len(upper)), np.full(len(upper), NEAR)

    def part(self, keep: Marks, upper: Whole) -> Shelf:
        """Return a shelf with fewer pairs, and with other most modules."""
        new = Shelf(self.problem, self.pairs[keep], self.gain[keep], upper)
        new._near = self._near
        return new

    def best(self, earns: Floats) -> Floats:
        """No module of a provider earns more than this, whatever it serves, shape (providers,)."""
        best = np.zeros(len(self.upper))
        if len(self._some):
            best[self._some] = np.maximum(np.maximum.reduceat(earns, self._first), 0.0)
        return best * self.capacity

    def stock(self, earns: Floats, idle: Marks | None = None) -> Stock:
        """Sort each provider's pairs by what a unit earns, and sum up by modules.

        Parameters
        ----------
        earns
            What a unit served on each pair earns, shape of `pairs`.
        idle
            Providers that are left out: they earn nothing here, shape (providers,).
        """
        some, within = self._worthwhile(earns, idle)
        provider, value, size = self.provider[some], earns[some], len(self.upper)
        order = np.argsort(provider - value / (value.max(initial=0.0) * (1 + 1e-6) + 1e-300), kind="stable")
        some, value = some[order], value[order]
        need = self.need[some]
        upto, first = np.cumsum(need), np.searchsorted(provider, np.arange(size + 1))
        before = upto - need - np.concatenate([[0.0], upto])[first[:-1]][provider]
        self._learn(value, before < (self.capacity * self.upper)[provider], first, within)
        table = np.zeros((int(self.upper.max(initial=0)) + 1, size))
        for m in range(1, len(table)):
            fill = np.clip(self.capacity[provider] * m - before, 0.0, need)
            table[m] = np.bincount(provider, value * fill, size)
        return Stock(self.pairs[some], provider, before, need, table)

    def _worthwhile(self, earns: Floats, idle: Marks | None) -> tuple[Whole, Floats]:
        """Pairs that earn enough to be served, and the need within them by provider."""
        cut = self._cut if idle is None else np.where(idle, np.inf, self._cut)
        while True:
            some = np.flatnonzero(earns > np.repeat(cut, self.count))
            within = np.bincount(self.provider[some], self.need[some], len(cut))
            short = (cut > 0) & np.isfinite(cut) & (within < FULL * self.capacity * self.upper)
            if not short.any():
                return some, within
            cut = np.where(short, 0.0, cut)
            self._near[short] *= WIDER

    def _learn(self, value: Floats, used: Marks, first: Whole, within: Floats) -> None:
        """Remember what the last useful unit of each full provider earned."""
        seen = np.flatnonzero(np.diff(first))
        self._cut[seen] = 0.0
        full = within[seen] >= FULL * (self.capacity * self.upper)[seen]
        if full.any():
            count = np.add.reduceat(used.astype(np.int64), first[seen])
            mine = seen[full]
            self._cut[mine] = self._near[mine] * value[(first[seen] + count - 1)[full]]
