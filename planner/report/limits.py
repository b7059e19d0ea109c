"""How a sentence names the money and, where there are several periods, the one that it tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.numbers import money
from planner.report.speech import _, listed
from planner.scenario.futures import likeliest

if TYPE_CHECKING:
    from planner.scenario.schema import Scenario


def limits(scenario: Scenario) -> str:
    """Say how much money there is at most; empty where it has no limit."""
    budget, parts = scenario.budget, []
    if budget.capital is not None:
        parts.append(_("%(money)s to build") % {"money": money(budget.capital, budget.currency)})
    if budget.operating is not None:
        parts.append(_("%(money)s a year to run") % {"money": money(budget.operating, budget.currency)})
    if any(own.budget.capital is not None for own in scenario.periods.values()):
        parts.append(_("the money of each period (%(names)s)") % {"names": listed(list(scenario.periods))})
    return listed(parts)


def in_the_end(scenario: Scenario, sentence: str) -> str:
    """Return a sentence about the last period and the likeliest future, with their names if several."""
    named = [*list(scenario.periods)[-1:], *filter(None, [likeliest(scenario)])]
    if not named:
        return sentence
    return _("%(period)s: %(sentence)s") % {"period": ", ".join(named), "sentence": sentence}
