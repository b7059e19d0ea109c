"""Rule: something is built for certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.naming import candidates_at, period_named
from planner.problem.years import first_future

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Modules = Annotated[int, Field(ge=1)]


def _mine(problem: Problem, service: str, site: str, option: str | None, by: str | None) -> NDArray[np.int64]:
    """Candidates in use in the period by which it is built."""
    mine, period = candidates_at(problem, service, site, option), period_named(problem, by)
    now = (problem.when == period) & first_future(problem)
    there: NDArray[np.int64] = mine[now[mine]]
    if not len(there):
        hint = "it takes `opens_after` periods to open: name a later one"
        raise InputFault(Fault(f"{service} at `{site}` cannot be in use by {by}", hint=hint))
    return there


@constraint(unit="modules")
def formulate(
    problem: Problem,
    *,
    service: str,
    site: str,
    option: str | None = None,
    modules: Modules = 1,
    by: str | None = None,
) -> Block:
    r"""Something is built for certain, in one size or in any.

    .. math:: \sum_{j \in (s, site)} open_j \ge m

    Parameters
    ----------
    service, site, option
        What, and where; a change of an existing facility is an option at the facility.
    modules
        How many modules of it.
    by
        The period in which it is in use at the latest; the last where none is named.
    """
    mine = _mine(problem, service, site, option, by)
    what = f"{option or 'any option'} of {service} at {site}"
    rows = Rows(
        rule=f"locked {service} at {site}",
        terms=(Terms("open", np.zeros(len(mine), int), mine, np.ones(len(mine))),),
        sense=">=",
        bound=np.array([float(modules)]),
        labels=[f"locked {service} at {site}"],
        give=f"insist on {{needed}} instead of {{now}} modules of {what}",
        now=float(modules),
    )
    return Block((rows,))


def evaluate(
    outcome: Outcome,
    *,
    service: str,
    site: str,
    option: str | None = None,
    modules: int = 1,
    by: str | None = None,
) -> NDArray[np.float64]:
    """Modules that are missing."""
    built = outcome.modules[_mine(outcome.problem, service, site, option, by)].sum()
    over: NDArray[np.float64] = np.maximum(np.array([modules - built]), 0.0)
    return over
