"""What places miss to a floor of wellbeing, as a goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.wellbeing import gain_terms, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem


def shortfall(problem: Problem, floor: float, counted: NDArray[np.bool_] | None = None) -> Goal:
    r"""The wellbeing that all people miss to a floor, :math:`\sum_a p_a (floor - W_a)^+` [person].

    Parameters
    ----------
    problem
        The question.
    floor
        Wellbeing that is enough, in [0, 1].
    counted
        Places that count, shape (places,); all where None.
    """
    missing = problem.population * (floor - unserved(problem))
    below = np.flatnonzero(missing > 0 if counted is None else (missing > 0) & counted)
    row = np.full(len(problem.places), -1)
    row[below] = np.arange(len(below))
    terms = gain_terms(problem)
    mine = row[terms.row] >= 0
    rows = Rows(
        rule="shortfall",
        terms=(
            Terms("shortfall", np.arange(len(below)), np.arange(len(below)), np.ones(len(below))),
            Terms("serve", row[terms.row[mine]], terms.column[mine], terms.coefficient[mine]),
        ),
        sense=">=",
        bound=missing[below],
        labels=[f"shortfall {place}" for place in problem.homes[below]],
    )
    short = Variables("shortfall", np.zeros(len(below)), missing[below])
    return Goal({"shortfall": np.ones(len(below))}, variables=(short,), rows=(rows,))
