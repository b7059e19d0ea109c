"""Tables joined to a layer by id: every column from one place, the unmatched of both sides told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from planner.city.findings import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.city.findings import Findings
    from planner.city.guard import Raw
    from planner.city.source import Source
    from planner.scenario.layers import Join


class Part(NamedTuple):
    """A table that a column comes from, and its row for each row of the layer; -1 where it has none."""

    source: Source
    rows: NDArray[np.int64]

    def spread(self, values: pd.Series[float]) -> pd.Series[float]:
        """Values of the table, row by row of the layer; 0 where the table has no row."""
        taken = values.to_numpy(np.float64)[self.rows] if len(values) else np.zeros(len(self.rows))
        return pd.Series(np.where(self.rows < 0, 0.0, taken))

    def place(self, row: int) -> str | None:
        """Where a row of the layer stands in the table."""
        return self.source.raw.place(int(self.rows[row])) if self.rows[row] >= 0 else None


def join_tables(
    raw: Raw, key: str, tables: Sequence[Source], findings: Findings
) -> tuple[Raw, dict[str, Part]]:
    """Add the columns of tables to a layer.

    Parameters
    ----------
    raw
        The layer as read.
    key
        Its column of ids.
    tables
        The tables, each with the columns that it holds.

    Returns
    -------
    tuple of Raw, dict
        The layer with all columns, and for each joined column where it comes from.
    """
    parts: dict[str, Part] = {}
    if key not in raw.table:
        return raw, parts
    ids = raw.table[key].astype("str").fillna("").str.strip()
    columns, table = list(raw.columns), raw.table.copy()
    for source in tables:
        rows = _rows(raw, ids, source)
        for column in map(str, source.raw.table):
            if column == source.ask.spec.on:  # type: ignore[union-attr]
                continue
            if column in columns:
                other = parts[column].source.raw.name if column in parts else raw.name
                hint = "rename one of the two, so that the scenario says which is meant"
                message = f"the column `{column}` stands both in `{other}` and in `{source.raw.name}`"
                findings.add(message, source.where(), hint)
                continue
            taken = source.text(column).to_numpy(object)
            table[column] = np.where(rows < 0, "", taken[rows]) if len(taken) else ""
            columns.append(column)
            parts[column] = Part(source, rows)
        columns += [name for name in source.raw.columns if name not in columns]
    return replace(raw, columns=columns, table=table), parts


def _rows(raw: Raw, ids: pd.Series[str], source: Source) -> NDArray[np.int64]:
    """Row of the table for each row of the layer; the unmatched of both sides are noted."""
    spec: Join = source.ask.spec  # type: ignore[assignment]
    there = {name: row for row, name in enumerate(source.ids(spec.on)) if name}
    rows = np.array([there.get(name, -1) for name in ids], np.int64)
    if spec.on not in source.raw.table:
        return rows
    _tell(raw, ids, rows, source, there)
    return rows


def _tell(
    raw: Raw, ids: pd.Series[str], rows: NDArray[np.int64], source: Source, there: Mapping[str, int]
) -> None:
    name, findings = source.raw.name, source.findings
    without = list(dict.fromkeys(ids[(rows < 0) & (ids != "")]))
    beyond = [other for other in there if other not in set(ids)]
    near = _near(without, beyond)
    if there and len(without) == len(set(ids) - {""}):
        hint = near or f"`on` names the column with the ids of `{raw.name}`"
        message = f"no row has an id of `{raw.name}`, such as {without[0]!r}; there is {next(iter(there))!r}"
        findings.add(message, name, hint)
        return
    if without and source.ask.spec.unmatched == "refuse":  # type: ignore[union-attr]
        hint = near or f"add {_they(without)}, or say `unmatched: zero`, with which their numbers are 0"
        message = (
            f"{_count(without, 'row')} of `{raw.name}` {_are(without)} not in the table: {listed(without)}"
        )
        findings.add(message, name, hint)
    elif without:
        findings.tell(
            f"{_count(without, 'row')} of {raw.name} {_are(without)} not in {name}; "
            f"numbers from there are 0: {listed(without)}."
        )
    if beyond:
        findings.tell(
            f"{_count(beyond, 'row')} of {name} {_are(beyond)} not in {raw.name} "
            f"and left out: {listed(beyond)}."
        )


def _near(without: list[str], beyond: list[str]) -> str:
    """Say when ids would be the same but for leading zeros, capitals or a fraction of zero."""
    plain = {_plain(name): name for name in beyond}
    for name in without:
        if _plain(name) in plain:
            other = plain[_plain(name)]
            return f"are {name!r} and {other!r} the same? ids are compared letter by letter: write them alike"
    return ""


def _plain(name: str) -> str:
    return name.casefold().removesuffix(".0").lstrip("0").replace(" ", "")


def _count(names: list[str], what: str) -> str:
    return f"1 {what}" if len(names) == 1 else f"{len(names):,} {what}s"


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _they(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
