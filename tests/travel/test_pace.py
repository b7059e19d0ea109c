"""Pace: kinds of road and slopes, against times counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from test_travel import CRS, NETWORK, ORIGIN, found, grid, make_city, make_scenario

from planner.errors import InputFault
from planner.travel.measure import measure_travel
from planner.travel.pace import tobler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.city.city import City

WALK = NETWORK | {"heights": {"file": "heights.csv", "x": "x", "y": "y", "height": "h"}}
DRIVE = NETWORK | {
    "streets": {"file": "roads.gpkg", "road": "highway"},
    "speed_kmh": 20.0,
    "speeds_kmh": {"primary": 60.0, "track": 10.0},
}


def with_heights(city: City, points: Sequence[tuple[float, float, float]]) -> City:
    """Return the city on ground with these heights: x, y, height [m]."""
    table = np.asarray(points, float)
    shapes = gpd.points_from_xy(*(table[:, :2] + ORIGIN).T)
    return replace(
        city, heights={"walk": gpd.GeoDataFrame({"height": table[:, 2]}, geometry=shapes, crs=CRS)}
    )


def with_roads(city: City, kinds: list[str]) -> City:
    """Return the city whose streets are of these kinds."""
    return replace(city, lines={"walk": city.lines["walk"].assign(road=kinds)})


def ramp(height: Any) -> list[tuple[float, float, float]]:  # noqa: ANN401 - a function of x
    """Heights on a strip of ground two kilometres long."""
    return [(x, y, height(x)) for x in range(-500, 1501, 100) for y in (-500.0, 500.0)]


def test_tobler_walks_as_measured() -> None:
    """Flat 5.04, fastest 6 km/h on 5 % down; up and down a slope of 20 % 2.50 and 3.55."""
    flat = 6 * np.exp(-3.5 * 0.05)
    speeds = flat * tobler(np.array([0.0, -0.05, 0.2, -0.2]))
    assert speeds == pytest.approx([5.0367, 6.0, 2.5012, 3.5494], abs=1e-4)


def test_a_slope_counts_there_and_back() -> None:
    """A street of one kilometre rises by a tenth: each metre takes the mean of up and down."""
    streets = [shapely.LineString([(x, 0.0) for x in range(0, 1001, 100)])]
    city = with_heights(make_city([[0, 0]], [[1000, 0]], streets), ramp(lambda x: x / 10))
    slower = (np.exp(3.5 * 0.1) + 1.0) / 2  # 10 % up; 10 % down is as fast as the flat
    got = found(city, make_scenario(WALK, limit_minutes=30.0))
    assert got == {("c000", "s000"): pytest.approx(10 * slower, rel=1e-6)}
    (note,) = [
        note
        for note in measure_travel(city, make_scenario(WALK, limit_minutes=30.0)).notes
        if note.startswith("Slopes")
    ]
    assert note == (
        "Slopes count: 99 of 100 streets rise by up to 10%, and walking all of them there and back takes "
        "21.0% longer than on the flat."
    )


def test_a_limit_in_metres_knows_no_slopes() -> None:
    """Lengths stay lengths, whatever the ground."""
    streets = [shapely.LineString([(x, 0.0) for x in range(0, 1001, 100)])]
    city = with_heights(make_city([[0, 0]], [[1000, 0]], streets), ramp(lambda x: x / 5))
    assert found(city, make_scenario(WALK, limit_metres=1500.0)) == {("c000", "s000"): pytest.approx(1000)}


def test_who_walks_goes_round_the_hill() -> None:
    """The way over a hill is shorter, the way round it is quicker."""
    over = shapely.LineString([(0, 0), (250, 0), (500, 0)])
    around = shapely.LineString([(0, 0), (0, 100), (500, 100), (500, 0)])
    corners = [(x, y, 0.0) for x in (-900, 900) for y in (-900, 900)]
    hill = [(250, 0, 100.0), *((x, y, 0.0) for x in (0, 500) for y in (0, 100)), (250, 100, 0.0), *corners]
    city = with_heights(make_city([[0, 0]], [[500, 0]], [over, around]), hill)
    assert found(city, make_scenario(WALK, limit_minutes=60.0)) == {("c000", "s000"): pytest.approx(7.0)}


def test_flat_ground_changes_nothing() -> None:
    """Heights that are all the same give the times of a city without heights."""
    rng = np.random.default_rng(4)
    cells, sites = rng.uniform(0, 700, (20, 2)), rng.uniform(0, 700, (10, 2))
    flat = make_city(cells, sites, grid(8))
    scenario = make_scenario(NETWORK, limit_minutes=9.0)
    high = with_heights(flat, ramp(lambda _: 640.0))
    assert found(high, make_scenario(WALK, limit_minutes=9.0)) == pytest.approx(found(flat, scenario))


@pytest.mark.parametrize("points", [[(0, 0, 5.0)], [(0, 0, 5.0), (900, 0, 95.0)]])
def test_few_heights_are_those_of_the_nearest(points: list[tuple[float, float, float]]) -> None:
    """One height, or some in a line, cannot be joined to a surface: the nearest counts, and that is told."""
    streets = [shapely.LineString([(0, 0), (100, 0)])]
    city = with_heights(make_city([[0, 0]], [[100, 0]], streets), points)
    travel = measure_travel(city, make_scenario(WALK, limit_minutes=9.0))
    assert travel.pairs["health"]["travel"].tolist() == pytest.approx([1.0])
    assert "2 corners of streets lie beyond the heights and have that of the nearest." in travel.notes


def test_heights_of_another_place_are_refused() -> None:
    """Heights in another coordinate system are told from those of the city."""
    streets = [shapely.LineString([(0, 0), (100, 0)])]
    city = with_heights(make_city([[0, 0]], [[100, 0]], streets), [(9e5, 9e5, 1.0), (9.1e5, 9e5, 1.0)])
    with pytest.raises(InputFault) as refused:
        measure_travel(city, make_scenario(WALK, limit_minutes=9.0))
    assert str(refused.value) == (
        "heights.csv: the heights lie elsewhere than the streets\n"
        "    → check its coordinate system, and state it with `crs` where the file does not"
    )


def test_kinds_of_road_have_their_speeds() -> None:
    """A kilometre of primary road takes 1 minute at 60, of track 6 at 10, of any other 3 at 20 km/h."""
    lines = [shapely.LineString([(1000.0 * n, 0), (1000.0 * (n + 1), 0)]) for n in range(3)]
    city = with_roads(
        make_city([[0, 0]], [[1000, 0], [2000, 0], [3000, 0]], lines), ["primary", "track", "x"]
    )
    travel = measure_travel(city, make_scenario(DRIVE, limit_minutes=30.0))
    assert travel.pairs["health"]["travel"].tolist() == pytest.approx([1, 7, 10])
    assert travel.notes[0] == "Kinds of road that `speeds_kmh` does not name go at 20 km/h (1 of 3 lines): x."


def test_kinds_that_no_street_has_are_told() -> None:
    """A kind that is misspelt gives no speed to anything, and is named."""
    city = with_roads(make_city([[0, 0]], [[50, 0]], [shapely.LineString([(0, 0), (100, 0)])]), ["primary"])
    notes = measure_travel(city, make_scenario(DRIVE, limit_minutes=30.0)).notes
    assert notes[0] == "No street is of these kinds, to which `speeds_kmh` gives a speed: track."


def test_the_quicker_of_two_roads_on_one_line_counts() -> None:
    """Where two lines share a stretch, the quicker is gone, whatever their order."""
    line = shapely.LineString([(0, 0), (1000, 0)])
    for kinds in (["track", "primary"], ["primary", "track"]):
        city = with_roads(make_city([[0, 0]], [[1000, 0]], [line, line]), kinds)
        assert found(city, make_scenario(DRIVE, limit_minutes=30.0)) == {("c000", "s000"): pytest.approx(1)}


@given(st.floats(0.1, 4.0), st.integers(0, 2**32 - 1))
def test_speeds_scale_times(factor: float, seed: int) -> None:
    """All speeds times a factor are all times over it; a quicker road makes no way longer."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(["primary", "track", "x"], 10).tolist()
    city = with_roads(make_city(rng.uniform(0, 400, (5, 2)), rng.uniform(0, 400, (4, 2)), grid(5)), kinds)
    faster = DRIVE | {
        "speed_kmh": 20.0 * factor,
        "speeds_kmh": {"primary": 60.0 * min(factor, 3), "track": 10.0 * factor},
    }
    before = found(city, make_scenario(DRIVE, limit_minutes=1000.0))
    after = found(city, make_scenario(faster, limit_minutes=1000.0))
    for pair, minutes in before.items():
        assert after[pair] <= minutes / min(factor, 1) * (1 + 1e-9)
        assert after[pair] >= minutes / max(factor, 1) * (1 - 1e-9)
