"""Small groups: figures of a handful of people are not printed, and never left out of a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.indicators.assess import EVERYONE

if TYPE_CHECKING:
    from collections.abc import Mapping

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


PEOPLE = {
    "gains": ("gain", "lose", "stay"),
    "gaps": ("losers",),
    "displaced": ("displaced", "served_elsewhere", "left_without"),
    "users": ("users", "share"),
    "separation": ("users",),
}
"""Columns of the equity tables that count people, or from which such a count could be worked out."""


def printable_equity(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario, city: City
) -> dict[str, pd.DataFrame]:
    """Return the tables of the equity audit as they may be printed: figures of too few people are empty.

    As in `printable`; these tables are a publication through and through, and no checker recomputes them,
    so their Parquet files leave the same figures out. Curves of a small group are left out whole.
    """
    smallest = scenario.indicators.smallest_group
    people = {name: float(city.cells[name].sum()) for name in scenario.city.groups}
    return {name: _without_few(name, table, people, smallest) for name, table in tables.items()}


def _without_few(
    name: str, table: pd.DataFrame, people: Mapping[str, float], smallest: float
) -> pd.DataFrame:
    if "group" not in table.columns:
        return table
    few = table["group"].map(lambda group: people.get(group, np.inf) < smallest).to_numpy(bool)
    if name == "curves":
        return table[~few]
    numbers = table.select_dtypes("float64").columns
    told = table.assign(**{column: table[column].mask(few) for column in numbers})
    counts = [column for column in PEOPLE.get(name, ()) if column in numbers]
    others = (table["group"] != EVERYONE).to_numpy(bool)
    for count in counts[:1] if name == "users" else counts:
        handful = others & ((table[count] > 0) & (table[count] < smallest)).to_numpy(bool)
        hidden = counts if name == "users" else [count]
        told = told.assign(**{column: told[column].mask(handful) for column in hidden})
    return told
