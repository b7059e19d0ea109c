"""What a city's layers hold, and how they lie upon one another: for a look before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from planner.city.telling import how

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from planner.city.city import City
    from planner.city.source import Source

SLIVER = 1.0
"""Smaller gaps and overlaps are the rounding of coordinates [m²]."""


class LayerFacts(NamedTuple):
    """One file that was read: name, format, rows, coordinate system (not of tables), how it is read."""

    file: str
    format: str
    rows: int
    crs: str
    how: str = ""


class Fit(NamedTuple):
    """How the layers lie: areas in m², ids of what lies in no neighbourhood."""

    gaps: int
    gap_m2: float
    overlaps: int
    overlap_m2: float
    sites_outside: list[str]
    facilities_outside: list[str]


def layer_facts(sources: Sequence[Source]) -> tuple[LayerFacts, ...]:
    """Facts of every file, once each, in the order in which the scenario names them."""
    facts = {}
    for source in (part for whole in sources for part in (whole, *whole.tables)):
        raw = source.raw
        spatial = raw.geometry is not None or getattr(source.ask.spec, "x", None) is not None
        given = getattr(source.ask.spec, "crs", None)
        crs = (raw.crs or given or "EPSG:4326") if spatial else ""
        facts[source.ask.key] = LayerFacts(raw.name, raw.format, len(source), _short(crs), how(raw))
    return tuple(facts.values())


def fit(city: City) -> Fit:
    """How the neighbourhoods cover their ground, and which places lie outside them."""
    shapes = city.neighbourhoods.geometry.to_numpy()
    whole = shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    holes = [shapely.Polygon(ring).area for part in parts for ring in part.interiors]
    gaps = [area for area in holes if area > SLIVER]
    overlaps = _overlaps(city.neighbourhoods)
    standing = city.facilities
    inside = shapely.intersects(standing.geometry.to_numpy(), whole) if len(standing) else []
    lost = sorted(set(standing["facility"][[not there for there in inside]])) if len(standing) else []
    sites = [str(site) for site in city.sites.index[city.sites["neighbourhood"] == ""]]
    return Fit(len(gaps), sum(gaps), len(overlaps), sum(overlaps), sites, lost)


def _overlaps(areas: gpd.GeoDataFrame) -> list[float]:
    """Areas that two neighbourhoods both cover [m²]; larger ones than a thousandth are faults before this."""
    shapes = areas.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    return [float(area) for area in common if area > SLIVER]


def _short(crs: str) -> str:
    """`EPSG:4326` for what a file tells at length."""
    from pyproj import CRS  # noqa: PLC0415

    authority = CRS.from_user_input(crs).to_authority() if crs else None
    return ":".join(authority) if authority else crs[:40]
