"""Large assignments solved among few ways first: others come in where their price says that they help."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.solve import Answer, Solver
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

NEAREST = 6
"""Ways of each need point that are looked at from the start: the nearest."""
SIFTINGS = 30
"""How often ways come in; after that all of them do."""
HELPS = -2e-7
"""A way helps when a unit of it lowers the (scaled) goal by more than this: HiGHS is exact to 1e-7."""


def nearest(problem: Problem) -> NDArray[np.bool_]:
    """Tell which ways are among the nearest of their need point, shape (pairs,)."""
    order = np.lexsort([problem.pairs["travel"].to_numpy(float), problem.need_point])
    point = problem.need_point[order]
    first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
    found = np.zeros(len(order), np.bool_)
    found[order] = rank < NEAREST
    return found


def sifted(solver: Solver, among: NDArray[np.bool_], deadline: float, *, constant: float = 0.0) -> Answer:
    """Solve a model without whole variables, exactly, with most of its ways closed.

    The ways `among` are open at first; closed ones that the prices of an optimum say would help are opened,
    and it is solved again from where it ended, until none would (sifting: Bixby et al., Operations Research
    40, 1992). An optimum that no closed way would improve is one of all ways.

    Parameters
    ----------
    solver
        The model, with a family `serve`.
    among
        Ways to begin with, shape (ways,).
    deadline
        On the monotonic clock [s].
    constant
        Of the goal.

    Returns
    -------
    The answer to the whole model; ways that do not help it stay closed in the solver until `unclosed`.
    """
    (serve,) = (own for own in solver.model.variables if own.family == "serve")
    among, last = among | (serve.lower > 0), None
    solver.set("solver", "ipx")
    for _ in range(SIFTINGS):
        solver.bound("serve", serve.lower, np.where(among, serve.upper, serve.lower))
        answer = solver.run(seconds=max(deadline - time.monotonic(), 1.0), constant=constant)
        if answer.ending in {"time_limit", "interrupted", "memory"}:
            return answer if last is None else replace(last, ending=answer.ending, bound=None)
        if answer.ending != "optimal":  # with so few ways no rule can be kept, or HiGHS is at a loss
            break
        helps = ~among & (solver.worth("serve") < HELPS)
        if not helps.any():
            return answer
        among, last = among | helps, answer  # which keeps every rule, whatever comes of the next
        solver.set("solver", "simplex")  # which goes on from the corner that was found
    unclosed(solver)
    solver.set("solver", "ipx")
    return solver.run(seconds=max(deadline - time.monotonic(), 1.0), constant=constant)


def unclosed(solver: Solver) -> None:
    """Open every way again."""
    (serve,) = (own for own in solver.model.variables if own.family == "serve")
    solver.bound("serve", serve.lower, serve.upper)
