"""Curves of a plan, before and after: tables for pictures, and which curve dominates which."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import find
from planner.frames.equity import CURVES, DOMINANCE
from planner.indicators.assess import EVERYONE, group_shares
from planner.indicators.curves import concentration_curve, dominates, lorenz, pens_parade
from planner.indicators.moments import moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.view import View
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario

type Exact = dict[tuple[int, str, str], dict[str, pd.DataFrame | None]]
"""Lorenz curves by period, service and measure, then by moment; None where there is none."""

GRID = np.linspace(0.0, 1.0, 101)
LORENZ, GENERALISED, CONCENTRATION, PARADE = "lorenz", "generalised_lorenz", "concentration", "parade"


def curve_tables(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    others: Mapping[str, Instead] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw up the curves of wellbeing and of the share served by each service, and who dominates whom.

    Where a value is below 0 (a place worse off than the scale of need foresees) there are no Lorenz and
    no concentration curves, only the parade.

    Returns
    -------
    Tables as in `frames.equity.CURVES` (101 points each, read off the exact curve) and
    `frames.equity.DOMINANCE` (from the exact curves, not from those points).
    """
    shares = group_shares(scenario, city)
    points: list[pd.DataFrame] = []
    exact: Exact = {}
    for when, period, view in moments(scenario, city, plan, services, None, others):
        for service, measure, x, people in _distributions(view):
            head: dict[str, str | int] = {
                "when": when,
                "period": period,
                "service": service,
                "measure": measure,
            }
            whole = lorenz(x, people) if x.size and x.min() >= 0 else None
            exact.setdefault((period, service, measure), {})[when] = whole
            points += [_thin(head, *curve) for curve in _curves(x, people, whole, shares, service, view)]
    table = pd.concat(points, ignore_index=True) if points else pd.DataFrame(columns=CURVES.names)
    return CURVES.tidy(table), _dominance(exact)


def _distributions(view: View) -> Iterator[tuple[str, str, Floats, Floats]]:
    """Values and people of all cells with somebody concerned."""
    for name in ("wellbeing", "reached_share"):
        measured = find("measure", name)
        for service in [ALL] if measured.facts["scope"] == ALL else view.services.index:
            mine = view.of(str(service))
            x = np.asarray(measured.function(mine), np.float64)
            people = mine.concerned(measured.facts["weight"])
            there = ~np.isnan(x) & (people > 0)
            yield str(service), name, x[there], people[there]


def _curves(  # noqa: PLR0917 - one distribution, and what it is drawn from
    x: Floats,
    people: Floats,
    whole: pd.DataFrame | None,
    shares: dict[str, Floats],
    service: str,
    view: View,
) -> Iterator[tuple[str, str, pd.DataFrame, str]]:
    """Name, ranking group, exact curve and the column that is drawn."""
    if x.size:
        yield PARADE, "", pens_parade(x, people), "value"
    if whole is None:
        return
    yield LORENZ, "", whole, "held"
    yield GENERALISED, "", whole, "per_head"
    if service != ALL:
        return
    lived = view.residents > 0
    for group, share in shares.items():
        if group != EVERYONE:
            yield CONCENTRATION, group, concentration_curve(x, people, -share[lived]), "held"


def _thin(
    head: dict[str, str | int], curve: str, group: str, exact: pd.DataFrame, column: str
) -> pd.DataFrame:
    upto, value = exact["people"].to_numpy(np.float64), exact[column].to_numpy(np.float64)
    if curve == PARADE:
        read = value[np.minimum(np.searchsorted(upto, GRID - 1e-12), len(value) - 1)]
    else:
        read = np.interp(GRID, upto, value)
    table = pd.DataFrame({"people": GRID, "value": read})
    return table.assign(curve=curve, group=group, **head)


def _dominance(exact: Exact) -> pd.DataFrame:
    rows = [
        {
            "period": period, "service": service, "measure": measure, "first": one, "second": two,
            "less_unequal": _first(curves[one], curves[two], one, two, generalised=False),
            "better": _first(curves[one], curves[two], one, two, generalised=True),
        }
        for (period, service, measure), curves in exact.items()
        for one, two in combinations(curves, 2)
    ]  # fmt: skip
    return DOMINANCE.tidy(pd.DataFrame(rows, columns=DOMINANCE.names))


def _first(
    one: pd.DataFrame | None, two: pd.DataFrame | None, name: str, other: str, *, generalised: bool
) -> str:
    """Name of the curve that dominates; `neither` where they cross, empty without curves."""
    column = "per_head" if generalised else "held"
    if one is None or two is None or one[column].isna().any() or two[column].isna().any():
        return ""
    if dominates(one, two, generalised=generalised):
        return name
    return other if dominates(two, one, generalised=generalised) else "neither"
