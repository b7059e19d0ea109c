from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from small_city import CELLS, PAIRS, small_city, small_plan, small_scenario, small_services

from planner.indicators.correction import on_other_need, with_and_without

KEY = ["when", "service", "group", "measure", "summary"]


def test_the_same_need_changes_nothing() -> None:
    """On its own need a plan is itself."""
    plan, need = small_plan(), small_city().need.set_index(["cell", "service"])["need"]
    other = on_other_need(plan, need, CELLS["population"])
    for name in ("need_points", "assignment", "before"):
        pd.testing.assert_frame_equal(getattr(other, name), getattr(plan, name))


def test_less_need_is_served_less() -> None:
    """Half of the need of a cell: what it is served beyond that is scaled back, provider by provider."""
    plan, need = small_plan(), small_city().need.set_index(["cell", "service"])["need"]
    need.loc[("a", "clinic")] = 5.0
    other = on_other_need(plan, need, CELLS["population"])
    served = other.assignment[(other.assignment["cell"] == "a") & (other.assignment["service"] == "clinic")]
    assert sorted(served["served"]) == pytest.approx([2, 3])
    assert other.before["served"].tolist() == [5]
    row = other.need_points.set_index(["service", "cell"]).loc[("clinic", "a")]
    assert row[["need", "reached", "unmet"]].tolist() == [5, 5, 0]


def test_with_and_without_those_missed() -> None:
    """The table holds the corrected figures, and those of the people as counted."""
    city = small_city()
    counted = replace(city, need=city.need.assign(need=city.need["need"] / 2))
    table = with_and_without(small_scenario(), city, counted, small_plan(), small_services(), pairs=PAIRS)
    row = table.set_index(KEY).loc[("after", "clinic", "everyone", "reached_share", "mean")]
    assert row["value"] == pytest.approx(40 / 90)
    # halves: a is served 5 of 5, b 30 of 30, c 0 of 10
    assert row["uncorrected"] == pytest.approx(35 / 45)
