"""What the next money would bring: the truth, found by trying every choice, lies in the interval told."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import oracle
import pytest
from strategies import OBJECTIVES, Case, random_case

from planner.cli.app import app, guarded
from planner.cli.more import amount_of
from planner.errors import Infeasible, InputFault
from planner.explore.more import BOTH, More, Raise, _easier, _interval, more, raises, with_money
from planner.explore.more_told import figure, interval
from planner.model.decide import decide, yardstick_of
from planner.problem.blocks import Rows, Terms

if TYPE_CHECKING:
    from pathlib import Path

    from planner.problem.blocks import Sense

FEW, MANY = 6, 60
LOOSE = {"gap": 0.3, "time_limit_seconds": 60, "threads": 1}
TIGHT = {"gap": 0, "time_limit_seconds": 60, "threads": 1}
HAIR = 1e-6


def _asked(seed: int, objective: str, solver: dict[str, float]) -> Case:
    """Draw a case with a limit on money to build, and at times on money to run."""
    rng = np.random.default_rng([seed, 8])
    case = random_case(seed, objective, ruled=bool(seed % 3 == 0))
    costs = case.problem.providers["capital_cost"] * case.problem.providers["most"]
    budget = {
        **case.asked.get("budget", {}),
        "capital": float(np.round(costs.sum() * rng.uniform(0.1, 0.6), 1)),
    }
    return case.asking(budget=budget, solver=solver)


def _truth(case: Case, one: Raise) -> float | None:
    """How much better the best plan is with the raise, by trying every choice; None where there is none."""
    before = oracle.best(case.problem, case.scenario).value
    after = oracle.best(case.problem, with_money(case.scenario, one)).value
    if math.isinf(before) or math.isinf(after):
        return None
    yardstick = yardstick_of(case.problem, case.scenario)
    level = yardstick.level if yardstick.level(before) is not None else lambda v: -v
    return float(level(after)) - float(level(before))


def _compare(seed: int, objective: str, solver: dict[str, float]) -> list[More]:
    case = _asked(seed, objective, solver)
    try:
        plan = decide(case.problem, case.scenario, case.residents)
    except Infeasible:
        return []
    asked = raises(case.problem, 0.4, share=True)
    found = more(case.problem, case.scenario, case.residents, plan, asked)
    for one in found:
        truth = _truth(case, one.asked)
        assert truth is not None
        assert one.low is not None
        assert one.high is not None
        near = HAIR * (1 + abs(plan.status.value))
        assert one.low - near <= truth <= one.high + near, (seed, objective, one)
        assert one.low >= 0
        assert -near <= one.found <= one.high + near
    return found


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_truth_lies_in_the_interval(objective: str, seed: int) -> None:
    """Searched loosely, so that the interval is wide, it still holds what more money is truly worth."""
    _compare(seed, objective, LOOSE)


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 10))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_truth_lies_in_the_interval_of_many_cities(objective: str, block: int) -> None:
    """The same in hundreds of cities, searched loosely and to the end."""
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        _compare(seed, objective, TIGHT if seed % 2 else LOOSE)


def test_a_search_to_the_end_can_tell() -> None:
    """Searched to the end the interval is a point; loosely it often cannot tell, and then says so."""
    exact = [one for seed in range(8) for one in _compare(seed, "utilitarian", TIGHT)]
    assert all(one.high - one.low < HAIR for one in exact if one.high is not None and one.low is not None)
    assert any(one.certain for one in exact)
    assert any(not one.certain for one in exact)
    loose = [one for seed in range(8) for one in _compare(seed, "utilitarian", LOOSE)]
    assert sum(one.certain for one in loose) < sum(one.certain for one in exact)


@pytest.mark.parametrize(
    ("sense", "then", "easier"),
    [
        ("<=", 2.0, True),
        ("<=", 0.5, False),
        (">=", 0.5, True),
        (">=", 2.0, False),
        ("==", 1.0, True),
        ("==", 2.0, False),
    ],
)
def test_a_rule_that_grows_with_the_money_is_not_taken_for_granted(
    sense: Sense, then: float, easier: bool
) -> None:
    """More money never hurts where each rule is as easy to keep; else the interval may go below 0."""

    def rows(bound: float) -> Rows:
        one = Terms("open", np.zeros(1, int), np.zeros(1, int), np.ones(1))
        return Rows("rule", (one,), sense, np.array([bound]), ["rule"])

    assert _easier(rows(1.0), rows(then)) is easier
    other = replace(rows(1.0), terms=(replace(rows(1.0).terms[0], coefficient=np.full(1, 2.0)),))
    assert not _easier(rows(1.0), other)
    case = _asked(1, "utilitarian", LOOSE)
    plan = decide(case.problem, case.scenario, case.residents)
    level = yardstick_of(case.problem, case.scenario).level
    low, high = _interval(plan, plan, lambda v: float(level(v) or 0.0), laxer=False)
    assert low is not None
    assert high is not None
    assert (low < 0 < high) is (plan.status.gap > 1e-6)
    assert _interval(plan, plan, lambda v: float(level(v) or 0.0), laxer=True)[0] == 0.0


def test_which_money_is_raised() -> None:
    """A share raises each purse that has a limit, and both; an amount does not add up money of two kinds."""
    problem = replace(random_case(1).problem, capital=10.0, operating=2.0)
    assert raises(problem, 0.1, share=True) == [
        Raise("capital", 11.0, 2.0, 0.1),
        Raise("operating", 10.0, pytest.approx(2.2), 0.1),
        Raise(BOTH, 11.0, pytest.approx(2.2), 0.1),
    ]
    assert [one.of for one in raises(problem, 1.0, share=False)] == ["capital", "operating"]
    assert raises(problem, 1.5, share=False, of=["capital"]) == [Raise("capital", 11.5, 2.0)]
    free = replace(problem, operating=np.inf)
    assert raises(free, 0.1, share=True) == [Raise("capital", 11.0, np.inf, 0.1)]
    with pytest.raises(InputFault, match="has no limit, so that more of it changes nothing"):
        raises(free, 0.1, share=True, of=["operating"])
    with pytest.raises(InputFault, match="nothing limits the money: more of it changes nothing"):
        raises(replace(free, capital=np.inf), 0.1, share=True)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.00123, 0.00456, "it is worth at least 0.0012 and at most 0.0046."),
        (0.0, 0.00456, "it cannot be told whether it brings anything: it is worth between 0 and 0.0046."),
        (0.0, 0.0, "it brings nothing: proven."),
        (-0.1, 0.2, "it cannot be told whether it brings anything; at most it brings 0.2000."),
        (-0.3, -0.2, "it is certain to do harm, by at least 0.2000: a rule asks for more as well."),
        (0.1, None, "it is worth at least 0.1000; how much at most is not known."),
        (0.0, None, "it cannot be told what it is worth."),
        (12.345, 67.891, "it is worth at least 12.34 and at most 67.90."),
    ],
)
def test_the_interval_in_words(low: float, high: float | None, words: str) -> None:
    """An interval that holds 0 is told as one that cannot tell; bounds are rounded to the safe side."""
    assert interval(low, high) == words


def test_small_bounds_are_not_rounded_away() -> None:
    """A bound that is not 0 never reads 0.0000."""
    assert figure(0.0000123, up=True) == "0.000013"
    assert figure(0.0000123, up=False) == "0.000012"


@pytest.mark.parametrize(
    ("text", "read"), [("5%", (0.05, True)), (" 12.5 ", (12.5, False)), ("200 %", (2.0, True))]
)
def test_amounts(text: str, read: tuple[float, bool]) -> None:
    """A share or an amount."""
    assert amount_of(text) == read


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "five", "5 euros", "2000%"])
def test_amounts_that_are_none(text: str) -> None:
    """Anything else is refused in words."""
    with pytest.raises(InputFault, match="should be more than 0"):
        amount_of(text)


def test_the_command(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run is asked for more; unknown money is refused with exit code 2 and nothing solved."""
    words = ["more", str(finished), "--of", "capital", "--by", "10%"]
    assert guarded(partial(app, words, prog_name="planner")) == 0
    told = capsys.readouterr().out
    assert "With 33 million crowns to build instead of 30:" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "million crowns a year to run instead" not in told
    assert guarded(partial(app, ["more", str(finished), "--of", "gold"], prog_name="planner")) == 2
    assert "--of: there is no money called `gold`" in capsys.readouterr().err
