"""Sites that have to be acquired before anything is built on them: which are used, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.problem.blocks import Rows, Terms, Variables
from planner.problem.choice import CHOSEN, chosen_by
from planner.problem.standing import built
from planner.problem.years import begun, first_future

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

USED = "used"
FOLLOWING = frozenset({CHOSEN, USED})
"""Families whose values follow from the modules."""


def site_of(problem: Problem) -> Whole:
    """Position of the site of each provider that would be built, −1 for others, shape (providers,)."""
    at = pd.Index(problem.sites["site"]).get_indexer(pd.Index(problem.providers["place"]))
    return np.where(built(problem), at, -1).astype(np.int64)


def _first_site_of(problem: Problem) -> Whole:
    """As `site_of`, for the first future alone: a site is acquired once for all of them."""
    return np.where(first_future(problem), site_of(problem), -1)


def to_acquire(problem: Problem) -> tuple[Whole, Floats]:
    """Positions of the sites that cost something and could be used, and what they cost [currency]."""
    cost = problem.sites["acquisition_cost"].to_numpy(np.float64)
    sites = np.unique(site_of(problem))
    sites = sites[sites >= 0]
    sites = sites[cost[sites] > 0]
    return sites, cost[sites]


def purchases(problem: Problem) -> tuple[Whole, Floats, Whole]:
    """Site (position), cost [currency] and period of each variable `used`: when a site could be acquired."""
    sites, cost = to_acquire(problem)
    periods = np.arange(1, problem.periods + 1)
    return np.repeat(sites, len(periods)), np.repeat(cost, len(periods)), np.tile(periods, len(sites))


def use(problem: Problem) -> tuple[tuple[Variables, ...], tuple[Rows, ...]]:
    """Variable `used` of each site that costs something, and rows that make it true where it is used.

    Where there are several periods, of each site and period in which it could be acquired: when work on it
    begins, or before.
    """
    sites, _, period = purchases(problem)
    if not len(sites):
        return (), ()
    at, start = _first_site_of(problem), begun(problem)
    mine = np.flatnonzero(np.isin(at, sites))
    index, most = np.arange(len(mine)), problem.providers["most"].to_numpy(np.float64)[mine]
    row, bought = np.nonzero((at[mine][:, None] == sites) & (start[mine][:, None] >= period))
    rows = Rows(
        rule="used",
        terms=(Terms("open", index, mine, np.ones(len(mine))), Terms(USED, row, bought, -most[row])),
        sense="<=",
        bound=np.zeros(len(mine)),
        labels=[f"used for {name}" for name in problem.names[mine]],
    )
    return (Variables(USED, np.zeros(len(sites)), np.ones(len(sites)), integer=True),), (rows,)


def following(problem: Problem, modules: Floats) -> dict[str, Floats]:
    """Values of the families that follow from these modules, by family."""
    sites, _, period = purchases(problem)
    at, start = _first_site_of(problem), begun(problem)
    first = np.full(len(problem.sites), np.inf)
    some = (modules > 0) & (at >= 0)
    np.minimum.at(first, at[some], start[some])
    taken = (first[sites] == period).astype(np.float64)
    return {CHOSEN: chosen_by(problem, modules), USED: taken}


def acquisition(problem: Problem, modules: Floats) -> Floats:
    """Cost of the site, told at the first provider on each site used, shape (providers,) [currency].

    The first is that on which work begins first, and of several the first by its id.
    """
    cost = problem.sites["acquisition_cost"].to_numpy(np.float64)
    at = np.where(modules > 0, _first_site_of(problem), -1)
    used = np.flatnonzero(at >= 0)
    names = problem.providers["provider"].to_numpy(str)[used]
    order = used[np.lexsort((problem.when[used], names, begun(problem)[used]))]
    _, first = np.unique(at[order], return_index=True)
    told = np.zeros(len(modules))
    told[order[first]] = cost[at[order[first]]]
    return told
