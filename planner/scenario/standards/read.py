"""Read the catalogue of standards, and find the one that a scenario names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

ONE_WAY = frozenset({"walk", "drive", "any"})
TRAVEL_UNITS = {"m": "metres", "min": "minutes"}


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard that somebody has set.

    Attributes
    ----------
    name, service
        Under which it is named; what it is for.
    value, unit
        The figure; `m` and `min` for ways.
    measure
        `walk`, `drive` or `any` (one way), `round_trip`, `queue`, or `none`.
    applies_to
        From where to where, or of whom.
    source, year, url
        Who set it (and where it was read), when (0 where unknown), the address that was read.
    checked
        The address was read again and states this value.
    note
        What to know before using it.
    """

    name: str
    service: str
    value: float
    unit: str
    measure: str
    applies_to: str
    source: str
    url: str
    checked: bool
    year: int = 0
    note: str = ""

    @property
    def is_way(self) -> bool:
        """Whether it says how far it may be, one way."""
        return self.measure in ONE_WAY and self.unit in TRAVEL_UNITS


@dataclass(frozen=True, slots=True)
class Answer:
    """An indicator of the United Nations or ISO, and the measure here that answers to it."""

    name: str
    title: str
    measure: str
    how_far: str
    url: str
    checked: bool


@cache
def standards() -> dict[str, Standard]:
    """Return all standards by name, in the order of the catalogue."""
    return {name: Standard(name=name, **facts) for name, facts in _catalogue()["standards"].items()}


@cache
def answers() -> tuple[Answer, ...]:
    """Return the indicators that measures here answer to."""
    return tuple(Answer(**facts) for facts in _catalogue()["indicators"])


def way(name: str, unit: str) -> float:
    """Return how far a standard allows, in the unit of a service's limit.

    Parameters
    ----------
    name
        Name of the standard.
    unit
        `m` or `min`, as the limit.

    Raises
    ------
    ValueError
        With words for the planner: an unknown name, a standard that is no way, or one in another unit.
    """
    known = standards()
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        told = f"; did you mean `{near[0]}`?" if near else ""
        raise ValueError(f"unknown standard `{name}`{told}; `planner list standards` names them")
    found = known[name]
    if not found.is_way:
        what = f"{found.value:g} {found.unit}"
        told = " there and back" if found.measure == "round_trip" else ""
        raise ValueError(
            f"the standard `{name}` is {what}{told} ({found.applies_to}), which is no way to a facility: "
            "give `standard_metres` or `standard_minutes`"
        )
    if found.unit != unit:
        mine, other = TRAVEL_UNITS[unit], TRAVEL_UNITS[found.unit]
        raise ValueError(
            f"the standard `{name}` is in {other} ({found.value:g} {found.unit}), and the limit is in "
            f"{mine}: give `limit_{other}`, or `standard_{mine}` instead of the name"
        )
    return found.value


@cache
def _catalogue() -> dict[str, Any]:
    text = files("planner.scenario.standards").joinpath("standards.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
