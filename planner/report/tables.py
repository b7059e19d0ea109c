"""The tables of a plan on disk: Parquet for machines, CSV for staff, and back again."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from planner.errors import Fault, InputFault
from planner.frames import (
    ASSIGNMENT,
    FACILITIES,
    INDICATORS,
    MOVES,
    NEED_POINTS,
    PRICES,
    UNMET,
    Column,
    Frame,
)
from planner.frames.equity import EQUITY_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from planner.plan import Plan

BEFORE = replace(ASSIGNMENT, name="before", meaning="Who is served where with nothing built.")
WRITTEN = (FACILITIES, ASSIGNMENT, NEED_POINTS, UNMET, BEFORE, MOVES)
PROOF = "proof/prices.parquet"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LATER_CELL = re.compile(r"""([;\t\r\n][\s"']*)([=+\-@＝＋－＠])""")
"""A formula that begins a cell of its own where a spreadsheet parts cells by semicolons or tabs."""
DECIMALS = 6
AGAIN = "run the scenario again"
ARROW = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "flag": pa.bool_()}


def write_tables(
    folder: Path,
    plan: Plan,
    indicators: pd.DataFrame,
    equity: Mapping[str, pd.DataFrame] | None = None,
    *,
    printed: pd.DataFrame | None = None,
) -> None:
    """Write the plan, its indicators and the tables of its equity audit into a run folder.

    Parameters
    ----------
    folder
        The run folder. Written: `plan/` with facilities, assignment, need_points, unmet, before (the
        assignment with nothing built) and moves, each as Parquet (exact) and CSV (six decimals), and the
        indicators as `indicators.parquet` (exact) and `indicators.csv` (as they may be printed); the prices
        that prove the bound, where there are any, as `proof/prices.parquet`.
    plan
        The plan; columns and units as in `planner.frames`.
    indicators
        Columns of `frames.INDICATORS`.
    printed
        The same without figures of too few people, for print; the indicators themselves if not given.
    equity
        By name, tables as in `frames.equity.EQUITY_TABLES`; written into `equity/` in the same two ways.
    """
    (folder / "plan").mkdir(parents=True, exist_ok=True)
    for frame in WRITTEN:
        table = _table(plan, frame)
        own = frame.of(table)
        write_parquet(folder / "plan" / f"{frame.name}.parquet", own, table)
        write_csv(folder / "plan" / f"{frame.name}.csv", own.columns, table)
    if plan.prices is not None:
        (folder / PROOF).parent.mkdir(exist_ok=True)
        write_parquet(folder / PROOF, PRICES, PRICES.tidy(plan.prices))
    figures = INDICATORS.tidy(indicators)
    write_parquet(folder / "indicators.parquet", INDICATORS, figures)
    told = figures if printed is None else INDICATORS.tidy(printed)
    write_csv(folder / "indicators.csv", INDICATORS.columns, told)
    for frame in EQUITY_TABLES:
        if equity is not None and frame.name in equity:
            (folder / "equity").mkdir(exist_ok=True)
            table = frame.tidy(equity[frame.name])
            write_parquet(folder / "equity" / f"{frame.name}.parquet", frame, table)
            write_csv(folder / "equity" / f"{frame.name}.csv", frame.columns, table)


def _table(plan: Plan, frame: Frame) -> pd.DataFrame:
    table = getattr(plan, frame.name)
    return nothing(frame) if table is None else frame.tidy(table)


def nothing(frame: Frame) -> pd.DataFrame:
    """Return a table without any row."""
    import pandas as pd  # noqa: PLC0415 - slow to import

    return frame.tidy(pd.DataFrame(columns=frame.names))


def read_indicators(folder: Path) -> pd.DataFrame:
    """Read the indicators of a run back, exact, with the columns of `frames.INDICATORS`.

    Raises
    ------
    InputFault
        When the table is missing or damaged.
    """
    return _read(folder / "indicators.parquet", INDICATORS)


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read a plan's tables back from the Parquet files of a run folder.

    Returns
    -------
    dict
        By name: facilities, assignment, need_points, unmet, before, moves, and prices where the run has
        them; with a status they are the `Plan`.

    Raises
    ------
    InputFault
        Naming every table that is missing or damaged.
    """
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    files = {folder / "plan" / f"{frame.name}.parquet": frame for frame in WRITTEN}
    if (folder / PROOF).exists():
        files[folder / PROOF] = PRICES
    for file, frame in files.items():
        try:
            tables[frame.name] = nothing(frame) if _older(frame, file) else _read(file, frame)
        except InputFault as error:
            faults += error.faults
    if faults:
        raise InputFault(faults)
    return tables


def _older(frame: Frame, file: Path) -> bool:
    """Return whether a table is missing that runs of earlier versions do not have."""
    return frame is MOVES and not file.exists()


def _read(path: Path, frame: Frame) -> pd.DataFrame:
    try:
        return frame.tidy(pq.read_table(path).to_pandas())
    except FileNotFoundError:
        raise InputFault(Fault("this table of the run is missing", _place(path), AGAIN)) from None
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        message = f"this table of the run is damaged ({str(error).splitlines()[0][:100]})"
        raise InputFault(Fault(message, _place(path), AGAIN)) from None


def _place(path: Path) -> str:
    return "/".join(path.parts[-3:])


def write_parquet(path: Path, frame: Frame, table: pd.DataFrame) -> None:
    """Write a table exactly, with unit and meaning of every column in its schema; same table, same bytes."""
    fields = [
        pa.field(c.name, ARROW[c.kind], metadata={"unit": c.unit, "meaning": c.meaning})
        for c in frame.columns
    ]
    schema = pa.schema(fields, metadata={"table": frame.name, "meaning": frame.meaning})
    pq.write_table(pa.Table.from_pandas(table, schema=schema, preserve_index=False), path, compression="zstd")


def write_csv(path: Path, columns: Iterable[Column], table: pd.DataFrame) -> None:
    """Write a table as a spreadsheet opens it right: UTF-8 with mark, six decimals, no live formula."""
    columns = list(columns)
    cells = [_texts(column, table[column.name]) for column in columns]
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        writer.writerows(zip(*cells, strict=True))


def _texts(column: Column, values: pd.Series) -> list[str]:
    if column.kind == "text":
        return [harmless(str(value)) for value in values]
    if column.kind == "number":
        return [decimal(value) for value in values.tolist()]
    return [str(value).lower() for value in values.tolist()]


def harmless(text: str) -> str:
    """Return the text with an apostrophe before any sign that a spreadsheet takes for a formula."""
    text = LATER_CELL.sub(r"\1'\2", text.replace("\0", ""))
    live = text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if live else text


def decimal(value: float) -> str:
    """Return a number with a point and at most six decimals; `unlimited` if infinite, empty if unknown."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "unlimited"
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
