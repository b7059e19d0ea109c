"""What a table turned out to be, in words: encoding, separator, head, and every row that is no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.city.findings import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.city.findings import Findings
    from planner.city.guard import Raw, Told
    from planner.city.written import Writing

UTF8 = {"utf-8", "utf-8-sig"}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
SIGNS = {"\t": "tab", " ": "space"}
TOTALS = frozenset({
    "total", "totals", "grand total", "city total", "whole city", "sum", "all", "summe", "gesamt",
    "insgesamt", "gesamtsumme", "total general", "totale", "totaal", "totalt", "suma", "soma", "somme",
    "ensemble", "razem", "celkem", "итого", "всего", "toplam", "合计", "总计", "合計", "مجموع",
})  # fmt: skip
"""Words that stand in place of an id in a row of sums."""


def how(raw: Raw) -> str:
    """Encoding, separator, head and rows left out of a table, in a few words; empty for other layers."""
    told = raw.told
    if told is None:
        return ""
    if told.encoding:
        separator = SIGNS.get(told.separator, f"`{told.separator}`")
        parts = [f"{_encoding(told)}, separated by {separator}"]
    else:
        parts = [f"sheet `{told.sheet}`"]
    parts.append(f"head in {_rows(told.head)}")
    if told.left_out:
        parts.append(f"{len(told.left_out)} left out")
    if told.empty:
        parts.append(f"{len(told.empty)} empty")
    return ", ".join(parts)


def tell_table(raw: Raw, findings: Findings) -> None:
    """Tell what is out of the ordinary: another encoding, a head further down, rows that were left out."""
    told = raw.told
    if told is None:
        return
    if told.encoding and told.encoding not in UTF8:
        findings.tell(
            f"{raw.name} is read as {_encoding(told)}; where letters look wrong, "
            "`table: {encoding: …}` beside its `file` says another."
        )
    if tuple(told.head) != (1,):
        findings.tell(f"The columns of {raw.name} are named in {_rows(told.head)}.")
    if told.left_out:
        rows = [f"{line} ({why}: {text})" for line, text, why in told.left_out]
        count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        findings.tell(f"{count} of {raw.name} left out as no data: {listed(rows)}.")


def tell_writing(raw: Raw, writing: Writing, findings: Findings) -> None:
    """Tell how numbers were read in which signs stand that programs do not write."""
    if writing.marked is None:
        return
    example = writing.marked
    mark = {".": "point", ",": "comma"}[writing.decimal]
    place = raw.place(example.row)
    findings.tell(
        f"Numbers of {raw.name} are read with a decimal {mark}, as in {place}: `{example.column}` is "
        f"{example.text!r}."
    )


def undecided(raw: Raw, writing: Writing, where: str, findings: Findings) -> None:
    """Ask for the decimal mark where the table does not show it."""
    first, *more = writing.against
    place = raw.place(first.row)
    if not more:
        mark = "point" if "." in first.text else "comma"
        findings.add(
            f"`{first.column}` is {first.text!r}, and nothing in the table shows whether the {mark} marks "
            "decimals or thousands",
            place,
            f'say it beside `file`: `table: {{decimal: "."}}` or `table: {{decimal: ","}}` ({where})',
        )
        return
    second = more[0]
    findings.add(
        f"numbers are written in two ways: `{first.column}` is {first.text!r}, and `{second.column}` is "
        f"{second.text!r} at {raw.place(second.row)}",
        place,
        "write all of them in one way; `table: {decimal: …}` beside `file` says which mark is meant "
        f"({where})",
    )


def _encoding(told: Told) -> str:
    name = ENCODINGS.get(told.encoding, told.encoding)
    return name.title() if name.startswith("windows") else name.upper()


def _rows(lines: Sequence[int]) -> str:
    numbers = [str(line) for line in lines]
    return f"row {numbers[0]}" if len(numbers) == 1 else f"rows {' and '.join(numbers)}"
