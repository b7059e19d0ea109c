"""Prices that bound every plan closely, found by moving them against what is asked for too much.

The volume algorithm (Barahona & Anbil 2000): the answers of all providers are averaged, and the prices
move by what the average still asks for too much; the averages tell which modules matter. One row, as
the budget, is priced exactly each time. The weights of the places follow the averaged wellbeing.
"""

from __future__ import annotations

import time
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.problem.local import per_resident
from planner.problem.prices import Found, Prices
from planner.problem.wellbeing import attainable, unserved

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.problem.local import Local

    Floats = NDArray[np.float64]

STARTS = np.linspace(0.05, 0.95, 10)
"""Shares of the most that a unit can bring, tried as first prices of need."""
MOVE, SHORTEST, LONGEST = 0.2, 1e-7, 0.5
"""First, least and most share of the gain that a move aims at."""
AGAIN = 3e-4
"""Least move after modules were fixed: prices must be able to answer to that."""
MEMORY = 0.1
"""Most weight of a new answer in the averages; least is a tenth of it."""
FOLLOW = 0.1
"""How far the weights of places go towards those of the averaged wellbeing at each move."""
FARTHEST = 1e12
"""Farthest that any price moves at once."""
LATEST = 40
"""Moves after which too little must have been gained to stop."""
GREEN, RED, LONGER, SHORTER = 3, 4, 1.3, 0.7
"""Better (worse) answers in a row after which moves become longer (shorter)."""


@dataclass
class Pricing:
    """The best prices so far, and the averages of the answers.

    Attributes
    ----------
    local
        The question.
    before
        Value with nothing built: the possible gain is counted from it.
    follow
        Of an objective of wellbeing: the weights of places, moved a part of the way that some wellbeing
        asks for; none for costs.
    begin
        Prices to begin with; the best of some plain ones where there are none.
    """

    local: Local
    before: float
    follow: Callable[[Floats | None, Floats, float], Floats] | None
    begin: Prices | None = None
    bound: float = -np.inf
    best: Prices = field(init=False)
    modules: Floats = field(init=False)
    move: float = MOVE
    narrowed: bool = False

    def __post_init__(self) -> None:
        """Begin with the prices given, or with the best of some plain ones."""
        local = self.local
        self._low, self._high = unserved(local.problem), attainable(local.problem)
        self.exact = priced_exactly(local)
        weight = self.follow(None, self._low, 1.0) if self.follow else np.zeros(0)
        weight = weight if self.begin is None else self.begin.weight
        most = self._most(Prices(weight, np.zeros(len(local.right))))
        plain = [Prices(weight, local.signed(-share * most)) for share in STARTS]
        tries = plain if self.begin is None else [self.begin]
        found = [local.answer(prices, self.exact) for prices in tries]
        answer, self.best = max(found, key=lambda pair: pair[0].bound)
        self.bound = answer.bound
        self.modules, self._slack, self._benefit = answer.modules, answer.slack, answer.benefit
        self._scale = self._scales(most)
        self._centre, self._here = self.best, answer.bound
        self._green = self._red = 0

    def run(self, deadline: float, enough: float, moves: int = 10_000) -> None:
        """Move the prices until the bound rises by less than `enough` in some moves."""
        last = self.bound
        for k in range(1, moves + 1):
            self._step()
            if time.monotonic() > deadline:
                return
            if k % LATEST == 0:
                self._rescale()
                if self.bound - last <= enough and self._green + self._red > 0:
                    return
                last = self.bound

    @property
    def here(self) -> float:
        """The bound at the prices from which the next move goes."""
        return self._here

    def fork(self) -> Pricing:
        """Go on from here without changing this one."""
        new = copy(self)
        new.local = copy(self.local)
        return new

    def narrow(self, lower: NDArray[np.int64], upper: NDArray[np.int64]) -> None:
        """Go on with fewer modules; what is found from here on bounds these plans only, and is not kept."""
        self.narrowed, self.move = True, max(self.move, AGAIN)
        self.local.narrowed(lower, upper)
        answer, _ = self.local.answer(self._centre, self.exact)
        self._here = answer.bound
        self.modules = np.clip(self.modules, lower, upper)

    def _step(self) -> None:
        local, row = self.local, self._centre.row
        most, least = local.most_and_least
        stuck = (most & (row >= 0) & (self._slack > 0)) | (least & (row <= 0) & (self._slack < 0))
        way = np.where(stuck, 0.0, self._slack)
        push = self._scale * way
        length, largest = float((push * way).sum()), float(np.abs(push).max(initial=0.0))
        gain = max(self.before - self._here, 1e-12)
        step = min(self.move * gain / length, FARTHEST / largest) if length > 0 else 0.0
        weight = self._followed()
        asked = Prices(weight, local.signed(row + step * push))
        answer, priced = local.answer(asked, self.exact)
        self._average(answer)
        if answer.bound > self.bound and not self.narrowed:
            self.bound, self.best = answer.bound, priced
        self._judge(answer, priced)

    def _followed(self) -> Floats:
        """Weights of places a step further towards those of the averaged wellbeing."""
        if self.follow is None:
            return self._centre.weight
        problem = self.local.problem
        gained = per_resident(problem, self._benefit)
        here = np.clip(self._low + gained, self._low, self._high)
        return self.follow(self._centre.weight, here, FOLLOW * max(min(self.move / MOVE, 1.0) ** 0.5, 0.1))

    def _judge(self, answer: Found, priced: Prices) -> None:
        if answer.bound > self._here:
            self._centre, self._here = priced, answer.bound
            self._green, self._red = self._green + 1, 0
            if self._green >= GREEN:
                self.move, self._green = min(self.move * LONGER, LONGEST), 0
        else:
            self._green, self._red = 0, self._red + 1
            if self._red >= RED:
                self.move, self._red = max(self.move * SHORTER, SHORTEST), 0
                self._refresh(priced)

    def _refresh(self, priced: Prices) -> None:
        """Let the weights move on even where the bound does not rise at once."""
        if self.follow is not None:
            self._centre = Prices(priced.weight, self._centre.row)
            answer, _ = self.local.answer(self._centre, self.exact)
            self._here = answer.bound

    def _average(self, answer: Found) -> None:
        away = answer.slack - self._slack
        size = float((self._scale * away * away).sum())
        ideal = -float((self._scale * away * self._slack).sum()) / size if size > 0 else 1.0
        part = float(np.clip(ideal, MEMORY / 10, MEMORY))
        self.modules = part * answer.modules + (1 - part) * self.modules
        self._slack = part * answer.slack + (1 - part) * self._slack
        self._benefit = part * answer.benefit + (1 - part) * self._benefit

    def _most(self, prices: Prices) -> Floats:
        """The most that a unit of each row of need brings anywhere, 0 for other rows, shape (rows,)."""
        local = self.local
        problem = local.problem
        earns = -local.reduced(prices, "serve")
        if len(prices.weight):
            worth = per_resident(problem, prices.weight)[problem.place]
            earns = worth[problem.need_point] * local.gain + earns
        most = np.zeros(len(problem.need))
        np.maximum.at(most, problem.need_point, earns)
        row = np.zeros(len(local.right))
        row[local.counted] = most
        return row

    def _rescale(self) -> None:
        """Let prices move as readily as the weights that places have come to ask for."""
        if self.follow is not None:
            most = self._most(Prices(self._centre.weight, np.zeros(len(self._scale))))
            self._scale = np.maximum(self._scale, self._scales(most))

    def _scales(self, most: Floats) -> Floats:
        """How readily each price moves: that of a unit of need as it is worth and is needed there."""
        local = self.local
        scale = np.zeros(len(local.right))
        need = local.counted
        scale[need] = most[need] / np.maximum(local.right[need], 1e-12)
        worth = (self.before - self.bound) / max(float(self.modules.sum()), 1.0)
        others = np.ones(len(scale), bool)
        others[need] = False
        takes = np.maximum(np.abs(local.right), abs(local.matrix("open")).max(axis=1).toarray().ravel())
        scale[others] = 0.1 * worth / np.maximum(takes[others], 1e-12) ** 2
        return scale


def priced_exactly(local: Local) -> int | None:
    """The row of modules alone that ties most providers together: the budget, or a count."""
    alone = [f for f in ("serve", "chosen", *local.others) if local.matrix(f).nnz]
    busy = sum((abs(local.matrix(f)).sum(axis=1) for f in alone), np.zeros(len(local.right)))
    opened = local.matrix("open")
    least = opened.min(axis=1).toarray().ravel()
    fits = (np.asarray(busy) == 0) & (local.sense == "<=") & (least >= 0)
    count = np.where(fits, np.diff(opened.indptr), 0)
    return int(count.argmax()) if len(count) and count.max() > 1 else None
