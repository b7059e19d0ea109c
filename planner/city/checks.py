"""Checks of rows, declared once and run over whole columns: ids there and unique, numbers in range."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandera.pandas as pa

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

IDS = pa.DataFrameSchema(
    {
        "id": pa.Column(
            checks=[
                pa.Check(lambda ids: ids != "", error="empty"),
                pa.Check(lambda ids: ~ids.duplicated(keep=False), error="twice"),
            ],
            nullable=True,
        )
    }
)
"""Every row has an id, and no two rows have the same."""


@cache
def number_schema(least: str, most: float) -> pa.DataFrameSchema:
    """Numbers that are there, at least `zero`, `above zero` or `any`, and at most `most`."""
    above = (
        pa.Check.gt(0, error="least")
        if least == "above zero"
        else pa.Check.ge(-np.inf if least == "any" else 0, error="least")
    )
    checks = [
        pa.Check(lambda values: values.notna(), error="number", ignore_na=False),
        above,
        pa.Check.le(most, error="most"),
    ]
    return pa.DataFrameSchema({"value": pa.Column(checks=checks, nullable=True)})


def failing(schema: pa.DataFrameSchema, table: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return the rows that fail, by the name of the check, in order of rows."""
    try:
        schema.validate(table.reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        named = cases.groupby("check", sort=True)["index"]
        return {str(check): np.sort(rows.to_numpy(np.int64)) for check, rows in named}
    return {}
