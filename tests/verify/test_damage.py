"""Damaged tables and figures give words, never an exception; the last digits do not matter."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plan_maker import case_of, judged

from planner.frames import ALL_TABLES, ASSIGNMENT, PLAN_TABLES
from planner.verify.check import check
from planner.verify.verdict import SHOWN

TABLES = ("facilities", "assignment", "need_points", "unmet", "before")
ADDED = {column.name for column in ASSIGNMENT.columns if column.absent is not None}
GARBAGE = (
    None,
    float("nan"),
    "x",
    -1.0,
    float("inf"),
    1e300,
    [1],
    7,
    True,
    pd.NaT,
    b"\xff",
    "ü\ud800",
    10**30,
)


def test_the_last_digits_do_not_matter() -> None:
    """Rounding in the ninth digit, as another machine may give, is no fault."""
    case = case_of(3)
    noisy = {
        name: table.assign(
            **{c: table[c] * (1 + 1e-9) for c in table.select_dtypes("float64") if c not in "xy"}
        )
        for name in TABLES
        for table in [getattr(case.plan, name)]
    }
    assert judged(replace(case, plan=replace(case.plan, **noisy))).faults == ()


def test_a_plan_read_back_from_csv_passes() -> None:
    """Tables that went through CSV and were tidied are the same plan."""
    case = case_of(4)
    frames = dict(zip(TABLES, (*PLAN_TABLES, PLAN_TABLES[1]), strict=True))
    back = {}
    for name, frame in frames.items():
        text = getattr(case.plan, name).to_csv(index=False)
        back[name] = frame.tidy(pd.read_csv(io.StringIO(text)))
    assert judged(replace(case, plan=replace(case.plan, **back))).faults == ()


@pytest.mark.parametrize("seed", range(6))
def test_garbage_gives_words_not_exceptions(seed: int) -> None:
    """40 cells overwritten with garbage: always a verdict; a value that changed is a fault."""
    rng = np.random.default_rng(seed)
    for _ in range(40):
        case = case_of(int(rng.integers(40)))
        name = str(rng.choice(TABLES))
        table = getattr(case.plan, name)
        if not len(table):
            continue
        row, column = int(rng.integers(len(table))), str(rng.choice(table.columns))
        old, new = table[column].iloc[row], GARBAGE[rng.integers(len(GARBAGE))]
        values = table[column].astype(object).tolist()
        values[row] = new
        damaged = pd.Series(values, index=table.index, dtype=object)
        with suppress(UnicodeEncodeError):
            damaged = damaged.infer_objects()
        verdict = judged(replace(case, plan=replace(case.plan, **{name: table.assign(**{column: damaged})})))
        unchanged = isinstance(new, bool | int | float) and not isinstance(new, str) and old == new
        unchanged |= isinstance(old, str) and not old and not isinstance(new, list) and bool(pd.isna(new))
        assert unchanged or not verdict.kept, (name, column, old, new)
        assert all(isinstance(fault, str) and fault for fault in verdict.faults)


@pytest.mark.parametrize("name", TABLES)
def test_missing_columns_and_tables_are_told(name: str) -> None:
    """Each column left out, one written twice, a table missing or of another kind: told by name."""
    case = case_of(5)
    table = getattr(case.plan, name)
    called = "before" if name == "before" else name
    for column in table.columns:
        faults = judged(replace(case, plan=replace(case.plan, **{name: table.drop(columns=column)}))).faults
        if column in ADDED:  # a table of an earlier version, in which nobody moves
            assert faults == ()
            continue
        assert f"{called}: should have each of these columns once: {column}" in faults
    for damage in (None, [], pd.DataFrame(), pd.concat([table, table["period"]], axis=1), "text"):
        verdict = judged(replace(case, plan=replace(case.plan, **{name: damage})))
        assert any(fault.startswith(f"{called}: ") for fault in verdict.faults)
        assert verdict.value is None


@pytest.mark.parametrize("name", TABLES)
def test_columns_of_another_kind_are_told(name: str) -> None:
    """A column of numbers read as text, or of ids read as numbers, is a fault in words."""
    case = case_of(6)
    table = getattr(case.plan, name)
    for column in table.columns:
        other = table.assign(**{column: 5.5 if table[column].dtype == "str" else table[column].astype(str)})
        faults = judged(replace(case, plan=replace(case.plan, **{name: other}))).faults
        assert any(f"`{column}` should be" in fault for fault in faults)


def test_indicators_with_six_decimals_pass() -> None:
    """Indicators are written with six decimals; that is no fault, a difference in the fifth is."""
    case = case_of(4)
    printed = case.indicators.assign(value=case.indicators["value"].round(6))
    assert judged(replace(case, indicators=printed), case.indicators).kept
    wrong = printed.assign(value=printed["value"] + 1e-5)
    assert not judged(replace(case, indicators=wrong), case.indicators).kept


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_are_judged(name: str) -> None:
    """A table without rows is compared with the others like any other."""
    case = case_of(7)
    table = getattr(case.plan, name)
    verdict = judged(replace(case, plan=replace(case.plan, **{name: table.iloc[:0]})))
    assert verdict.kept == (len(table) == 0)


@pytest.mark.parametrize(
    "field", ["value", "bound", "before", "level", "level_bound", "level_before", "gap", "seconds"]
)
@pytest.mark.parametrize("damage", [None, float("nan"), float("inf"), float("-inf"), "x", -1e9, True])
def test_damaged_status_is_told(field: str, damage: object) -> None:
    """A figure of the status that is no figure, or not the right one, is a fault and no exception."""
    for seed in (1, 3):
        case = case_of(seed)
        if getattr(case.plan.status, field) == damage:
            continue
        verdict = judged(
            replace(case, plan=replace(case.plan, status=replace(case.plan.status, **{field: damage})))
        )
        assert not verdict.kept, (case.scenario.objective, field, damage)


def test_a_missing_status_or_unknown_ending_is_told() -> None:
    """No status, or an ending that does not exist, is a fault."""
    case = case_of(0)
    assert judged(replace(case, plan=replace(case.plan, status=None))).faults == (
        "status: how the search ended is missing",
    )
    status = replace(case.plan.status, ending="done")
    assert any(
        "ending is `done`" in fault
        for fault in judged(replace(case, plan=replace(case.plan, status=status))).faults
    )


def test_many_faults_of_a_kind_are_counted() -> None:
    """Of a fault in every row some are told and the rest counted, so that the message can be read."""
    case = case_of(0)
    bad = case.plan.need_points.assign(need=1e4)
    faults = judged(replace(case, plan=replace(case.plan, need_points=bad))).faults
    assert len(faults) == SHOWN + 1
    assert f"in {len(bad) - SHOWN} more rows" in faults[-1]


def test_every_table_of_the_dictionary_is_checked() -> None:
    """No table of the data dictionary crosses the checker's desk unread."""
    case = case_of(0)
    for frame in ALL_TABLES:
        empty = pd.DataFrame()
        if frame.name == "indicators":
            verdict = check(case.problem, case.scenario, case.plan, empty, lambda: case.indicators)
        else:
            verdict = judged(replace(case, plan=replace(case.plan, **{frame.name: empty})))
        assert any(fault.startswith(f"{frame.name}: should have") for fault in verdict.faults)
