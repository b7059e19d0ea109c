"""Write New York by tax block as a project of its own: 25,927 blocks, four services on 2,000 sites.

The data are too large to ship, and made from the same package as `data/new_york`:

    pip download --no-deps councilcount==0.11.4
    python tests/benchmarks/new_york_blocks.py councilcount-0.11.4-py3-none-any.whl FOLDER [--blocks N]

With `--blocks` only the neighbourhoods around the middle of the city are taken, until they have that many
blocks, with their part of the sites and of the budget: how time and memory grow is measured on these.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

ROOT = Path(__file__).parents[2]
SITES = 2000
MIDDLE = (-73.94, 40.72)
LIMITS = {"housing": (10, 20), "health": (10, 20), "education": (8, 15), "water": (5, 10)}
"""Standard and limit [min]: shorter than in the shipped scenario, so that there are about a million pairs."""


def _shipped() -> ModuleType:
    """The script that builds the shipped data: the land of sites is told by the same rule."""
    file = ROOT / "data" / "new_york" / "build.py"
    spec = importlib.util.spec_from_file_location("build_new_york", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Read the package named on the command line and write the project."""
    parser = argparse.ArgumentParser(description="Write New York by tax block.")
    parser.add_argument("package", type=Path, help="wheel of councilcount 0.11.4, or its unpacked folder")
    parser.add_argument("folder", type=Path, help="where the project is written")
    parser.add_argument("--blocks", type=int, default=None, help="take about so many blocks only")
    given = parser.parse_args()
    source = zipfile.Path(given.package) if given.package.is_file() else given.package
    write(source / "councilcount" / "data", given.folder, given.blocks)


def write(data: Path | zipfile.Path, folder: Path, count: int | None) -> None:
    """Write layers and scenario."""
    for name in ("scenarios", "data/new_york"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    (folder / "planner.toml").write_text("", encoding="utf-8")
    hoods = gpd.read_file(folder / "data/new_york/neighbourhoods.geojson")
    whole = blocks(data)
    cells = whole if count is None else around_the_middle(whole, count)
    part = cells["residents"].sum() / whole["residents"].sum()
    sites = choose_sites(cells, round(SITES * len(cells) / len(whole)), _shipped().assumed_land(hoods))
    cells.to_csv(folder / "data/new_york/blocks.csv", index=False, lineterminator="\n")
    sites.to_csv(folder / "data/new_york/block_sites.csv", index=False, lineterminator="\n")
    kept = hoods[hoods["nta"].isin(cells["nta"])]
    kept.to_file(folder / "data/new_york/block_neighbourhoods.geojson", driver="GeoJSON", RFC7946=True)
    (folder / "scenarios/new_york_blocks.yaml").write_text(scenario(part), encoding="utf-8")
    print(f"{len(cells):,} blocks, {cells['residents'].sum():,.0f} people, {len(sites):,} sites")  # noqa: T201


def blocks(data: Path | zipfile.Path) -> pd.DataFrame:
    """Tax blocks with residents: those estimated for their lots, at the weighted centre of the lots."""
    names = {"bbl_population_estimate": "residents", "longitude": "lon", "latitude": "lat"}
    with (data / "bbl-population-estimates_2023.csv").open("rb") as file:
        lots = pd.read_csv(file, usecols=["borough", "block", "nta", *names]).rename(columns=names)
    lots = lots[lots["residents"] > 0]
    home = lots.groupby(["borough", "block", "nta"], as_index=False)["residents"].sum()
    home = home.sort_values("residents", kind="stable").drop_duplicates(["borough", "block"], keep="last")
    moments = lots.assign(lon=lots["lon"] * lots["residents"], lat=lots["lat"] * lots["residents"])
    cells = moments.groupby(["borough", "block"], as_index=False)[["lon", "lat", "residents"]].sum()
    cells = cells.assign(lon=cells["lon"] / cells["residents"], lat=cells["lat"] / cells["residents"])
    cells = cells.merge(home[["borough", "block", "nta"]], on=["borough", "block"])
    cells["cell"] = cells["borough"] + cells["block"].astype(str).str.zfill(5)
    return cells[["cell", "nta", "lon", "lat", "residents"]].sort_values("cell").round(6)


def around_the_middle(cells: pd.DataFrame, count: int) -> pd.DataFrame:
    """Whole neighbourhoods, those nearest to the middle of the city first, until there are enough blocks."""
    middle = cells.groupby("nta")[["lon", "lat"]].mean()
    far = np.hypot((middle["lon"] - MIDDLE[0]) * 0.76, middle["lat"] - MIDDLE[1]).sort_values(kind="stable")
    upto = cells["nta"].value_counts().reindex(far.index).cumsum()
    return cells[cells["nta"].isin(upto.index[: int((upto < count).sum()) + 1])]


def choose_sites(cells: pd.DataFrame, count: int, land: Mapping[str, int]) -> pd.DataFrame:
    """Sites at blocks: as many in each neighbourhood as its residents call for, the most populous first."""
    people = cells.groupby("nta")["residents"].sum()
    quota = np.maximum((people / people.sum() * count).round(), 1)
    ordered = cells.sort_values(["nta", "residents", "cell"], ascending=[True, False, True])
    rank = ordered.groupby("nta").cumcount()
    chosen = ordered[rank < ordered["nta"].map(quota)]
    sites = chosen.assign(site="S" + chosen["cell"], land=chosen["nta"].map(land).fillna(1000))
    return sites[["site", "nta", "lon", "lat", "land"]].sort_values("site")


def scenario(part: float) -> str:
    """The shipped scenario on blocks: other cells, sites and limits, its part of the budget."""
    layer = (
        "sites: {file: ../data/new_york/block_sites.csv, id: site, x: lon, y: lat,"
        " crs: EPSG:4326, land_m2: land, label: site}"
    )
    services = "".join(
        f"  {name}:\n    travel: {{standard_minutes: {near}, limit_minutes: {far}}}\n    {layer}\n"
        for name, (near, far) in LIMITS.items()
    )
    return (
        "extends: new_york.yaml\nname: New York by block\ncity:\n"
        "  neighbourhoods: {file: ../data/new_york/block_neighbourhoods.geojson}\n"
        "  cells: {file: ../data/new_york/blocks.csv, id: cell, neighbourhood: nta, x: lon, y: lat,"
        " crs: EPSG:4326, population: residents}\n"
        f"services:\n{services}"
        f"budget: {{capital: {3000 * part:.1f}, operating: {900 * part:.1f}}}\n"
        "constraints: []\n"
    )


if __name__ == "__main__":
    main()
