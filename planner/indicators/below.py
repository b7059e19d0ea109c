"""Still below: who has less than the floor, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.frames.equity import BELOW
from planner.indicators.moments import moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.city.city import City
    from planner.indicators.view import View
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario


def still_below(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    others: Mapping[str, Instead] | None = None,
) -> pd.DataFrame:
    """Tell how many have less than the floor in each neighbourhood, of wellbeing and of each service.

    Parameters
    ----------
    scenario, city, plan, services, others
        As for `assess`; the floor is `scenario.indicators.floor`.

    Returns
    -------
    Table as in `frames.equity.BELOW`; its sums over neighbourhoods are `below_floor` of everyone in `assess`.
    """
    floor = scenario.indicators.floor
    parts = [
        table.assign(when=when, period=period)
        for when, period, view in moments(scenario, city, plan, services, None, others)
        for table in _tables(view, floor)
    ]
    return BELOW.tidy(pd.concat(parts, ignore_index=True))


def _tables(view: View, floor: float) -> Iterator[pd.DataFrame]:
    yield _table(view.of(ALL), "wellbeing", floor, "person")
    for service, unit in view.services["unit"].items():
        yield _table(view.of(str(service)), "reached_share", floor, str(unit))


def _table(view: View, name: str, floor: float, unit: str) -> pd.DataFrame:
    measured = find("measure", name)
    values = np.asarray(measured.function(view), np.float64)
    people = np.where(np.isnan(values), 0.0, view.concerned(measured.facts["weight"]))
    below = np.where(values < floor, people, 0.0)
    amounts = pd.DataFrame({"people": people, "below": below}, index=view.cells)
    sums = amounts.groupby(view.city.cells["neighbourhood"]).sum().rename_axis("neighbourhood")
    found = sums[sums["people"] > 0].reset_index()
    return found.assign(service=view.service, measure=name, unit=unit)
