"""Groups of residents: counted in one layer, told in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.city.findings import listed

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.city.findings import Findings
    from planner.city.people import Layered
    from planner.scenario.schema import Group, Scenario

ROUNDING = 0.5
"""A group may exceed the people asked by rounding only [person]."""


def add_groups(
    scenario: Scenario,
    layers: dict[str, Layered],
    area: gpd.GeoDataFrame,
    home: gpd.GeoDataFrame,
    findings: Findings,
) -> None:
    """Add one column of people to neighbourhoods and cells for each group.

    The share of a group is its count over the people who were asked, times the residents; shares of a
    neighbourhood hold in each of its cells.
    """
    for name, group in scenario.city.groups.items():
        by_area = group.layer == "neighbourhoods"
        share = _share(name, group, layers[group.layer], (area if by_area else home)["population"], findings)
        if by_area:
            area[name] = share * area["population"]
            home[name] = share.reindex(home["neighbourhood"]).to_numpy() * home["population"]
        else:
            home[name] = share * home["population"]
            sums = home.groupby("neighbourhood")[name].sum()
            area[name] = sums.reindex(area.index, fill_value=0.0)


def _share(
    name: str, group: Group, layer: Layered, residents: pd.Series[float], findings: Findings
) -> pd.Series[float]:
    """Share of residents in the group, in [0, 1]; 0 where nobody was asked."""
    count = layer.figures[group.count]
    asked = residents if group.of is None else layer.figures[group.of]
    of = "residents" if group.of is None else f"`{group.of}`"
    over = count > asked + ROUNDING
    told = [f"`{group.count}` ({count[i]:g}) is more than {of} ({asked[i]:g})" for i in count.index[over]]
    hint = f"the group `{name}` is counted among {of}; name the right column with `of`"
    layer.note(list(count.index[over]), told, hint)
    unasked = list(count.index[(asked == 0) & (residents > 0)])
    if unasked:
        findings.tell(
            f"Nobody was asked about the group {name} in {listed(unasked)}; it counts as 0 people there."
        )
    return (count / asked.where(asked > 0)).fillna(0.0).clip(upper=1.0).astype(np.float64)
