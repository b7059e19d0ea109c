"""Buenos Aires as a project: layers made from the census of 2010 and what the city has published."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from shared_cities import CITIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HERE = CITIES / "buenos_aires"
SCENARIO = Path(__file__).with_suffix(".yaml")
METRES = "EPSG:32721"
ROOMY = 6
"""Census radios of each barrio that are taken as places to build: the largest."""
BUILDABLE = 0.05
"""Part of a radio that is taken as land to build on."""
CARE = {"HOSPITAL DE AGUDOS": 120_000, "HOSPITAL DE NIÑOS": 60_000, "HOSPITAL ESPECIALIZADO": 20_000}
"""People whom a hospital of each kind is taken to serve beside its wards [person]."""


def project(folder: Path) -> Path:
    """Write the layers and the scenario into a folder; the scenario's path."""
    data = folder / "data"
    data.mkdir(parents=True)
    radios = gpd.read_file(HERE / "radios_3554.geojson").to_crs(METRES)
    settlements = gpd.read_file(HERE / "informal_settlements_39.geojson").to_crs(METRES)
    shutil.copy(HERE / "barrios_48.geojson", data / "barrios.geojson")
    _people(radios, settlements).to_csv(data / "radios.csv", index=False)
    _sites(radios, settlements).to_csv(data / "sites.csv", index=False)
    hospitals = gpd.read_file(HERE / "hospitals.geojson")
    capacity = hospitals["tipo"].map(CARE)
    told = {"hospital": hospitals["id"], "name": hospitals["nombre"], "capacity": capacity}
    _table(hospitals, told).to_csv(data / "hospitals.csv", index=False)
    schools = gpd.read_file(HERE / "schools_2862.geojson")
    public = schools[schools["public"] & schools["nivel"].str.contains("Común")]
    told = {"school": public["cueanexo"], "name": public["nombre_est"]}
    _table(public, told).to_csv(data / "schools.csv", index=False)
    (folder / "planner.toml").touch()
    return Path(shutil.copy(SCENARIO, folder / "scenario.yaml"))


def inside(radios: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which radios are settlement for more than half of their land, as the census draws them."""
    whole = settlements.union_all()
    return (radios.intersection(whole).area > radios.area / 2).to_numpy()


def _people(radios: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    within, people = inside(radios, settlements), radios["poblacion"]
    needy = (people * radios["hogares_nbi"] / radios["hogares"].where(radios["hogares"] > 0)).fillna(0.0)
    told = {
        "radio": radios["radio_id"],
        "barrio": radios["barrio"],
        "residents": people,
        "in_settlements": people.where(within, 0),
        "outside": people.where(~within, 0),
        "unmet_basic_needs": needy.round(),
        "households_in_need": radios["hogares_nbi"],
    }
    return _table(radios, told)


def _sites(radios: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Places to build: the largest radios of each barrio, and every settlement."""
    largest = radios.sort_values("area_km2", ascending=False).groupby("barrio").head(ROOMY).sort_index()
    told = {"site": largest["radio_id"], "land": largest.area * BUILDABLE}
    own = {
        "site": [f"settlement {n}" for n in range(1, len(settlements) + 1)],
        "land": settlements.area * BUILDABLE,
    }
    return pd.concat([_table(largest, told), _table(settlements, own)]).round({"land": 0})


def _table(layer: gpd.GeoDataFrame, told: dict[str, object]) -> pd.DataFrame:
    """Columns with the longitude and latitude of a point inside each shape [degrees]."""
    points = layer.representative_point().to_crs("EPSG:4326")
    return pd.DataFrame(told | {"lon": points.x, "lat": points.y})
