"""Intervals of a run's indicators, where `planner audit` has told how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.frames import INTERVALS

if TYPE_CHECKING:
    from pathlib import Path

FILE = "audit/intervals.csv"
KEY = ["service", "group", "measure", "summary"]


def read_intervals(folder: Path) -> pd.DataFrame:
    """Read the ends of each interval of the plan: index `KEY`, columns low and high; no row without audit.

    Where margins of error were given they count, else the bootstrap over cells.
    """
    empty = pd.DataFrame({"low": [], "high": []}, index=pd.MultiIndex.from_tuples([], names=KEY))
    try:
        table = pd.read_csv(folder / FILE, encoding="utf-8-sig", keep_default_na=False, dtype=str)
        table = table[INTERVALS.names]
    except (OSError, ValueError, KeyError):
        return empty
    last = table[(table["when"] == "after") & (table["period"] == table["period"].max())]
    ends = last.assign(**{end: pd.to_numeric(last[end], errors="coerce") for end in ("low", "high")})
    ends = ends.sort_values("method", ascending=False, kind="stable")  # margins before cells
    found: pd.DataFrame = ends.drop_duplicates(KEY).set_index(KEY)[["low", "high"]].dropna()
    return found


def is_clear(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool | None:
    """Whether two intervals do not touch; None where one is not known."""
    if one is None or other is None:
        return None
    return one[1] < other[0] or other[1] < one[0]
