"""The maps: RFC 7946 to the letter, opened by GDAL, figures known by hand, the same bytes twice."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import invented_plan
import pandas as pd
import pyogrio
import pytest

import planner
from planner.report.layers import service_key, unique_key

ROOT = str(Path(planner.__file__).parents[1])
NAMES = ("neighbourhoods", "facilities", "links")
DEPTHS = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder of the invented city, with plain and with hostile names."""
    path: Path = tmp_path_factory.mktemp("run")
    invented_plan.write(path, hostile=request.param)
    return path


def refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which JSON does not know."""
    raise AssertionError(constant)


def properties(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the properties of every feature of a layer."""
    document = json.loads((folder / "maps" / f"{name}.geojson").read_text("utf-8"))
    return [feature["properties"] for feature in document["features"]]


def positions(coordinates: list[Any], depth: int) -> list[list[float]]:
    """Return every position, after checking that arrays are nested as deep as the type asks."""
    if depth == 0:
        return [coordinates]
    assert isinstance(coordinates, list)
    return [position for part in coordinates for position in positions(part, depth - 1)]


def signed_area(ring: list[list[float]]) -> float:
    """Return the area of a ring, positive when it runs counter-clockwise."""
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)) / 2


def check_polygon(rings: list[list[list[float]]]) -> None:
    """Check that rings are closed, long enough, and follow the right-hand rule."""
    for number, ring in enumerate(rings):
        assert len(ring) >= 4
        assert ring[0] == ring[-1]
        assert (signed_area(ring) > 0) == (number == 0)


def check_geometry(geometry: dict[str, Any]) -> None:
    """Check a geometry against section 3.1 of RFC 7946."""
    assert set(geometry) == {"type", "coordinates"}
    for position in positions(geometry["coordinates"], DEPTHS[geometry["type"]]):
        longitude, latitude = position
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
    if geometry["type"] == "LineString":
        assert len(geometry["coordinates"]) >= 2
    if geometry["type"] == "Polygon":
        check_polygon(geometry["coordinates"])
    if geometry["type"] == "MultiPolygon":
        for rings in geometry["coordinates"]:
            check_polygon(rings)


@pytest.mark.parametrize("name", NAMES)
def test_geojson_follows_rfc_7946(folder: Path, name: str) -> None:
    """Only members that the RFC knows, WGS84, six decimals, right-hand rule, null for unknown."""
    text = (folder / "maps" / f"{name}.geojson").read_text("utf-8")
    document = json.loads(text, parse_constant=refuse)
    assert set(document) == {"type", "features"}
    assert document["type"] == "FeatureCollection"
    assert document["features"]
    for feature in document["features"]:
        assert set(feature) == {"type", "properties", "geometry"}
        assert feature["type"] == "Feature"
        check_geometry(feature["geometry"])
        assert all(
            value is None or isinstance(value, (str, bool, int, float))
            for value in feature["properties"].values()
        )
    assert not re.search(r"\d\.\d{7,}", text)


@pytest.mark.parametrize("name", NAMES)
def test_geojson_opens_through_gdal(folder: Path, name: str) -> None:
    """GDAL reads every feature, in WGS84, near the invented city."""
    frame = pyogrio.read_dataframe(folder / "maps" / f"{name}.geojson")
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == len(properties(folder, name))
    west, south, east, north = frame.total_bounds
    assert 14.9 < west <= east < 15.1
    assert 46.9 < south <= north < 47.0


def test_every_neighbourhood_is_there_with_its_figures(tmp_path: Path) -> None:
    """Wellbeing is the mean over the residents, and the park without residents has none."""
    invented_plan.write(tmp_path)
    alder, birch, park = properties(tmp_path, "neighbourhoods")
    assert (alder["wellbeing_before"], alder["wellbeing"], alder["wellbeing_change"]) == (0.6, 0.7, 0.1)
    assert (birch["wellbeing_before"], birch["wellbeing"]) == (0.5, 0.7)
    assert (park["wellbeing"], park["residents"], park["health_share"]) == (None, 0.0, None)
    assert (alder["health_need"], alder["health_reached"], alder["health_unmet"]) == (100.0, 60.0, 40.0)
    assert (alder["health_share"], alder["health_qshare"], alder["health_share_before"]) == (0.6, 0.3, 0.0)
    assert alder["education_share_before"] == 0.8
    assert (alder["poor"], birch["poor"]) == (500.0, 50.0)


def test_facilities_and_links_tell_who_serves_whom(tmp_path: Path) -> None:
    """Facilities lie in their neighbourhood; links sum what a neighbourhood gets from a provider."""
    invented_plan.write(tmp_path)
    by_provider = {row["provider"]: row for row in properties(tmp_path, "facilities")}
    clinic = by_provider["health/s1/small"]
    assert (clinic["neighbourhood"], clinic["modules"], clinic["capital_cost"]) == ("a", 2, 12.0)
    assert by_provider["education/s1/small"]["capacity"] is None
    links = {(row["neighbourhood"], row["service"]): row for row in properties(tmp_path, "links")}
    assert links["a", "health"] == {
        "neighbourhood": "a", "provider": "health/s1/small", "service": "health",
        "served": 60.0, "travel": 12.0, "travel_unit": "min", "quality": 0.5,
    }  # fmt: skip


def test_every_property_is_explained(folder: Path) -> None:
    """The dictionary names every property of every layer; keys are short."""
    rows = list(csv.DictReader((folder / "maps" / "columns.csv").read_text("utf-8-sig").splitlines()))
    for name in NAMES:
        keys = [row["column"] for row in rows if row["layer"] == name]
        assert keys == list(properties(folder, name)[0])
        assert max(map(len, keys)) <= 31
    assert all(row["meaning"] and row["unit"] for row in rows)


def test_long_service_names_stay_apart() -> None:
    """Keys of services with a long common beginning are cut to 31 characters and numbered."""
    taken: dict[str, pd.Series] = {}
    for service in ("early_childhood_education_north", "early_childhood_education_NORTH"):
        key = unique_key(service_key(service, "reached_before"), taken)
        taken[key] = pd.Series()
    assert list(taken) == ["early_childhood__reached_before", "early_childhood__reached_befo_2"]


def test_geopackage_holds_the_same_layers(folder: Path) -> None:
    """plan.gpkg has the three layers in the city's coordinate system, unlimited told as unknown."""
    layers = [name for name, _kind in pyogrio.list_layers(folder / "plan.gpkg")]
    assert layers == list(NAMES)
    for name in NAMES:
        frame = pyogrio.read_dataframe(folder / "plan.gpkg", layer=name)
        assert frame.crs.to_epsg() == 32633
        assert list(frame.columns[:-1]) == list(properties(folder, name)[0])
        assert len(frame) == len(properties(folder, name))
    capacity = pyogrio.read_dataframe(folder / "plan.gpkg", layer="facilities")["capacity"]
    assert [value for value in capacity if not math.isnan(value)] == [40.0, 80.0]


def test_two_processes_at_different_times_write_the_same_bytes(tmp_path: Path) -> None:
    """Every output is the same from another process, folder, hash seed, time zone and second."""
    folders = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        target = tmp_path / f"run{seed}"
        target.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LANGUAGE": "de", "PYTHONPATH": ROOT}
        subprocess.run([sys.executable, invented_plan.__file__, str(target)], check=True, env=environment)
        folders.append(target)
        time.sleep(1.1)
    first, second = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*.*")} for f in folders)
    assert sorted(first) == sorted(second)
    assert len(first) == 20 + 2 * 9  # the equity audit: nine tables, each twice
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_a_plan_that_builds_nothing_still_has_maps(tmp_path: Path) -> None:
    """Empty facilities and links give empty layers that open."""
    from planner.report.page import write_report  # noqa: PLC0415 - one test only

    full = invented_plan.plan()
    empty = type(full)(
        full.facilities.iloc[:0],
        full.assignment.iloc[:0],
        full.need_points,
        full.unmet,
        full.before,
        full.status,
    )
    place, asked = invented_plan.city(), invented_plan.scenario()
    table = invented_plan.indicators()
    (page,) = write_report(
        tmp_path, asked, place, empty, table, invented_plan.services(), verdict="kept", notes=[], versions={}
    )
    assert "The plan builds nothing." in page.read_text("utf-8")
    assert json.loads((tmp_path / "maps" / "links.geojson").read_text("utf-8"))["features"] == []
    assert len(pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="facilities")) == 0
