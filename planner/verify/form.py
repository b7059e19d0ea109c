"""Is a table what the data dictionary says: columns, kinds of values, nothing missing, no row twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.frames import Column, Frame
    from planner.verify.verdict import Tally

MAY_BE_EMPTY = {"label", "facility", "run_by", "owner", "home", "rule"}
MAY_BE_INFINITE = {"capacity"}
MAY_BE_UNTOLD = {"value", "x", "y"}
KINDS = {"text": "text", "number": "a number", "whole": "a whole number", "flag": "true or false"}


def sound(tally: Tally, frame: Frame, table: object, called: str = "") -> pd.DataFrame | None:
    """Return the table tidied, without rows that stand twice; None, and faults, where it cannot be read.

    Parameters
    ----------
    tally
        Where faults are noted.
    frame
        What the table should be.
    table
        What was read.
    called
        How messages name the table; the frame's own name by default.
    """
    name = called or frame.name
    if not isinstance(table, pd.DataFrame):
        tally.fault(f"{name}: the table is missing")
        return None
    frame = frame.of(table)
    table = frame.filled(table)
    missing = [column for column in frame.names if list(table.columns).count(column) != 1]
    if missing:
        tally.fault(f"{name}: should have each of these columns once: {', '.join(missing)}")
        return None
    before = len(tally.faults)
    for column in frame.columns:
        values = table[column.name]
        tally.holds(
            _bad(column, values), Cells(name, values), f"`{column.name}` should be {KINDS[column.kind]}"
        )
    return _once(tally, frame, table, name) if len(tally.faults) == before else None


@dataclass(frozen=True)
class Names:
    """How messages name each row, such as ``assignment, health, a, health/x``; made only when asked for."""

    called: str
    table: pd.DataFrame
    columns: tuple[str, ...]

    def __getitem__(self, row: int) -> str:
        """Return the name of one row, by position."""
        return ", ".join([self.called, *(str(self.table[column].iloc[row]) for column in self.columns)])


def names(table: pd.DataFrame, called: str, *columns: str) -> Names:
    """How messages name each row of a table, by some of its columns."""
    return Names(called, table, columns)


@dataclass(frozen=True)
class Cells:
    """How messages name each value of a column: by its row and what stands there."""

    called: str
    values: pd.Series

    def __getitem__(self, row: int) -> str:
        """Return the name of one value, by position."""
        return f"{self.called}, row {row + 1} (`{self.values.iloc[row]}`)"


def _bad(column: Column, values: pd.Series) -> NDArray[np.bool_]:
    if column.kind == "text":
        return _not_text(column, values)
    if column.kind == "flag":
        return np.array([not isinstance(value, bool | np.bool_) for value in values], dtype=bool)
    if not pd.api.types.is_numeric_dtype(values) or values.dtype.kind not in "iuf":
        return np.ones(len(values), dtype=bool)
    figures = values.to_numpy(float, na_value=np.nan)
    if column.kind == "whole":
        return np.asarray(~np.isfinite(figures) | (figures != np.rint(figures)) | (np.abs(figures) > 2**53))
    if column.name in MAY_BE_UNTOLD:
        return np.zeros(len(values), dtype=bool)
    return np.isnan(figures) if column.name in MAY_BE_INFINITE else ~np.isfinite(figures)


def _not_text(column: Column, values: pd.Series) -> NDArray[np.bool_]:
    if column.name in MAY_BE_EMPTY:
        values = values.astype(object).where(values.notna(), "")
    return np.array([not _is_text(value) for value in values], dtype=bool)


def _is_text(value: object) -> bool:
    """Return whether a value is text that can be written; half a character of UTF-16 cannot."""
    if not isinstance(value, str):
        return False
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _once(tally: Tally, frame: Frame, table: pd.DataFrame, name: str) -> pd.DataFrame:
    whole = table.assign(**{c: table[c].astype(object).fillna("") for c in MAY_BE_EMPTY & set(frame.names)})
    tidy = frame.tidy(whole)
    twice = tidy.duplicated(list(frame.key)).to_numpy()
    tally.holds(twice, names(tidy, name, *frame.key), "stands twice")
    return tidy[~twice].reset_index(drop=True)
