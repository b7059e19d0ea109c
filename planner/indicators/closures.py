"""Closures: people who were served where the plan keeps nothing, and where they end up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames.equity import DISPLACED
from planner.indicators.assess import group_shares

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

POINT = ["period", "service", "cell"]
STAYED = ("expanded", "upgraded")
"""States of a changed facility in which it still serves those whom it served."""


def displaced(scenario: Scenario, city: City, plan: Plan) -> pd.DataFrame:
    """Tell how many were served before at what the plan closes or repurposes, by service and group.

    Of those of a cell who lose their facility, as many are `served_elsewhere` as the plan serves there
    beyond those who kept theirs; the rest are `left_without`. Facilities that are not in the plan's table
    are closed; one that is expanded or upgraded goes on serving its people. Where every existing facility
    goes on, the table is empty.

    Returns
    -------
    Table as in `frames.equity.DISPLACED`.
    """
    stands = plan.facilities[plan.facilities["modules"] > 0]
    kept = {*stands["provider"], *stands.loc[stands["state"].isin(STAYED), "facility"]}
    first = plan.before.assign(lost=plan.before["served"].where(~plan.before["provider"].isin(kept), 0.0))
    sums = first.groupby(POINT)[["served", "lost"]].sum()
    sums = sums[sums["lost"] > 0]
    reached = plan.need_points.set_index(POINT)["reached"].reindex(sums.index).fillna(0.0)
    elsewhere = np.clip(reached - (sums["served"] - sums["lost"]), 0.0, sums["lost"])
    home = city.cells.index.get_indexer(pd.Index(sums.index.get_level_values("cell")))
    rows = []
    for group, share in group_shares(scenario, city).items():
        part = np.where(home >= 0, share[home], 0.0)
        told = pd.DataFrame({"displaced": sums["lost"] * part, "served_elsewhere": elsewhere * part})
        rows.append(told.groupby(["period", "service"]).sum().reset_index().assign(group=group))
    table = pd.concat(rows, ignore_index=True)
    return DISPLACED.tidy(table.assign(left_without=table["displaced"] - table["served_elsewhere"]))
