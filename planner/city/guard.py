"""The caged reader: one child process reads all files; whatever happens to it is told in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.city.child import caged
from planner.errors import Fault, InputFault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MEMORY = 6 * 1024**3
"""Address space that the reader may take [byte]."""
SECONDS = 120
"""Longest time that the reader may take [s]."""
EXPORT = "open it in QGIS and export it again as GeoPackage"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to read: the columns of interest and, in a file with several, the layer.

    For a table also how it is written, as far as the scenario says. What is read from elsewhere is shown
    under another name than that of its file, and with another format.
    """

    path: Path
    columns: frozenset[str] = frozenset()
    layer: str | None = None
    table: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    form: str = ""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.shown or self.path.name


@dataclass(frozen=True)
class Told:
    """How a table was read, and what of it was not.

    Attributes
    ----------
    encoding, separator
        Of a CSV; empty for Excel.
    head
        Rows that name the columns.
    left_out
        Every row that is no data: its line, what stands there, why.
    empty
        Lines without anything.
    alone
        Rows at the end with one filled cell, which may be notes.
    footer
        Rows at the end that the scenario says are no data.
    """

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    head: Sequence[int] = (1,)
    left_out: Sequence[tuple[int, str, str]] = ()
    empty: Sequence[int] = ()
    alone: int = 0
    footer: int | None = None


@dataclass(frozen=True)
class Raw:
    """What stands in one file, nothing checked yet.

    Attributes
    ----------
    name, format
        File name, and its format in words.
    columns
        Names of all columns.
    table
        The wanted columns that are there; every value text, None where the file has none.
    lines
        Line of each row in a CSV (row number in a plain Parquet), else None.
    geometry
        Shapes (two-dimensional; None where missing), or None for a table without geometry.
    broken
        Why a geometry cannot be read, by row.
    crs, stated
        Coordinate system, and whether the file states it itself.
    typed
        For an Excel sheet: which cells of `table` it holds as numbers.
    told
        For CSV and Excel: how it was read.
    """

    name: str
    format: str
    columns: list[str]
    table: pd.DataFrame
    lines: NDArray[np.int64] | None = None
    geometry: NDArray[Any] | None = None
    broken: Mapping[int, str] = field(default_factory=dict)
    crs: str | None = None
    stated: bool = False
    typed: pd.DataFrame | None = None
    told: Told | None = None

    def place(self, row: int, name: str | None = None) -> str:
        """Where a row stands: `cells.csv:17`, or `sites.gpkg feature 'S4'` by id or number from 1."""
        if self.lines is not None:
            return f"{self.name}:{self.lines[row]}"
        return f"{self.name} feature {row + 1 if name is None else repr(name)}"


def read_layers(wanted: Sequence[Wanted], *, memory: int = MEMORY, seconds: float = SECONDS) -> list[Raw]:
    """Read all files in one caged child process.

    Parameters
    ----------
    wanted
        Files with the columns of interest.
    memory, seconds
        Limits of the child [byte, s].

    Returns
    -------
    list of Raw
        In the order asked for.

    Raises
    ------
    InputFault
        Every file that cannot be read, with what to do about it.
    MachineFault
        When memory, permission or disk stand in the way.
    """
    files = [
        {"path": str(w.path), "columns": sorted(w.columns), "layer": w.layer, "table": dict(w.table)}
        for w in wanted
    ]
    names = [w.name for w in wanted]
    asked = ("planner.city.cage", {"files": files}, names, EXPORT)
    with caged(*asked, memory=memory, seconds=seconds) as (answers, folder):
        _refuse(wanted, answers)
        return [
            _raw(w, answer, folder / f"{i}.arrow")
            for i, (w, answer) in enumerate(zip(wanted, answers, strict=True))
        ]


def _refuse(wanted: Sequence[Wanted], answers: list[dict[str, Any]]) -> None:
    machine = [Fault(a["machine"], w.name) for w, a in zip(wanted, answers, strict=True) if "machine" in a]
    if machine:
        raise MachineFault(machine)
    faults = []
    for w, answer in zip(wanted, answers, strict=True):
        if "fault" in answer:
            message, hint, part = answer["fault"]
            faults.append(Fault(message, f"{w.name}:{part}" if part else w.name, hint))
    if faults:
        raise InputFault(faults)


def _raw(wanted: Wanted, answer: dict[str, Any], path: Path) -> Raw:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.ipc  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    with pa.OSFile(str(path), "rb") as file:
        arrow = pa.ipc.open_file(file).read_all()
    table = arrow.select([f"column {i}" for i in range(len(answer["present"]))]).to_pandas()
    table.columns = answer["present"]
    has = set(arrow.column_names)
    typed = None
    if "typed 0" in has:
        typed = arrow.select([f"typed {i}" for i in range(len(answer["present"]))]).to_pandas()
        typed.columns = answer["present"]
    shapes = arrow["geometry"].to_numpy(zero_copy_only=False) if "geometry" in has else None
    return Raw(
        name=wanted.name,
        format=wanted.form or answer["format"],
        columns=answer["columns"],
        table=table,
        lines=arrow["lines"].to_numpy() if "lines" in has else None,
        geometry=None if shapes is None else shapely.from_wkb(shapes),
        broken={int(row): reason for row, reason in answer.get("broken", {}).items()},
        crs=answer["crs"],
        stated=answer["stated"],
        typed=typed,
        told=_told(answer) if "head" in answer else None,
    )


def _told(answer: dict[str, Any]) -> Told:
    return Told(**{key: answer[key] for key in Told.__dataclass_fields__ if key in answer})
