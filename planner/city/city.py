"""City: the place and its people, read, checked and projected once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.city.survey import LayerFacts


@dataclass(frozen=True)
class City:
    """Everything that the layers say, joined by id and checked; never changed afterwards.

    Attributes
    ----------
    crs
        Projected coordinate system in metres of every geometry here, such as `EPSG:32618`.
    neighbourhoods
        Polygons; index `neighbourhood` (string id, sorted); columns `label`, `population` [person],
        `geometry`, `district` where the scenario names it, and one column for each group of the
        scenario [person].
    cells
        Points; index `cell` (string id, sorted); columns `neighbourhood` (id), `population` [person],
        `geometry`, and one column for each group of the scenario [person].
    need
        The flat need table: columns `cell`, `service`, `group` (`everyone`), `period` (from 1), `future`
        (`expected`, or the name of each), `need` [unit of the service] > 0; sorted by period, future,
        service, then cell.
    sites
        Points; index `site` (string id, sorted); columns `label`, `land_m2` [m²] (infinite when
        unlimited), `neighbourhood` (id or empty), `owner` (empty where none is known),
        `acquisition_cost` [currency], `geometry`.
    candidates
        Which service can be built where: columns `service`, `site`; sorted.
    facilities
        Points; columns `service`, `facility` (string id, unique within its service), `label`,
        `capacity` [unit of the service], `quality` in (0, 1], `operating_cost` (of today
        [currency/year]), `run_by` (empty where nobody is named), `geometry`; sorted by service, facility.
    lines
        By travel mode: the streets or barriers layer of that mode, projected; streets with `road`, the
        kind of road (empty where the scenario names no column for it).
    tables
        By travel mode: the travel table of that mode; columns `origin`, `destination`, and `minutes`
        and/or `metres`.
    inputs
        SHA-256 of every file read, by its path relative to the project folder.
    notes
        What the reader should be told: what was estimated, mended, left out.
    margins
        How uncertain the counts are: columns `kind` (`group` or `need`), `name` (of the group or service),
        `layer`, `place` (id of the neighbourhood or cell), `estimate` (share of the residents in the
        group [1]; need, or need per resident) and `error` (its standard error, in its unit) > 0. Places
        that are not there are taken as exact. None where the scenario names no margins.
    changes
        What can be changed about existing facilities: columns `service`, `facility`, `change` (its name in
        the scenario), `to` (the service that it then serves; empty where it is closed). None where
        nothing can.
    later
        Neighbourhoods and cells of the second period and of those after it, as `neighbourhoods` and
        `cells` are of the first.
    heights
        By travel mode: points with `height`, the height of the ground above sea level [m], projected.
    layers
        Every file that was read, with its format, number of rows and own coordinate system.
    """

    crs: str
    neighbourhoods: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    need: pd.DataFrame
    sites: gpd.GeoDataFrame
    candidates: pd.DataFrame
    facilities: gpd.GeoDataFrame
    lines: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    margins: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    later: tuple[tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], ...] = ()
    heights: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    layers: tuple[LayerFacts, ...] = ()

    @property
    def periods(self) -> range:
        """Periods that it tells, from 1."""
        return range(1, len(self.later) + 2)

    def at(self, period: int, future: str | None = None) -> City:
        """The city as it is in one period, and as needs turn out in one future."""
        if future is not None:
            return replace(self, need=self.need[self.need["future"] == future]).at(period)
        if not self.later:
            return self
        area, home = (self.neighbourhoods, self.cells) if period == 1 else self.later[period - 2]
        need = self.need[self.need["period"] == period]
        return replace(self, neighbourhoods=area, cells=home, need=need, later=())

    def residents(self) -> pd.Series:
        """Residents [person], index cell; where there are several periods, index (period, cell)."""
        people: pd.Series = self.cells["population"]
        if self.later:
            parts = {period: self.at(period).cells["population"] for period in self.periods}
            people = pd.concat(parts, names=["period"])
        return people

    def served_from(self, services: Sequence[str]) -> gpd.GeoDataFrame:
        """Existing facilities that serve one of these services, or could; columns service, place, geometry.

        Those that could be repurposed stand after those that serve it today.
        """
        columns = ["service", "facility", "geometry"]
        today = self.facilities.loc[self.facilities["service"].isin(services), columns]
        if self.changes is None:
            return today.rename(columns={"facility": "place"})
        repurposed = self.changes["to"].isin(services) & (self.changes["to"] != self.changes["service"])
        other = self.changes[repurposed]
        own = self.facilities.set_index(["service", "facility"]).geometry
        moved = gpd.GeoDataFrame(
            {"service": other["to"].to_numpy(), "facility": other["facility"].to_numpy()},
            geometry=own.loc[pd.MultiIndex.from_frame(other[["service", "facility"]])].to_numpy(),
            crs=self.facilities.crs,
        )
        both = pd.concat([today, moved.drop_duplicates(["service", "facility"])], ignore_index=True)
        return both.rename(columns={"facility": "place"})
