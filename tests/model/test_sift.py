"""Sifting: the same best assignment as with all ways at once; and limits of time that are kept."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import Case, random_case

from planner.model import polish, sift
from planner.model.decide import rulebook, yardstick_of
from planner.model.formulation import formulate
from planner.model.polish import Polish
from planner.model.solve import Answer, Solver

PRINCIPLES = {"utilitarian": {}, "priority": {"aversion": 2.0}, "maximin": {}, "sufficiency": {"floor": 0.6}}


def best(case: Case, modules: np.ndarray) -> tuple[float, float] | None:
    """Worth of the best assignment with these modules, and of the one without waste."""
    yardstick = yardstick_of(case.problem, case.scenario)
    polished = Polish(yardstick, rulebook(case.scenario), modules, 1)
    found = polished.best(60.0)
    if found is None:
        return None
    return yardstick.value(found), yardstick.value(polished.without_waste(found, 60.0))


def agrees(case: Case, modules: np.ndarray, nearest: int) -> bool:
    """Begun with so many ways of a need point, both are worth what they are with all; False: no plan."""
    whole = best(case, modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polish, "MANY", 0)
        patch.setattr(sift, "NEAREST", nearest)
        part = best(case, modules)
    assert (whole is None) == (part is None)
    assert part is None or part == pytest.approx(whole, rel=1e-6, abs=1e-6)
    return part is not None


@pytest.mark.parametrize("name", PRINCIPLES)
def test_sifting_finds_what_all_ways_give(name: str) -> None:
    """With one way of each need point at first, the best and the one without waste are worth the same."""
    looked = 0
    for seed in range(40, 80):
        case = random_case(seed).asking(objective={name: PRINCIPLES[name]}, constraints=[])
        providers = case.problem.providers
        modules = np.maximum(providers["least"], np.minimum(providers["most"], 1)).to_numpy(float)
        looked += agrees(case, modules, 1)
    assert looked >= 6


def test_rules_that_few_ways_cannot_keep() -> None:
    """Where the nearest ways keep no rule, all ways do: nothing is called infeasible for want of ways."""
    looked = 0
    for seed in range(60, 110):
        case = random_case(seed)
        floor = {"service": str(case.problem.services.index[0]), "of": "city", "reached": 0.2}
        asked = case.asking(objective="utilitarian", constraints=[{"floor": floor}])
        looked += agrees(asked, asked.problem.providers["most"].to_numpy(float), 0)
    assert looked >= 5


def test_the_nearest_ways_are_found() -> None:
    """Of each need point as many as are asked for, none of them farther than one that is left out."""
    problem = random_case(7).problem
    among = sift.nearest(problem)
    travel = problem.pairs["travel"].to_numpy(float)
    for point in np.unique(problem.need_point):
        mine = problem.need_point == point
        assert among[mine].sum() == min(mine.sum(), sift.NEAREST)
        assert travel[mine & among].max() <= travel[mine & ~among].min(initial=np.inf)


def test_time_is_counted_anew_for_whole_variables() -> None:
    """HiGHS counts one run with whole variables, and all runs without: the limit is what is left."""
    case = random_case(3).asking(objective="utilitarian", constraints=[])
    yardstick = yardstick_of(case.problem, case.scenario)
    solver = Solver(formulate(case.problem, rulebook(case.scenario)(case.problem), yardstick.goal))
    for relaxed in (True, False, True, False):
        solver.relax(relaxed=relaxed)
        before = solver.highs.getRunTime()
        solver.run(seconds=5.0)
        limit = solver.highs.getOptionValue("time_limit")[1]
        assert limit <= 5.0 + before if relaxed else limit <= 5.0
        assert limit > before if relaxed else limit > 4.0


def test_time_that_runs_out_costs_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a later round ends without anything, the optimum of the one before stands, without a bound."""
    looked = 0
    for seed in range(40, 80):
        case = random_case(seed).asking(objective="utilitarian", constraints=[])
        yardstick = yardstick_of(case.problem, case.scenario)
        solver = Solver(formulate(case.problem, rulebook(case.scenario)(case.problem), yardstick.goal))
        solver.relax(relaxed=True)
        told = []

        def run(*, runs: list[Answer] = told, own: Solver = solver, **given: float) -> Answer:
            runs.append(Solver.run(own, **given) if not runs else Answer("time_limit", None, None, None))
            return runs[-1]

        monkeypatch.setattr(solver, "run", run)
        answer = sift.sifted(solver, np.zeros(len(case.problem.pairs), bool), float("inf"))
        if len(told) == 2:  # ways came in, and then time ran out
            looked += 1
            assert answer.ending == "time_limit"
            assert answer.bound is None
            assert answer.solution is told[0].solution
    assert looked >= 5
