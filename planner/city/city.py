"""City: the place and its people, read, checked and projected once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd


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
        The flat need table: columns `cell`, `service`, `group` (`everyone`), `period` (1), `future`
        (`expected`), `need` [unit of the service] > 0; sorted by service, then cell.
    sites
        Points; index `site` (string id, sorted); columns `label`, `land_m2` [m²] (infinite when
        unlimited), `neighbourhood` (id or empty), `geometry`.
    candidates
        Which service can be built where: columns `service`, `site`; sorted.
    facilities
        Points; columns `service`, `facility` (string id, unique within its service), `label`,
        `capacity` [unit of the service], `quality` in (0, 1], `geometry`; sorted by service, facility.
    lines
        By travel mode: the streets or barriers layer of that mode, projected.
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
