"""How the numbers of a table are written: decimal and thousands marks, told by evidence or by the planner."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
"""A number as programs write it: decimal point, no thousands marks."""
GAP = "[ \u00a0\u202f\u2009'’]"
"""Thousands marks that are never a decimal mark."""
POWER = r"(?:[eE][+-]?\d+)?"


def _sure(decimal: str, other: str) -> re.Pattern[str]:
    """Numbers in which the one mark can only be the decimal mark, or the other only that of thousands."""
    d, t = re.escape(decimal), re.escape(other)
    grouped = rf"\d{{1,3}}(?:{t}\d{{3}})+{d}\d*|\d{{1,3}}(?:{t}\d{{3}}){{2,}}"
    if other == ",":  # 12,34,567 as India writes it
        grouped += rf"|\d{{1,2}}(?:,\d\d)+,\d{{3}}(?:{d}\d*)?"
    spaced = rf"\d{{1,3}}(?:{GAP}\d{{3}})+{d}\d+"
    single = rf"\d*{d}(?:\d{{1,2}}|\d{{4,}}){POWER}|(?:0\d*|\d{{4,}}|){d}\d{{3}}{POWER}|\d+{d}\d+[eE][+-]?\d+"
    return re.compile(rf"[+-]?(?:{grouped}|{spaced}|{single})")


SURE = {".": _sure(".", ","), ",": _sure(",", ".")}
OPEN = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""One thousand and something, or one and something: nobody can tell from the number alone."""


class Example(NamedTuple):
    """A value with its column and the row where it stands."""

    column: str
    row: int
    text: str


@dataclass(frozen=True)
class Writing:
    """What decides how numbers are read.

    Attributes
    ----------
    decimal
        The decimal mark.
    against
        Where nothing can be decided, a value for a decimal point and one for a comma, or one that is open.
    marked
        A value in which a mark stands that programs do not write; None where all are plain.
    """

    decimal: str = "."
    against: Sequence[Example] = ()
    marked: Example | None = field(default=None)


def plain_text(text: pd.Series[str]) -> pd.Series[str]:
    """Text of numbers without signs that do not change their value: a typeset minus, a sign of per cent."""
    return text.str.replace("\u2212", "-").str.removesuffix("%").str.strip()


@dataclass
class _Evidence:
    """Values that show how numbers are written: the first for each mark, an open one, a marked one."""

    sure: dict[str, Example] = field(default_factory=dict)
    open: Example | None = None
    marked: Example | None = None

    def look(self, column: str, text: pd.Series[str], *, certain: bool) -> None:
        """Add what a column shows; when `certain`, a mark is that of decimals whatever follows it."""
        rows = np.flatnonzero((text != "") & ~text.str.fullmatch(r"[+-]?\d+"))
        values = plain_text(text.iloc[rows])

        def first(has: pd.Series[bool]) -> Example | None:
            row = int(rows[int(np.argmax(has.to_numpy()))]) if has.any() else -1
            return Example(column, row, str(text.iloc[row])[:40]) if row >= 0 else None

        either = values.str.fullmatch(OPEN.pattern)
        for decimal, pattern in SURE.items():
            has = values.str.fullmatch(pattern.pattern)
            if certain:
                has |= either & values.str.contains(decimal, regex=False)
            if (found := first(has)) is not None:
                self.sure.setdefault(decimal, found)
        self.open = self.open or (None if certain else first(either))
        strange = ~values.str.fullmatch(NUMBER) & values.str.contains(r"\d")
        self.marked = self.marked or first(strange)


def writing_of(columns: Mapping[str, pd.Series[str]], given: str | None, certain: Collection[str]) -> Writing:
    """Decide the decimal mark of one table from all its numbers together.

    Parameters
    ----------
    columns
        The number columns as text, cells that the file holds as numbers left empty.
    given
        The decimal mark that the scenario states.
    certain
        Columns in which a mark is that of decimals whatever follows it, such as degrees.
    """
    evidence = _Evidence()
    for column, text in columns.items():
        evidence.look(column, text, certain=column in certain)
    sure = evidence.sure
    if given is not None:
        return Writing(given, (), evidence.marked)
    if len(sure) > 1:
        return Writing(".", (sure["."], sure[","]), evidence.marked)
    if not sure and evidence.open is not None:
        return Writing(".", (evidence.open,), evidence.marked)
    return Writing(next(iter(sure), "."), (), evidence.marked)


def read_numbers(text: pd.Series[str], decimal: str) -> pd.Series[Any]:
    """Numbers of texts with this decimal mark; NaN where the text is no finite number so written.

    Thousands may be marked by spaces, apostrophes or the other of point and comma, in whole groups; a sign
    of per cent divides by a hundred.
    """
    bare = plain_text(text)
    other = "," if decimal == "." else "."
    d, t = re.escape(decimal), re.escape(other)
    groups = rf"\d{{1,3}}(?:{t}\d{{3}})+|\d{{1,3}}(?:{GAP}\d{{3}})+"
    groups += r"|\d{1,2}(?:,\d\d)+,\d{3}" if decimal == "." else ""
    number = rf"[+-]?(?:(?:{groups}|\d+)(?:{d}\d*)?|{d}\d+){POWER}"
    good = bare.str.fullmatch(number)
    clean = bare.where(good)
    odd = good & ~bare.str.fullmatch(NUMBER)
    if decimal == "," or odd.any():
        clean = clean.str.replace(rf"{t}|{GAP}", "", regex=True).str.replace(decimal, ".", regex=False)
    per_cent = text.str.endswith("%")
    if per_cent.any():
        clean = clean.where(~per_cent, clean + "e-2")
    values = pd.to_numeric(clean, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))
