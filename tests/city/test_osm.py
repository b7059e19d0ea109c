"""Reading OpenStreetMap: a tiny town that the test writes itself."""

from __future__ import annotations

import importlib
import random
from typing import TYPE_CHECKING

import pytest
import shapely

osmium = pytest.importorskip("osmium")

from planner.city import osm  # noqa: E402 - after the skip
from planner.errors import InputFault, PlannerError  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

type Tags = dict[str, str]

NODES = {  # id: longitude, latitude [degrees]; about 100 m by 100 m
    1: (7.000, 43.000),
    2: (7.001, 43.000),
    3: (7.001, 43.001),
    4: (7.000, 43.001),
    5: (7.0002, 43.0002),
    6: (7.0004, 43.0002),
    7: (7.0004, 43.0004),
    8: (7.0002, 43.0004),
    9: (7.0006, 43.0006),
    10: (7.0008, 43.0006),
    11: (7.0008, 43.0008),
    12: (7.0006, 43.0008),
    13: (7.0, 43.0005),
    14: (7.0005, 43.0005),
    15: (7.001, 43.0005),
    16: (7.0005, 43.0),
    17: (7.0005, 43.001),
    18: (7.003, 43.000),
    19: (7.003, 43.001),
}
WAYS: dict[int, tuple[list[int], Tags]] = {
    1: ([1, 2, 3], {}),
    2: ([3, 4, 1], {}),
    3: ([5, 6, 7, 8, 5], {"building": "apartments", "building:levels": "4"}),
    4: ([9, 10, 11, 12, 9], {"amenity": "school", "building": "school", "name": "École"}),
    5: ([13, 14, 15], {"highway": "residential"}),
    6: ([16, 17], {"highway": "footway", "bridge": "yes", "layer": "1"}),
    7: ([13, 14], {"highway": "motorway"}),
    8: ([14, 15], {"highway": "service", "access": "private"}),
    9: ([16, 1], {"highway": "service", "access": "private", "foot": "yes"}),
    10: ([14, 5], {"highway": "steps"}),
    11: ([5, 7, 8, 5], {"amenity": "parking"}),
    12: ([9, 11, 12, 9], {"amenity": "parking", "access": "private"}),
    13: ([2, 18, 19, 3], {}),
}
POINTS: dict[int, tuple[tuple[float, float], Tags]] = {
    30: ((7.0003, 43.0009), {"amenity": "drinking_water"}),
    31: ((7.0007, 43.0007), {"amenity": "school", "name": "École"}),
}
RELATIONS: dict[int, tuple[list[int], Tags]] = {
    1: ([1, 2], {"type": "boundary", "boundary": "administrative", "admin_level": "10", "name": "West"}),
    2: ([13], {"type": "boundary", "boundary": "administrative", "admin_level": "10", "name": "East"}),
}
GAP = shapely.LineString([NODES[2], NODES[3]])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the town as .osm.pbf."""
    path: Path = tmp_path_factory.mktemp("osm") / "town.osm.pbf"
    mutable = importlib.import_module("osmium.osm.mutable")
    nodes: dict[int, tuple[tuple[float, float], Tags]] = {i: (at, {}) for i, at in NODES.items()} | POINTS
    with osmium.SimpleWriter(str(path)) as out:
        for i, (at, tags) in sorted(nodes.items()):
            out.add_node(mutable.Node(id=i, location=at, tags=tags))
        for i, (refs, tags) in WAYS.items():
            out.add_way(mutable.Way(id=i, nodes=refs, tags=tags))
        for i, (ways, tags) in RELATIONS.items():
            members = [("w", way, "outer") for way in ways]
            out.add_relation(mutable.Relation(id=i, members=members, tags=tags))
    return path


@pytest.fixture(scope="module")
def town(written: Path) -> osm.Extract:
    """Read the town."""
    return osm.read_extract(written)


def test_streets_are_those_that_people_may_walk(town: osm.Extract) -> None:
    """Leave out motorways and private ways, keep steps and private ways that allow feet."""
    streets = osm.streets(town)
    assert list(streets["osm"]) == ["way/10", "way/5", "way/6", "way/9"]
    assert list(streets["highway"]) == ["steps", "residential", "footway", "service"]
    assert list(streets["foot"]) == ["", "", "", "yes"]


def test_ways_meet_only_at_shared_nodes(town: osm.Extract) -> None:
    """Keep shared nodes exactly equal, and a bridge apart from the street that it crosses."""
    at = {row.osm: set(row.geometry.coords) for row in osm.streets(town).itertuples()}
    assert at["way/5"] & at["way/10"] == {NODES[14]}
    assert not at["way/5"] & at["way/6"]


def test_boundaries_close_with_a_given_gap(town: osm.Extract) -> None:
    """Assemble whole areas; close a cut one where its missing line is given, else leave it out."""
    assert list(osm.boundaries(town, 10)["name"]) == ["West"]
    both = osm.boundaries(town, 10, [GAP])
    assert list(both["name"]) == ["West", "East"]
    assert both.geometry.is_valid.all()
    west, east = osm.area_m2(both)
    assert east == pytest.approx(2 * west, rel=1e-3)
    assert osm.boundaries(town, 8).empty


def test_buildings_tell_levels_and_homes(town: osm.Extract) -> None:
    """Count levels and tell homes from schools."""
    found = osm.buildings(town).set_index("osm")
    assert found.loc["way/3", "levels"] == 4
    assert list(found["home"]) == [True, False]


def test_facilities_follow_the_table_of_tags(town: osm.Extract) -> None:
    """Return one point for each object and service, inside its outline."""
    found = osm.facilities(town)
    assert list(found["service"]) == ["drinking_water", "education", "education"]
    assert list(found["osm"]) == ["node/30", "node/31", "way/4"]
    assert set(found.geom_type) == {"Point"}
    assert osm.facilities(town, {"parking": {"amenity": ("parking",)}})["osm"].tolist() == [
        "way/11",
        "way/12",
    ]


def test_sites_leave_out_private_land(town: osm.Extract) -> None:
    """Offer the public car park with its area, not the private one."""
    sites = osm.sites(town)
    assert list(sites["osm"]) == ["way/11"]
    assert sites["land_m2"].iloc[0] == pytest.approx(181, rel=0.02)


@pytest.mark.parametrize(
    ("tags", "levels"),
    [
        ({"building:levels": "5;6"}, 5),
        ({"height": "31 m"}, 10),
        ({"height": "1"}, 1),
        ({"levels": "3"}, None),
    ],
)
def test_levels_come_from_levels_or_height(tags: Tags, levels: float | None) -> None:
    """Read levels, else height, else say that they are unknown."""
    found = osm.levels_of(tags)
    assert found == levels if levels else found != found  # noqa: PLR0124 - NaN


def test_a_broken_or_missing_file_is_told(tmp_path: Path) -> None:
    """Say which file cannot be read."""
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"not an extract")
    for path in (broken, tmp_path / "missing.osm.pbf"):
        with pytest.raises(InputFault, match=path.name):
            osm.read_extract(path)


def test_the_limits_of_the_child_are_told(written: Path) -> None:
    """Too little time, too little memory: the file, and what to do, in words."""
    with pytest.raises(InputFault, match=r"town\.osm\.pbf|the reader") as late:
        osm.read_extract(written, seconds=0.01)
    assert "was stopped" in str(late.value)
    with pytest.raises(PlannerError) as narrow:
        osm.read_extract(written, memory=250 * 1024**2)
    told = str(narrow.value)
    assert "not enough memory" in told or "too large" in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_damaged_extracts_are_told_or_read(written: Path, tmp_path: Path) -> None:
    """Sixty extracts with bytes changed, cut out or put in: a fault in words, or what can be read."""
    whole, stream = written.read_bytes(), random.Random(5)  # noqa: S311 - damage, no secrets
    path, refused = tmp_path / "damaged.osm.pbf", 0
    for _ in range(60):
        data = bytearray(whole)
        at = stream.randrange(len(data))
        match stream.randrange(3):
            case 0:
                data[at] = stream.randrange(256)
            case 1:
                del data[at : at + stream.randrange(1, 50)]
            case _:
                data[at:at] = stream.randbytes(stream.randrange(1, 50))
        path.write_bytes(bytes(data))
        try:
            osm.read_extract(path, seconds=20)
        except PlannerError as fault:
            refused += 1
            assert "damaged.osm.pbf" in str(fault)  # noqa: PT017 - some are read all the same
    assert refused > 10


def test_missing_osmium_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say how to install the extra."""
    monkeypatch.setattr(osm, "find_spec", lambda _: None)
    with pytest.raises(InputFault, match=r"\[osm\]"):
        osm.read_extract(tmp_path / "any.osm.pbf")
