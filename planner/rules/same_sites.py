"""Rule: what is built is the same, however needs turn out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.years import first_moment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]


def _others(problem: Problem) -> tuple[Whole, Whole]:
    """Positions of providers in the futures after the first, and of the same in the first."""
    first = first_moment(problem)
    mine = np.flatnonzero(first != np.arange(len(first)))
    return mine, first[mine]


@constraint(unit="modules", always=True, reference="Wets (1974): decisions that cannot wait are the same")
def formulate(problem: Problem) -> Block:
    r"""What is built is the same in every future: it is decided before anybody knows which comes.

    .. math:: open_{j,f} = open_{j,1}

    Who is served where follows each future.
    """
    mine, first = _others(problem)
    if not len(mine):
        return Block(())
    row, ones = np.arange(len(mine)), np.ones(len(mine))
    rows = Rows(
        rule="same sites",
        terms=(Terms("open", row, mine, ones), Terms("open", row, first, -ones)),
        sense="==",
        bound=np.zeros(len(mine)),
        labels=[f"same {name}" for name in problem.names[mine]],
    )
    return Block((rows,))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Modules by which futures differ."""
    mine, first = _others(outcome.problem)
    apart: NDArray[np.float64] = np.abs(outcome.modules[mine] - outcome.modules[first])
    return apart
