"""The written tables: exact for machines, harmless for spreadsheets, the same bytes twice."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import pytest
from invented_plan import HOSTILE, indicators, plan

from planner.errors import InputFault
from planner.frames import FACILITIES
from planner.plan import Plan
from planner.report.tables import decimal, harmless, read_indicators, read_tables, write_tables

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("facilities", "assignment", "need_points", "unmet", "before")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a run folder with the tables of a plan whose places have a formula for a name."""
    write_tables(tmp_path, plan(HOSTILE[1]), indicators())
    return tmp_path


def test_parquet_brings_every_table_back(folder: Path) -> None:
    """Reading gives exactly what was written, infinite capacities and formulas included."""
    written, tables = plan(HOSTILE[1]), read_tables(folder)
    assert sorted(tables) == sorted([*NAMES, "moves"])
    assert tables["moves"].empty
    for name in NAMES:
        pd.testing.assert_frame_equal(tables[name], getattr(written, name))
    assert Plan(**tables, status=written.status).facilities["capacity"].max() == float("inf")


def test_indicators_come_back_exactly(folder: Path) -> None:
    """Reading the indicators gives exactly what was written, figures that cannot be told included."""
    pd.testing.assert_frame_equal(read_indicators(folder), indicators())


def test_parquet_says_unit_and_meaning(folder: Path) -> None:
    """Each column of a Parquet file carries its unit and meaning."""
    schema = pq.read_schema(folder / "plan" / "facilities.parquet")
    assert schema.field("land_m2").metadata == {b"unit": "m²".encode(), b"meaning": b"land that it takes"}
    assert schema.names == FACILITIES.names


def test_same_plan_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Writing again, elsewhere, gives the same bytes in every file."""
    again = tmp_path / "again"
    write_tables(again, plan(HOSTILE[1]), indicators())
    for name in [f"plan/{n}.{kind}" for n in NAMES for kind in ("csv", "parquet")] + [
        "indicators.csv",
        "indicators.parquet",
    ]:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_csv_opens_in_a_spreadsheet(folder: Path) -> None:
    """CSV has the UTF-8 mark, plain line ends, and tells unlimited and unknown in its own way."""
    raw = (folder / "plan" / "facilities.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    rows = list(csv.DictReader((folder / "plan" / "facilities.csv").read_text("utf-8-sig").splitlines()))
    assert [row["capacity"] for row in rows] == ["40", "unlimited", "80"]
    assert [row["existing"] for row in rows] == ["true", "false", "false"]
    figures = list(csv.DictReader((folder / "indicators.csv").read_text("utf-8-sig").splitlines()))
    assert [row["value"] for row in figures if row["measure"] == "travel"] == [""]


def test_csv_holds_no_live_formula(folder: Path) -> None:
    """No cell of any CSV but a number begins with a sign that a spreadsheet takes for a formula."""
    for path in [*folder.glob("plan/*.csv"), folder / "indicators.csv"]:
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
            assert not [cell for cell in row if cell[:1] in set("=+-@\t\r")], path.name
    assert pq.read_table(folder / "plan" / "facilities.parquet")["label"][1].as_py() == HOSTILE[1]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1"])
def test_formula_signs_are_disarmed(text: str) -> None:
    """Every sign that starts a formula gets an apostrophe before it."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.3"), (1e-9, "0"), (-1e-9, "0"), (123456789.5, "123456789.5"), (1 / 3, "0.333333")],
)
def test_decimals(value: float, text: str) -> None:
    """A number has a point and at most six decimals, never an exponent or a minus zero."""
    assert decimal(value) == text


def test_missing_and_damaged_tables_are_named_at_once(folder: Path) -> None:
    """Reading names every table that is gone or broken, and where it should be."""
    (folder / "plan" / "unmet.parquet").unlink()
    (folder / "plan" / "assignment.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(InputFault) as caught:
        read_tables(folder)
    told = {fault.where.rpartition("/")[2]: fault.message for fault in caught.value.faults}
    assert told["unmet.parquet"] == "this table of the run is missing"
    assert told["assignment.parquet"].startswith("this table of the run is damaged (")


def test_a_table_without_a_column_is_damaged(folder: Path) -> None:
    """A Parquet file that lacks a column is refused, not half read."""
    path = folder / "plan" / "before.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["travel"]), path)
    with pytest.raises(InputFault, match=r"before\.parquet: this table of the run is damaged"):
        read_tables(folder)
