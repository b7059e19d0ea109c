"""Rule: two services are not built at one site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows
from planner.problem.choice import choice, chosen_terms
from planner.problem.naming import service_named
from planner.problem.standing import built
from planner.problem.years import lasting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]


def _rivals(problem: Problem, service: str, other: str) -> tuple[Whole, Whole]:
    """Every two candidates of the two services at one site."""
    first, second = service_named(problem, service), service_named(problem, other)
    if first == second:
        raise InputFault(Fault(f"`excludes` needs two services (got {first} twice)"))
    providers = problem.providers
    new, place = built(problem) & lasting(problem), providers["place"].to_numpy(object)
    mine, others = (
        np.flatnonzero(new & (providers["service"] == name).to_numpy()) for name in (first, second)
    )
    one, two = np.nonzero(place[mine][:, None] == place[others][None, :])
    return mine[one], others[two]


@constraint(unit="facilities", reference="conflict rows: Nemhauser & Wolsey (1988)")
def formulate(problem: Problem, *, service: str, other: str) -> Block:
    r"""Two services are not built at one site, as homes beside a waste yard.

    .. math:: chosen_j + chosen_k \le 1 \quad \text{at one site}

    Parameters
    ----------
    service, other
        The two services.
    """
    one, two = _rivals(problem, service, other)
    variables, links = choice(problem)
    row, names = np.arange(len(one)), problem.names
    rows = Rows(
        rule=f"{service} excludes {other}",
        terms=(*chosen_terms(problem, row, one), *chosen_terms(problem, row, two)),
        sense="<=",
        bound=np.ones(len(one)),
        labels=[f"excludes {names[j]} beside {names[k]}" for j, k in zip(one, two, strict=True)],
        give=f"allow {{needed}} instead of {{now}} of {service} and {other} at one site",
        now=1.0,
    )
    return Block((rows, *links), variables)


def evaluate(outcome: Outcome, *, service: str, other: str) -> NDArray[np.float64]:
    """Pairs of facilities that stand at one site and may not."""
    one, two = _rivals(outcome.problem, service, other)
    chosen = (outcome.modules > 0).astype(float)
    both: NDArray[np.float64] = np.maximum(chosen[one] + chosen[two] - 1.0, 0.0)
    return both
