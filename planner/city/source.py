"""One layer as a scenario asks for it: its columns as text, numbers and ids, every bad row listed."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.city.checks import IDS, failing, number_schema
from planner.city.telling import TOTALS, tell_table, tell_writing, undecided
from planner.city.written import NUMBER, Writing, read_numbers, writing_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.city.ask import Ask
    from planner.city.findings import Findings
    from planner.city.guard import Raw
    from planner.city.joined import Part
    from planner.scenario.schema import Scenario

CONTROLLED = -555555555
"""What the American Community Survey writes for the margin of an estimate that is fixed beforehand."""
NO_MARGIN = (-222222222, -333333333, -666666666, -888888888, -999999999)
"""What it writes where a margin cannot be told."""
SHAPEFILE_LETTERS = 10
"""Letters of a column's name that a shapefile keeps."""

COMMA = "write numbers with a decimal point and without thousands separators"
ADVICE = {
    "number": "write a number; 0 where there is none",
    "least": "correct it; 0 where there is none",
    "place": "write a number, or leave the row out",
    "share": "write a number above 0 and at most 1",
    "most": "correct it, or check that the right column is named",
}


class Source:
    """One layer of the scenario with what stands in it.

    Attributes
    ----------
    names
        Id of each row, once `ids` has read them.
    parts, tables
        Where a joined column comes from, and the tables that are joined.
    """

    def __init__(
        self,
        scenario: Scenario,
        ask: Ask,
        raw: Raw,
        findings: Findings,
        *,
        parts: Mapping[str, Part] | None = None,
        tables: Sequence[Source] = (),
    ) -> None:
        """Check that the columns which the scenario names are there, and that there are rows."""
        self.scenario, self.ask, self.raw, self.findings = scenario, ask, raw, findings
        self.parts, self.tables = parts or {}, tables
        self.names: list[str] = []
        tell_table(raw, findings)
        if not len(self):
            findings.add("the layer is empty: it has no rows", raw.name, "export it again, with its rows")
            return
        for trail, column in ask.columns.items():
            if column not in raw.columns:
                self._missing(column, scenario.where(*trail))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.raw.table) if self.raw.geometry is None else len(self.raw.geometry)

    def where(self, *keys: str) -> str:
        """Place of a key of this layer in the scenario."""
        return self.scenario.where(*self.ask.trail, *keys)

    def place(self, row: int, column: str = "") -> str:
        """Where a row stands, by its id where it has one; for a joined column in its own table."""
        if column in self.parts and (place := self.parts[column].place(row)) is not None:
            return place
        return self.raw.place(row, self.names[row] if self.names and self.names[row] else None)

    def rows(self, rows: NDArray[np.int64], messages: list[str], hint: str = "", column: str = "") -> None:
        """Note one kind of fault in many rows; the column says where it was found."""
        places = [self.place(int(row), column) for row in rows]
        name = self.parts[column].source.raw.name if column in self.parts else self.raw.name
        self.findings.rows(list(zip(places, messages, strict=True)), name, hint)

    def text(self, column: str | None) -> pd.Series[str]:
        """Text of a column, trimmed; empty where absent."""
        if column is None or column not in self.raw.table:
            return pd.Series([""] * len(self), dtype="str")
        return self.raw.table[column].astype("str").fillna("").str.strip()

    def ids(self, column: str) -> pd.Series[str]:
        """Ids of the rows: there, and unique; every row that is not is listed."""
        ids = self.text(column)
        self.names = ids.tolist()
        if column not in self.raw.table:
            return ids
        bad = failing(IDS, ids.to_frame("id"))
        empty = bad.get("empty", np.array([], np.int64))
        found = [(self.raw.place(int(row)), f"`{column}` is empty") for row in empty]
        self.findings.rows(found, self.raw.name, self._note_at_end(empty, "give every row an id of its own"))
        self._check_total(ids)
        first = {name: row for row, name in reversed(list(enumerate(self.names)))}
        twice = [row for row in bad.get("twice", []) if self.names[row] and first[self.names[row]] != row]
        told = [
            f"the id {self.names[row]!r} stands twice, first at {self._first(first, row)}" for row in twice
        ]
        self.rows(np.array(twice, np.int64), told, "an id belongs to one row: rename or delete the second")
        return ids

    def _check_total(self, ids: pd.Series[str]) -> None:
        """Note a row of sums at the end: it would count everyone twice."""
        told = self.raw.told
        if told is None or told.footer is not None or not len(ids):
            return
        last = len(ids) - 1
        if ids.iloc[last].casefold().rstrip(": ") in TOTALS:
            message = f"the last row is called {ids.iloc[last]!r}: it looks like a sum of the others"
            hint = "leave it out with `table: {footer: 1}` beside `file`; `footer: 0` keeps it"
            self.findings.add(message, self.raw.place(last), hint)

    def _note_at_end(self, rows: NDArray[np.int64], hint: str) -> str:
        """Advice for empty cells, where the rows at the end may be notes."""
        alone = self.raw.told.alone if self.raw.told is not None else 0
        if not alone or not np.isin(np.arange(len(self) - alone, len(self)), rows).all():
            return hint
        return f"{hint}; notes at the end are left out with `table: {{footer: {alone}}}` beside `file`"

    @cached_property
    def writing(self) -> Writing:
        """How the numbers of this table are written; what cannot be decided is asked for."""
        if self.raw.told is None:
            return Writing()
        geographic = getattr(self.ask.spec, "crs", None) in {None, "EPSG:4326"}
        keys = {column: trail[-1] for trail, column in self.ask.columns.items()}
        columns = sorted(c for c in self.ask.numbers if c in self.raw.table and c not in self.parts)
        certain = [column for column in columns if geographic and keys[column] in {"x", "y"}]
        texts = {column: self.text(column).mask(self._typed(column), "") for column in columns}
        writing = writing_of(texts, self.ask.table.get("decimal"), certain)
        if writing.against:
            undecided(self.raw, writing, self.where("file"), self.findings)
        else:
            tell_writing(self.raw, writing, self.findings)
        return writing

    def _typed(self, column: str) -> NDArray[np.bool_]:
        """Which cells of a column the file itself holds as numbers."""
        typed = self.raw.typed
        return np.zeros(len(self), bool) if typed is None else typed[column].to_numpy(bool)

    def values(self, column: str) -> pd.Series[float]:
        """Numbers of a column; NaN where the text is none as this table writes them."""
        if column in self.parts:
            return self.parts[column].spread(self.parts[column].source.values(column))
        text = self.text(column)
        if self.raw.told is None or column not in self.raw.table:
            return as_numbers(text)
        values = read_numbers(text, self.writing.decimal)
        if self.writing.against:
            values = values.fillna(read_numbers(text, ","))
        typed = self._typed(column)
        return values.mask(typed, as_numbers(text)) if typed.any() else values

    def _first(self, first: dict[str, int], row: int) -> str:
        where = first[self.names[row]]
        return f"line {self.raw.lines[where]}" if self.raw.lines is not None else f"feature {where + 1}"

    def numbers(self, column: str, least: str = "zero", most: float = np.inf) -> NDArray[np.float64]:
        """Return the numbers of a column: finite, from (or above) zero to `most`; others are listed."""
        if column not in self.raw.table:
            return np.zeros(len(self))
        text, values = self.text(column), self.values(column)
        self.check_per_cent(column, text)
        bad = failing(number_schema(least, most), values.to_frame("value"))
        told = {
            "number": lambda row: _not_a_number(column, text[row]),
            "least": lambda row: _too_small(column, text[row], least),
            "most": lambda row: f"`{column}` is above {most:,.0f} ({text[row]})",
        }
        for check, rows in bad.items():
            comma = check == "number" and text[rows].str.contains(",").any()
            hint = ADVICE[{"above zero": "share", "any": "place"}.get(least, check)]
            hint = self._note_at_end(rows, hint) if check == "number" else hint
            self.rows(rows, [told[check](row) for row in rows], COMMA if comma else hint, column)
        return np.asarray(values, np.float64)

    def check_per_cent(self, column: str, text: pd.Series[str]) -> None:
        """Tell that signs of per cent divide by a hundred; note a column in which only some have one."""
        if column in self.parts:
            source = self.parts[column].source
            source.check_per_cent(column, source.text(column))
            return
        signs = text.str.endswith("%")
        if self.raw.told is None or not signs.any():
            return
        without = np.flatnonzero(~signs & (text != "") & ~self._typed(column))
        first = int(np.argmax(signs.to_numpy()))
        if len(without):
            told = [f"`{column}` is {text[row][:40]!r}, but {text[first]!r} elsewhere" for row in without]
            self.rows(without, told, "write the sign of per cent behind all numbers of a column, or none")
        else:
            self.findings.tell(
                f"`{column}` of {self.raw.name} is in per cent: {text[first]!r} is read as a share of 1."
            )

    def margins(self, column: str) -> NDArray[np.float64]:
        """Return the margins of error of a column; NaN where none is given, 0 for a controlled estimate.

        The American Community Survey writes large negative numbers for what is no margin.
        """
        if column not in self.raw.table:
            return np.full(len(self), np.nan)
        text = self.text(column)
        values = self.values(column)
        coded = values.isin(NO_MARGIN) | (values == CONTROLLED)
        wrong = np.flatnonzero(((text != "") & values.isna()) | ((values < 0) & ~coded))
        told = [f"`{column}` is no margin of error: {text[row][:40]!r}" for row in wrong]
        self.rows(wrong, told, "write a number from 0 up; leave it empty where none is known", column)
        return np.asarray(values.mask(values.isin(NO_MARGIN)).mask(values == CONTROLLED, 0.0), np.float64)

    def figure(
        self, given: float | str | None, least: str = "zero", most: float = np.inf
    ) -> NDArray[np.float64]:
        """Return one number for all rows, or those of a column; infinite where nothing is given."""
        if isinstance(given, str):
            return self.numbers(given, least, most)
        constant = np.inf if given is None else float(given)
        values: NDArray[np.float64] = np.full(len(self), constant)
        return values

    def _missing(self, column: str, where: str) -> None:
        near = get_close_matches(column, self.raw.columns, n=1, cutoff=0.6)
        near = near or [name for name in self.raw.columns if name.lower() == column.lower()]
        if not near and self.raw.format == "shapefile":
            near = [name for name in self.raw.columns if name == column[:SHAPEFILE_LETTERS]]
        message = f"`{self.raw.name}` has no column `{column}`" + (
            f"; did you mean `{near[0]}`?" if near else ""
        )
        hint = f"columns: {', '.join(self.raw.columns[:40])}" if self.raw.columns else "it has no columns"
        if self.raw.format == "shapefile" and len(column) > SHAPEFILE_LETTERS:
            hint += "; shapefiles cut names to 10 letters"
        self.findings.add(message, where, hint)


def as_numbers(text: pd.Series[str]) -> pd.Series[float]:
    """Numbers of texts; NaN where the text is not a finite number with a decimal point."""
    plain = text.where(text.str.fullmatch(NUMBER))
    values = pd.to_numeric(plain, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))


def _not_a_number(column: str, text: str) -> str:
    if not text:
        return f"`{column}` is empty; a number was expected"
    if text.lstrip("+-").lower() in {"inf", "infinity", "nan"}:
        return f"`{column}` is not finite ({text})"
    return f"`{column}` is not a number: {text[:40]!r}"


def _too_small(column: str, text: str, least: str) -> str:
    if least == "above zero":
        return f"`{column}` must be above 0 ({text})"
    return f"`{column}` is negative ({text})"
