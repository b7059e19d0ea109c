"""The scenarios of a sweep side by side: one row each, and what the columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from planner.explore.answer import remembered
from planner.explore.drivers import DRIVERS, drivers
from planner.explore.outcomes import Outcome, outcomes
from planner.frames import Column, Frame
from planner.report.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.errors import Fault

HEADS = (
    Column("scenario", "whole", "–", "number of the scenario in the sweep, from 1"),
    Column("run", "text", "–", "name of its run; empty where it failed"),
    Column("ending", "text", "–", "how its search ended; empty where it failed"),
    Column("gap", "number", "1", "share of the possible gain that the plan may miss"),
    Column("fault", "text", "–", "why it failed; empty where it did not"),
)
COLUMNS = Frame(
    "columns",
    "What the columns of the results mean.",
    (
        Column("order", "whole", "–", "order of the columns"),
        Column("column", "text", "–", "column of results.parquet"),
        Column("unit", "text", "–", "unit of its values"),
        Column("meaning", "text", "–", "what it tells"),
    ),
    ("order",),
)


@dataclass(frozen=True)
class Swept:
    """A sweep that has been answered.

    Attributes
    ----------
    keys
        Keys that were varied.
    results
        One row a scenario: `HEADS`, a column for each key (`set: ` before its name), one for each figure.
    columns
        What each column means, in order.
    drives
        Columns of `DRIVERS`.
    """

    keys: tuple[str, ...]
    results: pd.DataFrame
    columns: tuple[Column, ...]
    drives: pd.DataFrame

    @property
    def figures(self) -> tuple[Column, ...]:
        """Columns that tell what a plan does."""
        return self.columns[len(HEADS) + len(self.keys) :]

    @property
    def failed(self) -> int:
        """Scenarios without a plan."""
        return int(self.results["run"].eq("").sum())


def set_as(key: str) -> str:
    """Column of a key that was varied: apart from those of what a plan does."""
    return f"set: {key}"


class Row(NamedTuple):
    """What the results tell of one run: name, how its search ended, its gap, what its plan does."""

    run: str
    ending: str
    gap: float
    figures: tuple[Outcome, ...]


def row_of(folder: Path) -> Row:
    """Read the row of a run from its folder."""
    kept = remembered(folder)
    gap = np.nan if kept.status.gap is None else kept.status.gap
    return Row(kept.name, kept.status.ending, gap, tuple(outcomes(kept)))


def line_up(
    values: Sequence[Mapping[str, Any]], rows: Mapping[int, Row], faults: Mapping[int, Sequence[Fault]]
) -> Swept:
    """Put the scenarios of a sweep side by side.

    Parameters
    ----------
    values
        What was varied: value by key of each scenario.
    rows, faults
        What its run tells, or why there is none, by its place.
    """
    keys = tuple(values[0])
    figures: dict[str, Column] = {}
    lines = []
    for nth, own in enumerate(values):
        line: dict[str, Any] = {"scenario": nth + 1, "run": "", "ending": "", "gap": np.nan}
        told = (str(fault).replace("\n    → ", " → ") for fault in faults.get(nth, ()))
        line["fault"] = " · ".join(told).replace(": · ", ": ")
        line |= {set_as(key): own[key] for key in keys}
        if nth in rows:
            line |= _told(rows[nth], figures)
        lines.append(line)
    keyed = tuple(_column(key, [own[key] for own in values]) for key in keys)
    columns = (*HEADS, *keyed, *figures.values())
    results = pd.DataFrame(lines).reindex(columns=[column.name for column in columns])
    results = results.assign(**{c.name: _values(results[c.name], c) for c in keyed})
    drives = drivers(results, [set_as(key) for key in keys], list(figures))
    return Swept(keys, results, columns, drives)


def _told(row: Row, figures: dict[str, Column]) -> dict[str, Any]:
    """Cells of one run; columns that are new are noted."""
    for one in row.figures:
        figures.setdefault(one.column, Column(one.column, "number", one.unit, one.label))
    head = {"run": row.run, "ending": row.ending, "gap": row.gap}
    return head | {one.column: one.value for one in row.figures}


def _column(key: str, values: Sequence[Any]) -> Column:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return Column(set_as(key), "number" if numbers else "text", "as in the scenario", f"value of `{key}`")


def _values(values: pd.Series, column: Column) -> pd.Series:
    return values.astype(float) if column.kind == "number" else values.map(str).astype("str")


def write_swept(folder: Path, swept: Swept) -> None:
    """Write the results as Parquet and CSV, what their columns mean, and what drives them."""
    kinds = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "flag": pa.bool_()}
    schema = pa.schema(
        pa.field(c.name, kinds[c.kind], metadata={"unit": c.unit, "meaning": c.meaning})
        for c in swept.columns
    )
    pq.write_table(
        pa.Table.from_pandas(swept.results, schema, preserve_index=False), folder / "results.parquet"
    )
    write_csv(folder / "results.csv", swept.columns, swept.results)
    told = [(n, c.name, c.unit, c.meaning) for n, c in enumerate(swept.columns, start=1)]
    write_csv(folder / "columns.csv", COLUMNS.columns, pd.DataFrame(told, columns=COLUMNS.names))
    write_csv(folder / "drivers.csv", DRIVERS.columns, swept.drives)
