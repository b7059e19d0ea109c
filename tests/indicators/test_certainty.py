from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from small_city import CELLS, PAIRS, small_city, small_plan, small_scenario, small_services

from planner.catalogue import find, units
from planner.frames import INDICATORS, INTERVALS
from planner.indicators.assess import assess, group_shares, tellings
from planner.indicators.certainty import CELLS as BY_CELLS
from planner.indicators.certainty import MARGINS, Certainty, certainty, interval
from planner.indicators.correction import on_other_need
from planner.indicators.draws import drawn, rescored
from planner.indicators.draws import resampled as again
from planner.indicators.moments import moments

if TYPE_CHECKING:
    from planner.city.city import City

KEY = list(INDICATORS.key)
SUMMARIES = ["mean", "gini", "worst_off", "below_floor", "p90", "concentration", "kolm_pollak_ede"]


def margins(scale: float = 1.0) -> pd.DataFrame:
    """Return margins of the small city: needs by neighbourhood and by cell, and a group."""
    rows = [
        ("need", "clinic", "neighbourhoods", "n1", 70.0, 20.0),
        ("need", "clinic", "neighbourhoods", "n2", 20.0, 15.0),
        ("need", "tap", "cells", "a", 100.0, 70.0), ("group", "poor", "neighbourhoods", "n1", 0.275, 0.1),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["kind", "name", "layer", "place", "estimate", "error"])
    return table.assign(error=table["error"] * scale)


def unsure(scale: float = 1.0) -> City:
    """Return the small city with margins of error."""
    return replace(small_city(), margins=margins(scale))


def told(city: City, *, draws: int = 40, seed: int = 3, **asked: object) -> Certainty:
    """Return the intervals of the small plan."""
    scenario = small_scenario(indicators={"summaries": SUMMARIES} | asked)
    return certainty(scenario, city, small_plan(), small_services(), pairs=PAIRS, draws=draws, seed=seed)


def test_margins_by_loops() -> None:
    """Intervals by margins are those of the plan scored anew, draw by draw, by the slow way round."""
    city, scenario = unsure(), small_scenario(indicators={"summaries": SUMMARIES})
    found, count = told(city), 40
    draws = drawn(scenario, city, draws=count, seed=3)
    home = {cell: k for k, cell in enumerate(city.cells.index)}
    figures = []
    for d in range(count):
        rows = {
            (r.cell, r.service): r.need
            * draws.growth[r.service][min(d, len(draws.growth[r.service]) - 1), home[r.cell]]
            for r in city.need.itertuples()
        }
        plan = on_other_need(small_plan(), pd.Series(rows), CELLS["population"])
        people = city.cells["population"].to_numpy() * draws.shares["poor"][d]
        other = replace(city, cells=city.cells.assign(poor=people))
        table = assess(scenario, other, plan, small_services(), pairs=PAIRS)
        figures.append(table.set_index(KEY)["value"])
    table, fast = found.of(MARGINS)
    assert len(table) == len(figures[0])
    for row, mine in zip(table.to_dict("records"), fast, strict=True):
        slow = np.array([figure[tuple(row[k] for k in KEY)] for figure in figures])
        np.testing.assert_allclose(mine, slow, rtol=1e-9, atol=1e-9, err_msg=str(row))
        ordered = np.sort(slow)
        place = 0.05 * (count - 1)
        low = ordered[int(place)] + (place % 1) * (ordered[int(place) + 1] - ordered[int(place)])
        assert np.isnan(slow).any() or row["low"] == pytest.approx(low, rel=1e-9, abs=1e-9)


def test_bootstrap_by_loops() -> None:
    """Intervals over cells are those of each summary on the cells drawn, one by one."""
    city, scenario, count = small_city(), small_scenario(indicators={"summaries": SUMMARIES}), 30
    found = told(city, draws=count)
    counts = again(len(city.cells), draws=count, seed=3)
    table, fast = found.of(BY_CELLS)
    rows = {
        tuple(row[k] for k in KEY): draws for row, draws in zip(table.to_dict("records"), fast, strict=True)
    }
    share = group_shares(scenario, city)["poor"]
    seen = 0
    for when, period, view in moments(scenario, city, small_plan(), small_services(), PAIRS):
        for measured, valid in tellings(view, [find("summary", "mean")], 0.5):
            values = measured.measured.function(measured.view)
            people = measured.view.concerned(measured.measured.facts["weight"]) * share
            for summed in valid:
                key = (
                    "small",
                    when,
                    period,
                    measured.view.service,
                    "poor",
                    measured.measured.name,
                    summed.name,
                )
                for d in range(count):
                    pairs = [
                        (v, w * c)
                        for v, w, c in zip(values, people, counts[d], strict=True)
                        if not np.isnan(v)
                    ]
                    weight = sum(w for _, w in pairs)
                    amount = sum(v * w for v, w in pairs)
                    mean = (amount if summed.name == "total" else amount / weight) if weight else np.nan
                    assert rows[key][d] == pytest.approx(mean, rel=1e-9, abs=1e-12, nan_ok=True), key
                    seen += 1
    assert seen > 500


def test_the_table_keeps_its_contract_and_the_figures() -> None:
    """Every figure of the indicators is there for each method, unchanged, with its interval in order."""
    found = told(unsure())
    assert INTERVALS.tidy(found.table).equals(found.table)
    scenario = small_scenario(indicators={"summaries": SUMMARIES})
    plain = assess(scenario, unsure(), small_plan(), small_services(), pairs=PAIRS)
    for method in (MARGINS, BY_CELLS):
        mine = found.of(method)[0]
        pd.testing.assert_frame_equal(mine[INDICATORS.names], plain)
        assert (mine["low"] <= mine["high"]).eq(mine["low"].notna()).all()


def test_the_seed_decides() -> None:
    """The same seed gives the same intervals, another seed others."""
    one, two, other = told(unsure(), seed=1), told(unsure(), seed=1), told(unsure(), seed=2)
    pd.testing.assert_frame_equal(one.table, two.table)
    assert not one.table["low"].equals(other.table["low"])


def test_a_column_has_its_own_stream() -> None:
    """Another group with margins changes nothing of what was drawn before."""
    scenario = small_scenario()
    both = drawn(scenario, unsure(), draws=9, seed=0)
    table = margins()
    alone = drawn(scenario, replace(unsure(), margins=table[table["name"] == "clinic"]), draws=9, seed=0)
    np.testing.assert_array_equal(both.growth["clinic"], alone.growth["clinic"])
    assert len(alone.growth["tap"]) == len(alone.shares["poor"]) == 1


@pytest.mark.parametrize(
    ("service", "group", "measure", "summary"),
    [
        ("clinic", "everyone", "unmet", "total"), ("clinic", "everyone", "reached_share", "mean"),
        ("clinic", "poor", "unmet", "total"), ("all", "poor", "wellbeing", "mean"),
    ],
)  # fmt: skip
def test_larger_margins_give_wider_intervals(service: str, group: str, measure: str, summary: str) -> None:
    """From no error to small and larger ones, an interval only widens."""
    widths = []
    for scale in (1e-9, 0.25, 0.5, 1.0):
        table = told(unsure(scale), draws=100).of(MARGINS)[0]
        row = table[
            (table["when"] == "after") & (table["service"] == service) & (table["group"] == group)
            & (table["measure"] == measure) & (table["summary"] == summary)
        ].iloc[0]  # fmt: skip
        widths.append(row["high"] - row["low"])
    assert widths[0] < 1e-6
    assert all(np.diff(widths) > 0)


def test_served_need_that_vanishes_is_not_served() -> None:
    """Less need than is served scales back what is served and its way; more need is unmet."""
    amounts = {"need": 10.0, "reached": 8.0, "quality_weighted": 4.0, "travelled": 80.0, "unmet": 2.0}
    now = {("s", column): np.array([amount, amount]) for column, amount in amounts.items()}
    [drawn_now] = rescored(now, {"s": np.array([[0.4, 1.5]])}, 1)
    assert drawn_now["s", "need"].tolist() == [4, 15]
    assert drawn_now["s", "reached"].tolist() == [4, 8]
    assert drawn_now["s", "quality_weighted"].tolist() == [2, 4]
    assert drawn_now["s", "travelled"].tolist() == [40, 80]
    assert drawn_now["s", "unmet"].tolist() == [0, 7]


def test_draws_stay_possible() -> None:
    """Needs never fall below 0 and shares stay between 0 and 1, however large the error."""
    draws = drawn(small_scenario(), unsure(50.0), draws=200, seed=0)
    assert draws.growth["clinic"].min() == 0
    assert draws.shares["poor"].min() == 0
    assert draws.shares["poor"].max() == 1


def test_without_margins_only_the_cells_are_drawn() -> None:
    """A city without margins has intervals by cells alone."""
    assert set(told(small_city()).table["method"]) == {BY_CELLS}


def test_one_cell_has_no_spread() -> None:
    """A city of one cell is drawn as itself: the interval of a share is the figure."""
    city, plan = small_city(), small_plan()
    city = replace(city, cells=city.cells.loc[["b"]])
    plan = replace(
        plan,
        **{name: getattr(plan, name)[getattr(plan, name)["cell"] == "b"] for name in
           ("assignment", "need_points", "unmet", "before")},
    )  # fmt: skip
    table = certainty(small_scenario(), city, plan, small_services(), pairs=PAIRS, draws=20).table
    known = table[table["value"].notna()]
    np.testing.assert_allclose(known["low"], known["value"])
    np.testing.assert_allclose(known["high"], known["value"])


def test_every_summary_can_be_drawn() -> None:
    """All summaries of the catalogue have draws, with kernel or without."""
    table = told(unsure(), draws=20, summaries=list(units("summary"))).table
    some = set(table.loc[table["low"].notna(), "summary"])
    assert some >= set(units("summary")) - {"effective_aversion"}


def test_interval_of_few_figures_is_not_told() -> None:
    """An interval is told only where nine draws in ten have a figure."""
    draws = np.array([[1.0] * 18 + [np.nan] * 2, [1.0] * 17 + [np.nan] * 3, list(map(float, range(20)))])
    low, high = interval(draws)
    assert low[0] == high[0] == 1
    assert np.isnan([low[1], high[1]]).all()
    assert (low[2], high[2]) == pytest.approx((0.95, 18.05))
