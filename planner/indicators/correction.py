"""Correction: the same plan on the people as they were counted, without those added for the undercount."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.frames import INDICATORS
from planner.indicators.assess import assess

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

POINT = ["cell", "service"]


def on_other_need(plan: Plan, need: pd.Series, residents: pd.Series) -> Plan:
    """Return the plan as it serves another need: the assignment is kept, scaled back where need is less.

    Parameters
    ----------
    plan
        The plan.
    need
        The other need [unit of the service], index (cell, service); 0 where it is not told.
    residents
        Residents of each cell [person], index cell.
    """
    points = plan.need_points
    new = need.reindex(pd.MultiIndex.from_frame(points[POINT])).fillna(0.0).to_numpy(np.float64)
    reached = np.minimum(points["reached"].to_numpy(np.float64), new)
    kept = np.divide(reached, points["reached"], out=np.ones(len(points)), where=points["reached"] > 0)
    scored = points.assign(
        need=new,
        reached=reached,
        quality_weighted=points["quality_weighted"] * kept,
        unmet=new - reached,
        residents=residents.reindex(points["cell"]).to_numpy(np.float64),
    )
    return replace(
        plan,
        need_points=scored,
        assignment=_scaled(plan.assignment, scored),
        before=_scaled(plan.before, scored),
    )


def _scaled(assignment: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Scale back what is served beyond the need of a cell."""
    key = ["period", *POINT]
    need = (
        points.set_index(key)["need"].reindex(pd.MultiIndex.from_frame(assignment[key])).to_numpy(np.float64)
    )
    served = assignment.groupby(key)["served"].transform("sum").to_numpy(np.float64)
    kept = np.divide(np.minimum(need, served), served, out=np.ones(len(served)), where=served > 0)
    return assignment.assign(served=assignment["served"] * kept)


def with_and_without(
    scenario: Scenario,
    city: City,
    counted: City,
    plan: Plan,
    services: pd.DataFrame,
    *,
    pairs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set each indicator beside what it would be if nobody were missed.

    Parameters
    ----------
    scenario, city, plan, services, pairs
        As for `assess`; the city with those added for the undercount.
    counted
        The same city as it was counted.

    Returns
    -------
    Columns of `frames.INDICATORS` and `uncorrected`, the figure on the need and people as counted, of
    the same plan and with the same scale of wellbeing.
    """
    need = counted.need.set_index(POINT)["need"]
    other = on_other_need(plan, need, counted.cells["population"])
    corrected = assess(scenario, city, plan, services, pairs=pairs)
    plain = assess(scenario, counted, other, services, pairs=pairs)
    key = list(INDICATORS.key)
    return corrected.merge(plain[[*key, "value"]].rename(columns={"value": "uncorrected"}), "left", key)
