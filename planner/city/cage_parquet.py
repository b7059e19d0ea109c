"""Inside the cage: GeoParquet, and plain Parquet for tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
from pyproj import CRS

from planner.city.cage_gdal import _readable
from planner.city.cage_table import as_text, check_size, write
from planner.city.formats import Refused

if TYPE_CHECKING:
    from pathlib import Path


def read_parquet(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    """Read the wanted columns as text, geometries as WKB, CRS from the file's own description."""
    with pa.parquet.ParquetFile(path) as file:
        meta = file.metadata
        check_size(sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)))
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        shape = geo.get("primary_column")
        names = [name for name in file.schema_arrow.names if name != shape]
        present = [name for name in names if name in wanted["columns"]]
        table = file.read(columns=[*present, shape] if shape else present)
    columns = {name: _text(table[name]) for name in present}
    answer: dict[str, Any] = {"columns": names, "present": present, "geometry": bool(shape), "broken": {}}
    if not shape:
        write(target, columns, lines=pa.array(range(1, table.num_rows + 1), pa.int64()))
        return answer | {"crs": None, "stated": False}
    about = geo["columns"][shape]
    if about.get("encoding") != "WKB":
        raise Refused(f"its geometries are encoded as {about.get('encoding')}", "write them as WKB")
    kept, answer["broken"] = _readable(table[shape].to_numpy(zero_copy_only=False))
    write(target, columns, geometry=kept)
    return answer | _crs(about)


def _text(column: pa.ChunkedArray) -> pa.Array:
    if (
        pa.types.is_integer(column.type)
        or pa.types.is_string(column.type)
        or pa.types.is_large_string(column.type)
    ):
        return column.cast(pa.string())
    if pa.types.is_floating(column.type):
        values = column.to_pylist()
        return pa.array([_float(value) for value in values], pa.string())
    return as_text(column.to_numpy(zero_copy_only=False))


def _float(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004


def _crs(about: dict[str, Any]) -> dict[str, Any]:
    """CRS of a geometry column: WGS84 where the key is absent (GeoParquet 1.1), unknown where it is null."""
    if "crs" not in about:
        return {"crs": "EPSG:4326", "stated": True}
    if about["crs"] is None:
        return {"crs": None, "stated": False}
    return {"crs": CRS.from_json_dict(about["crs"]).to_wkt(), "stated": True}
