"""Owners, costs of acquiring sites and who runs what, read and refused; services without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_city import Tiny

from planner.problem.pose import pose
from planner.travel.measure import measure_travel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return the tiny city on disk, its sites with owners and prices."""
    tiny = Tiny(tmp_path)
    for feature, owner, price in zip(
        tiny.files["sites.geojson"]["features"], ("Stadt", ""), (0, 7.5), strict=True
    ):
        feature["properties"] |= {"whose": owner, "price": price}
    return tiny


def _ask(tiny: Tiny, **keys: object) -> None:
    for service in tiny.scenario["services"].values():
        service["sites"] |= keys


def test_owners_and_prices(tiny: Tiny) -> None:
    """Columns are read, an owner who is not known is empty."""
    _ask(tiny, owner="whose", acquisition_cost="price")
    sites = tiny.read().sites
    assert sites["owner"].to_dict() == {"S1": "Stadt", "S2": ""}
    assert sites["acquisition_cost"].to_dict() == {"S1": 0.0, "S2": 7.5}


def test_one_name_for_all(tiny: Tiny) -> None:
    """One owner and one price for all sites, one who runs all facilities."""
    _ask(tiny, owner={"all": "church"}, acquisition_cost=3)
    tiny.scenario["services"]["health"]["existing"]["run_by"] = {"all": "city"}
    city = tiny.read()
    assert set(city.sites["owner"]) == {"church"}
    assert set(city.sites["acquisition_cost"]) == {3.0}
    assert set(city.facilities["run_by"]) == {"city"}


def test_without_owners_nothing_is_to_pay(tiny: Tiny) -> None:
    """Owners and those who run facilities are empty, and sites cost nothing, unless they are told."""
    city = tiny.read()
    assert set(city.sites["owner"]) == set(city.facilities["run_by"]) == {""}
    assert set(city.sites["acquisition_cost"]) == {0.0}


def test_a_misspelt_column_is_no_name(tiny: Tiny) -> None:
    """A word that is no column of the layer is refused, not taken for the owner of all."""
    _ask(tiny, owner="whoes")
    assert "`sites.geojson` has no column `whoes`; did you mean `whose`?" in tiny.told()


def test_a_broken_price_is_refused(tiny: Tiny) -> None:
    """Prices are numbers from 0 up."""
    _ask(tiny, acquisition_cost="price")
    tiny.files["sites.geojson"]["features"][0]["properties"]["price"] = -1
    assert "`price` is negative (-1)" in tiny.told()


def test_services_that_share_a_file_share_its_owners(tiny: Tiny) -> None:
    """One file of sites cannot belong to one owner for health and to another for schools."""
    _ask(tiny, owner="whose")
    tiny.scenario["services"]["school"]["sites"]["owner"] = {"all": "church"}
    assert "has `owner` of `sites.geojson` as `{all: church}`, `health` as `whose`" in tiny.told()


@pytest.mark.parametrize("mode", ["straight_line", "network", "table"])
def test_a_service_of_a_programme_alone(tiny: Tiny, mode: str) -> None:
    """A service without any place, by every way to measure travel: everybody is within reach, at 0."""
    modes = {
        "straight_line": {"method": "straight_line"},
        "network": {"method": "network", "streets": {"file": "streets.geojson", "crs": "EPSG:4326"},
                    "snap_limit_metres": 5000},
        "table": {"method": "table", "file": "times.csv", "origin": "from", "destination": "to",
                  "minutes": "minutes"},
    }  # fmt: skip
    tiny.scenario["travel"]["alone"] = modes[mode]
    credit = {"capacity": 10, "quality": 0.5, "max_modules": 4, "run_by": "the fund"}
    tiny.scenario["services"]["energy"] = {
        "need": {"meaning": "demand", "rate": 0.1},
        "travel": {"mode": "alone", "limit_minutes": 10},
        "programmes": {"credit": credit},
    }
    scenario, city = tiny.posed(), tiny.read()
    problem = pose(scenario, city, measure_travel(city, scenario))
    [row] = problem.providers[problem.providers["service"] == "energy"].to_dict("records")
    assert (row["provider"], row["state"], row["run_by"], row["most"]) == (
        "energy/credit/programme", "programme", "the fund", 4,
    )  # fmt: skip
    mine = problem.pairs[
        problem.provider == problem.providers.index[problem.providers["service"] == "energy"][0]
    ]
    assert len(mine) == problem.of_service("energy").sum() == 4
    assert set(mine["travel"]) == {0.0}
    assert set(mine["quality"]) == {0.5}
