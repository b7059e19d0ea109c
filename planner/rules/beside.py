"""Rule: an option that shares a building is had only where the other services are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.choice import choice, chosen_terms
from planner.problem.standing import serves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]

SAME_POINT = 1.0
"""Two places this near are the same [m]."""


def _sharing(problem: Problem) -> tuple[Whole, list[str], Whole, Whole]:
    """Candidates that share, with the service that each needs; row and position of what would do for it."""
    wanted = [(j, s) for j, names in enumerate(problem.providers["beside"]) for s in dict.fromkeys(names)]
    mine = np.array([j for j, _ in wanted], np.int64)
    there = np.flatnonzero(serves(problem))
    of = problem.providers["service"].to_numpy(object)[there]
    pairs = [
        (row, k)
        for row, (j, service) in enumerate(wanted)
        for k in there[of == service][_same_place(problem, j, there[of == service])]
        if problem.moment[k] == problem.moment[j]
    ]
    row, other = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    return mine, [service for _, service in wanted], row, other


def _same_place(problem: Problem, one: int, others: Whole) -> NDArray[np.bool_]:
    """Which providers stand at the place of another: by its id, or at the same point."""
    places = problem.providers["place"].to_numpy(object)
    x, y = (problem.providers[axis].to_numpy(np.float64) for axis in ("x", "y"))
    near = np.hypot(x[others] - x[one], y[others] - y[one]) <= SAME_POINT
    return np.asarray(near | (places[others] == places[one]), np.bool_)


@constraint(unit="facilities", always=True, reference="precedence rows: Nemhauser & Wolsey (1988)")
def formulate(problem: Problem) -> Block:
    r"""An option that shares a building is had only where the services beside which it is meant are.

    .. math:: chosen_j \le \sum_{k \in s, \; place_k = place_j} chosen_k \quad
              \text{for each service } s \text{ beside which } j \text{ is meant}

    Its own costs, land and quality say what is saved by sharing and gained by working together. What is
    closed, or given another use, does not do; what stands at the same point as the site does.
    """
    mine, services, row, other = _sharing(problem)
    if not len(mine):
        return Block(())
    variables, links = choice(problem)
    held = tuple(Terms(t.family, t.row, t.column, -t.coefficient) for t in chosen_terms(problem, row, other))
    names = problem.names[mine]
    rows = Rows(
        rule="beside",
        terms=(*chosen_terms(problem, np.arange(len(mine)), mine), *held),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"{name} beside {service}" for name, service in zip(names, services, strict=True)],
    )
    return Block((rows, *links), variables)


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Options without a service beside which they are meant."""
    mine, _, row, other = _sharing(outcome.problem)
    chosen = (outcome.modules > 0).astype(float)
    return np.maximum(chosen[mine] - np.bincount(row, chosen[other], len(mine)), 0.0)
