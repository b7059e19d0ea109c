"""The page of a sweep: which keys matter for what, how, and every scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.explore.drivers import CHANCE, classes_of
from planner.explore.plot import path, scale, ticked
from planner.explore.swept import set_as
from planner.report import speech
from planner.report.charts import round_ticks
from planner.report.numbers import NOTHING, number, percent
from planner.report.page import template
from planner.report.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from planner.explore.sweep_file import Sweep
    from planner.explore.swept import Swept
    from planner.frames import Column

PAGE = "sweep.html"
WIDTH, HEIGHT = 360.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 12.0, 10.0, 46.0
SHARE = 0.05
"""Shares below this are told as dashes: they matter to nobody."""
PICTURES = 8
SHOWN = ("wellbeing_mean", "wellbeing_worst_off", "wellbeing_gini", "wellbeing_below_floor", "capital_cost")
"""Figures that the table of scenarios shows, where the runs tell them."""
PARTS = {
    "Wellbeing": ("wellbeing_",),
    "Services": ("reached_share_", "travel_"),
    "Money and places": ("capital_cost", "operating_cost", "modules_"),
}
ARROWS = {"more": " ↑", "less": " ↓", "": ""}
WAYS = {"more": "more of it with more of the key", "less": "less of it with more of the key"}


@dataclass(frozen=True)
class Dots:
    """A figure against a key: a dot a scenario, and the line of means."""

    key: str
    title: str
    told: str
    x_label: str
    dots: tuple[tuple[float, float], ...]
    mean: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def write_page(folder: Path, title: str, asked: Sweep, swept: Swept) -> None:
    """Write `sweep.html`: one file, no network."""
    with speech.spoken(speech.ENGLISH):
        text = template("sweep.html.j2").render(_context(title, asked, swept))
    (folder / PAGE).write_text(text, encoding="utf-8", newline="\n", errors="replace")


def _context(title: str, asked: Sweep, swept: Swept) -> dict[str, Any]:
    known = swept.results[swept.results["run"].ne("")]
    return {
        "title": title,
        "lead": [_answered(swept), *_what_matters(swept)],
        "varied": [_varied(key, swept) for key in swept.keys],
        "same": ", ".join(f"{key} = {value}" for key, value in asked.set.items()),
        "keys": swept.keys,
        "drives": list(_tables(swept)),
        "pictures": list(_pictures(swept, known)),
        "scenarios": _scenarios(swept, known),
        "failed": _failed(swept),
        "gaps": f"Their gaps: up to {percent(float(known['gap'].max()))}."
        if known["gap"].notna().any()
        else "",
    }


def _answered(swept: Swept) -> str:
    count = len(swept.results)
    if swept.failed:
        return f"{count - swept.failed:,} of {count:,} scenarios have a plan; {swept.failed:,} have none."
    return f"All {count:,} scenarios have a plan."


def strongest(swept: Swept, outcome: str) -> tuple[str, float, str] | None:
    """Key that drives a figure most, its share, and the way; None where chance would do."""
    mine = swept.drives[swept.drives["outcome"].eq(outcome)]
    told = mine[mine["by_chance"].le(CHANCE) & mine["share"].ge(SHARE)]
    if told.empty:
        return None
    row = told.sort_values("share", kind="stable").to_dict("records")[-1]
    return str(row["key"]).removeprefix("set: "), float(row["share"]), str(row["way"])


def _what_matters(swept: Swept) -> Iterator[str]:
    """What drives the figures that are told first, a sentence each."""
    labels = {column.name: column.meaning for column in swept.figures}
    for outcome in SHOWN:
        found = strongest(swept, outcome) if outcome in labels else None
        if found is not None:
            key, share, way = found
            words = f"; {WAYS[way]}" if way else ""
            label = labels[outcome][:1].upper() + labels[outcome][1:]
            yield f"{label}: {percent(share)} of the differences go with {key}{words}."


def _varied(key: str, swept: Swept) -> str:
    values = swept.results[set_as(key)]
    if pd.api.types.is_numeric_dtype(values):
        many = values.nunique()
        return f"{key}: {many:,} values from {number(values.min())} to {number(values.max())}"
    return f"{key}: " + ", ".join(dict.fromkeys(values.astype(str)))


def _tables(swept: Swept) -> Iterator[dict[str, Any]]:
    for caption, heads in PARTS.items():
        mine = [column for column in swept.figures if column.name.startswith(heads)]
        rows = [{"label": column.meaning, "cells": _cells(swept, column)} for column in mine]
        if rows:
            yield {"caption": caption, "rows": rows}


def _cells(swept: Swept, column: Column) -> list[dict[str, Any]]:
    mine = swept.drives[swept.drives["outcome"].eq(column.name)].set_index("key")
    told = mine.to_dict("index")
    return [_cell(told[set_as(key)]) for key in swept.keys]


def _cell(row: Mapping[Any, Any]) -> dict[str, Any]:
    share, chance = float(row["share"]), float(row["by_chance"])
    if not (chance <= CHANCE and share >= SHARE):
        return {"text": "–" if share == share else NOTHING, "shade": 0}  # noqa: PLR0124 - not a number
    return {"text": percent(share) + ARROWS[str(row["way"])], "shade": round(0.05 + 0.4 * share, 2)}


def _pictures(swept: Swept, known: pd.DataFrame) -> Iterator[Dots]:
    """The figures of wellbeing that a key drives, each against that key, the most driven first."""
    found = [(column, strongest(swept, column.name)) for column in swept.figures]
    driven = [
        (c, f) for c, f in found if f is not None and c.name.startswith(("wellbeing_", "reached_share_"))
    ]
    ordered = sorted(driven, key=lambda pair: (pair[0].name not in SHOWN, -pair[1][1], pair[0].name))
    for nth, (column, (key, _, _)) in enumerate(ordered[:PICTURES]):
        table = known[known[column.name].notna()]
        yield _dots(nth, column, key, table[set_as(key)], table[column.name].astype(float))


def _dots(nth: int, column: Column, key: str, values: pd.Series, figures: pd.Series) -> Dots:
    numeric = pd.api.types.is_numeric_dtype(values)
    names = sorted(set(values)) if numeric else list(dict.fromkeys(values))
    x = values.to_numpy(float) if numeric else np.array([names.index(value) for value in values], float)
    x_at = round_ticks(x.min(), x.max()) if numeric else [-0.5, *range(len(names)), len(names) - 0.5]
    y_at = round_ticks(float(figures.min()), float(figures.max()))
    across = scale(x_at, LEFT, WIDTH - RIGHT)
    up = scale(y_at, HEIGHT - BOTTOM, TOP)
    classes = tuple((across(k), str(name)) for k, name in enumerate(names))
    return Dots(
        key=f"dots-{nth}",
        title=column.meaning[:1].upper() + column.meaning[1:],
        told=f"{column.meaning}, against {key}: {len(values)} scenarios",
        x_label=key,
        dots=tuple((across(a), up(b)) for a, b in zip(x, figures, strict=True)),
        mean=_means(values, x, figures, across, up),
        x_ticks=ticked(x_at, across) if numeric else classes,
        y_ticks=ticked(y_at, up),
    )


def _means(
    values: pd.Series,
    x: np.ndarray,
    figures: pd.Series,
    across: Callable[[float], float],
    up: Callable[[float], float],
) -> str:
    """The line through the means of the classes of the key."""
    classes = classes_of(values)
    if classes is None:
        return ""
    table = pd.DataFrame({"x": x, "y": figures.to_numpy()}).groupby(classes).mean().sort_values("x")
    return path([(across(x), up(y)) for x, y in table.itertuples(index=False)])


def _scenarios(swept: Swept, known: pd.DataFrame) -> Sheet:
    figures = [column for column in swept.figures if column.name in SHOWN]
    heads = (
        "Run",
        *swept.keys,
        *(f"{c.meaning} [{c.unit}]" if c.unit != "1" else c.meaning for c in figures),
        "Gap",
    )
    keys = [set_as(key) for key in swept.keys]
    rows = [
        (
            str(row["run"]),
            *(_value(row[key]) for key in keys),
            *(_value(row[column.name]) for column in figures),
            percent(row["gap"]) if row["gap"] == row["gap"] else NOTHING,
        )
        for row in known.to_dict("records")
    ]
    return Sheet("Every scenario that has a plan", heads, tuple(rows))


def _value(value: object) -> str:
    if isinstance(value, float):
        return NOTHING if value != value else number(value)  # noqa: PLR0124 - not a number
    return str(value)


def _failed(swept: Swept) -> Sheet:
    table = swept.results[swept.results["run"].eq("")]
    heads = ("Scenario", *swept.keys, "Why")
    keys = [set_as(key) for key in swept.keys]
    rows = [
        (str(row["scenario"]), *(_value(row[key]) for key in keys), str(row["fault"]))
        for row in table.to_dict("records")
    ]
    return Sheet("Scenarios that could not be read or have no plan", heads, tuple(rows), len(heads))
