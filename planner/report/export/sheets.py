"""CSV that spreadsheets open right: UTF-8 with mark, six decimals, no live formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.frames import INDICATORS
from planner.report.export.bundle import DICTIONARY, Bundle, dictionary, with_places
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write one file a table, and the dictionary."""
    del name
    layers = [with_places(layer) for layer in bundle.layers.values()]
    for layer in layers:
        write_csv(folder / f"{layer.name}.csv", layer.columns, layer.frame)
    write_csv(folder / "indicators.csv", INDICATORS.columns, bundle.indicators)
    write_csv(folder / "columns.csv", DICTIONARY, dictionary(bundle, layers))
