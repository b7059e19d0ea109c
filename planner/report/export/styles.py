"""The maps of a run for QGIS, one idea a layer, in the classes and colours of the page."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from planner.report.classes import breaks, decimals_of, legend_of, rounded_breaks
from planner.report.drawing import FEW
from planner.report.export import qml
from planner.report.layers import service_key
from planner.report.numbers import change, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from planner.frames import Column
    from planner.report.export.bundle import Bundle

SHEET = Path(__file__).parents[1] / "templates" / "pictures.css"
NO_DATA, LINKS = "#9aa3ab", "#4c5a67"
NAMED = ("neighbourhood", "label", "residents")
CHANGES = 4
SEEN = 0.0005
"""Changes below this are told as none, as on the page."""
STATES = (
    ("built", ("built", "programme")),
    ("stands today", ("stands",)),
    ("changed", ("expanded", "upgraded", "repurposed")),
    ("closed", ("closed",)),
)


@dataclass(frozen=True)
class Idea:
    """One map: name of its layer, the layer that it is drawn from, columns of it, style, meaning."""

    name: str
    source: str
    columns: tuple[Column, ...]
    style: str
    meaning: str

    @property
    def is_view(self) -> bool:
        """Whether it shows a part of another layer."""
        return self.name != self.source


@cache
def colours() -> dict[str, str]:
    """Colour of every class of the page, from its style sheet."""
    text = SHEET.read_text(encoding="utf-8")
    fills = re.findall(r"\.(\w+)\{fill:(#[0-9a-f]{6})\}", text)
    return dict(fills) | dict(re.findall(r"\.(s\d)\{color:(#[0-9a-f]{6})\}", text))


def ideas(bundle: Bundle) -> Iterator[Idea]:
    """Give every map: the three layers as they are, then wellbeing and each service, before and after."""
    yield Idea(
        "neighbourhoods", "neighbourhoods", _columns(bundle), qml.style(_land(), _columns(bundle)),
        bundle.layers["neighbourhoods"].meaning,
    )  # fmt: skip
    for name, renderer in (("facilities", _facilities(bundle)), ("links", _links(bundle))):
        layer = bundle.layers[name]
        yield Idea(name, name, layer.columns, qml.style(renderer, layer.columns), layer.meaning)
    yield from _wellbeing(bundle)
    for service in bundle.labels:
        yield from _service(bundle, service)


def _columns(bundle: Bundle) -> tuple[Column, ...]:
    return bundle.layers["neighbourhoods"].columns


def _land() -> str:
    lived, empty = qml.area(colours()["land"]), qml.hatched(NO_DATA)
    return qml.ruled(
        [
            qml.Rule('"residents" > 0', "residents", lived),
            qml.Rule('coalesce("residents", 0) <= 0', "no residents", empty),
        ]
    )


def _wellbeing(bundle: Bundle) -> Iterator[Idea]:
    frame = bundle.layers["neighbourhoods"].frame
    both = [*frame["wellbeing_before"], *frame["wellbeing"]]
    edges = breaks(both)
    if not edges:
        return
    decimals = decimals_of(edges)
    steps = _steps(both, edges, legend_of(edges, lambda value: number(value, decimals)))
    pair = (("wellbeing_before", "wellbeing_before"), ("wellbeing_after", "wellbeing"))
    for name, column in pair:
        yield _view(bundle, name, column, qml.graduated(column, steps))
    yield _view(bundle, "wellbeing_change", "wellbeing_change", _changes(frame["wellbeing_change"]))


def _service(bundle: Bundle, service: str) -> Iterator[Idea]:
    frame = bundle.layers["neighbourhoods"].frame
    keys = {"before": service_key(service, "share_before"), "after": service_key(service, "share")}
    if not set(keys.values()) <= set(frame.columns):
        return
    every = [
        value
        for other in bundle.labels
        for key in (service_key(other, "share_before"), service_key(other, "share"))
        if key in frame.columns
        for value in frame[key]
    ]
    edges = rounded_breaks(every)
    steps = _steps(every, edges, legend_of(edges, percent))
    for when, key in keys.items():
        if when == "after" or frame[key].max() > 0:
            yield _view(bundle, f"{service}_served_{when}", key, qml.graduated(key, steps))


def _view(bundle: Bundle, name: str, column: str, renderer: str) -> Idea:
    columns = tuple(c for c in _columns(bundle) if c.name in {*NAMED, column})
    meaning = next(c.meaning for c in columns if c.name == column)
    return Idea(name, "neighbourhoods", columns, qml.style(renderer, columns), meaning)


def _steps(
    values: Sequence[float], edges: Sequence[float], legend: Sequence[tuple[str, str]]
) -> list[qml.Step]:
    """Classes that hold every value: the breaks are rounded, so the ends are moved outwards."""
    finite = [value for value in values if math.isfinite(value)]
    ends = [*edges]
    ends[0] = min([edges[0], *finite])
    ends[-1] = max([edges[-1], *finite])
    return [
        qml.Step(low, high, colours()[colour], text)
        for (low, high), (colour, text) in zip(pairwise(ends), legend, strict=True)
    ]


def _changes(values: pd.Series) -> str:
    """Gains and losses apart, in the same steps on both sides, as on the page."""
    seen = [abs(value) for value in values if math.isfinite(value) and abs(value) >= SEEN]
    edges = breaks(seen, CHANGES) or [SEEN, SEEN]
    places = decimals_of(edges)
    ends = [SEEN, *edges[1:-1], max([edges[-1], *seen])]
    pairs, told = list(pairwise(ends)), list(pairwise(edges))
    gains = [
        qml.Step(low, high, colours()[f"g{n}"], _span(*told[n], places))
        for n, (low, high) in enumerate(pairs)
    ]
    losses = [
        qml.Step(-high, -low, colours()[f"l{n}"], _span(-told[n][1], -told[n][0], places))
        for n, (low, high) in enumerate(pairs)
    ]
    none = qml.Step(-SEEN, SEEN, colours()["z"], "no change")
    drawn = [s for s in (*reversed(losses), none, *gains) if values.between(s.low, s.high).any()]
    return qml.graduated("wellbeing_change", drawn)


def _span(low: float, high: float, places: int) -> str:
    texts = change(low, places), change(high, places)
    return texts[0] if texts[0] == texts[1] else " – ".join(texts)


def _facilities(bundle: Bundle) -> str:
    """Marks by service and state; where several services share a place, they stand round it."""
    frame = bundle.layers["facilities"].frame
    crowd = 1.0 if len(frame) <= FEW else 0.6
    around = 2 * math.pi / max(len(bundle.labels), 1)
    apart = 1.6 * crowd if frame.groupby(frame.geometry.to_wkb())["service"].nunique().max() > 1 else 0.0
    most = bundle.layers["facilities"].frame.groupby("service")["served"].max()
    rules = []
    for shape, (service, label) in enumerate(bundle.labels.items()):
        colour = colours()[f"s{shape % len(qml.MARKS)}"]
        top = float(most.get(service, 0.0)) or 1.0
        aside = (apart * math.cos(around * shape), apart * math.sin(around * shape))
        size = f'{1.4 * crowd!r} + {3 * crowd!r} * sqrt(coalesce("served", 0) / {top!r})'
        marks = {
            "built": qml.mark(shape, colour, "#ffffff", size=size, aside=aside),
            "stands today": qml.mark(shape, "#ffffff", colour, size=size, aside=aside),
            "changed": qml.mark(shape, colour, "#1b2530", size=size, aside=aside),
            "closed": qml.mark(shape, "#ffffff", colour, size=size, aside=aside, dashed=True),
        }
        mine = f"{qml.name_of('service')} = {qml.text_of(service)}"
        rules += [
            qml.Rule(
                f'{mine} AND "state" IN ({", ".join(map(qml.text_of, states))})',
                f"{label}: {what}",
                marks[what],
            )
            for what, states in STATES
        ]
    return qml.ruled(rules)


def _links(bundle: Bundle) -> str:
    most = float(bundle.layers["links"].frame["served"].max() or 1.0)
    most = most if math.isfinite(most) else 1.0
    return qml.single(qml.line(LINKS, f'0.1 + 1.5 * sqrt(coalesce("served", 0) / {most!r})'))
