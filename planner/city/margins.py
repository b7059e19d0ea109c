"""Margins of error: how uncertain the counts of groups and needs are, place by place."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from planner.city.findings import Findings
    from planner.city.people import Layered
    from planner.scenario.schema import Group, Scenario

COLUMNS = ["kind", "name", "layer", "place", "estimate", "error"]


def margins_table(
    scenario: Scenario,
    layers: dict[str, Layered],
    area: gpd.GeoDataFrame,
    home: gpd.GeoDataFrame,
    findings: Findings,
) -> pd.DataFrame | None:
    r"""Tell the standard errors of the shares of groups and of the needs, as in `City.margins`.

    A margin of error is the half-width of an interval of confidence `margin_level`, so that its standard
    error is the margin over the normal quantile (1.645 at 90 %). The error of a share follows the Census
    Bureau's rule for derived proportions, in which the count is part of those asked:

    .. math:: se(p) = \sqrt{se(a)^2 - p^2 se(b)^2} / b, \quad p = a / b

    and its rule for ratios, with a plus, where the difference is negative. Residents are taken as exact.

    A margin that is not given is not a margin of nought: where the estimate is 0 the survey found nobody
    and tells no margin, and the 0 is kept; where it is above 0 the estimate is taken as exact, and told.

    Returns
    -------
    Rows with an error above 0; None where the scenario names no margins.

    References
    ----------
    U.S. Census Bureau (2020), Understanding and Using American Community Survey Data, chapters 7 and 8.
    """
    width = NormalDist().inv_cdf((1 + scenario.city.margin_level) / 2)
    parts = [*_groups(scenario, layers, area, home, findings), *_needs(scenario, layers, findings)]
    if not parts:
        return None
    table = pd.concat(parts, ignore_index=True)
    table["error"] /= width
    return table.loc[table["error"] > 0, COLUMNS].reset_index(drop=True)


def _groups(
    scenario: Scenario,
    layers: dict[str, Layered],
    area: gpd.GeoDataFrame,
    home: gpd.GeoDataFrame,
    findings: Findings,
) -> Iterator[pd.DataFrame]:
    for name, group in scenario.city.groups.items():
        if group.count_margin is None:
            if group.of_margin is not None:
                where = scenario.where("city", "groups", name, "of_margin")
                findings.add("`of_margin` is given without `count_margin`", where, "give both, or neither")
            continue
        residents = (area if group.layer == "neighbourhoods" else home)["population"]
        share, margin = _share(group, layers[group.layer], residents)
        asked = residents if group.of is None else layers[group.layer].figures[group.of]
        _tell_unknown(
            f"the group {name}", share.notna() & (share > 0) & (asked > 0) & margin.isna(), findings
        )
        yield _rows("group", name, group.layer, share, margin)


def _share(group: Group, layer: Layered, residents: pd.Series[float]) -> tuple[pd.Series, pd.Series]:
    """Share of a group by place, and its margin of error."""
    count = layer.figures[group.count]
    asked = residents if group.of is None else layer.figures[group.of]
    share = count / asked.where(asked > 0)
    own, among = _margin(layer, group.count_margin), _margin(layer, group.of_margin).fillna(0.0)
    part = (share * among) ** 2
    square = (own**2 - part).where(own**2 >= part, own**2 + part)
    return share, np.sqrt(square) / asked.where(asked > 0)


def _margin(layer: Layered, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(np.nan, index=layer.frame.index)
    return pd.Series(layer.source.margins(column), index=layer.source.names).reindex(layer.frame.index)


def _needs(scenario: Scenario, layers: dict[str, Layered], findings: Findings) -> Iterator[pd.DataFrame]:
    for name, service in scenario.services.items():
        need = service.need
        if need.margin is None:
            continue
        layer = layers[need.layer]
        estimate = layer.figures[str(need.count if need.count is not None else need.rate)]
        margin = _margin(layer, need.margin)
        _tell_unknown(f"the need of {name}", (estimate > 0) & margin.isna(), findings)
        yield _rows("need", name, need.layer, estimate, margin.where(estimate > 0))


def _rows(kind: str, name: str, layer: str, estimate: pd.Series, error: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame(
        {"place": estimate.index, "estimate": estimate.to_numpy(), "error": error.to_numpy()}
    )
    return table.assign(kind=kind, name=name, layer=layer)[COLUMNS].dropna()


def _tell_unknown(what: str, unknown: pd.Series, findings: Findings) -> None:
    if unknown.any():
        findings.tell(
            f"{int(unknown.sum())} places have no margin of error for {what}; it is taken as exact there."
        )
