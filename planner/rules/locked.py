"""Rule: something is built for certain."""

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

Modules = Annotated[int, Field(ge=1)]


@constraint(unit="modules")
def formulate(
    problem: Problem, *, service: str, site: str, option: str | None = None, modules: Modules = 1
) -> Block:
    r"""Something is built for certain, in one size or in any.

    .. math:: \sum_{j \in (s, site)} open_j \ge m
    """
    mine = candidates_at(problem, service, site, option)
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
    outcome: Outcome, *, service: str, site: str, option: str | None = None, modules: int = 1
) -> NDArray[np.float64]:
    """Modules that are missing."""
    built = outcome.modules[candidates_at(outcome.problem, service, site, option)].sum()
    over: NDArray[np.float64] = np.maximum(np.array([modules - built]), 0.0)
    return over
