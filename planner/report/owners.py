"""Whose sites are used and what acquiring them costs; who runs what, and whom they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.figures import records
from planner.report.numbers import NOTHING, money, number
from planner.report.sheets import Sheet
from planner.report.speech import _
from planner.report.words import people

if TYPE_CHECKING:
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario


def acquired(scenario: Scenario, figures: Figures) -> Sheet:
    """List the sites that are acquired, with owner and cost."""
    table = figures.in_state("built")
    table = table[table["acquisition_cost"] > 0]
    rows = [
        (
            str(row["label"] or row["place"]),
            str(row["neighbourhood_label"]) or NOTHING,
            str(row["owner"]) or NOTHING,
            number(row["acquisition_cost"]),
        )
        for row in records(table)
    ]
    if rows:
        total = money(float(table["acquisition_cost"].sum()), scenario.budget.currency)
        rows.append((_("All"), NOTHING, NOTHING, total))
    heads = (_("Site"), _("Neighbourhood"), _("Owner"), _("Cost of acquiring it"))
    caption = _("Sites that are acquired (%(currency)s)") % {"currency": scenario.budget.currency}
    return Sheet(caption, heads, tuple(rows), 3)


def runners(scenario: Scenario, figures: Figures) -> Sheet:
    """Tell money and people served by who runs it, service by service; empty where nobody is named."""
    table = figures.facilities
    caption = _("Who runs it (%(currency)s)") % {"currency": scenario.budget.currency}
    heads = (_("Run by"), _("Service"), _("Facilities and programmes"), _("To run, a year"), _("To build"))
    if not (table["run_by"] != "").any():
        return Sheet(caption, heads, (), 2)
    told = table[table["state"] != "closed"].assign(one=1)
    sums = told.groupby(["run_by", "service"])[["one", "operating_cost", "capital_cost", "served"]].sum()
    rows = [
        (
            str(row["run_by"]) or _("not named"),
            figures.labels[row["service"]],
            *(number(row[column]) for column in ("one", "operating_cost", "capital_cost")),
            f"{number(row['served'], 0)} {people(figures.units[row['service']], row['served'])}",
        )
        for row in records(sums.reset_index())
    ]
    return Sheet(caption, (*heads, _("Serves")), tuple(rows), 2)
