"""One Excel workbook: notes first, a sheet a table, typed columns, frozen heads, never a live formula."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.frames import INDICATORS
from planner.report.export.bundle import ABOUT, DICTIONARY, Bundle, dictionary, with_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from planner.frames import Column

MOST_ROWS = 1_000_000
"""Rows on one sheet; Excel has 1,048,576."""
LONGEST = 32_000
"""Letters in one cell; Excel has 32,767."""
NARROW, WIDE = 9, 48
DATED = datetime(2000, 1, 1, tzinfo=UTC)
SHARES = ("share", "share_before")
"""Endings of the columns that hold shares of a whole."""
PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write everything into one workbook; the same run gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - an extra

    layers = [with_places(layer) for layer in bundle.layers.values()]
    with xlsxwriter.Workbook(folder / name, PLAIN | {"in_memory": True}) as book:
        book.set_properties({"title": _plain(bundle.scenario.name), "created": DATED.replace(tzinfo=None)})
        about = pd.DataFrame(bundle.about, columns=[column.name for column in ABOUT])
        sheet = _Book(book)
        sheet.add("notes", ABOUT, about, wrap=True)
        for layer in layers:
            sheet.add(layer.name, layer.columns, layer.frame)
        sheet.add(INDICATORS.name, INDICATORS.columns, bundle.indicators)
        sheet.add("columns", DICTIONARY, dictionary(bundle, layers))


class _Book:
    """A workbook as sheets are added, with the forms of its cells."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter is an extra
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        self.forms: dict[str, Any] = {}

    def add(self, name: str, columns: Sequence[Column], table: pd.DataFrame, *, wrap: bool = False) -> None:
        """Add a table, on as many sheets as it takes."""
        for start in range(0, max(len(table), 1), MOST_ROWS):
            part = table.iloc[start : start + MOST_ROWS]
            sheet = self.book.add_worksheet(name if not start else f"{name} {start // MOST_ROWS + 1}")
            self._fill(sheet, columns, part, wrap=wrap)

    def _fill(self, sheet: Any, columns: Sequence[Column], table: pd.DataFrame, *, wrap: bool) -> None:  # noqa: ANN401
        rows, last = len(table), len(columns) - 1
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, self.head)
            values = table[column.name].tolist()
            form = self._form("wrap" if wrap else _form_of(column))
            width = _width(column, values)
            sheet.set_column(place, place, 90 if wrap and place == last else width, form)
            _write_column(sheet, place, column.kind, values)
        sheet.freeze_panes(1, 0 if wrap else min(2, last))
        if rows:
            sheet.autofilter(0, 0, rows, last)
            sheet.ignore_errors({"number_stored_as_text": f"A2:XFD{rows + 1}"})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _form(self, form: str) -> Any:  # noqa: ANN401
        if form not in self.forms:
            look = {"text_wrap": True, "valign": "top"} if form == "wrap" else {"num_format": form}
            self.forms[form] = self.book.add_format(look)
        return self.forms[form]


def _form_of(column: Column) -> str:
    if column.kind == "text":
        return "@"
    if column.kind != "number":
        return "General"
    if column.name.endswith(SHARES):
        return "0.0%"
    if column.unit in {"1", "degree"}:
        return "0.000000" if column.unit == "degree" else "0.000"
    return "#,##0.00" if "/" in column.unit or column.name.endswith("_cost") else "#,##0.###"


def _write_column(sheet: Any, place: int, kind: str, values: Iterable[Any]) -> None:  # noqa: ANN401
    for row, value in enumerate(values, 1):
        if kind == "text":
            sheet.write_string(row, place, _plain(str(value)))
        elif kind == "flag":
            sheet.write_boolean(row, place, bool(value))
        elif math.isfinite(value):
            sheet.write_number(row, place, value)


def _plain(text: str) -> str:
    """A text as a cell can hold it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:LONGEST]


def _width(column: Column, values: Sequence[Any]) -> int:
    longest = max((len(str(value)) for value in values[:2000]), default=0) if column.kind == "text" else 12
    return min(max(NARROW, longest + 2, len(column.name) + 4), WIDE)
