"""Rule: one service is built only where another is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.choice import choice, chosen_terms
from planner.problem.naming import candidates_at, service_named
from planner.problem.standing import new_place, serves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]


def _dependent(problem: Problem, service: str, site: str | None) -> Whole:
    """Candidates that need something, of the service at the site or at all sites."""
    if site is not None:
        mine = candidates_at(problem, service, site)
        return mine[serves(problem)[mine]]
    providers = problem.providers
    of_service = (providers["service"] == service_named(problem, service)).to_numpy(bool)
    return np.flatnonzero(of_service & new_place(problem))


def _pairs(
    problem: Problem, service: str, needs: str, site: str | None, at: str | None
) -> tuple[Whole, Whole, Whole]:
    """Candidates that need something; row and position of each provider that would do for one of them."""
    mine = _dependent(problem, service, site)
    name = service_named(problem, needs)
    places = problem.providers["place"].to_numpy(object)
    known = (problem.providers["service"] == name).to_numpy() & serves(problem)
    if at is not None and not (known & (places == at)).any():
        raise InputFault(Fault(f"nothing of {needs} stands or can be built at `{at}`"))
    wanted = places[mine] if at is None else np.full(len(mine), at, dtype=object)
    together = problem.moment[mine][:, None] == problem.moment[None, :]
    row, other = np.nonzero((wanted[:, None] == places[None, :]) & known[None, :] & together)
    return mine, row, other


@constraint(unit="facilities", reference="precedence rows: Nemhauser & Wolsey (1988)")
def formulate(
    problem: Problem, *, service: str, needs: str, site: str | None = None, at: str | None = None
) -> Block:
    r"""One service is built only where another is built or stands, as a standpipe needs its main.

    .. math:: chosen_j \le \sum_{k \in needs, \; place_k = at} chosen_k

    A facility that is repurposed for the service needs it as one that is built does; one that serves it
    today does not, changed or not. What is closed does not do for another.

    Parameters
    ----------
    service
        What needs something.
    needs
        The service that is needed.
    site
        The site of what needs something; every site where it is left out.
    at
        Site or existing facility of what is needed; the same site where it is left out.
    """
    mine, row, other = _pairs(problem, service, needs, site, at)
    variables, links = choice(problem)
    held = tuple(Terms(t.family, t.row, t.column, -t.coefficient) for t in chosen_terms(problem, row, other))
    rows = Rows(
        rule=f"{service} requires {needs}",
        terms=(*chosen_terms(problem, np.arange(len(mine)), mine), *held),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"requires {needs} for {name}" for name in problem.names[mine]],
        give=f"allow {{needed}} of {service} at a site without {needs}",
    )
    return Block((rows, *links), variables)


def evaluate(
    outcome: Outcome, *, service: str, needs: str, site: str | None = None, at: str | None = None
) -> NDArray[np.float64]:
    """Facilities without what they need."""
    mine, row, other = _pairs(outcome.problem, service, needs, site, at)
    chosen = (outcome.modules > 0).astype(float)
    return np.maximum(chosen[mine] - np.bincount(row, chosen[other], len(mine)), 0.0)
