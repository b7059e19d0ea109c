"""The tables of the page, as rows of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.report.changed import CHANGES, changed_row, option_name
from planner.report.figures import records
from planner.report.numbers import NOTHING, change, number, percent
from planner.report.plain import explain_measure, explain_summary
from planner.report.reading import group_name, indicator_value, measure_name, reason, summary_name
from planner.report.speech import _
from planner.report.words import people

if TYPE_CHECKING:
    import pandas as pd

    from planner.plan import Plan
    from planner.report.figures import Figures
    from planner.scenario.schema import Scenario


@dataclass(frozen=True)
class Sheet:
    """A table to read: caption, heads, rows; the first `texts` columns are words, the others figures.

    `bars`, where given, are widths in percent drawn behind the last column; `words` explain the heads, as
    (head, sentence) pairs, and an empty head explains the whole table.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    bars: tuple[float, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


def part_of(amount: float, total: float) -> str:
    """Return a part of a total as a percentage."""
    return percent(amount / total) if total > 0 else NOTHING


def width_of(amount: float, total: float) -> float:
    """Return the width of a bar in percent of the longest."""
    return round(min(100 * amount / total, 100.0), 1) if total > 0 else 0.0


def changes(scenario: Scenario, figures: Figures) -> Sheet:
    """List what is changed of what stands."""
    heads = [_("Service"), _("Place"), _("Neighbourhood"), _("Is"), _("Change"), _("Can serve"), _("Serves")]
    heads += [_("Cost, once"), _("To run, a year, beyond today")]
    labels = figures.services["label"]
    table = figures.in_state(*CHANGES)
    rows = tuple(changed_row(row, str(labels[row["service"]])) for row in records(table))
    caption = _("What is changed of what stands today")
    return Sheet(f"{caption} ({scenario.budget.currency})", tuple(heads), rows, 5)


def facilities(scenario: Scenario, figures: Figures, *, existing: bool) -> Sheet:
    """List what is built, or what stands and is in use as it is."""
    table = figures.in_state(*(["stands"] if existing else ["built", "programme"]))
    table = table.sort_values(["service", "label", "provider"], kind="stable")
    labels = figures.services["label"]
    rows = tuple(_facility(row, str(labels[row["service"]]), existing=existing) for row in records(table))
    caption = _("What stands today and is in use") if existing else _("What is built")
    heads = [_("Service"), _("Place"), _("Neighbourhood"), _("Can serve"), _("Serves")]
    if not existing:
        heads[3:3] = [_("Size"), _("Modules")]
        heads += [_("To build"), _("To run, a year"), _("Land (m²)")]
        caption = f"{caption} ({scenario.budget.currency})"
    return Sheet(caption, tuple(heads), rows, 3 if existing else 4)


def _facility(row: dict[str, Any], service: str, *, existing: bool) -> tuple[str, ...]:
    name = str(row["label"]) or str(row["place"])
    capacity = number(row["capacity"], 0) if math.isfinite(row["capacity"]) else _("unlimited")
    words = (service, name, str(row["neighbourhood_label"]) or NOTHING)
    use = (capacity, number(row["served"], 0))
    if existing:
        return (*words, *use)
    costs = (number(row["capital_cost"]), number(row["operating_cost"]), number(row["land_m2"]))
    return (*words, option_name(str(row["option"])), number(row["modules"]), *use, *costs)


def served(figures: Figures) -> Sheet:
    """Tell need served before and after, by service, at any quality and quality-weighted."""
    heads = (
        _("Service"),
        _("Need is"),
        _("Need"),
        _("Served before"),
        _("Served after"),
        _("Share after"),
        _("Share after, times quality"),
    )
    rows = []
    for row in records(figures.services):
        need = row["need"]
        meaning = _("not met today") if row["meaning"] == "deficit" else _("everyone who needs it")
        total = f"{number(need, 0)} {people(str(row['unit']), need)}"
        shares = (part_of(row["reached"], need), part_of(row["quality"], need))
        rows.append(
            (
                str(row["label"]),
                meaning,
                total,
                number(row["reached_before"], 0),
                number(row["reached"], 0),
                *shares,
            )
        )
    return Sheet(_("Need served, before and after"), heads, tuple(rows), 2)


def left_unmet(plan: Plan, figures: Figures) -> Sheet:
    """Tell how much need is left, and why."""
    last = plan.unmet[plan.unmet["period"] == plan.unmet["period"].max()]
    sums = last.groupby(["service", "reason"])["unmet"].sum().reset_index()
    heads = (_("Service"), _("Why"), _("Need left"), _("Share of all need"))
    rows = []
    for row in records(sums[sums["unmet"] > 0]):
        service = figures.services.loc[row["service"]]
        amount = f"{number(row['unmet'], 0)} {people(str(service['unit']), row['unmet'])}"
        rows.append(
            (str(service["label"]), reason(row["reason"]), amount, part_of(row["unmet"], service["need"]))
        )
    return Sheet(_("Need that the plan leaves, and why"), heads, tuple(rows), 2)


def wellbeing_by_group(figures: Figures) -> Sheet:
    """Tell wellbeing before and after by group and by fifth of residents."""
    heads = (_("Who"), _("People"), _("Before"), _("After"), _("Change"))
    names = {1: _("The worst-off fifth of residents"), 2: _("The second fifth"), 3: _("The middle fifth")}
    names |= {4: _("The fourth fifth"), 5: _("The best-off fifth of residents")}
    rows = [_gain(group_name(str(row["label"])), row) for row in records(figures.groups)]
    rows += [
        _gain(names[number_], row) for number_, row in zip(range(1, 6), records(figures.fifths), strict=True)
    ]
    return Sheet(_("Mean wellbeing of the places where people live"), heads, tuple(rows))


def _gain(name: str, row: dict[str, Any]) -> tuple[str, ...]:
    outcome = (number(row["before"], 2), number(row["after"], 2), change(row["change"]))
    return name, number(row["people"], 0), *outcome


def neighbourhoods(figures: Figures) -> Sheet:
    """List every neighbourhood: residents, wellbeing, share of each need served."""
    table = figures.neighbourhoods.sort_values("label", kind="stable")
    services = list(figures.labels)
    heads = [_("Neighbourhood"), _("Residents"), _("Before"), _("After"), _("Change")]
    heads += [_("%(service)s served") % {"service": figures.labels[s]} for s in services]
    share = (figures.places["reached"] / figures.places["need"].where(figures.places["need"] > 0)).to_dict()
    rows = []
    for name, row in zip(table.index, records(table), strict=True):
        served_ = (percent(share.get((name, s), float("nan"))) for s in services)
        outcome = (number(row["before"], 2), number(row["after"], 2), change(row["change"]))
        rows.append((str(row["label"]), number(row["population"], 0), *outcome, *served_))
    return Sheet(
        _("Every neighbourhood: residents, wellbeing, share of need served"), tuple(heads), tuple(rows)
    )


def indicators(table: pd.DataFrame, figures: Figures) -> list[Sheet]:
    """Tell every indicator by group, before → after: one table for each service and measure."""
    last = table[table["period"] == table["period"].max()]
    return [
        _indicator(str(s), str(m), part, figures)
        for (s, m), part in last.groupby(["service", "measure"], sort=True)
    ]


def _indicator(service: str, measure: str, part: pd.DataFrame, figures: Figures) -> Sheet:
    summaries = sorted(set(part["summary"]))
    units = part.groupby("summary")["unit"].first()
    found = part.set_index(["group", "summary", "when"])["value"].to_dict()
    labels = figures.groups["label"].to_dict()
    groups = sorted(
        set(part["group"]), key=lambda g: (list(labels).index(g) if g in labels else len(labels), g)
    )
    rows = []
    for group in groups:
        cells = (_pair(found, group, s, str(units[s]), measure) for s in summaries)
        rows.append((group_name(str(labels.get(group, group))), *cells))
    title = str(figures.services["label"].get(service, service))
    caption = measure_name(measure) if service == "all" else f"{title}: {measure_name(measure)}"
    heads = (_("Who"), *(summary_name(summary) for summary in summaries))
    words = (
        ("", explain_measure(measure)),
        *((summary_name(s), explain_summary(s, measure)) for s in summaries),
    )
    return Sheet(caption[:1].upper() + caption[1:], heads, tuple(rows), words=words)


def _pair(found: dict[Any, float], group: str, summary: str, unit: str, measure: str) -> str:
    texts = [
        indicator_value(float(found[group, summary, when]), unit, measure, summary)
        for when in ("before", "after")
        if (group, summary, when) in found
    ]
    return " → ".join(texts) or NOTHING
