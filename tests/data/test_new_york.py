"""The shipped New York data set keeps the promises of its README."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

FOLDER = Path(__file__).resolve().parents[2] / "data" / "new_york"
METRES = "EPSG:32618"
RESIDENTS = 8_516_202
WALK = 2_400 / 1.3  # m in a straight line: 30 min at 4.8 km/h, with a detour of 1.3

CITY_TOTALS = {
    "poverty_universe": 8_378_514,
    "below_poverty": 1_454_320,
    "ethnicity_universe": RESIDENTS,
    "black": 1_773_772,
    "hispanic": 2_420_539,
    "asian": 1_236_241,
    "white": 2_665_966,
    "foreign_born": 3_108_052,
    "disability_universe": 8_460_246,
    "disability": 988_779,
    "uninsured": 543_446,
    "under_5": 498_233,
    "under_18": 1_740_197,
    "over_65": 1_365_795,
    "rent_universe": 2_118_499,
    "rent_burdened": 906_991,
}
"""City totals of the American Community Survey itself, not of these files."""

UNIVERSES = {
    "below_poverty": "poverty_universe",
    "black": "ethnicity_universe",
    "hispanic": "ethnicity_universe",
    "asian": "ethnicity_universe",
    "white": "ethnicity_universe",
    "foreign_born": "ethnicity_universe",
    "disability": "disability_universe",
    "uninsured": "disability_universe",
    "under_5": "under_18",
    "under_18": "residents",
    "over_65": "residents",
    "rent_burdened": "rent_universe",
}

CROSSINGS = {
    "Broad Channel to Howard Beach": [(-73.8195, 40.6080), (-73.8370, 40.6570)],
    "Roosevelt Island to Manhattan": [(-73.9497, 40.7620), (-73.9590, 40.7640)],
    "Roosevelt Island to Queens": [(-73.9497, 40.7620), (-73.9400, 40.7625)],
    "City Island to the Bronx": [(-73.7870, 40.8470), (-73.8090, 40.8640)],
    "Greenpoint to Long Island City": [(-73.9530, 40.7350), (-73.9530, 40.7440)],
    "St. George to Bay Ridge": [(-74.0730, 40.6430), (-74.0300, 40.6350)],
}


@pytest.fixture(scope="module")
def neighbourhoods() -> gpd.GeoDataFrame:
    """Neighbourhoods, by id."""
    return gpd.read_file(FOLDER / "neighbourhoods.geojson").set_index("nta")


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    """Cells as points."""
    table = pd.read_csv(FOLDER / "cells.csv", dtype={"tract": str})
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")


@pytest.fixture(scope="module")
def sites() -> gpd.GeoDataFrame:
    """Candidate sites."""
    return gpd.read_file(FOLDER / "sites.geojson")


@pytest.fixture(scope="module")
def water() -> shapely.Geometry:
    """All barriers as one prepared shape, in metres."""
    barriers = gpd.read_file(FOLDER / "barriers.geojson").to_crs(METRES)
    shape: shapely.Geometry = shapely.multipolygons(barriers.geometry.to_numpy())
    shapely.prepare(shape)
    return shape


def near_pairs(
    cells: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, metres: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the cell and the site, and the straight line, of each pair that is near enough."""
    homes = cells.to_crs(METRES).get_coordinates().to_numpy()
    places = sites.to_crs(METRES).get_coordinates().to_numpy()
    tree = shapely.STRtree(shapely.points(places))
    cell, site = tree.query(shapely.points(homes), predicate="dwithin", distance=metres)
    lines = shapely.linestrings(np.stack([homes[cell], places[site]], axis=1))
    return cell, site, np.asarray(lines)


def test_neighbourhoods_are_all_there(neighbourhoods: gpd.GeoDataFrame) -> None:
    """There are 262 neighbourhoods with unique ids, 47 of them without residents."""
    assert len(neighbourhoods) == 262
    assert neighbourhoods.index.is_unique
    assert neighbourhoods["name"].is_unique
    assert (neighbourhoods["residents"] == 0).sum() == 47


def test_residents_sum_to_the_city(neighbourhoods: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> None:
    """Neighbourhoods and cells have the same residents, and together those of the city."""
    by_neighbourhood = cells.groupby("nta")["residents"].sum().reindex(neighbourhoods.index, fill_value=0)
    assert neighbourhoods["residents"].sum() == RESIDENTS
    assert (by_neighbourhood == neighbourhoods["residents"]).all()


@pytest.mark.parametrize(("column", "total"), CITY_TOTALS.items())
def test_estimates_sum_to_the_city(neighbourhoods: gpd.GeoDataFrame, column: str, total: int) -> None:
    """Each estimate of the neighbourhoods sums exactly to the city's own figure."""
    assert neighbourhoods[column].sum() == total


@pytest.mark.parametrize(("part", "universe"), UNIVERSES.items())
def test_no_group_exceeds_its_universe(neighbourhoods: gpd.GeoDataFrame, part: str, universe: str) -> None:
    """A group is never negative and never larger than those it is counted among."""
    assert (neighbourhoods[part] >= 0).all()
    assert (neighbourhoods[part] <= neighbourhoods[universe]).all()


@pytest.mark.parametrize("column", ["residents", *CITY_TOTALS])
def test_margins_of_error(neighbourhoods: gpd.GeoDataFrame, column: str) -> None:
    """A margin of error is positive where people were counted, and missing where nobody was."""
    margin = neighbourhoods[f"{column}_moe"]
    counted = neighbourhoods[column] > 0
    assert (margin[counted] > 0).all()
    assert margin[~counted].isna().all()


def test_coverage_is_valid(neighbourhoods: gpd.GeoDataFrame) -> None:
    """Neighbourhoods are valid, share their borders exactly and fill the city's land area."""
    shapes = neighbourhoods.geometry.to_numpy()
    area = neighbourhoods.to_crs(METRES).area.sum() / 1e6
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert area == pytest.approx(782.0, abs=0.5)


def test_cells_are_whole(cells: gpd.GeoDataFrame) -> None:
    """There are 2,273 cells with unique ids made of tract and neighbourhood, none of them empty."""
    assert len(cells) == 2_273
    assert cells["cell"].is_unique
    assert (cells["cell"] == cells["tract"] + "-" + cells["nta"]).all()
    assert cells["tract"].str.fullmatch(r"36\d{9}").all()
    assert (cells["residents"] > 0).all()


def test_cells_lie_in_their_neighbourhood(neighbourhoods: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> None:
    """Each cell lies in the neighbourhood and the borough that it names."""
    homes = neighbourhoods.loc[cells["nta"]]
    assert shapely.intersects(homes.geometry.to_numpy(), cells.geometry.to_numpy()).all()
    assert (homes["borough"].to_numpy() == cells["borough"].to_numpy()).all()


def test_sites_belong_to_cells(cells: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    """There are 618 sites, one to three or more in each populated neighbourhood, each at its cell."""
    at = cells.set_index("cell").loc[sites["cell"]]
    per_neighbourhood = sites.groupby("nta").size()
    assert len(sites) == 618
    assert sites["site"].is_unique
    assert sites["name"].is_unique
    assert sites["cell"].is_unique
    assert (at["nta"].to_numpy() == sites["nta"].to_numpy()).all()
    assert shapely.equals(at.geometry.to_numpy(), sites.geometry.to_numpy()).all()
    assert set(per_neighbourhood.index) == set(cells["nta"])
    assert (per_neighbourhood >= cells.groupby("nta").size().clip(upper=3)).all()


def test_land_is_within_its_bounds(sites: gpd.GeoDataFrame) -> None:
    """The land assumed at a site is a multiple of 100 m² from 1,000 to 10,000 m²."""
    assert sites["land"].between(1_000, 10_000).all()
    assert (sites["land"] % 100 == 0).all()


def test_nobody_lives_in_the_water(
    cells: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, water: shapely.Geometry
) -> None:
    """No cell and no site lies in a barrier."""
    assert not shapely.intersects(water, cells.to_crs(METRES).geometry.to_numpy()).any()
    assert not shapely.intersects(water, sites.to_crs(METRES).geometry.to_numpy()).any()


@pytest.mark.parametrize("crossing", CROSSINGS)
def test_water_is_crossed(water: shapely.Geometry, crossing: str) -> None:
    """A straight line over known water meets a barrier."""
    ends = gpd.GeoSeries([shapely.LineString(CROSSINGS[crossing])], crs="EPSG:4326").to_crs(METRES)
    assert shapely.intersects(water, ends.iloc[0])


def test_brooklyn_and_queens_share_land(water: shapely.Geometry) -> None:
    """A straight line from Ridgewood to Bushwick meets no barrier."""
    ends = gpd.GeoSeries([shapely.LineString([(-73.906, 40.704), (-73.916, 40.699)])], crs="EPSG:4326")
    assert not shapely.intersects(water, ends.to_crs(METRES).iloc[0])


def test_the_east_river_is_closed(
    cells: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, water: shapely.Geometry
) -> None:
    """No straight line of up to 3 km from Manhattan to Brooklyn or Queens, or the other way, stays dry."""
    cell, site, lines = near_pairs(cells, sites, 3_000)
    here, there = cells["borough"].to_numpy()[cell], sites["borough"].to_numpy()[site]
    across = np.isin(here, ["Brooklyn", "Queens"]) & (there == "Manhattan")
    across |= np.isin(there, ["Brooklyn", "Queens"]) & (here == "Manhattan")
    assert across.sum() == 2_037
    assert shapely.intersects(water, lines[across]).all()


def test_pairs_within_a_walk(
    cells: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, water: shapely.Geometry
) -> None:
    """Of 24,026 pairs within 30 minutes' walk the water cuts 1,066; nobody is left without a site."""
    cell, _, lines = near_pairs(cells, sites, WALK)
    cut = shapely.intersects(water, lines)
    assert len(lines) == pytest.approx(24_026, abs=5)
    assert cut.sum() == pytest.approx(1_066, abs=10)
    assert set(cell[~cut]) == set(range(len(cells)))


@pytest.mark.parametrize("name", ["neighbourhoods", "barriers", "sites"])
def test_geojson_follows_the_standard(name: str) -> None:
    """A GeoJSON file has no crs member and at most six decimals; its outer rings run counter-clockwise."""
    path = FOLDER / f"{name}.geojson"
    assert "crs" not in json.loads(path.read_text(encoding="utf-8"))
    shapes = gpd.read_file(path).geometry
    corners = shapes.get_coordinates().to_numpy()
    rings = shapely.get_exterior_ring(shapely.get_parts(shapes.to_numpy()))
    assert np.abs(corners - corners.round(6)).max() < 1e-9
    assert shapely.is_ccw(rings[~shapely.is_missing(rings)]).all()


def test_files_are_small() -> None:
    """The barriers stay below 250 kB and the whole folder below 2.2 MB."""
    total = sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file())
    assert (FOLDER / "barriers.geojson").stat().st_size < 250_000
    assert total < 2_200_000
