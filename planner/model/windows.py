"""A plan of a metropolis made better window by window: a few sites of a service are chosen anew, exactly.

A large neighbourhood search (Shaw 1998): whatever lies outside of a window stays as it is, inside it a small
integer program finds the best choice with the money, the land and the people that the window has.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.model.aim import OWN, Aim, can_be_parted
from planner.model.formulation import assemble
from planner.model.solve import Solver
from planner.problem.blocks import Goal, Rows, Terms, Variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.model.aim import Part
    from planner.model.formulation import Formulation
    from planner.problem.local import Local
    from planner.problem.outcome import Outcome

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SITES = (40, 28, 52, 36, 60)
"""Most sites of a service in a window, pass by pass, each pass cut at other angles."""
SECONDS = 8.0
"""Longest look at one window [s]."""
FINE = 0.05
"""Share of the worth to be gained that all windows together may leave."""
SEED = 0


@dataclass
class Windows:
    """All windows that are still to be looked at, pass by pass in random order.

    Parameters
    ----------
    local
        The question, of which the rows of modules are read.
    goal
        What is minimised.
    """

    local: Local
    goal: Goal
    queue: deque[Whole] = field(init=False)

    def __post_init__(self) -> None:
        """Cut the city into windows."""
        self.queue, order = deque(), np.random.default_rng(SEED)
        for k, sites in enumerate(SITES):
            cut = list(self._cut(sites, np.pi * k / len(SITES)))
            self.queue.extend(cut[n] for n in order.permutation(len(cut)))

    def improve(self, outcome: Outcome, enough: float, deadline: float) -> Floats:
        """Modules that are worth more, shape (providers,); those given where none are.

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
        fine = FINE * enough / max(len(self.queue), 1)
        while self.queue and gained < enough and time.monotonic() < deadline:
            window = Window(self.local, self.queue.popleft(), modules, served, aim)
            gained += window.solve(min(SECONDS, deadline - time.monotonic()), fine)
        return modules

    def _cut(self, sites: int, angle: float) -> Iterator[Whole]:
        """Providers that can be chosen, by service and by halves of the city until few sites are left."""
        providers = self.local.problem.providers
        free = self.local.upper > self.local.lower
        at = providers[["x", "y"]].to_numpy(np.float64) @ _turned(angle)
        service = providers["service"].to_numpy(object)
        for name in sorted(set(service[free])):
            yield from _halves(np.flatnonzero(free & (service == name)), at, sites)


def can_be_cut(local: Local, goal: Goal) -> bool:
    """Whether windows know all rules: those on need and capacity, and rows of modules alone."""
    return (
        local.apart
        and can_be_parted(goal)
        and bool(local.problem.providers[["x", "y"]].notna().all(axis=None))
    )


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
