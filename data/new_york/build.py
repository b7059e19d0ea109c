"""Build the New York data set from the PyPI package councilcount 0.11.4.

Fetch the package (a build-time input, not a dependency of the planner), then run this script; it
writes its four files beside itself. It needs Shapely 2.1 or later and some seconds.

    pip download --no-deps councilcount==0.11.4
    python data/new_york/build.py councilcount-0.11.4-py3-none-any.whl

Instead of the wheel, the folder that it was unpacked into will do. See README.md for what every
column means and for every assumption.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import Geometry

HERE = Path(__file__).resolve().parent
METRES = "EPSG:32618"  # UTM zone 18 north
DEGREES = "EPSG:4326"

BOROUGHS = {"BK": "Brooklyn", "BX": "Bronx", "MN": "Manhattan", "QN": "Queens", "SI": "Staten Island"}

VARIABLES = {
    "residents": "B01001_001",
    "poverty_universe": "B06012_001",
    "below_poverty": "B06012_002",
    "ethnicity_universe": "DP02_0088",
    "black": "DP05_0083",
    "hispanic": "DP05_0076",
    "asian": "DP05_0085",
    "white": "DP05_0082",
    "foreign_born": "DP02_0094",
    "disability_universe": "DP02_0071",
    "disability": "DP02_0072",
    "uninsured": "DP03_0099",
    "under_5": "DP05_0005",
    "under_18": "DP05_0019",
    "over_65": "DP05_0024",
    "rent_universe": "DP04_0136",
    "rent_burdened": "DP04_0142",
}
"""Columns of the neighbourhoods, and the variable of the American Community Survey behind each."""

DECIMALS = 6  # of a degree: 0.1 m
GRID = 0.01  # m; neighbours' corners that differ by less are made one
TOLERANCE = 10.0  # m; by how much the simplified shared borders may stray
BARRIER_TOLERANCE = 15.0  # m
NARROW = 30.0  # m; channels narrower than this are no barrier
SMALLEST_WATER = 5_000.0  # m²; smaller pieces of water are no barrier
MARGIN = 5_000.0  # m; how far the barrier reaches beyond the city

SITES_PER_NEIGHBOURHOOD = 3
WALK = 30 * 80 / 1.3  # m in a straight line: 30 minutes at 4.8 km/h, with a detour of 1.3
USUAL_LAND = 4_000.0  # m² at the usual density
USUAL_DENSITY = 10_000.0  # residents/km²
LEAST_LAND, MOST_LAND, LAND_STEP = 1_000.0, 10_000.0, 100.0  # m²


def main() -> None:
    """Read the package named on the command line and write the four files."""
    parser = argparse.ArgumentParser(description="Build the New York data set.")
    parser.add_argument("package", type=Path, help="wheel of councilcount 0.11.4, or its unpacked folder")
    package: Path = parser.parse_args().package
    source = zipfile.Path(package) if package.is_file() else package
    data = source / "councilcount" / "data"

    neighbourhoods = read_neighbourhoods(data)
    barriers = water_around(neighbourhoods)
    lots = read_lots(data, neighbourhoods)
    cells = sum_lots(lots, neighbourhoods)
    cells = pd.concat([cells, cells_without_lots(data, neighbourhoods, cells)], ignore_index=True)
    cells = move_ashore(cells, lots, neighbourhoods, barriers)
    cells = share_residents(cells, neighbourhoods)
    sites = choose_sites(with_out_of_reach(ranked(cells), barriers), neighbourhoods)

    write_geojson(HERE / "neighbourhoods.geojson", neighbourhoods)
    write_geojson(HERE / "barriers.geojson", barriers)
    write_geojson(HERE / "sites.geojson", sites)
    cells.to_csv(HERE / "cells.csv", index=False, lineterminator="\n")


def read_neighbourhoods(data: Path | zipfile.Path) -> gpd.GeoDataFrame:
    """Return the neighbourhoods in degrees, sorted by id, with mended borders and all estimates."""
    with (data / "nta-boundaries.geojson").open("rb") as file:
        shapes = gpd.read_file(file).rename(columns={"nta2020": "nta", "nta": "same"})
    with (data / "nta-geographies_2023.csv").open("rb") as file:
        table = pd.read_csv(file).rename(columns={"nta_code": "nta", "nta": "name"})
    shapes = shapes[["nta", "geometry"]].merge(table, on="nta", validate="one_to_one")
    shapes = shapes.sort_values("nta", ignore_index=True)
    columns = {
        "nta": shapes["nta"],
        "name": shapes["name"],
        "borough": shapes["nta"].str[:2].map(BOROUGHS),
        **estimates(shapes),
    }
    geometry = mend(shapes.geometry.to_crs(METRES).to_numpy())
    mended = gpd.GeoDataFrame(columns, geometry=geometry, crs=METRES).to_crs(DEGREES)
    return rounded(mended)


def estimates(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return every estimate and its margin of error, each a whole number or missing."""
    columns = {}
    for name, variable in VARIABLES.items():
        for suffix, letter in (("", "E"), ("_moe", "M")):
            values = table[variable + letter]
            if (values < 0).any():
                raise ValueError(
                    f"{variable}{letter} has negative values: a code of the Census Bureau, no count"
                )
            columns[name + suffix] = values.astype("Int64")
    return columns


def mend(polygons: np.ndarray) -> np.ndarray:
    """Return the polygons as a valid coverage, simplified so that neighbours keep shared borders."""
    snapped = shapely.set_precision(polygons, GRID)
    if not shapely.coverage_is_valid(snapped):
        raise ValueError("the boundaries overlap or their borders do not match")
    return shapely.coverage_simplify(snapped, TOLERANCE)


def rounded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with coordinates as they will be written, outer rings counter-clockwise."""
    corners = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    if not shapely.is_valid(corners).all():
        raise ValueError("a polygon crosses itself after its coordinates were rounded")
    return frame.set_geometry(shapely.orient_polygons(corners), crs=DEGREES)


def water_around(neighbourhoods: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what lies around the city, less narrow channels and small pieces, as polygons in degrees."""
    city = shapely.coverage_union_all(neighbourhoods.to_crs(METRES).geometry.to_numpy())
    west, south, east, north = city.bounds
    envelope = shapely.box(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    outside = shapely.difference(envelope, city)
    core = shapely.buffer(outside, -NARROW / 2, quad_segs=4)
    opened = shapely.intersection(shapely.buffer(core, NARROW / 2, quad_segs=4), outside)
    parts = shapely.get_parts(shapely.simplify(opened, BARRIER_TOLERANCE))
    parts = parts[shapely.area(parts) >= SMALLEST_WATER]
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    names = ["around the city", *["within the city"] * (len(parts) - 1)]
    return rounded(gpd.GeoDataFrame({"name": names}, geometry=parts, crs=METRES).to_crs(DEGREES))


def read_lots(data: Path | zipfile.Path, neighbourhoods: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the tax lots with residents (weight) that lie in a populated neighbourhood."""
    names = {
        "longitude": "lon",
        "latitude": "lat",
        "bbl_population_estimate": "weight",
        "county_fips": "county",
        "ct2020": "tract",
        "nta": "nta",
    }
    with (data / "bbl-population-estimates_2023.csv").open("rb") as file:
        lots = pd.read_csv(file, usecols=list(names)).rename(columns=names)
    populated = neighbourhoods.loc[neighbourhoods["residents"] > 0, "nta"]
    lots = lots[(lots["weight"] > 0) & lots["nta"].isin(populated)].copy()
    county = lots["county"].astype(str).str.zfill(3)
    lots["tract"] = "36" + county + lots["tract"].astype(str).str.zfill(6)
    lots["cell"] = lots["tract"] + "-" + lots["nta"]
    return lots.sort_values(["cell", "lon", "lat"], ignore_index=True)


def sum_lots(lots: pd.DataFrame, neighbourhoods: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the pieces, tract × neighbourhood, with their weight and the weighted centre of their lots."""
    moments = lots.assign(lon=lots["lon"] * lots["weight"], lat=lots["lat"] * lots["weight"])
    pieces = moments.groupby(["cell", "nta", "tract"], as_index=False)[["lon", "lat", "weight"]].sum()
    pieces["lon"] /= pieces["weight"]
    pieces["lat"] /= pieces["weight"]
    return pieces.merge(neighbourhoods[["nta", "borough"]], on="nta")


def cells_without_lots(
    data: Path | zipfile.Path, neighbourhoods: gpd.GeoDataFrame, cells: pd.DataFrame
) -> pd.DataFrame:
    """Return one cell, at a point inside, for each populated neighbourhood where no lot has residents."""
    with (data / "2020_Census_Tracts_to_2020_NTAs_and_CDTAs_Equivalency_20240905.csv").open("rb") as file:
        tracts = pd.read_csv(file, dtype=str).groupby("NTACode")["GEOID"].min()
    bare = neighbourhoods[(neighbourhoods["residents"] > 0) & ~neighbourhoods["nta"].isin(cells["nta"])]
    inside = bare.to_crs(METRES).representative_point().to_crs(DEGREES)
    tract = bare["nta"].map(tracts)
    return pd.DataFrame(
        {
            "cell": tract + "-" + bare["nta"],
            "nta": bare["nta"],
            "tract": tract,
            "lon": inside.x,
            "lat": inside.y,
            "weight": 1.0,
            "borough": bare["borough"],
        }
    )


def move_ashore(
    cells: pd.DataFrame,
    lots: pd.DataFrame,
    neighbourhoods: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Return the cells; a centre outside its neighbourhood, or in the water, goes to the nearest good lot."""
    cells = cells.sort_values("cell", ignore_index=True).round({"lon": DECIMALS, "lat": DECIMALS})
    astray = cells[~well_placed(cells, neighbourhoods, barriers)]
    near = lots[lots["cell"].isin(astray["cell"])].round({"lon": DECIMALS, "lat": DECIMALS})
    near = near[well_placed(near, neighbourhoods, barriers)]
    for row, cell in astray.iterrows():
        own = near[near["cell"] == cell["cell"]].copy()
        east = (own["lon"] - cell["lon"]) * np.cos(np.radians(cell["lat"]))
        own["distance"] = np.hypot(east, own["lat"] - cell["lat"])
        best = own.sort_values(["distance", "weight"], ascending=[True, False]).iloc[0]
        cells.loc[row, ["lon", "lat"]] = best[["lon", "lat"]]
    wet = in_water(astray, barriers).sum()
    print(f"{len(astray)} centres moved to a lot, {wet} of them out of the water")
    return cells


def well_placed(
    points: pd.DataFrame, neighbourhoods: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame
) -> np.ndarray:
    """Tell of each point whether it lies in its own neighbourhood and not in the water."""
    homes = neighbourhoods.set_index("nta").geometry.loc[points["nta"]].to_numpy()
    at_home = shapely.intersects_xy(homes, points["lon"].to_numpy(), points["lat"].to_numpy())
    dry = ~in_water(points, barriers)
    return np.asarray(at_home & dry)


def in_water(points: pd.DataFrame, barriers: gpd.GeoDataFrame) -> np.ndarray:
    """Tell of each point whether it lies in a barrier."""
    water = shapely.multipolygons(barriers.geometry.to_numpy())
    shapely.prepare(water)
    return np.asarray(shapely.intersects_xy(water, points["lon"].to_numpy(), points["lat"].to_numpy()))


def share_residents(cells: pd.DataFrame, neighbourhoods: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the cells with whole residents that sum to those of their neighbourhood; none is empty."""
    totals = neighbourhoods.set_index("nta")["residents"]
    parts = [largest_remainder(weights, int(totals[nta])) for nta, weights in cells.groupby("nta")["weight"]]
    shared = cells.assign(residents=pd.concat(parts))
    columns = ["cell", "nta", "tract", "borough", "lon", "lat", "residents"]
    return shared.loc[shared["residents"] > 0, columns].reset_index(drop=True)


def largest_remainder(weights: pd.Series, total: int) -> pd.Series:
    """Share a whole total in proportion to the weights, in whole numbers that sum to it."""
    exact = weights / weights.sum() * total
    whole = exact.astype("int64")
    order = (whole - exact).sort_values(kind="stable").index
    whole.loc[order[: total - int(whole.sum())]] += 1
    return whole


def ranked(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with their rank in their neighbourhood by residents, and which are chosen as sites."""
    ordered = cells.sort_values(
        ["nta", "residents", "cell"], ascending=[True, False, True], ignore_index=True
    )
    rank = ordered.groupby("nta").cumcount() + 1
    return ordered.assign(rank=rank, chosen=rank <= SITES_PER_NEIGHBOURHOOD)


def with_out_of_reach(cells: pd.DataFrame, barriers: gpd.GeoDataFrame) -> pd.DataFrame:
    """Choose also cells from which no site can be walked to, the largest first: nobody is left out."""
    points = gpd.GeoSeries.from_xy(cells["lon"], cells["lat"], crs=DEGREES).to_crs(METRES)
    xy = shapely.get_coordinates(points.to_numpy())
    water = shapely.union_all(barriers.to_crs(METRES).geometry.to_numpy())
    shapely.prepare(water)
    chosen = cells["chosen"].to_numpy().copy()

    def reached(k: int) -> bool:
        near = np.flatnonzero(chosen & (np.hypot(*(xy - xy[k]).T) <= WALK))
        ways = np.stack([np.broadcast_to(xy[k], (len(near), 2)), xy[near]], axis=1)
        return not bool(shapely.intersects(water, shapely.linestrings(ways)).all())

    for k in cells.sort_values(["residents", "cell"], ascending=[False, True]).index:
        if not chosen[k] and not reached(int(k)):
            chosen[k] = True
    return cells.assign(chosen=chosen)


def choose_sites(cells: pd.DataFrame, neighbourhoods: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the chosen cells as candidate sites."""
    chosen = cells[cells["chosen"]].reset_index(drop=True)
    rank = chosen["rank"].astype(str)
    columns = {
        "site": chosen["nta"] + "-" + rank,
        "name": chosen["nta"].map(neighbourhoods.set_index("nta")["name"]) + " " + rank,
        "nta": chosen["nta"],
        "borough": chosen["borough"],
        "cell": chosen["cell"],
        "land": chosen["nta"].map(assumed_land(neighbourhoods)),
        "owner": "not known",
    }
    points = gpd.points_from_xy(chosen["lon"], chosen["lat"])
    return gpd.GeoDataFrame(columns, geometry=points, crs=DEGREES)


def assumed_land(neighbourhoods: gpd.GeoDataFrame) -> Mapping[str, int]:
    """Return the land assumed to be free at a site [m²], by neighbourhood: less where people live densely."""
    populated = neighbourhoods[neighbourhoods["residents"] > 0]
    square_kilometres = populated.to_crs(METRES).area / 1e6
    density = populated["residents"].astype("float64") / square_kilometres
    land = (USUAL_LAND * np.sqrt(USUAL_DENSITY / density)).clip(LEAST_LAND, MOST_LAND)
    whole_steps = (land / LAND_STEP).round() * LAND_STEP
    return dict(zip(populated["nta"], whole_steps.astype("int64").tolist(), strict=True))


def write_geojson(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Write the frame as GeoJSON after RFC 7946, one feature a line, always the same bytes."""
    table = frame.drop(columns="geometry").astype(object)
    records = table.where(table.notna(), None).to_dict(orient="records")
    lines = [feature(record, geometry) for record, geometry in zip(records, frame.geometry, strict=True)]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def feature(record: Mapping[str, object], geometry: Geometry) -> str:
    """Return one GeoJSON feature as text; None becomes null."""
    whole = {"type": "Feature", "properties": record, "geometry": json.loads(shapely.to_geojson(geometry))}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


if __name__ == "__main__":
    main()
