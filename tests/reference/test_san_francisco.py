"""Published optima of San Francisco: 205 tracts, 16 stores, metres along streets, read as a planner would."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from planner.flow import Ear, ask
from planner.model.decide import decide

if TYPE_CHECKING:
    from planner.plan import Plan

HERE = Path(__file__).resolve()
FOLDER = (
    Path(os.environ.get("PLANNER_INSTANCES", HERE.parents[3] / "shared" / "instances")).resolve()
    / "san_francisco"
)
DEMAND = "SF_demand_205_centroid_uniform_weight.csv"
WAYS = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
STORES = "SF_store_site_16_longlat.csv"
FARTHEST = 50_000.0

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published instance is not here")


def _tracts() -> pd.DataFrame:
    """Join demand, which stands in the table of travel, with the tracts, by their names."""
    ways = pd.read_csv(FOLDER / WAYS, dtype={"DestinationName": "str"})
    demand = ways.groupby("DestinationName")["demand"].first()
    assert ways.groupby("DestinationName")["demand"].nunique().max() == 1
    tracts = pd.read_csv(FOLDER / DEMAND, dtype={"NAME": "str"}).set_index("NAME")[["long", "lat"]]
    joined = tracts.join(demand.rename("people"), how="inner")
    assert len(joined) == len(demand) == 205
    return joined.rename_axis("tract").reset_index()


def _answer(folder: Path, objective: dict[str, Any], standard: float) -> Plan:
    """Write the scenario and its tables, read them, and decide."""
    tracts = _tracts().assign(city="sf")
    tracts.to_csv(folder / "tracts.csv", index=False)
    around = [(-122.6, 37.6), (-122.3, 37.6), (-122.3, 37.9), (-122.6, 37.9), (-122.6, 37.6)]
    ring = ",".join(f"[{x},{y}]" for x, y in around)
    (folder / "city.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"sf"},'
        f'"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}]}}'
    )
    (folder / "planner.toml").touch()
    path = folder / "stores.yaml"
    path.write_text(f"""\
name: Four stores for San Francisco
city:
  crs: EPSG:32610
  neighbourhoods: {{file: city.geojson, id: id}}
  cells: {{file: tracts.csv, id: tract, neighbourhood: city, population: people,
          x: long, y: lat, crs: EPSG:4326}}
services:
  stores:
    need: {{meaning: deficit, layer: cells, count: people}}
    travel: {{mode: roads, standard_metres: {standard}, limit_metres: {FARTHEST}, decay: step}}
    sites: {{file: {FOLDER / STORES}, id: NAME, x: long, y: lat, crs: EPSG:4326}}
    options: {{store: {{}}}}
travel:
  roads: {{method: table, file: {FOLDER / WAYS}, metres: distance,
          origin: DestinationName, destination: name}}
objective: {{{next(iter(objective))}: {{}}}}
constraints:
  - count: {{at_most: 4}}
solver: {{gap: 0, threads: 1}}
""")
    question = ask(path, allow=[FOLDER], ear=Ear())
    return decide(question.problem, question.scenario, question.residents)


def test_most_people_within_5_km_of_four_stores(tmp_path: Path) -> None:
    """MCLP at 5,000 m with p = 4 covers 875,247 people exactly."""
    plan = _answer(tmp_path, {"mclp": {}}, 5000.0)
    near = plan.assignment[plan.assignment["travel"] <= 5000.0]
    assert near["served"].sum() == pytest.approx(875_247, abs=1e-3)
    assert _tracts()["people"].sum() - plan.status.value == pytest.approx(875_247, abs=1e-3)
    assert plan.status.ending == "optimal"
    assert (plan.facilities["modules"] == 1).all()
    assert len(plan.facilities) <= 4


def test_least_travel_of_all_to_four_stores(tmp_path: Path) -> None:
    """The 4-median is 2,848,268,129.7145 person metres with stores 2, 11, 12 and 15."""
    plan = _answer(tmp_path, {"p_median": {}}, 5000.0)
    assert plan.status.value == pytest.approx(2_848_268_129.7145, rel=1e-8)
    assert sorted(plan.facilities["place"]) == ["Store_11", "Store_12", "Store_15", "Store_2"]
    assert plan.status.ending == "optimal"
    way = plan.assignment["served"] @ plan.assignment["travel"]
    assert way / plan.assignment["served"].sum() == pytest.approx(2982.1269, abs=1e-3)
