"""Coordinate systems: the city's, in metres, and whether a layer lies where its own is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.city.findings import Findings
    from planner.city.source import Source
    from planner.scenario.schema import Scenario

WEB_MERCATOR = {3857, 3785, 900913, 102100}
SLACK = 2.0
"""How far a layer may reach beyond the area in which its coordinate system is used [degree]."""
WIDEST = 20.0
"""A layer wider or higher than this is not a city [degree]."""
FULL, RIGHT = 180, 90
"""Largest longitude and latitude [degree]."""
INHABITED = (-60.0, 84.0)
"""Latitudes in which cities lie [degree]."""
SWAPPED = "are longitude and latitude swapped? GeoJSON takes longitude first; in a CSV, `x` is the longitude"


def inside_use(source: Source, found: gpd.GeoSeries) -> None:
    """Note when a layer cannot lie where its coordinates say, such as metres taken for degrees."""
    if not len(found):
        return
    bounds = found.total_bounds
    crs = CRS.from_user_input(found.crs)
    message, hint = _odd_degrees(bounds) if crs.is_geographic else _odd_metres(bounds, crs)
    if message:
        source.findings.add(message, source.raw.name, hint)


def _odd_degrees(bounds: NDArray[np.float64]) -> tuple[str, str]:
    west, south, east, north = bounds
    told = f"({west:g}, {south:g}) to ({east:g}, {north:g})"
    across, up = max(abs(west), abs(east)), max(abs(south), abs(north))
    if RIGHT < up <= FULL and across <= RIGHT:
        return f"the coordinates {told} cannot be degrees of longitude and latitude", SWAPPED
    if across > FULL or up > RIGHT:
        hint = "state the coordinate system with `crs: EPSG:…`, or export the layer again as GeoPackage"
        return f"the coordinates {told} cannot be degrees; these look like metres", hint
    if south < INHABITED[0] or north > INHABITED[1]:
        return f"the layer lies at {north:.1f}° of latitude, where no city is", SWAPPED
    if east - west > WIDEST or north - south > WIDEST:
        return (
            f"the layer spans {east - west:.0f}° by {north - south:.0f}°, which is no city",
            "look for stray points, such as (0, 0)",
        )
    return "", ""


def _odd_metres(bounds: NDArray[np.float64], crs: CRS) -> tuple[str, str]:
    use = crs.area_of_use
    if use is None or use.west > use.east:
        return "", ""
    lon, lat = _degrees(bounds, crs)
    inside = use.west - SLACK <= lon[0] and lon[1] <= use.east + SLACK
    inside = inside and use.south - SLACK <= lat[0] and lat[1] <= use.north + SLACK
    if inside:
        return "", ""
    name = ":".join(crs.to_authority() or (crs.name,))
    return (
        f"the coordinates lie outside the area where {name} is used ({_area(use.name)})",
        "is the coordinate system the right one?",
    )


def _degrees(bounds: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    """Longitudes and latitudes between which the bounds lie, shape (2, 2); infinite if not to be told."""
    box = gpd.GeoSeries.from_xy(bounds[[0, 2, 0, 2]], bounds[[1, 3, 3, 1]], crs=crs).to_crs("EPSG:4326")
    return np.array([[box.x.min(), box.x.max()], [box.y.min(), box.y.max()]])


def _area(name: str) -> str:
    """First sentence of the name of an area of use; the rest lists countries."""
    return name.split(". ", maxsplit=1)[0].rstrip(".")


def check_city_crs(scenario: Scenario, findings: Findings) -> None:
    """Note when the coordinate system that the scenario names is not fit for metres."""
    given = scenario.city.crs
    where = scenario.where("city", "crs")
    if given is None:
        return
    hint = "name one in metres, such as the UTM zone, or remove `crs` to have it estimated"
    try:
        crs = CRS.from_user_input(given)
    except CRSError:
        findings.add(f"{given} is not a known coordinate system", where, hint)
        return
    if crs.to_epsg() in WEB_MERCATOR:
        findings.add(
            f"{given} is Web Mercator, in which lengths are wrong away from the equator", where, hint
        )
    elif not crs.is_projected:
        findings.add(f"{given} ({crs.name}) counts in degrees, not in metres", where, hint)
    elif {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        findings.add(
            f"{given} ({crs.name}) counts in {crs.axis_info[0].unit_name}, not in metres", where, hint
        )


def city_crs(scenario: Scenario, neighbourhoods: gpd.GeoSeries, findings: Findings) -> str:
    """Coordinate system that the city is planned in: the scenario's, or the UTM zone, which is told."""
    if scenario.city.crs is None:
        crs = f"EPSG:{neighbourhoods.estimate_utm_crs().to_epsg()}"
        findings.tell(
            f"Distances are measured in {crs}, the UTM zone of the city; `city.crs` chooses another."
        )
        return crs
    bounds = neighbourhoods.total_bounds
    box = gpd.GeoSeries.from_xy(bounds[[0, 2]], bounds[[1, 3]], crs=neighbourhoods.crs)
    message, hint = _odd_metres(
        box.to_crs(scenario.city.crs).total_bounds, CRS.from_user_input(scenario.city.crs)
    )
    if message:
        use = CRS.from_user_input(scenario.city.crs).area_of_use
        used = _area(use.name) if use else "–"
        message = f"the neighbourhoods lie outside the area where {scenario.city.crs} is used ({used})"
        findings.add(message, scenario.where("city", "crs"), hint)
    return scenario.city.crs
