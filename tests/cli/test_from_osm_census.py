"""A draft with a city's own neighbourhoods, and the people of its census: in them, or in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("osmium")

from test_from_osm import SIDE, STEP, refused, town

from planner.cli.app import app

WEST, EAST, SEA = 3000, 1000, 40


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town of eight by eight blocks as a file."""
    return town(tmp_path_factory.mktemp("osm") / "town.osm.pbf")


def wards(path: Path, **changed: Any) -> Path:  # noqa: ANN401 - any column
    """Write two halves of the town, and a ward in the sea without a home."""
    x, y, half, size = 7.0, 43.0, SIDE / 2 * STEP, SIDE * STEP
    shapes = [
        shapely.box(x, y, x + half, y + size),
        shapely.box(x + half, y, x + size, y + size),
        shapely.box(x + size, y, x + size + half, y + size),
    ]
    columns = {"code": ["01", "02", "03"], "title": ["West", "East", "Sea"], "people": [WEST, EAST, SEA]}
    gpd.GeoDataFrame(
        {**columns, **changed}, geometry=changed.pop("geometry", shapes), crs="EPSG:4326"
    ).to_file(path)
    return path


def drafted(folder: Path, extract: Path, *words: str) -> str:
    """Write a draft; what is said."""
    said = CliRunner().invoke(app, ["init", str(folder), "--osm", str(extract), *words])
    assert said.exit_code == 0, said.output
    return said.output


def people(folder: Path) -> dict[str, int]:
    """Residents by ward."""
    cells = pd.read_csv(folder / "data" / "cells.csv", dtype={"ward": str})
    return cells.groupby("ward")["residents"].sum().to_dict()


def test_everybody_lives_in_their_own_ward(extract: Path, tmp_path: Path) -> None:
    """The wards are the city's, with its ids and names; people of one without homes are at a point inside."""
    own = wards(tmp_path / "wards.gpkg")
    words = ["--neighbourhoods", str(own), "--id", "code", "--label", "title", "--residents", "people"]
    said = drafted(tmp_path / "city", extract, *words)
    assert "Neighbourhoods are the 3 that the city has given." in said
    assert "4,040 people are counted in 3 neighbourhoods, and live there by floor area." in said
    assert "No homes are mapped in Sea: their 40 people are at a point inside." in said
    assert people(tmp_path / "city") == {"01": WEST, "02": EAST, "03": SEA}
    layer = gpd.read_file(tmp_path / "city" / "data" / "neighbourhoods.geojson")
    assert layer["name"].tolist() == ["West", "East", "Sea"]
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "city" / "scenario.yaml")])
    assert checked.exit_code == 0, checked.output
    assert "City: 4,040 residents, 3 neighbourhoods" in checked.output


def test_people_come_from_a_table(extract: Path, tmp_path: Path) -> None:
    """A table by the same ids, which keep their zeros, counts instead."""
    own, census = wards(tmp_path / "wards.gpkg"), tmp_path / "census.csv"
    census.write_text("district;inhabitants\n03;7\n01;100\n02;200\n", encoding="utf-8")
    words = ["--neighbourhoods", str(own), "--id", "code", "--people-table", str(census), "--on", "district"]
    said = drafted(tmp_path / "city", extract, *words, "--residents", "inhabitants")
    assert "307 people are counted in 3 neighbourhoods" in said
    assert people(tmp_path / "city") == {"01": 100, "02": 200, "03": 7}


def test_own_wards_with_a_stated_number(extract: Path, tmp_path: Path) -> None:
    """Without a column of people the number is spread over all homes, as always."""
    own = wards(tmp_path / "wards.gpkg")
    drafted(tmp_path / "city", extract, "--neighbourhoods", str(own), "--id", "code", "--people", "5000")
    found = people(tmp_path / "city")
    assert sum(found.values()) == 5000
    assert set(found) == {"01", "02"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--id", "code"], "--id without --neighbourhoods\n    → name the polygons too"),
        (["--neighbourhoods", "W"], "--neighbourhoods without --id\n    → name their column of ids"),
        (["--neighbourhoods", "W", "--id", "code"], "--people: a map does not tell how many people"),
        (["--neighbourhoods", "W", "--id", "kode", "--residents", "people"],
         "wards.gpkg: unknown column `kode`; did you mean `code`?\n    → known: code, title, people"),
        (["--neighbourhoods", "W", "--id", "code", "--residents", "people", "--people", "5"],
         "--people and --residents both count the residents\n    → give one of them"),
        (["--neighbourhoods", "W", "--id", "code", "--people", "5", "--on", "x"],
         "a table of people needs its file and the column that counts them"),
        (["--neighbourhoods", "W", "--id", "code", "--people-table", "T", "--residents", "people"],
         "table.csv: it has no row for these neighbourhoods: 03\n    → add their rows, with 0"),
        (["--neighbourhoods", "W", "--id", "code", "--people-table", "T", "--residents", "people"],
         "table.csv: these of its rows are no neighbourhood of wards.gpkg: 3\n    → nobody is left out"),
        (["--neighbourhoods", "W", "--id", "code", "--people-table", "T", "--residents", "code"],
         "table.csv: unknown column"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(
    words: list[str], message: str, extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message each, exit code 2, nothing written."""
    table = tmp_path / "table.csv"
    key = "kode" if "--residents" in words and words[-1] == "code" else "code"
    table.write_text(f"{key},people\n01,5\n02,6\n3,7\n", encoding="utf-8")
    places = {"W": str(wards(tmp_path / "wards.gpkg")), "T": str(table)}
    given = ["--osm", str(extract), *(places.get(word, word) for word in words)]
    assert message in refused(given, capsys, tmp_path / "city")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": ["01", "01", ""]}, "wards.gpkg feature 2: the id '01' stands twice"),
        ({"code": ["01", "01", ""]}, "wards.gpkg feature 3: `code` is empty"),
        ({"people": ["1", "many", "-4"]}, "wards.gpkg feature 2: `people` is no number of people: 'many'"),
        ({"people": ["1", "many", "-4"]}, "wards.gpkg feature 3: `people` is no number of people: '-4'"),
        (
            {"people": [0, 0, 0]},
            "wards.gpkg: `people` counts nobody\n    → name the column of residents",
        ),
        (
            {"geometry": [shapely.Point(7, 43)] * 3},
            "wards.gpkg feature 1: a polygon that is valid was expected",
        ),
    ],
)
def test_wards_that_cannot_serve_are_told(
    changed: dict[str, Any], message: str, extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every bad row is listed with its place."""
    own = wards(tmp_path / "wards.gpkg", **changed)
    words = ["--osm", str(extract), "--neighbourhoods", str(own), "--id", "code", "--residents", "people"]
    assert message in refused(words, capsys, tmp_path / "city")


def test_thousands_are_not_read_as_thousandths(
    extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A point that may part thousands is asked about, and not taken for a fraction of a person."""
    own, census = wards(tmp_path / "wards.gpkg"), tmp_path / "census.csv"
    census.write_text("code,people\n01,1.234\n02,200\n03,7\n", encoding="utf-8")
    words = ["--osm", str(extract), "--neighbourhoods", str(own), "--id", "code", "--residents", "people"]
    said = refused([*words, "--people-table", str(census)], capsys, tmp_path / "city")
    assert "census.csv:2: `people` is no number of people: '1.234'" in said
    assert "without thousands marks" in said
