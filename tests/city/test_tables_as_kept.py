"""Tables as cities keep them: what is read is told, what is left out is listed, the rest is asked for."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from kept_tables import source_of

from planner.city.telling import how
from planner.errors import InputFault

if TYPE_CHECKING:
    from planner.city.source import Source

Sheet = list[list[Any]]
Stated = dict[str, Any] | None
WORDS = Path(__file__).parents[1] / "faults" / "layers" / "tables.json"


@pytest.fixture(scope="module")
def pinned() -> dict[str, str]:
    """Return the words of every table that is refused."""
    return json.loads(WORDS.read_text("utf-8"))


def text(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    """Write a text file."""
    path = folder / "census.csv"
    path.write_bytes(content.encode(encoding))
    return path


def people(source: Source) -> list[float]:
    """Return ids' numbers, after everything was noted; faults are raised."""
    source.ids("id")
    values = source.numbers("people").tolist()
    source.findings.stop()
    return values


def read(path: Path, table: Stated = None) -> Source:
    """Read ids and people of a table."""
    return source_of(path, table, id="id", population="people")


def refused(path: Path, table: Stated = None) -> str:
    """Return the words that a table is refused with."""
    with pytest.raises(InputFault) as fault:
        people(read(path, table))
    return str(fault.value)


KEPT: dict[str, tuple[str, str, list[str], list[float]]] = {
    "plain": ("id,people\n001,5\n002,7\n", "utf-8", ["001", "002"], [5, 7]),
    "mark": ("id,people\n001,5\n002,7\n", "utf-8-sig", ["001", "002"], [5, 7]),
    "semicolons": ("id;people\n1E5;1.234,5\nNA;1.000\n", "utf-8", ["1E5", "NA"], [1234.5, 1000]),
    "tabs": ("id\tpeople\n01\t1,234.5\n02\t2,000\n", "utf-8", ["01", "02"], [1234.5, 2000]),
    "bars": ("id|people\na,b|1.5\nc;d|2\n", "utf-8", ["a,b", "c;d"], [1.5, 2]),
    "old": ("id;people\nHöhe;1\nÎle-d’Orléans;2\n", "cp1252", ["Höhe", "Île-d’Orléans"], [1, 2]),
    "utf_16": ("id\tpeople\nМост\t1\nø\t2\n", "utf-16", ["Мост", "ø"], [1, 2]),
    "utf_16_bare": ("id\tpeople\n01\t1\n02\t2\n", "utf-16-le", ["01", "02"], [1, 2]),
    "sep": ("sep=;\nid;people\n01;1\n02;2,5\n", "utf-8", ["01", "02"], [1, 2.5]),
    "spaces": ("id;people\n01;1 234,567\n02;12\u202f345\n", "utf-8", ["01", "02"], [1234.567, 12345]),
    "apostrophes": ("id;people\n01;1'234.5\n02;12’345\n", "utf-8", ["01", "02"], [1234.5, 12345]),
    "millions": ("id;people\n01;1.234.567\n02;1.234\n", "utf-8", ["01", "02"], [1234567, 1234]),
    "india": ("id;people\n01;12,34,567\n02;1,234\n", "utf-8", ["01", "02"], [1234567, 1234]),
    "per_cent": ("id;people\n01;12,5 %\n02;3%\n", "utf-8", ["01", "02"], [0.125, 0.03]),
    "typeset": ("id;people\n01;+5,25\n02;\u22120\n", "utf-8", ["01", "02"], [5.25, 0]),
    "title": ("Census 2021;\n\nCity of X;people\n\nid;people\n01;1\n", "utf-8", ["01"], [1]),
    "two_heads": (";2021;;2022;\nid;men;women;people;share\n01;1;2;3;4\n", "utf-8", ["01"], [3]),
    "footer": (
        "id;people;\n01;1;\n02;2;\n\nSource: office;;\n* estimated;;\n",
        "utf-8",
        ["01", "02"],
        [1, 2],
    ),
    "short_footer": ("id;people\n01;1\n02;2\nSource: office\n", "utf-8", ["01", "02"], [1, 2]),
    "empty_rows": ("id;people\n;\n01;1\n\n;\n02;2\n;\n", "utf-8", ["01", "02"], [1, 2]),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_table_is_read_as_it_is_kept(name: str, tmp_path: Path) -> None:
    """Ids stay text letter by letter, numbers are what a person reads in them."""
    content, encoding, ids, values = KEPT[name]
    source = read(text(tmp_path, content, encoding))
    assert people(source) == values
    assert source.names == ids


def test_what_was_read_and_left_out_is_told(tmp_path: Path) -> None:
    """Encoding, head, rows above it, notes below and the decimal mark are told, with what stands there."""
    content = "Census;\nid;people\nHöhe;1.234,5\n;\nB;5\n\nSource: office;\n"
    source = read(text(tmp_path, content, "cp1252"))
    assert people(source) == [1234.5, 5]
    assert how(source.raw) == "Windows-1252, separated by `;`, head in row 2, 2 left out, 2 empty"
    assert source.findings.notes[:3] == [
        (
            "census.csv is read as Windows-1252; where letters look wrong, `table: {encoding: …}` beside its "
            "`file` says another."
        ),
        "The columns of census.csv are named in row 2.",
        "2 rows of census.csv left out as no data: 1 (above the head: Census), 7 (footer: Source: office).",
    ]


def test_how_numbers_are_read_is_told(tmp_path: Path) -> None:
    """A mark that programs do not write is told with the place of the first, and so are signs of per cent."""
    source = read(text(tmp_path, "id;people\nA;7\nB;1.234,5\n"))
    people(source)
    assert source.findings.notes == [
        "Numbers of census.csv are read with a decimal comma, as in census.csv:3: `people` is '1.234,5'."
    ]
    source = read(text(tmp_path, "id,people\nA,7 %\n"))
    people(source)
    assert "`people` of census.csv is in per cent: '7 %' is read as a share of 1." in source.findings.notes


REFUSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "open": ("id;people\nA;7\nB;1.234\n", "utf-8", {}),
    "open_comma": ("id;people\nA;7\nB;1,234\n", "utf-8", {}),
    "two_ways": ("id;people\nA;7.5\nB;7,5\n", "utf-8", {}),
    "not_so": ("id;people\nA;1.23\n", "utf-8", {"decimal": ","}),
    "some_per_cent": ("id;people\nA;5 %\nB;7\n", "utf-8", {}),
    "dos": ("id;people\nHöhe;1\n", "cp850", {}),
    "other_encoding": ("id;people\nHöhe;1\n", "cp850", {"encoding": "utf-8"}),
    "total": ("id;people\nA;1\nB;2\nTotal:;3\n", "utf-8", {}),
    "note_at_end": ("id;people\nA;1\nSource: office;\n", "utf-8", {}),
    "id_at_end": ("id;people\nA;1\n;3\n", "utf-8", {}),
    "no_such_head": ("id;people\nA;1\n", "utf-8", {"head": 9}),
    "binary": ("id,people\n\0\0\0,1\n", "utf-8", {}),
    "money": ("id,people\nA,€ 5\n", "utf-8", {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_told_is_asked_for(name: str, tmp_path: Path, pinned: dict[str, str]) -> None:
    """What a table does not show is not guessed: the message names the key that says it."""
    content, encoding, table = REFUSED[name]
    assert refused(text(tmp_path, content, encoding), table).splitlines() == pinned[name].splitlines()


STATED: dict[str, tuple[str, str, dict[str, Any], list[float]]] = {
    "decimal": ("id;people\nA;1.234\n", "utf-8", {"decimal": ","}, [1234]),
    "point": ("id;people\nA;1.234\n", "utf-8", {"decimal": "."}, [1.234]),
    "encoding": ("id;people\nHöhe;1\n", "cp850", {"encoding": "cp850"}, [1]),
    "separator": ("id,a;people\nB;1\n", "utf-8", {"separator": ";", "head": 1}, []),
    "head": ("id;people\nid;people\nB;1\n", "utf-8", {"head": 2}, [1]),
    "footer": ("id;people\nA;1\nB;2\nTotal;3\n", "utf-8", {"footer": 1}, [1, 2]),
    "no_footer": ("id;people\nA;1\nB;2\nTotal;3\n", "utf-8", {"footer": 0}, [1, 2, 3]),
}


@pytest.mark.parametrize("name", STATED)
def test_what_the_scenario_states_holds(name: str, tmp_path: Path) -> None:
    """Every key of `table` decides what it says."""
    content, encoding, table, values = STATED[name]
    path = text(tmp_path, content, encoding)
    if values:
        assert people(read(path, table)) == values
    else:
        assert "has no column `id`" in refused(path, table)


def book(folder: Path, rows: Sheet, *, merged: str = "", more: str = "", formats: str = "General") -> Path:
    """Write a workbook with one sheet, or two."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for cell in sheet["A"][1:]:
        cell.number_format = formats
    if merged:
        sheet.merge_cells(merged)
    if more:
        workbook.create_sheet(more)
    path = folder / "census.xlsx"
    workbook.save(path)
    return path


def test_a_sheet_is_read_as_it_shows_itself(tmp_path: Path) -> None:
    """Numbers of a sheet are numbers, whatever the marks of those kept as text; codes keep their zeros."""
    rows: Sheet = [
        ["Census"],
        [],
        ["id", "people"],
        [7, 1.5],
        [12, "1.234,5"],
        [13, 3],
        [],
        ["Source: office"],
    ]
    source = read(book(tmp_path, rows, formats="00000"))
    assert people(source) == [1.5, 1234.5, 3]
    assert source.names == ["00007", "00012", "00013"]
    assert how(source.raw) == "sheet `Sheet`, head in row 3, 2 left out, 1 empty"


def test_a_sheet_of_several_and_a_head_of_two_rows(tmp_path: Path) -> None:
    """A sheet is named by `layer`, a column below merged cells by both of its names."""
    rows: Sheet = [["id", "2021", None], [None, "people", "share"], ["01", 5, 0.5]]
    path = book(tmp_path, rows, merged="B1:C1", more="notes")
    with pytest.raises(
        InputFault, match=r"holds 2 sheets\n    → name one with `layer`; sheets: Sheet, notes"
    ):
        source_of(path, None, id="id", population="2021 people")
    source = source_of(path, None, id="id", population="2021 people", layer="Sheet")
    assert source.numbers("2021 people").tolist() == [5]
    assert source.ids("id").tolist() == ["01"]
    with pytest.raises(InputFault, match="there is no sheet `Sheat`; did you mean `Sheet`"):
        source_of(path, None, id="id", population="2021 people", layer="Sheat")


SHEETS: dict[str, tuple[Sheet, str]] = {
    "merged": ([["id", "people"], ["A", 5], ["B", None]], "B2:B3"),
    "formula": ([["id", "people"], ["A", "=2+3"]], ""),
    "date": ([["id", "people"], ["A", dt.date(2024, 2, 1)]], ""),
    "truth": ([["id", "people"], ["A", True]], ""),
}


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_does_not_say_is_refused(name: str, tmp_path: Path, pinned: dict[str, str]) -> None:
    """Merged data, formulas without a value, dates and truths are no numbers."""
    rows, merged = SHEETS[name]
    assert refused(book(tmp_path, rows, merged=merged)).splitlines() == pinned[name].splitlines()


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0" + bytes(600), b"id,people\nA,1\n", b"PK\3\4" + bytes(99)]
)
def test_what_only_calls_itself_a_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    """An old or locked workbook, text, and a damaged archive are told apart from a workbook."""
    path = tmp_path / "census.xlsx"
    path.write_bytes(content)
    words = refused(path)
    assert words.startswith("census.xlsx: ")
    assert ".xlsx" in words.splitlines()[1]


def test_what_stands_beside_a_table_is_listed(tmp_path: Path) -> None:
    """A remark to the right of a sheet's table is left out, and told."""
    source = read(book(tmp_path, [["id", "people"], ["A", 5, None, "checked"], ["B", 6]]))
    assert people(source) == [5, 6]
    assert source.findings.notes == [
        "1 row of census.xlsx left out as no data: 2 (beside the table: checked)."
    ]


def test_every_pinned_message_has_its_table(pinned: dict[str, str]) -> None:
    """No message is pinned that nothing tests."""
    assert {name for name in pinned if not name.startswith("join_")} == {*REFUSED, *SHEETS}
