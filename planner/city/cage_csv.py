"""Inside the cage: CSV read as text, nothing guessed in silence, every row with its line number."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa

from planner.city.cage_rows import SEEN, Body, Head, Row, check_twice, find_head
from planner.city.cage_table import check_size, write
from planner.city.cage_text import encoding_of
from planner.city.formats import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BLOCK = 100_000
"""Rows that are gathered before they are put into columns."""
SEPARATORS = ",;\t|"
"""What may stand between two cells, the most common first."""


def read_csv(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    """Read the wanted columns of a CSV as text, in the encoding, with the separator and head that it has."""
    check_size(path.stat().st_size)
    given = wanted.get("table") or {}
    encoding = encoding_of(path, given.get("encoding"))
    with path.open(encoding=encoding, newline="") as file:
        return _columns(file, wanted["columns"], given, target) | {"encoding": encoding}


def _columns(file: TextIO, columns: list[str], given: dict[str, Any], target: Path) -> dict[str, Any]:
    separator, head, first = _look(file, columns, given)
    check_twice(head.names, columns, head.lines[-1])
    body = Body(len(head.names), given.get("footer"))
    body.above(first, head)
    below = (row for row in _rows(file, separator) if row.line > head.lines[-1])
    answer = gather(body.rows(below), head, columns, target)
    return answer | {"separator": separator} | body.told(head)


def _look(file: TextIO, columns: list[str], given: dict[str, Any]) -> tuple[str, Head, list[Row]]:
    """Separator, head and first rows: that separator with which most of the wanted columns are named."""
    start = file.readline()
    file.seek(0)
    stated = start.strip()[4:] if start.lower().startswith("sep=") and len(start.strip()) == 5 else ""  # noqa: PLR2004
    stated = stated or {"tab": "\t"}.get(given.get("separator", ""), given.get("separator", ""))
    looks = []
    for separator in stated or SEPARATORS:
        rows = list(islice(_rows(file, separator, strict=False), SEEN))
        head = find_head(rows, columns, given.get("head"))
        outside = next((row for row in rows if row.line == head.lines[-1]), Row(1, []))
        looks.append((head.found(columns), len(outside.cells), separator, head, rows))
    best = max(looks, key=lambda look: look[:2])
    return best[2], best[3], [row for row in best[4] if row.filled]


def _rows(file: TextIO, separator: str, *, strict: bool = True) -> Iterator[Row]:
    """Rows of the file, cells trimmed, each with the line on which it starts."""
    file.seek(0)
    reader = csv.reader(file, delimiter=separator, strict=strict)
    line = 1
    try:
        for row in reader:
            if line > 1 or not (len(row) <= 2 and row and row[0].lower().startswith("sep=")):  # noqa: PLR2004
                yield Row(line, [cell.strip() for cell in row])
            line = reader.line_num + 1
    except csv.Error as error:
        if strict:
            message = f"the row cannot be read ({error})"
            raise Refused(message, "look for a stray quotation mark", str(line)) from None


def gather(rows: Iterable[Row], head: Head, columns: list[str], target: Path) -> dict[str, Any]:
    """Put the wanted cells into columns, and write them for the parent."""
    present = [name for name in dict.fromkeys(head.names) if name in columns]
    pick = [head.names.index(name) for name in present]
    parts: list[list[pa.Array]] = [[] for _ in pick]
    typed: list[list[pa.Array]] = [[] for _ in pick]
    lines: list[int] = []
    for block in _blocks(rows):
        lines += [row.line for row in block]
        for part, marks, position in zip(parts, typed, pick, strict=True):
            part.append(pa.array([row.cells[position] for row in block], pa.string()))
            if block[0].typed is not None:
                marks.append(pa.array([bool(row.typed and row.typed[position]) for row in block], pa.bool_()))
    arrays = {name: pa.chunked_array(part, pa.string()) for name, part in zip(present, parts, strict=True)}
    flags = [pa.chunked_array(marks, pa.bool_()) for marks in typed] if any(typed) else []
    write(target, arrays, lines=pa.array(lines, pa.int64()), typed=flags)
    return {"columns": head.names, "present": present, "crs": None, "stated": False, "geometry": False}


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    block = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block
