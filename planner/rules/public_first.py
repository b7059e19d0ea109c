"""Rule: sites of some owners, such as the city, are used before those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import constraint, unknown
from planner.errors import InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.choice import choice, chosen_terms
from planner.problem.used import site_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Whole = NDArray[np.int64]

Owners = Annotated[list[str], Field(min_length=1)]


def _known(problem: Problem, owners: list[str]) -> None:
    known = sorted(set(problem.sites["owner"]) - {""})
    faults = [unknown("owner", name, known) for name in owners if name not in known]
    if faults:
        raise InputFault(fault for fault in faults)


def _waiting(problem: Problem, owners: list[str]) -> tuple[Whole, Whole, Whole, Whole]:
    """Candidate and site of each row; row and position of each provider that uses the site."""
    _known(problem, owners)
    at, first = site_of(problem), problem.sites["owner"].isin(owners).to_numpy(bool)
    home = problem.sites["neighbourhood"].fillna("").to_numpy(object)
    service = problem.providers["service"].to_numpy(object)
    could = np.flatnonzero(at >= 0)
    theirs = could[first[at[could]]]
    rows = [
        (j, site)
        for j in could[~first[at[could]]]
        if home[at[j]] != ""
        for site in np.unique(at[theirs[(service[theirs] == service[j]) & (home[at[theirs]] == home[at[j]])]])
    ]
    mine, sites = (np.array([pair[side] for pair in rows], np.int64) for side in (0, 1))
    together = problem.moment[mine][:, None] == problem.moment[could][None, :]
    row, which = np.nonzero((sites[:, None] == at[could][None, :]) & together)
    return mine, sites, row, could[which]


@constraint(unit="facilities")
def formulate(problem: Problem, *, owners: Owners) -> Block:
    r"""Sites of these owners come first: others' are used where none of theirs is left.

    .. math:: chosen_j \le \sum_{k \; at \; p} chosen_k \quad
              \text{for each site } p \text{ of theirs in the neighbourhood where } s_j \text{ could be built}

    In a neighbourhood a service goes to another owner's site only when every site of these owners there, at
    which it could be built, is used – by this service or by another. Sites outside all neighbourhoods wait
    for none.

    Parameters
    ----------
    owners
        Names as in the `owner` of the sites.
    """
    mine, sites, row, other = _waiting(problem, owners)
    variables, links = choice(problem)
    held = tuple(Terms(t.family, t.row, t.column, -t.coefficient) for t in chosen_terms(problem, row, other))
    names, places = problem.names, problem.sites["site"].to_numpy(object)
    rows = Rows(
        rule=f"{', '.join(owners)} first",
        terms=(*chosen_terms(problem, np.arange(len(mine)), mine), *held),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"{places[p]} before {names[j]}" for j, p in zip(mine, sites, strict=True)],
        give=f"allow {{needed}} at a site of another owner while one of {', '.join(owners)} is left",
    )
    return Block((rows, *links), variables)


def evaluate(outcome: Outcome, *, owners: list[str]) -> NDArray[np.float64]:
    """Facilities at others' sites while a site that comes first is left."""
    mine, sites, row, other = _waiting(outcome.problem, owners)
    chosen = (outcome.modules > 0).astype(float)
    used = np.minimum(np.bincount(row, chosen[other], len(sites)), 1.0)
    early: NDArray[np.float64] = np.maximum(chosen[mine] - used, 0.0)
    return early
