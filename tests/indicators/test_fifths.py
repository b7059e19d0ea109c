"""Who gets the places, by fifths of the population."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from small_city import small_city, small_plan

from planner.errors import InputFault
from planner.indicators.fifths import quintile_table


def test_halves_by_poverty_by_hand() -> None:
    """Two thirds of the people live in the poorer neighbourhood: its middle falls into the upper half."""
    table = quintile_table(small_city(), small_plan(), "poor", parts=2).set_index(["service", "fifth"])
    low, high = table.loc[("clinic", 1)], table.loc[("clinic", 2)]
    assert (low["population"], high["population"]) == (200, 400)
    assert (low["share_met"], high["share_met"]) == (0, pytest.approx(40 / 70))
    assert (low["share_of_places"], high["share_of_places"]) == (0, 1)
    assert high["share_of_need"] == pytest.approx(70 / 90)
    assert high["share_met_quality_weighted"] == pytest.approx(32 / 70)
    assert math.isnan(table.loc[("tap", 1), "share_met"]), "no need, nothing to meet"


def test_fifths_of_need_per_resident() -> None:
    """By need per resident each service has its own fifths; places and need add up to all."""
    table = quintile_table(small_city(), small_plan())
    assert set(table["by"]) == {"need_per_resident"}
    assert len(table) == 2 * 5
    sums = table.groupby("service")[["population", "share_of_places", "share_of_need"]].sum()
    assert sums["population"].tolist() == [600, 600]
    assert sums[["share_of_places", "share_of_need"]].to_numpy() == pytest.approx(1)


def test_by_any_figures() -> None:
    """Any value for each neighbourhood can rank them; those without a value are left out."""
    by = pd.Series({"n1": 5.0, "n2": None}, name="rent")
    table = quintile_table(small_city(), small_plan(), by)
    assert table.loc[table["service"] == "clinic", "population"].sum() == 400
    assert set(table["by"]) == {"rent"}


def test_unknown_column() -> None:
    """A column that is not there is refused with the nearest."""
    with pytest.raises(InputFault, match="did you mean `poor`"):
        quintile_table(small_city(), small_plan(), "poorr")
