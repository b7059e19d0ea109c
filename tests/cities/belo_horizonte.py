"""Belo Horizonte as a project: hexagons with people and schools, and a table of travel by transit."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shared_cities import CITY

SCENARIO = Path(__file__).with_suffix(".yaml")
POOREST = 4
"""Up to this tenth of incomes people count as the poorest."""
EVERY = 5
"""One of so many hexagons without a school, in the order of the file, is taken as a place to build."""
PUPILS = 600
"""Places taken for each school [pupil]."""


def project(folder: Path) -> Path:
    """Write the layers and the scenario into a folder; the scenario's path."""
    data = folder / "data"
    data.mkdir(parents=True)
    cells = gpd.read_file(CITY / "hexagons_898.geojson")
    people, tenth = cells["population"], cells["income_decile"].astype(float)
    poorest = people.where(tenth <= POOREST, 0)
    cells.assign(poorest=poorest, without_water=poorest // 10).to_file(data / "hexagons.geojson")
    centres = cells.representative_point()
    at = pd.DataFrame({"lon": centres.x, "lat": centres.y})
    free = at.assign(site=cells["id"])[cells["schools"] == 0]
    free.iloc[::EVERY].to_csv(data / "sites.csv", index=False)
    schools = at.assign(school=cells["id"], capacity=cells["schools"] * PUPILS)
    schools[cells["schools"] > 0].to_csv(data / "schools.csv", index=False)
    shutil.copy(CITY / "travel_matrix_transit_minutes.parquet", data / "transit.parquet")
    (folder / "planner.toml").touch()
    return Path(shutil.copy(SCENARIO, folder / "scenario.yaml"))
