"""Whose sites are used, and what acquiring them costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.figures import records
from planner.report.numbers import NOTHING, money, number
from planner.report.sheets import Sheet
from planner.report.speech import _

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
