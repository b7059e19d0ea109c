"""A plan of a metropolis made better window by window: a few neighbouring sites are chosen anew, exactly.

A large neighbourhood search (Shaw 1998): whatever lies outside of a window stays as it is, inside it a small
integer program finds the best choice with the money, the land and the people that the window has. A window
holds sites of all services, so that money can move from one to another, and those come first in which the
plan is farthest from the bound.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.model.aim import OWN, Aim
from planner.model.formulation import assemble
from planner.model.missed import missed
from planner.model.solve import Solver
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.model.aim import Part
    from planner.model.formulation import Formulation
    from planner.problem.local import Local
    from planner.problem.prices import Prices

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SITES = (24, 40, 28, 52, 32)
"""Most providers in a window, pass by pass, each pass cut at other angles."""
SHARES = (0.5, 0.75, 1.0)
"""How much of what the plan misses the windows of a pass hold, at first and when all sizes were looked at:
on New York by block half of it lies in one window of twenty."""
OWING, MOST = (32, 24), 40
"""Providers around what still costs something, and others that could give; most such windows in a round."""
SECONDS = 8.0
"""Longest look at one window [s]."""
FINE = 0.05
"""Share of the worth to be gained that all windows together may leave; share of what an average window
promises below which one is not looked at."""


@dataclass
class Windows:
    """All windows that are still to be looked at, pass by pass, those that promise most first.

    Parameters
    ----------
    local
        The question, of which the rows of modules are read.
    goal
        What is minimised.
    prices
        Those of the bound: they tell where a plan is far from it.
    shares
        How much of what the plan misses the windows of a pass hold, one round of passes after the other.
    rounds
        How often, in the end, what the goal's own variables still cost is looked at one by one, together
        with providers anywhere that take more than they bring.
    """

    local: Local
    goal: Goal
    prices: Prices
    shares: tuple[float, ...] = SHARES
    rounds: int = 0
    ended: bool = False
    queue: deque[Whole] = field(default_factory=deque)
    passes: deque[tuple[float, int, float]] = field(init=False)
    fine: float = 0.0

    def __post_init__(self) -> None:
        """Say how the city will be cut."""
        kinds = itertools.product(self.shares, SITES)
        count = len(self.shares) * len(SITES)
        self.passes = deque((share, sites, np.pi * k / count) for k, (share, sites) in enumerate(kinds))

    def improve(self, outcome: Outcome, enough: float, deadline: float) -> Outcome:
        """A plan that is worth more; the one given where there is none.

        Parameters
        ----------
        outcome
            The plan in hand.
        enough
            Worth to be gained, after which nothing is left to do [unit of the goal].
        deadline
            On the monotonic clock [s].
        """
        aim, gained = Aim(self.goal, outcome), 0.0
        modules, served = outcome.modules.copy(), outcome.served.copy()
        while gained < enough and time.monotonic() < deadline and self._more(aim, modules, served, enough):
            window = Window(self.local, self.queue.popleft(), modules, served, aim)
            gained += window.solve(min(SECONDS, deadline - time.monotonic()), self.fine)
        return Outcome(outcome.problem, modules, served)

    def _more(self, aim: Aim, modules: Floats, served: Floats, enough: float) -> bool:
        """Whether a window is left; the next pass is cut where the last one has ended."""
        while not self.queue and self.passes:
            share, sites, angle = self.passes.popleft()
            promise = missed(self.local, self.prices, modules, served)
            cut = list(self._cut(sites, angle))
            worth = np.maximum([promise[window].sum() for window in cut], 0.0)
            order = np.argsort(-worth, kind="stable")
            before = np.cumsum(worth[order]) - worth[order]
            self.fine = FINE * enough / max(len(cut), 1)
            first = order[(worth[order] > FINE * worth.mean()) & (before < share * worth.sum())]
            self.queue.extend(cut[n] for n in first)
        if not self.queue and self.rounds:
            self.rounds -= 1
            self.queue.extend(self._owing(aim, modules, served))
        self.ended = not self.queue
        return not self.ended

    def _owing(self, aim: Aim, modules: Floats, served: Floats) -> Iterator[Whole]:
        """Around what still costs something, and where most could be taken from."""
        local, (around, others) = self.local, OWING
        promise = missed(local, self.prices, modules, served)
        free = local.upper > local.lower
        order = np.argsort(-promise, kind="stable")
        givers = order[(free & (modules > local.lower))[order]][:others]
        for pairs in itertools.islice(aim.owing(), MOST):
            near = np.zeros(len(free), bool)
            near[local.problem.provider[pairs]] = True
            yield np.union1d(order[(near & free)[order]][:around], givers)

    def _cut(self, sites: int, angle: float) -> Iterator[Whole]:
        """Providers that can be chosen, by halves of the city until few are left."""
        at = self.local.problem.providers[["x", "y"]].to_numpy(np.float64) @ _turned(angle)
        yield from _halves(np.flatnonzero(self.local.upper > self.local.lower), at, sites)


def can_be_cut(local: Local) -> bool:
    """Whether windows know all rules: those on need and capacity, and rows of modules alone."""
    return local.apart and bool(local.problem.providers[["x", "y"]].notna().all(axis=None))


@dataclass
class Window:
    """Some providers chosen anew; `modules` and `served` of the plan are changed in place."""

    local: Local
    inside: Whole
    modules: Floats
    served: Floats
    aim: Aim

    def __post_init__(self) -> None:
        """Find the pairs: those of the window, and those by which others serve the same people."""
        problem = self.local.problem
        mine = np.zeros(len(problem.providers), bool)
        mine[self.inside] = True
        within = mine[problem.provider]
        reached = np.zeros(len(problem.need), bool)
        reached[problem.need_point[within]] = True
        others = ~within & (self.modules > 0)[problem.provider] & reached[problem.need_point]
        self.pairs, self.own = np.flatnonzero(within | others), within[within | others]

    def solve(self, seconds: float, gap: float) -> float:
        """Choose anew; what that brings, 0 where the plan stays as it was."""
        start = {"open": self.modules[self.inside], "serve": self.served[self.pairs]}
        part = self.aim.part(self.pairs, self.inside, start["serve"], start["open"])
        start[OWN] = self.aim.own[part.free]
        if part.most(start[OWN]) <= gap:
            return 0.0
        solver = Solver(self._model(part))
        solver.start(solver.model.scaled(start))
        answer = solver.run(seconds=seconds, gap=gap)
        if solver.interrupted:
            raise KeyboardInterrupt
        if answer.solution is None:
            return 0.0
        found = solver.model.natural(answer.solution)
        found["open"] = np.round(found["open"])
        more = {family: found[family] - start[family] for family in start}
        gained = -sum(float(part.cost[family] @ more[family]) for family in more)
        if gained <= gap:
            return 0.0
        self.modules[self.inside], self.served[self.pairs] = found["open"], found["serve"]
        self.aim.own[part.free] = found[OWN]
        self.aim.move(self.pairs, more["serve"], self.inside, more["open"])
        return gained

    def _model(self, part: Part) -> Formulation:
        problem, local = self.local.problem, self.local
        amount = problem.amount[problem.need_point[self.pairs]]
        lower, upper = local.lower[self.inside], local.upper[self.inside]
        variables = (
            Variables("open", lower.astype(np.float64), upper.astype(np.float64), integer=True),
            Variables("serve", np.zeros(len(self.pairs)), amount),
            part.variables,
        )
        unit = {"open": 1.0, "serve": float(max(np.median(amount), 1.0)) if len(amount) else 1.0, OWN: 1.0}
        rows = (self._needs(), self._elsewhere(), *self._here(), *self._shared(), *part.rows)
        return assemble(variables, rows, Goal(part.cost), unit, scale=True)

    def _needs(self) -> Rows:
        """Nobody is served twice."""
        problem = self.local.problem
        point, row = np.unique(problem.need_point[self.pairs], return_inverse=True)
        terms = [("serve", row, np.arange(len(row)), np.ones(len(row)))]
        return _rows("counted", terms, problem.amount[point])

    def _elsewhere(self) -> Rows:
        """Others keep the room that people outside of the window leave them."""
        problem = self.local.problem
        rest = self.served.copy()
        rest[self.pairs] = 0.0
        used = np.bincount(problem.provider, rest, len(problem.providers))
        pair = np.flatnonzero(~self.own)
        provider, row = np.unique(problem.provider[self.pairs[pair]], return_inverse=True)
        room = problem.useful_capacity[provider] * self.modules[provider] - used[provider]
        return _rows("capacity", [("serve", row, pair, np.ones(len(pair)))], np.maximum(room, 0.0))

    def _here(self) -> tuple[Rows, Rows]:
        """Nobody is served beyond capacity, nor where nothing is open."""
        problem = self.local.problem
        place = np.full(len(problem.providers), -1)
        place[self.inside] = np.arange(len(self.inside))
        pair = np.flatnonzero(self.own)
        at, each = place[problem.provider[self.pairs[pair]]], np.arange(len(self.inside))
        capacity = problem.useful_capacity[self.inside]
        filled = [("serve", at, pair, np.ones(len(pair))), ("open", each, each, -capacity)]
        most = np.minimum(problem.amount[problem.need_point[self.pairs[pair]]], capacity[at])
        row = np.arange(len(pair))
        closed = [("serve", row, pair, np.ones(len(pair))), ("open", row, at, -most)]
        rows = _rows("capacity here", filled, np.zeros(len(each)))
        return rows, _rows("closed", closed, np.zeros(len(pair)))

    def _shared(self) -> Iterator[Rows]:
        """What all modules together may take, less what those outside take."""
        local, matrix = self.local, self.local.matrix("open")
        mine = matrix[:, self.inside]
        left = local.right - matrix @ self.modules + mine @ self.modules[self.inside]
        touched = np.diff(mine.indptr) > 0
        for sense in ("<=", ">=", "=="):
            rows = np.flatnonzero(touched & (local.sense == sense))
            part = mine[rows].tocoo()
            if len(rows):
                terms = [("open", part.row.astype(np.int64), part.col.astype(np.int64), part.data)]
                yield _rows(f"shared {sense}", terms, left[rows], sense)


def _rows(rule: str, terms: list[tuple[str, Whole, Whole, Floats]], bound: Floats, sense: str = "<=") -> Rows:
    labels = [f"{rule} {k}" for k in range(len(bound))]
    return Rows(rule, tuple(Terms(*t) for t in terms), sense, bound, labels)  # type: ignore[arg-type]


def _turned(angle: float) -> Floats:
    """Axes turned by an angle."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _halves(mine: Whole, at: Floats, most: int) -> Iterator[Whole]:
    """Cut across the longer side, in equal halves, until few are left."""
    if len(mine) <= most:
        yield mine
        return
    axis = int(np.ptp(at[mine], axis=0).argmax())
    order = mine[np.argsort(at[mine, axis], kind="stable")]
    yield from _halves(order[: len(order) // 2], at, most)
    yield from _halves(order[len(order) // 2 :], at, most)
