"""Layers and tables that a scenario names: files, how tables are written, what is joined by id."""

from __future__ import annotations

import operator
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class Database(Strict):
    """A table of a PostGIS database, or a query; it is only read, and the connection stands in no file."""

    dsn_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
    """Name of the environment variable that holds the connection, such as
    `postgresql://reader:password@host/city`."""
    table: Name | None = None
    """Table or view, with its schema: `planning.districts`."""
    select: Annotated[str, Field(min_length=1, max_length=10_000)] | None = None
    """One `SELECT` in the place of a table."""
    geometry: Name | None = None
    """Column of the shapes, where there are several."""
    seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """Longest time that reading it may take [s]."""
    rows: Annotated[int, Field(ge=1, le=5_000_000)] = 1_000_000
    """Most rows that are read; more are refused."""

    @model_validator(mode="after")
    def _one_query(self) -> Database:
        if (self.table is None) == (self.select is None):
            message = "give either `table` or `select`"
            raise ValueError(message)
        if self.select is not None and not re.match(r"\s*(select|with)\b", self.select, re.IGNORECASE):
            message = "`select` must begin with SELECT or WITH: a database is only read"
            raise ValueError(message)
        return self


class Sourced(Strict):
    """Something that is read from a file or from a database."""

    file: Name | None = None
    """Path, relative to this scenario file; needed where there is no `postgis`."""
    postgis: Database | None = None
    """Table or query of a PostGIS database in the place of a file."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (self.postgis is None):
            message = "give either `file` or `postgis`"
            raise ValueError(message)
        return self

    @property
    def source(self) -> str:
        """What it is called in messages: the file, the table, or that it is a query."""
        base = self.postgis
        return self.file or (base.table if base is not None else None) or "the query"


class Layer(Sourced):
    """A spatial layer or table: GeoPackage, GeoJSON, shapefile, GeoParquet, FlatGeobuf, CSV or Excel."""

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


class Join(Sourced):
    """A table whose columns are added to a layer, row by row, by the ids of the layer."""

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
