"""Rule: what is built stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.years import former

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]


def _again(problem: Problem) -> tuple[Whole, Whole]:
    """Positions of what the plan does in one period after another, and the same in the period before."""
    if problem.years is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    before = former(problem)
    mine = np.flatnonzero((before >= 0) & ~problem.providers["existing"].to_numpy(bool))
    return mine, before[mine]


@constraint(unit="modules", always=True)
def formulate(problem: Problem) -> Block:
    r"""What is built, or changed, in one period stays so in the next.

    .. math:: open_{j,t} \ge open_{j,t-1}
    """
    mine, before = _again(problem)
    if not len(mine):
        return Block(())
    row, ones = np.arange(len(mine)), np.ones(len(mine))
    rows = Rows(
        rule="stays",
        terms=(Terms("open", row, mine, ones), Terms("open", row, before, -ones)),
        sense=">=",
        bound=np.zeros(len(mine)),
        labels=[f"stays {name}" for name in problem.names[mine]],
    )
    return Block((rows,))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Modules that are there in one period and gone in the next."""
    mine, before = _again(outcome.problem)
    return np.maximum(outcome.modules[before] - outcome.modules[mine], 0.0)
