"""Styles as QGIS writes them (QML): areas in classes, hatching for no data, marks by service, lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.frames import Column

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKS = ("circle", "square", "triangle", "diamond", "pentagon", "cross_fill", "hexagon", "star")
"""Marks of QGIS, in the order of the shapes of the page."""
LINE = {"outline_style": "solid", "outline_width_unit": "MM"}


@dataclass(frozen=True)
class Step:
    """One class of a graduated map: from, to, colour (`#rrggbb`), words for the legend."""

    low: float
    high: float
    colour: str
    text: str


@dataclass(frozen=True)
class Rule:
    """One kind of feature: which (an expression of QGIS), words for the legend, symbol."""

    which: str
    text: str
    symbol: str


def style(renderer: str, columns: Iterable[Column]) -> str:
    """Return a whole style: how features are drawn, and by which names their columns are shown."""
    shown = "".join(
        f"<alias index={quoteattr(str(n))} field={_quoted(column.name)} name={_quoted(alias(column))}/>"
        for n, column in enumerate(columns, 1)
    )
    return (
        f'{HEAD}<qgis version="3.22" styleCategories="Symbology|Fields">{renderer}'
        f"<aliases>{shown}</aliases></qgis>"
    )


def alias(column: Column) -> str:
    """Name under which a column is shown: what it tells, and its unit."""
    meaning = column.meaning.partition(";")[0]
    return meaning if column.unit in {"–", "1"} else f"{meaning} [{column.unit}]"


def graduated(column: str, steps: Sequence[Step]) -> str:
    """Draw areas in classes of a column."""
    ranges = "".join(
        f'<range lower="{step.low!r}" upper="{step.high!r}" symbol="{n}" label={_quoted(step.text)} '
        'render="true"/>'
        for n, step in enumerate(steps)
    )
    symbols = "".join(_named(str(n), area(step.colour)) for n, step in enumerate(steps))
    return (
        f'<renderer-v2 type="graduatedSymbol" attr={_quoted(column)} graduatedMethod="GraduatedColor" '
        f'symbollevels="0" enableorderby="0" forceraster="0"><ranges>{ranges}</ranges>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def ruled(rules: Sequence[Rule]) -> str:
    """Draw each kind of feature by its own symbol."""
    told = "".join(
        f'<rule key="{{r{n}}}" filter={_quoted(rule.which)} symbol="{n}" label={_quoted(rule.text)}/>'
        for n, rule in enumerate(rules)
    )
    symbols = "".join(_named(str(n), rule.symbol) for n, rule in enumerate(rules))
    return (
        '<renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0">'
        f'<rules key="{{all}}">{told}</rules><symbols>{symbols}</symbols></renderer-v2>'
    )


def single(symbol: str) -> str:
    """Draw every feature alike."""
    return (
        '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<symbols>{_named('0', symbol)}</symbols></renderer-v2>"
    )


def area(colour: str) -> str:
    """Fill an area with a colour, with a border that tells neighbours apart."""
    options = LINE | {"color": _rgb(colour), "style": "solid", "outline_color": _rgb("#8a939b")}
    return _symbol("fill", "SimpleFill", options | {"outline_width": "0.15"})


def hatched(colour: str) -> str:
    """Hatch an area of which nothing is known."""
    options = LINE | {"color": _rgb(colour), "style": "b_diagonal", "outline_color": _rgb(colour)}
    return _symbol("fill", "SimpleFill", options | {"outline_width": "0.15"})


def mark(
    shape: int,
    fill: str,
    border: str,
    *,
    size: str,
    dashed: bool = False,
    aside: tuple[float, float] = (0, 0),
) -> str:
    """Draw a point as a mark, `aside` [mm] of it; `size` is an expression of QGIS that gives millimetres."""
    options = LINE | {"name": MARKS[shape % len(MARKS)], "color": _rgb(fill), "outline_color": _rgb(border)}
    options |= {"outline_width": "0.5", "size": "3", "size_unit": "MM"}
    options |= {"offset": f"{aside[0]:.2f},{aside[1]:.2f}", "offset_unit": "MM"}
    return _symbol(
        "marker", "SimpleMarker", options | ({"outline_style": "dash"} if dashed else {}), size=size
    )


def line(colour: str, width: str) -> str:
    """Draw a line; `width` is an expression of QGIS that gives millimetres."""
    options = {
        "line_color": _rgb(colour),
        "line_width": "0.3",
        "line_width_unit": "MM",
        "line_style": "solid",
    }
    return _symbol("line", "SimpleLine", options, outlineWidth=width)


def _symbol(kind: str, layer: str, options: Mapping[str, str], **driven: str) -> str:
    told = "".join(f'<Option name="{key}" type="QString" value={_quoted(v)}/>' for key, v in options.items())
    return (
        f'type="{kind}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{told}</Option>'
        f"{_driven(driven)}</layer>"
    )


def _driven(driven: Mapping[str, str]) -> str:
    if not driven:
        return ""
    told = "".join(
        f'<Option name="{key}" type="Map"><Option name="active" type="bool" value="true"/>'
        f'<Option name="expression" type="QString" value={_quoted(expression)}/>'
        '<Option name="type" type="int" value="3"/></Option>'
        for key, expression in driven.items()
    )
    return (
        '<data_defined_properties><Option type="Map"><Option name="name" type="QString" value=""/>'
        f'<Option name="properties" type="Map">{told}</Option>'
        '<Option name="type" type="QString" value="collection"/></Option></data_defined_properties>'
    )


def _named(name: str, symbol: str) -> str:
    return f'<symbol name="{name}" {symbol}</symbol>'


def _quoted(text: str) -> str:
    """Return words as an attribute: nothing that XML forbids, nothing that QGIS would reckon out."""
    return quoteattr(NOT_XML.sub("\ufffd", text).replace("[%", "[ %"))


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"{red},{green},{blue},255"


def text_of(value: str) -> str:
    """Return a text as a literal of an expression of QGIS."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def name_of(column: str) -> str:
    """Return a column as an expression of QGIS names it."""
    return '"' + column.replace('"', '""') + '"'
