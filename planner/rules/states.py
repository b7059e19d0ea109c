"""Rule: an existing facility stays as it is, or has one of the changes that it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.standing import changeable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem


def _states(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Position of each state, the row of its facility, and the facilities."""
    mine = np.flatnonzero(changeable(problem))
    facility = problem.in_words(problem.providers, "facility")
    names, row = np.unique(facility[mine].astype(str), return_inverse=True)
    return mine, row, names.tolist()


@constraint(unit="facilities", always=True)
def formulate(problem: Problem) -> Block:
    r"""An existing facility stays as it is, or is expanded, upgraded, repurposed or closed.

    .. math:: \sum_{j \in states(facility)} open_j = 1

    Each state is a provider of its own, with the capacity, quality and costs that the facility has then;
    who serves nobody any more is closed. Before the plan every facility is as it is.
    """
    mine, row, names = _states(problem)
    if not len(mine):
        return Block(())
    one = Rows(
        rule="one state",
        terms=(Terms("open", row, mine, np.ones(len(mine))),),
        sense="==",
        bound=np.ones(len(names)),
        labels=[f"state of {name}" for name in names],
    )
    return Block((one,))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """States of a facility beyond one, or missing."""
    mine, row, names = _states(outcome.problem)
    wrong: NDArray[np.float64] = np.abs(np.bincount(row, outcome.modules[mine], len(names)) - 1.0)
    return wrong
