"""What a sound city says, and what changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal
from pyproj import Geod
from tiny_city import Tiny, feature, point

from planner.city.child import OTHER_DRIVERS
from planner.city.guard import Wanted, read_layers
from planner.errors import InputFault, MachineFault

if TYPE_CHECKING:
    from planner.city.city import City


def assert_same(one: City, other: City) -> None:
    """Two cities say the same, whatever the order of their files."""
    for name in ("neighbourhoods", "cells", "sites", "facilities"):
        assert_geodataframe_equal(getattr(one, name), getattr(other, name))
    for name in ("need", "candidates"):
        assert_frame_equal(getattr(one, name), getattr(other, name))


def test_people_are_joined_by_id(tiny: Tiny) -> None:
    """Residents of a neighbourhood are those of its cells; one without any is kept and told."""
    city = tiny.read()
    assert city.neighbourhoods["population"].to_dict() == {"A": 400, "B": 200, "C": 50, "D": 0}
    assert city.neighbourhoods["label"].to_dict() == {"A": "Altstadt", "B": "Bach", "C": "C", "D": "Dorf"}
    assert city.cells.index.tolist() == ["001", "002", "003", "004"]
    assert any("1 neighbourhoods have no residents" in note and "D" in note for note in city.notes)


def test_need_is_spread_by_population(tiny: Tiny) -> None:
    """A count by neighbourhood falls on its cells as their residents; cells without need are left out."""
    need = tiny.read().need.set_index(["service", "cell"])["need"]
    assert need.loc["health"].to_dict() == pytest.approx({"001": 2.5, "002": 7.5, "003": 20, "004": 5})
    assert need.loc["school"].to_dict() == {"001": 10, "003": 20, "004": 5}


def test_rate_is_multiplied_with_residents(tiny: Tiny) -> None:
    """A rate, as a number or as a column, counts for each resident."""
    tiny.scenario["services"]["health"]["need"] = {"meaning": "demand", "rate": 0.5}
    tiny.scenario["services"]["school"]["need"] = {"meaning": "demand", "layer": "cells", "rate": "pupils"}
    need = tiny.read().need.set_index(["service", "cell"])["need"]
    assert need["health", "002"] == 150
    assert need["school", "003"] == 4000


def test_groups_are_shares_of_those_asked(tiny: Tiny) -> None:
    """A group's people are its share of those asked, times the residents; cells add up."""
    city = tiny.read()
    assert city.neighbourhoods["poor"].to_dict() == pytest.approx({"A": 120, "B": 10, "C": 0, "D": 0})
    assert city.cells["poor"].to_dict() == pytest.approx({"001": 30, "002": 90, "003": 10, "004": 0})


def test_sites_are_shared_and_land_is_told(tiny: Tiny) -> None:
    """Services that name the same file share its sites, each in its neighbourhood."""
    city = tiny.read()
    assert city.sites["land_m2"].to_dict() == {"S1": 500, "S2": 900}
    assert city.sites["neighbourhood"].to_dict() == {"S1": "A", "S2": "D"}
    assert len(city.candidates) == 4


def test_default_cells_stand_within_their_neighbourhood(tiny: Tiny) -> None:
    """Without cells everyone lives at one point inside the neighbourhood."""
    del tiny.scenario["city"]["cells"]
    tiny.scenario["city"]["neighbourhoods"]["population"] = "asked"
    tiny.scenario["services"]["school"]["need"] = {"meaning": "deficit", "rate": 0.1}
    city = tiny.read()
    assert city.cells["population"].to_dict() == {"A": 100, "B": 200, "C": 50, "D": 0}
    assert city.cells.geometry.within(city.neighbourhoods.geometry).all()


def test_cells_are_found_by_location(tiny: Tiny) -> None:
    """Without a column the location tells the neighbourhood; on a border the first by id, told."""
    del tiny.scenario["city"]["cells"]["neighbourhood"]
    tiny.files["cells.csv"] += "005,B,16.37,48.205,7,0\n"
    city = tiny.read()
    assert city.cells["neighbourhood"].to_dict() == {
        "001": "A",
        "002": "A",
        "003": "B",
        "004": "C",
        "005": "A",
    }
    assert any("1 cells lie on a border" in note and "005" in note for note in city.notes)


def test_metres_are_metres(tiny: Tiny) -> None:
    """The area of a projected neighbourhood is that on the ellipsoid, within 0.2 %."""
    city = tiny.read()
    true = abs(Geod(ellps="WGS84").geometry_area_perimeter(city.neighbourhoods.geometry.to_crs(4326)["A"])[0])
    assert city.neighbourhoods.geometry["A"].area == pytest.approx(true, rel=0.002)


def test_crs_is_estimated_and_told(tiny: Tiny) -> None:
    """Without a coordinate system the UTM zone is taken, and told."""
    del tiny.scenario["city"]["crs"]
    city = tiny.read()
    assert city.crs == "EPSG:32633"
    assert any("EPSG:32633" in note for note in city.notes)


def test_inputs_are_hashed(tiny: Tiny) -> None:
    """Every file read is named with its SHA-256."""
    city = tiny.read()
    assert list(city.inputs) == ["areas.geojson", "cells.csv", "clinics.csv", "sites.geojson"]
    assert all(len(digest) == 64 for digest in city.inputs.values())


def test_order_changes_nothing(tiny: Tiny) -> None:
    """Rows and services in another order give the same city."""
    before = tiny.read()
    shuffle = np.random.default_rng(1).shuffle
    for name in ("areas.geojson", "sites.geojson"):
        shuffle(tiny.files[name]["features"])
    for name in ("cells.csv", "clinics.csv"):
        header, *rows = tiny.files[name].splitlines()
        shuffle(rows)
        tiny.files[name] = "\n".join([header, *rows]) + "\n"
    tiny.scenario["services"] = dict(reversed(tiny.scenario["services"].items()))
    assert_same(before, tiny.read())


def test_splitting_a_cell_keeps_the_sums(tiny: Tiny) -> None:
    """A cell split in two leaves people, groups and need of its neighbourhood as they were."""
    before = tiny.read()
    tiny.replace(
        "cells.csv", "002,A,16.367,48.207,300,0", "002a,A,16.367,48.207,100,0\n002b,A,16.367,48.207,200,0"
    )
    after = tiny.read()
    assert_geodataframe_equal(before.neighbourhoods, after.neighbourhoods)
    for city in (before, after):
        city.need["area"] = city.cells["neighbourhood"].reindex(city.need["cell"]).to_numpy()
    sums = [city.need.groupby(["service", "area"])["need"].sum() for city in (before, after)]
    pd.testing.assert_series_equal(*sums)


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".fgb", ".parquet"])
def test_formats_say_the_same(tiny: Tiny, ending: str) -> None:
    """A layer says the same in every format, in another coordinate system too."""
    before = tiny.read()
    layer = gpd.GeoDataFrame.from_features(tiny.files["areas.geojson"], crs=4326).to_crs(25833)
    path = tiny.folder / f"areas{ending}"
    layer.to_parquet(path) if ending == ".parquet" else layer.to_file(path)
    tiny.scenario["city"]["neighbourhoods"]["file"] = path.name
    after = tiny.read()
    assert before.neighbourhoods.geometry.symmetric_difference(after.neighbourhoods.geometry).area.max() < 1
    assert_frame_equal(
        before.neighbourhoods.drop(columns="geometry"), after.neighbourhoods.drop(columns="geometry")
    )
    assert_frame_equal(before.need, after.need)


WRITTEN = [("00123", "00123"), (123, "123"), (12.0, "12"), ("1E5", "1E5"), ("NA", "NA")]


@pytest.mark.parametrize(("written", "told"), [*WRITTEN, ("2024-01-02", "2024-01-02")])
def test_ids_stay_text(tiny: Tiny, written: object, told: str) -> None:
    """No id is taken for a number, a date or a missing value."""
    tiny.files["sites.geojson"]["features"][0]["properties"]["site"] = written
    if not isinstance(written, str):
        tiny.files["sites.geojson"]["features"][1]["properties"]["site"] = (
            99.0 if isinstance(written, float) else 99
        )
    assert told in tiny.read().sites.index


def test_csv_ids_stay_text(tiny: Tiny) -> None:
    """`00123`, `1E5` and `NA` stay as written; semicolons and a byte order mark are understood."""
    text = "\ufeff" + tiny.files["cells.csv"].replace("001", "00123").replace("002", "NA").replace(
        "003", "1E5"
    )
    tiny.files["cells.csv"] = text.replace(",", ";")
    assert tiny.read().cells.index.tolist() == ["00123", "004", "1E5", "NA"]


def test_layer_of_a_geopackage_is_named(tiny: Tiny) -> None:
    """A GeoPackage with several layers asks for one, and takes it."""
    layer = gpd.GeoDataFrame.from_features(tiny.files["areas.geojson"], crs=4326)
    for name in ("wards", "parishes"):
        layer.to_file(tiny.folder / "areas.gpkg", layer=name)
    tiny.scenario["city"]["neighbourhoods"]["file"] = "areas.gpkg"
    assert "name one with `layer`; layers: wards, parishes" in tiny.told()
    tiny.scenario["city"]["neighbourhoods"]["layer"] = "ward"
    assert "did you mean `wards`?" in tiny.told()
    tiny.scenario["city"]["neighbourhoods"]["layer"] = "wards"
    assert len(tiny.read().neighbourhoods) == 4


def test_all_layers_faults_come_at_once(tiny: Tiny) -> None:
    """Faults of several layers are told together."""
    tiny.replace("cells.csv", ",300,", ",-300,")
    tiny.files["areas.geojson"]["features"][0]["properties"]["sick"] = "x"
    tiny.replace("clinics.csv", "60,1", "-60,1")
    assert len([line for line in tiny.told().splitlines() if "→" not in line]) == 3


def test_layers_without_crs_are_refused(tiny: Tiny) -> None:
    """A shapefile without .prj is refused with the command that mends it; `crs` mends it too."""
    layer = gpd.GeoDataFrame.from_features(tiny.files["areas.geojson"], crs=4326)
    layer.to_file(tiny.folder / "areas.shp")
    (tiny.folder / "areas.prj").unlink()
    tiny.scenario["city"]["neighbourhoods"]["file"] = "areas.shp"
    assert tiny.told() == (
        "tiny.yaml: `areas.shp` states no coordinate system\n"
        "    → state it: `crs: EPSG:…` here, or `ogr2ogr -a_srs EPSG:… areas_with_crs.gpkg areas.shp`"
    )
    tiny.scenario["city"]["neighbourhoods"]["crs"] = "EPSG:4326"
    assert len(tiny.read().neighbourhoods) == 4


def test_the_cage_has_few_drivers() -> None:
    """In the cage, GDAL knows four formats and memory."""
    code = "import pyogrio; print(sorted(pyogrio.list_drivers()))"
    environment = {"OGR_SKIP": OTHER_DRIVERS, "PATH": ""}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True
    )
    assert told.stdout.strip() == "['ESRI Shapefile', 'FlatGeobuf', 'GPKG', 'GeoJSON', 'MEM']"


def test_a_dying_reader_is_told(tiny: Tiny) -> None:
    """A reader that runs out of time or memory is told in words that name the file."""
    tiny.posed()
    wanted = [Wanted(tiny.folder / "areas.geojson")]
    with pytest.raises(InputFault, match=r"took more than 0\.05 s and was stopped"):
        read_layers(wanted, seconds=0.05)
    with pytest.raises((MachineFault, InputFault), match=r"areas\.geojson|the reader"):
        read_layers(wanted, memory=300 * 1024**2)


def test_mutations_never_escape(tiny: Tiny) -> None:
    """Layers with flipped bytes are read or refused in words, never with another exception."""
    tiny.posed()
    rng = np.random.default_rng(7)
    layer = gpd.GeoDataFrame.from_features(tiny.files["areas.geojson"], crs=4326)
    layer.to_file(tiny.folder / "areas.gpkg")
    layer.to_file(tiny.folder / "areas.fgb")
    layer.to_parquet(tiny.folder / "areas.parquet")
    paths = []
    for number in range(200):
        source = tiny.folder / f"areas{['.gpkg', '.fgb', '.parquet', '.geojson'][number % 4]}"
        data = bytearray(source.read_bytes())
        for at in rng.integers(4, len(data), 8):
            data[at] = rng.integers(0, 256)
        paths.append(tiny.folder / f"mutated{number}{source.suffix}")
        paths[-1].write_bytes(data)
    with pytest.raises(InputFault) as refused:
        read_layers([Wanted(path, frozenset({"id", "sick"})) for path in paths])
    assert all(fault.where.startswith("mutated") for fault in refused.value.faults)
    assert "Traceback" not in str(refused.value)
    assert str(tiny.folder) not in str(refused.value)


def test_notes_tell_unasked_groups(tiny: Tiny) -> None:
    """Where nobody was asked about a group, it counts as nobody, and that is told."""
    tiny.files["areas.geojson"]["features"][2]["properties"]["asked"] = 0
    city = tiny.read()
    assert city.cells["poor"]["004"] == 0
    assert any("Nobody was asked about the group poor in C" in note for note in city.notes)


def test_two_files_of_sites_are_joined(tiny: Tiny) -> None:
    """Services with their own files of sites keep their own candidates."""
    tiny.scenario["services"]["school"]["sites"]["file"] = "more.geojson"
    tiny.files["more.geojson"] = {
        "type": "FeatureCollection",
        "features": [feature(point(1.2, 0.4), site="T1", land=5)],
    }
    city = tiny.read()
    assert city.sites.index.tolist() == ["S1", "S2", "T1"]
    assert city.candidates.to_numpy().tolist() == [["health", "S1"], ["health", "S2"], ["school", "T1"]]


def test_reading_leaves_the_files_alone(tiny: Tiny) -> None:
    """Nothing in the folder is changed or added by reading."""
    scenario = tiny.posed()
    before = {path: path.read_bytes() for path in Path(tiny.folder).iterdir()}
    tiny.read()
    assert {path: path.read_bytes() for path in Path(tiny.folder).iterdir()} == before
    assert json.loads(before[tiny.folder / "areas.geojson"])["type"] == "FeatureCollection"
    assert scenario.name == "tiny"


def test_streets_have_kinds_and_the_ground_heights(tiny: Tiny) -> None:
    """The kind of each road and the height of each point are read; without the keys there are none."""
    tiny.files["streets.geojson"]["features"][0]["properties"]["highway"] = "residential"
    tiny.files["heights.csv"] = "lon,lat,metres\n16.36,48.20,171\n16.38,48.22,-4.5\n"
    streets = {"file": "streets.geojson", "road": "highway"}
    heights = {"file": "heights.csv", "x": "lon", "y": "lat", "height": "metres"}
    tiny.scenario["travel"]["walk"] = {
        "method": "network", "streets": streets, "speeds_kmh": {"residential": 4.0}, "heights": heights,
    }  # fmt: skip
    city = tiny.read()
    assert city.lines["walk"]["road"].tolist() == ["residential"]
    assert city.heights["walk"]["height"].tolist() == [171.0, -4.5]
    assert city.heights["walk"].crs == city.lines["walk"].crs == city.crs
    assert "heights.csv" in city.inputs
    tiny.scenario["travel"]["walk"] = {"method": "network", "streets": {"file": "streets.geojson"}}
    city = tiny.read()
    assert city.lines["walk"]["road"].tolist() == [""]
    assert not city.heights
