"""Single figures in plain words: indicators, map tips, reasons, proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.numbers import NOTHING, at_most, change, number, percent
from planner.report.speech import _
from planner.report.steps import step_rows
from planner.report.words import people, where_live

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Status

SHARES = frozenset({"reached_share", "quality_weighted_share", "reached_change", "within_standard"})
LEVELS = frozenset({"mean", "median", "minimum", "maximum", "p10", "p90", "spread", "worst_off"}) | {
    "kolm_pollak_ede",
    "sen_welfare",
}


def measure_name(measure: str) -> str:
    """Name a measure for a table."""
    known = {
        "wellbeing": _("wellbeing"),
        "wellbeing_change": _("change of wellbeing"),
        "reached_share": _("share of need served, at any quality"),
        "quality_weighted_share": _("share of need served, times quality"),
        "reached_change": _("change of the share served"),
        "travel": _("travel of those served"),
        "travel_to_nearest": _("travel to the nearest open facility"),
        "unmet": _("need left unmet"),
        "unmet_per_resident": _("need left unmet for each resident"),
        "choice": _("facilities to choose from within the standard"),
        "places_per_head": _("places within reach for each person in need"),
        "within_standard": _("share of residents within the standard of an open facility"),
        "near_places_per_head": _("places within reach for each person in need, near ones counting more"),
    }
    return known.get(measure, measure.replace("_", " "))


def summary_name(summary: str) -> str:
    """Name a summary for the head of a column."""
    known = {
        "mean": _("mean"),
        "median": _("median"),
        "total": _("total"),
        "gini": _("inequality (Gini)"),
        "worst_off": _("mean of the worst off"),
        "below_floor": _("below the floor"),
        "minimum": _("lowest"),
        "maximum": _("highest"),
        "p10": _("one in ten has this or less"),
        "p90": _("nine in ten have this or less"),
        "kolm_pollak_ede": _("equal outcome worth as much"),
        "sen_welfare": _("mean less what inequality takes"),
        "fgt0": _("share below the floor"),
    }
    return known.get(summary, summary.replace("_", " "))


def indicator_value(value: float, unit: str, measure: str, summary: str) -> str:
    """Write an indicator's value in its unit."""
    if value != value:  # noqa: PLR0124 - not a number
        return NOTHING
    if summary == "fgt0" or (measure in SHARES and summary in LEVELS):
        return percent(value)
    if unit == "1":
        return number(value, 3)
    text = number(value, 0) if abs(value) >= 1000 else number(value)  # noqa: PLR2004 - thousands need no decimals
    return f"{text}\u00a0{people(unit, value)}"


def indicator_sentence(before: pd.Series | None, after: pd.Series) -> str:
    """Tell one indicator of everyone as a sentence: what, before, after."""
    keys = (str(after["unit"]), str(after["measure"]), str(after["summary"]))
    now = indicator_value(float(after["value"]), *keys)
    facts = {"what": _subject(str(after["measure"]), str(after["summary"])), "after": now}
    if before is None:
        return _("%(what)s: %(after)s under the plan.") % facts
    facts["before"] = indicator_value(float(before["value"]), *keys)
    if facts["before"] == now:
        return _("%(what)s stays at %(after)s.") % facts
    if float(after["value"]) > float(before["value"]):
        return _("%(what)s rises from %(before)s to %(after)s.") % facts
    return _("%(what)s falls from %(before)s to %(after)s.") % facts


def _subject(measure: str, summary: str) -> str:
    facts = {"measure": measure_name(measure)}
    known = {
        "mean": _("On average, %(measure)s"),
        "gini": _("Inequality of %(measure)s (Gini: 0 when all have the same)"),
        "worst_off": _("In the places of the worst-off fifth, mean %(measure)s"),
        "below_floor": _("Below the floor of %(measure)s, the number of people"),
    }
    subject = known.get(summary, "%(summary)s, %(measure)s")
    if summary == "below_floor" and measure.endswith("_change"):
        subject = _("By %(measure)s, those who fare worse than before")
    return subject % (facts | {"summary": summary_name(summary).capitalize()})


def group_name(label: str) -> str:
    """Name a group in a table as where it lives."""
    text = where_live(label)
    return text[:1].upper() + text[1:]


def reason(code: str) -> str:
    """Say why need is left unmet."""
    known = {
        "no place within the limit": _(
            "No place where anything stands or could be built lies within the limit."
        ),
        "nothing open within the limit": _(
            "Something could be built within the limit, but the plan builds nothing there."
        ),
        "no capacity left": _("What is open within the limit is full."),
    }
    return known.get(code, code)


def tip(label: str, residents: float, before: float, after: float) -> str:
    """Tell a neighbourhood on a map of wellbeing."""
    if not residents > 0:
        return _("%(label)s: no residents") % {"label": label}
    facts = {"label": label, "n": number(residents, 0), "people": people("person", residents)}
    facts |= {"before": number(before, 2), "after": number(after, 2), "change": change(after - before)}
    return _("%(label)s: %(n)s %(people)s; wellbeing %(before)s → %(after)s (%(change)s)") % facts


def share_tip(label: str, service: str, served: float, need: float, unit: str) -> str:
    """Tell a neighbourhood on a map of one service."""
    if not need > 0:
        return _("%(label)s: no need of %(service)s") % {"label": label, "service": service}
    facts = {"label": label, "service": service, "served": number(served, 0), "need": number(need, 0)}
    facts |= {"unit": people(unit, need), "share": percent(served / need)}
    return _("%(label)s: %(service)s serves %(served)s of %(need)s %(unit)s (%(share)s)") % facts


def proof_rows(status: Status, unit: str = "") -> list[tuple[str, str]]:
    """Tell value, bound and gap of a plan, row by row."""
    if status.steps:
        return step_rows(status)
    given: list[tuple[str, float | None]] = [
        (_("Value of the plan (the objective, minimised)"), status.value),
        (_("Proven bound: no plan can have a lower value"), status.bound),
        (_("Value with nothing built"), status.before),
        (_("Equal outcome with nothing built"), status.level_before),
        (_("Equal outcome under the plan"), status.level),
        (_("Equal outcome that no plan can pass"), status.level_bound),
    ]
    rows = [(name, f"{_precise(value)} {unit}".strip()) for name, value in given if value is not None]
    if status.gap is not None:
        name = _("Gap: share of the possible gain that may be missed")
        if status.before is None:
            name = _("Gap: (value − bound) / value")
        rows.append((name, at_most(status.gap)))
    if status.priced_bound is not None and status.priced_gap is not None:
        rows.append((_("Bound by arithmetic alone"), f"{_precise(status.priced_bound)} {unit}".strip()))
        rows.append((_("Gap by arithmetic alone"), at_most(status.priced_gap)))
    return rows


def _precise(value: float) -> str:
    return number(value, 0) if abs(value) >= 100_000 else number(value, 4)  # noqa: PLR2004 - six digits


def ending(status: Status) -> str:
    """Say how the search ended."""
    return {
        "optimal": _("The search ended by itself: nothing better exists in this model."),
        "within_gap": _("The search ended by itself, within the gap that the scenario allows."),
        "time_limit": _("The search was stopped by its time limit; the same question may find another plan."),
        "interrupted": _("The search was stopped by hand; the same question may find another plan."),
        "memory": _("The search was stopped because memory ran out; with more it may find a better plan."),
        "given": _("The plan was given by hand; people were assigned to it by the same rules."),
    }[status.ending]
