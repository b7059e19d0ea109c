"""The plan beside what else could be, in the few figures that a council asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.frames.equity import BESIDE
from planner.indicators.averages import worst_off
from planner.indicators.moments import moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.city.city import City
    from planner.indicators.view import View
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario


def beside(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    others: Mapping[str, Instead] | None = None,
) -> pd.DataFrame:
    """Set the plan beside before, people going to the nearest, and the same money spread evenly.

    Parameters
    ----------
    scenario, city, plan, services, others
        As for `assess`.

    Returns
    -------
    Table as in `frames.equity.BESIDE`: for each service the share served, for `all` wellbeing.
    """
    floor = scenario.indicators.floor
    rows = [
        {"when": when, "period": period, **_row(view.of(str(service)), floor)}
        for when, period, view in moments(scenario, city, plan, services, None, others)
        for service in (ALL, *services.index)
    ]
    return BESIDE.tidy(pd.DataFrame(rows, columns=BESIDE.names))


def _row(view: View, floor: float) -> dict[str, object]:
    whole = view.service == ALL
    measured = find("measure", "wellbeing" if whole else "reached_share")
    x = np.asarray(measured.function(view), np.float64)
    people = view.concerned(measured.facts["weight"])
    there = ~np.isnan(x) & (people > 0)
    x, people = x[there], people[there]
    mine = view.facilities if whole else view.facilities[view.facilities["service"] == view.service]
    return {
        "service": view.service,
        "unit": "person" if whole else str(view.services["unit"][view.service]),
        "need": float(people.sum()),
        "reached": float("nan") if whole else float(view.reached.sum()),
        "mean": float(np.average(x, weights=people)) if len(x) else float("nan"),
        "worst_fifth": worst_off(x, people),
        "below": float(people[x < floor].sum()),
        "capital_cost": float((mine["capital_cost"] + mine["acquisition_cost"]).sum()),
    }
