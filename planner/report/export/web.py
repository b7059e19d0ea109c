"""GeoJSON as RFC 7946 asks, for web maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.export.bundle import DICTIONARY, Bundle, dictionary
from planner.report.maps import write_geojson
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write one file a layer, and the dictionary."""
    del name
    for layer in bundle.layers.values():
        write_geojson(folder / f"{layer.name}.geojson", layer)
    table = dictionary(bundle)
    write_csv(folder / "columns.csv", DICTIONARY, table[table["table"].isin(bundle.layers)])
