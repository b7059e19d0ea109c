"""Groups of residents in the question: who of a place belongs to them, and how much of its need is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import unknown
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

PREFIX = "group:"
REST = "rest"
"""Everybody who is not in the other group, unless the city has a group of that name."""


def with_groups(
    scenario: Scenario, city: City, places: pd.DataFrame, need: pd.DataFrame, place_of: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add a column for each group: to places its people [person], to need its part [unit of the service].

    The group's part of a need is its share of the residents of the cell, as in the indicators.
    """
    cells = city.cells
    people = cells["population"].to_numpy(np.float64)
    at = place_of.reindex(cells.index).to_numpy(np.int64)
    lived = at >= 0
    for name in scenario.city.groups:
        count = cells[name].to_numpy(np.float64)
        share = np.divide(count, people, out=np.zeros(len(people)), where=people > 0)
        own = np.bincount(at[lived], count[lived], len(places))
        part = share[cells.index.get_indexer(need["cell"])] * need["need"].to_numpy(np.float64)
        places, need = places.assign(**{PREFIX + name: own}), need.assign(**{PREFIX + name: part})
    return places, need


@dataclass(frozen=True)
class Group:
    """One group: its people in each place [person], and its part of each need [unit of the service]."""

    people: Floats
    need: Floats

    def of_places(self, mine: NDArray[np.bool_]) -> Floats:
        """Share of the group in some places that lives in each of them, shape (places,)."""
        own = np.where(mine, self.people, 0.0)
        share: Floats = own / own.sum()
        return share

    def of_need(self, mine: NDArray[np.bool_]) -> Floats:
        """Share of the group's need of some need points that is in each of them, shape (need points,)."""
        own = np.where(mine, self.need, 0.0)
        share: Floats = own / own.sum()
        return share


def two_groups(problem: Problem, group: str, other: str) -> tuple[Group, Group]:
    """The two groups of those names; `rest` is everybody who is not in the first.

    Raises
    ------
    InputFault
        For names that are unknown, or the same.
    """
    if group == other:
        message = "needs two groups, or one beside the rest"
        raise InputFault(Fault(f"a gap between `{group}` and itself {message}"))
    first = _named(problem, group)
    known = REST not in _known(problem)
    if other == REST and known:
        population = problem.places["population"].to_numpy(np.float64)
        people, need = population - first.people, problem.amount - first.need
        return first, Group(np.maximum(people, 0.0), np.maximum(need, 0.0))
    return first, _named(problem, other)


def _known(problem: Problem) -> list[str]:
    return [name.removeprefix(PREFIX) for name in problem.places.columns if name.startswith(PREFIX)]


def _named(problem: Problem, name: str) -> Group:
    known = _known(problem)
    if not known:
        hint = "name it, with the column of its people, under `city.groups`"
        raise InputFault(Fault(f"unknown group `{name}`: the city tells no groups apart", hint=hint))
    if name not in known:
        raise InputFault(unknown("group", name, known))
    column = PREFIX + name
    return Group(problem.places[column].to_numpy(np.float64), problem.need[column].to_numpy(np.float64))
