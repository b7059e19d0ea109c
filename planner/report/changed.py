"""What the plan changes of what stands: in words, and as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.report.figures import records
from planner.report.numbers import NOTHING, number
from planner.report.speech import _, listed

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.figures import Figures

NAMED = 3
CHANGES = ("expanded", "upgraded", "repurposed", "closed")


def changed(figures: Figures) -> list[str]:
    """Say what the plan changes, by kind of change, and its programmes: `expands Clinic C`, `closes 12 …`."""
    return [
        _verb(state) % {"what": _which(figures, table, state)}
        for state in (*CHANGES, "programme")
        if len(table := figures.in_state(state))
    ]


def _verb(state: str) -> str:
    verbs = {
        "expanded": _("expands %(what)s"),
        "upgraded": _("upgrades %(what)s"),
        "repurposed": _("repurposes %(what)s"),
        "closed": _("closes %(what)s"),
        "programme": _("runs %(what)s for the whole city"),
    }
    return verbs[state]


def _which(figures: Figures, table: pd.DataFrame, state: str) -> str:
    if len(table) > NAMED:
        words = _("%(n)s programmes") if state == "programme" else _("%(n)s facilities")
        return words % {"n": len(table)}
    facts = [
        {"name": r["label"] or r["place"], "service": figures.labels[r["service"]]} for r in records(table)
    ]
    words = _("%(name)s for %(service)s") if state == "repurposed" else _("%(name)s (%(service)s)")
    return listed([words % own for own in facts])


def lost(figures: Figures) -> str:
    """Name what does not serve its people any more: closed, or repurposed; empty where nothing is."""
    table = figures.in_state("closed", "repurposed")
    if len(table) > NAMED:
        return _("%(n)s facilities") % {"n": len(table)}
    return listed([str(row["label"] or row["place"]) for row in records(table)])


def became(state: str, service: str) -> str:
    """Say what became of a facility."""
    words = {
        "expanded": _("expanded"),
        "upgraded": _("upgraded"),
        "repurposed": _("repurposed for %(service)s"),
        "closed": _("closed"),
    }
    return words.get(state, "") % {"service": service}


def option_name(option: str) -> str:
    """Return the name of a size; those that the planner itself gives are told in words."""
    known = {"existing": _("existing"), "programme": _("programme")}
    return known.get(option, option)


def changed_row(row: dict[str, Any], service: str) -> tuple[str, ...]:
    """Return a changed facility as a row of text."""
    capacity = number(row["capacity"], 0) if math.isfinite(row["capacity"]) else _("unlimited")
    words = (service, str(row["label"]) or str(row["place"]), str(row["neighbourhood_label"]) or NOTHING)
    told = (became(str(row["state"]), service), option_name(str(row["option"])))
    costs = (number(row["capital_cost"]), number(row["operating_cost"]))
    return (*words, *told, capacity, number(row["served"], 0), *costs)
