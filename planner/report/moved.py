"""Who moves where, in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.figures import records
from planner.report.numbers import number
from planner.report.sheets import Sheet
from planner.report.speech import _, listed
from planner.report.words import people

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Plan
    from planner.report.figures import Figures

NAMED = 3
LEAST = 0.5
"""Fewer people than this are not told by name [person]."""


def moved(plan: Plan, figures: Figures) -> str:
    """Say how many people move, from where and to where; empty where nobody does."""
    if plan.moves is None or plan.moves["people"].sum() < LEAST:
        return ""
    table = _named(plan.moves, figures)
    facts = {
        "n": number(float(table["people"].sum()), 0),
        "origins": _largest(table, "origin"),
        "homes": _largest(table, "home"),
    }
    sentence = _(
        "%(n)s people move into new homes, from %(origins)s to %(homes)s. They are served from there with "
        "everything else, and go on to count where they come from."
    )
    return sentence % facts


def moves(plan: Plan, figures: Figures) -> Sheet:
    """List who moves, by the neighbourhood from which they come and the place at which they live then."""
    heads = (_("From"), _("To"), _("Service"), _("Homes"), _("People"))
    caption = _("Who moves into the new homes")
    if plan.moves is None or plan.moves.empty:
        return Sheet(caption, heads, (), 3)
    table = _named(plan.moves, figures)
    sums = table.groupby(["origin", "home", "service"])[["homes", "people"]].sum().reset_index()
    rows = [
        (
            str(row["origin"]),
            str(row["home"]),
            figures.labels[row["service"]],
            f"{number(row['homes'], 0)} {people(figures.units[row['service']], row['homes'])}",
            number(row["people"], 0),
        )
        for row in records(sums)
    ]
    return Sheet(caption, heads, tuple(rows), 3)


def _named(table: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """Moves with the names of neighbourhoods and places that people know."""
    own = figures.facilities[figures.facilities["label"] != ""]
    labels = own.drop_duplicates("place").set_index("place")["label"]
    origin = table["neighbourhood"].map(figures.neighbourhoods["label"]).fillna(table["neighbourhood"])
    return table.assign(origin=origin, home=table["place"].map(labels).fillna(table["place"]))


def _largest(table: pd.DataFrame, column: str) -> str:
    """Name the largest few with their people, and count the others."""
    sums = table.groupby(column)["people"].sum().sort_values(ascending=False, kind="stable")
    named = [
        _("%(name)s (%(n)s)") % {"name": name, "n": number(float(n), 0)}
        for name, n in sums.head(NAMED).items()
    ]
    others = len(sums) - NAMED
    return listed([*named, *([_("%(n)s other places") % {"n": others}] if others > 0 else [])])
