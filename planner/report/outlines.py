"""Outlines of the neighbourhoods, small enough to stand in a page many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd

SIDE = 1000
MOST_VERTICES = 16_000


@dataclass(frozen=True)
class Outlines:
    """Outlines of the neighbourhoods in drawing units, and how a place on the ground gets there."""

    width: int
    height: int
    paths: dict[str, str]
    left: float
    top: float
    unit: float

    @property
    def keys(self) -> dict[str, str]:
        """Id in the page of each outline that is drawn, by neighbourhood."""
        return {name: f"n{nth}" for nth, (name, path) in enumerate(self.paths.items()) if path}

    @property
    def shapes(self) -> tuple[tuple[str, str], ...]:
        """Every outline once, as (id, path); maps point to them."""
        return tuple((key, self.paths[name]) for name, key in self.keys.items())

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the drawing coordinates of a place."""
        return (x - self.left) / self.unit, (self.top - y) / self.unit


def outline(neighbourhoods: gpd.GeoDataFrame) -> Outlines:
    """Simplify the neighbourhoods together, so that shared borders stay shared, until they are small."""
    import shapely  # noqa: PLC0415 - slow to import

    shapes = neighbourhoods.geometry.to_numpy()
    left, bottom, right, top = neighbourhoods.total_bounds
    unit = max(right - left, top - bottom) / SIDE or 1.0
    tolerance = unit
    simple = _simple(shapes, tolerance)
    while shapely.get_num_coordinates(simple).sum() > MOST_VERTICES and tolerance < unit * SIDE / 20:
        tolerance *= 1.5
        simple = _simple(shapes, tolerance)
    width, height = math.ceil((right - left) / unit), math.ceil((top - bottom) / unit)
    ids = neighbourhoods.index.astype(str)
    paths = {name: _path(shape, left, top, unit) for name, shape in zip(ids, simple, strict=True)}
    return Outlines(max(width, 1), max(height, 1), paths, left, top, unit)


def _simple(shapes: Any, tolerance: float) -> Any:  # noqa: ANN401 - arrays of shapely
    """Shapes simplified together; each alone where GEOS finds no way, so that borders part by a hair."""
    import shapely  # noqa: PLC0415 - slow to import

    try:
        return shapely.coverage_simplify(shapes, tolerance)
    except shapely.errors.GEOSException:  # as for the barrios of Buenos Aires, whose borders have loose ends
        return shapely.simplify(shapes, tolerance)


def _path(shape: Any, left: float, top: float, unit: float) -> str:  # noqa: ANN401 - shapely ships no types here
    import shapely  # noqa: PLC0415 - slow to import

    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(_ring(shapely.get_coordinates(ring), left, top, unit) for ring in rings)


def _ring(points: Any, left: float, top: float, unit: float) -> str:  # noqa: ANN401 - array (n, 2)
    drawn = np.column_stack([(points[:, 0] - left) / unit, (top - points[:, 1]) / unit]).round().astype(int)
    steps = np.diff(drawn, axis=0)
    steps = steps[steps.any(axis=1)][:-1]
    x, y = drawn[0]
    return f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in steps) + "z" if len(steps) else ""
