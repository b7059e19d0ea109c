"""The search where it matters only whether somebody is within reach: sites alone, and who is missed.

Who is served where need not be decided: with room for everybody, a need point is covered exactly when one of
the sites near it is open. What is left has one variable for each site and one for each need point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.problem.blocks import Cover, Rows
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

INFEASIBLE = 2
"""How `scipy.optimize.milp` says that nothing keeps the rules."""


class Covered(NamedTuple):
    """The choice of sites, and what no choice is below; None where there was no time for one."""

    sites: Floats | None
    bound: float
    infeasible: bool


def cover(
    asked: Cover,
    problem: Problem,
    rows: Sequence[Rows],
    *,
    seconds: float,
    gap: float,
) -> Covered:
    """Choose the sites that miss least.

    Parameters
    ----------
    rows
        Rules that speak of sites alone.
    seconds, gap
        Longest time [s]; share of its value that the choice may miss.
    """
    sites, points = len(asked.cost), len(asked.weight)
    lower, upper = (problem.providers[end].to_numpy(np.float64) for end in ("least", "most"))
    entries = np.ones(len(asked.pair)), (asked.point, problem.provider[asked.pair])
    near = sparse.csr_array(entries, shape=(points, sites))
    rules = [LinearConstraint(sparse.hstack([near, sparse.eye_array(points)]), 1.0, np.inf)]
    rules += [_rule(one, sites, points) for one in rows if one.terms]
    whole = np.concatenate([np.ones(sites), np.zeros(points)])
    found = milp(
        np.concatenate([asked.cost, asked.weight]),
        integrality=whole,
        bounds=Bounds(np.concatenate([lower, np.zeros(points)]), np.concatenate([upper, np.ones(points)])),
        constraints=rules,
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": gap},
    )
    bound = getattr(found, "mip_dual_bound", None)
    chosen = None if found.x is None else np.round(found.x[:sites])
    return Covered(chosen, -np.inf if bound is None else float(bound), found.status == INFEASIBLE)


def _rule(rows: Rows, sites: int, points: int) -> LinearConstraint:
    """A rule of sites as a constraint."""
    value = np.concatenate([t.coefficient for t in rows.terms])
    row = np.concatenate([t.row for t in rows.terms])
    column = np.concatenate([t.column for t in rows.terms])
    matrix = sparse.csr_array(sparse.coo_array((value, (row, column)), shape=(len(rows), sites + points)))
    low = np.full(len(rows), -np.inf) if rows.sense == "<=" else rows.bound
    high = np.full(len(rows), np.inf) if rows.sense == ">=" else rows.bound
    return LinearConstraint(matrix, low, high)
