"""What can be built of a service: sizes, alone or beside others; frozen, strict types."""

from __future__ import annotations

from operator import not_
from typing import Annotated

from pydantic import Field

from planner.scenario.places import Name, NotNegative, Positive, Strict


class Option(Strict):
    """A size in which the service can be built, in whole modules."""

    capacity: Positive | None = None
    """Need that one module can serve [unit of the service]; unlimited where none is given."""
    capital_cost: NotNegative = 0.0
    """Cost of building one module [budget currency]."""
    operating_cost: NotNegative = 0.0
    """Yearly cost of running one module [budget currency/year]."""
    land_m2: NotNegative = 0.0
    """Land that one module takes [m²]."""
    max_per_site: Annotated[int, Field(ge=1, le=1000)] = 1
    """Most modules at one site."""
    quality: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Quality of the service in (0, 1]."""
    beside: list[Name] = Field(default=[])
    """Services that must be built or stand at the same place for this option to be had. With its own
    costs, land and quality it says what sharing a building saves and what working together brings: beside
    `clinic: {capital_cost: 3, land_m2: 400}` the option `clinic_in_school: {capital_cost: 2, land_m2: 100,
    quality: 1, beside: [school]}` is a clinic that costs 1 less, on 300 m² less, where a school is."""
    opens_after: Annotated[int, Field(ge=0, le=100)] = Field(default=0, exclude_if=not_)
    """Periods between paying for it and opening it: 1 is paid for in one period and serves from the next."""
    run_by: Name | None = None
    """Who runs it, such as a cooperative of residents; told with money and people served."""


class Programme(Strict):
    """A service for the whole city without a place: social insurance, energy credit, care at home."""

    capacity: Positive | None = None
    """Need that one module can serve, wherever people live [unit of the service]; unlimited where none
    is given."""
    capital_cost: NotNegative = 0.0
    """Cost of starting one module [budget currency]."""
    operating_cost: NotNegative = 0.0
    """Yearly cost of running one module [budget currency/year]."""
    quality: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Quality of the service in (0, 1]; nobody has to travel for it."""
    max_modules: Annotated[int, Field(ge=1, le=100_000)] = 1
    """Most modules."""
    opens_after: Annotated[int, Field(ge=0, le=100)] = Field(default=0, exclude_if=not_)
    """Periods between paying for it and opening it: 1 is paid for in one period and serves from the next."""
    run_by: Name | None = None
    """Who runs it."""


class Moves(Strict):
    """People who get a home of this service live at its site from then on, and go everywhere from there."""

    people_per_unit: Positive = 1.0
    """People who move with one unit of the service: 2.5 where a unit is a household of 2.5 people."""
