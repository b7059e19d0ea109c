"""Inside the cage: CSV read as text, nothing guessed, every row with its line number."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa

from planner.city.cage_table import check_size, write
from planner.city.formats import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = 100_000
"""Rows that are gathered before they are put into columns."""
MOST_TOLD = 10
"""Ragged rows that are listed."""


def read_csv(path: Path, wanted: dict[str, Any], target: Path) -> dict[str, Any]:
    """Read the wanted columns of a CSV as text; separator `,`, `;` or tab; UTF-8."""
    check_size(path.stat().st_size)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = _header(file.readline())
            file.seek(0)
            return _columns(file, header, wanted["columns"], target)
    except UnicodeDecodeError as error:
        raise Refused(
            f"the file is not UTF-8 (byte {error.start} is {error.object[error.start]:#04x})",
            "save it again with the encoding UTF-8; spreadsheets call it `CSV UTF-8`",
        ) from None


def _header(line: str) -> tuple[str, list[str]]:
    if "\0" in line:
        raise Refused("the file is not UTF-8 text", "save it again with the encoding UTF-8")
    outside = "".join(line.split('"')[::2])
    separator = max(",;\t", key=outside.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"the column `{twice[0]}` stands twice", "rename or delete one of them", "1")
    return separator, names


def _columns(file: TextIO, header: tuple[str, list[str]], columns: list[str], target: Path) -> dict[str, Any]:
    separator, names = header
    present = [name for name in names if name in columns]
    pick = [names.index(name) for name in present]
    parts: list[list[pa.Array]] = [[] for _ in pick]
    lines: list[int] = []
    for block in _blocks(_rows(file, separator, len(names))):
        lines += [line for line, _ in block]
        for part, position in zip(parts, pick, strict=True):
            part.append(pa.array([row[position].strip() for _, row in block], pa.string()))
    arrays = {name: pa.chunked_array(part, pa.string()) for name, part in zip(present, parts, strict=True)}
    write(target, arrays, lines=pa.array(lines, pa.int64()))
    return {"columns": names, "present": present, "crs": None, "stated": False, "geometry": False}


def _rows(file: TextIO, separator: str, width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows after the header with the line on which each starts; ragged rows are refused together."""
    reader = csv.reader(file, delimiter=separator, strict=True)
    ragged, line = [], 1
    try:
        for number, row in enumerate(reader):
            if number and row and len(row) != width:
                ragged.append((line, len(row)))
            elif number and row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            f"the row cannot be read ({error})", "look for a stray quotation mark", str(line)
        ) from None
    if ragged:
        _refuse(ragged, width)


def _refuse(ragged: list[tuple[int, int]], width: int) -> None:
    told = ", ".join(f"line {line} has {count}" for line, count in ragged[:MOST_TOLD])
    more = f", and {len(ragged) - MOST_TOLD} more" if len(ragged) > MOST_TOLD else ""
    hint = 'put text that holds the separator in quotation marks ("Mill Road, 3")'
    raise Refused(f"the header has {width} columns, but {told}{more}", hint, str(ragged[0][0]))


def _blocks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    block = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block
