"""Rule: one budget for all services together, for building and for running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.used import USED, acquisition, to_acquire, use

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

KINDS = (("capital", "capital_cost"), ("operating", "operating_cost"))


@constraint(unit="currency", always=True)
def formulate(problem: Problem) -> Block:
    r"""One budget for all services, for building and for running.

    .. math:: \sum_j c_j \, open_j + \sum_p b_p \, used_p \le C \qquad \sum_j o_j \, open_j \le O

    The cost of acquiring a site is part of what building costs, once for each site on which anything is
    built. What a change or a closure of an existing facility saves a year can be spent elsewhere.
    """
    rows = []
    variables, links = use(problem)
    acquired = to_acquire(problem)[1]
    for kind, column in KINDS:
        bound = float(getattr(problem, kind))
        cost = problem.providers[column].to_numpy(float)
        costly = np.flatnonzero(cost)
        most = float(np.maximum(cost, 0.0) @ problem.providers["most"])
        terms: tuple[Terms, ...] = (Terms("open", np.zeros(len(costly), int), costly, cost[costly]),)
        if kind == "capital" and len(acquired):
            terms += (Terms(USED, np.zeros(len(acquired), int), np.arange(len(acquired)), acquired),)
            most += float(acquired.sum())
        if np.isfinite(bound) and most > 0:
            rows.append(
                Rows(
                    rule=f"{kind} budget",
                    terms=terms,
                    sense="<=",
                    bound=np.array([min(bound, most)]),
                    labels=[f"{kind} budget"],
                    give=f"raise the {kind} budget from {{now}} to {{needed}} {problem.currency}",
                    now=bound,
                )
            )
    if not np.isfinite(problem.capital):
        return Block(tuple(rows))
    return Block((*rows, *links), variables)


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Money beyond the budget, capital and operating [currency]."""
    providers = outcome.problem.providers
    spent = [float(providers[column] @ outcome.modules) for _, column in KINDS]
    spent[0] += float(acquisition(outcome.problem, outcome.modules).sum())
    given = [outcome.problem.capital, outcome.problem.operating]
    over: NDArray[np.float64] = np.maximum(np.array(spent) - np.array(given), 0.0)
    return over
