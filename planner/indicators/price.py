"""The cost of organising the city for the few: one plan against another, in people and in unmet need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.errors import Fault, InputFault
from planner.indicators.averages import worst_off
from planner.indicators.measures import NO_CHANGE
from planner.indicators.moments import AFTER, moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from planner.city.city import City
    from planner.indicators.view import View
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

COLUMNS = [
    "period", "service", "unit", "need", "unmet_first", "unmet_second", "more_unmet",
    "mean_first", "mean_second", "worst_fifth_first", "worst_fifth_second",
    "better_first", "better_second", "same",
]  # fmt: skip


def price(scenario: Scenario, city: City, first: Plan, second: Plan, services: pd.DataFrame) -> pd.DataFrame:
    """Set two plans of one city side by side: what the first costs those whom the second serves, and back.

    Meant for a plan that puts those worst off first (`priority`) against one that serves as much need as
    possible (`utilitarian`) with the same money: what the first leaves unmet that the second does not is
    its price, and `worst_fifth` what is bought with it. Read the other way round it is the cost of
    organising the city for the few: how many the second leaves worse off.

    Parameters
    ----------
    scenario, city, services
        As for `assess`; of the run whose scale of wellbeing both are measured by.
    first, second
        Two plans for the same needs.

    Returns
    -------
    One row for each period and service, and `all` for wellbeing: `need`, `unmet_first`, `unmet_second`,
    `more_unmet` (first − second) [unit of the service; for `all` residents, and no need]; `mean_…` and
    `worst_fifth_…`: share served, or wellbeing, of all and of the worst-off fifth by that very measure;
    `better_first`, `better_second`, `same`: those concerned in places that fare better under it, in `unit`.

    Raises
    ------
    InputFault
        When the two plans are not for the same needs.
    """
    _refuse_other_needs(first, second)
    sides = [
        {
            period: view
            for when, period, view in moments(scenario, city, plan, services, None)
            if when == AFTER
        }
        for plan in (first, second)
    ]
    rows = [
        {"period": period, **_row(one.of(str(service)), sides[1][period].of(str(service)))}
        for period, one in sides[0].items()
        for service in (ALL, *services.index)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(one: View, two: View) -> dict[str, Any]:
    whole = one.service == ALL
    measured = find("measure", "wellbeing" if whole else "reached_share")
    people = one.concerned(measured.facts["weight"])
    values = [np.asarray(measured.function(view), np.float64) for view in (one, two)]
    there = ~np.isnan(values[0]) & ~np.isnan(values[1]) & (people > 0)
    x, y, w = values[0][there], values[1][there], people[there]
    unmet = [float("nan")] * 2 if whole else [float(view.unmet.sum()) for view in (one, two)]
    return {
        "service": one.service, "unit": "person" if whole else str(one.services["unit"][one.service]),
        "need": float("nan") if whole else float(one.need.sum()),
        "unmet_first": unmet[0], "unmet_second": unmet[1], "more_unmet": unmet[0] - unmet[1],
        "mean_first": float(np.average(x, weights=w)) if len(w) else float("nan"),
        "mean_second": float(np.average(y, weights=w)) if len(w) else float("nan"),
        "worst_fifth_first": worst_off(x, w), "worst_fifth_second": worst_off(y, w),
        "better_first": float(w[x > y + NO_CHANGE].sum()), "better_second": float(w[y > x + NO_CHANGE].sum()),
        "same": float(w[np.abs(x - y) <= NO_CHANGE].sum()),
    }  # fmt: skip


def _refuse_other_needs(first: Plan, second: Plan) -> None:
    key = ["period", "service", "cell"]
    needs = [plan.need_points.set_index(key)["need"].sort_index() for plan in (first, second)]
    same = needs[0].index.equals(needs[1].index) and np.allclose(needs[0], needs[1], rtol=1e-9)
    if not same:
        hint = "compare runs of the same city, needs and periods"
        raise InputFault(Fault("the two plans are not for the same needs", hint=hint))
