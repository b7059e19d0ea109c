from __future__ import annotations

import numpy as np
import pandas as pd
from small_city import small_city, small_plan, small_scenario, small_services

from planner.indicators.assess import assess
from planner.indicators.small import printable, printable_equity


def figures(smallest: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the whole table and the printable one; the poor are 110 people."""
    scenario = small_scenario(indicators={"smallest_group": smallest})
    table = assess(scenario, small_city(), small_plan(), small_services())
    return table, printable(table, scenario, small_city())


def test_a_small_group_is_not_printed() -> None:
    """A group below the threshold has no printed figure; everyone has all, and the table itself is whole."""
    table, shown = figures(111)
    assert shown.loc[shown["group"] == "poor", "value"].isna().all()
    everyone = shown["group"] == "everyone"
    pd.testing.assert_series_equal(shown.loc[everyone, "value"], table.loc[everyone, "value"])
    assert table.loc[table["group"] == "poor", "value"].notna().any()


def test_small_counts_are_not_printed() -> None:
    """Of a larger group only counts between 0 and the threshold are left out; 0 itself is told."""
    table, shown = figures(10)
    counts = table["summary"].isin({"below_floor", "total"}) & (table["group"] == "poor")
    few = counts & table["value"].between(0, 10, inclusive="neither")
    assert few.any()
    assert shown.loc[few, "value"].isna().all()
    pd.testing.assert_series_equal(shown.loc[~few, "value"], table.loc[~few, "value"])


def test_nothing_is_left_out_at_nought() -> None:
    """A threshold of 0 prints everything."""
    table, shown = figures(0)
    assert np.array_equal(table["value"], shown["value"], equal_nan=True)


def test_equity_tables_leave_small_groups_out() -> None:
    """A small group has no figure, a handful of a larger one no count, and a small group no curve."""
    gains = pd.DataFrame(
        {"group": ["everyone", "poor", "poor"], "gain": [500.0, 5.0, 60.0], "stay": [3.0, 0.0, 50.0]}
    )
    curves = pd.DataFrame({"group": ["everyone", "poor"], "people": [0.5, 0.5], "value": [0.4, 0.3]})
    tables = {"gains": gains, "curves": curves, "beside": pd.DataFrame({"mean": [1.0]})}
    shown = printable_equity(tables, small_scenario(indicators={"smallest_group": 10}), small_city())
    assert shown["gains"]["gain"].isna().tolist() == [False, True, False]
    assert shown["gains"]["stay"].tolist() == [3.0, 0.0, 50.0]
    assert len(shown["curves"]) == 2
    hidden = printable_equity(tables, small_scenario(indicators={"smallest_group": 111}), small_city())
    assert hidden["gains"].loc[1:, ["gain", "stay"]].isna().all().all()
    assert hidden["curves"]["group"].tolist() == ["everyone"]
    assert hidden["beside"].equals(tables["beside"])
