"""How people move, in a scenario: straight lines, streets, or a table of a routing engine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.layers import Layer, Name, Positive, Reading, Strict

Speed = Annotated[float, Field(gt=0, le=200)]


class StraightLine(Strict):
    """Straight lines, lengthened by a detour, that do not cross barriers."""

    method: Literal["straight_line"]
    """Straight lines."""
    detour: Annotated[float, Field(ge=1, le=5)] = 1.3
    """Way on the ground over straight line."""
    speed_kmh: Speed = 4.8
    """Speed [km/h]."""
    barriers: Layer | None = None
    """Lines or polygons, such as water, that a straight line must not cross."""


class Streets(Layer):
    """Lines of streets; they meet where they share a vertex."""

    road: Name | None = None
    """Column with the kind of road, to which `speeds_kmh` gives its speed."""


class Heights(Layer):
    """Points with the height of the ground, such as the pixels of an elevation model made points."""

    height: Name
    """Column with the height above sea level [m]."""


class Network(Strict):
    """Quickest ways along a street network."""

    method: Literal["network"]
    """Quickest ways along streets."""
    streets: Streets
    """Lines; they meet where they share a vertex."""
    speed_kmh: Speed = 4.8
    """Speed on the flat, and on roads of no kind that `speeds_kmh` names [km/h]."""
    speeds_kmh: dict[Name, Speed] = Field(default_factory=dict)
    """Speed by kind of road [km/h], such as `{primary: 40, residential: 20}`."""
    heights: Heights | None = None
    """Heights of the ground: whoever walks is slower uphill, and on steep ways down."""
    snap_limit_metres: Positive = 500.0
    """Farthest from a street that a place may lie [m]."""

    @model_validator(mode="after")
    def _known_roads(self) -> Network:
        if self.speeds_kmh and self.streets.road is None:
            message = "`speeds_kmh` gives speeds by kind of road: name its column with `streets: {road: …}`"
            raise ValueError(message)
        if self.streets.road is not None and not self.speeds_kmh:
            message = "`road` names the kinds of road: give their speeds with `speeds_kmh`"
            raise ValueError(message)
        return self


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
