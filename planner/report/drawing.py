"""Maps for the page: areas in colour classes and symbols, each with what hovering tells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from planner.report.changed import became, option_name
from planner.report.classes import breaks, class_of, decimals_of, legend_of, ramp, rounded_breaks
from planner.report.figures import records
from planner.report.numbers import change, number, percent
from planner.report.reading import share_tip, tip
from planner.report.speech import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from planner.report.figures import Figures
    from planner.report.outlines import Outlines

NO_DATA = "nodata"
SHAPES = 8
FEW = 250
"""Symbols that have room on a map; where there are more, each is smaller."""
DRAWN = {"built": "", "stands": "was", "closed": "shut"}
"""How a facility is drawn by its state; others are changed."""


@dataclass(frozen=True)
class Area:
    """One neighbourhood on a map: id of its outline, colour class, what hovering tells."""

    key: str
    colour: str
    tip: str


@dataclass(frozen=True)
class Symbol:
    """One facility on a map: place, size, shape and colour of its service, what hovering tells.

    `state` is how it is drawn: empty for what is built, `was` for what stays, `changed`, `shut`.
    """

    x: float
    y: float
    size: float
    shape: int
    state: str
    tip: str
    nth: int = -1
    """Its place among the facilities of the plan; -1 where the map is of several plans."""


@dataclass(frozen=True)
class Picture:
    """A map: title, description, areas, symbols, legend as (class, text)."""

    key: str
    title: str
    description: str
    outlines: Outlines
    areas: tuple[Area, ...]
    legend: tuple[tuple[str, str], ...]
    symbols: tuple[Symbol, ...] = ()


def before_after(outlines: Outlines, figures: Figures) -> tuple[Picture, Picture]:
    """Draw wellbeing before and after with one scale."""
    table = figures.neighbourhoods
    edges = breaks([*table["before"], *table["after"]])
    decimals = decimals_of(edges)
    legend = (*legend_of(edges, lambda v: number(v, decimals)), (NO_DATA, _("no residents")))
    titles = {
        "before": _("Before: wellbeing with nothing built"),
        "after": _("After: wellbeing under the plan"),
    }
    text = _(
        "Each neighbourhood by the mean wellbeing of its residents, in the same classes before and after."
    )
    first, second = (
        Picture(when, title, text, outlines, _areas(outlines, table, scale(table[when], edges)), legend)
        for when, title in titles.items()
    )
    return first, second


def scale(values: pd.Series, edges: Sequence[float]) -> dict[str, str]:
    """Return the colour class of each value, by name; hatched where nothing is known."""
    count = len(edges) - 1
    return {
        str(name): ramp(class_of(float(value), edges), count) if math.isfinite(value) else NO_DATA
        for name, value in values.items()
    }


def _areas(outlines: Outlines, table: pd.DataFrame, colours: dict[str, str]) -> tuple[Area, ...]:
    tips = {
        str(name): tip(row["label"], row["population"], row["before"], row["after"])
        for name, row in table.iterrows()
    }
    return areas(outlines, colours, tips)


def areas(outlines: Outlines, colours: Mapping[str, str], tips: Mapping[str, str]) -> tuple[Area, ...]:
    """Return every neighbourhood that is drawn, in its colour, with what hovering tells."""
    return tuple(Area(key, colours[name], tips[name]) for name, key in outlines.keys.items())


def change_map(outlines: Outlines, figures: Figures) -> Picture:
    """Draw the change of wellbeing, gains and losses apart, in the same steps on both sides."""
    table = figures.neighbourhoods
    values = table["change"].where(table["change"].abs() >= 0.0005, 0.0).where(table["change"].notna())  # noqa: PLR2004 - seen as 0
    edges = breaks([abs(value) for value in values if math.isfinite(value) and value != 0], 4)
    colours = {str(name): signed_class(float(value), edges) for name, value in values.items()}
    used = set(colours.values())
    legend = [entry for entry in change_legend(edges) if entry[0] in used]
    legend.append((NO_DATA, _("no residents")))
    text = _("Each neighbourhood by how much the mean wellbeing of its residents changes.")
    title = _("Change: who gains how much")
    return Picture("change", title, text, outlines, _areas(outlines, table, colours), tuple(legend))


def signed_class(value: float, edges: Sequence[float]) -> str:
    """Return the colour class of a change: of a gain, of a loss, of none."""
    if not math.isfinite(value):
        return NO_DATA
    if value == 0:
        return "z"
    return f"{'g' if value > 0 else 'l'}{class_of(abs(value), edges)}"


def change_legend(edges: Sequence[float]) -> list[tuple[str, str]]:
    """Return (colour class, text) of every class of a change, the greatest loss first."""
    steps, places = list(pairwise(edges)), decimals_of(edges)
    losses = [(f"l{i}", _span(-high, -low, places)) for i, (low, high) in enumerate(steps)]
    gains = [(f"g{i}", _span(low, high, places)) for i, (low, high) in enumerate(steps)]
    return [*reversed(losses), ("z", _("no change")), *gains]


def _span(low: float, high: float, places: int) -> str:
    texts = change(low, places), change(high, places)
    return texts[0] if texts[0] == texts[1] else " – ".join(texts)


def service_maps(outlines: Outlines, figures: Figures) -> list[tuple[Picture, ...]]:
    """Draw the share of need served by service, in the same classes; before too where something stands."""
    shares = {str(service): _shares(figures, str(service)) for service in figures.services.index}
    edges = rounded_breaks(
        [v for table in shares.values() for when in ("before", "after") for v in table[when]]
    )
    return [
        tuple(
            _service_map(outlines, figures, table, edges, service=service, when=when)
            for when in ("before", "after")
            if when == "after" or table["reached_before"].sum() > 0
        )
        for service, table in shares.items()
    ]


def _shares(figures: Figures, service: str) -> pd.DataFrame:
    known = figures.places[figures.places.index.get_level_values("service") == service]
    table = known.droplevel("service").reindex(figures.neighbourhoods.index).fillna(0.0)
    need = table["need"].where(table["need"] > 0)
    return table.assign(before=table["reached_before"] / need, after=table["reached"] / need)


def _service_map(
    outlines: Outlines,
    figures: Figures,
    table: pd.DataFrame,
    edges: Sequence[float],
    *,
    service: str,
    when: str,
) -> Picture:
    label, unit = figures.labels[service], figures.units[service]
    colours, names = scale(table[when], edges), figures.neighbourhoods["label"].astype(str)
    served = "reached" if when == "after" else "reached_before"
    tips = {
        str(name): share_tip(names.loc[str(name)], label, row[served], row["need"], unit)
        for name, row in table.iterrows()
    }
    title = _("%(service)s, under the plan") if when == "after" else _("%(service)s, with nothing built")
    legend = (*legend_of(edges, percent), (NO_DATA, _("no need")))
    text = _("Each neighbourhood by the share of its need that is served, at any quality.")
    key = f"service{list(figures.labels).index(service)}{when}"
    heading = title % {"service": label}
    return Picture(
        key, heading[:1].upper() + heading[1:], text, outlines, areas(outlines, colours, tips), legend
    )


def built_map(outlines: Outlines, figures: Figures) -> Picture:
    """Draw what is built (filled), stands (hollow) or is changed, each service by shape and colour."""
    table = figures.neighbourhoods
    colours = {
        str(name): NO_DATA if not people > 0 else "land" for name, people in table["population"].items()
    }
    text = _("Every facility in use: shape and colour tell the service, size how much need it serves.")
    title = _("What is built, and where")
    order = {service: index for index, service in enumerate(figures.labels)}
    symbols = _symbols(outlines, figures, order)
    legend = [(f"s{index % SHAPES}", figures.labels[service]) for service, index in order.items()]
    drawn = {symbol.state for symbol in symbols}
    legend += [entry for entry in _states() if entry[0] in drawn]
    legend.append((NO_DATA, _("no residents")))
    return Picture("built", title, text, outlines, _areas(outlines, table, colours), tuple(legend), symbols)


def _states() -> list[tuple[str, str]]:
    return [
        ("was", _("hollow: stands today")),
        ("changed", _("dark outline: stands today and is changed")),
        ("shut", _("dashed: closed")),
    ]


def _symbols(outlines: Outlines, figures: Figures, order: dict[str, int]) -> tuple[Symbol, ...]:
    table = figures.facilities[figures.facilities["x"].notna()]
    most = table.groupby("service")["served"].transform("max").clip(lower=1e-9)
    crowd = min(1.0, max(0.7, math.sqrt(FEW / max(len(table), 1))))
    nth, sharing = table.groupby(["x", "y"]).cumcount(), table.groupby(["x", "y"])["place"].transform("size")
    symbols = []
    for position, row in enumerate(records(table)):
        x, y = outlines.place(row["x"], row["y"])
        if sharing.iloc[position] > 1:
            angle = 2 * math.pi * nth.iloc[position] / sharing.iloc[position]
            x, y = x + 8 * math.cos(angle), y + 8 * math.sin(angle)
        size = crowd * (4 + 5 * math.sqrt(row["served"] / most.iloc[position]))
        label = figures.labels[row["service"]]
        state = str(row["state"])
        what = became(state, label)
        text = f"{row['label']}: {label}, {option_name(str(row['option']))}" + (f" – {what}" if what else "")
        shape = order[row["service"]] % SHAPES
        drawn = DRAWN.get(state, "changed")
        nth_ = int(table.index[position])
        symbols.append(Symbol(round(x, 1), round(y, 1), round(size, 1), shape, drawn, text, nth_))
    return tuple(sorted(symbols, key=lambda symbol: (-symbol.size, symbol.x, symbol.y)))
