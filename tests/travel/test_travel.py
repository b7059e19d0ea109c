"""Travel against ways counted by hand and by brute force."""

from __future__ import annotations

import heapq
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.city.city import City
from planner.errors import InputFault
from planner.scenario.schema import Scenario
from planner.travel.measure import measure_travel
from planner.travel.straight import crosses

CRS = "EPSG:32633"
Rows = np.ndarray | list[list[float]]
Shapes = list[Any]
Pair = tuple[float, float] | np.ndarray
ORIGIN = np.array([600_000.0, 5_300_000.0])


def make_city(
    cells: Rows, sites: Rows, lines: Shapes | None = None, table: pd.DataFrame | None = None
) -> City:
    """Return a city with people at `cells` and a service that can be built at `sites` [m]."""
    homes, places = np.asarray(cells, float) + ORIGIN, np.asarray(sites, float) + ORIGIN
    ids = pd.Index([f"c{n:03}" for n in range(len(homes))], name="cell", dtype="str")
    names = pd.Index([f"s{n:03}" for n in range(len(places))], name="site", dtype="str")
    people = {"neighbourhood": "A", "population": 10.0}
    need = {
        "cell": ids,
        "service": "health",
        "group": "everyone",
        "period": 1,
        "future": "expected",
        "need": 1.0,
    }
    plot = {"label": names, "land_m2": np.inf, "neighbourhood": "A"}
    none = {"service": [], "facility": [], "label": [], "capacity": [], "quality": []}
    area = gpd.GeoDataFrame(
        {"label": ["A"], "population": [1.0]}, geometry=[shapely.box(0, 0, 1, 1)], crs=CRS, index=["A"]
    )
    shapes = (
        {}
        if lines is None
        else {"walk": gpd.GeoDataFrame({"road": [""] * len(lines)}, geometry=shifted(lines), crs=CRS)}
    )
    return City(
        CRS,
        area,
        gpd.GeoDataFrame(people, geometry=gpd.points_from_xy(*homes.T), crs=CRS, index=ids),
        pd.DataFrame(need),
        gpd.GeoDataFrame(plot, geometry=gpd.points_from_xy(*places.T), crs=CRS, index=names),
        pd.DataFrame({"service": "health", "site": names}),
        gpd.GeoDataFrame(none, geometry=[], crs=CRS),
        shapes,
        {} if table is None else {"walk": table},
    )


def shifted(lines: Shapes) -> Shapes:
    """Return shapes moved to the origin."""
    return [shapely.transform(line, lambda xy: xy + ORIGIN) for line in lines]


def make_scenario(mode: dict[str, Any], **reach: float) -> Scenario:
    """Return a scenario with one service and one mode."""
    service = {
        "need": {"meaning": "deficit", "rate": 0.1},
        "travel": reach,
        "sites": {"file": "sites.geojson", "id": "site"},
        "options": {"small": {"capacity": 10}},
    }
    areas = {"file": "areas.geojson", "id": "id", "population": "people"}
    scenario = Scenario.model_validate(
        {
            "name": "t",
            "city": {"neighbourhoods": areas},
            "services": {"health": service},
            "travel": {"walk": mode},
        }
    )
    scenario._path = Path("t.yaml")
    return scenario


STRAIGHT = {"method": "straight_line", "detour": 1.3, "speed_kmh": 4.8}
NETWORK = {"method": "network", "streets": {"file": "streets.gpkg"}, "speed_kmh": 6.0}
TABLE = {"method": "table", "file": "times.csv", "minutes": "minutes"}


def found(city: City, scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return travel by cell and place."""
    return measure_travel(city, scenario).pairs["health"].set_index(["cell", "place"])["travel"].to_dict()


@pytest.mark.parametrize("seed", range(5))
def test_straight_lines_equal_brute_force(seed: int) -> None:
    """Every pair within the limit is there, no other, each with its length."""
    rng = np.random.default_rng(seed)
    cells, sites = rng.uniform(0, 5000, (60, 2)), rng.uniform(0, 5000, (25, 2))
    scenario = make_scenario(STRAIGHT, limit_minutes=20.0)
    expected = {}
    for i, cell in enumerate(cells):
        for j, site in enumerate(sites):
            minutes = float(np.hypot(*(cell - site))) * 1.3 / 80
            if minutes <= 20:
                expected[f"c{i:03}", f"s{j:03}"] = minutes
    got = found(make_city(cells, sites), scenario)
    assert set(got) == set(expected)
    assert got == pytest.approx(expected)


def test_exactly_at_the_limit_is_within() -> None:
    """A place exactly at the limit counts, one a little farther does not."""
    city = make_city([[0, 0]], [[300, 400], [300, 400.01]])
    assert found(city, make_scenario(STRAIGHT, limit_metres=650.0)) == {("c000", "s000"): 650.0}


@pytest.mark.parametrize("seed", range(5))
def test_barriers_cut_exactly_what_crosses(seed: int) -> None:
    """A line is cut exactly when shapely says that it touches a barrier."""
    rng = np.random.default_rng(seed)
    start, end = rng.uniform(0, 100, (300, 2)), rng.uniform(0, 100, (300, 2))
    lake = shapely.Polygon(
        shapely.buffer(shapely.Point(50, 50), 20).exterior, [shapely.box(45, 45, 55, 55).exterior.coords]
    )
    barriers = np.array(
        [
            lake,
            shapely.LineString(rng.uniform(0, 100, (4, 2))),
            shapely.MultiLineString([[(0, 10), (30, 10)]]),
        ]
    )
    expected = [
        any(shapely.LineString([a, b]).intersects(barrier) for barrier in barriers)
        for a, b in zip(start, end, strict=True)
    ]
    assert crosses(start, end, barriers).tolist() == expected
    assert 0 < sum(expected) < 300


def test_barriers_are_told_and_cut() -> None:
    """A river takes the places beyond it out of reach."""
    city = make_city([[0, 0]], [[100, 0], [-100, 0]], [shapely.LineString([(50, -500), (50, 500)])])
    scenario = make_scenario(STRAIGHT | {"barriers": {"file": "river.gpkg"}}, limit_metres=500.0)
    travel = measure_travel(city, scenario)
    assert travel.pairs["health"]["place"].tolist() == ["s001"]
    assert (
        travel.notes[0]
        == "1 of 2 straight lines within the limits cross a barrier; they count as out of reach."
    )


def grid(size: int) -> list[Any]:
    """Return the streets of a square grid of 100 m blocks, with a vertex at each crossing."""
    rows = [[(100.0 * i, 100.0 * j) for i in range(size)] for j in range(size)]
    return [shapely.LineString(row) for row in rows] + [
        shapely.LineString(column) for column in zip(*rows, strict=True)
    ]


def test_grid_gives_manhattan_distances() -> None:
    """From crossing to crossing the way along a grid is the Manhattan distance."""
    rng = np.random.default_rng(3)
    cells, sites = rng.integers(0, 8, (20, 2)) * 100.0, rng.integers(0, 8, (10, 2)) * 100.0
    city = make_city(cells, sites, grid(8))
    got = found(city, make_scenario(NETWORK, limit_metres=600.0))
    expected = {
        (f"c{i:03}", f"s{j:03}"): float(abs(c - s).sum())
        for i, c in enumerate(cells)
        for j, s in enumerate(sites)
        if abs(c - s).sum() <= 600
    }
    assert set(got) == set(expected)
    assert got == pytest.approx(expected, abs=1e-6)


def by_hand(streets: list[Any], cell: Pair, site: Pair) -> float:
    """Return the way by a Dijkstra written out, with both points put into the streets."""
    edges: dict[Any, list[tuple[Any, float]]] = {}

    def join(a: Pair, b: Pair) -> None:
        length = float(np.hypot(a[0] - b[0], a[1] - b[1]))
        edges.setdefault(a, []).append((b, length))
        edges.setdefault(b, []).append((a, length))

    segments = [pair for line in streets for pair in zip(line.coords[:-1], line.coords[1:], strict=True)]
    ends, walk = [], 0.0
    for xy in (cell, site):
        at = shapely.Point(xy)
        near = min(range(len(segments)), key=lambda n: shapely.LineString(segments[n]).distance(at))
        line = shapely.LineString(segments[near])
        snapped = shapely.line_interpolate_point(line, line.project(at))
        walk += float(line.distance(at))
        name = (snapped.x, snapped.y)
        ends.append((name, near))
        for end in segments[near]:
            join(name, end)
    if ends[0][1] == ends[1][1]:
        join(ends[0][0], ends[1][0])
    for a, b in segments:
        join(a, b)
    best, heap = {}, [(0.0, ends[0][0])]
    while heap:
        length, node = heapq.heappop(heap)
        if node not in best:
            best[node] = length
            for other, step in edges[node]:
                heapq.heappush(heap, (length + step, other))
    return best.get(ends[1][0], np.inf) + walk


@pytest.mark.parametrize("seed", range(4))
def test_network_equals_dijkstra_by_hand(seed: int) -> None:
    """Shortest ways from beside the streets equal those of a plain Dijkstra; the walk is counted."""
    rng = np.random.default_rng(seed)
    nodes = np.round(rng.uniform(0, 1000, (25, 2)), 2)
    streets = [shapely.LineString(nodes[rng.choice(25, 4, replace=False)]) for _ in range(12)]
    cells, sites = np.round(rng.uniform(0, 1000, (8, 2)), 3), np.round(rng.uniform(0, 1000, (6, 2)), 3)
    got = found(make_city(cells, sites, streets), make_scenario(NETWORK, limit_metres=1500.0))
    for i, cell in enumerate(cells):
        for j, site in enumerate(sites):
            way = by_hand(streets, cell, site)
            key = (f"c{i:03}", f"s{j:03}")
            assert got.get(key, np.inf) == pytest.approx(way if way <= 1500 else np.inf, abs=1e-3)


def test_order_of_streets_changes_nothing() -> None:
    """Streets in another order, or drawn the other way, give the same travel."""
    rng = np.random.default_rng(5)
    cells, sites = rng.uniform(0, 700, (20, 2)), rng.uniform(0, 700, (10, 2))
    scenario = make_scenario(NETWORK, limit_metres=900.0)
    before = measure_travel(make_city(cells, sites, grid(8)), scenario)
    turned = [line.reverse() for line in reversed(grid(8))]
    after = measure_travel(make_city(cells, sites, turned), scenario)
    pd.testing.assert_frame_equal(before.pairs["health"], after.pairs["health"])
    assert before.notes == after.notes


def test_splitting_a_street_changes_nothing() -> None:
    """A street cut in two at a vertex is the same way."""
    whole = [shapely.LineString([(0, 0), (100, 0), (300, 0)])]
    parts = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (300, 0)])]
    scenario = make_scenario(NETWORK, limit_metres=900.0)
    cities = [make_city([[20, 5]], [[250, 7]], streets) for streets in (whole, parts)]
    assert (
        found(cities[0], scenario) == found(cities[1], scenario) == {("c000", "s000"): pytest.approx(242.0)}
    )


def test_crossing_without_a_shared_vertex_is_a_bridge() -> None:
    """Streets that cross without a shared vertex do not meet; their parts are told."""
    streets = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(50, -50), (50, 50)])]
    city = make_city([[0, 0]], [[100, 0], [50, 50]], streets)
    travel = measure_travel(city, make_scenario(NETWORK, limit_metres=900.0))
    assert travel.pairs["health"]["place"].tolist() == ["s000"]
    assert (
        travel.notes[1] == "The streets fall into 2 parts that do not meet; "
        "on the smaller ones stand 1 sites and facilities (s001)."
    )


def test_far_from_streets_is_out_of_reach() -> None:
    """Whoever lies farther from a street than the limit is out of reach, and listed; the walk is told."""
    city = make_city([[0, 30], [0, 600]], [[100, 10]], [shapely.LineString([(0, 0), (100, 0)])])
    travel = measure_travel(city, make_scenario(NETWORK, limit_metres=900.0))
    assert travel.pairs["health"]["travel"].tolist() == pytest.approx([140.0])
    assert travel.notes[:2] == (
        "The walk to the nearest street is counted: 20 m in the median, 30 m at worst.",
        "1 cells lie farther than 500 m from every street and are out of reach: c001.",
    )


def test_two_at_one_point_of_a_street() -> None:
    """A cell and a site that meet the street at one point have only their walks between them."""
    city = make_city([[50, 10], [50, 10]], [[50, -20]], [shapely.LineString([(0, 0), (100, 0)])])
    got = found(city, make_scenario(NETWORK, limit_minutes=10.0))
    assert got == {("c000", "s000"): pytest.approx(0.3), ("c001", "s000"): pytest.approx(0.3)}


def test_table_is_joined_by_id() -> None:
    """Pairs of the table within the limit count, the smallest where one stands twice; strangers are told."""
    rows = [
        ("c000", "s000", 5.0),
        ("c000", "s000", 4.0),
        ("c001", "s000", 10.0),
        ("c001", "s001", 10.1),
        ("x", "s000", 1.0),
        ("c000", "y", 1.0),
    ]
    table = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    travel = measure_travel(
        make_city([[0, 0]] * 3, [[0, 0]] * 2, table=table), make_scenario(TABLE, limit_minutes=10.0)
    )
    assert travel.pairs["health"].to_numpy().tolist() == [["c000", "s000", 4.0], ["c001", "s000", 10.0]]
    assert travel.notes == (
        "times.csv has 1 origins that are no cell: x.",
        "times.csv has 1 cells without any way: c002.",
        "1 rows of times.csv repeat a pair of cell and place; the smallest travel counts.",
        "times.csv tells ways to 1 places that are no site or facility; they are left out: y.",
        "1 of 2 sites of health lie beyond 10 min of everybody who needs it: s001.",
    )


def test_table_that_does_not_fit_is_refused() -> None:
    """A table of strangers, or without the unit of the limit, is refused in words."""
    strangers = pd.DataFrame({"origin": ["a"], "destination": ["b"], "minutes": [1.0]})
    city = make_city([[0, 0]], [[0, 0]], table=strangers)
    with pytest.raises(InputFault) as refused:
        measure_travel(city, make_scenario(TABLE, limit_minutes=10.0))
    assert [fault.message for fault in refused.value.faults] == [
        "no value of `from_id` is the id of a cell (such as a; cells are c000 …)",
        "no value of `to_id` is the id of a site or facility of `health` (such as b; they are s000 …)",
    ]
    with pytest.raises(
        InputFault, match=r"the limit of `health` is in metres, but the table `times\.csv` has no metres"
    ):
        measure_travel(city, make_scenario(TABLE, limit_metres=10.0))


def test_nothing_within_reach_is_refused() -> None:
    """A service none of whose sites anybody can reach is refused, with the limit."""
    with pytest.raises(InputFault) as refused:
        measure_travel(make_city([[0, 0]], [[5000, 0]]), make_scenario(STRAIGHT, limit_minutes=10.0))
    assert str(refused.value) == (
        "t.yaml: no site of `health` is within 10 min of any cell that needs it\n"
        "    → raise the limit, or check the sites, the streets and the barriers"
    )
