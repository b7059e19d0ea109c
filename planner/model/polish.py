"""With the sites chosen: the best assignment, then nobody's loss and no waste, less travel, less money."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.model.formulation import formulate
from planner.model.solve import Solver
from planner.problem.blocks import Block, Goal, Rows, Terms
from planner.problem.choice import CHOSEN, chosen_by
from planner.problem.outcome import Outcome
from planner.problem.wellbeing import gain, gain_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.yardstick import Yardstick
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

ROUNDS = 8
HOLD = 1e-9
"""Share of what a place has that it may lose to rounding while it is held."""
Rulebook = Callable[["Problem"], tuple[Block, ...]]
"""The rules that plans keep, written for a problem (or for a part of its pairs)."""
NOTHING = 1e-7
"""Amounts below this [unit of the service] are the solver's noise."""


class Polish:
    """One set of modules, and the best that can be done with it; only ways to what is open are looked at."""

    def __init__(self, yardstick: Yardstick, rules: Rulebook, modules: Floats, threads: int) -> None:
        """Fix the modules (whole numbers, shape (providers,))."""
        self.whole: Problem = yardstick.problem
        self.open = np.flatnonzero(modules[self.whole.provider] > 0)
        pairs = self.whole.pairs.iloc[self.open].reset_index(drop=True)
        self.problem = replace(self.whole, pairs=pairs)
        self.yardstick = replace(yardstick, problem=self.problem)
        self.blocks, self.threads = rules(self.problem), threads
        self.modules = modules
        self.interrupted = False
        self._last = np.inf

    def best(self, seconds: float) -> Outcome | None:
        """Best assignment under the principle; None when the rules allow none with these modules."""
        goal, deadline = self.yardstick.goal, time.monotonic() + seconds
        found: Outcome | None = None
        for _ in range(ROUNDS):
            served = self._solve(goal, self.blocks, deadline)
            if served is None:
                break
            new = Outcome(self.problem, self.modules, served)
            if found is None or self.yardstick.value(new) < self.yardstick.value(found):
                found = new
            value = self.yardstick.value(found)
            further = goal.tighten({"serve": served}) if goal.tighten else None
            if further is None or value - self._last <= 1e-9 * abs(value) or time.monotonic() > deadline:
                break
            goal = further
        return None if found is None else self._wide(found)

    def without_waste(self, outcome: Outcome, seconds: float) -> Outcome:
        """Hold every place (and the goal) at what it has; raise the mean, then shorten the ways."""
        deadline = time.monotonic() + seconds
        problem = self.problem
        outcome = Outcome(problem, self.modules, outcome.served[self.open])
        for cost in (-gain(problem), self._relative_travel()):
            held = Block((*self._held(outcome),))
            served = self._solve(Goal({"serve": cost}), (*self.blocks, held), deadline)
            if served is None:
                break
            outcome = Outcome(problem, self.modules, served)
        return self._wide(outcome)

    def _wide(self, outcome: Outcome) -> Outcome:
        """The outcome told over all pairs of the question."""
        served = np.zeros(len(self.whole.pairs))
        served[self.open] = outcome.served
        return Outcome(self.whole, self.modules, served)

    def _relative_travel(self) -> Floats:
        """Travel of each pair as a share of its service's limit, so that minutes and metres add up."""
        limits = self.problem.services["limit"].reindex(self.problem.need["service"]).to_numpy(float)
        share: Floats = self.problem.pairs["travel"].to_numpy(float) / limits[self.problem.need_point]
        return share

    def _held(self, outcome: Outcome) -> list[Rows]:
        problem, goal = self.problem, self.yardstick.goal
        terms = gain_terms(problem)
        has = np.bincount(terms.row, terms.coefficient * outcome.served[terms.column], len(problem.places))
        places = np.arange(len(problem.places))
        rows = [Rows("held", (terms,), ">=", has * (1 - HOLD) - HOLD, [f"held {a}" for a in places])]
        if set(goal.cost) == {"serve"}:
            cost = goal.cost["serve"]
            value = float(cost @ outcome.served)
            pair = np.flatnonzero(cost)
            own = Terms("serve", np.zeros(len(pair), int), pair, cost[pair])
            rows.append(Rows("goal held", (own,), "<=", np.array([value + HOLD * abs(value)]), ["goal held"]))
        return rows

    def _solve(self, goal: Goal, blocks: tuple[Block, ...], deadline: float) -> Floats | None:
        solver = Solver(formulate(self.problem, blocks, goal), self.threads)
        solver.relax(relaxed=True)
        solver.bound("open", self.modules, self.modules)
        if CHOSEN in solver.model.columns:
            chosen = chosen_by(self.problem, self.modules)
            solver.bound(CHOSEN, chosen, chosen)
        answer = solver.run(seconds=max(deadline - time.monotonic(), 1.0), constant=goal.constant)
        if solver.interrupted:  # a polish is short: it is finished, and the search then stops
            self.interrupted = True
            answer = solver.run(seconds=max(deadline - time.monotonic(), 1.0), constant=goal.constant)
        if answer.solution is None or answer.ending not in {"optimal", "time_limit", "interrupted"}:
            return None
        self._last = answer.value if answer.value is not None else np.inf
        return self._clean(solver.model.natural(answer.solution)["serve"])

    def _clean(self, served: Floats) -> Floats:
        """Drop noise, and scale back where rounding took a hair too much of a need or a capacity."""
        problem = self.problem
        served = np.where(served > NOTHING, served, 0.0)
        reached = np.bincount(problem.need_point, served, len(problem.need))
        served = served * _shrink(problem.amount, reached)[problem.need_point]
        used = np.bincount(problem.provider, served, len(problem.providers))
        capacity = problem.providers["capacity"].to_numpy(float) * self.modules
        return served * _shrink(capacity, used)[problem.provider]


def _shrink(most: Floats, taken: Floats) -> Floats:
    over = taken > most
    return np.where(over, most / np.where(over, taken, 1.0), 1.0)


def fewest_modules(outcome: Outcome) -> Floats:
    """Modules that the served need really takes, never below what must stand, shape (providers,)."""
    providers = outcome.problem.providers
    capacity = np.maximum(providers["capacity"].to_numpy(float), 1e-12)
    needed = np.ceil(outcome.used / capacity - 1e-9)
    return np.maximum(np.minimum(needed, outcome.modules), providers["least"].to_numpy(float))
