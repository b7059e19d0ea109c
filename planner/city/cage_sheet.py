"""Inside the cage: one sheet of an Excel workbook, as it shows itself; numbers stay what they are."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from difflib import get_close_matches
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import iterparse

from planner.city.cage_csv import gather
from planner.city.cage_rows import SEEN, Body, Row, check_twice, find_head
from planner.city.cage_table import WHOLE, check_size
from planner.city.formats import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.city.cage_rows import Head

TIGHT = 300
"""A part of a workbook that unpacks to more than this many times its size, and is large, is a bomb."""
SMALL = 64 * 1024**2
"""Unpacked size up to which nobody asks how tightly a part was packed [byte]."""
ZEROS = re.compile(r"0{2,}")
"""The number format of a code with leading zeros."""
SAVE = "open it in a spreadsheet program and save it again as .xlsx"
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheet(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    """Read the wanted columns of a sheet as text, and which cells are numbers there."""
    try:
        import openpyxl  # noqa: PLC0415
    except ImportError:
        hint = "install it with `pip install 'wellbeing-planner[excel]'`, or save the sheet as CSV (UTF-8)"
        raise Refused("reading Excel needs the package `openpyxl`, which is not installed", hint) from None
    _check_packed(path)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = _sheet(book, wanted["layer"])
        sheet.reset_dimensions()
        return _columns(path, sheet, wanted, target) | {"sheet": sheet.title}
    finally:
        book.close()


def _check_packed(path: Path) -> None:
    """Refuse a workbook that would unpack to more than fits."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused("it cannot be read, perhaps it is damaged", SAVE) from None
    check_size(sum(part.file_size for part in parts))
    for part in parts:
        if part.file_size > SMALL and part.file_size > TIGHT * max(part.compress_size, 1):
            raise Refused(
                f"a part of it unpacks to {part.file_size / max(part.compress_size, 1):,.0f} times its size",
                SAVE,
            )


def _sheet(book: Any, name: str | None) -> Any:  # noqa: ANN401 - openpyxl ships no types
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
    names = [sheet.title for sheet in sheets]
    listed = f"sheets: {', '.join(names[:20])}"
    if not sheets:
        raise Refused("the workbook holds no sheet with cells")
    if name is None:
        if len(sheets) > 1:
            raise Refused(f"the workbook holds {len(sheets)} sheets", f"name one with `layer`; {listed}")
        return sheets[0]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        raise Refused(
            f"there is no sheet `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""), listed
        )
    return sheets[names.index(name)]


def _columns(path: Path, sheet: Any, wanted: dict[str, Any], target: Path) -> dict[str, Any]:  # noqa: ANN401
    given, columns = wanted.get("table") or {}, wanted["columns"]
    merged, formulas = _merged(path, sheet)
    every = _rows(sheet)
    first = list(islice(every, SEEN))
    head = find_head(first, columns, given.get("head"))
    check_twice(head.names, columns, head.lines[-1])
    _check_merged(merged, head, columns)
    if formulas:
        _check_formulas(path, sheet.title, head, columns)
    body = Body(len(head.names), given.get("footer"), "row")
    body.above((row for row in first if row.filled), head)
    below = (_fitted(row, body) for row in chain(first, every) if row.line > head.lines[-1])
    answer = gather(body.rows(below), head, columns, target)
    return answer | body.told(head)


def _fitted(row: Row, body: Body) -> Row:
    """Make a row as wide as the head; what stands beside the table is noted."""
    beside = [cell for cell in row.cells[body.width :] if cell]
    if beside:
        body.left_out.append((row.line, " · ".join(beside)[:80], "beside the table"))
    cells = (row.cells + [""] * body.width)[: body.width]
    typed = ((row.typed or []) + [False] * body.width)[: body.width]
    return Row(row.line, cells, typed)


def _rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        told = [_text(cell) for cell in cells]
        yield Row(line, [text for text, _ in told], [typed for _, typed in told])


def _text(cell: Any) -> tuple[str, bool]:  # noqa: ANN401
    """Text of a cell, and whether the sheet holds it as a number."""
    value = cell.value
    if value is None:
        return "", False
    if isinstance(value, bool):
        return str(value).upper(), False
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or "")), True
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat(), False
    return str(value).strip(), False


def _number(value: float, shown: str) -> str:
    """A number without loss; leading zeros that its format shows are kept."""
    if isinstance(value, float) and (abs(value) >= WHOLE or value != int(value)):
        return repr(value)
    whole = str(int(value))
    return whole.zfill(len(shown)) if ZEROS.fullmatch(shown) and value >= 0 else whole


def _merged(path: Path, sheet: Any) -> tuple[list[str], bool]:  # noqa: ANN401
    """Ranges of cells that are merged, and whether the sheet holds formulas."""
    merged, formulas = [], False
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:  # noqa: SLF001
        for _, element in iterparse(part):  # noqa: S314 - in the cage, with its limits
            if element.tag == f"{SPACE}mergeCell":
                merged.append(element.get("ref", ""))
            formulas = formulas or element.tag == f"{SPACE}f"
            if element.tag in {f"{SPACE}row", f"{SPACE}c"}:
                element.clear()
    return merged, formulas


def _check_merged(merged: list[str], head: Head, columns: list[str]) -> None:
    """Refuse merged cells among the data: one value in the place of several cannot be counted."""
    from openpyxl.utils import range_boundaries  # noqa: PLC0415

    asked = {number for number, name in enumerate(head.names, start=1) if name in columns}
    for reference in merged:
        left, top, right, bottom = range_boundaries(reference)
        wide = (bottom == top and asked & set(range(left + 1, right + 1))) or bottom > top
        if top > head.lines[-1] and wide and asked & set(range(left, right + 1)):
            raise Refused(
                f"the cells {reference} are merged, so that one value stands for several",
                "undo the merging, and write the value into each cell",
                str(top),
            )


def _check_formulas(path: Path, title: str, head: Head, columns: list[str]) -> None:
    """Refuse formulas whose values were never computed: programs write such files, people see zeros."""
    import openpyxl  # noqa: PLC0415

    asked = [number for number, name in enumerate(head.names) if name in columns]
    written = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    values = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        pairs = zip(written[title].iter_rows(), values[title].iter_rows(), strict=False)
        for line, (formula, value) in enumerate(pairs, start=1):
            for column in asked:
                if column < len(formula) and formula[column].data_type == "f" and value[column].value is None:
                    raise Refused(
                        f"`{head.names[column]}` holds a formula whose value was never computed",
                        SAVE,
                        str(line),
                    )
    finally:
        written.close()
        values.close()
