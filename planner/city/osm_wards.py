"""Neighbourhoods of a city: administrative areas at the level that fits, or a grid of hexagons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planner.city import osm

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = (10, 9, 11, 8)
"""Administrative levels that may be neighbourhoods, the likeliest first."""
FEWEST, MOST, HOUSED = 4, 300, 0.95
"""How many neighbourhoods a city may have, and the share of homes that must lie in them."""
WIDTH = 1000.0
"""Width of a hexagon from side to side [m]."""


def wards_for(extract: osm.Extract, homes: gpd.GeoDataFrame, crs: str) -> tuple[gpd.GeoDataFrame, str]:
    """Neighbourhoods (`ward`, `name`, `geometry`) of these homes, and a sentence that tells which."""
    for level in LEVELS:
        areas = osm.boundaries(extract, level)
        if areas.empty:
            continue
        inside = gpd.sjoin(homes[["geometry"]], areas[["osm", "geometry"]], predicate="within")
        areas = areas[areas["osm"].isin(inside["osm"])]
        if FEWEST <= len(areas) <= MOST and inside.index.nunique() >= HOUSED * len(homes):
            names = areas["name"].where(areas["name"] != "", areas["osm"])
            wards = areas.assign(ward=areas["osm"], name=names)[["ward", "name", "geometry"]]
            return wards.reset_index(drop=True), f"Neighbourhoods are administrative areas of level {level}."
    wards = hexagons(homes.to_crs(crs), WIDTH).to_crs(osm.WGS84)
    return wards, (
        f"Neighbourhoods are {len(wards)} hexagons, {WIDTH:g} m wide, where homes are mapped: no "
        f"administrative level divides {HOUSED:.0%} of the homes into {FEWEST} to {MOST} areas."
    )


def hexagons(points: gpd.GeoDataFrame, width: float) -> gpd.GeoDataFrame:
    """Hexagons of a grid that hold a point: `ward`, `name`, `geometry`; neighbours share their corners.

    Parameters
    ----------
    points
        In a projected system [m].
    width
        From side to side [m].
    """
    x, y = points.geometry.x.to_numpy(), points.geometry.y.to_numpy()
    across, up = width / 2, width / np.sqrt(3) / 2  # corners lie on a lattice of these steps
    rows = np.arange(np.floor(y.min() / up / 3) - 1, np.ceil(y.max() / up / 3) + 2)
    columns = np.arange(np.floor(x.min() / width) - 1, np.ceil(x.max() / width) + 2)
    row, column = (part.ravel().astype(int) for part in np.meshgrid(rows, columns, indexing="ij"))
    shapes = _hexagons(2 * column + row % 2, 3 * row, across, up)
    held = np.unique(shapely.STRtree(shapes).query(points.geometry.to_numpy(), predicate="intersects")[1])
    first = row[held].min(), column[held].min()
    ids = [
        f"H{r - first[0] + 1:03}-{c - first[1] + 1:03}" for r, c in zip(row[held], column[held], strict=True)
    ]
    return gpd.GeoDataFrame({"ward": ids, "name": ids}, geometry=shapes[held], crs=points.crs)


def _hexagons(x: NDArray[np.int64], y: NDArray[np.int64], across: float, up: float) -> NDArray[np.object_]:
    """Hexagons about lattice points, shape (hexagons,)."""
    turns = np.array([(0, 2), (-1, 1), (-1, -1), (0, -2), (1, -1), (1, 1)])
    corners = (np.column_stack([x, y])[:, None, :] + turns) * np.array([across, up])
    return np.asarray(shapely.polygons(corners), dtype=object)
