"""Fifths: who gets the places, and whose need is met, by fifths of the neighbourhoods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import unknown
from planner.errors import InputFault
from planner.indicators.ranks import mid_ranks
from planner.indicators.view import each

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.plan import Plan

NEED = "need_per_resident"
AMOUNTS = ["need", "reached", "quality_weighted"]


def quintile_table(
    city: City, plan: Plan, by: str | pd.Series = NEED, *, parts: int = 5, period: int | None = None
) -> pd.DataFrame:
    """Tell for each service which fifths of the neighbourhoods get the places, and whose need is met.

    Fifths of the population, not of the neighbourhoods: each neighbourhood stands where the middle of
    its people stands, equal ones together. Those without residents are left out.

    Parameters
    ----------
    city, plan
        The people, and who is served.
    by
        `need_per_resident` (of the service), a group of the scenario (by its share of the residents),
        any other column of the neighbourhoods, or a value for each neighbourhood (indexed by id).
    parts
        5 for fifths, 10 for tenths.
    period
        Period of the plan; the last where none is given.

    Returns
    -------
    Columns `service`, `by`, `fifth` (1 has the least of it), `population` [person], `need`, `reached`,
    `quality_weighted` [unit of the service], `share_of_places` (of all need served in the city),
    `share_of_need` (of all need in the city), `share_met` (reached / need),
    `share_met_quality_weighted`; shares in [0, 1], NaN where there is nothing to share.

    Raises
    ------
    InputFault
        When there is no such column.
    """
    points = plan.need_points
    points = points[points["period"] == (points["period"].max() if period is None else period)]
    people = city.neighbourhoods["population"]
    tables = []
    for service, mine in points.groupby("service"):
        table = mine.groupby("neighbourhood")[AMOUNTS].sum().reindex(people.index, fill_value=0.0)
        table.insert(0, "population", people)
        table = table[table["population"] > 0]
        ranking = _ranking(city, by, table).reindex(table.index)
        table = table[ranking.notna()]
        rank = mid_ranks(ranking.dropna().to_numpy(np.float64), table["population"].to_numpy(np.float64))
        fifth = np.minimum((rank * parts).astype(np.int64), parts - 1) + 1
        sums = table.groupby(fifth).sum().reindex(range(1, parts + 1), fill_value=0.0)
        tables.append(_shares(sums.rename_axis("fifth").reset_index()).assign(service=service))
    whole = pd.concat(tables, ignore_index=True)
    whole.insert(0, "by", by if isinstance(by, str) else str(by.name))
    whole.insert(0, "service", whole.pop("service"))
    return whole


def _ranking(city: City, by: str | pd.Series, table: pd.DataFrame) -> pd.Series:
    """Return what the neighbourhoods are ranked by."""
    if not isinstance(by, str):
        return by
    if by == NEED:
        return table["need"].div(table["population"])
    columns = city.neighbourhoods.columns
    if by not in columns:
        known = [NEED, *(str(c) for c in columns if c not in {"label", "population", "geometry"})]
        raise InputFault(unknown("column to rank neighbourhoods by", by, known))
    column = city.neighbourhoods[by]
    ranking: pd.Series = column.div(table["population"]) if by in city.cells.columns else column
    return ranking


def _shares(sums: pd.DataFrame) -> pd.DataFrame:
    need, reached = sums["need"].to_numpy(np.float64), sums["reached"].to_numpy(np.float64)
    return sums.assign(
        share_of_places=each(reached, np.full(len(sums), reached.sum())),
        share_of_need=each(need, np.full(len(sums), need.sum())),
        share_met=each(reached, need),
        share_met_quality_weighted=each(sums["quality_weighted"].to_numpy(np.float64), need),
    )
