"""How people move, in a scenario: straight lines, streets, or a table of a routing engine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.layers import Layer, Name, Positive, Reading, Strict


class StraightLine(Strict):
    """Straight lines, lengthened by a detour, that do not cross barriers."""

    method: Literal["straight_line"]
    """Straight lines."""
    detour: Annotated[float, Field(ge=1, le=5)] = 1.3
    """Way on the ground over straight line."""
    speed_kmh: Annotated[float, Field(gt=0, le=200)] = 4.8
    """Speed [km/h]."""
    barriers: Layer | None = None
    """Lines or polygons, such as water, that a straight line must not cross."""


class Network(Strict):
    """Shortest ways along a street network."""

    method: Literal["network"]
    """Shortest ways along streets."""
    streets: Layer
    """Lines; they meet where they share a vertex."""
    speed_kmh: Annotated[float, Field(gt=0, le=200)] = 4.8
    """Speed [km/h]."""
    snap_limit_metres: Positive = 500.0
    """Farthest from a street that a place may lie [m]."""


class Table(Strict):
    """A table of travel from a routing engine such as r5r: CSV, Excel or Parquet."""

    method: Literal["table"]
    """A table from a routing engine."""
    file: Name
    """Path, relative to this scenario file."""
    layer: Name | None = None
    """Name of the sheet in an Excel file that holds several."""
    table: Reading | None = None
    """How a CSV or Excel file is written, where that cannot be seen."""
    origin: Name = "from_id"
    """Column with the id of the cell."""
    destination: Name = "to_id"
    """Column with the id of the site or facility."""
    minutes: Name | None = None
    """Column with travel time [min]."""
    metres: Name | None = None
    """Column with travel distance [m]."""

    @model_validator(mode="after")
    def _some_travel(self) -> Table:
        if self.minutes is None and self.metres is None:
            message = "name the column with `minutes` or the one with `metres`"
            raise ValueError(message)
        return self


Mode = Annotated[StraightLine | Network | Table, Field(discriminator="method")]
