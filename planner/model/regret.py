"""What could be had for each future alone: regrets are told against it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.problem.futures import in_each, parts, regretted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.model.search import Search
    from planner.model.yardstick import Yardstick
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

PART = 0.5
"""Most of the time that goes into the futures one by one."""


class Alone(NamedTuple):
    """One future by itself: the value of the best plan found for it, and what none is below."""

    future: str
    value: float
    bound: float


def own_bests(
    problem: Problem, seconds: float, search: Callable[[Problem, float], Search]
) -> tuple[list[Alone], list[Floats]]:
    """The best of each future alone, and the modules of those plans, for all futures alike.

    Parameters
    ----------
    problem
        The question over all futures.
    seconds
        Time that the whole search has [s].
    search
        Searches a question until a deadline on the monotonic clock [s].
    """
    if not regretted(problem):
        return [], []
    found, pool, each = [], [], parts(problem)
    for part in each:
        done = search(part.problem, time.monotonic() + PART * seconds / len(each))
        value = done.value if done.best is not None else np.inf
        found.append(Alone(part.name, float(value), float(min(done.bound, value))))
        if done.best is not None:
            modules = np.zeros(len(problem.providers))
            for other in each:
                modules[other.providers] = done.best.modules
            pool.append(modules)
    return found, pool


def against(problem: Problem, alone: list[Alone]) -> Problem:
    """The question whose regrets are told against these bounds; itself where there are none."""
    if problem.futures is None or not alone:
        return problem
    futures = replace(problem.futures, best=tuple(one.bound for one in alone))
    parent = None if problem.parent is None else replace(problem.parent, futures=futures)
    return replace(problem, futures=futures, parent=parent)


def beside(
    yardstick: Yardstick, outcome: Outcome, alone: Sequence[Alone]
) -> tuple[tuple[str, float, float, float], ...]:
    """The plan's value in each future beside what could be had for it alone, as in `Status.alone`."""
    if not alone:
        return ()
    own = in_each(outcome, lambda one: replace(yardstick, problem=one.problem).value(one))
    return tuple((one.future, float(v), one.value, one.bound) for one, v in zip(alone, own, strict=True))
