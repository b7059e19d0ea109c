"""Maps of a comparison: wellbeing under each plan, differences from the first, sites, each on one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.report.classes import breaks, decimals_of, legend_of
from planner.report.compare.tables import SEEN, sites
from planner.report.drawing import NO_DATA, SHAPES, Picture, Symbol, areas, change_legend, scale, signed_class
from planner.report.figures import records
from planner.report.numbers import change, number
from planner.report.outlines import outline
from planner.report.speech import _

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.compare.runs import Beside
    from planner.report.outlines import Outlines

CHANGES = 4


def draw(beside: Beside) -> dict[str, object]:
    """Draw every map of a comparison: outlines once, levels, differences, sites."""
    outlines = outline(beside.places)
    return {
        "shapes": outlines.shapes,
        "levels": _levels(beside, outlines),
        "differences": _differences(beside, outlines),
        "site_map": _sites(beside, outlines),
    }


def _label(beside: Beside, name: object) -> str:
    return str(beside.places["label"].get(name, name))


def _levels(beside: Beside, outlines: Outlines) -> list[Picture]:
    table = beside.wellbeing
    edges = breaks([value for nth in table for value in table[nth]])
    decimals = decimals_of(edges)
    legend = (*legend_of(edges, lambda v: number(v, decimals)), (NO_DATA, _("no residents")))
    text = _("Each neighbourhood by the mean wellbeing of its residents, all plans in the same classes.")
    return [
        Picture(
            f"level{nth}",
            _("%(run)s: wellbeing under the plan") % {"run": beside.letters[nth]},
            text,
            outlines,
            areas(outlines, scale(table[nth], edges), _tips(beside, table[nth], number)),
            legend,
        )
        for nth in range(len(beside.runs))
    ]


def _tips(beside: Beside, values: pd.Series, write: object) -> dict[str, str]:
    told = change if write is change else number
    return {
        str(name): f"{_label(beside, name)}: {told(value, 3) if math.isfinite(value) else _('no residents')}"
        for name, value in values.items()
    }


def _differences(beside: Beside, outlines: Outlines) -> list[Picture]:
    table = beside.wellbeing
    apart = {nth: _seen(table[nth] - table[0]) for nth in range(1, len(beside.runs))}
    every = [
        abs(value) for column in apart.values() for value in column if math.isfinite(value) and value != 0
    ]
    edges = breaks(every, CHANGES)
    colours = {
        nth: {str(name): signed_class(float(value), edges) for name, value in column.items()}
        for nth, column in apart.items()
    }
    used = {colour for one in colours.values() for colour in one.values()}
    legend = (*(entry for entry in change_legend(edges) if entry[0] in used), (NO_DATA, _("no residents")))
    text = _(
        "Each neighbourhood by how much higher (purple) or lower (orange) its wellbeing is than under the "
        "first plan, A; all on one scale."
    )
    return [
        Picture(
            f"apart{nth}",
            _("%(other)s rather than %(one)s") % {"other": beside.letters[nth], "one": beside.letters[0]},
            text,
            outlines,
            areas(outlines, colours[nth], _tips(beside, column, change)),
            legend,
        )
        for nth, column in apart.items()
    ]


def _seen(values: pd.Series) -> pd.Series:
    return values.where(values.abs() >= SEEN, 0.0).where(values.notna())


def _sites(beside: Beside, outlines: Outlines) -> Picture:
    table = sites(beside)
    table = table[table["x"].notna()]
    symbols = [_symbol(beside, outlines, row) for row in records(table.reset_index())]
    symbols.sort(key=lambda symbol: (symbol.state == "", symbol.x, symbol.y))
    shown = {symbol.shape if symbol.state == "" else symbol.state for symbol in symbols}
    legend = [
        (f"s{nth}", _("only in %(run)s") % {"run": letter})
        for nth, letter in enumerate(beside.letters)
        if nth in shown
    ]
    states = (("was", _("in all plans")), ("changed", _("in some, not in all")))
    legend += [entry for entry in states if entry[0] in shown]
    plain = dict.fromkeys(outlines.paths, "land")
    tips = {name: _label(beside, name) for name in outlines.paths}
    text = _("Every site that a plan builds on or changes: shape and colour tell which plans use it.")
    title = _("Sites common to all, and those that are not")
    return Picture(
        "sites", title, text, outlines, areas(outlines, plain, tips), tuple(legend), tuple(symbols)
    )


def _symbol(beside: Beside, outlines: Outlines, row: dict[str, Any]) -> Symbol:
    x, y = outlines.place(row["x"], row["y"])
    runs, service = str(row["runs"]), str(row["service"])
    alone = len(runs) == 1
    shape = beside.letters.index(runs) % SHAPES if alone else 0
    state = "" if alone else "was" if runs == beside.letters else "changed"
    text = f"{row['label']}: {beside.services.get(service, service)} – {', '.join(runs)}"
    return Symbol(round(x, 1), round(y, 1), 6.0 if alone else 4.0, shape, state, text)
