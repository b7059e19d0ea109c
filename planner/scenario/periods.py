"""Years in a scenario: its periods, what changes from one to the next, and how they weigh; strict types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.places import Name, NotNegative, Positive, Strict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.scenario.schema import Scenario

Rate = Annotated[float, Field(gt=-1, le=10)]


class Money(Strict):
    """The money of one period, for all services together."""

    capital: NotNegative | None = None
    """For building in this period [currency]; no limit of its own where none is given."""
    operating: NotNegative | None = None
    """For running what is built, each year of this period [currency/year]; that of the scenario's `budget`
    where none is given."""


class Period(Strict):
    """Some years of the plan, in which nothing is opened or closed midway."""

    years: Positive = 1.0
    """How long it is [years]."""
    budget: Money = Money()
    """Its money."""
    weight: Positive | None = None
    """How much it counts beside the others; given for every period, or for none."""
    columns: dict[Name, Name] = Field(default={})
    """Columns of people and needs that are others in this period: `{residents: residents_2031}`."""


class Growth(Strict):
    """How people or needs grow, from the first period on."""

    people: Rate | None = None
    """Growth of residents a year, their need with them: 0.01 is a hundredth more each year."""
    need: Rate | None = None
    """Growth of need per resident a year."""
    services: Annotated[list[Name], Field(min_length=1)] | None = None
    """Services whose need grows; all where none are named."""
    neighbourhoods: Annotated[list[Name], Field(min_length=1)] | None = None
    """Where, by id; everywhere where none are named."""
    group: Name | None = None
    """Who, as a group of `city.groups`; everybody where none is named."""

    @model_validator(mode="after")
    def _one_kind(self) -> Growth:
        if (self.people is None) == (self.need is None):
            message = "give either `people` or `need`, the growth a year"
            raise ValueError(message)
        if self.people is not None and self.services is not None:
            message = "`services` belongs to the growth of `need`; people need every service"
            raise ValueError(message)
        return self


class OverTime(Strict):
    """What holds for all periods together."""

    carry_over: list[Literal["capital", "operating"]] = Field(default=[])
    """Money that a period may leave to the later ones."""
    discount_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much less a year counts than the one before: 0.03 is three hundredths. Where neither it nor
    weights are given, every year counts the same."""
    growth: list[Growth] = Field(default=[])
    """How people and needs grow."""


def elapsed(periods: Mapping[str, Period]) -> list[float]:
    """Years from the start of the plan to the start of each period."""
    starts = [0.0]
    for period in list(periods.values())[:-1]:
        starts.append(starts[-1] + period.years)
    return starts


def weights(periods: Mapping[str, Period], over_time: OverTime) -> list[float]:
    """How much each period counts, in all 1: as stated, or by its years, later ones discounted.

    With a discount rate r a year that begins t years after the start of the plan counts
    :math:`(1 + r)^{-t}`; the last part of a year counts in proportion.
    """
    given = [period.weight for period in periods.values()]
    if all(weight is not None for weight in given):
        raw = [float(weight or 0.0) for weight in given]
    else:
        factor = 1.0 / (1.0 + (over_time.discount_rate or 0.0))
        raw = [
            sum(_lasts(year, period.years) * factor ** (start + year) for year in range(_years(period)))
            for start, period in zip(elapsed(periods), periods.values(), strict=True)
        ]
    return [weight / sum(raw) for weight in raw]


def _years(period: Period) -> int:
    return int(-(-period.years // 1))


def _lasts(year: int, years: float) -> float:
    return min(1.0, years - year)


def in_period(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario with the columns of one of its periods."""
    columns = scenario.periods[name].columns

    def renamed[S: Strict](spec: S, *keys: str) -> S:
        named = {key: columns.get(str(getattr(spec, key)), getattr(spec, key)) for key in keys}
        return spec.model_copy(update=named)

    city = scenario.city
    own = {
        "neighbourhoods": renamed(city.neighbourhoods, "population"),
        "cells": None if city.cells is None else renamed(city.cells, "population"),
        "groups": {key: renamed(group, "count", "of") for key, group in city.groups.items()},
        "undercount": {key: renamed(missed, "factor") for key, missed in city.undercount.items()},
    }
    services = {
        key: service.model_copy(update={"need": renamed(service.need, "count", "rate")})
        for key, service in scenario.services.items()
    }
    return scenario.model_copy(update={"city": city.model_copy(update=own), "services": services})
