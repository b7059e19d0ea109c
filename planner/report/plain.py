"""Plain words: what each measure and summary tells, which way is better, and where it can mislead."""

from __future__ import annotations

from typing import Any

from planner import catalogue
from planner.errors import InputFault
from planner.report.reading import measure_name, summary_name
from planner.report.speech import _

LEVELS = frozenset({"mean", "median", "p10", "p90", "minimum", "maximum", "worst_off", "total"}) | {
    "kolm_pollak_ede",
    "sen_welfare",
}


def explain_measure(measure: str) -> str:
    """Say what a measure tells, which way is better, and what to beware of."""
    told = _measures().get(measure) or _title("measure", measure) or measure_name(measure)
    less = _facts("measure", measure).get("better") == "less"
    way = _("Less is better.") if less else _("More is better.")
    return " ".join(filter(None, (told, way, _measure_cautions().get(measure, ""))))


def explain_summary(summary: str, measure: str) -> str:
    """Say what a summary of a measure tells, which way is better, and what to beware of."""
    if summary == "below_floor" and _facts("measure", measure).get("signed"):
        return _("How many live where it has become worse. Less is better.")
    told = _summaries().get(summary) or _title("summary", summary) or summary_name(summary)
    return " ".join(filter(None, (told, _direction(summary, measure), caution(summary))))


def caution(summary: str, measure: str = "") -> str:
    """Say where a summary (of a measure) can mislead; empty where nothing is to be said."""
    if summary == "below_floor" and measure.endswith("_change"):
        return ""
    alike = _("It is the same when all have equally little: read it beside the mean.")
    known = {
        "worst_off": _("“Worst off” means: by the needs modelled here."),
        "below_floor": _(
            "It does not say how far below: somebody just under the floor counts like somebody with nothing."
        ),
        "fgt0": _(
            "It does not say how far below: somebody just under the floor counts like somebody with nothing."
        ),
        "mean": _("A mean can rise while some lose."),
        "minimum": _("One small place decides it."),
        "maximum": _("One small place decides it."),
        "spread": _("Two small places decide it."),
        "palma_share": _("It is not told where the last four tenths have nothing."),
        "ratio_20_20": _("It is not told where the last fifth has nothing."),
        "median": _("It does not change when only those at either end do."),
    }
    alikes = {"gini", "hoover", "atkinson", "theil_t", "theil_l", "coefficient_of_variation"}
    return known.get(summary, alike if summary in alikes else "")


def _direction(summary: str, measure: str) -> str:
    if summary in LEVELS:
        less = _facts("measure", measure).get("better") == "less"
        return _("Less is better.") if less else _("More is better.")
    if summary in {"below_floor", "fgt0", "fgt1", "fgt2"}:
        return _("Less is better.")
    if "zero_if_equal" in _facts("summary", summary).get("axioms", ()):
        return _("0 when all have the same.")
    return ""


def _measures() -> dict[str, str]:
    return {
        "wellbeing": _(
            "How well the needs of residents are met, all services together; 1 when every need is met."
        ),
        "wellbeing_change": _("How much wellbeing has risen or fallen since before the plan."),
        "reached_share": _("Of those in need, the share whom a facility serves, well or less well."),
        "quality_weighted_share": _(
            "The share of the need that is met, where a far or poor service counts for less."
        ),
        "reached_change": _("How much the share of those served has risen or fallen since before the plan."),
        "travel": _("How far those who are served have to go."),
        "travel_to_nearest": _("How far it is to the nearest open facility, full or not."),
        "unmet": _("Those in need whom no facility serves."),
        "unmet_per_resident": _("Need that nobody serves, for each resident of the place."),
        "choice": _("Among how many open facilities people can choose within the standard."),
        "places_per_head": _(
            "Places within reach for each person in need, shared with all who can reach them."
        ),
        "near_places_per_head": _(
            "Places within reach for each person in need, the near ones counting more."
        ),
        "within_standard": _("The share of residents who live within the standard of an open facility."),
    }


def _measure_cautions() -> dict[str, str]:
    return {
        "wellbeing": _("It knows the needs modelled here and no others."),
        "reached_share": _("It does not say how good or how near the service is."),
        "quality_weighted_share": _("Two people at half quality are not one person served."),
        "travel": _("Those who are not served are not in it: a plan that serves fewer can look nearer."),
        "travel_to_nearest": _("Places with nothing within the limit are not in it."),
        "within_standard": _("A facility nearby may be full: it counts all the same."),
        "choice": _("Full facilities count all the same."),
    }


def _summaries() -> dict[str, str]:
    return {
        "mean": _("What people have on average."),
        "median": _("Half of the people have this or less."),
        "p10": _("One in ten people has this or less."),
        "p90": _("Nine in ten people have this or less."),
        "minimum": _("The least that anybody has."),
        "maximum": _("The most that anybody has."),
        "worst_off": _("What the fifth of the people who fare worst have on average."),
        "below_floor": _("How many people live below the floor: with less than enough."),
        "fgt0": _("The share of people who live below the floor: with less than enough."),
        "fgt1": _("How far people are below enough, on average."),
        "gini": _("How unequally people share it: 1 would mean that one has everything."),
        "hoover": _("The share of everything that would have to move for all to have the same."),
        "total": _("What all places have together."),
        "kolm_pollak_ede": _(
            "What everybody could have alike and be as well off as now, when inequality is a loss."
        ),
        "concentration": _(
            "Whether places where more of the group live have more of it (below 0) or less (above 0)."
        ),
    }


def _title(kind: str, name: str) -> str:
    try:
        return _(catalogue.find(kind, name).title)
    except InputFault:
        return ""


def _facts(kind: str, name: str) -> dict[str, Any]:
    try:
        return dict(catalogue.find(kind, name).facts)
    except InputFault:
        return {}
