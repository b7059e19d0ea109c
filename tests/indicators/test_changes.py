"""Who gains, who loses, who stays; and how far groups are apart."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from small_city import small_city, small_plan, small_scenario, small_services

from planner.indicators.assess import assess
from planner.indicators.changes import gains_and_losses, group_gaps

KEY = ["service", "group", "measure"]


def test_gains_by_hand() -> None:
    """Cells a and b gain clinics, c stays without; everybody in a gains the tap, no one loses."""
    table = gains_and_losses(small_scenario(), small_city(), small_plan(), small_services()).set_index(KEY)
    clinic = table.loc[("clinic", "everyone", "reached_change")]
    assert (clinic["gain"], clinic["lose"], clinic["stay"]) == (70, 0, 20)
    assert clinic["mean_gain"] == pytest.approx((10 * 0.5 + 60 * 0.5) / 70)
    assert math.isnan(clinic["mean_loss"])
    wellbeing = table.loc[("all", "poor", "wellbeing_change")]
    assert (wellbeing["gain"], wellbeing["stay"], wellbeing["unit"]) == (110, 0, "person")
    assert table.loc[("tap", "everyone", "reached_change"), "unit"] == "m³/day"


def test_losers_are_counted() -> None:
    """When the plan takes from b what stood there before, those in need there lose, and the table says so."""
    plan = small_plan()
    taken = plan.assignment.assign(served=plan.assignment["served"] * 1.5)
    worse = replace(plan, before=taken[taken["cell"] == "b"])
    scenario, services = small_scenario(), small_services()
    table = gains_and_losses(scenario, small_city(), worse, services).set_index(KEY)
    clinic = table.loc[("clinic", "everyone", "reached_change")]
    assert (clinic["gain"], clinic["lose"], clinic["stay"]) == (10, 60, 20)
    assert clinic["mean_loss"] == pytest.approx(-0.25)
    told = assess(scenario, small_city(), worse, services).set_index([*KEY, "when", "summary"])["value"]
    assert told["clinic", "everyone", "reached_change", "after", "below_floor"] == 60


def test_rounding_makes_no_losers() -> None:
    """A difference within a solver's tolerance is no change."""
    plan = small_plan()
    near = plan.assignment.assign(served=plan.assignment["served"] * (1 + 1e-8))
    same = replace(plan, before=near)
    table = gains_and_losses(small_scenario(), small_city(), same, small_services())
    assert table["lose"].sum() == 0
    assert table["gain"].sum() == 0


def test_gaps() -> None:
    """A group's figure beside everyone's, as difference and ratio; counts are not compared."""
    gaps = group_gaps(assess(small_scenario(), small_city(), small_plan(), small_services()))
    row = gaps.set_index([*KEY, "when", "summary"]).loc[("clinic", "poor", "reached_share", "after", "mean")]
    assert row["gap"] == pytest.approx(11 / 14 - 40 / 90)
    assert row["ratio"] == pytest.approx(11 / 14 / (40 / 90))
    assert not gaps["summary"].isin({"below_floor", "total"}).any()
    assert set(gaps["group"]) == {"poor"}
    before = gaps.set_index([*KEY, "when", "summary"]).loc[("tap", "poor", "reached_share", "before", "mean")]
    assert before["gap"] == 0
    assert math.isnan(before["ratio"]), "nothing is a multiple of nothing"
