"""The indicator table, figure by figure, of a city small enough to reckon by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from small_city import PAIRS, small_city, small_plan, small_scenario, small_services

from planner.catalogue import find, units
from planner.errors import InputFault
from planner.frames import ASSIGNMENT, FACILITIES, INDICATORS, NEED_POINTS
from planner.indicators.assess import assess, refusal

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.plan import Plan

KEY = ["when", "service", "group", "measure", "summary"]


@pytest.fixture(scope="module")
def figures() -> pd.Series:
    """Return the table of the small city with all summaries asked for, by its key."""
    scenario = small_scenario(indicators={"summaries": list(units("summary")), "floor": 0.5})
    table = assess(scenario, small_city(), small_plan(), small_services(), pairs=PAIRS)
    assert not table.duplicated(KEY).any()
    return table.set_index(KEY)


SERVED_POOR = 10 * 0.8 + 30 * 0.1
EXPECTED = [
    # after: 40 of 90 in need are served; before: 5
    ("after clinic everyone reached_share mean", 40 / 90, "1"),
    ("before clinic everyone reached_share mean", 5 / 90, "1"),
    ("after clinic everyone quality_weighted_share mean", (2 + 6 + 24) / 90, "1"),
    ("after clinic poor reached_share mean", (10 * 0.8 + 30 * 0.1) / (10 * 0.8 + 60 * 0.1), "1"),
    ("after clinic everyone reached_share below_floor", 20, "person"),
    ("before clinic everyone reached_share below_floor", 80, "person"),
    ("after clinic everyone reached_share worst_off", 0, "1"),
    ("after clinic everyone reached_share minimum", 0, "1"),
    ("after clinic everyone reached_share maximum", 1, "1"),
    ("after clinic everyone unmet total", 50, "person"),
    ("before clinic everyone unmet total", 85, "person"),
    ("after clinic poor unmet total", 0 * 0.8 + 30 * 0.1, "person"),
    ("after clinic everyone unmet_per_resident mean", 50 / 600, "person/person"),
    ("after tap everyone unmet_per_resident mean", 350 / 600, "m³/day/person"),
    ("after clinic everyone travel mean", (40 + 30 + 600) / 40, "min"),
    ("before clinic everyone travel mean", 10, "min"),
    ("after clinic poor travel mean", (0.8 * 70 + 0.1 * 600) / SERVED_POOR, "min"),
    ("after clinic everyone travel below_floor", 30, "person"),
    ("after tap everyone travel mean", 300, "m"),
    ("before tap everyone travel mean", math.nan, "m"),
    # a deficit: what stands is in it already, so nothing is covered before
    ("before tap everyone reached_share mean", 0, "1"),
    ("after tap everyone reached_share mean", 50 / 400, "1"),
    ("after tap everyone reached_share below_floor", 300, "m³/day"),
    # W = 1 − Σ ω missing / (k p)
    ("before all everyone wellbeing mean", 1 - (0.75 / 0.2 * (90 - 2.5) + 0.25 * 400) / 600, "1"),
    ("after all everyone wellbeing mean", 1 - (0.75 / 0.2 * (90 - 32) + 0.25 * 350) / 600, "1"),
    ("after all everyone wellbeing minimum", 1 - (0.75 / 0.2 * 36 + 0.25 * 300) / 300, "1"),
    (
        "after all poor wellbeing mean",
        1 - (80 * (3.75 * 2 + 12.5) / 100 + 30 * (3.75 * 36 + 75) / 300) / 110,
        "1",
    ),
    ("after all everyone wellbeing below_floor", 300, "person"),
    # changes and what stands within reach
    ("after clinic everyone reached_change mean", 35 / 90, "1"),
    ("after clinic everyone reached_change minimum", 0, "1"),
    ("after clinic everyone reached_change below_floor", 0, "person"),
    ("after all everyone wellbeing_change mean", (3.75 * 29.5 + 0.25 * 50) / 600, "1"),
    ("after clinic everyone travel_to_nearest mean", (10 * 5 + 60 * 20) / 70, "min"),
    ("before clinic everyone travel_to_nearest mean", 10, "min"),
    ("after clinic everyone choice maximum", 2, "facility"),
    ("after clinic everyone choice mean", 10 * 2 / 90, "facility"),
    ("after clinic everyone places_per_head mean", (10 * (5 / 10 + 40 / 70) + 60 * 40 / 70) / 90, "1"),
    (
        "after clinic everyone near_places_per_head mean",
        (10 * (5 / 10 + 40 / (10 + 60 * 0.68)) + 60 * 0.68 * 40 / (10 + 60 * 0.68)) / 90,
        "1",
    ),
]


@pytest.mark.parametrize(("key", "value", "unit"), EXPECTED)
def test_figure_by_hand(figures: pd.DataFrame, key: str, value: float, unit: str) -> None:
    """Each figure and its unit is what pen and paper give."""
    row = figures.loc[tuple(key.split())]
    assert row["value"] == pytest.approx(value, rel=1e-12, abs=1e-12, nan_ok=True)
    assert row["unit"] == unit


def test_table_keeps_its_contract(figures: pd.DataFrame) -> None:
    """Columns, order, units and finite values: as the data dictionary says."""
    table = figures.reset_index()[INDICATORS.names]
    assert INDICATORS.tidy(table).equals(table)
    assert not np.isinf(table["value"]).any()
    assert (table["unit"].str.len() > 0).all()
    assert not table["unit"].isin({"same", "weights", "travel", "service"}).any()


def test_goods_and_bads_are_never_mixed(figures: pd.DataFrame) -> None:
    """No index of a good is told of travel, none of a share of a change, and each refusal names another."""
    pairs = set(zip(figures.reset_index()["measure"], figures.reset_index()["summary"], strict=True))
    assert not pairs & {("travel", "gini"), ("unmet_per_resident", "theil_t"), ("reached_change", "gini")}
    assert {("travel", "kolm_pollak_ede"), ("reached_share", "gini")} <= pairs
    for measured in units("measure").values():
        for summed in units("summary").values():
            reason = refusal(measured, summed)
            assert ((measured.name, summed.name) in pairs) == (reason is None)
            assert reason is None or ": use " in reason


def test_worst_travel_is_the_longest(figures: pd.DataFrame) -> None:
    """Where less is better the worst-off are those who go farthest."""
    worst = figures.loc[("after", "clinic", "everyone", "travel", "worst_off"), "value"]
    assert worst == pytest.approx(20)


def test_ranked_by_a_group(figures: pd.DataFrame) -> None:
    """Concentration is told of everybody, ranked from where most of the group live; not of `everyone`."""
    told = figures.xs("concentration", level="summary")
    assert set(told.index.get_level_values("group")) == {"poor"}
    clinic = told.loc[("after", "clinic", "poor", "reached_share"), "value"]
    assert clinic < 0, "the poorest cell is served best"


def test_judged_by_neighbourhood() -> None:
    """When neighbourhoods are judged, their cells share one wellbeing."""
    scenario = small_scenario(judge_by="neighbourhoods")
    table = assess(scenario, small_city(), small_plan(), small_services()).set_index(KEY)["value"]
    n1 = 1 - (0.75 / 0.2 * (70 - 32) + 0.25 * 350) / 400
    assert table["after", "all", "everyone", "wellbeing", "worst_off"] == pytest.approx(n1)
    assert table["after", "all", "everyone", "wellbeing", "below_floor"] == (400 if n1 < 0.5 else 0)


def test_only_what_is_asked() -> None:
    """The scenario names summaries and groups; without pairs nothing is told of what is within reach."""
    scenario = small_scenario(indicators={"summaries": ["mean", "mean"], "groups": []})
    table = assess(scenario, small_city(), small_plan(), small_services())
    assert set(table["summary"]) == {"mean", "total"}
    assert set(table["group"]) == {"everyone"}
    assert not set(table["measure"]) & {"choice", "travel_to_nearest", "places_per_head"}


def test_unknown_summary() -> None:
    """A summary that nobody knows is refused with the nearest name."""
    scenario = small_scenario(indicators={"summaries": ["ginny"]})
    with pytest.raises(InputFault, match="did you mean `gini`"):
        assess(scenario, small_city(), small_plan(), small_services())


def test_nothing_served_and_nobody_poor() -> None:
    """A plan that serves nobody, for a group that does not exist: zeros and empty figures, no crash."""
    plan = small_plan()
    points = plan.need_points.assign(reached=0.0, quality_weighted=0.0, unmet=plan.need_points["need"])
    bare = replace(
        plan,
        need_points=points,
        assignment=plan.assignment[:0],
        before=plan.before[:0],
        facilities=plan.facilities[:0],
    )
    city = small_city()
    empty = replace(city, cells=city.cells.assign(poor=0.0))
    asked = small_scenario(indicators={"summaries": list(units("summary"))})
    table = assess(asked, empty, bare, small_services(), pairs=PAIRS).set_index(KEY)["value"]
    assert table["after", "clinic", "everyone", "reached_share", "mean"] == 0
    assert table["after", "clinic", "everyone", "reached_share", "gini"] == 0
    assert (
        table.xs("poor", level="group")
        .drop("total", level="summary")
        .drop(
            ["concentration", "concentration_erreygers", "concentration_wagstaff", "palma_by_rank"],
            level="summary",
        )
        .isna()
        .all()
    )


def test_order_of_rows_does_not_matter() -> None:
    """The same plan in another order of rows gives the same table."""
    plan, scenario = small_plan(), small_scenario()
    tables = {
        name: getattr(plan, name).sample(frac=1, random_state=5)
        for name in ("assignment", "need_points", "facilities", "before")
    }
    first = assess(scenario, small_city(), plan, small_services())
    again = assess(scenario, small_city(), replace(plan, **tables), small_services())
    pd.testing.assert_frame_equal(first, again)


def big_city(cells: int, groups: list[str]) -> tuple[City, Plan, pd.DataFrame]:
    """Return a city of that many cells with four services, half of the need served."""
    rng = np.random.default_rng(7)
    ids = pd.Index([f"c{i:05d}" for i in range(cells)], name="cell")
    people = rng.integers(0, 9000, cells).astype(float)
    table = pd.DataFrame(
        {"neighbourhood": [f"n{i % 260}" for i in range(cells)], "population": people}, index=ids
    )
    for group in groups:
        table[group] = people * rng.random(cells)
    names = ["housing", "health", "education", "water"]
    points, served = [], []
    for service in names:
        need = people * rng.random(cells) * 0.2
        reached = need * rng.random(cells)
        points.append(pd.DataFrame({
            "period": 1, "cell": ids, "neighbourhood": table["neighbourhood"].to_numpy(), "service": service,
            "residents": people, "need": need, "reached": reached, "quality_weighted": reached * 0.7,
            "unmet": need - reached,
        })[need > 0])  # fmt: skip
        served.append(pd.DataFrame({
            "period": 1, "cell": ids, "service": service, "provider": f"{service}/s/o", "served": reached,
            "travel": rng.random(cells) * 30, "quality": 0.7,
        })[reached > 0])  # fmt: skip
    services = pd.DataFrame(
        {"unit": "person", "meaning": "deficit", "weight": 0.25, "scale": 0.2, "standard": 15.0,
         "limit": 30.0, "travel_unit": "min"}, index=pd.Index(names, name="service"),
    )  # fmt: skip
    bare, small = small_city(), small_plan()
    city = replace(bare, cells=table)
    assignment = ASSIGNMENT.tidy(pd.concat(served))
    plan = replace(
        small, facilities=small.facilities[FACILITIES.names][:0], assignment=assignment,
        need_points=NEED_POINTS.tidy(pd.concat(points)), before=assignment[:0],
    )  # fmt: skip
    return city, plan, services


@pytest.mark.benchmark
def test_new_york_size_in_three_seconds() -> None:
    """2,303 cells, four services, ten groups and every summary, before and after, within 3 s."""
    assert _as_large_as_new_york() <= 3


def test_as_large_as_new_york() -> None:
    """2,303 cells, four services, ten groups and every summary, before and after."""
    assert _as_large_as_new_york() > 0


def _as_large_as_new_york() -> float:
    """Assess such a city, look at a figure, and tell the seconds that it took."""
    groups = [f"g{i}" for i in range(10)]
    city, plan, services = big_city(2303, groups)
    layer = {
        "neighbourhoods": {"file": "x", "id": "i"},
        "groups": {group: {"count": group} for group in groups},
    }
    usual = small_scenario(city=layer)
    start = perf_counter()
    table = assess(usual, city, plan, services)
    seconds = perf_counter() - start
    mean = table.set_index(KEY)["value"]["after", "health", "everyone", "reached_share", "mean"]
    mine = plan.need_points[plan.need_points["service"] == "health"]
    assert mean == pytest.approx(mine["reached"].sum() / mine["need"].sum())
    assert find("summary", "gini").facts["goods_only"]
    return seconds
