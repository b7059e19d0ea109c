"""Rule: one budget for all services together, for building and for running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

KINDS = (("capital", "capital_cost"), ("operating", "operating_cost"))


@constraint(unit="currency", always=True)
def formulate(problem: Problem) -> Block:
    r"""One budget for all services, for building and for running.

    .. math:: \sum_j c_j \, open_j \le C \qquad \sum_j o_j \, open_j \le O

    What a change or a closure of an existing facility saves a year can be spent elsewhere.
    """
    rows = []
    for kind, column in KINDS:
        bound = float(getattr(problem, kind))
        cost = problem.providers[column].to_numpy(float)
        costly = np.flatnonzero(cost)
        most = float(np.maximum(cost, 0.0) @ problem.providers["most"])
        if np.isfinite(bound) and len(costly):
            rows.append(
                Rows(
                    rule=f"{kind} budget",
                    terms=(Terms("open", np.zeros(len(costly), int), costly, cost[costly]),),
                    sense="<=",
                    bound=np.array([min(bound, most)]),
                    labels=[f"{kind} budget"],
                    give=f"raise the {kind} budget from {{now}} to {{needed}} {problem.currency}",
                    now=bound,
                )
            )
    return Block(tuple(rows))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Money beyond the budget, capital and operating [currency]."""
    providers = outcome.problem.providers
    spent = [float(providers[column] @ outcome.modules) for _, column in KINDS]
    given = [outcome.problem.capital, outcome.problem.operating]
    over: NDArray[np.float64] = np.maximum(np.array(spent) - np.array(given), 0.0)
    return over
