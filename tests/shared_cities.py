"""Where the real cities for tests are; nothing of them is in the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import pandas as pd

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT / ".." / "shared"
CITIES = SHARED / "cities"
CITY = CITIES / "belo_horizonte"
VALUES = SHARED / "field" / "reference_values.json"

needs_city = pytest.mark.skipif(not CITY.is_dir(), reason="Belo Horizonte is not here")
needs_cities = pytest.mark.skipif(not CITIES.is_dir(), reason="the real cities are not here")
needs_values = pytest.mark.skipif(not VALUES.is_file(), reason="the reference values are not here")


def reference_values() -> dict[str, Any]:
    """Return the figures that other programs state."""
    values: dict[str, Any] = json.loads(VALUES.read_text(encoding="utf-8"))
    return values


def hexagons() -> pd.DataFrame:
    """Return the 898 hexagons: population, jobs, schools, income and decile by id."""
    document = json.loads((CITY / "hexagons_898.geojson").read_text(encoding="utf-8"))
    import pandas as pd  # noqa: PLC0415 - only where the city is

    table = pd.DataFrame([feature["properties"] for feature in document["features"]]).set_index("id")
    return table.apply(pd.to_numeric, errors="coerce")


def within(minutes: float, what: str, table: pd.DataFrame, travel: pd.DataFrame) -> pd.Series:
    """Count the `what` that each hexagon reaches by transit within the minutes."""
    near = travel[travel["travel_time"] <= minutes]
    found = near.assign(found=table[what].reindex(near["to_id"]).to_numpy())
    return found.groupby("from_id")["found"].sum().reindex(table.index).fillna(0.0)
