"""Changes: who gains, who loses, who stays, and how far groups are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue import units
from planner.frames.equity import GAINS
from planner.indicators.assess import group_shares
from planner.indicators.moments import BEFORE, moments
from planner.indicators.view import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.view import View
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario


def gains_and_losses(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    others: Mapping[str, Instead] | None = None,
) -> pd.DataFrame:
    """Tell how many people live where the plan makes things better, worse, or leaves them.

    Parameters
    ----------
    scenario, city, plan, services, others
        As for `assess`.

    Returns
    -------
    Table as in `frames.equity.GAINS`: one row for each moment (`after`, `nearest`, `even`: each against
    before), period, service, group and measure of change (`reached_change`, `wellbeing_change`): `gain`,
    `lose`, `stay` (in `unit`: those in need, or residents), `mean_gain` and `mean_loss` (of those who
    gain, or lose; unit of the measure, NaN where nobody does).
    Places say nothing about single people: read "people living where …".
    """
    shares = group_shares(scenario, city)
    rows = [
        {"when": when, "period": period, "group": group, **head, **_moved(change, people * share)}
        for when, period, view in moments(scenario, city, plan, services, None, others)
        if when != BEFORE
        for head, change, people in _changes(view)
        for group, share in shares.items()
    ]
    return pd.DataFrame(rows, columns=GAINS.names)


def _changes(moment: View) -> Iterator[tuple[dict[str, str], Floats, Floats]]:
    """Every measure of change of every service: what it is, the change by cell, those concerned."""
    for measured in units("measure").values():
        if not measured.facts["signed"]:
            continue
        for service in [ALL] if measured.facts["scope"] == ALL else moment.services.index:
            view, weight = moment.of(str(service)), measured.facts["weight"]
            unit = "person" if weight == "residents" else str(moment.services["unit"][service])
            head = {"service": str(service), "measure": measured.name, "unit": unit}
            yield head, measured.function(view), view.concerned(weight)


def _moved(change: Floats, people: Floats) -> dict[str, float]:
    up, down = change > 0, change < 0
    gain, lose = float(people[up].sum()), float(people[down].sum())
    return {
        "gain": gain,
        "lose": lose,
        "stay": float(people[change == 0].sum()),
        "mean_gain": float(people[up] @ change[up]) / gain if gain > 0 else float("nan"),
        "mean_loss": float(people[down] @ change[down]) / lose if lose > 0 else float("nan"),
    }


def group_gaps(indicators: pd.DataFrame, against: str = "everyone") -> pd.DataFrame:
    """Set each group's figures beside those of another, as a difference and as a ratio.

    Parameters
    ----------
    indicators
        Table of `assess`.
    against
        Group that the others are compared with.

    Returns
    -------
    The rows of the other groups with `against` (its figure), `gap` (value − against, in the row's
    unit) and `ratio` (value / against; NaN where that is 0 or not told). Counts of people
    (`below_floor`, `total`) are left out: groups differ in size.
    """
    told = indicators[~indicators["summary"].isin({"below_floor", "total"})]
    key = ["scenario", "when", "period", "service", "measure", "summary"]
    other = told[told["group"] == against].set_index(key)["value"].rename("against")
    mine = told[told["group"] != against].join(other, on=key)
    ratio = mine["value"].div(mine["against"].where(mine["against"] != 0))
    return mine.assign(gap=mine["value"] - mine["against"], ratio=ratio).reset_index(drop=True)
