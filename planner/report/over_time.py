"""Year by year: what opens when and for how much, who is served in each period, and how years weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.report.changed import option_name
from planner.report.figures import done_by_plan, records, service_label
from planner.report.numbers import NOTHING, number, percent
from planner.report.sheets import Sheet, part_of
from planner.report.speech import _, listed
from planner.scenario.periods import weights

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Plan
    from planner.scenario.schema import Scenario


def weighing(scenario: Scenario) -> str:
    """Say how the periods are weighed against one another, and of which one the page tells."""
    if not scenario.periods:
        return ""
    over, shares = scenario.over_time, weights(scenario.periods, scenario.over_time)
    told = listed([f"{name} {percent(share)}" for name, share in zip(scenario.periods, shares, strict=True)])
    if any(period.weight is not None for period in scenario.periods.values()):
        how = _("as the scenario states")
    elif over.discount_rate:
        how = _("by its years, each counting %(rate)s less than the one before") % {
            "rate": percent(1 - 1 / (1 + over.discount_rate))
        }
    else:
        how = _("by its years, each counting the same")
    facts = {"shares": told, "how": how, "last": list(scenario.periods)[-1]}
    return (
        _("The plan is judged over all periods together. Each counts %(how)s: %(shares)s.") % facts
        + " "
        + _("What stands outside this section is told of the last period, %(last)s.") % facts
    )


def timetable(scenario: Scenario, plan: Plan) -> Sheet:
    """List what opens in which period, when it is paid for, and what it costs."""
    rows = []
    if scenario.periods:
        names = list(scenario.periods)
        done = done_by_plan(opening(plan.facilities))
        for row in records(done.sort_values(["period", "service", "label", "provider"], kind="stable")):
            paid = int(row["period"]) - 1 - waiting(scenario, row)
            when = (names[int(row["period"]) - 1], names[paid], service_label(scenario, str(row["service"])))
            what = (str(row["label"]) or str(row["place"]), option_name(str(row["option"])).replace("_", " "))
            rows.append((*when, *what, number(row["modules"]), number(row["capital_cost"])))
    heads = [_("Opens"), _("Paid for in"), _("Service"), _("Place"), _("Size or change"), _("Modules")]
    caption = _("What opens when (%(currency)s)") % {"currency": scenario.budget.currency}
    return Sheet(caption, (*heads, _("Cost, once")), tuple(rows), 5)


def opening(facilities: pd.DataFrame) -> pd.DataFrame:
    """Tell what opens, or is changed, in each period: rows with modules that were not there before."""
    ordered = facilities.sort_values("period", kind="stable")
    before = ordered.groupby("provider")["modules"].shift(fill_value=0)
    new: pd.DataFrame = ordered.assign(modules=ordered["modules"] - before)
    return new[(new["modules"] > 0) & ~new["existing"].astype(bool)]


def waiting(scenario: Scenario, facility: dict[str, Any]) -> int:
    """Return how many periods pass between paying for a facility and its opening."""
    service = scenario.services[str(facility["service"])]
    if facility["state"] == "built":
        return service.options[str(facility["option"])].opens_after
    if facility["state"] == "programme":
        return service.programmes[str(facility["place"])].opens_after
    return 0


def by_period(scenario: Scenario, plan: Plan) -> Sheet:
    """Tell for each period its people, what is spent of its money, and how much need is served."""
    services = list(scenario.services)
    served = [_("Served: %(service)s") % {"service": service_label(scenario, name)} for name in services]
    heads = (_("Period"), _("Years"), _("To build"), _("of"), _("To run, a year"), _("of"), *served)
    rows, spent = [], paid(scenario, plan)
    for number_, (name, period) in enumerate(scenario.periods.items(), start=1):
        own = plan.at(number_)
        run = float(done_by_plan(own.facilities)["operating_cost"].sum())
        yearly = period.budget.operating
        yearly = scenario.budget.operating if yearly is None else yearly
        known = (number(period.years), number(spent[number_ - 1]), _limit(period.budget.capital))
        points = own.need_points.groupby("service")[["need", "reached"]].sum()
        parts = points.reindex(services).fillna(0.0)
        shares = [part_of(float(row["reached"]), float(row["need"])) for row in records(parts)]
        rows.append((name, *known, number(run), _limit(yearly), *shares))
    caption = _("Period by period (money in %(currency)s)") % {"currency": scenario.budget.currency}
    return Sheet(caption, heads, tuple(rows), 1, words=_left_over(scenario))


def paid(scenario: Scenario, plan: Plan) -> list[float]:
    """Money to build, to change and to acquire that is paid in each period [currency]."""
    spent = np.zeros(max(len(scenario.periods), 1))
    for row in records(done_by_plan(plan.facilities)):
        spent[int(row["period"]) - 1 - waiting(scenario, row)] += row["capital_cost"]
    return [float(amount) for amount in spent]


def _limit(amount: float | None) -> str:
    return NOTHING if amount is None else number(amount)


def _left_over(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    kinds = {"capital": _("to build"), "operating": _("to run")}
    carried = [kinds[kind] for kind in dict.fromkeys(scenario.over_time.carry_over)]
    if not carried:
        return (("", _("What a period does not spend is not there in the next.")),)
    sentence = _("Money %(kinds)s that a period does not spend is there in the next.")
    return (("", sentence % {"kinds": listed(carried)}),)
