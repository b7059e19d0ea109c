"""What stands within reach: the edges of the standard, the zones and the table of pairs."""

from __future__ import annotations

import pandas as pd
import pytest
from small_city import PAIRS, small_city, small_plan, small_scenario, small_services

from planner.indicators.assess import assess

KEY = ["when", "service", "measure", "summary"]


def told(pairs: pd.DataFrame) -> pd.Series:
    """Return everyone's mean and maximum, by moment, service and measure."""
    scenario = small_scenario(indicators={"summaries": ["mean", "maximum"], "groups": []})
    return assess(scenario, small_city(), small_plan(), small_services(), pairs=pairs).set_index(KEY)["value"]


def moved(travel: float) -> pd.DataFrame:
    """Return the pairs with the new clinic that far from cell b."""
    there = (PAIRS["cell"] == "b") & (PAIRS["provider"] == "clinic/s1/big")
    return PAIRS.assign(travel=PAIRS["travel"].where(~there, travel))


@pytest.mark.parametrize(("travel", "choices"), [(15.0, 2 * 10 + 60), (15.001, 2 * 10)])
def test_choice_ends_at_the_standard(travel: float, choices: float) -> None:
    """A clinic at exactly the standard is a choice, one a little farther is none."""
    assert told(moved(travel))["after", "clinic", "choice", "mean"] == pytest.approx(choices / 90)


@pytest.mark.parametrize(("travel", "weight"), [(0, 1), (10, 1), (10.1, 0.68), (20, 0.68), (30, 0.22)])
def test_zones_of_the_limit(travel: float, weight: float) -> None:
    """The near, middle and far third of the limit count 1, 0.68 and 0.22; no place is counted twice."""
    figures = told(moved(travel))
    next_door = 5 / 10 + 40 / (10 + 60 * weight)
    assert figures["after", "clinic", "near_places_per_head", "maximum"] == pytest.approx(next_door)
    assert figures["after", "clinic", "near_places_per_head", "mean"] == pytest.approx((5 + 40) / 90)


def test_pairs_of_unknown_cells_change_nothing() -> None:
    """Pairs of cells that the city does not have are left out, wherever they stand."""
    stranger = pd.DataFrame([("clinic", "zz", "clinic/s1/big", 1.0)], columns=PAIRS.columns)
    both = told(pd.concat([stranger, PAIRS], ignore_index=True))
    pd.testing.assert_series_equal(both, told(PAIRS))
