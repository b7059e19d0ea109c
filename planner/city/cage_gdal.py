"""Inside the cage: GeoPackage, GeoJSON, shapefile and FlatGeobuf, through GDAL's drivers for these alone."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from planner.city.cage_table import as_text, check_size, write
from planner.city.formats import Refused

if TYPE_CHECKING:
    from pathlib import Path

MOST_FEATURES = 5_000_000
"""Most features of a layer that are read."""
STATES_CRS = re.compile(rb'"crs"\s*:\s*\{')


def read_gdal(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    """Read one named layer: the wanted attributes as text, geometries as flat WKB."""
    check_size(path.stat().st_size)
    if path.suffix.lower() == ".shp":
        _whole_shapefile(path)
    try:
        return _layer(path, wanted, target)
    except (DataSourceError, DataLayerError, FeatureError):
        _explain_json(path)
        raise


def _layer(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    layer = _one_layer(path, wanted["layer"])
    info = pyogrio.read_info(path, layer=layer)
    if info["features"] > MOST_FEATURES:
        raise Refused(
            f"it holds {info['features']:,} features, more than the {MOST_FEATURES:,} that are read"
        )
    names = [str(name) for name in info["fields"]]
    present = [name for name in names if name in wanted["columns"]]
    options = {"DATE_AS_STRING": "YES"} if path.suffix.lower() in {".geojson", ".json"} else {}
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer, columns=present, force_2d=True, **options)
    columns = {str(name): as_text(values) for name, values in zip(meta["fields"], fields, strict=True)}
    if geometry is None:
        raise Refused("the layer holds no geometry", "name a layer with points, lines or polygons")
    kept, broken = _readable(geometry)
    write(target, columns, geometry=kept)
    answer = {"columns": names, "present": list(columns), "crs": meta["crs"], "geometry": True}
    return answer | {"stated": _stated(path, meta["crs"]), "broken": broken}


def _one_layer(path: Path, name: str | None) -> str:
    layers = [str(row[0]) for row in pyogrio.list_layers(path) if row[1] is not None]
    listed = f"layers: {', '.join(layers[:20])}"
    if not layers:
        raise Refused("the file holds no layer with geometry")
    if name is None and len(layers) == 1:
        return layers[0]
    if name is None:
        raise Refused(f"the file holds {len(layers)} layers", f"name one with `layer`; {listed}")
    if name not in layers and path.suffix.lower() == ".gpkg":
        near = get_close_matches(name, layers, n=1)
        raise Refused(
            f"there is no layer `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""), listed
        )
    return name if name in layers else layers[0]


def _readable(geometry: np.ndarray) -> tuple[pa.Array, dict[int, str]]:
    """WKB that is a geometry, and the reason for each that is not, by row."""
    shapes = shapely.from_wkb(geometry, on_invalid="ignore")
    given = np.array([wkb is not None for wkb in geometry], bool)
    broken = {}
    for row in np.flatnonzero(given & shapely.is_missing(shapes)).tolist():
        try:
            shapely.from_wkb(geometry[row])
        except shapely.errors.ShapelyError as error:
            broken[row] = str(error).rpartition("Exception: ")[2].rstrip(".")
    kept = [None if row in broken else wkb for row, wkb in enumerate(geometry)]
    return pa.array(kept, pa.binary()), broken


def _stated(path: Path, crs: str | None) -> bool:
    """Whether the file itself names its coordinate system (GeoJSON is WGS84 where it does not)."""
    if path.suffix.lower() not in {".geojson", ".json"}:
        return crs is not None
    with path.open("rb") as file:
        head = file.read(65_536)
        file.seek(max(path.stat().st_size - 65_536, 0))
        return bool(STATES_CRS.search(head) or STATES_CRS.search(file.read()))


def _whole_shapefile(path: Path) -> None:
    for ending, holds in ((".dbf", "columns"), (".shx", "index")):
        if not any(path.with_suffix(e).is_file() for e in (ending, ending.upper())):
            hint = "a shapefile is several files: put .shp, .shx, .dbf and .prj side by side"
            raise Refused(f"`{path.stem}{ending}`, which holds its {holds}, is missing beside it", hint)


def _explain_json(path: Path) -> None:
    """Say where a GeoJSON stops being JSON."""
    if path.suffix.lower() not in {".geojson", ".json"}:
        return
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        message = f"this is not valid JSON: {error.msg} (column {error.colno})"
        raise Refused(message, "was the file cut off? export it again", str(error.lineno)) from None
    except UnicodeDecodeError:
        raise Refused("the file is not UTF-8", "export it again with the encoding UTF-8") from None
    if found.get("type") != "FeatureCollection":
        raise Refused(
            f"this JSON is no GeoJSON feature collection (its type is {found.get('type')!r})",
            f"convert it with `ogr2ogr {path.stem}_converted.gpkg {path.name}`",
        )
    if not found.get("features"):
        raise Refused("the layer is empty: it has no features", "export it again, with its features")
