"""Maps on disk: RFC 7946 GeoJSON for the web, one GeoPackage for QGIS; same plan, same bytes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.frames import Column
from planner.report.layers import MapLayer, make_layers
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd

    from planner.city.city import City
    from planner.plan import Plan
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

PLACES = 6
GRID = 1e-6
HALF = 180.0
FIXED_DATE = "2000-01-01T00:00:00Z"


def write_maps(folder: Path, scenario: Scenario, city: City, plan: Plan, figures: Figures) -> None:
    """Write a plan's maps into a run folder.

    Written: `maps/neighbourhoods.geojson`, `maps/facilities.geojson`, `maps/links.geojson` (WGS84),
    `maps/columns.csv` (unit and meaning of every property), and `plan.gpkg` with the same layers in
    the city's coordinate system.
    """
    layers = make_layers(scenario, city, plan, figures)
    (folder / "maps").mkdir(parents=True, exist_ok=True)
    for layer in layers:
        write_geojson(folder / "maps" / f"{layer.name}.geojson", layer)
    _write_dictionary(folder / "maps" / "columns.csv", layers)
    write_geopackage(folder / "plan.gpkg", layers)


def write_geojson(path: Path, layer: MapLayer) -> None:
    """Write a layer as RFC 7946 asks: WGS84, six decimals, right-hand rule, null for unknown."""
    head = '{"type":"FeatureCollection","features":[\n'
    body = ",\n".join(_features(layer))
    path.write_text(f"{head}{body}\n]}}\n", encoding="utf-8", newline="\n", errors="replace")


def _features(layer: MapLayer) -> Iterator[str]:
    names = [column.name for column in layer.columns]
    columns = [[_plain(value) for value in layer.frame[name].tolist()] for name in names]
    for geometry, *values in zip(_geometries(layer.frame), *columns, strict=True):
        properties = dict(zip(names, values, strict=True))
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        yield json.dumps(feature, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    if not isinstance(value, float):
        return value
    return round(value, PLACES) + 0.0 if math.isfinite(value) else None


def _geometries(frame: gpd.GeoDataFrame) -> list[dict[str, Any] | None]:
    import shapely  # noqa: PLC0415 - slow to import

    shapes = frame.geometry.to_crs("EPSG:4326").to_numpy()
    crossing = np.flatnonzero(_width(shapes) > HALF)
    shapes[crossing] = [_cut(shape) for shape in shapes[crossing]]
    polygons = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - areas
    shapes[polygons] = shapely.orient_polygons(shapely.set_precision(shapes[polygons], GRID))
    return [_geometry(shapely.geometry.mapping(shape)) if shape is not None else None for shape in shapes]


def _width(shapes: Any) -> Any:  # noqa: ANN401 - array of shapes, array of numbers
    import shapely  # noqa: PLC0415 - slow to import

    bounds = shapely.bounds(shapes)
    return bounds[:, 2] - bounds[:, 0]


def _cut(shape: Any) -> Any:  # noqa: ANN401 - shapely ships no types here
    """Cut a shape at the antimeridian, as section 3.1.9 asks."""
    import shapely  # noqa: PLC0415 - slow to import
    from shapely.affinity import translate  # noqa: PLC0415 - as above

    whole = shapely.transform(shape, lambda places: places + np.outer(places[:, 0] < 0, (2 * HALF, 0)))
    sides = [shapely.intersection(whole, shapely.box(low, -90, low + HALF, 90)) for low in (0, HALF)]
    parts = [*shapely.get_parts(sides[0]), *shapely.get_parts(translate(sides[1], -2 * HALF))]
    kept = [part for part in parts if shapely.get_dimensions(part) == shapely.get_dimensions(shape)]
    areas = shapely.get_dimensions(shape) == 2  # noqa: PLR2004 - areas
    return shapely.multipolygons(kept) if areas else shapely.multilinestrings(kept)


def _geometry(mapping: dict[str, Any]) -> dict[str, Any] | None:
    coordinates = _rounded(mapping["coordinates"])
    return {"type": mapping["type"], "coordinates": coordinates} if coordinates else None


def _rounded(part: Any) -> Any:  # noqa: ANN401 - nested tuples of numbers
    if isinstance(part, (list, tuple)):
        return [_rounded(item) for item in part]
    return round(float(part), PLACES) + 0.0


def _write_dictionary(path: Path, layers: Sequence[MapLayer]) -> None:
    import pandas as pd  # noqa: PLC0415 - slow to import

    rows = [(layer.name, c.name, c.unit, c.meaning) for layer in layers for c in layer.columns]
    names = ("layer", "column", "unit", "meaning")
    columns = [Column(name, "text", "–", name) for name in names]
    write_csv(path, columns, pd.DataFrame(rows, columns=list(names)))


def write_geopackage(path: Path, layers: Sequence[MapLayer]) -> None:
    """Write the layers into one GeoPackage, dated 2000 so that the same plan gives the same bytes."""
    import pyogrio  # noqa: PLC0415 - slow to import

    path.unlink(missing_ok=True)
    earlier = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for layer in layers:
            _append(path, layer)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": earlier})


def _append(path: Path, layer: MapLayer) -> None:
    import pyogrio  # noqa: PLC0415 - slow to import

    frame = layer.frame.replace([np.inf, -np.inf], np.nan)
    kinds = set(frame.geom_type.dropna())
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer.name,
        driver="GPKG",
        append=path.exists(),
        promote_to_multi="MultiPolygon" in kinds or "Polygon" in kinds,
        geometry_type=None if kinds else "Unknown",
        layer_options={"DESCRIPTION": layer.meaning, "GEOMETRY_NAME": "geom"},
    )
