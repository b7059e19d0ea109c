"""Straight lines, lengthened by a detour, that do not cross barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from planner.city.findings import listed
from planner.travel.ends import TOLERANCE, Ways, ends, limits_in_metres, share_out

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.scenario.schema import Scenario, StraightLine
    from planner.travel.ends import Ends

CHUNK = 100_000
"""Lines that are held against the barriers at once."""


def straight_lines(
    city: City, scenario: Scenario, mode: StraightLine, services: list[str], barriers: gpd.GeoDataFrame | None
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Measure straight lines between cells and places, times the detour, that cross no barrier.

    Parameters
    ----------
    city, scenario
        Places in metres, and how far each service reaches.
    mode
        Detour (way on the ground over straight line) and speed [km/h].
    services
        Services of this mode; they share the work.
    barriers
        Lines or polygons that a straight line must not touch.

    Returns
    -------
    tuple
        Pairs by service, as in `TravelMatrix`, and notes.
    """
    both = ends(city, services)
    limits = limits_in_metres(scenario, services, mode.speed_kmh)
    ways = _within(both, max(limits.values(), default=0.0), mode.detour)
    notes: list[str] = []
    if barriers is not None:
        ways = _uncut(both, ways, barriers, notes)
    return share_out(both, ways, scenario, services, mode.speed_kmh), notes


def _within(both: Ends, limit: float, detour: float) -> Ways:
    """Pairs whose straight line, times the detour, is within the limit [m]."""
    points, _ = both.points
    if not len(points):
        none = np.array([], np.int64)
        return Ways(none, none, np.array([], np.float64))
    near = cKDTree(both.cell_xy).query_ball_point(
        points, limit / detour * (1 + TOLERANCE) + 1e-6, return_sorted=True
    )
    cell = np.concatenate([np.asarray(found, np.int64) for found in near])
    point = np.repeat(np.arange(len(points)), [np.size(found) for found in near])
    dx, dy = (both.cell_xy[cell] - points[point]).T
    metres = np.hypot(dx, dy) * detour
    keep = metres <= limit * (1 + TOLERANCE)
    return Ways(cell[keep], point[keep], metres[keep])


def _uncut(both: Ends, ways: Ways, barriers: gpd.GeoDataFrame, notes: list[str]) -> Ways:
    """Leave out the pairs whose straight line touches a barrier."""
    points, _ = both.points
    shapes = barriers.geometry.to_numpy()
    cut = np.zeros(len(ways.cell), bool)
    for start in range(0, len(cut), CHUNK):
        part = slice(start, start + CHUNK)
        cut[part] = crosses(both.cell_xy[ways.cell[part]], points[ways.point[part]], shapes)
    if cut.any():
        notes.append(
            f"{int(cut.sum()):,} of {len(cut):,} straight lines within the "
            "limits cross a barrier; they count as out of reach."
        )
    _tell_inside(both, shapes, notes)
    return Ways(ways.cell[~cut], ways.point[~cut], ways.metres[~cut])


def crosses(
    start: NDArray[np.float64], end: NDArray[np.float64], barriers: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Which straight lines touch a barrier: cross its line or outline, or begin within its polygon.

    Parameters
    ----------
    start, end
        Coordinates [m], shape (n, 2).
    barriers
        Lines and polygons.

    Returns
    -------
    array of bool, shape (n,)
        A line without length is never cut.
    """
    pieces = shapely.STRtree(_pieces(barriers))
    lines = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), object)
    moving = (start != end).any(axis=1)
    cut = np.zeros(len(lines), np.bool_)
    cut[pieces.query(lines[moving], predicate="intersects")[0]] = True
    found = np.zeros(len(lines), np.bool_)
    found[np.flatnonzero(moving)] = cut[: int(moving.sum())]
    begins, at = np.unique(start, axis=0, return_inverse=True)
    within = inside(begins, barriers)[at.reshape(-1)]
    return np.asarray(found | (moving & within), np.bool_)


def _pieces(barriers: NDArray[np.object_]) -> NDArray[np.object_]:
    """Every stretch between two vertices of lines and outlines, for a tree of small boxes."""
    parts = shapely.get_parts(barriers)
    areal = shapely.get_type_id(parts) == 3  # noqa: PLR2004 polygons
    lines = shapely.get_parts(np.concatenate([parts[~areal], shapely.boundary(parts[areal])]))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    return np.asarray(shapely.linestrings(np.stack([xy[joined], xy[joined + 1]], axis=1)), object)


def inside(xy: NDArray[np.float64], barriers: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which points lie in or on a polygon among the barriers."""
    parts = shapely.get_parts(barriers)
    areal = parts[shapely.get_type_id(parts) == 3]  # noqa: PLR2004 polygons
    found = np.zeros(len(xy), bool)
    shapely.prepare(areal)
    for polygon in areal:
        found |= shapely.intersects_xy(polygon, xy)
    return found


def _tell_inside(both: Ends, barriers: NDArray[np.object_], notes: list[str]) -> None:
    cells = both.cells[inside(both.cell_xy, barriers)].tolist()
    at = inside(both.place_xy, barriers)
    places = sorted(set(both.places.get_level_values("place")[at]))
    for kind, names in (("cells", cells), ("sites and facilities", places)):
        if names:
            notes.append(
                f"{len(names)} {kind} lie inside a barrier and cannot be left or reached: {listed(names)}."
            )
