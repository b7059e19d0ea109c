"""The tables of a comparison, as rows of text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.report.changed import option_name
from planner.report.compare.asked import asked_apart, inputs_apart
from planner.report.compare.runs import EVERYONE, Pair
from planner.report.compare.tables import moved, sites, spent, spent_by
from planner.report.figures import records
from planner.report.numbers import NOTHING, money, number, percent
from planner.report.plain import explain_measure
from planner.report.reading import group_name, indicator_value, measure_name, summary_name
from planner.report.sheets import Sheet
from planner.report.speech import _
from planner.report.words import sure

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.compare.runs import Beside

NAMED = 400
"""Sites that are named in a table; the CSV beside holds all."""


def runs(beside: Beside) -> Sheet:
    """Tell which run has which letter, and how sure each plan is."""
    heads = (_("Run"), _("Scenario"), _("Principle"), _("Folder"), _("How sure"))
    rows = tuple(
        (letter, run.scenario.name, run.scenario.objective_name.replace("_", " "), run.name, _sure(beside, n))
        for n, (letter, run) in enumerate(zip(beside.letters, beside.runs, strict=True))
    )
    return Sheet(_("The runs"), heads, rows, 5)


def _sure(beside: Beside, nth: int) -> str:
    run = beside.runs[nth]
    return sure(run.scenario, run.status)


def indicators(table: pd.DataFrame, beside: Beside) -> list[Sheet]:
    """Tell every indicator of every run, beside the first: one table a service and measure."""
    return [
        _indicator(str(service), str(measure), part, beside)
        for (service, measure), part in table.groupby(["service", "measure"], sort=True)
    ]


def first(table: pd.DataFrame, beside: Beside) -> Sheet:
    """Tell the indicators of everyone that are told first."""
    rows = []
    for (service, measure, summary), part in table.groupby(["service", "measure", "summary"], sort=False):
        name = f"{beside.services.get(str(service), '')}: " if service != "all" else ""
        label = f"{name}{measure_name(str(measure))}, {summary_name(str(summary))}"
        rows.append((_capital(label), *_cells(records(part), beside)))
    measures = [str(measure) for measure in dict.fromkeys(table["measure"])]
    words = tuple((_capital(measure_name(measure)), explain_measure(measure)) for measure in measures)
    heads = (_("What"), *beside.letters)
    return Sheet(_("What each plan does, for all residents"), heads, tuple(rows), words=words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _indicator(service: str, measure: str, part: pd.DataFrame, beside: Beside) -> Sheet:
    labels = beside.groups
    order = {name: place for place, name in enumerate(labels)}
    rows = []
    found = part.assign(order=part["group"].map(order).fillna(len(order)))
    told: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in records(found.sort_values(["order", "group", "summary"], kind="stable")):
        told.setdefault((row["group"], row["summary"]), []).append(row)
    for (group, summary), one in told.items():
        who = group_name(EVERYONE if group == EVERYONE else labels.get(str(group), str(group)))
        rows.append((who, summary_name(str(summary)), *_cells(one, beside)))
    name = (
        measure_name(measure)
        if service == "all"
        else f"{beside.services.get(service, service)}: {measure_name(measure)}"
    )
    heads = (_("Who"), _("What"), *beside.letters)
    return Sheet(_capital(name), heads, tuple(rows), 2, words=(("", explain_measure(measure)),))


def _cells(part: list[dict[str, Any]], beside: Beside) -> list[str]:
    rows = {int(row["nth"]): row for row in part}
    return [_cell(rows[n]) if n in rows else NOTHING for n in range(len(beside.runs))]


def _cell(row: dict[str, Any]) -> str:
    """A figure, and in words how it differs from the first run's."""
    keys = (str(row["unit"]), str(row["measure"]), str(row["summary"]))
    value, difference = float(row["value"]), float(row["difference"])
    told = indicator_value(value, *keys)
    if not math.isfinite(difference) or row["direction"] == "same":
        return told
    apart = _apart(difference, *keys)
    if not apart.strip("+−0. "):
        return told
    words = {"better": _("better"), "worse": _("worse"), "": ""}[str(row["direction"])]
    clear = {"yes": _("clear"), "no": _("within chance"), "": ""}[str(row["clear"])]
    return f"{told} ({', '.join(filter(None, (apart, words, clear)))})"


def _apart(difference: float, unit: str, measure: str, summary: str) -> str:
    """A difference with its sign; of two percentages in points; as 0 where it would not be seen."""
    text = indicator_value(difference, unit, measure, summary)
    if text.endswith("%"):
        text = number(100 * difference, 1)
        text = _("%(n)s points") % {"n": text} if text.strip("0.") else "0"
    elif not text.partition("\u00a0")[0].strip("−0."):
        text = "0"
    return f"+{text}" if difference > 0 else text


def money_by(beside: Beside, what: str) -> Sheet:
    """Tell the money of each run, by `service` or `district`; none where the runs tell no districts."""
    table = spent(beside)
    if what == "district" and not (table["district"] != "").any():
        return Sheet("", (), ())
    names = {"service": beside.services}.get(what, {})
    sums = table.groupby([what, "nth"])[["built", "capital_cost", "operating_cost"]].sum()
    total = (
        table.assign(**{what: "\uffff"})
        .groupby([what, "nth"])[["built", "capital_cost", "operating_cost"]]
        .sum()
    )
    rows = []
    for key in [*(k for k in (names or sorted(set(table[what])))), "\uffff"]:
        source = total if key == "\uffff" else sums
        label = _("All") if key == "\uffff" else names.get(key, key) or _("outside all districts")
        for column, told in (
            ("capital_cost", _("to build")),
            ("operating_cost", _("to run, a year")),
            ("built", _("facilities built")),
        ):
            values = [float(source[column].get((key, n), 0.0)) for n in range(len(beside.runs))]
            rows.append((label, told, *_beside_first(values, beside)))
    head = _("Service") if what == "service" else _("District")
    caption = _("Money, by service") if what == "service" else _("Money, by district")
    named = f"{caption} ({beside.currency})" if beside.currency else caption
    return Sheet(named, (head, _("What"), *beside.letters), tuple(rows), 2)


def _beside_first(values: list[float], beside: Beside) -> list[str]:
    told = [number(values[0])]
    for value in values[1:]:
        apart = value - values[0]
        differs = bool(beside.currency) and abs(apart) > 1e-9  # noqa: PLR2004 - as good as the same
        told.append(
            f"{number(value)} ({'+' if apart > 0 else ''}{number(apart)})" if differs else number(value)
        )
    return told


def people(beside: Beside, *, groups: bool) -> Sheet:
    """Tell how many gain and lose when one plan is taken rather than another, for all or for each group."""
    heads = [_("From → to"), _("Better off"), _("Neither"), _("Worse off")]
    names = {name: label for name, label in beside.groups.items() if groups or name == EVERYONE}
    rows = [
        _moves(beside, pair, name, label, groups=groups)
        for pair in beside.pairs
        for name, label in names.items()
    ]
    caption = _("Residents of neighbourhoods in which wellbeing is higher, the same or lower")
    if groups:
        heads.insert(1, _("Who"))
        caption = _("The same, by group")
    return Sheet(caption, tuple(heads), tuple(rows), 2 if groups else 1)


def _moves(beside: Beside, pair: Pair, name: str, label: str, *, groups: bool) -> tuple[str, ...]:
    counts = moved(beside, pair, name)
    few = max(run.scenario.indicators.smallest_group for run in beside.runs) if name != EVERYONE else 0.0
    total = sum(counts)
    told = [
        NOTHING
        if total < few or 0 < count < few
        else f"{number(count, 0)} ({percent(count / total)})"
        if total
        else NOTHING
        for count in counts
    ]
    way = f"{beside.letters[pair.first]} → {beside.letters[pair.second]}"
    return (way, group_name(name if name == EVERYONE else label), *told) if groups else (way, *told)


def places(beside: Beside) -> list[Sheet]:
    """Name the sites that all plans use, and those that only some do."""
    table = sites(beside)
    everywhere = table["runs"] == beside.letters
    heads = (_("Service"), _("Place"), _("Size"), _("Built or changed in"))
    sheets = []
    for part, caption in (
        (table[everywhere], _("Sites common to all (%(n)s)")),
        (table[~everywhere], _("Sites that only some plans use (%(n)s)")),
    ):
        rows = tuple(_site(beside, row) for row in records(part.head(NAMED).reset_index()))
        sheets.append(Sheet(caption % {"n": number(float(len(part)))}, heads, rows, 4))
    return sheets


def _site(beside: Beside, row: dict[str, Any]) -> tuple[str, ...]:
    service, place = str(row["service"]), str(row["place"])
    runs = ", ".join(row["runs"])
    return (
        beside.services.get(service, service),
        str(row["label"]) or place,
        option_name(str(row["option"])),
        runs,
    )


def overlap(beside: Beside) -> Sheet:
    """Tell, by service, how many sites each plan uses, all share, and only one has."""
    table = sites(beside)
    heads = (
        _("Service"),
        *beside.letters,
        _("in all"),
        *(_("only in %(run)s") % {"run": r} for r in beside.letters),
    )
    rows = []
    for service, label in beside.services.items():
        mine = table["runs"][table.index.get_level_values("service") == service]
        counts = [int(mine.str.contains(letter).sum()) for letter in beside.letters]
        alone = [int((mine == letter).sum()) for letter in beside.letters]
        rows.append(
            (label, *(number(float(n)) for n in (*counts, int((mine == beside.letters).sum()), *alone)))
        )
    return Sheet(_("Sites that are built or changed"), heads, tuple(rows))


def asked(beside: Beside) -> Sheet:
    """Tell every key in which the scenarios differ."""
    heads = (_("Key"), *beside.letters)
    return Sheet(_("Keys of the scenarios that differ"), heads, tuple(asked_apart(beside)), len(heads))


def inputs(beside: Beside) -> tuple[Sheet, int]:
    """Tell every input that is not the same in all runs, and how many are."""
    rows, same = inputs_apart(beside)
    heads = (_("File"), *beside.letters)
    return Sheet(_("Inputs that differ (SHA-256, first 12 digits)"), heads, tuple(rows), len(heads)), same


def costs(beside: Beside, nth: int) -> str:
    """What one plan costs, in words."""
    mine = spent_by(beside, nth)
    currency = beside.runs[nth].scenario.budget.currency
    facts = {"capital": money(float(mine["capital_cost"].sum()), currency)}
    facts |= {"running": money(float(mine["operating_cost"].sum()), currency)}
    return _("%(capital)s to build, %(running)s a year to run") % facts
