"""Sites, where something can be built, and facilities, which serve today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.city.shapes import shapes
from planner.city.where import locate
from planner.scenario.places import Everywhere

if TYPE_CHECKING:
    from planner.city.source import Source
    from planner.scenario.schema import Existing, Sites

SAME_POINT = 1.0
"""Two points this near are the same place [m]."""


@dataclass(frozen=True)
class Placed:
    """A checked layer of points of one service: rows in the order of the file, `own` geometry as read."""

    service: str
    source: Source
    table: pd.DataFrame
    own: gpd.GeoSeries

    def on(self, crs: str) -> gpd.GeoDataFrame:
        """Return the rows with their points in the city's coordinate system."""
        return gpd.GeoDataFrame(self.table, geometry=self.own.to_crs(crs).to_numpy(), crs=crs)


def sites(source: Source, spec: Sites) -> Placed:
    """Sites of a service: id, label, land [m²], owner, cost of acquiring it [currency]."""
    ids = source.ids(spec.id)
    table = {
        "site": ids,
        "label": _label(source, spec.label, ids),
        "land_m2": source.figure(spec.land_m2),
        "owner": _name(source, spec.owner),
        "acquisition_cost": source.figure(spec.acquisition_cost),
    }
    return Placed(source.ask.trail[1], source, pd.DataFrame(table), shapes(source, "points"))


def facilities(source: Source, spec: Existing) -> Placed:
    """Facilities of a service: id, label, capacity, quality in (0, 1], yearly cost, as in `City`."""
    ids = source.ids(spec.id)
    if spec.quality == 0:
        source.findings.add(
            "a quality of 0 serves nobody; it must be above 0 and at most 1", source.where("quality")
        )
    table = {
        "service": source.ask.trail[1],
        "facility": ids,
        "label": _label(source, spec.label, ids),
        "capacity": source.figure(spec.capacity),
        "quality": source.figure(spec.quality, "above zero", 1.0),
        "operating_cost": source.figure(spec.operating_cost),
        "run_by": _name(source, spec.run_by),
    }
    return Placed(source.ask.trail[1], source, pd.DataFrame(table), shapes(source, "points"))


def _label(source: Source, column: str | None, ids: pd.Series[str]) -> pd.Series[str]:
    label = source.text(column)
    return label.where(label != "", ids)


def _name(source: Source, given: str | Everywhere | None) -> pd.Series[str]:
    """One name for all rows, or those of a column; empty where nothing is given."""
    if isinstance(given, Everywhere):
        return pd.Series([given.all] * len(source), dtype="str")
    return source.text(given)


def all_sites(placed: list[Placed], areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Join the sites of all services: each site once, and which service can be built where.

    Returns
    -------
    tuple
        `sites` and `candidates`, as in `City`.
    """
    crs = str(areas.crs)
    parts: dict[tuple[object, ...], tuple[Placed, gpd.GeoDataFrame]] = {}
    for part in sorted(placed, key=_telling):
        key = part.source.ask.key
        if key in parts:
            _same_description(parts[key][0], part)
        else:
            _same_sites(list(parts.values()), part, part.on(crs))
            parts[key] = (part, part.on(crs))
    dtypes = {"site": "str", "label": "str", "land_m2": "float64"}
    dtypes |= {"owner": "str", "acquisition_cost": "float64"}
    empty = gpd.GeoDataFrame({name: [] for name in dtypes}, geometry=[], crs=crs)
    joined = pd.concat([part for _, part in parts.values()]) if parts else empty.astype(dtypes)
    joined = joined.drop_duplicates("site").sort_values("site", kind="stable").set_index("site")
    found = locate(joined.geometry.to_numpy(), areas)[0]
    names = np.append(areas.index.to_numpy(object), "")
    joined.insert(2, "neighbourhood", pd.Series(names[found], index=joined.index, dtype="str"))
    pairs = [(part.service, site) for part in placed for site in part.table["site"]]
    candidates = pd.DataFrame(pairs, columns=["service", "site"], dtype="str")
    return joined, candidates.sort_values(["service", "site"], kind="stable").reset_index(drop=True)


def _telling(part: Placed) -> tuple[bool, str]:
    """Layers with labels first, so that the order of services changes nothing."""
    return getattr(part.source.ask.spec, "label", None) is None, part.service


def _same_description(first: Placed, second: Placed) -> None:
    """Check that services which share a file of sites describe it alike, or its land counts twice."""
    for key in ("id", "land_m2", "owner", "acquisition_cost", "x", "y", "crs"):
        one, other = (_written(part, key) for part in (first, second))
        if one != other:
            message = (
                f"`{second.service}` has `{key}` of `{second.source.raw.name}` "
                f"as {other}, `{first.service}` as {one}"
            )
            hint = "services that share a file of sites must describe it alike"
            second.source.findings.add(message, second.source.where(key), hint)


def _written(part: Placed, key: str) -> str:
    value = getattr(part.source.ask.spec, key)
    return "not given" if value is None else f"`{value}`"


def _same_sites(
    earlier: list[tuple[Placed, gpd.GeoDataFrame]], part: Placed, points: gpd.GeoDataFrame
) -> None:
    """Check that a site that stands in two files lies at the same point with the same land."""
    for first, theirs in earlier:
        both = points.reset_index(names="row").merge(theirs, on="site", suffixes=("", "_first"))
        away = shapely.distance(both["geometry"].to_numpy(), both["geometry_first"].to_numpy())
        for twin, metres in zip(both.itertuples(), away, strict=True):
            name = first.source.raw.name
            if metres > SAME_POINT:
                message = f"the site {twin.site!r} also stands in `{name}`, {metres:,.0f} m away"
                part.source.rows(np.array([twin.row]), [message], "give different sites different ids")
            elif twin.land_m2 != twin.land_m2_first:
                message = (
                    f"the site {twin.site!r} has {twin.land_m2:g} m² here "
                    f"and {twin.land_m2_first:g} m² in `{name}`"
                )
                part.source.rows(np.array([twin.row]), [message], "give it the same land in both files")
            elif (twin.owner, twin.acquisition_cost) != (twin.owner_first, twin.acquisition_cost_first):
                message = f"the site {twin.site!r} has another owner or cost of acquiring it in `{name}`"
                part.source.rows(np.array([twin.row]), [message], "tell the same in both files")


def all_facilities(placed: list[Placed], candidates: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Join the facilities of all services, as in `City`; ids differ from those of the service's sites."""
    for part in placed:
        mine = set(candidates.loc[candidates["service"] == part.service, "site"])
        clash = np.flatnonzero(part.table["facility"].isin(mine))
        told = [f"the facility and a site of `{part.service}` have the same id" for _ in clash]
        part.source.rows(clash, told, "give them different ids, so that reports tell them apart")
    if not placed:
        dtypes = dict.fromkeys(["service", "facility", "label"], "str")
        dtypes |= dict.fromkeys(["capacity", "quality", "operating_cost"], "float64") | {"run_by": "str"}
        table = pd.DataFrame({name: [] for name in dtypes})
        return gpd.GeoDataFrame(table.astype(dtypes), geometry=[], crs=crs)
    joined = pd.concat([part.on(crs) for part in placed])
    return joined.sort_values(["service", "facility"], kind="stable").reset_index(drop=True)
