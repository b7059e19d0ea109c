"""Trade: a module is given up where it is worth least, and its money goes where it is worth most.

A local search on whole plans (add, drop and swap: Kuehn & Hamburger 1963). Every trade is a plan with an
assignment of its own, and is kept only when the objective itself, with all its places, says it is better.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.model.slack import Slack
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.problem.local import Local
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

BATCH = 200
"""Trades tried before worths are told anew."""
TRIES = 60
"""Trades that may fail in a row before worths are told anew."""
MARGIN = 1e-3
"""Share by which a module must be worth more elsewhere, at first sight, for a trade to be tried."""
ROUNDS = 200
HAIR = 1e-9


@dataclass(frozen=True)
class Judged:
    """Wellbeing alone, for objectives that look at nothing else."""

    problem: Problem
    wellbeing: Floats


@dataclass
class State:
    """A plan while it is traded: modules, served amounts, and what follows from them."""

    modules: Whole
    served: Floats
    reached: Floats
    wellbeing: Floats
    value: float


class Trade:
    """Trades from one plan on."""

    def __init__(
        self,
        local: Local,
        exact: int | None,
        value: Callable[[Judged], float],
        weights: Callable[[Floats], Floats],
        outcome: Outcome,
    ) -> None:
        """Begin with a plan and its assignment."""
        self.local, self.problem, self._value, self._weights = local, local.problem, value, weights
        self.takes = np.ones(len(local.upper)) if exact is None else local.takes(exact)
        modules = np.round(outcome.modules).astype(np.int64)
        self.rows = Slack(local, modules, outcome.served)
        self.state = State(
            modules, outcome.served.copy(), outcome.reached.copy(), outcome.wellbeing.copy(), np.inf
        )
        self.state.value = self._judge(self.state.wellbeing)
        starts = np.searchsorted(self.problem.provider, np.arange(len(local.upper) + 1))
        self.span = [slice(int(a), int(b)) for a, b in zip(starts, starts[1:], strict=False)]

    def run(self, deadline: float) -> Floats:
        """Trade until nothing helps, or until the deadline; modules, shape (providers,)."""
        for _ in range(ROUNDS):
            if time.monotonic() > deadline or not self._round(deadline):
                break
        return self.state.modules.astype(np.float64)

    def _judge(self, wellbeing: Floats) -> float:
        return self._value(Judged(self.problem, wellbeing))

    def _round(self, deadline: float) -> bool:
        """Tell what modules are worth, and try trades, the most promising first; True when one was kept."""
        problem, state = self.problem, self.state
        worth = (self._weights(state.wellbeing) / problem.population)[problem.place]
        unit = worth[problem.need_point] * self.local.gain
        lost = self._lost(unit) / np.maximum(self.takes, HAIR)
        won = self._won(unit) / np.maximum(self.takes, HAIR)
        adds = [int(j) for j in np.argsort(-won, kind="stable") if won[j] > 0]
        able = np.flatnonzero(state.modules > self.local.lower)
        drops = [int(j) for j in able[np.argsort(lost[able], kind="stable")]]
        kept, failed, touched = 0, 0, np.zeros(len(problem.places), bool)
        for j in adds:
            if kept >= BATCH or failed >= TRIES or time.monotonic() > deadline:
                break
            if touched[self._places(j)].any():
                continue
            done = self._try(j, drops, won[j], lost, touched, unit)
            kept, failed = (kept + 1, 0) if done else (kept, failed + 1)
        return kept > 0

    def _try(  # noqa: PLR0917 - what a trade is weighed by
        self, j: int, drops: list[int], won: float, lost: Floats, touched: NDArray[np.bool_], unit: Floats
    ) -> bool:
        """Add a module of a provider, giving up others for it; undone unless the objective falls."""
        gone: list[int] = []
        undo: list[tuple[int, Whole, Floats, int]] = []
        before = self.state.value
        fits = self.rows.allows(j, self.state.modules)
        for k in drops:
            if fits or len(gone) >= FEW or lost[k] > won * (1 - MARGIN):
                break
            if k == j or touched[self._places(k)].any() or not self.rows.shares(j, k):
                continue
            undo.append(self._drop(k, unit))
            gone.append(k)
            fits = self.rows.allows(j, self.state.modules)
        if fits:
            undo.append(self._add(j, unit))
            self.state.value = self._judge(self.state.wellbeing)
        if fits and self.state.value < before - HAIR * abs(before) and self.rows.kept():
            for k in (j, *gone):
                touched[self._places(k)] = True
            for k in gone:
                drops.remove(k)
            return True
        for change in reversed(undo):
            self._undo(change)
        self.state.value = before
        return False

    def _places(self, j: int) -> Whole:
        return self.problem.place[self.problem.need_point[self.span[j]]]

    def _won(self, unit: Floats) -> Floats:
        """What one more module of each provider would bring with need that nobody serves yet."""
        problem, state = self.problem, self.state
        left = np.maximum(problem.amount - state.reached, 0.0)
        open_to = (state.modules < self.local.upper)[problem.provider]
        pair = np.flatnonzero(open_to & (unit > 0) & (left[problem.need_point] > HAIR))
        provider, own = problem.provider[pair], unit[pair]
        order = np.argsort(provider - own / (own.max(initial=0.0) * (1 + 1e-6) + 1e-300), kind="stable")
        provider, own, need = provider[order], own[order], left[problem.need_point[pair[order]]]
        upto = np.cumsum(need)
        first = np.searchsorted(provider, np.arange(len(state.modules)))
        before = upto - need - np.concatenate([[0.0], upto])[first][provider]
        fill = np.clip(problem.useful_capacity[provider] - before, 0.0, need)
        return np.bincount(provider, own * fill, len(state.modules))

    def _lost(self, unit: Floats) -> Floats:
        """What is lost with the last module of each provider."""
        problem, state = self.problem, self.state
        count = len(state.modules)
        used = np.bincount(problem.provider, state.served, count)
        earned = np.bincount(problem.provider, state.served * unit, count)
        over = np.maximum(used - (state.modules - 1) * problem.useful_capacity, 0.0)
        return earned * np.divide(over, used, out=np.zeros(count), where=used > 0)

    def _drop(self, j: int, unit: Floats) -> tuple[int, Whole, Floats, int]:
        span, state = self.span[j], self.state
        pair = np.arange(span.start, span.stop)[state.served[span] > 0]
        pair = pair[np.argsort(unit[pair], kind="stable")]
        served = state.served[pair]
        room = (state.modules[j] - 1) * self.problem.useful_capacity[j]
        over = max(float(served.sum()) - room, 0.0)
        upto = np.cumsum(served)
        return self._change(j, pair, -np.clip(over - (upto - served), 0.0, served), -1)

    def _add(self, j: int, unit: Floats) -> tuple[int, Whole, Floats, int]:
        problem, span, state = self.problem, self.span[j], self.state
        pair = np.arange(span.start, span.stop)
        left = np.maximum(problem.amount - state.reached, 0.0)[problem.need_point[pair]]
        pair, left = pair[left > HAIR], left[left > HAIR]
        order = np.argsort(-unit[pair], kind="stable")
        pair, left = pair[order], left[order]
        used = float(state.served[span].sum())
        room = max((state.modules[j] + 1) * problem.useful_capacity[j] - used, 0.0)
        fill = np.clip(room - (np.cumsum(left) - left), 0.0, left)
        some = fill > 0
        return self._change(j, pair[some], fill[some], 1)

    def _undo(self, change: tuple[int, Whole, Floats, int]) -> None:
        j, pair, amount, modules = change
        self._change(j, pair, -amount, -modules)

    def _change(self, j: int, pair: Whole, amount: Floats, modules: int) -> tuple[int, Whole, Floats, int]:
        problem, state = self.problem, self.state
        self.rows.move(j, state.modules, modules)
        self.rows.serve(pair, amount)
        state.modules[j] += modules
        state.served[pair] += amount
        points = problem.need_point[pair]
        np.add.at(state.reached, points, amount)
        places = problem.place[points]
        np.add.at(state.wellbeing, places, self.local.gain[pair] * amount / problem.population[places])
        return j, pair, amount, modules


FEW = 25
"""Most modules given up for one."""
