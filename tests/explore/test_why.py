"""Why each site is in the plan or not: what is told is never wrong, as trying every choice shows."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import oracle
import pandas as pd
import pytest
from strategies import OBJECTIVES, Case, random_case

from planner.cli.app import app, guarded
from planner.errors import Infeasible
from planner.explore.why import Reason, why
from planner.explore.why_told import with_it, without
from planner.model.decide import decide, yardstick_of
from planner.model.forced import Priced

if TYPE_CHECKING:
    from pathlib import Path

FEW, MANY = 3, 30
LOOSE = {"gap": 0.3, "time_limit_seconds": 60, "threads": 1}
TIGHT = {"gap": 0, "time_limit_seconds": 60, "threads": 1}
HAIR = 1e-6


def _values(case: Case) -> list[tuple[tuple[int, ...], float]]:
    """Every choice of modules that keeps the rules, and what it is worth."""
    task = oracle._Task(case.problem, case.scenario)
    return [(m, task.least(m, math.inf)) for m in oracle.kept(case.problem, case.scenario)]


def _truth(values: list[tuple[tuple[int, ...], float]], reason: Reason) -> float:
    """The best value without a provider that is in the plan, or with one that is not."""
    otherwise = [v for m, v in values if (m[reason.row] == 0) == bool(reason.modules)]
    return min(otherwise, default=math.inf)


def _compare(case: Case, seconds: float = 600.0) -> list[Reason]:
    try:
        plan = decide(case.problem, case.scenario, case.residents)
    except Infeasible:
        return []
    values = _values(case)
    best = min(v for _, v in values)
    yardstick = yardstick_of(case.problem, case.scenario)
    near = HAIR * (1 + abs(best))

    def level(value: float) -> float:
        told = yardstick.level(value)
        return -value if told is None else told

    found = why(case.problem, case.scenario, case.residents, plan, seconds=seconds)
    assert len(found) == int((~case.problem.providers["existing"]).sum())
    for reason in found:
        truth = _truth(values, reason)
        if math.isinf(truth):
            assert reason.verdict in {"required", "impossible", "open"} or not reason.asked
            assert reason.high is None
            continue
        assert reason.verdict not in {"required", "impossible"}, reason
        lost = level(best) - level(truth)
        if reason.low is not None:
            assert reason.low - near <= lost, (reason, lost)
        if reason.high is not None:
            assert lost <= reason.high + near, (reason, lost)
        if reason.verdict == "alike":
            assert plan.status.bound is not None
            share = yardstick.gap(truth, best, plan.status.before or plan.status.value)
            assert share <= max(case.scenario.solver.gap, plan.status.gap or 0) + 1e-4
        if reason.verdict in {"needed", "worse"}:
            assert lost > 0
    return found


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_nothing_told_is_wrong(objective: str, seed: int) -> None:
    """Intervals hold the truth, what is impossible is so, and what is alike is as good as the gap says."""
    _compare(random_case(seed, objective).asking(solver=LOOSE if seed % 2 else TIGHT))


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(MANY // 10))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_nothing_told_is_wrong_in_many_cities(objective: str, block: int) -> None:
    """The same in many cities, searched loosely and to the end."""
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        case = random_case(seed, objective, ruled=bool(seed % 3))
        _compare(case.asking(solver=LOOSE if seed % 2 else TIGHT))


def test_every_verdict_is_met() -> None:
    """In these cities sites are needed, exchangeable, required, too dear and worse; little stays open."""
    found = [r for seed in range(9) for r in _compare(random_case(seed).asking(solver=TIGHT))]
    assert {r.verdict for r in found if r.modules} >= {"needed"}
    assert {r.verdict for r in found if not r.modules} >= {"worse", "impossible"}
    assert sum(r.verdict == "open" for r in found) < 0.2 * len(found)
    assert any(r.verdict == "impossible" and r.advice for r in found)


@pytest.mark.parametrize("seed", range(6))
def test_without_time_the_relaxation_alone_speaks(seed: int) -> None:
    """With hardly any time nothing is solved again, and what the one relaxation proves is still true."""
    found = _compare(random_case(seed, ruled=False).asking(solver=TIGHT), seconds=1e-9)
    assert not any(reason.asked for reason in found)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_relaxation_bounds_all_choices(objective: str) -> None:
    """Its bound, and that with and without each provider, is below every choice that it speaks of."""
    told = 0
    for seed in (2, 3, 6, 11, 14, 17):
        case = random_case(seed, objective, ruled=False)
        priced = Priced.of(case.problem, case.scenario, None, 60.0)
        values = _values(case)
        if priced is None:
            continue
        near = HAIR * (1 + abs(priced.bound))
        assert priced.bound <= min((v for _, v in values), default=math.inf) + near
        for row in np.flatnonzero(~case.problem.providers["existing"]):
            without = [v for m, v in values if m[row] == 0]
            with_one = [v for m, v in values if m[row] > 0]
            assert priced.without(np.array([row])) <= min(without, default=math.inf) + near
            assert priced.with_one(int(row)) <= min(with_one, default=math.inf) + near
            told += priced.without(np.array([row])) > priced.bound + near
            told += priced.with_one(int(row)) > priced.bound + near
    assert told or objective not in {"utilitarian", "p_median"}


def _reason(**changes: object) -> Reason:
    return replace(Reason("care/a/clinic", 0, 1.0, "open"), **changes)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            _reason(verdict="needed", low=0.00123, high=0.0045),
            "Without it every plan is worse, by at least 0.0012 and at most 0.0045.",
        ),
        (_reason(verdict="needed", low=0.00123), "Without it every plan is worse, by at least 0.0012."),
        (
            _reason(verdict="alike", low=0.0, high=0.001),
            "It can be exchanged: a plan without it is as good, as far as is proven.",
        ),
        (_reason(verdict="required"), "No plan without it keeps every rule."),
        (
            _reason(low=0.0, high=0.002),
            "Whether a plan without it could be as good cannot be told: it would lose at most 0.0020.",
        ),
        (_reason(), "Whether a plan without it could be as good cannot be told."),
    ],
)
def test_what_is_in_the_plan_in_words(reason: Reason, words: str) -> None:
    """Each verdict on what is in the plan reads as a sentence; bounds are rounded to the safe side."""
    assert without(reason) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            _reason(modules=0.0, verdict="worse", low=0.01, high=0.02),
            "With it every plan is worse, by at least 0.0100 and at most 0.0200.",
        ),
        (
            _reason(modules=0.0, verdict="alike", low=0.0),
            "It might as well be in it: a plan with it is as good, as far as is proven.",
        ),
        (_reason(modules=0.0, verdict="impossible"), "No plan with it keeps every rule."),
        (_reason(modules=0.0), "Whether a plan with it could be as good cannot be told."),
    ],
)
def test_what_is_not_in_the_plan_in_words(reason: Reason, words: str) -> None:
    """Each verdict on what is not in the plan reads as a sentence."""
    assert with_it(reason) == words


def test_the_command(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A site is asked about by name; all are written into a table; an unknown name is refused."""
    run = str(finished)
    assert guarded(partial(app, ["why", run, "site-09", "--seconds", "30"], prog_name="planner")) == 0
    told = capsys.readouterr().out
    assert "No plan with it keeps every rule." in told
    assert "What stands against it:" in told
    assert not (finished / "why").exists()
    assert guarded(partial(app, ["why", run, "--seconds", "5"], prog_name="planner")) == 0
    table = pd.read_parquet(finished / "why" / "sites.parquet")
    facilities = pd.read_parquet(finished / "plan" / "facilities.parquet")
    built = facilities[~facilities["existing"]].set_index("provider")
    mine = table[table["modules"] > 0].set_index("provider")
    assert mine["served"].to_dict() == pytest.approx(built["served"].to_dict())
    assert table["provider"].is_unique
    assert (table["words"] != "").all()
    assert guarded(partial(app, ["why", run, "site-99"], prog_name="planner")) == 2
    assert "unknown site `site-99`" in capsys.readouterr().err
