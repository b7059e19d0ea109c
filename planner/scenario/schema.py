"""What a scenario file may say: strict, frozen types; the text under a key is its documentation."""

from __future__ import annotations

from operator import not_
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from planner.scenario.futures import Drawn, Future, Uncertainty
from planner.scenario.judge import Judge, Wellbeing
from planner.scenario.options import Moves, Option, Programme
from planner.scenario.periods import OverTime, Period
from planner.scenario.places import (
    Cells,
    City,
    Existing,
    Group,
    Layer,
    Name,
    Neighbourhoods,
    NotNegative,
    Positive,
    Share,
    Sites,
    Strict,
    Undercount,
)
from planner.scenario.standards.read import way
from planner.scenario.ways import Mode, Network, StraightLine, Table

__all__ = [
    "Budget",
    "Cells",
    "City",
    "Existing",
    "Group",
    "Indicators",
    "Layer",
    "Need",
    "Neighbourhoods",
    "Network",
    "Option",
    "Programme",
    "Reach",
    "Scenario",
    "Service",
    "Sites",
    "Solver",
    "StraightLine",
    "Strict",
    "Table",
    "Undercount",
    "Wellbeing",
]


class Need(Strict):
    """Who needs the service."""

    meaning: Literal["demand", "deficit"]
    """`demand`: everyone who needs it, of whom existing providers serve part; `deficit`:
    already net of what exists."""
    layer: Literal["neighbourhoods", "cells"] = "neighbourhoods"
    """Layer that holds the column; need by neighbourhood is spread over its cells by population."""
    count: Name | None = None
    """Column with the need [unit of the service]."""
    rate: NotNegative | Name | None = None
    """Need per resident [unit/person]: a number, or a column."""
    margin: Name | None = None
    """Column with the margin of error of that column, in its unit, at the city's `margin_level`."""

    @model_validator(mode="after")
    def _one_measure(self) -> Need:
        if (self.count is None) == (self.rate is None):
            message = "give either `count` (a column) or `rate` (need per resident), not both"
            raise ValueError(message)
        return self


class Reach(Strict):
    """How far people go, and what a longer way is worth."""

    mode: Name = "walk"
    """One of the modes under `travel`."""
    standard: Name | None = None
    """A standard that others have set, such as `sphere_water_point`; `planner list standards` names them."""
    standard_minutes: NotNegative | None = None
    """Up to here the service is as good as next door [min]."""
    limit_minutes: Positive | None = None
    """Beyond this nobody is served [min]."""
    standard_metres: NotNegative | None = None
    """Up to here the service is as good as next door [m]."""
    limit_metres: Positive | None = None
    """Beyond this nobody is served [m]."""
    decay: Literal["step", "linear", "logistic", "exponential"] = "linear"
    """How quality falls between the standard and the limit."""

    @model_validator(mode="before")
    @classmethod
    def _named_standard(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the file says
        """Fill in the figure of a standard that is named; a figure that is given too has to agree."""
        name = given.get("standard") if isinstance(given, dict) else None
        if not isinstance(name, str):
            return given
        minutes = given.get("limit_minutes") is not None
        value, key = (
            way(name, "min" if minutes else "m"),
            "standard_minutes" if minutes else "standard_metres",
        )
        written = given.get(key)
        if written is not None and written != value:
            raise ValueError(f"`standard: {name}` is {value:g}, and `{key}` is {written}: give one of them")
        return {**given, key: value}

    @model_validator(mode="after")
    def _one_unit(self) -> Reach:
        minutes = self.limit_minutes is not None
        if minutes == (self.limit_metres is not None):
            message = "give either `limit_minutes` or `limit_metres`"
            raise ValueError(message)
        if (self.standard_metres if minutes else self.standard_minutes) is not None:
            message = "`standard` and `limit` must have the same unit"
            raise ValueError(message)
        if self.near > self.limit:
            message = f"the standard ({self.near:g}) is beyond the limit ({self.limit:g})"
            raise ValueError(message)
        return self

    @property
    def unit(self) -> Literal["min", "m"]:
        """Unit of travel of this service."""
        return "min" if self.limit_minutes is not None else "m"

    @property
    def limit(self) -> float:
        """Limit in `unit`."""
        return float(self.limit_minutes if self.limit_minutes is not None else self.limit_metres or 0)

    @property
    def near(self) -> float:
        """Standard in `unit`; the limit itself where none is given."""
        given = self.standard_minutes if self.limit_minutes is not None else self.standard_metres
        return float(given) if given is not None else self.limit


class Service(Strict):
    """One service: who needs it, how far people go, what stands, what can be built."""

    unit: Name = "person"
    """What need and capacity are counted in: person, household, pupil, m³/day …"""
    label: Name | None = None
    """How reports name the service."""
    need: Need
    """Who needs it."""
    travel: Reach
    """How far people go."""
    existing: Existing | None = None
    """Facilities that serve today."""
    sites: Sites | None = None
    """Where it can be built."""
    options: dict[Name, Option] = Field(default={})
    """Sizes in which it can be built."""
    programmes: dict[Name, Programme] = Field(default={})
    """Ways to serve people all over the city without a place, such as an insurance, by name."""
    mix_sizes: bool = False
    """Whether modules of several sizes may stand at one site; else at most one size of the service does."""
    moves_people: Moves | None = None
    """For homes: who is served moves to the site, and is served from there with everything else. Nobody moves
    where it is left out. It needs the `deficit`, the homes that are missing."""
    weight: NotNegative = 1.0
    """Importance beside the other services; weights are scaled to sum to 1."""

    @model_validator(mode="after")
    def _options_need_sites(self) -> Service:
        if bool(self.options) != (self.sites is not None):
            message = "`sites` and `options` go together: where it can be built, and in which sizes"
            raise ValueError(message)
        return self


class Budget(Strict):
    """The money for all services together."""

    capital: NotNegative | None = None
    """For building [currency]; unlimited where none is given."""
    operating: NotNegative | None = None
    """For running what is built, each year [currency/year]; unlimited where none is given."""
    currency: Name = "money"
    """Name of the unit of money, such as `USD million`."""


class Indicators(Strict):
    """What the report tells."""

    summaries: list[Name] = Field(default=["mean", "gini", "worst_off", "below_floor"])
    """Ways to sum up a distribution; `planner list indicators` names them."""
    groups: list[Name] | None = None
    """Groups told apart; all groups of the city where none are given."""
    floor: Share = 0.5
    """Wellbeing or coverage below which people are counted as below the floor."""
    smallest_group: NotNegative = 10.0
    """Figures of fewer people than this are not printed; totals and the objective keep them [person]."""


class Solver(Strict):
    """How hard to look."""

    gap: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Share of the possible gain that the plan may miss."""
    time_limit_seconds: Positive = 300.0
    """Longest search [s]."""
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads for the solver."""
    memory_gb: Positive | None = None
    """Most memory that the planner may hold while it searches [GB]; held on Linux only."""


class Scenario(Strict):
    """One question that a city asks."""

    name: Name
    """What the question is called."""
    description: str = ""
    """What a reader should know about it."""
    city: City
    """The place and its people."""
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    """What people need: housing, health, water, education, or any other."""
    travel: Annotated[dict[Name, Mode], Field(min_length=1)]
    """How people move, by mode."""
    budget: Budget = Budget()
    """The money for all services together."""
    periods: dict[Name, Period] = Field(default={}, exclude_if=not_)
    """Years of the plan, in their order, by name; one period where none are given. `budget.capital` is then
    the money for all of them together."""
    over_time: OverTime = Field(default=OverTime(), exclude_if=lambda given: given == OverTime())
    """What holds for all periods together."""
    futures: dict[Name, Future] = Field(default={}, exclude_if=not_)
    """Ways in which needs may turn out, by name; as they are told where none are given."""
    drawn: Drawn | None = Field(default=None, exclude_if=not_)
    """Needs drawn by chance in place of the estimates; as they are told where it is left out."""
    uncertainty: Uncertainty = Field(default="expected", exclude_if="expected".__eq__)
    """How a plan is judged over the futures: by the `expected` value of the principle, by that in the
    `worst_case`, or by the greatest regret: what it falls behind the best plan for each (`least_regret`)."""
    objective: Name | dict[Name, dict[Name, Any]] = "utilitarian"
    """The principle of justice; `planner list objectives` names them."""
    judge: Judge = "wellbeing"
    """By what the principle judges: `wellbeing`, or `{coverage: health}` of those who need that service."""
    judge_by: Literal["cells", "neighbourhoods"] = "cells"
    """Places whose wellbeing is judged."""
    constraints: list[dict[Name, dict[Name, Any]]] = Field(default=[])
    """Rules that every plan keeps; `planner list constraints` names them."""
    wellbeing: Wellbeing = Wellbeing()
    """How needs are put on one scale."""
    indicators: Indicators = Indicators()
    """What the report tells."""
    solver: Solver = Solver()
    """How hard to look."""

    _path: Path = PrivateAttr(default=Path())
    _project: Path = PrivateAttr(default=Path())
    _allow: tuple[Path, ...] = PrivateAttr(default=())
    _marks: dict[tuple[str, ...], str] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The scenario file; layers are relative to its folder."""
        return self._path

    @property
    def project(self) -> Path:
        """The project folder, which no path leaves."""
        return self._project

    @property
    def allow(self) -> tuple[Path, ...]:
        """Further folders in which layers may lie."""
        return self._allow

    def where(self, *trail: str | int) -> str:
        """Place of a key, as `file:line:column`; of its nearest parent where it is not written."""
        parts = tuple(str(part) for part in trail)
        while parts and parts not in self._marks:
            parts = parts[:-1]
        return self._marks.get(parts, self._path.name)

    @property
    def objective_name(self) -> str:
        """Key of the principle."""
        return self.objective if isinstance(self.objective, str) else next(iter(self.objective))

    @property
    def objective_parameters(self) -> dict[str, Any]:
        """Parameters of the principle."""
        return {} if isinstance(self.objective, str) else dict(self.objective[self.objective_name])
