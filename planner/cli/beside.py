"""A comparison on the screen: one table, then what a councillor reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.report.compare import headline, sheets, words

if TYPE_CHECKING:
    from planner.report.compare import Beside
    from planner.report.sheets import Sheet

WIDE = 160
"""Columns of text where the output is no terminal."""


def show(beside: Beside) -> None:
    """Print runs side by side."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    for sentence in words.told_runs(beside):
        console.print(_plain(sentence))
    console.print(_table(sheets.first(headline(beside), beside)))
    console.print(_table(sheets.money_by(beside, "service")))
    for sentence in (*words.answer(beside), *words.certainty(beside), *beside.notes):
        console.print(_plain(sentence))


def _plain(text: str) -> str:
    """Words as a terminal may print them: no mark-up, no sign that steers it."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))


def _table(sheet: Sheet) -> Table:
    shown = Table(title=_plain(sheet.caption))
    for place, head in enumerate(sheet.heads):
        shown.add_column(_plain(head), justify="left" if place < sheet.texts else "right")
    for row in sheet.rows:
        shown.add_row(*(_plain(cell) for cell in row))
    return shown
