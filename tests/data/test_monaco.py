"""The shipped layers of Monaco: counts, sums, joins and the network."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FOLDER = Path(__file__).parents[2] / "data" / "monaco"
COUNTS = {"neighbourhoods": 9, "schools": 11, "health": 4, "drinking_water": 22, "sites": 70, "streets": 2715}
KEYS = {"neighbourhoods": "ward", "sites": "site", "streets": "way"}
PEOPLE = {"residents": 38_367, "households": 17_879, "children": 4_398, "homes_wanted": 715}


def layer(name: str) -> dict[str, Any]:
    """Read one layer as plain JSON."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.geojson").read_text(encoding="utf-8"))
    return content


def table(name: str) -> pd.DataFrame:
    """Read the properties of one layer."""
    return pd.DataFrame([feature["properties"] for feature in layer(name)["features"]])


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    """Read the residential points."""
    return pd.read_csv(FOLDER / "cells.csv")


@pytest.fixture(scope="module")
def wards() -> dict[str, Any]:
    """Read the polygon of every ward."""
    return {
        f["properties"]["ward"]: shapely.geometry.shape(f["geometry"])
        for f in layer("neighbourhoods")["features"]
    }


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_ids_are_unique_and_counts_known(name: str, count: int) -> None:
    """Hold the stated number of features, each with its own id."""
    ids = table(name)[KEYS.get(name, "id")]
    assert len(ids) == count
    assert ids.is_unique
    assert ids.str.len().gt(0).all()


@pytest.mark.parametrize("name", COUNTS)
def test_layers_follow_rfc_7946_and_credit_openstreetmap(name: str) -> None:
    """Carry no `crs`, at most 7 decimals, and the attribution."""
    content = layer(name)
    assert "crs" not in content
    assert "© OpenStreetMap contributors" in content["attribution"]
    for feature in content["features"]:
        at = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        assert np.array_equal(at, np.round(at, 7))
        assert (np.abs(at - (7.42, 43.74)) < 0.05).all()


def test_the_whole_is_small() -> None:
    """Stay below 1.8 MB."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 1_800_000


def test_wards_are_valid_and_apart(wards: dict[str, Any]) -> None:
    """Wind outer rings anticlockwise and share nothing but borders."""
    shapes = list(wards.values())
    for place, shape in enumerate(shapes):
        assert shape.is_valid
        assert all(part.exterior.is_ccw for part in getattr(shape, "geoms", [shape]))
        assert all(shape.intersection(other).area < 1e-9 for other in shapes[:place])


def test_people_add_up(cells: pd.DataFrame) -> None:
    """Sum to the published totals, and by ward to the ward."""
    found = table("neighbourhoods").set_index("ward")[[*PEOPLE]]
    assert found.sum().to_dict() == PEOPLE
    assert cells.groupby("ward")[[*PEOPLE]].sum().sort_index().equals(found.sort_index())


def test_every_estimate_says_so() -> None:
    """Name the basis of every ward's residents."""
    basis = table("neighbourhoods").set_index("ward")["residents_basis"]
    assert basis.str.startswith("published").sum() == 4
    assert (basis == "estimated by floor area").sum() == 5


def test_cells_lie_in_their_wards(cells: pd.DataFrame, wards: dict[str, Any]) -> None:
    """Hold people in every cell, inside its ward."""
    assert len(cells) == 967
    assert cells["cell"].is_unique
    assert (cells["residents"] >= 1).all()
    for ward, part in cells.groupby("ward"):
        assert shapely.contains_xy(wards[str(ward)], part[["lon", "lat"]].to_numpy()).all()


@pytest.mark.parametrize("name", ["schools", "health", "drinking_water", "sites"])
def test_places_lie_in_their_wards(name: str, wards: dict[str, Any]) -> None:
    """Stand inside the ward that they name, with a name of their own."""
    for feature in layer(name)["features"]:
        row = feature["properties"]
        assert wards[row["ward"]].contains(shapely.Point(feature["geometry"]["coordinates"]))
        assert row["name"]


def test_every_ward_has_a_site_with_land(wards: dict[str, Any]) -> None:
    """Offer land in every ward, never more than the outline."""
    sites = table("sites")
    assert set(sites["ward"]) == set(wards)
    assert sites["land"].gt(0).all()
    assert (sites["land"] <= sites["outline"]).all()


@pytest.mark.parametrize(
    ("name", "total"), [("schools", 4_308), ("health", 16_500), ("drinking_water", 5_500)]
)
def test_capacities_are_those_of_the_readme(name: str, total: int) -> None:
    """Keep capacities positive, qualities in (0, 1], and the stated sum."""
    places = table(name)
    assert places["capacity"].gt(0).all()
    assert places["quality"].between(0.01, 1).all()
    assert places["capacity"].sum() == total


def test_no_pharmacy_passes_for_a_hospital() -> None:
    """Leave out the pharmacy and the homes for the elderly."""
    names = " ".join(table("health")["name"])
    assert "Farmacy" not in names
    assert "Ott" not in names


def test_the_network_hangs_together() -> None:
    """Join ways where coordinates are equal: 124.7 km, 97 % of it in one part."""
    number: dict[tuple[float, ...], int] = {}
    ends: list[tuple[int, int]] = []
    for feature in layer("streets")["features"]:
        line = [number.setdefault(tuple(at), len(number)) for at in feature["geometry"]["coordinates"]]
        ends += pairwise(line)
    at = np.array(list(number)) * (111_320 * np.cos(np.radians(43.74)), 111_130)
    first, second = np.array(ends).T
    length = np.linalg.norm(at[first] - at[second], axis=1)
    parts, part = connected_components(
        coo_array((length, (first, second)), shape=(len(at),) * 2), directed=False
    )
    by_part = np.bincount(part[first], weights=length)
    assert length.sum() == pytest.approx(124_700, rel=0.005)
    assert parts == 29
    assert by_part.max() / by_part.sum() > 0.97
