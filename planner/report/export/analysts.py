"""GeoParquet 1.1 with unit and meaning of every column in its schema, for analysts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from planner.report.export.bundle import DICTIONARY, Bundle, dictionary
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from planner.report.layers import MapLayer


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write one file a layer, and the dictionary."""
    del name
    for layer in bundle.layers.values():
        pq.write_table(_table(layer), folder / f"{layer.name}.parquet", compression="zstd")
    table = dictionary(bundle)
    write_csv(folder / "columns.csv", DICTIONARY, table[table["table"].isin(bundle.layers)])


def _table(layer: MapLayer) -> pa.Table:
    buffer = io.BytesIO()
    layer.frame.to_parquet(buffer, index=False, write_covering_bbox=False)
    buffer.seek(0)
    table = pq.read_table(buffer)
    told = {c.name: {"unit": c.unit, "meaning": c.meaning} for c in layer.columns}
    schema = table.schema
    for place, field in enumerate(schema):
        schema = schema.set(place, field.with_metadata(told.get(field.name, {})))
    return table.cast(schema)
