"""Tables joined to a layer by id: columns as if they stood there, the unmatched of both sides told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_city import Tiny

from planner.errors import InputFault
from planner.scenario.read import read_scenario
from planner.scenario.write import scenario_text

CENSUS = "code;poor;asked\nA;3,5;100\nB;1.010,5;200\nC;0;50\nD;0;0\n"


def joined(tiny: Tiny, census: str = CENSUS, **keys: object) -> Tiny:
    """Take what neighbourhoods count from a table."""
    for area in tiny.files["areas.geojson"]["features"]:
        del area["properties"]["poor"], area["properties"]["asked"]
    tiny.files["census.csv"] = census
    tiny.scenario["city"]["neighbourhoods"]["join"] = {"census": {"file": "census.csv", "on": "code"} | keys}
    return tiny


def test_a_joined_column_is_read_as_its_table_writes_it(tiny: Tiny) -> None:
    """Figures come from the table, its decimal comma is told, its file is an input of the run."""
    city = joined(tiny, CENSUS.replace("1.010,5", "10,5")).read()
    plain = Tiny(tiny.folder).read()
    share = city.cells["poor"] / plain.cells["poor"]
    assert share[["001", "003"]].round(9).tolist() == [round(3.5 / 30, 9), 1.05]
    assert "census.csv" in city.inputs
    assert any("decimal comma" in note for note in city.notes)
    assert [layer.how for layer in city.layers if layer.file == "census.csv"] == [
        "UTF-8, separated by `;`, head in row 1"
    ]


def test_rows_of_the_table_alone_are_told(tiny: Tiny) -> None:
    """Rows that the layer does not have are left out, by name."""
    city = joined(tiny, CENSUS.replace("1.010,5", "10,5") + "E;1;1\nF;1;1\n").read()
    assert "2 rows of census.csv are not in areas.geojson and left out: E, F." in city.notes


def test_rows_of_the_layer_alone_may_count_as_zero(tiny: Tiny) -> None:
    """Rows that the table does not name are 0 where the scenario says so, and told."""
    city = joined(tiny, "code;poor;asked\nA;3,5;100\nC;1;50\n", unmatched="zero").read()
    told = "2 rows of areas.geojson are not in census.csv; numbers from there are 0: B, D."
    assert told in city.notes
    assert city.cells.loc["003", "poor"] == 0


REFUSED = {
    "join_unmatched": "code;poor;asked\nA;3;100\nC;0;50\nD;0;0\n",
    "join_zeros": "code;poor;asked\n0A;3;100\nB;1;2\nC;0;50\nD;0;0\n",
    "join_none": "code;poor;asked\nx;3;100\ny;1;2\n",
    "join_twice": CENSUS + "B;1;1\n",
    "join_column_twice": "code;poor;asked;sick\nA;3;100;1\nB;1;200;1\nC;0;50;1\nD;0;0;1\n",
    "join_no_ids": "kode;poor;asked\nA;3;100\n",
    "join_number": "code;poor;asked\nA;3;100\nB;few;200\nC;0;50\nD;0;0\n",
}
WORDS = Path(__file__).parents[1] / "faults" / "layers" / "tables.json"


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_join_is_refused(name: str, tiny: Tiny) -> None:
    """What does not fit together is told with its place in the table."""
    words = json.loads(WORDS.read_text("utf-8"))[name]
    assert words in joined(tiny, REFUSED[name]).told()


def test_a_joined_file_is_inside_the_fence(tiny: Tiny) -> None:
    """The path of a joined table is checked like every other, and moves with the scenario."""
    joined(tiny, CENSUS.replace("1.010,5", "10,5")).posed()
    text = scenario_text(tiny.posed(), tiny.folder)
    (tiny.folder / "planner.toml").write_text("", "utf-8")
    path = tiny.folder / "tiny.yaml"
    path.write_text(text, "utf-8")
    below = tiny.folder / "below"
    below.mkdir()
    assert "file: ../census.csv" in scenario_text(read_scenario(path), below)
    path.write_text(text.replace("file: census.csv", "file: ../census.csv"), "utf-8")
    with pytest.raises(InputFault, match="leaves the project folder"):
        read_scenario(path)
