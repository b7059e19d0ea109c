"""What a plan does however needs turn out: who is served in each future, and what would be regretted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.figures import add_up, records
from planner.report.numbers import NOTHING, number, percent
from planner.report.sheets import Sheet, part_of
from planner.report.speech import _, ngettext
from planner.scenario.futures import likeliest

if TYPE_CHECKING:
    import pandas as pd

    from planner.city.city import City
    from planner.plan import Plan, Status
    from planner.scenario.schema import Scenario


def weighing(scenario: Scenario) -> str:
    """Say over what the plan is judged, and of which future the page tells; empty where all is certain."""
    if not scenario.futures:
        return ""
    how = {
        "expected": _("by what the principle is worth in each future, on average, by how likely each is"),
        "worst_case": _("by what the principle is worth in the future in which it is worth least"),
        "least_regret": _(
            "by its greatest regret: how far it falls behind the best plan for a future, in the one where it "
            "falls behind most"
        ),
    }
    facts = {"n": len(scenario.futures), "how": how[scenario.uncertainty], "name": likeliest(scenario)}
    return (
        _("Needs may turn out in %(n)s ways. What is built is the same in all; who is served where follows.")
        + " "
        + _(
            "The plan is judged %(how)s. What stands outside this section is told of %(name)s, the likeliest."
        )
    ) % facts


def by_future(scenario: Scenario, city: City, plan: Plan, services: pd.DataFrame) -> Sheet:
    """Tell for each future how likely it is, how much need is served, and wellbeing on average."""
    rows, heads = [], [_("Future"), _("Likely")]
    for name in scenario.futures:
        figures = add_up(scenario, city, plan.seen(name), services)
        mean, worst = figures.everyone, figures.gains_by_fifth[0]
        shares = [part_of(row["reached"], row["need"]) for row in records(figures.services)]
        means = (mean.before, mean.after, worst.after)
        told = (*shares, *(number(value, 3) for value in means), *_regret(plan.status, name))
        rows.append((name, percent(scenario.futures[name].probability), *told))
        heads[2:] = [_served(label) for label in figures.labels.values()]
    heads += [_("Wellbeing before"), _("Wellbeing after"), _("Of the worst-off fifth, after")]
    if plan.status.alone:
        heads += [_("Best possible for it alone"), _("The plan"), _("Regret")]
    words = (("", _sure(plan.status)),) if plan.status.alone else ()
    return Sheet(_("Future by future"), tuple(heads), tuple(rows), 1, words=words)


def _served(label: str) -> str:
    return _("Served: %(service)s") % {"service": label}


def _regret(status: Status, name: str) -> tuple[str, ...]:
    """The best for a future alone, what the plan is worth in it, and the regret, each an interval if open."""
    for future, own, best, bound in status.alone:
        if future == name:
            return (_between(bound, best), number(own), _between(max(own - best, 0.0), max(own - bound, 0.0)))
    return (NOTHING, NOTHING, NOTHING) if status.alone else ()


def _between(low: float, high: float) -> str:
    one, two = number(low), number(high)
    return one if one == two else _("%(low)s to %(high)s") % {"low": one, "high": two}


def _sure(status: Status) -> str:
    """Say in what regrets are told, and whether the best for each future is known for certain."""
    intervals = sum(number(best) != number(bound) for _name, _own, best, bound in status.alone)
    text = _("Regrets are told in what the principle minimises, less is better.")
    if not intervals:
        return text
    open_ = ngettext(
        "In %(n)s future the best is known to lie between two figures only, and so is the regret.",
        "In %(n)s futures the best is known to lie between two figures only, and so are the regrets.",
        intervals,
    )
    return f"{text} {open_ % {'n': intervals}}"
