"""Inside the cage: every attribute as text, handed over as Arrow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from planner.city.formats import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST = 2 * 1024**3
"""Largest file, and largest unpacked table, that is read [byte]."""
WHOLE = 1e15
"""Below this a whole number held as a fraction (12.0) is exact, and told without its point."""


def check_size(size: int) -> None:
    """Refuse what would not fit."""
    if size > LARGEST:
        raise Refused(f"it holds {size / 1e9:.1f} GB, more than the {LARGEST / 1e9:.1f} GB that are read")


def as_text(values: NDArray[Any]) -> pa.Array:
    """Every value as text, nothing lost: 12.0 is told as 12, an absent value stays absent."""
    kind = values.dtype.kind
    if kind == "f":
        return pa.array([_fraction(value) for value in values.tolist()], pa.string())
    if kind == "O":
        return pa.array([_object(value) for value in values.tolist()], pa.string())
    if kind == "M":
        return pa.array([None if np.isnat(value) else str(value) for value in values], pa.string())
    return pa.array([str(value) for value in values.tolist()], pa.string())


def _fraction(value: float) -> str | None:
    if value != value:  # noqa: PLR0124 the test for NaN
        return None
    return str(int(value)) if abs(value) < WHOLE and value == int(value) else repr(value)


def _object(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return _fraction(value)
    if isinstance(value, bytes):
        return None
    return json.dumps(value.tolist() if isinstance(value, np.ndarray) else value, default=str)


def write(
    target: Path,
    columns: Mapping[str, Any],
    *,
    geometry: pa.Array | None = None,
    lines: pa.Array | None = None,
    typed: Sequence[pa.ChunkedArray] = (),
) -> None:
    """Write columns by position, geometry as WKB, lines of the source, typed cells, as one Arrow file."""
    table = {f"column {number}": column for number, column in enumerate(columns.values())}
    if geometry is not None:
        table["geometry"] = geometry
    if lines is not None:
        table["lines"] = lines
    table |= {f"typed {number}": column for number, column in enumerate(typed)}
    arrow = pa.table(table)
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, arrow.schema) as writer:
        writer.write_table(arrow)
