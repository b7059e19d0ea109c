"""What the next money would bring, in words: an interval, or that it cannot be told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner import catalogue
from planner.explore.difference import differences
from planner.explore.more import BOTH, PURSES
from planner.report.numbers import money, number, percent
from planner.report.speech import _, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.city.city import City
    from planner.explore.more import More, Raise
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.scenario.schema import Scenario

DIGITS = 4
ROUNDING = 1e-9


def telling(
    scenario: Scenario, city: City, plan: Plan, outcome: Outcome, found: Sequence[More]
) -> Iterator[str]:
    """Lines that tell what each raise would bring, beside the plan in hand and its outcome."""
    if outcome.problem.years is None:
        yield _now(scenario, plan, outcome)
    yield measured(scenario, plan)
    for one in found:
        yield ""
        yield title(scenario, outcome, one.asked)
        for line in _told(scenario, city, outcome, one):
            yield "    " + line
    if any(one.untold for one in found):
        yield ""
        gap = percent(scenario.solver.gap)
        yield _("Where it cannot be told, a smaller `solver.gap` (now %(gap)s) may tell.") % {"gap": gap}


def _now(scenario: Scenario, plan: Plan, outcome: Outcome) -> str:
    own = plan.facilities[~plan.facilities["existing"]].drop_duplicates(["period", "provider"])
    spent = {
        "capital": float(own["capital_cost"].sum() + own["acquisition_cost"].sum()),
        "operating": float(own["operating_cost"].sum()),
    }
    parts = []
    for purse in PURSES:
        limit = float(getattr(outcome.problem, purse))
        facts = {"spent": number(spent[purse]), "money": money(limit, scenario.budget.currency)}
        words = {
            "capital": _("%(spent)s of %(money)s to build"),
            "operating": _("%(spent)s of %(money)s a year to run"),
        }
        if limit < float("inf"):
            parts.append(words[purse] % facts)
    return _("The plan uses %(parts)s.") % {"parts": listed(parts)}


def measured(scenario: Scenario, plan: Plan) -> str:
    """Say in what gains and losses are told."""
    if plan.status.level is None:
        unit = catalogue.find("objective", scenario.objective_name).facts.get("unit", "1")
        return _("Measured by `%(name)s`, in %(unit)s: less is better.") % {
            "name": scenario.objective_name,
            "unit": unit,
        }
    words = _(
        "Measured by `%(name)s` as equal outcome: what, had by everybody alike, is worth as much; 1 where "
        "every need is met, now %(level)s."
    )
    return words % {"name": scenario.objective_name, "level": number(plan.status.level, DIGITS)}


def title(scenario: Scenario, outcome: Outcome, asked: Raise) -> str:
    """Say which money is raised, from what to what."""
    currency, parts = scenario.budget.currency, []
    for purse in PURSES if asked.of == BOTH else (asked.of,):
        if getattr(asked, purse) == float("inf"):
            parts.append(_in_each_period(purse) % {"share": percent(asked.share or 0.0)})
            continue
        facts = {
            "now": number(float(getattr(outcome.problem, purse))),
            "then": money(float(getattr(asked, purse)), currency),
        }
        words = {
            "capital": _("%(then)s to build instead of %(now)s"),
            "operating": _("%(then)s a year to run instead of %(now)s"),
        }
        parts.append(words[purse] % facts)
    return _("With %(parts)s:") % {"parts": listed(parts)}


def _in_each_period(purse: str) -> str:
    words = {
        "capital": _("%(share)s more to build in each period"),
        "operating": _("%(share)s more a year to run in each period"),
    }
    return words[purse]


def _told(scenario: Scenario, city: City, outcome: Outcome, one: More) -> Iterator[str]:
    if one.plan is None or one.outcome is None:
        yield _("No plan was found: %(why)s.") % {"why": one.why_not}
        return
    yield interval(one.low, one.high)
    same = (one.outcome.modules == outcome.modules).all()
    if same:
        yield _("The plan found with it builds the same.")
        return
    yield from differences(scenario, city, one.outcome, outcome)


def interval(low: float | None, high: float | None) -> str:
    """Say what more money is worth, as far as it is proven."""
    facts = {"low": figure(low, up=False), "high": figure(high, up=True)}
    if high is None:
        known = _("it is worth at least %(low)s; how much at most is not known.")
        return (known if (low or 0.0) > 0 else _("it cannot be told what it is worth.")) % facts
    if low is not None and low > 0:
        return _("it is worth at least %(low)s and at most %(high)s.") % facts
    if high < 0:
        facts = {"least": figure(-high, up=False)}
        return _("it is certain to do harm, by at least %(least)s: a rule asks for more as well.") % facts
    if high == 0:
        return _("it brings nothing: proven.")
    if low is None or low < 0:
        return _("it cannot be told whether it brings anything; at most it brings %(high)s.") % facts
    return _("it cannot be told whether it brings anything: it is worth between 0 and %(high)s.") % facts


def figure(value: float | None, *, up: bool) -> str:
    """Return the size of a bound with four decimals (more where it is small), rounded to the safe side."""
    if not value:
        return "0"
    size = abs(value)
    decimals = max(DIGITS, 1 - math.floor(math.log10(size))) if size < 1 else 2
    rounded = math.ceil(size * 10**decimals - ROUNDING) if up else math.floor(size * 10**decimals + ROUNDING)
    return number(rounded / 10**decimals, decimals)
