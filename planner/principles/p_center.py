"""Principle: the longest way that anybody has is as short as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.problem.blocks import Goal, Levels, Rows, Terms, Variables
from planner.problem.ways import SERVED, Ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

Travel = Annotated[float, Field(gt=0)]


@objective(unit="min or m", reference="Hakimi (1964); by levels: Elloumi, Labbé & Pochet (2004)")
def formulate(problem: Problem, *, service: str | None = None, unserved_travel: Travel | None = None) -> Goal:
    r"""The shortest longest way: how far those of one service go who have farthest to go.

    .. math:: \min L_0 + \sum_k (L_{k+1} - L_k)\, beyond_k, \quad
              \sum_{j : t_{ij} \le L_k} serve_{ij} \ge n_i (1 - beyond_k)

    over the distinct ways :math:`L_k`, from the longest of all nearest ways, which no plan shortens.
    Everybody counts whom any provider or site can serve within the limit; who then is not served, for
    want of a facility or of capacity, counts as `unserved_travel`, which ends the levels. Who has nothing
    within the limit is held out, whatever is built.

    Parameters
    ----------
    service
        The service; may be left out where there is one.
    unserved_travel
        Travel counted for those not served [min or m]: twice the limit unless stated.
    """
    ways = Ways.of(problem, service, unserved_travel)
    levels = _levels(ways)
    count = len(levels) - 1
    first = float(levels[0]) if len(levels) else 0.0
    if count < 1:
        return Goal({}, constant=first)
    steps = np.arange(count - 1)
    ones = np.ones(len(steps))
    falling = Rows(
        rule="levels",
        terms=(Terms("beyond", steps, steps, ones), Terms("beyond", steps, steps + 1, -ones)),
        sense=">=",
        bound=np.zeros(len(steps)),
        labels=[f"levels {k}" for k in steps],
    )
    beyond = Variables("beyond", np.zeros(count), np.ones(count), integer=True)
    rows = (_within(ways, levels), falling) if count > 1 else (_within(ways, levels),)
    return Goal({"beyond": np.diff(levels)}, first, (beyond,), rows)


def by_levels(
    problem: Problem, *, service: str | None = None, unserved_travel: float | None = None
) -> Levels:
    """Say the same as a search over levels: everybody is served by ways within one of them."""
    ways = Ways.of(problem, service, unserved_travel)
    levels = _levels(ways)
    counted = np.flatnonzero(np.isfinite(ways.nearest))
    return Levels(levels if len(levels) else np.zeros(1), counted, ways.pair, ways.travel)


def _levels(ways: Ways) -> Floats:
    """Distinct ways that could be the longest, up to what counts for those not served."""
    near = ways.nearest[np.isfinite(ways.nearest)]
    if not len(near):
        return np.zeros(0)
    possible = ways.all_travel[ways.all_travel >= near.max()]
    levels: Floats = np.unique(np.append(possible, ways.unserved))
    return levels


def _within(ways: Ways, levels: Floats) -> Rows:
    """Rows: within the last level before a need point's next way it is served, or the longest is beyond.

    A need point whose ways are not looked at has a row without any way, from level −1.
    """
    problem, last = ways.problem, len(levels) - 1
    point = problem.need_point[ways.pair]
    level = np.searchsorted(levels, np.maximum(ways.travel, levels[0]))
    reachable = np.flatnonzero(np.isfinite(ways.nearest))
    keys = np.unique(np.concatenate([point * (last + 2) + level + 1, reachable * (last + 2)]))
    of, own = keys // (last + 2), keys % (last + 2) - 1
    follows = np.append(of[1:] == of[:-1], False)
    upto = np.where(follows, np.append(own[1:], 0), last) - 1
    real = (own < last) & (upto >= 0)
    own, of, upto = own[real], of[real], upto[real]
    row, pair = _at_most(own, of, level, point)
    rows, amount = np.arange(len(of)), problem.amount[of]
    cells = problem.cells[of]
    return Rows(
        rule="within",
        terms=(Terms("serve", row, ways.pair[pair], np.ones(len(row))), Terms("beyond", rows, upto, amount)),
        sense=">=",
        bound=amount,
        labels=[f"within {cell} {levels[k]:g}" for cell, k in zip(cells, upto, strict=True)],
    )


def _at_most(own: Whole, of: Whole, level: Whole, point: Whole) -> tuple[Whole, Whole]:
    """Row and pair of every pair that is within the level of a row of its need point."""
    order = np.argsort(point, kind="stable")
    start = np.searchsorted(point[order], of, side="left")
    size = np.searchsorted(point[order], of, side="right") - start
    row = np.repeat(np.arange(len(of)), size)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    pair = order[np.repeat(start, size) + offset]
    near = level[pair] <= own[row]
    return row[near], pair[near]


def evaluate(outcome: Outcome, *, service: str | None = None, unserved_travel: float | None = None) -> float:
    """Longest way of those whom something within the limit could serve [min or m]."""
    ways = Ways.of(outcome.problem, service, unserved_travel)
    reachable = np.isfinite(ways.nearest)
    if not reachable.any():
        return 0.0
    amount, problem = outcome.problem.amount, outcome.problem
    missed = reachable & (outcome.reached < amount * (1.0 - SERVED))
    used = outcome.served[ways.pair] > SERVED * amount[problem.need_point[ways.pair]]
    longest = max(float(ways.travel[used].max(initial=0.0)), float(ways.nearest[reachable].max()))
    return ways.unserved if missed.any() else longest
