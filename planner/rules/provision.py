"""Rule: everybody is counted once, nobody is served beyond capacity or at a closed site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

RULES = ("counted", "capacity")
"""Names of the rows below."""


@constraint(unit="unit of the service", always=True)
def formulate(problem: Problem) -> Block:
    r"""Everybody is counted once, and nobody is served beyond capacity.

    .. math::
        \sum_j serve_{ij} \le n_i \qquad \sum_i serve_{ij} \le q_j \, open_j
    """
    pair = np.arange(len(problem.pairs))
    ones = np.ones(len(pair))
    provider = np.arange(len(problem.providers))
    capacity = problem.useful_capacity
    counted = Rows(
        rule="counted",
        terms=(Terms("serve", problem.need_point, pair, ones),),
        sense="<=",
        bound=problem.amount,
        labels=[f"need {s} in {c}" for s, c in zip(problem.need["service"], problem.cells, strict=True)],
    )
    filled = Rows(
        rule="capacity",
        terms=(
            Terms("serve", problem.provider, pair, ones),
            Terms("open", provider, provider, -capacity),
        ),
        sense="<=",
        bound=np.zeros(len(provider)),
        labels=[f"capacity {name}" for name in problem.names],
    )
    return Block((counted, filled))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Need served twice, beyond capacity, at a closed site, or less than nobody [unit of the service]."""
    problem = outcome.problem
    capacity = problem.providers["capacity"].to_numpy(float) * outcome.modules
    parts = (outcome.reached - problem.amount, outcome.used - capacity, -outcome.served)
    return np.maximum(np.concatenate(parts), 0.0)


def tight(problem: Problem, pair: NDArray[np.int64]) -> Rows:
    r"""Tight rows :math:`serve_{ij} \le \min(n_i, q_j) \, open_j` of some pairs (n,): implied, but strong."""
    provider = problem.provider[pair]
    capacity = problem.providers["capacity"].to_numpy(float)[provider]
    most = np.minimum(problem.amount[problem.need_point[pair]], capacity)
    row = np.arange(len(pair))
    return Rows(
        rule="closed",
        terms=(Terms("serve", row, pair, np.ones(len(pair))), Terms("open", row, provider, -most)),
        sense="<=",
        bound=np.zeros(len(pair)),
        labels=[f"closed {k}" for k in pair],
    )


def open_within_reach(problem: Problem) -> Rows:
    r"""Rows :math:`\sum_j serve_{ij} \le n_i \sum_j open_j` of need points that only unlimited places serve.

    They are sums of tight rows, one for each need point, and where capacity is no limit about as strong.
    """
    unlimited = problem.providers["unlimited"].to_numpy(bool)[problem.provider]
    limited = np.bincount(problem.need_point, ~unlimited, len(problem.need)) > 0
    points = np.flatnonzero(~limited & (np.bincount(problem.need_point, minlength=len(problem.need)) > 0))
    row = np.full(len(problem.need), -1)
    row[points] = np.arange(len(points))
    pair = np.flatnonzero(row[problem.need_point] >= 0)
    at, amount = row[problem.need_point[pair]], problem.amount[problem.need_point[pair]]
    return Rows(
        rule="closed",
        terms=(
            Terms("serve", at, pair, np.ones(len(pair))),
            Terms("open", at, problem.provider[pair], -amount),
        ),
        sense="<=",
        bound=np.zeros(len(points)),
        labels=[f"closed around {cell}" for cell in problem.cells[points]],
    )
