"""Write a layer as GeoJSON after RFC 7946: the same layer gives the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd


def write_geojson(path: Path, layer: gpd.GeoDataFrame, decimals: int, credit: str) -> int:
    """Write a layer in EPSG:4326, right-hand rule, one feature a line; returns the number of features.

    Parameters
    ----------
    decimals
        Digits of a degree that are kept; equal coordinates stay equal.
    credit
        Whom the data are from.
    """
    shapes = shapely.transform(layer.geometry.to_numpy(), _rounded(decimals))
    shapes = shapely.orient_polygons(shapes)
    rows = layer.drop(columns="geometry").to_dict("records")
    lines = [_feature(row, shape) for row, shape in zip(rows, shapes, strict=True)]
    told = json.dumps(credit, ensure_ascii=False)
    head = f'{{"type":"FeatureCollection","attribution":{told},"features":[\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")
    return len(lines)


def _rounded(decimals: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda coordinates: np.round(coordinates, decimals)


def _feature(row: dict[Any, Any], shape: shapely.Geometry) -> str:
    single: Any = shape
    if isinstance(shape, shapely.MultiPolygon) and len(shape.geoms) == 1:
        single = shape.geoms[0]
    geometry = shapely.geometry.mapping(single)
    content = {"type": "Feature", "properties": row, "geometry": geometry}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
