"""People whom the count misses: added where those like them were counted, with their need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from planner.city.findings import Findings
    from planner.city.people import Layered
    from planner.scenario.schema import Scenario, Undercount

    Floats = NDArray[np.float64]


def add_missed(
    scenario: Scenario,
    layers: dict[str, Layered],
    homes: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    need: pd.DataFrame,
    findings: Findings,
) -> pd.DataFrame:
    r"""Add the people of `city.undercount` to residents and groups, and return the need with theirs.

    In a cell with p residents, g of them in the group, a factor f adds :math:`(f - 1) g` people. They
    belong to that group; to every other group they belong as the residents of their cell do. They need
    each service as the residents of their cell do, so that its need grows by :math:`(f - 1) g / p`. All
    corrections are reckoned from what was counted and added up: whoever is missed for two reasons is
    added twice. Nobody is added where nobody of the group was counted.

    Parameters
    ----------
    scenario
        Its `city.undercount`.
    layers
        Figures by layer, for factors that stand in a column.
    homes
        Neighbourhoods and cells with `population` and groups [person]; changed.
    need
        Need as in `City.need`.
    findings
        Takes factors below 1, and what was added.
    """
    area, home = homes
    counted = home["population"].to_numpy(np.float64)
    members = {group: home[group].to_numpy(np.float64) for group in scenario.city.groups}
    added = {group: np.zeros(len(home)) for group in members}
    people, more = np.zeros(len(home)), dict.fromkeys(scenario.services, np.zeros(len(home)))
    for name, missed in scenario.city.undercount.items():
        extra = (_factor(name, missed, layers, home) - 1) * members.get(str(missed.group), counted)
        people = people + extra
        for group, of_group in members.items():
            added[group] += extra if group == missed.group else _each(of_group, counted) * extra
        for service in missed.services if missed.services is not None else scenario.services:
            more[service] = more[service] + _each(extra, counted)
        findings.tell(_added(name, missed, float(extra.sum()), float(counted.sum())))
    if people.any():
        for column, extra in {"population": people, **added}.items():
            home[column] = home[column].to_numpy(np.float64) + extra
            sums = pd.Series(extra).groupby(home["neighbourhood"].to_numpy()).sum()
            area[column] = area[column] + sums.reindex(area.index, fill_value=0.0)
    return _with_theirs(need, home, more) if people.any() else need


def _factor(name: str, missed: Undercount, layers: dict[str, Layered], home: gpd.GeoDataFrame) -> Floats:
    if not isinstance(missed.factor, str):
        return np.full(len(home), float(missed.factor))
    layer = layers[missed.layer]
    factor = layer.figures[missed.factor]
    low = list(factor.index[factor < 1])
    told = [f"the factor `{missed.factor}` of `{name}` is below 1 ({factor[i]:g})" for i in low]
    layer.note(low, told, "it is people who live there for each one counted; 1 adds nobody")
    by_cell = factor if missed.layer == "cells" else factor.reindex(home["neighbourhood"])
    return np.asarray(by_cell, np.float64)


def _each(amount: Floats, of: Floats) -> Floats:
    share: Floats = np.divide(amount, of, out=np.zeros(len(of)), where=of > 0)
    return share


def _with_theirs(need: pd.DataFrame, home: gpd.GeoDataFrame, more: dict[str, Floats]) -> pd.DataFrame:
    growth = (
        pd.DataFrame(more, index=home.index).rename_axis("cell").melt(ignore_index=False, var_name="service")
    )
    by_point = growth.set_index("service", append=True)["value"]
    rows = pd.MultiIndex.from_frame(need[["cell", "service"]])
    return need.assign(
        need=need["need"].to_numpy(np.float64) * (1 + by_point.reindex(rows).to_numpy(np.float64))
    )


def _added(name: str, missed: Undercount, people: float, counted: float) -> str:
    who = "residents" if missed.group is None else f"people of the group {missed.group}"
    source = f" ({missed.source})" if missed.source else " (no source is given)"
    return (
        f"Undercount {name}: {people:,.0f} {who} whom the count misses are added "
        f"({100 * people / counted if counted else 0:.1f} % of all counted), with their need{source}."
    )
