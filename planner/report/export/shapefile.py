"""Shapefiles for older programs: field names of ten letters, told in the dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.report.export.bundle import DICTIONARY, SHORT, Bundle, dictionary
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from planner.report.layers import MapLayer

LONGEST = 10
TEXT = 254
"""Bytes that a text of a shapefile may have."""
DATED = "2000-01-01"
KINDS = {"neighbourhoods": "Polygon", "facilities": "Point", "links": "LineString"}


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write one shapefile a layer, and the dictionary with the short name of every column."""
    del name
    fields = {layer.name: short_names(c.name for c in layer.columns) for layer in bundle.layers.values()}
    for layer in bundle.layers.values():
        _write(folder / f"{layer.name}.shp", layer, fields[layer.name])
    table = dictionary(bundle)
    table = table[table["table"].isin(bundle.layers)]
    keys = zip(table["table"], table["column"], strict=True)
    table = table.assign(field=[fields[layer][column] for layer, column in keys])
    write_csv(folder / "columns.csv", (*DICTIONARY[:2], SHORT, *DICTIONARY[2:]), table)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name of at most ten letters for each, unique whatever its case; short ones stay."""
    names = list(names)
    short = {name: name for name in names if len(name) <= LONGEST and name.isascii()}
    used = {name.lower() for name in short.values()}
    for name in names:
        if name in short:
            continue
        plain = name.encode("ascii", "ignore").decode().replace("_", "")
        given, number = _squeezed(plain), 1
        while given.lower() in used or not given:
            number += 1
            given = f"{_squeezed(plain, LONGEST - len(str(number)))}{number}"
        short[name] = given
        used.add(given.lower())
    return {name: short[name] for name in names}


def _squeezed(name: str, longest: int = LONGEST) -> str:
    """First letters and last ones: the ends of a name tell more than its middle."""
    if len(name) <= longest:
        return name
    head = longest // 2
    return name[:head] + name[len(name) - (longest - head) :]


def _write(path: Path, layer: MapLayer, fields: dict[str, str]) -> None:
    import pyogrio  # noqa: PLC0415 - slow to import

    frame = layer.frame.replace([np.inf, -np.inf], np.nan)
    texts = {column.name: frame[column.name].map(_cut) for column in layer.columns if column.kind == "text"}
    frame = frame.assign(**texts).rename(columns=fields)
    pyogrio.write_dataframe(
        frame,
        path,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        geometry_type=KINDS[layer.name],
        promote_to_multi=False,
        layer_options={"DBF_DATE_LAST_UPDATE": DATED},
    )


def _cut(text: str) -> str:
    """A text as a shapefile can hold it: not longer than 254 bytes."""
    return text.replace("\0", "").encode("utf-8", "replace")[:TEXT].decode("utf-8", "ignore")
