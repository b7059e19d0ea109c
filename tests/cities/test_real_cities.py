"""Cities that nobody prepared for the planner: Buenos Aires by census radio, Belo Horizonte by transit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import belo_horizonte
import buenos_aires
import geopandas as gpd
import pandas as pd
import pytest
from shared_cities import CITY, needs_cities

from planner import flow, store
from planner.cli.app import app, guarded

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [needs_cities, pytest.mark.slow]
SERVICES = {"housing", "health", "education", "water"}


def checked(run: flow.Run, gap: float) -> None:
    """The checker accepts the plan, its bound and its gap; every service is built."""
    verdict = store.read_manifest(run.folder)["verdict"]
    assert verdict["faults"] == 0
    assert verdict["bound"].startswith("Recomputed by arithmetic alone")
    status = run.plan.status
    assert status.gap is not None
    assert status.gap <= gap
    built = run.plan.facilities[~run.plan.facilities["existing"]]
    assert set(built["service"]) == SERVICES


@pytest.fixture(scope="module")
def capital(tmp_path_factory: pytest.TempPathFactory) -> flow.Run:
    """Give the plan for Buenos Aires."""
    return flow.run(buenos_aires.project(tmp_path_factory.mktemp("buenos_aires")))


def test_buenos_aires_is_planned_by_census_radio(capital: flow.Run) -> None:
    """Everybody of the census is counted, with those added for the undercount; the plan has its bound."""
    checked(capital, 0.01)
    radios = gpd.read_file(buenos_aires.HERE / "radios_3554.geojson")
    settled = gpd.read_file(buenos_aires.HERE / "informal_settlements_39.geojson")
    within = buenos_aires.inside(radios.to_crs(buenos_aires.METRES), settled.to_crs(buenos_aires.METRES))
    people = radios["poblacion"] * (1 + within * 0.333)
    points = capital.plan.need_points.drop_duplicates("cell")
    assert len(points) == (people > 0).sum() == 3552
    assert points["residents"].sum() == pytest.approx(people.sum())
    health = capital.plan.need_points.query("service == 'health'").set_index("cell")["need"]
    assert health.to_numpy() == pytest.approx(people.set_axis(radios["radio_id"])[health.index].to_numpy())


def test_buenos_aires_is_audited_inside_and_outside_the_settlements(
    capital: flow.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures for those in settlements and outside, how sure they are, and what the undercount changes."""
    after = capital.indicators.query("when == 'after' and summary == 'mean' and measure == 'wellbeing'")
    by_group = after.query("service == 'all'").set_index("group")["value"]
    before = capital.indicators.query("when == 'before' and summary == 'mean' and measure == 'wellbeing'")
    gain = by_group - before.query("service == 'all'").set_index("group")["value"]
    assert gain["in_settlements"] > gain["outside"] > 0
    assert guarded(partial(app, ["audit", str(capital.folder)], prog_name="planner")) == 0
    said = capsys.readouterr().out
    assert "people in informal settlements" in said
    assert "people outside them" in said
    sure = pd.read_csv(capital.folder / "audit" / "intervals.csv")
    assert {"in_settlements", "outside"} <= set(sure["group"])
    undercount = pd.read_csv(capital.folder / "audit" / "undercount.csv")
    assert (undercount["value"] != undercount["uncorrected"]).any()


def test_belo_horizonte_goes_by_its_transit_table(tmp_path: Path) -> None:
    """Everybody who is sent by transit goes as long as the table says."""
    run = flow.run(belo_horizonte.project(tmp_path))
    checked(run, 0.03)
    table = pd.read_parquet(CITY / "travel_matrix_transit_minutes.parquet")
    minutes = table.set_index(["from_id", "to_id"])["travel_time"]
    sent = run.plan.assignment[run.plan.assignment["service"].isin(["health", "education"])]
    places = sent["provider"].str.split("/").str[1]  # service/place/size
    found = minutes.reindex(pd.MultiIndex.from_arrays([sent["cell"], places])).to_numpy()
    assert sent["travel"].to_numpy() == pytest.approx(found)
    assert sent["travel"].max() <= 40
    gains = run.indicators.query("service == 'all' and measure == 'wellbeing' and summary == 'mean'")
    value = gains.set_index(["when", "group"])["value"]
    assert value["after", "poorest"] > value["before", "poorest"]
