"""Districts of the neighbourhoods, and what is told where they are not all there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiny_city import Tiny

if TYPE_CHECKING:
    from pathlib import Path


def _tiny(folder: Path, *districts: str | None) -> Tiny:
    """Return the tiny city with a district for each neighbourhood."""
    tiny = Tiny(folder)
    tiny.scenario["city"]["neighbourhoods"]["district"] = "district"
    for area, district in zip(tiny.files["areas.geojson"]["features"], districts, strict=True):
        area["properties"]["district"] = district
    return tiny


def test_districts_are_read(tmp_path: Path) -> None:
    """Each neighbourhood has its district; a city that names none has no such column."""
    city = _tiny(tmp_path, "north", "south", " north ", "south").read()
    assert city.neighbourhoods["district"].to_dict() == {
        "A": "north",
        "B": "south",
        "C": "north",
        "D": "south",
    }
    assert "district" not in Tiny(tmp_path).read().neighbourhoods


def test_a_neighbourhood_without_a_district_is_told(tmp_path: Path) -> None:
    """Every empty one is listed, with what to do."""
    told = _tiny(tmp_path, "north", "", "north", None).told()
    assert "`district` is empty; the name of a district was expected" in told
    assert "'B'" in told
    assert "'D'" in told
    assert "name the district of every neighbourhood" in told


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    """The nearest column is named."""
    tiny = _tiny(tmp_path, "north", "south", "north", "south")
    tiny.scenario["city"]["neighbourhoods"]["district"] = "distrikt"
    assert "has no column `distrikt`; did you mean `district`?" in tiny.told()


def test_a_group_cannot_be_called_district(tmp_path: Path) -> None:
    """The name is that of a column of the city."""
    tiny = Tiny(tmp_path)
    tiny.scenario["city"]["groups"]["district"] = {"count": "poor"}
    assert "a group cannot be called `district`" in tiny.told()
