"""Frontiers: beside all plans of tiny cities; grids hold what is proven; faults."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from oracle import _Task, kept
from oracle_justice import JustTask
from strategies import Case, random_case

from planner import flow
from planner.cli.app import app, guarded
from planner.cli.frontier import points_of
from planner.errors import Infeasible, InputFault
from planner.explore.frontier import frontier
from planner.explore.frontier_page import _sure
from planner.explore.plot import scale, ticked
from planner.explore.trades import spent, trade_of
from planner.model.decide import yardstick_of
from planner.problem.outcome import Outcome
from planner.report.charts import round_ticks
from planner.report.numbers import number

RAISED: dict[str, dict[str, Any]] = {
    "utilitarian": {},
    "sufficiency": {"floor": 0.6},
    "worst_off": {"share": 0.4},
    "maximin": {},
}
FEW, MANY = 8, 60
HAIR = 1e-6


def city(seed: int) -> tuple[Case, str]:
    """A random city with little money, and the principle that is raised."""
    principle = list(RAISED)[seed % len(RAISED)]
    case = random_case(seed)
    budget = {"capital": float(np.round(0.6 * case.problem.providers["capital_cost"].sum(), 2))}
    return case.asking(
        objective={principle: RAISED[principle]}, solver={"gap": 0.0}, budget=budget
    ), principle


def every_plan(case: Case, principle: str) -> list[tuple[float, float]]:
    """Money and best level of every choice of modules that keeps the rules."""
    just = principle in {"worst_off", "maximin"}
    task = (JustTask if just else _Task)(case.problem, case.scenario)
    yardstick, found = yardstick_of(case.problem, case.scenario), []
    for modules in kept(case.problem, case.scenario):
        value = task.value(modules, np.inf) if just else task.least(modules, np.inf)
        level = yardstick.level(value) if np.isfinite(value) else None
        if level is not None:
            nobody = np.zeros(len(case.problem.pairs))
            found.append((spent(Outcome(case.problem, np.array(modules, float), nobody)), level))
    return found


def best_of(plans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Plans that no other beats, the cheapest first."""
    best: list[tuple[float, float]] = []
    for money, level in sorted(plans, key=lambda plan: (plan[0], -plan[1])):
        if not best or level > best[-1][1] + HAIR:
            best.append((money, level))
    return best


def compared(seeds: range) -> list[int]:
    """Every point is there, and no other; how many points each city has."""
    sizes = []
    for seed in seeds:
        case, principle = city(seed)
        right = best_of(every_plan(case, principle))
        trade = trade_of(f"cost:{principle}", case.scenario)
        if not right:
            with pytest.raises(Infeasible):
                frontier(case.problem, case.scenario, case.residents, trade, number=None)
            continue
        found = frontier(case.problem, case.scenario, case.residents, trade, number=None)
        told = [(point.held, point.raised) for point in found.points]
        assert len(told) == len(right), (seed, told, right)
        assert np.allclose(told, right, atol=2e-6), (seed, told, right)
        sizes.append(len(told))
    return sizes


def test_no_point_is_missing_and_none_is_beaten() -> None:
    """Some tiny cities against every plan of them; most frontiers have several points."""
    sizes = compared(range(FEW))
    assert len(sizes) > FEW / 2
    assert max(sizes) > 2


@pytest.mark.slow
def test_no_point_is_missing_in_many_cities() -> None:
    """The same in more cities."""
    assert np.mean(compared(range(200, 200 + MANY))) > 2


@pytest.mark.parametrize(
    "trade", ["efficiency:equity", "cost:floor", "priority:maximin", "worst_off:equal_shares"]
)
def test_a_grid_holds_and_no_point_beats_another(trade: str) -> None:
    """Points at equal steps: each keeps its level, is below its limit, and costs something of the other."""
    for seed in (3, 8, 14):
        case = random_case(seed).asking(objective="utilitarian", solver={"gap": 1e-6})
        axes = trade_of(trade, case.scenario)
        try:
            found = frontier(case.problem, case.scenario, case.residents, axes, number=5)
        except Infeasible:
            continue
        held = [point.held for point in found.points]
        raised = [point.raised for point in found.points]
        assert held == sorted(held)
        assert raised == sorted(raised, reverse=bool(found.held.principle))
        for point in found.points:
            assert point.limit is None or point.raised <= point.limit + 1e-5
            if not found.held.principle:
                assert point.held <= point.problem.capital * (1 + 1e-9)


WRONG = {
    "cost": "`cost` names no two yardsticks",
    "cost:cost": "`cost:cost` is the same yardstick twice",
    "efficiency:utilitarian": "is the same yardstick twice",
    "cost:flor": "unknown yardstick `flor`; did you mean `floor`?",
    "priority:equal_shares": "neither `priority` nor `equal_shares` can be held at a level",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_trade_is_refused(text: str) -> None:
    """What was written, and what can be."""
    with pytest.raises(InputFault) as told:
        trade_of(text, random_case(3).scenario)
    assert WRONG[text] in str(told.value)
    assert str(told.value).startswith("--trade: ")


def test_a_question_without_a_frontier_is_refused() -> None:
    """Without a budget there are no steps of money; every point is not told of every pair."""
    case = random_case(3)
    free = case.asking(budget={"capital": None})
    with pytest.raises(InputFault, match="without a budget there is no money to take steps of"):
        frontier(free.problem, free.scenario, free.residents, trade_of("cost:floor", free.scenario))
    trade = trade_of("efficiency:equity", case.scenario)
    with pytest.raises(InputFault, match="every point can be told only of money and one of"):
        frontier(case.problem, case.scenario, case.residents, trade, number=None)


def test_the_command_tells_and_writes(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Points, steps and knee in words; tables, page, and a run for each plan that verifies."""
    project = finished.parents[1]
    words = ["frontier", str(project / "utilitarian.yaml"), "--trade", "cost:equity", "--points", "4"]
    assert guarded(partial(app, [*words, "--seconds", "60"], prog_name="planner")) == 0
    said = capsys.readouterr().out
    folder = Path(said.rstrip().rpartition("Read ")[2]).parent
    table = pd.read_csv(folder / "frontier.csv", keep_default_na=False)
    assert f"1  {number(table['held'][0])} million crowns: " in said
    assert table["held"].is_monotonic_increasing
    assert table["raised"].is_monotonic_increasing
    assert (table["capital_cost"] == table["held"]).all()
    for run in table["run"]:
        assert flow.verify(folder.parent / run).kept
    steps = pd.read_csv(folder / "steps.csv")
    people = steps.groupby("point")["people"].sum()
    assert people.max() == pytest.approx(people.min())
    page = (folder / "frontier.html").read_text(encoding="utf-8")
    assert all(run in page for run in table["run"])
    assert page.count("<circle") == len(table)


@pytest.mark.parametrize("text", ["two", "2", "101", "-3", ""])
def test_what_is_no_number_of_points_is_refused(text: str) -> None:
    """What was written, and what can be."""
    with pytest.raises(
        InputFault, match=f"`{text}` is no number of points\n    → write a number from 3 to 100"
    ):
        points_of(text)


def test_the_page_says_of_which_plans_something_is_proven() -> None:
    """All of them, some of them, or none; checked only where runs were made."""
    gaps = {
        "Each plan misses at most 2": [0.01, 0.02],
        "Each plan misses less than 0.1": [0.0, 1e-6],
        "Of 1 of the 2 plans it is proven": [0.01, np.nan],
        "How much better a plan could be at each step is not told.": [np.nan, np.nan],
    }
    for words, gap in gaps.items():
        table = pd.DataFrame({"gap": gap})
        assert _sure(table, checked=False).startswith(words)
        assert "recomputed" not in _sure(table, checked=False)
        assert _sure(table, checked=True).endswith("Every plan was recomputed from its tables.")


@pytest.mark.parametrize(
    ("low", "high", "printed"),
    [
        (0.4758, 0.4842, ["0.4750", "0.4775", "0.4800", "0.4825", "0.4850"]),
        (0.0, 3000.0, ["0", "750", "1,500", "2,250", "3,000"]),
        (12345.2, 12345.9, ["12,345.2", "12,345.4", "12,345.6", "12,345.8", "12,346.0"]),
        (-0.5, 0.5, ["−0.50", "−0.25", "0.00", "0.25", "0.50"]),
    ],
)
def test_ticks_are_printed_as_they_lie(low: float, high: float, printed: list[str]) -> None:
    """A tick of 0.4825 is not called 0.482: steps between printed ticks are those on the page."""
    ticks = round_ticks(low, high)
    assert [text for _, text in ticked(ticks, scale(ticks, 0.0, 100.0))] == printed
