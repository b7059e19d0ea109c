"""Tables of travel from a routing engine: ids as text, minutes or metres, every bad row listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from planner.city.source import Source
    from planner.scenario.schema import Table

ABSENT = {"", "NA"}
"""How routing engines write that there is no way."""


def travel_table(source: Source, spec: Table) -> pd.DataFrame:
    """Read `origin`, `destination` and `minutes` and/or `metres`; rows without a way are left out, told."""
    table = pd.DataFrame({"origin": source.text(spec.origin), "destination": source.text(spec.destination)})
    for key, name in (("origin", spec.origin), ("destination", spec.destination)):
        if name in source.raw.table:
            empty = np.flatnonzero(table[key] == "")
            source.rows(empty, [f"`{name}` is empty"] * len(empty), "every row needs both ids")
    for key, column in (("minutes", spec.minutes), ("metres", spec.metres)):
        if column is not None:
            table[key] = _lengths(source, column)
    measures = [key for key in ("minutes", "metres") if key in table]
    absent = table[measures].isna().all(axis=1)
    if absent.any():
        source.findings.tell(
            f"{int(absent.sum())} rows of {source.raw.name} tell no travel; they count as out of reach."
        )
    return table[~absent].reset_index(drop=True)


def _lengths(source: Source, column: str) -> pd.Series[float]:
    """Travel in a column; NaN where the table tells that there is no way."""
    text = source.text(column)
    values = source.values(column)
    if column not in source.raw.table:
        return values
    strange = np.flatnonzero(values.isna() & ~text.isin(ABSENT))
    source.rows(
        strange,
        [f"`{column}` is not a number: {text[row][:40]!r}" for row in strange],
        "write a number; leave empty (or NA) where there is no way",
    )
    negative = np.flatnonzero(values < 0)
    source.rows(
        negative, [f"`{column}` is negative ({text[row]})" for row in negative], "travel is 0 or more"
    )
    return values
