"""Layers and tables that a scenario names: files, how tables are written, what is joined by id."""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Row = Annotated[int, Field(ge=1)]
Encoding = Literal[
    "utf-8",
    "utf-16",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "koi8-r",
    "cp437",
    "cp850",
    "cp852",
    "cp866",
    "mac-roman",
    "big5",
    "gb18030",
    "euc-kr",
    "shift-jis",
]
"""Encodings of text, by the names that Python takes."""


class Strict(BaseModel):
    """No unknown keys, no silent conversions, no infinities; frozen once read."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        populate_by_name=True,
    )


class Reading(Strict):
    """How a table is written, where that cannot be seen in the file: CSV and Excel.

    What is not stated is found out and told; what cannot be found out is asked for.
    """

    encoding: Encoding | None = None
    """Encoding of a CSV; found out for UTF-8, UTF-16 and Windows-1252."""
    separator: Literal[",", ";", "tab", "|"] | None = None
    """What stands between two cells of a CSV."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark: with `","`, 1.234,5 is one thousand two hundred and thirty-four and a half."""
    head: Annotated[int, Field(ge=1)] | Annotated[list[Row], Field(min_length=1, max_length=3)] | None = None
    """Row that names the columns, counted from 1; `[1, 2]` for a head over two rows, whose names are joined
    by a space."""
    footer: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Rows at the end that are no data, such as sources and totals; 0 where all are."""

    def given(self) -> dict[str, Any]:
        """Return what is stated, the head as a list of rows."""
        stated = self.model_dump(exclude_none=True)
        return stated | ({"head": [self.head]} if isinstance(self.head, int) else {})


class Layer(Strict):
    """A spatial layer or table: GeoPackage, GeoJSON, shapefile, GeoParquet, FlatGeobuf, CSV or Excel."""

    file: Name
    """Path, relative to this scenario file."""
    layer: Name | None = None
    """Name of the layer in a GeoPackage, or of the sheet in an Excel file, that holds several."""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] | None = None
    """Coordinate system of a file that states none, such as `EPSG:4326`."""
    x: Name | None = None
    """Table: column of the easting or longitude."""
    y: Name | None = None
    """Table: column of the northing or latitude."""
    table: Reading | None = None
    """How a CSV or Excel file is written, where that cannot be seen."""


class Join(Strict):
    """A table whose columns are added to a layer, row by row, by the ids of the layer."""

    file: Name
    """Path, relative to this scenario file."""
    layer: Name | None = None
    """Name of the sheet in an Excel file that holds several."""
    table: Reading | None = None
    """How a CSV or Excel file is written, where that cannot be seen."""
    on: Name
    """Column with the ids of the layer, written letter by letter as there."""
    unmatched: Literal["refuse", "zero"] = "refuse"
    """What holds for rows of the layer that the table does not name: they are refused, or their numbers
    are 0, which is told. Rows of the table that the layer does not have are left out, and told."""


class Rows(Layer):
    """A layer to which tables can be joined."""

    join: dict[Name, Join] = Field(default={}, exclude_if=operator.not_)
    """Tables that hold more columns of these rows, by a name for each; a column of a table is named as if it
    stood in the layer."""
