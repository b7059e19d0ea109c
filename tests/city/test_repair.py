"""`planner check --repair`: every kind of slip mended in a copy, told, and nothing else touched."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from tiny_city import Tiny, feature, point, square

from planner.cli.app import app, guarded
from planner.errors import InputFault

if TYPE_CHECKING:
    from pathlib import Path


def areas(tiny: Tiny) -> dict[str, dict[str, Any]]:
    """Return the features of the neighbourhoods by id."""
    return {one["properties"]["id"]: one for one in tiny.files["areas.geojson"]["features"]}


def check(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], *words: str, project: bool = True
) -> tuple[int, str, str]:
    """Write the city with its scenario and check it: exit code, what is said, what is said of faults."""
    tiny.posed()
    (tiny.folder / "tiny.yaml").write_text(json.dumps(tiny.scenario), encoding="utf-8")
    if project:
        (tiny.folder / "planner.toml").touch()
    code = guarded(partial(app, ["check", str(tiny.folder / "tiny.yaml"), *words], prog_name="planner"))
    said = capsys.readouterr()
    return code, said.out, said.err


def changes(tiny: Tiny) -> list[list[str]]:
    """Return the rows of the table of changes."""
    path = tiny.folder / "tiny-repaired" / "changes.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def copied(tiny: Tiny, name: str) -> gpd.GeoDataFrame:
    """Return a layer of the copies."""
    return gpd.read_file(tiny.folder / "tiny-repaired" / f"{name}.gpkg")


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_an_outline_that_crosses_itself(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused, then drawn again; its people and all columns stay."""
    ring = areas(tiny)["D"]["geometry"]["coordinates"][0]
    ring[2], ring[3] = ring[3], ring[2]
    assert check(tiny, capsys)[0] == InputFault.exit_code
    before = files(tiny.folder)
    code, said, _ = check(tiny, capsys, "--repair")
    assert code == 0
    assert said.splitlines()[:2] == [
        "areas.geojson: 1 change (D)",
        (
            f"Wrote {tiny.folder}/tiny-repaired.yaml, which reads the copies in tiny-repaired; "
            "changes.csv there tells every change. The files of the city are as they were."
        ),
    ]
    assert "City: 650 residents, 4 neighbourhoods" in said
    assert changes(tiny) == [["areas.geojson", "D", "its outline was not valid and is drawn again", ""]]
    now = files(tiny.folder)
    assert {name: now[name] for name in before} == before
    layer = copied(tiny, "areas").set_index("id")
    assert layer.is_valid.all()
    assert layer.loc["A", ["name", "poor", "asked", "sick"]].tolist() == ["Altstadt", 30, 100, 10]


def test_shared_ground_is_left_to_the_smaller(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """B reaches a twentieth into A: the larger of the two loses that strip, and its size is told."""
    west = areas(tiny)["B"]["geometry"]["coordinates"][0]
    for corner in (0, 3, 4):
        west[corner][0] -= 0.0005
    assert "overlaps" in check(tiny, capsys)[2]
    code, _, _ = check(tiny, capsys, "--repair")
    assert code == 0
    ((file, name, what, size),) = changes(tiny)
    assert (file, name, what) == ("areas.geojson", "B", "ground that it shared with A is left to that")
    assert float(size) == pytest.approx(0.0005 * 74_200 * 0.01 * 111_200, rel=0.02)
    layer = copied(tiny, "areas").set_index("id").geometry
    assert layer["B"].bounds[0] == pytest.approx(16.37)
    assert shapely.equals(layer["A"], shapely.geometry.shape(areas(tiny)["A"]["geometry"]))


def test_a_large_overlap_is_for_people_to_decide(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of a neighbourhood is no slip: nothing is written, and the fault stays."""
    west = areas(tiny)["B"]["geometry"]["coordinates"][0]
    for corner in (0, 3, 4):
        west[corner][0] -= 0.005
    code, said, faults = check(tiny, capsys, "--repair")
    assert code == InputFault.exit_code
    assert said.splitlines()[0] == "Nothing was found that can be mended without knowing the place."
    assert "areas.geojson feature 'A': overlaps 'B'" in faults
    assert not (tiny.folder / "tiny-repaired").exists()


def test_an_area_where_a_point_belongs(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """A site drawn as its plot becomes a point in it, for both services that use the file."""
    tiny.files["sites.geojson"]["features"][0]["geometry"] = square(0, 0, 0.004)
    code, said, _ = check(tiny, capsys, "--repair")
    assert code == 0
    assert changes(tiny) == [["sites.geojson", "S1", "a point inside stands for the Polygon", ""]]
    assert said.count("could be built: room for 20 at 2 sites") == 2
    spot = copied(tiny, "sites").geometry[0]
    assert shapely.geometry.shape(square(0, 0, 0.004)).contains(spot)


def test_a_row_that_stands_twice(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """The same row twice stands once; the same id with other people is for the city to decide."""
    tiny.files["cells.csv"] += "003,B,16.375,48.205,200,20\n"
    assert "City: 650 residents" in check(tiny, capsys, "--repair")[1]
    assert changes(tiny)[0][1:3] == [
        "003",
        "the row says in all that is read of it what another says: it stands once",
    ]


def test_the_same_id_with_other_people_stays_a_fault(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows of one id that differ are not chosen between."""
    tiny.files["cells.csv"] += "003,B,16.375,48.205,201,20\n"
    code, _, faults = check(tiny, capsys, "--repair")
    assert code == InputFault.exit_code
    assert "the id '003' stands twice" in faults


def test_a_cell_a_little_astray(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """A cell 150 m outside is put into the nearest neighbourhood; ids keep their zeros."""
    del tiny.scenario["city"]["cells"]["neighbourhood"]
    tiny.replace("cells.csv", "001,A,16.362,48.202", "001,A,16.358,48.202")
    assert "lies in no neighbourhood" in check(tiny, capsys)[2]
    code, said, _ = check(tiny, capsys, "--repair")
    assert code == 0
    assert "City: 650 residents" in said
    ((file, name, what, _),) = changes(tiny)
    assert (file, name) == ("cells.csv", "001")
    assert what == "lies 149 m outside all neighbourhoods: is put into A"
    assert copied(tiny, "cells")["cell"].tolist() == ["001", "002", "003", "004"]
    assert copied(tiny, "cells")["in_neighbourhood"].tolist() == ["A", "A", "B", "C"]


def test_a_cell_far_away_stays_a_fault(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Three kilometres are no slip."""
    del tiny.scenario["city"]["cells"]["neighbourhood"]
    tiny.replace("cells.csv", "001,A,16.362,48.202", "001,A,16.32,48.202")
    assert check(tiny, capsys, "--repair")[0] == InputFault.exit_code


def test_everything_at_once_and_what_is_left(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Slips are mended and told, what nobody can mend stays a fault, with the copies kept."""
    tiny.files["sites.geojson"]["features"][0]["geometry"] = square(0, 0, 0.004)
    tiny.files["sites.geojson"]["features"].append(feature(None, site="S3", land=5))
    code, said, faults = check(tiny, capsys, "--repair")
    assert code == InputFault.exit_code
    assert "sites.geojson: 1 change (S1)" in said
    assert faults.splitlines() == [
        "sites.gpkg feature 'S3': there is no geometry",
        "    → delete the row, or draw its shape",
    ]
    assert (tiny.folder / "tiny-repaired" / "changes.csv").is_file()


def test_copies_that_stand_there_are_never_written_over(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second repair beside the first is refused, and the first stays."""
    tiny.files["sites.geojson"]["features"][0]["geometry"] = square(0, 0, 0.004)
    assert check(tiny, capsys, "--repair")[0] == 0
    before = files(tiny.folder)
    code, _, faults = check(tiny, capsys, "--repair")
    assert code == InputFault.exit_code
    assert "tiny-repaired: the folder is not empty: it holds changes.csv" in faults
    assert "→ move tiny-repaired and tiny-repaired.yaml away: copies are never written over" in faults
    assert files(tiny.folder) == before


def test_numbers_stay_what_they_are_in_a_table_with_commas(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table with decimal commas is read as it was: the copy holds numbers, the scenario no `table` more."""
    del tiny.scenario["city"]["cells"]["neighbourhood"]
    rows = [
        "001;16,358;48,202;1.000,5;10",
        "002;16,367;48,207;300;0",
        "003;16,375;48,205;200;20",
        "004;16,365;48,215;50;5",
    ]
    tiny.files["cells.csv"] = "\n".join(["cell;lon;lat;people;pupils", *rows, ""])
    tiny.scenario["city"]["cells"]["table"] = {"decimal": ","}
    code, said, _ = check(tiny, capsys, "--repair")
    assert code == 0
    assert copied(tiny, "cells")["people"].tolist() == [1000.5, 300.0, 200.0, 50.0]
    assert "City: 1,550 residents" in said


def test_a_sound_city_needs_nothing(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written, and the city is told as always."""
    whole = copy.deepcopy(tiny.scenario)
    code, said, _ = check(tiny, capsys, "--repair")
    assert code == 0
    assert said.startswith("Nothing was found that can be mended without knowing the place.\n\ntiny\n")
    assert tiny.scenario == whole
    assert not list(tiny.folder.glob("*repaired*"))


def test_a_city_without_a_project_file_and_with_names_of_the_format(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns called as GeoPackage calls its own, or alike but for large letters, are kept; so is the way."""
    first = areas(tiny)["A"]["properties"]
    first |= {"fid": "07", "geom": "x", "ID": "other", "Name": "=1+1"}
    ring = areas(tiny)["D"]["geometry"]["coordinates"][0]
    ring[2], ring[3] = ring[3], ring[2]
    (tiny.folder / "planner.toml").unlink(missing_ok=True)
    code, _, faults = check(tiny, capsys, "--repair", project=False)
    assert code == 0, faults
    layer = copied(tiny, "areas")
    assert layer["id"].tolist() == ["A", "B", "C", "D"]
    assert layer[["fid", "geom"]].iloc[0].tolist() == ["07", "x"]
    assert {"other", "=1+1"} <= set(layer.iloc[0].drop("geometry").astype(str))


def test_points_of_a_line_and_of_many(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Several points, and a line, become one point each."""
    spots = [point(0.2, 0.2)["coordinates"], point(0.4, 0.4)["coordinates"]]
    tiny.files["sites.geojson"]["features"][0]["geometry"] = {"type": "MultiPoint", "coordinates": spots}
    tiny.files["sites.geojson"]["features"][1]["geometry"] = {"type": "LineString", "coordinates": spots}
    assert check(tiny, capsys, "--repair")[0] == 0
    assert [row[2] for row in changes(tiny)] == [
        "a point inside stands for the MultiPoint",
        "a point inside stands for the LineString",
    ]
