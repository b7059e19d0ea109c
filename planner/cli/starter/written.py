"""How the invented city is written down: in degrees, as GeoJSON and CSV, the same bytes everywhere."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Point = tuple[float, float]
    Feature = tuple[dict[str, Any], str, Any]

LON, LAT = 1.0, 24.0
"""South-western corner, in a part of the Sahara where nobody lives."""
METRES = 111_194.93
"""Length of a degree of a meridian on a sphere of the Earth's mean radius [m]."""


def degrees(point: Point) -> Point:
    """Longitude and latitude of a point, to a tenth of a metre."""
    x, y = point
    return (round(LON + x / (METRES * math.cos(math.radians(LAT))), 6), round(LAT + y / METRES, 6))


def _turned(shape: Any) -> Any:  # noqa: ANN401 - points, lists of points, lists of those
    return list(degrees(shape)) if isinstance(shape, tuple) else [_turned(part) for part in shape]


def shapes(file: Path, features: Iterable[Feature]) -> None:
    """Write GeoJSON, one feature a line."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": told,
                "geometry": {"type": kind, "coordinates": _turned(shape)},
            }
        )
        for told, kind, shape in features
    ]
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def table(file: Path, head: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write CSV."""
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
