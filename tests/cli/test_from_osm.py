"""A draft of a city from an OpenStreetMap extract: a town of the test's own, and inputs that cannot serve."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

osmium = pytest.importorskip("osmium")

from planner.__main__ import main  # noqa: E402 - after the skip
from planner.city.osm_tags import read_tags  # noqa: E402
from planner.city.osm_wards import hexagons  # noqa: E402
from planner.cli.app import app  # noqa: E402
from planner.cli.from_osm import write_from_osm  # noqa: E402
from planner.errors import InputFault  # noqa: E402

STEP = 0.001
SIDE = 8
PEOPLE = 4321


def square(x: float, y: float, size: float) -> list[tuple[float, float]]:
    """Corners of a square [degrees], closed."""
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]


def town(path: Path, *, homes: bool = True, streets: bool = True) -> Path:  # noqa: C901
    """Write a town of eight by eight blocks: homes, a school twice, a clinic, vacant land, streets."""
    mutable = importlib.import_module("osmium.osm.mutable")
    nodes: list[Any] = []
    ways: list[Any] = []

    def way(points: list[tuple[float, float]], tags: dict[str, str]) -> None:
        known = {at: 1000 * (len(ways) + 1) + n for n, at in enumerate(dict.fromkeys(points))}
        nodes.extend(mutable.Node(id=i, location=at) for at, i in known.items())
        ways.append(mutable.Way(id=len(ways) + 1, nodes=[known[at] for at in points], tags=tags))

    def corner(i: int, j: int) -> tuple[float, float]:
        return (7 + i * STEP, 43 + j * STEP)

    grid = {corner(i, j): 1 + i * (SIDE + 1) + j for i in range(SIDE + 1) for j in range(SIDE + 1)}
    nodes.extend(mutable.Node(id=i, location=at) for at, i in grid.items())
    if streets:
        for n in range(SIDE + 1):
            for line in ([corner(i, n) for i in range(SIDE + 1)], [corner(n, j) for j in range(SIDE + 1)]):
                tags = {"highway": "residential", "name": f"Street {n}"}
                ways.append(mutable.Way(id=len(ways) + 1, nodes=[grid[at] for at in line], tags=tags))
    for i in range(SIDE):
        for j in range(SIDE):
            x, y = corner(i, j)
            if homes:
                tags = {"building": "apartments", "building:levels": str(1 + (i + j) % 4)}
                way(square(x + 0.0001, y + 0.0001, 0.0003), tags)
            if (i + j) % 3 == 0:
                way(square(x + 0.0005, y + 0.0001, 0.0004), {"landuse": "brownfield"})
    x, y = corner(2, 2)
    way(square(x + 0.0005, y + 0.0005, 0.0004), {"amenity": "school", "name": "School"})
    way(square(x + 0.0006, y + 0.0006, 0.0001), {"building": "school"})
    inside = (x + 0.00065, y + 0.00065)
    nodes.append(mutable.Node(id=900, location=inside, tags={"amenity": "school", "name": "School"}))
    nodes.append(mutable.Node(id=901, location=corner(5, 5), tags={"amenity": "clinic", "name": "Clinic"}))
    with osmium.SimpleWriter(str(path)) as out:
        for node in sorted(nodes, key=lambda n: n.id):
            out.add_node(node)
        for one in ways:
            out.add_way(one)
    return path


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town as a file."""
    return town(tmp_path_factory.mktemp("osm") / "town.osm.pbf")


def outline(path: Path, x: float) -> Path:
    """Write a boundary that begins at this longitude."""
    shape = gpd.GeoSeries([shapely.box(x, 42.9, x + 0.0042, 43.1)], crs="EPSG:4326")
    shape.to_file(path)
    return path


@pytest.mark.slow
def test_a_town_is_drafted_checked_and_planned(extract: Path, tmp_path: Path) -> None:
    """A folder is written whole, its people sum to the total, and the scenario runs with a checked plan."""
    folder = tmp_path / "town"
    said = CliRunner().invoke(app, ["init", str(folder), "--osm", str(extract), "--people", str(PEOPLE)])
    assert said.exit_code == 0, said.output
    assert "64 homes are taken together in 64 cells." in said.output
    assert "education: 1 places; 2 were mapped twice and are counted once." in said.output
    assert f"Next: fill {folder}/BLANKS.md, then planner check {folder}/scenario.yaml" in said.output
    assert pd.read_csv(folder / "data" / "cells.csv")["residents"].sum() == PEOPLE
    clinic = gpd.read_file(folder / "data" / "health.geojson")
    assert clinic[["name", "capacity"]].to_numpy().tolist() == [["Clinic", 5000]]
    assert not (folder / "data" / "water.geojson").exists()
    assert f"{PEOPLE} people are spread over its homes" in (folder / "BLANKS.md").read_text(encoding="utf-8")
    ran = CliRunner().invoke(app, ["run", str(folder / "scenario.yaml")])
    assert ran.exit_code == 0, ran.output
    (report,) = folder.rglob("report.html")
    assert f"Assumed, until the city supplies its own figures: {PEOPLE} residents" in " ".join(
        report.read_text(encoding="utf-8").split()
    )


def test_people_follow_floor_area(extract: Path, tmp_path: Path) -> None:
    """A home of four storeys holds four times the people of a home of one, to the rounding."""
    drawn = write_from_osm(tmp_path / "town", extract, people=160_000)
    residents = sorted(drawn.cells["residents"])
    assert residents[0] == pytest.approx(1000, rel=1e-3)
    assert residents[-1] == pytest.approx(4000, rel=1e-3)


def test_sites_beyond_the_most_are_told(extract: Path, tmp_path: Path) -> None:
    """At most so many sites are kept, every neighbourhood has its turn, and the rest is told."""
    drawn = write_from_osm(tmp_path / "town", extract, people=PEOPLE, most_sites=3)
    sites = drawn.layers["sites"]
    assert len(sites) == 3
    assert len(set(sites["ward"])) == 3
    assert any(note.startswith("3 candidate sites; 18 more, ") for note in drawn.notes)


def test_a_boundary_cuts_the_city(extract: Path, tmp_path: Path) -> None:
    """Only homes and sites inside the outline are drawn."""
    area = outline(tmp_path / "outline.geojson", 7.0)
    drawn = write_from_osm(tmp_path / "town", extract, people=PEOPLE, boundary=area)
    assert drawn.cells["lon"].max() < 7.0042
    assert len(drawn.cells) == 4 * SIDE
    assert drawn.cells["residents"].sum() == PEOPLE


def test_own_tags_replace_the_shipped(extract: Path, tmp_path: Path) -> None:
    """A table of one's own decides what counts, as which service, with which capacity."""
    own = tmp_path / "own.csv"
    own.write_text("service,key,value,capacity\ncare,amenity,clinic,77\n", encoding="utf-8")
    drawn = write_from_osm(tmp_path / "town", extract, people=PEOPLE, tags=own)
    assert drawn.layers["care"]["capacity"].tolist() == [77]
    assert "education" not in drawn.layers
    assert (tmp_path / "town" / "tags.csv").read_text(encoding="utf-8") == own.read_text(encoding="utf-8")


def test_hexagons_leave_no_gap_and_share_corners() -> None:
    """Hexagons about a full square cover it without overlap, and their corners are exactly shared."""
    spots = [shapely.Point(x, y) for x in range(0, 5001, 100) for y in range(0, 5001, 100)]
    grid = hexagons(gpd.GeoDataFrame(geometry=spots, crs="EPSG:32632"), 1000.0)
    whole = grid.union_all()
    assert shapely.box(0, 0, 5000, 5000).within(whole)
    assert whole.area == pytest.approx(grid.area.sum(), rel=1e-9)
    assert isinstance(whole, shapely.Polygon)
    assert not whole.interiors
    assert grid["ward"].is_unique
    corners = {corner for shape in grid.geometry for corner in shape.exterior.coords}
    assert len(corners) < 3 * len(grid)


def grid(
    path: Path, values: np.ndarray, *, west: float = 7.0, north: float = 43.008, crs: str | None = "EPSG:4326"
) -> Path:
    """Write a grid of people: pixels of two blocks by two."""
    rasterio = pytest.importorskip("rasterio")
    pytest.importorskip("exactextract")
    place = rasterio.transform.from_origin(west, north, 2 * STEP, 2 * STEP)
    bands = values if values.ndim == 3 else values[None]
    kind = {"count": len(bands), "dtype": "float64", "crs": crs, "transform": place}
    height, width = bands.shape[1:]
    with rasterio.open(path, "w", driver="GTiff", height=height, width=width, **kind) as out:
        out.write(bands)
    return path


def test_a_grid_of_people_is_summed_and_spread(extract: Path, tmp_path: Path) -> None:
    """Four thousand people in one pixel live in its four homes by floor area; nobody elsewhere."""
    values = np.zeros((4, 4))
    values[3, 0] = 4000.0  # the four blocks of the south-west
    values[0, 3] = 1000.0
    drawn = write_from_osm(tmp_path / "town", extract, people=grid(tmp_path / "grid.tif", values))
    cells = drawn.cells
    west = cells[(cells["lon"] < 7.002) & (cells["lat"] < 43.002)]
    east = cells[(cells["lon"] > 7.006) & (cells["lat"] > 43.006)]
    assert drawn.people == cells["residents"].sum()
    assert any("grid.tif counts " in note and " are placed." in note for note in drawn.notes)
    assert len(west) == len(east) == 4
    for part in (west, east):
        floors = sorted(part["residents"] / part["residents"].min())
        assert len(floors) == 4
    assert cells["residents"].sum() == pytest.approx(5000, abs=60)
    assert west["residents"].sum() + east["residents"].sum() >= 0.9 * cells["residents"].sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"west": 9.0}, "grid.tif: it lies elsewhere than this city"),
        ({"values": np.zeros((4, 4))}, "grid.tif: it counts nobody in this city"),
        ({"values": np.full((4, 4), -5.0)}, "grid.tif: it counts less than nobody somewhere"),
        ({"values": np.ones((2, 4, 4))}, "grid.tif: it has 2 bands, and people stand in one"),
        ({"crs": None}, "grid.tif: it states no coordinate system"),
    ],
)
def test_a_grid_that_cannot_serve_is_told(
    extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    """One message each, with what to do; nothing is written."""
    file = grid(tmp_path / "grid.tif", **{"values": np.ones((4, 4)), **change})
    words = ["--osm", str(extract), "--people-raster", str(file)]
    assert message in refused(words, capsys, tmp_path / "town")


def test_what_is_no_grid_is_told(extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, another kind of file, a virtual one that points elsewhere, and a number beside the grid."""
    pytest.importorskip("rasterio")
    virtual = tmp_path / "virtual.tif"
    virtual.write_text("<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>", encoding="utf-8")
    told = {tmp_path / "none.tif": "there is no such file", virtual: "it is no GeoTIFF that can be read"}
    for file, message in told.items():
        words = ["--osm", str(extract), "--people-raster", str(file)]
        assert message in refused(words, capsys, tmp_path / "town")
    words = ["--osm", str(extract), "--people-raster", str(virtual), "--people", "5"]
    assert "--people and --people-raster both count the residents" in refused(
        words, capsys, tmp_path / "town"
    )


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """Words with which the command line refuses; exit code 2, and nothing written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["planner", "init", str(folder), *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 2
    assert not folder.exists()
    assert not list(folder.parent.glob(".planner-init*"))
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    return said.err


def _broken(kind: str, extract: Path, folder: Path) -> list[str]:
    """Arguments with one thing wrong."""
    path = folder / f"{kind}.osm.pbf"
    if kind == "no extract":
        path.write_bytes(b"hello, this is no map\n" * 40)
    elif kind == "truncated":
        path.write_bytes(extract.read_bytes()[:-200])
    elif kind in {"homes", "streets"}:
        town(path, **{kind: False})
    else:
        path = extract
    if kind == "elsewhere":
        return ["--osm", str(path), "--people", "9", "--boundary", str(outline(folder / "b.geojson", 20.0))]
    if kind == "no crs":
        shape = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(7, 42.9, 7.1, 43.1)])
        shape.to_file(folder / "b.shp")
        return ["--osm", str(path), "--people", "9", "--boundary", str(folder / "b.shp")]
    return ["--osm", str(path), *([] if kind == "no people" else ["--people", "9"])]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no extract", "is it a whole OpenStreetMap extract?"),
        ("truncated", "is it a whole OpenStreetMap extract?"),
        ("homes", "no homes are mapped\n    → take an extract of a place where they are mapped"),
        ("streets", "no streets are mapped\n    → take an extract of a place where they are mapped"),
        ("elsewhere", "no streets are mapped inside the boundary\n"),
        ("no crs", "it states no coordinate system\n    → export it again with its coordinate system"),
        ("no people", "--people: a map does not tell how many people live there\n    → state their number"),
    ],
)
def test_inputs_that_cannot_serve_are_told(
    kind: str, words: str, extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message, exit code 2, nothing written."""
    assert words in refused(_broken(kind, extract, tmp_path), capsys, tmp_path / "city")


def test_a_folder_that_is_there_is_left_alone(extract: Path, tmp_path: Path) -> None:
    """Whatever stands in the folder stays as it was."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputFault, match=r"the folder is not empty: it holds mine.txt"):
        write_from_osm(tmp_path, extract, people=9)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_options_without_an_extract_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A number of people means nothing for the invented city."""
    said = refused(["--people", "9"], capsys, tmp_path / "city")
    assert "--people without --osm\n    → name the extract too" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n", "t.csv:1: the columns are not as expected"),
        ("service,key,value,capacity\n", "t.csv: the table of tags is empty"),
        ("service,key,value,capacity\nsites,a,b,1\n", "t.csv:2: `sites` cannot name a service"),
        ("service,key,value,capacity\n../x,a,b,1\n", "t.csv:2: `../x` cannot name a service"),
        ("service,key,value,capacity\ncare,,b,1\n", "t.csv:2: key and value of the tag must both be there"),
        (
            "service,key,value,capacity\ncare,a,b,-1\n",
            "t.csv:2: the capacity must be a number above 0, not `-1`",
        ),
        ("service,key,value,capacity\ncare,a,b\n", "t.csv:2: the capacity must be a number above 0, not ``"),
    ],
)
def test_tables_of_tags_that_cannot_serve_are_told(text: str, words: str) -> None:
    """Every row that cannot be used is named by its line."""
    with pytest.raises(InputFault) as told:
        read_tags(text, "t.csv")
    assert str(told.value.faults[0]).startswith(words)


def test_the_shipped_table_is_on_its_page() -> None:
    """The page on OpenStreetMap names every service, tag and capacity of the shipped table."""
    root = Path(__file__).parents[2]
    page = (root / ".github" / "docs" / "osm.md").read_text(encoding="utf-8")
    shipped = (root / "planner" / "cli" / "from_osm" / "files" / "tags.csv").read_text(encoding="utf-8")
    for tag in read_tags(shipped, "tags.csv"):
        assert f"| {tag.service} | `{tag.key}={tag.value}` | {tag.capacity:,.0f} |" in page, json.dumps(tag)
