"""The place in a scenario: layers, neighbourhoods, cells, groups, facilities, sites; frozen, strict types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


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


class Layer(Strict):
    """A spatial layer or table: GeoPackage, GeoJSON, shapefile, GeoParquet, FlatGeobuf or CSV."""

    file: Name
    """Path, relative to this scenario file."""
    layer: Name | None = None
    """Name of the layer in a GeoPackage that holds several."""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] | None = None
    """Coordinate system of a file that states none, such as `EPSG:4326`."""
    x: Name | None = None
    """CSV: column of the easting or longitude."""
    y: Name | None = None
    """CSV: column of the northing or latitude."""


class Neighbourhoods(Layer):
    """Polygons in which the city is reported on."""

    id: Name
    """Column with a unique id."""
    label: Name | None = None
    """Column with the name that people know; the id where none is given."""
    population: Name | None = None
    """Column with residents [person]; not needed where cells give them."""
    district: Name | None = None
    """Column with the district that each neighbourhood is part of; rules on money name it."""


class Cells(Layer):
    """Points where people live, finer than neighbourhoods."""

    id: Name
    """Column with a unique id."""
    neighbourhood: Name | None = None
    """Column with the id of the neighbourhood; found by location where none is given."""
    population: Name
    """Column with residents [person]."""


class Group(Strict):
    """A group of residents, counted in each neighbourhood (or cell)."""

    count: Name
    """Column with the number of people in the group [person]."""
    of: Name | None = None
    """Column with the number of people who were asked [person]; residents where none is given."""
    count_margin: Name | None = None
    """Column with the margin of error of `count` [person], at the city's `margin_level`."""
    of_margin: Name | None = None
    """Column with the margin of error of `of` [person]."""
    layer: Literal["neighbourhoods", "cells"] = "neighbourhoods"
    """Layer that holds the columns."""
    label: Name | None = None
    """How reports name the group, such as `people below the poverty line`."""


class Undercount(Strict):
    """People whom the count misses: they are added where those like them were counted."""

    factor: Annotated[float, Field(ge=1, le=10)] | Name
    """People who live there for each one counted (1.1 adds a tenth): a number, or a column."""
    group: Name | None = None
    """Group of the city that is missed; all residents where none is given."""
    layer: Literal["neighbourhoods", "cells"] = "neighbourhoods"
    """Layer that holds the column of `factor`."""
    services: list[Name] | None = None
    """Services that those added need as the others of their place do; all where none are given."""
    source: str = ""
    """Where the factor is from; told in the report."""


class Existing(Layer):
    """Facilities that serve today."""

    id: Name
    """Column with a unique id."""
    capacity: NotNegative | Name
    """Column with the capacity, or one number for all [unit of the service]."""
    quality: Share | Name = 1.0
    """Column with the quality in (0, 1], or one number for all."""
    label: Name | None = None
    """Column with the facility's name."""


class Sites(Layer):
    """Places where something can be built; services that name the same file share its sites and land."""

    id: Name
    """Column with a unique id."""
    land_m2: NotNegative | Name | None = None
    """Column with the land that can be built on, or one number for all [m²]; unlimited without."""
    label: Name | None = None
    """Column with the site's name."""


class City(Strict):
    """The place and its people."""

    neighbourhoods: Neighbourhoods
    """Polygons in which the city is reported on."""
    cells: Cells | None = None
    """Points where people live; by default one representative point for each neighbourhood."""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] | None = None
    """Projected coordinate system in metres; by default the UTM zone, which is told."""
    groups: dict[Name, Group] = {}
    """Groups of residents whom the report tells apart."""
    margin_level: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """Confidence of the margins of error; 0.9 as the American Community Survey publishes them."""
    undercount: dict[Name, Undercount] = {}
    """People whom the count misses, by a name for each correction."""
