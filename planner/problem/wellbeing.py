"""How served need becomes wellbeing: sparse terms for the principles, W_a as in `Outcome`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.blocks import Terms
from planner.problem.outcome import Outcome, per_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]


def gain(problem: Problem) -> Floats:
    """Wellbeing × residents that a unit served on each pair brings, ω a / k [person/unit], shape (pairs,)."""
    return problem.worth[problem.need_point] * problem.quality


def gain_terms(problem: Problem) -> Terms:
    """Terms that sum the gains of each place: row a, shape (pairs,)."""
    pair = np.arange(len(problem.pairs))
    return Terms("serve", problem.place[problem.need_point], pair, gain(problem))


def unserved(problem: Problem) -> Floats:
    """W_a when nobody is served by the providers of this model, shape (places,); not to be changed."""
    return _kept(problem, "wellbeing unserved", lambda: Outcome.nothing(problem).wellbeing)


def attainable(problem: Problem) -> Floats:
    """An upper bound of W_a: all need within reach served at the best quality; not to be changed."""
    return _kept(problem, "wellbeing attainable", lambda: _most(problem))


def _most(problem: Problem) -> Floats:
    best = np.zeros(len(problem.need))
    np.maximum.at(best, problem.need_point, problem.quality)
    most = np.bincount(problem.place, problem.worth * problem.amount * best, len(problem.places))
    return unserved(problem) + per_head(most, problem.population)


def _kept(problem: Problem, name: str, work_out: Callable[[], Floats]) -> Floats:
    """Worked out once for a problem, as its own cached columns are: prices ask for it at every move."""
    known: dict[str, Floats] = vars(problem)
    if name not in known:
        known[name] = work_out()
        known[name].flags.writeable = False
    return known[name]
