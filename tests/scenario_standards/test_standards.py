"""The catalogue of standards: complete, honest, listed; a scenario may name one."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from planner import catalogue
from planner.cli.listing import listing
from planner.scenario.schema import Reach
from planner.scenario.standards.read import answers, standards, way

SERVICES = {
    "water", "sanitation", "housing", "health", "education", "public space", "transport", "energy",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(standards()))
def test_every_standard_is_complete(name: str) -> None:
    """Value, unit, way of measuring, whom it is for, who says so; what was read again has an address."""
    one = standards()[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert one.value > 0
    assert one.unit
    assert one.measure in {"walk", "drive", "any", "round_trip", "queue", "none"}
    assert one.applies_to
    assert one.source
    assert one.year == 0 or 1990 <= one.year <= 2026
    assert one.url.startswith("http") or not one.checked
    assert (one.measure == "none") == (one.unit not in {"m", "min"})


def test_all_services_have_one() -> None:
    """Water, sanitation, housing, health, education, public space, transport, energy."""
    assert {one.service for one in standards().values()} >= SERVICES


def test_answers_name_measures_that_exist() -> None:
    """Each indicator of the UN and ISO points at a measure of the catalogue."""
    known = catalogue.units("measure")
    assert {one.name for one in answers()} >= {
        "SDG 11.1.1", "SDG 11.2.1", "SDG 11.7.1", "SDG 6.1.1", "SDG 3.8.1", "SDG 4.a.1", "ISO 37120",
    }  # fmt: skip
    assert all(one.measure in known for one in answers())


def test_listed_with_source_and_state() -> None:
    """`planner list standards` names every one, its address, and whether it was read again."""
    text = "\n".join(listing("standards"))
    for name, one in standards().items():
        assert f"  {name}: " in text
        assert one.url in text
    assert text.count("NOT read again") == sum(not one.checked for one in standards().values())
    assert "SDG 11.2.1" in text


def test_named_in_a_scenario() -> None:
    """The name sets the figure in the unit of the limit, and reading it back gives the same."""
    reach = Reach.model_validate({"standard": "sphere_water_point", "limit_metres": 1000.0})
    assert (reach.near, reach.unit, reach.standard_metres) == (500, "m", 500)
    again = Reach.model_validate(reach.model_dump(exclude_none=True))
    assert again == reach
    timed = Reach.model_validate({"standard": "lancet_surgery", "limit_minutes": 240.0})
    assert (timed.near, timed.standard_minutes) == (120, 120)


NAMED = "sphere_water_point"
WRONG = [
    ({"standard": NAMED, "limit_minutes": 30.0}, "is in metres .500 m., and the limit is in minutes"),
    ({"standard": "jmp_basic_water", "limit_minutes": 30.0}, "there and back .* is no way to a facility"),
    ({"standard": "sphere_people_per_tap", "limit_metres": 30.0}, "person/tap .* is no way to a facility"),
    ({"standard": "spere_water_point", "limit_metres": 900.0}, "did you mean `sphere_water_point`"),
    ({"standard": "zzz", "limit_metres": 900.0}, "unknown standard `zzz`; `planner list standards`"),
    ({"standard": NAMED, "standard_metres": 4.0, "limit_metres": 900.0}, "give one of them"),
    ({"standard": NAMED, "limit_metres": 100.0}, "the standard .500. is beyond the limit .100."),
    ({"standard": 5, "limit_metres": 100.0}, "valid string"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_told_what_is_wrong(given: dict[str, object], words: str) -> None:
    """A unit that does not fit, a standard that is no way, a name that is not known: in words."""
    with pytest.raises(ValidationError, match=words):
        Reach.model_validate(given)


def test_way_in_both_units() -> None:
    """Standards are given in the unit that is asked for, or not at all."""
    assert way("rural_access", "m") == 2000
    with pytest.raises(ValueError, match="limit_metres"):
        way("rural_access", "min")
