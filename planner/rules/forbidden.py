"""Rule: nothing is built at some sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.naming import candidates_at, period_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Sites = Annotated[list[str], Field(min_length=1)]


def _barred(problem: Problem, sites: list[str], service: str | None, before: str | None) -> NDArray[np.int64]:
    mine = np.unique(np.concatenate([candidates_at(problem, service, site) for site in sites]))
    return mine if before is None else mine[problem.when[mine] < period_named(problem, before)]


@constraint(unit="modules")
def formulate(
    problem: Problem, *, sites: Sites, service: str | None = None, before: str | None = None
) -> Block:
    r"""Nothing is built at these sites, of one service or of any.

    .. math:: open_j \le 0

    Parameters
    ----------
    sites
        Ids of sites, or of existing facilities that are not to be changed.
    service
        The service; any where none is named.
    before
        The period from which something may be in use there after all; never where none is named.
    """
    mine = _barred(problem, sites, service, before)
    row = np.arange(len(mine))
    rows = Rows(
        rule=f"forbidden sites of {service or 'all services'}",
        terms=(Terms("open", row, mine, np.ones(len(mine))),),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"forbidden {name}" for name in problem.names[mine]],
        give=f"allow up to {{needed}} modules at forbidden sites of {service or 'all services'}",
    )
    return Block((rows,))


def evaluate(
    outcome: Outcome, *, sites: list[str], service: str | None = None, before: str | None = None
) -> NDArray[np.float64]:
    """Modules built where none may be."""
    return np.maximum(outcome.modules[_barred(outcome.problem, sites, service, before)], 0.0)
