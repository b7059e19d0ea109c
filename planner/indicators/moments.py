"""Moments: the views of before and after, for each period of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.indicators.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.city.city import City
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario

POINT = ["service", "cell"]


BEFORE, AFTER = "before", "after"


def moments(  # noqa: PLR0917 - as `assess`
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    pairs: pd.DataFrame | None,
    others: Mapping[str, Instead] | None = None,
) -> Iterator[tuple[str, int, View]]:
    """Yield `before`, `after` and what else the plan is set beside with their views, period by period."""
    own = scenario.judge_by == "cells"
    judged = city.cells.index.to_series() if own else city.cells["neighbourhood"]
    for period in sorted(plan.need_points["period"].unique()):
        points, assignment, facilities, first = (
            table[table["period"] == period]
            for table in (plan.need_points, plan.assignment, plan.facilities, plan.before)
        )
        standing = standing_before(facilities, city)
        served_first = without_plan(points, first)
        before = View(city, services, served_first, first, standing, judged, pairs=pairs)
        yield BEFORE, int(period), before
        after = View(city, services, points, assignment, facilities, judged, pairs=pairs, earlier=before)
        yield AFTER, int(period), after
        for when, other in (others or {}).items():
            there, served, stands = (
                table[table["period"] == period]
                for table in (other.need_points, other.assignment, other.facilities)
            )
            view = View(city, services, there, served, stands, judged, pairs=pairs, earlier=before)
            yield when, int(period), view


def standing_before(facilities: pd.DataFrame, city: City) -> pd.DataFrame:
    """Tell what stands before the plan: what it keeps, and what it changes as it is today.

    Parameters
    ----------
    facilities
        Columns of `frames.FACILITIES`, one period.
    city
        Its facilities tell what those were that the plan changes.

    Returns
    -------
    Columns of `frames.FACILITIES`.
    """
    kept = facilities[facilities["existing"].astype(bool)]
    changed = facilities[~facilities["existing"].astype(bool) & (facilities["facility"] != "")]
    if not len(changed):
        return kept
    names = city.facilities["service"].astype("str") + "/" + city.facilities["facility"].astype("str")
    today = city.facilities.assign(facility=names).set_index("facility").loc[changed["facility"]]
    as_it_was = {"capital_cost": 0.0, "operating_cost": 0.0, "served": np.nan, "modules": 1, "existing": True}
    was = changed.assign(
        **as_it_was,
        provider=changed["facility"],
        option="existing",
        state="stands",
        service=today["service"].to_numpy(),
        capacity=today["capacity"].to_numpy(np.float64),
    )
    return pd.concat([kept, was], ignore_index=True)


def without_plan(points: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Need points as they are served before the plan: the same need, another assignment.

    Parameters
    ----------
    points
        Columns of `frames.NEED_POINTS`, one period.
    before
        Columns of `frames.ASSIGNMENT`, the same period: who is served when nothing is built.

    Returns
    -------
    Columns of `frames.NEED_POINTS`; a service with nothing that stands reaches nobody.
    """
    served = before.assign(quality_weighted=before["served"] * before["quality"])
    sums = served.groupby(POINT)[["served", "quality_weighted"]].sum()
    found = sums.reindex(points.set_index(POINT).index).fillna(0.0)
    need = points["need"].to_numpy(np.float64)
    reached = np.minimum(found["served"].to_numpy(np.float64), need)
    return points.assign(
        reached=reached,
        quality_weighted=np.minimum(found["quality_weighted"].to_numpy(np.float64), reached),
        unmet=need - reached,
    )
