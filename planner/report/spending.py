"""Where the money and the land go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.report.figures import records
from planner.report.numbers import NOTHING, money, number
from planner.report.sheets import Sheet, part_of, width_of
from planner.report.speech import _

if TYPE_CHECKING:
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario

MONEY_PLACES = 15


def by_service(scenario: Scenario, figures: Figures) -> Sheet:
    """Tell where the money and the land go, by service."""
    table, currency = figures.services, scenario.budget.currency
    total = float(table["capital_cost"].sum())
    heads = (
        _("Service"),
        _("Facilities"),
        _("Modules"),
        _("To run, a year"),
        _("Land (m²)"),
        _("To build"),
        _("Share of the money to build"),
    )
    amounts = ["built", "modules", "operating_cost", "land_m2", "capital_cost"]
    rows = [
        (str(row["label"]), *(number(row[a]) for a in amounts), part_of(row["capital_cost"], total))
        for row in records(table)
    ]
    sums = (_("All"), *(number(float(table[a].sum())) for a in amounts), part_of(total, total))
    most = float(table["capital_cost"].max())
    bars = (*(width_of(row["capital_cost"], most) for row in records(table)), 0.0)
    return Sheet(
        _("Money (%(currency)s) and land, by service") % {"currency": currency}, heads, (*rows, sums), 1, bars
    )


def by_place(scenario: Scenario, figures: Figures) -> Sheet:
    """Tell where the money goes, by neighbourhood: those that get most, and the rest together."""
    built, currency = figures.done, scenario.budget.currency
    names = built["neighbourhood_label"].where(
        built["neighbourhood_label"] != "", _("outside all neighbourhoods")
    )
    sums = (
        built.assign(name=names, one=1)
        .groupby(["neighbourhood", "name"])[["one", "capital_cost", "operating_cost"]]
        .sum()
    )
    sums = sums.sort_values("capital_cost", ascending=False, kind="stable").reset_index()
    total, top = float(sums["capital_cost"].sum()), sums.head(MONEY_PLACES)
    rows = [_spent(str(row["name"]), row, total) for row in records(top)]
    bars = [width_of(row["capital_cost"], float(top["capital_cost"].max())) for row in records(top)]
    rest = sums.iloc[MONEY_PLACES:]
    if len(rest):
        rows.append(
            _spent(_("%(n)s others together") % {"n": len(rest)}, dict(rest.sum(numeric_only=True)), total)
        )
        bars.append(0.0)
    heads = (
        _("Neighbourhood"),
        _("Facilities"),
        _("To run, a year"),
        _("To build"),
        _("Share of the money to build"),
    )
    caption = _("Money (%(currency)s) by neighbourhood") % {"currency": currency}
    return Sheet(caption, heads, tuple(rows), 1, tuple(bars))


def _spent(name: str, row: dict[Any, Any], total: float) -> tuple[str, ...]:
    spent = row["capital_cost"]
    return name, number(row["one"]), number(row["operating_cost"]), number(spent), part_of(spent, total)


def budget(scenario: Scenario, figures: Figures) -> Sheet:
    """Tell money spent beside the budget."""
    currency, services = scenario.budget.currency, figures.services
    rows, bars = [], []
    given = (
        (_("To build"), "capital_cost", scenario.budget.capital),
        (_("To run, a year"), "operating_cost", scenario.budget.operating),
    )
    for name, column, limit in given:
        spent = float(services[column].sum())
        told = NOTHING if limit is None else money(limit, currency)
        rows.append((name, money(spent, currency), told, part_of(spent, limit or 0.0)))
        bars.append(width_of(spent, limit or 0.0))
    return Sheet(
        _("Money spent beside the budget"),
        (_("What"), _("Spent"), _("Budget"), _("Used")),
        tuple(rows),
        1,
        tuple(bars),
    )
