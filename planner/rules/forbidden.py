"""Rule: nothing is built at some sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.naming import candidates_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Sites = Annotated[list[str], Field(min_length=1)]


def _barred(problem: Problem, sites: list[str], service: str | None) -> NDArray[np.int64]:
    return np.unique(np.concatenate([candidates_at(problem, service, site) for site in sites]))


@constraint(unit="modules")
def formulate(problem: Problem, *, sites: Sites, service: str | None = None) -> Block:
    r"""Nothing is built at these sites, of one service or of any.

    .. math:: open_j \le 0
    """
    mine = _barred(problem, sites, service)
    row = np.arange(len(mine))
    rows = Rows(
        rule=f"forbidden sites of {service or 'all services'}",
        terms=(Terms("open", row, mine, np.ones(len(mine))),),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"forbidden {name}" for name in problem.providers["provider"].to_numpy()[mine]],
        give=f"allow up to {{needed}} modules at forbidden sites of {service or 'all services'}",
    )
    return Block((rows,))


def evaluate(outcome: Outcome, *, sites: list[str], service: str | None = None) -> NDArray[np.float64]:
    """Modules built where none may be."""
    return np.maximum(outcome.modules[_barred(outcome.problem, sites, service)], 0.0)
