"""Small groups: figures of a handful of people are not printed, and never left out of a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.indicators.assess import EVERYONE

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.scenario.schema import Scenario

TOLD = ("value", "low", "high", "uncorrected")
COUNTS = {"below_floor", "total"}


def printable(table: pd.DataFrame, scenario: Scenario, city: City) -> pd.DataFrame:
    """Return the table as it may be printed: figures of too few people are empty.

    Left empty are all figures of a group with fewer people in the city than `indicators.smallest_group`,
    and counts of a group's people between 0 and that number. Reports, words and CSV files print this
    table; the Parquet files beside them keep every figure, since the checker recomputes them: they are the
    record, not a publication. Nothing is left out of the objective or of totals, and figures of everyone
    are always told; whoever prints all groups of a whole should mind that one can be had by subtraction.

    Parameters
    ----------
    table
        Columns of `frames.INDICATORS`, or more.
    scenario, city
        The threshold, and how many people each group has.
    """
    smallest = scenario.indicators.smallest_group
    people = {name: float(city.cells[name].sum()) for name in scenario.city.groups}
    few = table["group"].map(lambda group: people.get(group, np.inf) < smallest).to_numpy(bool)
    counted = table["summary"].isin(COUNTS) & (table["group"] != EVERYONE)
    handful = (counted & (table["value"] > 0) & (table["value"] < smallest)).to_numpy(bool)
    few = few | handful
    figures = {name: table[name].mask(few) for name in TOLD if name in table.columns}
    return table.assign(**figures)
