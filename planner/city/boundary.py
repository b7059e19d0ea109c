"""Read the outline of a city from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from planner.city.guard import Wanted, read_layers
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from pathlib import Path


def read_boundary(path: Path) -> shapely.Geometry:
    """Union of the polygons in a file, in EPSG:4326; read in the cage.

    Raises
    ------
    InputFault
        When it cannot be read, states no coordinate system, or holds no polygon.
    """
    raw = read_layers([Wanted(path)])[0]
    if raw.geometry is None:
        raise InputFault(Fault("it holds no shapes", str(path), "name a layer of polygons"))
    if raw.crs is None:
        hint = "export it again with its coordinate system, or as GeoJSON in longitude and latitude"
        raise InputFault(Fault("it states no coordinate system", str(path), hint))
    shapes = gpd.GeoSeries(raw.geometry, crs=raw.crs).to_crs("EPSG:4326")
    polygons = shapes[shapes.geom_type.isin(("Polygon", "MultiPolygon"))].make_valid()
    if polygons.empty:
        raise InputFault(Fault("it holds no polygon", str(path), "name a layer of polygons"))
    return shapely.union_all(polygons.to_numpy())
