"""Alternatives: ley lines, never and open against all plans of tiny cities; words, tables, faults."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracle import _Task, kept
from oracle_justice import JustTask
from strategies import Case, random_case

from planner import flow
from planner.cli.alternatives import share_of
from planner.cli.app import app, guarded
from planner.errors import Infeasible, InputFault
from planner.explore.alternatives import Alternatives, alternatives, spread
from planner.explore.alternatives_tables import lines_of, ranges_of
from planner.explore.alternatives_told import telling
from planner.explore.concessions import concessions
from planner.model.decide import decide, yardstick_of
from planner.verify.ledger import outcome_of

ROOT = Path(__file__).parents[2]
PRINCIPLES = {"utilitarian": {}, "sufficiency": {"floor": 0.6}, "maximin": {}, "equal_shares": {}}
JUST = {"maximin", "equal_shares"}
EDGE = 1e-4
"""A plan nearer to the edge of the band than this share may be told either way."""


def good_plans(case: Case, name: str, most: float) -> tuple[list[np.ndarray], bool]:
    """Every choice of modules worth enough, tried one by one; and whether none lies on the edge."""
    task = (JustTask if name in JUST else _Task)(case.problem, case.scenario)
    found, clear = [], True
    for modules in kept(case.problem, case.scenario):
        value = task.value(modules, np.inf) if name in JUST else task.least(modules, np.inf)
        clear &= not abs(value - most) < EDGE * (1 + abs(most))
        if value <= most:
            found.append(np.array(modules, float))
    return found, clear


def compared(name: str, seeds: range, within: float = 0.3) -> tuple[int, set[str]]:
    """What is told of tiny cities is what all good plans say; how many were looked at, and what was told."""
    looked, told = 0, set()
    for seed in seeds:
        case = random_case(seed).asking(objective={name: PRINCIPLES[name]}, solver={"gap": 1e-7})
        try:
            plan = decide(case.problem, case.scenario, case.residents)
        except Infeasible:
            continue
        found = alternatives(case.problem, case.scenario, plan, within=within, number=5, seconds=30.0)
        good, clear = good_plans(case, name, found.most)
        if not clear:
            continue
        looked += 1
        told |= {line.verdict for line in found.lines}
        for line in found.lines:
            having = [bool(modules[line.rows].sum()) for modules in good]
            right = "ley line" if all(having) else "open" if any(having) else "never"
            assert line.verdict == right, (seed, line)
        for one in found.ranges:
            assert one.low <= one.least <= one.plan <= one.most <= one.high, (seed, one)
        yardstick = yardstick_of(case.problem, case.scenario)
        for outcome in found.plans:
            assert any(np.array_equal(outcome.modules, modules) for modules in good), seed
            assert yardstick.value(outcome) <= found.most + 1e-5 * (1 + abs(found.most))
    return looked, told


def test_what_is_told_is_what_all_good_plans_say() -> None:
    """Ley line, never, open: on tiny cities each is what trying every plan says; nothing is undecided."""
    looked, told = compared("utilitarian", range(702, 715, 12), within=0.1)
    assert looked == 2
    assert told == {"ley line", "never", "open"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sufficiency", "maximin", "equal_shares"])
def test_what_is_told_under_other_principles(name: str) -> None:
    """The same under principles that look at the worst off, and at shares."""
    assert compared(name, range(710, 715))[0] >= 2


@pytest.mark.sweep
@pytest.mark.parametrize("name", PRINCIPLES)
def test_what_is_told_of_many_cities(name: str) -> None:
    """The same on a hundred cities each, with a narrow band; many more are asked, some have no plan."""
    assert compared(name, range(800, 1050), within=0.1)[0] >= 95


def test_spread_chooses_what_lies_far_apart() -> None:
    """The first, then the farthest from those chosen; the same plan is never chosen twice."""
    plans = [np.array(list(text)) == "1" for text in ("1100", "1110", "0011", "1100", "1010")]
    assert spread(plans, 3) == [0, 2, 4]
    assert spread(plans, 9) == [0, 2, 4, 1]


@pytest.mark.parametrize(("text", "share"), [("2%", 0.02), ("0.05", 0.05), (" 10 % ", 0.1), ("50%", 0.5)])
def test_shares_are_read(text: str, share: float) -> None:
    """As a percentage or as a share."""
    assert share_of(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0%", "51%", "two", "-1%", "", "2", "1e-2", "nan"])
def test_what_is_no_share_is_refused(text: str) -> None:
    """One message says what was given and how to write it."""
    with pytest.raises(InputFault) as told:
        share_of(text)
    message = f"--within: `{text}` is no share above 0 % and up to 50%\n    → write it as `2%` or `0.02`"
    assert str(told.value) == message


def test_several_aims_are_refused() -> None:
    """A principle of several aims in order has no single band."""
    case = random_case(3).asking(objective={"leximin": {"resolution": 0.5}}, constraints=[])
    plan = decide(case.problem, case.scenario, case.residents)
    with pytest.raises(InputFault, match="the aims of `leximin`, one after another, do not say"):
        alternatives(case.problem, case.scenario, plan)


@pytest.mark.parametrize(("name", "what"), [("sixmile_years", "periods"), ("sixmile_futures", "futures")])
def test_periods_and_futures_are_refused(
    name: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their good plans do not make one band: the command says so before it searches, and writes nothing."""
    for folder in ("scenarios", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "planner.toml").touch()
    words = ["alternatives", str(tmp_path / "scenarios" / f"{name}.yaml"), "--within", "5%"]
    assert guarded(partial(app, words, prog_name="planner")) == InputFault.exit_code
    told = capsys.readouterr().err
    assert f"alternatives are not told yet for a scenario with `{what}`" in told
    assert f"→ ask about the same scenario without `{what}`" in told
    assert not (tmp_path / "runs").exists()


def test_the_command_tells_and_writes(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines in words, two tables, and plans that `planner assess` takes; asked again, they are replaced."""
    words = ["alternatives", str(finished), "--within", "5%", "--seconds", "5", "--number", "2"]
    assert guarded(partial(app, words, prog_name="planner")) == 0
    said = capsys.readouterr().out
    assert "Good plans are those that miss at most 5\u00a0% of what the plan in hand gains." in said
    assert "What good plans build: proven of all" in said
    folder = finished / "alternatives"
    table = pd.read_csv(folder / "ley_lines.csv")
    assert set(table["verdict"]) <= {"ley line", "never", "open", "undecided"}
    assert (table["plans"] <= table["of"]).all()
    ranges = pd.read_csv(folder / "ranges.csv")
    assert (ranges["low"] <= ranges["least"]).all()
    assert (ranges["most"] <= ranges["high"]).all()
    plans = sorted(folder.glob("alternative-*.csv"))
    assert 0 < len(plans) <= 2
    told = pd.read_csv(folder / "plans.csv", keep_default_na=False)
    assert told["run"].tolist() == [
        "",
        *(f"utilitarian-{p.stem}-{r[-8:]}" for p, r in zip(plans, told["run"][1:], strict=True)),
    ]
    assert all((finished.parent / run / "report.html").is_file() for run in told["run"][1:])
    assert (told["missing"] <= 0.05 + 1e-6).all()
    page = (folder / "alternatives.html").read_text(encoding="utf-8")
    assert all(run in page for run in told["run"])
    assert "Places that hold, and places that are open" in page
    made = sorted(path.name for path in finished.parent.iterdir())
    verdict = flow.verify(finished.parent / told["run"][1])
    assert verdict.kept
    (folder / "alternative-77.csv").write_text("old")
    assert guarded(partial(app, words, prog_name="planner")) == 0
    assert not (folder / "alternative-77.csv").exists()
    assert set(made) <= {path.name for path in finished.parent.iterdir()}
    capsys.readouterr()


def test_tables_have_their_columns() -> None:
    """Both tables are as the data dictionary says, in a fixed order."""
    case = random_case(700).asking(objective={"utilitarian": {}}, constraints=[])
    plan = decide(case.problem, case.scenario, case.residents)
    found = alternatives(case.problem, case.scenario, plan, within=0.2, number=2, seconds=5.0)
    assert list(lines_of(case.problem, found).columns)[:3] == ["service", "place", "label"]
    told = ranges_of(found)
    assert set(told["what"]) <= {"modules", "money"}
    best = outcome_of(case.problem, plan.facilities, plan.assignment)
    assert np.array_equal(found.plans[0].modules, best.modules)


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (
            {"utilitarian": {}},
            "Good plans are those that miss at most 2\u00a0% of what the plan in hand gains.",
        ),
        (
            {"least_cost": {"years": 20.0}},
            (
                "Good plans are those that are worth at most 2\u00a0% more, by what `least_cost` counts, "
                "than the plan in hand."
            ),
        ),
    ],
)
def test_costs_are_no_gains(objective: dict[str, dict[str, float]], said: str) -> None:
    """What a good plan is, is told otherwise where a principle counts costs."""
    case = random_case(700).asking(objective=objective, constraints=[])
    found = Alternatives(0.0, [], [], [], [], [])
    assert next(telling(case.scenario, case.problem, found, 0.02)) == said


def test_concessions_are_sums_over_the_plans_seen() -> None:
    """Each part has the mean of its people; who gives up most is who loses most in its best plan."""
    case = random_case(700).asking(objective={"utilitarian": {}}, constraints=[])
    plan = decide(case.problem, case.scenario, case.residents)
    found = alternatives(case.problem, case.scenario, plan, within=0.4, number=3, seconds=5.0)
    table = concessions(case.problem, found).set_index("part")
    places, people = case.problem.places, case.problem.population
    column = "district" if "district" in places else "neighbourhood"
    for part, row in table.iterrows():
        mine = (places[column].astype(str) == part).to_numpy() * people
        means = [float(one.wellbeing @ mine / mine.sum()) for one in found.seen]
        assert row["people"] == pytest.approx(mine.sum())
        assert [row["plan"], row["least"], row["most"]] == pytest.approx([means[0], min(means), max(means)])
        best, rest = found.seen[int(np.argmax(means))], people - mine
        others = float((best.wellbeing - found.seen[0].wellbeing) @ rest / rest.sum())
        assert row["others"] == pytest.approx(others)
    assert (table["money_least"] <= table["money"] + 1e-9).all()
    assert (table["money"] <= table["money_most"] + 1e-9).all()


@pytest.mark.slow
def test_what_is_said_of_neighbourhoods_is_what_all_good_plans_say() -> None:
    """Every good plan of tiny cities tried one by one: what is proven of an area holds, what is open is."""
    told = 0
    for seed in range(40):
        case = random_case(seed).asking(objective={"utilitarian": {}}, solver={"gap": 1e-7})
        sites = case.problem.sites
        named = [f"n{k // 2}" for k in range(len(sites))]
        problem = replace(case.problem, sites=sites.assign(neighbourhood=named))
        try:
            plan = decide(problem, case.scenario, case.residents)
        except Infeasible:
            continue
        found = alternatives(problem, case.scenario, plan, within=0.3, number=3, seconds=20.0)
        good, clear = good_plans(case, "utilitarian", found.most)
        for line in found.areas if clear else ():
            having = [bool(modules[line.rows].sum()) for modules in good]
            truth = "ley line" if all(having) else "open" if any(having) else "never"
            assert line.verdict in {truth, "undecided"}, (seed, line)
            told += line.verdict != "undecided"
    assert told > 40


def test_a_floor_holds_in_every_plan(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a floor no alternative falls below it, and each run verifies; one above the plan is refused."""
    words = ["alternatives", str(finished), "--within", "8%", "--seconds", "5", "--number", "2", "--floor"]
    assert guarded(partial(app, [*words, "0.99"], prog_name="planner")) == InputFault.exit_code
    said = capsys.readouterr().err
    assert "--floor: the plan in hand leaves a place at 0." in said
    level = float(said.split("a place at ")[1].split(",")[0]) - 0.002
    assert guarded(partial(app, [*words, f"{level:.3f}"], prog_name="planner")) == 0
    told = pd.read_csv(finished / "alternatives" / "plans.csv", keep_default_na=False)
    for run in told["run"][1:]:
        assert flow.verify(finished.parent / run).kept
        assert "at_least" in (finished.parent / run / "scenario.yaml").read_text(encoding="utf-8")
