"""Rule: nobody is worse off than in the period before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.wellbeing import gain_terms, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]

Share = Annotated[float, Field(ge=0, le=1)]


def _after(problem: Problem) -> tuple[Whole, Whole]:
    """Positions of places in one period after another, and of the same place in the period before."""
    if problem.years is None:
        message = "nobody can be worse off than in the period before: there is one period only"
        raise InputFault(Fault(message, hint="name the `periods` of the plan, or leave the rule out"))
    key = ["place", "period", "future"]
    table = problem.places[key]
    before = pd.MultiIndex.from_frame(table).get_indexer(
        pd.MultiIndex.from_frame(table.assign(period=table["period"] - 1))
    )
    mine = np.flatnonzero(before >= 0)
    return mine, np.asarray(before[mine], np.int64)


@constraint(unit="1")
def formulate(problem: Problem, *, at_most: Share = 0.0) -> Block:
    r"""Nobody is worse off than in the period before.

    .. math:: W_{a,t} \ge W_{a,t-1} - loss

    The wellbeing of no place falls from one period to the next, wherever people live in both. Where needs
    grow faster than can be built it cannot be kept: then say how large a loss may be.

    Parameters
    ----------
    at_most
        loss, by which wellbeing may fall at most.
    """
    plain = problem.plain
    mine, before = _after(plain)
    row = np.full(len(plain.places), -1)
    gains, people, low = gain_terms(plain), plain.population, unserved(plain)
    each = gains.coefficient / people[gains.row]
    terms = []
    for places, sign in ((mine, 1.0), (before, -1.0)):
        row[:] = -1
        row[places] = np.arange(len(places))
        own = row[gains.row] >= 0
        terms.append(Terms("serve", row[gains.row[own]], gains.column[own], sign * each[own]))
    rows = Rows(
        rule="no setback",
        terms=tuple(terms),
        sense=">=",
        bound=low[before] - low[mine] - at_most,
        labels=[f"no setback {name}" for name in plain.homes[mine]],
        give="let wellbeing fall by {needed} instead of {now} from one period to the next",
        now=at_most,
    )
    return Block((rows,))


def evaluate(outcome: Outcome, *, at_most: float = 0.0) -> NDArray[np.float64]:
    """By how much the wellbeing of each place falls too far from one period to the next."""
    plain = replace(outcome, problem=outcome.problem.plain)
    mine, before = _after(plain.problem)
    wellbeing = plain.wellbeing
    return np.maximum(wellbeing[before] - wellbeing[mine] - at_most, 0.0)
