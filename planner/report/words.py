"""Every sentence that a plan is told in; `best` only ever means within this gap, in this model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.report.changed import changed
from planner.report.figures import EVERYONE, records
from planner.report.judging import judged_by
from planner.report.limits import in_the_end, limits
from planner.report.numbers import at_least, at_most, change, money, number, percent
from planner.report.speech import _, listed, ngettext
from planner.report.steps import in_order
from planner.report.vouching import by_arithmetic

if TYPE_CHECKING:
    from planner.plan import Plan, Status
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

NO_GAIN = 0.001
CLOSED = 1e-6
NAMED = 3


@dataclass(frozen=True)
class Headline:
    """The first screen: what was asked, the answer in three sentences, how sure it is."""

    asked: str
    built: str
    reached: str
    gains: str
    sure: str


def headline(scenario: Scenario, plan: Plan, figures: Figures) -> Headline:
    """Tell a plan in five sentences that a councillor reads first."""
    return Headline(
        asked=asked(scenario, figures),
        built=built(scenario, figures),
        reached=in_the_end(scenario, reached(figures)),
        gains=in_the_end(scenario, gains(figures)),
        sure=sure(scenario, plan.status),
    )


def principle(name: str) -> str:
    """Say what a principle of justice seeks."""
    known = {
        "utilitarian": _("as much need as possible is met"),
        "sufficiency": _("as few people as possible are left without enough"),
        "priority": _("a gain counts more the worse off people are"),
        "worst_off": _("those worst off gain most"),
        "maximin": _("the worst-off place is as well off as possible"),
        "leximin": _("the worst off come first, then the next"),
        "equal_shares": _("people gain, and share equally"),
        "p_median": _("people travel as little as possible"),
        "p_center": _("the longest way is as short as possible"),
        "mclp": _("as many people as possible are within the standard"),
        "lscp": _("everybody is within reach with the fewest places"),
        "kolm_pollak": _("ways are as short and as equal as possible"),
        "least_cost": _("every rule is kept with the least money"),
    }
    fallback = _("the aim “%(name)s” is met as far as possible") % {"name": name.replace("_", " ")}
    return known.get(name, fallback)


def asked(scenario: Scenario, figures: Figures) -> str:
    """Say what was asked: services, principle, money."""
    services = listed(list(figures.services["label"]))
    facts = {
        "services": services,
        "principle": principle(scenario.objective_name),
        "money": limits(scenario),
    }
    text = _("With no limit on money, where should places for %(services)s go so that %(principle)s?")
    if facts["money"]:
        text = _("With at most %(money)s, where should places for %(services)s go so that %(principle)s?")
    return f"{text % facts} {judged_by(scenario, figures)}".strip()


def built(scenario: Scenario, figures: Figures) -> str:
    """Say what is built and what is changed, in which services, and what it costs."""
    changes = changed(figures)
    services = figures.services[figures.services["built"] > 0]
    if services.empty and not changes:
        return _("The plan builds nothing.")
    parts = [_built_of(row["label"], row["built"], row["modules"]) for row in records(services)]
    if changes:
        new = [] if services.empty else [_("builds %(parts)s") % {"parts": listed(parts)}]
        facts = {"does": listed([*new, *changes]), "money": costs(scenario, figures)}
        return _("The plan %(does)s, for %(money)s.") % facts
    total = number(services["built"].sum())
    what = ngettext(
        "The plan builds %(n)s facility", "The plan builds %(n)s facilities", services["built"].sum()
    )
    sentence = _("%(what)s – %(parts)s – for %(money)s.")
    return sentence % {"what": what % {"n": total}, "parts": listed(parts), "money": costs(scenario, figures)}


def _built_of(label: str, count: float, modules: float) -> str:
    facts = {"n": number(count), "service": label, "m": number(modules)}
    if modules == count:
        return _("%(n)s for %(service)s") % facts
    return (
        ngettext("%(n)s for %(service)s (%(m)s module)", "%(n)s for %(service)s (%(m)s modules)", modules)
        % facts
    )


def costs(scenario: Scenario, figures: Figures) -> str:
    """Say what building and running cost, beside the budget."""
    budget, services = scenario.budget, figures.services
    capital = _of(services["capital_cost"].sum(), budget.capital, budget.currency)
    running = _of(services["operating_cost"].sum(), budget.operating, budget.currency)
    return _("%(capital)s to build and %(running)s a year to run") % {"capital": capital, "running": running}


def _of(spent: float, limit: float | None, currency: str) -> str:
    if limit is None:
        return money(spent, currency)
    return _("%(spent)s of %(limit)s") % {"spent": number(spent), "limit": money(limit, currency)}


def people(unit: str, count: float) -> str:
    """Return the name of a unit for that count; units that we do not know are told as they are written."""
    known = {
        "person": ngettext("person", "people", count),
        "home": ngettext("home", "homes", count),
        "household": ngettext("household", "households", count),
        "pupil": ngettext("pupil", "pupils", count),
        "student": ngettext("student", "students", count),
        "child": ngettext("child", "children", count),
        "resident": ngettext("resident", "residents", count),
        "patient": ngettext("patient", "patients", count),
        "place": ngettext("place", "places", count),
        "facility": ngettext("facility", "facilities", count),
    }
    if "/" in unit and unit not in known:
        return "/".join(people(part, nth or count) for nth, part in enumerate(unit.split("/")))
    return known.get(unit, unit)


def reached(figures: Figures) -> str:
    """Say how much need is served; need that nobody meets today and all need are told apart."""
    services = figures.services[figures.services["need"] > 0]
    deficits = services[services["meaning"] == "deficit"]
    demands = services[services["meaning"] != "deficit"]
    sentences = []
    if not deficits.empty:
        parts = listed([_reached_of(row) for row in records(deficits)])
        sentences.append(
            _("Of the need that is not met today it serves, at any quality: %(parts)s.") % {"parts": parts}
        )
    if not demands.empty:
        parts = listed([_raised(row) for row in records(demands)])
        sentences.append(
            _("Of all need, served today and under the plan, at any quality: %(parts)s.") % {"parts": parts}
        )
    return " ".join(sentences) or _("No need was counted.")


def _reached_of(row: dict[str, Any]) -> str:
    need, served = row["need"], row["reached"]
    facts = {"service": row["label"], "served": number(served, 0), "need": number(need, 0)}
    facts |= {"unit": people(row["unit"], need), "share": percent(served / need)}
    return _("%(service)s for %(served)s of %(need)s %(unit)s (%(share)s)") % facts


def _raised(row: dict[str, Any]) -> str:
    need, served, before = (row[key] for key in ("need", "reached", "reached_before"))
    facts = {
        "service": row["label"],
        "served": number(served, 0),
        "before": number(before, 0),
        "need": number(need, 0),
    }
    facts |= {
        "unit": people(row["unit"], need),
        "share": percent(served / need),
        "was": percent(before / need),
    }
    return _("%(service)s from %(before)s (%(was)s) to %(served)s (%(share)s) of %(need)s %(unit)s") % facts


def gains(figures: Figures) -> str:
    """Say who gains most: everybody, the worst-off fifth, the group told apart that gains most."""
    everyone, fifths = figures.everyone, figures.gains_by_fifth
    if not math.isfinite(everyone.after):
        return _("Nobody lives here, so nobody gains.")
    facts = {"before": number(everyone.before, 2), "after": number(everyone.after, 2)}
    facts |= {"worst": change(fifths[0].change), "best": change(fifths[-1].change)}
    sentence = _(
        "Wellbeing, which is 1 where every need is met, goes from %(before)s to %(after)s on average: "
        "%(worst)s in the places where the worst-off fifth of residents live, "
        "%(best)s in those of the best-off fifth."
    )
    return f"{sentence % facts} {_best_group(figures)}".strip()


def _best_group(figures: Figures) -> str:
    if figures.leading is None:
        several = len(figures.groups) > 2  # noqa: PLR2004 - everyone and one group
        return _("No group told apart clearly gains more than all others.") if several else ""
    top = next(
        gain
        for gain, name in zip(figures.gains_by_group, figures.groups.index, strict=True)
        if name == figures.leading
    )
    facts = {"group": where_live(top.label), "change": change(top.change)}
    return _("Of the groups told apart, %(group)s clearly gain most (%(change)s).") % facts


def where_live(label: str) -> str:
    """Tell a group as where it lives: figures of places say nothing of single people."""
    if label == EVERYONE:
        return _("all residents")
    return _("people living where %(group)s live") % {"group": label}


def top_places(figures: Figures) -> str:
    """Name neighbourhoods with large gains; no rank, since next to others the order may be chance."""
    table = figures.neighbourhoods
    top = (
        table[table["change"] > 0]
        .sort_values(["change", "label"], ascending=[False, True], kind="stable")
        .head(NAMED)
    )
    if top.empty:
        return ""
    parts = [f"{row.label} ({change(float(str(row.change)))})" for row in top.itertuples()]
    return _("Neighbourhoods with large gains: %(parts)s.") % {"parts": listed(parts)}


def sure(scenario: Scenario, status: Status) -> str:
    """Say how good the plan provably is."""
    if status.ending == "given":
        return _("This plan was made by hand; how much better a plan could do was not asked.")
    if status.ending in {"time_limit", "interrupted", "memory"}:
        missed = in_order(status) if status.steps else _missed(status)
        return f"{_stopped(scenario, status)} {missed} {by_arithmetic(status)}".strip()
    proven = in_order(status) if status.steps else _proven(status)
    return f"{proven} {by_arithmetic(status)}".strip()


def _proven(status: Status) -> str:
    if _nothing_to_gain(status):
        return _("Proven: in this model, no plan within this budget could gain more than a trace over today.")
    if status.gap is None:
        return _("The search ended by itself, but no bound tells how good the plan is.")
    if status.gap <= CLOSED:
        return _("Proven: in this model, no plan within this budget does better under this principle.")
    if status.before is None:
        text = _("Proven: in this model, no plan does better by more than %(gap)s of this plan's cost.")
        if status.alone:
            text = _("Proven: in this model, no plan can be regretted by more than %(gap)s less.")
        return text % {"gap": at_most(status.gap)}
    facts = {"share": at_least(1.0 - status.gap)}
    return (
        _("Proven: at least %(share)s of what this budget can do under this principle, in this model.")
        % facts
    )


def _nothing_to_gain(status: Status) -> bool:
    if status.level_bound is None or status.level_before is None:
        return False
    return status.level_bound - status.level_before < NO_GAIN


def _stopped(scenario: Scenario, status: Status) -> str:
    if status.ending == "interrupted":
        return _("The search was stopped by hand.")
    if status.ending == "memory":
        return _("The search was stopped because memory ran out.")
    limit = number(scenario.solver.time_limit_seconds)
    return _("The search was stopped by its time limit of %(seconds)s seconds.") % {"seconds": limit}


def _missed(status: Status) -> str:
    if status.gap is None:
        return _("How much better a plan could do is not known.")
    facts = {"gap": at_most(status.gap)}
    if status.alone:
        return _("Another plan could be regretted up to %(gap)s less.") % facts
    if status.before is None:
        return _("A better plan could cost up to %(gap)s less.") % facts
    return _("The plan may miss up to %(gap)s of the possible gain.") % facts


def closing(scenario: Scenario, plan: Plan, figures: Figures, page: str) -> str:
    """Return the line that the command prints at the end: what, for how much, how sure, where to read."""
    facts = {"built": built(scenario, figures), "sure": sure(scenario, plan.status), "page": page}
    return _("%(built)s %(sure)s Read %(page)s") % facts
