"""Demand that is not certain: several futures, each with its needs and how likely it is; strict types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from planner.scenario.places import Name, NotNegative, Positive, Strict

if TYPE_CHECKING:
    from planner.scenario.schema import Scenario

Uncertainty = Literal["expected", "worst_case", "least_regret"]
NEEDS = ("count", "rate")
"""Keys of needs that name columns which may be others in a future."""


class Times(Strict):
    """Needs that are so many times as large."""

    times: Positive
    """Factor on the need: 1.5 is half as much again."""
    services: Annotated[list[Name], Field(min_length=1)] | None = None
    """Services; all where none are named."""
    neighbourhoods: Annotated[list[Name], Field(min_length=1)] | None = None
    """Where, by id; everywhere where none are named."""
    group: Name | None = None
    """Whose need, as a group of `city.groups`; everybody's where none is named."""


class Future(Strict):
    """One way in which needs may turn out."""

    probability: Annotated[float, Field(gt=0, lt=1)]
    """How likely it is; those of all futures sum to 1."""
    columns: dict[Name, Name] = Field(default={})
    """Columns of needs that are others in this future: `{care: care_high}`."""
    needs: list[Times] = Field(default=[])
    """Needs that are larger or smaller in this future."""


class Drawn(Strict):
    """Needs drawn by chance in place of the estimates: what a sweep over seeds is made of."""

    seed: Annotated[int, Field(ge=0)]
    """The same seed draws the same needs, each from the margin of error of its column, where it has one."""
    demand: NotNegative = 0.0
    """How uncertain the need for each service is in the whole city: the standard deviation of its logarithm,
    so that 0.1 is about a tenth more or less."""


def in_future(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario with the columns of needs of one of its futures."""
    columns = scenario.futures[name].columns
    services = {}
    for key, service in scenario.services.items():
        need = service.need
        named = {own: columns.get(str(getattr(need, own)), getattr(need, own)) for own in NEEDS}
        services[key] = service.model_copy(update={"need": need.model_copy(update=named)})
    return scenario.model_copy(update={"services": services})


def likeliest(scenario: Scenario) -> str:
    """Name of the future that is most likely, the first of several; empty where all is certain."""
    futures = scenario.futures
    return max(futures, key=lambda name: futures[name].probability) if futures else ""
