"""Equity: every table on who gains, who waits, who meets whom, beside the indicators of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.frames.equity import GAINS
from planner.indicators.below import still_below
from planner.indicators.beside import beside
from planner.indicators.changes import gains_and_losses
from planner.indicators.closures import displaced
from planner.indicators.curve_tables import curve_tables
from planner.indicators.gaps import closed_gaps
from planner.indicators.moments import AFTER, BEFORE
from planner.indicators.users import separation, users

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from planner.city.city import City
    from planner.plan import Instead, Plan
    from planner.scenario.schema import Scenario


def equity(
    scenario: Scenario,
    city: City,
    plan: Plan,
    services: pd.DataFrame,
    others: Mapping[str, Instead],
) -> dict[str, pd.DataFrame]:
    """Draw up the tables of the equity audit that are not single figures.

    Parameters
    ----------
    scenario, city, plan, services, others
        As for `assess`.

    Returns
    -------
    By the names of `frames.equity.EQUITY_TABLES`: beside, gains, below, gaps, displaced, users, separation,
    curves, dominance.
    """
    served = {BEFORE: plan.before, AFTER: plan.assignment}
    served |= {when: other.assignment for when, other in others.items()}
    curves, dominance = curve_tables(scenario, city, plan, services, others)
    return {
        "beside": beside(scenario, city, plan, services, others),
        "gains": GAINS.tidy(gains_and_losses(scenario, city, plan, services, others)),
        "below": still_below(scenario, city, plan, services, others),
        "gaps": closed_gaps(scenario, city, plan, services),
        "displaced": displaced(scenario, city, plan),
        "users": users(scenario, city, plan),
        "separation": separation(scenario, city, served),
        "curves": curves,
        "dominance": dominance,
    }
