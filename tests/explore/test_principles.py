"""One question under every principle: no plan loses by its own yardstick, and the table says what is so."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from strategies import random_case

from planner import catalogue, flow
from planner.cli import starter
from planner.cli.app import app, guarded
from planner.errors import Fault, InputFault, MachineFault
from planner.explore.jobs import Done, on_this_machine
from planner.explore.principles import Asked, Found, asked_of_every, search_one, side_by_side, under_every
from planner.explore.yardsticks import LIMIT, OWN, PRINCIPLES, TODAY, judged, too_close
from planner.model.decide import adopt, better_of, decide, yardstick_of
from planner.model.yardstick import better
from planner.plan import deciding
from planner.verify.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
LOOSE = {"gap": 0.3, "time_limit_seconds": 60, "threads": 1}
SEEDS = (0, 4, 5, 7, 9)
HAIR = 1e-7


def planner(*words: object) -> int:
    """Run a command in this process and return its exit code."""
    return guarded(partial(app, [str(word) for word in words], prog_name="planner"))


@cache
def _found(seed: int) -> tuple[Found, ...]:
    """Every principle on a tiny city, searched so loosely that plans can be better than the one found."""
    case = random_case(seed, ruled=False).asking(solver=LOOSE)
    return tuple(under_every(case.problem, case.scenario, case.residents))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_loses_by_its_own_yardstick(seed: int) -> None:
    """By each principle's own yardstick its plan is at least as good as any other's, and within its bound."""
    found = _found(seed)
    assert [one.principle for one in found] == list(asked_of_every(found[0].scenario))
    for one in found:
        yardstick = yardstick_of(one.outcome.problem, one.scenario)
        status = one.plan.status
        told = tuple(step.value for step in status.steps) or (status.value,)
        assert yardstick.figures(one.outcome) == pytest.approx(told, abs=HAIR)
        for other in found:
            lost = yardstick.beats(other.outcome, one.outcome, HAIR)
            assert not lost, f"{one.principle} loses to {other.principle}"
            yardstick_at = replace(yardstick, at=deciding(status.steps) if status.steps else None)
            ahead = yardstick.figures(other.outcome)[: yardstick_at.at or 0]
            value = yardstick_at.value(other.outcome)
            assert status.bound is not None
            assert better(told[: len(ahead)], ahead, HAIR) or status.bound <= value + HAIR * (1 + abs(value))


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_side_by_side_none_loses_either(seed: int) -> None:
    """A process for each principle, searched as loosely: offered the others' plans, each has the best."""
    case = random_case(seed, ruled=False).asking(solver=LOOSE)
    work = partial(search_one, (case.problem, case.residents))
    found = side_by_side(
        case.problem, case.scenario, case.residents, lambda asked: on_this_machine(work, asked, at_once=2)
    )
    assert [one.principle for one in found] == list(asked_of_every(case.scenario))
    for one in found:
        assert check(case.problem, one.scenario, one.plan).faults == ()
        yardstick = yardstick_of(case.problem, one.scenario)
        assert not any(yardstick.beats(other.outcome, one.outcome, HAIR) for other in found)


def test_a_principle_without_a_plan_ends_all() -> None:
    """What the first of them says is said, with its exit code; nothing is made up for the others."""
    case = random_case(0, ruled=False)
    fault = Fault("the machine ran out of memory")

    def run(asked: Sequence[Asked]) -> Iterator[Done]:
        yield from (
            Done(n, faults=(fault,), code=MachineFault.exit_code) for n in reversed(range(len(asked)))
        )

    with pytest.raises(MachineFault, match="ran out of memory"):
        side_by_side(case.problem, case.scenario, case.residents, run)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_is_sound(seed: int) -> None:
    """The checker, which knows nothing of pools, accepts each plan."""
    for one in _found(seed):
        problem = one.outcome.problem
        assert check(problem, one.scenario, one.plan).faults == ()


def test_a_pool_is_started_from() -> None:
    """With the right plan in the pool even the loosest search returns it; `better_of` takes it too."""
    taken = 0
    for seed in range(12):
        case = random_case(seed, ruled=False)
        right = decide(case.problem, case.scenario, case.residents)
        best = case.problem.providers["provider"].map(right.facilities.set_index("provider")["modules"])
        pool = [best.fillna(0).to_numpy(float)]
        loose = case.asking(solver={**LOOSE, "gap": 0.9}).scenario
        near = pytest.approx(right.status.value, rel=1e-9, abs=1e-6)
        assert decide(case.problem, loose, case.residents, pool=pool).status.value == near
        stands = case.problem.providers["existing"].to_numpy(float)
        poor = adopt(case.problem, loose, case.residents, stands)
        poor = replace(poor, status=replace(poor.status, ending="within_gap", bound=right.status.bound))
        better = better_of(case.problem, loose, case.residents, poor, pool)
        assert better.status.value == near
        assert better.status.bound == pytest.approx(right.status.bound, rel=1e-9, abs=1e-6)
        taken += better is not poor
    assert taken >= 6, "most cities gain by building: the test shows nothing"


def test_the_table_says_what_is_so() -> None:
    """Figures of a plan are those of its places, and no figure exceeds its proven limit."""
    found = _found(4)
    table = judged(found).set_index("plan")
    assert list(table.index) == [TODAY, *(one.principle for one in found), LIMIT]
    assert ["order", "plan", *table.columns.drop("order")] == PRINCIPLES.names
    for one in found:
        row, w, people = table.loc[one.principle], one.outcome.wellbeing, one.outcome.problem.population
        mean = float(w @ people / people.sum())
        assert row["mean"] == pytest.approx(mean)
        both = np.abs(w[:, None] - w[None, :]) * people[:, None] * people[None, :]
        assert row["gini"] == pytest.approx(float(both.sum() / people.sum() ** 2 / 2 / mean))
        floor = one.scenario.indicators.floor
        assert row["people_below_floor"] == people[w < floor - 1e-6].sum()
        assert row["shortfall"] == pytest.approx(people @ np.maximum(floor - w, 0) / people.sum())
        assert row["capital_cost"] == pytest.approx(one.plan.facilities["capital_cost"].sum())
        for column in OWN:
            over = row[column] - table.loc[LIMIT, column]
            assert (over >= -HAIR) if column == "shortfall" else (over <= HAIR), column


def test_what_is_too_close_is_said() -> None:
    """Two plans that differ by less than what is not proven are told so; proven ones are not."""
    one, *others = _found(4)
    status = one.plan.status
    assert status.level is not None
    vague = replace(one, plan=replace(one.plan, status=replace(status, level_bound=status.level + 1.0)))
    [told] = too_close([vague, *(_proven(other) for other in others)])
    assert told.startswith(f"By the yardstick of `{one.principle}` its plan and that of")
    assert all(f"`{other.principle}`" in told for other in others)
    assert too_close([_proven(each) for each in _found(4)]) == []


def _proven(found: Found) -> Found:
    status = replace(found.plan.status, level_bound=found.plan.status.level)
    return replace(found, plan=replace(found.plan, status=status))


def test_the_scenarios_own_parameters_are_kept() -> None:
    """The principle that a scenario names is asked with its parameters, the others with what is usual."""
    case = random_case(1).asking(objective={"worst_off": {"share": 0.4}})
    asked = asked_of_every(case.scenario)
    assert asked["worst_off"].objective_parameters == {"share": 0.4}
    assert asked["sufficiency"].objective_parameters == {"floor": case.scenario.indicators.floor}
    assert list(asked_of_every(case.scenario, ["maximin"])) == ["maximin"]
    with pytest.raises(InputFault, match="unknown principle `maximim`; did you mean `maximin`"):
        asked_of_every(case.scenario, ["maximim"])


def _compared(folder: Path, *words: str) -> pd.DataFrame:
    """Compare by the command, verify every run, and read the table."""
    assert planner("principles", folder / "scenario.yaml", *words) == 0
    runs = sorted((folder / "runs").iterdir())
    [own] = [run for run in runs if (run / "principles.csv").is_file()]
    for run in runs:
        assert run == own or flow.verify(run).faults == ()
    table = pd.read_parquet(own / "principles.parquet")
    assert len(runs) - 1 == len(table) - 2
    assert list(pd.read_csv(own / "principles.csv")["plan"]) == list(table["plan"])
    return table.set_index("plan")


@pytest.mark.parametrize("at_once", ["1", "2"])
def test_the_command_compares_and_keeps_runs(
    at_once: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the starter city: a table on the screen and in files, and runs that `verify` accepts."""
    starter.write_starter(tmp_path / "city")
    words = ("--only", "utilitarian,sufficiency", "--set", "solver.gap=0.05", "--at-once", at_once)
    table = _compared(tmp_path / "city", *words)
    out, told = capsys.readouterr()
    assert ("2 of 2: " in told) is (at_once == "2")
    assert "Each plan by every yardstick" in out
    assert f"utilitarian: {tmp_path / 'city' / 'runs'}" in out
    assert list(table.index) == [TODAY, "utilitarian", "sufficiency", LIMIT]
    assert table.loc["utilitarian", "mean"] >= table.loc["sufficiency", "mean"] - HAIR
    assert table.loc["sufficiency", "shortfall"] <= table.loc["utilitarian", "shortfall"] + HAIR


def test_a_mistyped_principle_is_the_users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the nearest name."""
    starter.write_starter(tmp_path / "city")
    assert planner("principles", tmp_path / "city" / "scenario.yaml", "--only", "maximim") == 2
    assert "did you mean `maximin`?" in capsys.readouterr().err


@pytest.mark.slow
def test_every_principle_on_the_starter_city(tmp_path: Path) -> None:
    """All of them, each run verified, none beaten on its own yardstick."""
    starter.write_starter(tmp_path / "city")
    table = _compared(tmp_path / "city", "--set", "solver.gap=0.03")
    for column, principle in OWN.items():
        values = table.drop(index=[TODAY, LIMIT])[column]
        best = values.min() if column == "shortfall" else values.max()
        assert values[principle] == pytest.approx(best, abs=HAIR)
        assert catalogue.find("objective", principle)


@pytest.mark.benchmark
def test_every_principle_on_monaco() -> None:
    """The same in memory on the shipped city, each search a minute at most."""
    path = ROOT / "scenarios" / "monaco.yaml"
    question = flow.ask(path, overrides={"solver.time_limit_seconds": 45}, ear=flow.Ear())
    found = under_every(question.problem, question.scenario, question.residents)
    table = judged(found).set_index("plan")
    for column, principle in OWN.items():
        values = table.drop(index=[TODAY, LIMIT])[column]
        best = values.min() if column == "shortfall" else values.max()
        assert values[principle] == pytest.approx(best, abs=HAIR)
    for one in found:
        assert check(question.problem, one.scenario, one.plan).faults == ()
