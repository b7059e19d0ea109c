"""Where things lie: overlaps of neighbourhoods, cells in their neighbourhoods, layers that lie elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planner.catalogue import unknown
from planner.city.findings import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.city.findings import Findings
    from planner.city.people import Layered
    from planner.city.source import Source

OVERLAP = 0.001
"""Share of the smaller neighbourhood that two may have in common."""
FAR = 20_000.0
"""Farther than this outside the city's bounds a place is a mistake [m]."""
BORDER = 0.1
"""A point this near to a border lies on it [m]."""
NEAR = 10.0
"""A cell this near to a neighbourhood lies in it, told [m]."""
STRAY = 1_000.0
"""A cell farther than this from the neighbourhood that it names is told [m]."""


def check_overlaps(areas: Layered) -> None:
    """Note neighbourhoods that cover the same ground."""
    shapes = areas.frame.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        return
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    smaller = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    bad = np.flatnonzero(common > OVERLAP * smaller)
    ids = areas.frame.index
    told = [
        f"overlaps {ids[other[i]]!r} by {common[i]:,.0f} m² ({common[i] / smaller[i]:.1%} of the smaller)"
        for i in bad
    ]
    hint = "neighbourhoods must not cover the same ground, or people count twice; cut one along the other"
    areas.note([ids[one[i]] for i in bad], told, hint)


def check_near(source: Source, points: gpd.GeoSeries, own: gpd.GeoSeries, city: NDArray[np.float64]) -> None:
    """Note points far outside the city; when most are, the layer as a whole, perhaps with swapped axes.

    Parameters
    ----------
    source
        Layer of the points.
    points, own
        The points in the city's and in their own coordinate system, in order of the layer's rows.
    city
        Bounds of the neighbourhoods [m].
    """
    outside = ~_within(points, city)
    if not outside.any():
        return
    if outside.mean() > 0.5:  # noqa: PLR2004 the layer as a whole lies elsewhere
        swapped = shapely.transform(own.to_numpy(), lambda xy: xy[:, ::-1])
        back = gpd.GeoSeries(swapped, crs=own.crs).to_crs(points.crs)
        if _within(back, city).mean() > 0.5:  # noqa: PLR2004
            hint = "exchange `x` and `y`" if source.raw.geometry is None else "GeoJSON takes longitude first"
            source.findings.add(
                "longitude and latitude are swapped: exchanged, the layer would lie in the city",
                source.raw.name,
                hint,
            )
        else:
            hint = "is it the right file, and is its coordinate system right?"
            source.findings.add("the layer does not lie where the neighbourhoods lie", source.raw.name, hint)
        return
    rows = np.flatnonzero(outside)
    away = shapely.distance(points.to_numpy()[rows], shapely.box(*city)) / 1000
    source.rows(
        rows,
        [f"lies {km:,.0f} km outside the city" for km in away],
        "correct its coordinates, or leave it out",
    )


def _within(points: gpd.GeoSeries, city: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = city + np.array([-FAR, -FAR, FAR, FAR])
    x, y = shapely.get_x(points.to_numpy()), shapely.get_y(points.to_numpy())
    return np.asarray((west <= x) & (x <= east) & (south <= y) & (y <= north), np.bool_)


def locate(
    points: NDArray[np.object_], areas: gpd.GeoDataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find each point's neighbourhood by position (first on a border, −1 outside) and how many hold it."""
    tree = shapely.STRtree(areas.geometry.to_numpy())
    point, area = tree.query(points, predicate="dwithin", distance=BORDER)
    found = np.full(len(points), len(areas), np.int64)
    np.minimum.at(found, point, area)
    return np.where(found == len(areas), -1, found), np.bincount(point, minlength=len(points))


def house_cells(points: Layered, areas: Layered, findings: Findings, *, named: bool) -> None:
    """Give each cell its neighbourhood by location, or check the one that it names."""
    if named:
        _check_named(points, areas, findings)
        return
    shapes = points.frame.geometry.to_numpy()
    found, holders = locate(shapes, areas.frame)
    shared = list(points.frame.index[holders > 1])
    if shared:
        findings.tell(
            f"{len(shared)} cells lie on a border; they belong to the "
            f"neighbourhood first by id: {listed(shared)}."
        )
    outside = np.flatnonzero(found < 0)
    if len(outside):
        found[outside] = _nearest(points, areas, outside, findings)
    points.frame["neighbourhood"] = areas.frame.index.to_numpy()[found]


def _nearest(
    points: Layered, areas: Layered, outside: NDArray[np.int64], findings: Findings
) -> NDArray[np.int64]:
    shapes = points.frame.geometry.to_numpy()[outside]
    tree = shapely.STRtree(areas.frame.geometry.to_numpy())
    (point, area), away = tree.query_nearest(shapes, return_distance=True)
    found = np.full(len(shapes), len(areas.frame), np.int64)
    np.minimum.at(found, point, area)
    metres = np.zeros(len(shapes))
    metres[point] = away
    ids = points.frame.index[outside]
    lost = metres > NEAR
    told = [f"lies in no neighbourhood; the nearest is {m:,.0f} m away" for m in metres[lost]]
    points.note(
        list(ids[lost]),
        told,
        "correct its coordinates, or name its neighbourhood in a column: `neighbourhood: …`",
    )
    if not lost.all():
        findings.tell(
            f"{int((~lost).sum())} cells lie up to {NEAR:g} m outside; they belong "
            f"to the nearest neighbourhood: {listed(list(ids[~lost]))}."
        )
    return found


def _check_named(points: Layered, areas: Layered, findings: Findings) -> None:
    known = list(areas.frame.index)
    names = points.frame["neighbourhood"]
    strange = ~names.isin(known)
    told = [
        unknown("neighbourhood", name, known).message if name else "names no neighbourhood"
        for name in names[strange]
    ]
    points.note(list(names.index[strange]), told, f"neighbourhoods are told by `{areas.source.raw.name}`")
    at = areas.frame.index.get_indexer(names[~strange])
    away = shapely.distance(
        points.frame.geometry.to_numpy()[~strange.to_numpy()], areas.frame.geometry.to_numpy()[at]
    )
    stray = away > STRAY
    if stray.any():
        ids = listed(list(names.index[~strange][stray]))
        findings.tell(
            f"{int(stray.sum())} cells lie more than 1 km outside the neighbourhood "
            f"that they name, up to {away.max() / 1000:.1f} km: {ids}."
        )
