"""View: the city at one moment as one service serves it, in arrays by cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.city.city import City
    from planner.distribution import Floats

ALL = "all"
"""Name of the view of all services together."""


@dataclass(frozen=True)
class View:
    """What a measure is told of one moment; every array has one entry for each of the city's cells.

    Attributes
    ----------
    city
        The place and its people.
    services
        Index `service`; columns `unit`, `weight` (ω), `scale` (k), `standard`, `limit`,
        `travel_unit`, `meaning`.
    points
        Need and outcome at this moment, of all services (columns of `frames.NEED_POINTS`).
    assignment
        Who is served where at this moment, of all services (columns of `frames.ASSIGNMENT`).
    facilities
        What is open at this moment (columns of `frames.FACILITIES`).
    judged
        Id of the place in which each cell's people are judged: its own, or its neighbourhood's.
    service
        The service that is looked at; `all` for all together.
    pairs
        Where known, who is within the limit of whom: columns `cell`, `provider`, `travel`, and `service`.
    earlier
        The same view of the time before the plan; None for that time itself.
    drawn
        Where given, figures by (service, column) that stand for those of the tables, such as a draw of
        need and what is served of it.
    within
        Where given, `open_pairs` by service, so that they are joined once for many draws.
    """

    city: City
    services: pd.DataFrame
    points: pd.DataFrame
    assignment: pd.DataFrame
    facilities: pd.DataFrame
    judged: pd.Series
    service: str = ALL
    pairs: pd.DataFrame | None = None
    earlier: View | None = field(default=None, repr=False)
    drawn: Mapping[tuple[str, str], Floats] | None = field(default=None, repr=False)
    within: Mapping[str, pd.DataFrame] | None = field(default=None, repr=False)

    def of(self, service: str) -> View:
        """Return the same moment, looking at one service."""
        earlier = None if self.earlier is None else self.earlier.of(service)
        return replace(self, service=service, earlier=earlier)

    @property
    def cells(self) -> pd.Index:
        """Ids of the cells, in the order of every array."""
        cells: pd.Index = self.city.cells.index
        return cells

    @cached_property
    def residents(self) -> Floats:
        """Residents [person]."""
        people: Floats = self.city.cells["population"].to_numpy(np.float64)
        return people

    @cached_property
    def need(self) -> Floats:
        """Need of the service [unit of the service]."""
        return self._points("need")

    @cached_property
    def reached(self) -> Floats:
        """Need served at any quality [unit of the service]."""
        return self._points("reached")

    @cached_property
    def quality_weighted(self) -> Floats:
        """Need served, times quality [unit of the service]."""
        return self._points("quality_weighted")

    @cached_property
    def unmet(self) -> Floats:
        """Need not served [unit of the service]."""
        return self._points("unmet")

    @cached_property
    def travelled(self) -> Floats:
        """Travel of all who are served together [unit of the service × min or m]."""
        if self.drawn is not None:
            return self.drawn[self.service, "travelled"]
        mine = self.assignment[self.assignment["service"] == self.service]
        return self.by_cell(mine["cell"], (mine["served"] * mine["travel"]).to_numpy(np.float64))

    @cached_property
    def open_pairs(self) -> pd.DataFrame:
        """Cells (by position) and open providers near: `cell`, `provider`/`code`, `travel`, `capacity`."""
        if self.within is not None:
            return self.within[self.service]
        if self.pairs is None:
            raise LookupError(self.service)
        mine = self.pairs[self.pairs["service"] == self.service]
        both = mine.merge(self.facilities[["provider", "capacity"]], on="provider")
        code = pd.factorize(both["provider"], sort=True)[0]
        both = both.assign(cell=self.cells.get_indexer(pd.Index(both["cell"])), code=code)
        return both[both["cell"] >= 0]

    def standard(self, column: Literal["standard", "limit", "weight", "scale"]) -> float:
        """Return a figure of the service that is looked at."""
        return float(self.services[column][self.service])

    def concerned(self, weight: Literal["need", "residents", "served", "places"]) -> Floats:
        """Return how many each cell stands for [unit of the service, person, or place]."""
        if weight == "places":
            return np.ones(len(self.cells))
        if weight == "residents":
            return self.residents
        return self.need if weight == "need" else self.reached

    def by_cell(self, cells: pd.Series, amounts: Floats) -> Floats:
        """Sum of amounts by cell."""
        position = self.cells.get_indexer(pd.Index(cells))
        known = position >= 0
        total: Floats = np.bincount(position[known], amounts[known], len(self.cells))
        return total

    def _points(self, column: str) -> Floats:
        if self.drawn is not None:
            return self.drawn[self.service, column]
        mine = self.points[self.points["service"] == self.service]
        return self.by_cell(mine["cell"], mine[column].to_numpy(np.float64))


def each(amount: Floats, of: Floats) -> Floats:
    """Quotient by cell; NaN where there is nothing to divide by."""
    share: Floats = np.divide(amount, of, out=np.full(len(of), np.nan), where=of > 0)
    return share
