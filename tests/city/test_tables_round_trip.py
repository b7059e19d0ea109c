"""Tables written in many ways come back as they were, or are asked about: nothing changes in silence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_tables import source_of

from planner.city.telling import TOTALS

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "".join(chr(code) for code in range(0xC0, 0x100) if chr(code).isalpha())
"""Letters of Windows-1252 whose bytes are never UTF-8 by chance."""
PLAIN = "abcXYZ0123456789 .,;|'\"\t\n-+=%/()#&"
ASKED = ("nothing in the table shows", "written in two ways", "does not read like")
"""What a table may be asked about instead of being read."""


@dataclass(frozen=True)
class Kept:
    """A table, and how it is written."""

    ids: list[str]
    numbers: list[str]
    encoding: str
    separator: str
    decimal: str
    thousands: str
    per_cent: bool
    above: int
    below: int
    gaps: bool
    quoting: int

    def written(self, number: str) -> str:
        """Write a number, given with a decimal point, as this table does."""
        whole, _, part = number.lstrip("-").partition(".")
        if self.thousands:
            groups = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)]
            whole = self.thousands.join(reversed(groups))
        sign = "-" if number.startswith("-") else ""
        return sign + whole + (self.decimal + part if part else "") + (" %" if self.per_cent else "")

    def expected(self) -> list[float]:
        """Numbers that a person reads in it."""
        return [float(number + "e-2") if self.per_cent else float(number) for number in self.numbers]


def kept(*, encodings: tuple[str, ...] = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")) -> object:
    """Tables of ids and numbers in every dialect."""

    @st.composite
    def build(draw: st.DrawFn) -> Kept:
        encoding = draw(st.sampled_from(encodings))
        letters = PLAIN + LETTERS + ("" if encoding == "cp1252" else "Мостğ東京مدينة")
        names = st.text(st.sampled_from(letters), min_size=1, max_size=8).map(str.strip).filter(bool)
        ids = draw(st.lists(names, min_size=1, max_size=8, unique=True))
        figure = st.decimals(-(10**7), 10**7, places=draw(st.integers(0, 4))).map(str)
        decimal = draw(st.sampled_from(".,"))
        marks = ["", " ", "\u00a0", "'", "," if decimal == "." else "."]
        return Kept(
            ids,
            [draw(figure) for _ in ids],
            encoding,
            draw(st.sampled_from(",;\t|")),
            decimal,
            draw(st.sampled_from(marks)),
            draw(st.booleans()),
            draw(st.integers(0, 3)),
            draw(st.integers(0, 3)),
            draw(st.booleans()),
            draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
        )

    return build()


def as_csv(table: Kept) -> bytes:
    """Write it as a CSV."""
    told = io.StringIO()
    out = csv.writer(told, delimiter=table.separator, quoting=table.quoting, lineterminator="\r\n")
    for row in range(table.above):
        out.writerow([f"Census, table {row}", ""])
    out.writerow(["code", "people"])
    for name, number in zip(table.ids, table.numbers, strict=True):
        if table.gaps:
            out.writerow(["", ""])
        out.writerow([name, table.written(number)])
    if table.below:
        out.writerow([])
    for row in range(table.below):
        out.writerow([f"Note {row}"])
    return told.getvalue().encode(table.encoding)


def as_sheet(table: Kept, path: Path) -> None:
    """Write it as a workbook: every other number as a number, the rest as text."""
    book = openpyxl.Workbook()
    for row in range(table.above):
        book.active.append([f"Census, table {row}"])
    book.active.append(["code", "people"])
    for place, (name, number) in enumerate(zip(table.ids, table.numbers, strict=True)):
        if table.gaps:
            book.active.append([])
        typed = place % 2 and not table.per_cent
        book.active.append([name, float(number) if typed else table.written(number)])
        book.active.cell(book.active.max_row, 1).data_type = "s"
    if table.below:
        book.active.append([])
    for row in range(table.below):
        book.active.append([f"Note {row}"])
    book.save(path)


def comes_back(table: Kept, path: Path) -> bool:
    """Whether the table comes back as it is; False where something in it is asked about instead."""
    source = source_of(path, None, id="code", population="people")
    ids = source.ids("code").tolist()
    values = source.numbers("people", "any").tolist()
    asked = [fault.message for fault in source.findings.faults]
    if asked:
        total = table.ids[-1].casefold() in TOTALS
        assert total or all(any(words in message for words in ASKED) for message in asked), asked
        return False
    assert ids == table.ids
    assert values == table.expected()
    assert len(source.raw.told.left_out) == table.above + table.below
    return True


def try_many(tables: object, count: int, write: object, path: Path) -> int:
    """Try many tables; return how many came back."""
    back = []

    @settings(
        max_examples=count, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(tables)
    def each(table: Kept) -> None:
        write(table, path)
        back.append(comes_back(table, path))

    each()
    assert len(back) >= count
    return sum(back)


def write_csv(table: Kept, path: Path) -> None:
    """Write the table as a CSV file."""
    path.write_bytes(as_csv(table))


def test_some_tables_come_back(tmp_path: Path) -> None:
    """Forty tables in every dialect: none changes in silence, and most are read without a question."""
    assert try_many(kept(), 40, write_csv, tmp_path / "census.csv") >= 20


@pytest.mark.slow
def test_four_hundred_tables_come_back(tmp_path: Path) -> None:
    """Four hundred tables as CSV: none changes in silence."""
    assert try_many(kept(), 400, write_csv, tmp_path / "census.csv") >= 200


@pytest.mark.slow
def test_a_hundred_sheets_come_back(tmp_path: Path) -> None:
    """A hundred tables as workbooks: none changes in silence."""
    assert try_many(kept(encodings=("utf-8",)), 100, as_sheet, tmp_path / "census.xlsx") >= 50
