"""Goals in order: earlier ones held at what they have reached, while later ones are looked at."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.model.polish import Polish
from planner.model.yardstick import Held
from planner.problem.blocks import Block, Rows, Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.model.polish import Rulebook
    from planner.model.yardstick import Yardstick
    from planner.problem.blocks import Goal
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

HAIR = 1e-9


def holding(rules: Rulebook, yardstick: Yardstick, values: Sequence[float]) -> Rulebook:
    """The rules, and that the first goals are no worse than these values."""

    def held(problem: Problem) -> tuple[Block, ...]:
        goals = replace(yardstick, problem=problem).goals
        own = (
            kept_at(goal, name, value)
            for goal, name, value in zip(goals, yardstick.names, values, strict=False)
        )
        return (*rules(problem), *own)

    return held


def kept_at(goal: Goal, name: str, value: float) -> Block:
    """A goal as rows: it is worth at most this."""
    terms = tuple(
        Terms(f, np.zeros(len(c), np.int64), np.arange(len(c)), c) for f, c in goal.cost.items() if len(c)
    )
    most = value - goal.constant + HAIR * (1.0 + abs(value))
    held = Rows("held", terms, "<=", np.array([most]), [f"no more {name}"])
    return Block((*goal.rows, held) if terms or most < 0 else goal.rows, goal.variables, goal.values)


def least(goal: Goal) -> float:
    """What a goal is worth at least, by the bounds of its variables alone."""
    bounds = {v.family: (v.lower, v.upper) for v in goal.variables}
    return goal.constant + sum(
        float(np.minimum(c * bounds[f][0], c * bounds[f][1]).sum()) for f, c in goal.cost.items()
    )


class OrderedPolish:
    """One set of modules under goals in order: the best by the first, then by the next, and so on."""

    def __init__(
        self, yardstick: Yardstick, rules: Rulebook, modules: Floats, threads: int, share: float = 0.0
    ) -> None:
        """Fix the modules (whole numbers, shape (providers,))."""
        self.yardstick, self.rules, self.modules = yardstick, rules, modules
        self.threads, self.share = threads, share
        self.interrupted = False

    def best(self, seconds: float) -> Outcome | None:
        """Best assignment under the principle; None when the rules allow none with these modules."""
        deadline = time.monotonic() + seconds
        found: Outcome | None = None
        values: list[float] = []
        for k in range(len(self.yardstick.goals)):
            found = self._better(k, values, found, max(deadline - time.monotonic(), 0.0) / 2)
            if found is None:
                return None
            values.append(replace(self.yardstick, at=k).value(found))
        return found

    def _better(
        self, k: int, values: Sequence[float], found: Outcome | None, seconds: float
    ) -> Outcome | None:
        """The best by one goal, the earlier ones held at their values."""
        own = replace(self.yardstick, at=k)
        rules = holding(self.rules, self.yardstick, values)
        polish = Polish(own, rules, self.modules, self.threads, self.share)
        if found is not None and own.value(found) <= least(polish.yardstick.goal):
            return found
        new = polish.best(seconds)
        self.interrupted |= polish.interrupted
        return new if found is None or (new is not None and own.beats(new, found)) else found

    def without_waste(self, outcome: Outcome, seconds: float) -> Outcome:
        """Hold every place at what it has; raise the mean, then shorten the ways."""
        own = self.yardstick
        idle = Held(own.unit, own.parameters, own.problem, len(own.goals) - 1)
        polish = Polish(idle, self.rules, self.modules, self.threads, self.share)
        better = polish.without_waste(outcome, seconds)
        self.interrupted |= polish.interrupted
        return outcome if own.beats(outcome, better) else better
