"""The place in a scenario: neighbourhoods, cells, groups, facilities, sites; frozen, strict types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.layers import Layer, Name, NotNegative, Positive, Rows, Share, Strict

__all__ = [
    "AS_IT_IS",
    "Cells",
    "Change",
    "Changed",
    "City",
    "Close",
    "Everywhere",
    "Existing",
    "Expand",
    "Group",
    "Layer",
    "Name",
    "Neighbourhoods",
    "NotNegative",
    "Positive",
    "Repurpose",
    "Share",
    "Sites",
    "Strict",
    "Undercount",
    "Upgrade",
]

AS_IT_IS = "existing"
"""Option of a facility that stays as it is."""


class Neighbourhoods(Rows):
    """Polygons in which the city is reported on."""

    id: Name
    """Column with a unique id."""
    label: Name | None = None
    """Column with the name that people know; the id where none is given."""
    population: Name | None = None
    """Column with residents [person]; not needed where cells give them."""
    district: Name | None = None
    """Column with the district that each neighbourhood is part of; rules on money name it."""


class Cells(Rows):
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


class Everywhere(Strict):
    """One name for all rows of a layer, where the layer has no column for it."""

    all: Name
    """The name."""

    def __str__(self) -> str:
        """Return the name as it stands in a scenario."""
        return f"{{all: {self.all}}}"


class Changed(Strict):
    """What a change of an existing facility costs, and for which it can be had."""

    capital_cost: NotNegative = 0.0
    """Cost of the change, paid once [budget currency]."""
    operating_cost: float = 0.0
    """Yearly cost beyond what running it costs today; below 0 where the change saves
    [budget currency/year]."""
    only: Annotated[list[Name], Field(min_length=1)] | None = None
    """Ids of the facilities that can be changed so; all of the layer where none are given."""


class Expand(Changed):
    """The facility becomes larger."""

    kind: Literal["expand"]
    """The facility becomes larger."""
    added_capacity: Positive
    """Need that it can serve beyond its capacity today [unit of the service]."""


class Upgrade(Changed):
    """The facility becomes better; one that is as good already is not offered the change."""

    kind: Literal["upgrade"]
    """The facility becomes better."""
    quality: Annotated[float, Field(gt=0, le=1)]
    """Its quality afterwards, in (0, 1]."""


class Repurpose(Changed):
    """The facility serves another service instead."""

    kind: Literal["repurpose"]
    """The facility serves another service instead."""
    to: Name
    """The service that it serves afterwards."""
    capacity: Positive
    """Need that it can serve then [unit of that service]."""
    quality: Annotated[float, Field(gt=0, le=1)] | None = None
    """Its quality then, in (0, 1]; its own of today where none is given."""


class Close(Changed):
    """The facility is closed; what running it costs today is saved."""

    kind: Literal["close"]
    """The facility is closed; what running it costs today is saved."""


Change = Annotated[Expand | Upgrade | Repurpose | Close, Field(discriminator="kind")]


class Existing(Rows):
    """Facilities that serve today."""

    id: Name
    """Column with a unique id."""
    capacity: NotNegative | Name
    """Column with the capacity, or one number for all [unit of the service]."""
    quality: Share | Name = 1.0
    """Column with the quality in (0, 1], or one number for all."""
    operating_cost: NotNegative | Name = 0.0
    """Column with what running it costs a year today, or one number for all; saved when it
    closes, and no part of the budget otherwise [budget currency/year]."""
    changes: dict[Name, Change] = Field(default={})
    """What can be changed about them, by a name for each change; each facility stays as it is or has
    one of the changes."""
    run_by: Name | Everywhere | None = None
    """Column with who runs each, or `{all: name}`; told with money and people served."""
    label: Name | None = None
    """Column with the facility's name."""

    @model_validator(mode="after")
    def _not_as_it_is(self) -> Existing:
        if AS_IT_IS in self.changes:
            message = f"a change cannot be called `{AS_IT_IS}`: that is how a facility is told that stays"
            raise ValueError(message)
        return self


class Sites(Rows):
    """Places where something can be built; services that name the same file share its sites and land."""

    id: Name
    """Column with a unique id."""
    land_m2: NotNegative | Name | None = None
    """Column with the land that can be built on, or one number for all [m²]; unlimited without."""
    owner: Name | Everywhere | None = None
    """Column with the owner, or `{all: name}` where one owns them all."""
    acquisition_cost: NotNegative | Name = 0.0
    """Column with the cost of acquiring the site, or one number for all; paid once when anything is built
    on it, whatever the service [budget currency]."""
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
    groups: dict[Name, Group] = Field(default={})
    """Groups of residents whom the report tells apart."""
    margin_level: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """Confidence of the margins of error; 0.9 as the American Community Survey publishes them."""
    undercount: dict[Name, Undercount] = Field(default={})
    """People whom the count misses, by a name for each correction."""
