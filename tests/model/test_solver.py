"""The solver behind the walls: hand-over, options, known traps of HiGHS, and how a search ends."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
import pytest
from scipy import sparse
from strategies import Case, asked_of, city_of, random_case, service_of, travel_of

from planner.errors import InputFault, NoPlan
from planner.model import solve
from planner.model.decide import blocks_of, decide, yardstick_of
from planner.model.formulation import Formulation, formulate
from planner.model.search import Search
from planner.model.solve import Answer, Solver
from planner.problem.blocks import Block, Goal, Rows, Terms, Variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INFINITE = np.inf
DAY = 86_400.0


def _model(case: Case) -> Formulation:
    goal = yardstick_of(case.problem, case.scenario).goal
    return formulate(case.problem, blocks_of(case.problem, case.scenario), goal)


def _plain(cost: Floats, matrix: Floats, upper: Floats, most: Floats) -> Formulation:
    """Whole variables from 0 to `most`, matrix · x ≤ upper."""
    return Formulation(
        variables=(Variables("open", np.zeros(len(cost)), most, integer=True),),
        rows=(Rows("rule", (), "<=", upper, [f"row {k}" for k in range(len(upper))]),),
        unit={"open": 1.0},
        cost=cost,
        cost_unit=1.0,
        constant=0.0,
        matrix=sparse.csr_array(matrix),
        row_lower=np.full(len(upper), -INFINITE),
        row_upper=upper,
    )


def _arrays(highs: highspy.Highs) -> tuple[object, ...]:
    lp = highs.getLp()
    matrix = lp.a_matrix_
    shape = (lp.num_row_, lp.num_col_)
    kind = sparse.csc_array if matrix.format_ == highspy.MatrixFormat.kColwise else sparse.csr_array
    dense = kind((matrix.value_, matrix.index_, matrix.start_), shape=shape).toarray()
    whole = [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_] or [False] * lp.num_col_
    sides = (lp.col_cost_, lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_)
    return (*(np.array(side) for side in sides), dense, np.array(whole))


@pytest.mark.parametrize("objective", ["utilitarian", "sufficiency", "p_median", "kolm_pollak"])
@pytest.mark.parametrize("seed", range(6))
def test_both_hand_overs_give_the_same_model(seed: int, objective: str) -> None:
    """PuLP's model in HiGHS and the arrays' are the same, column by column, and have the same optimum."""
    model = _model(random_case(seed, objective))
    by_pulp, by_arrays = solve._by_pulp(model), solve._by_arrays(model)
    for one, other in zip(_arrays(by_pulp), _arrays(by_arrays), strict=True):
        np.testing.assert_array_equal(one, other)
    for highs in (by_pulp, by_arrays):
        highs.setOptionValue("output_flag", False)
        highs.run()
    assert by_pulp.getModelStatus() == by_arrays.getModelStatus()
    if by_pulp.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        values = [h.getInfo().objective_function_value for h in (by_pulp, by_arrays)]
        assert values[0] == pytest.approx(values[1], rel=1e-6, abs=1e-6)


def test_an_option_that_highs_refuses_is_told() -> None:
    """HiGHS refuses in silence; we do not."""
    solver = Solver(_model(random_case(0)))
    with pytest.raises(ValueError, match="refuses the option mip_rel_gap = -1"):
        solver.set("mip_rel_gap", -1.0)
    with pytest.raises(ValueError, match="refuses the option no_such_option"):
        solver.set("no_such_option", 1)


def _small_programs() -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
    rng = np.random.default_rng(114)
    for _ in range(500):
        size, rows = int(rng.integers(2, 5)), int(rng.integers(1, 4))
        cost = rng.integers(-20, 10, size).astype(float)
        matrix = rng.integers(-4, 10, (rows, size)).astype(float) * rng.choice([0.5, 1.0, 1.5])
        yield cost, matrix, rng.integers(0, 25, rows).astype(float), rng.integers(1, 5, size).astype(float)


def test_small_integer_programs_are_solved_rightly() -> None:
    """500 programs of 2 to 4 whole variables, such as HiGHS 1.14 got wrong, equal enumeration."""
    for number, (cost, matrix, upper, most) in enumerate(_small_programs()):
        answer = Solver(_plain(cost, matrix, upper, most)).run(seconds=10)
        choices = np.array(list(itertools.product(*(range(int(m) + 1) for m in most))), float)
        right = (choices @ cost)[(choices @ matrix.T <= upper + 1e-9).all(axis=1)].min()
        assert answer.ending == "optimal", f"program {number}"
        assert answer.value == pytest.approx(right, abs=1e-6), f"program {number}"
        assert answer.bound == pytest.approx(right, abs=1e-6), f"program {number}"


def test_numbers_too_far_apart_are_refused_in_words() -> None:
    """Costs of a cent beside thousands of millions in one sum: the row is named and the advice given."""
    case = _one_site(options={"one": {"capital_cost": 1e-3}, "two": {"capital_cost": 1e9}})
    case = case.asking(budget={"capital": 5e8})
    with pytest.raises(InputFault, match="capital budget: numbers in one rule differ") as caught:
        decide(case.problem, case.scenario, case.residents)
    assert "check the units" in str(caught.value)


@pytest.mark.parametrize("capacity", [1e9, 1e15])
def test_a_capacity_that_means_unlimited_does_no_harm(capacity: float) -> None:
    """A planner writes 999999999 for `as many as come`: the plan is that without a limit."""
    huge = _one_site(options={"one": {"capacity": capacity, "capital_cost": 1.0}})
    plan = decide(huge.problem, huge.scenario, huge.residents)
    assert plan.facilities["served"].sum() == pytest.approx(90.0)
    assert plan.facilities["capacity"].tolist() == [capacity]


@pytest.mark.parametrize("money", [1e12, 1e18])
def test_a_budget_that_means_unlimited_does_no_harm(money: float) -> None:
    """The same for money."""
    case = _one_site(options={"one": {"capital_cost": 1.0}}).asking(budget={"capital": money})
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.facilities["served"].sum() == pytest.approx(90.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_never_reaches_the_solver(bad: float) -> None:
    """NaN in a coefficient, a cost or a bound is refused before HiGHS, which would take it."""
    problem = random_case(0).problem
    one, zero = np.ones(1), np.zeros(1, np.int64)

    def block(coefficient: float, bound: float) -> Block:
        terms = Terms("open", zero, zero, one * coefficient)
        return Block((Rows("rule", (terms,), "<=", one * bound, ["row"]),))

    for blocks, goal in (
        ([block(bad, 1.0)], Goal({})),
        ([block(1.0, bad)], Goal({})),
        ([], Goal({"open": np.full(len(problem.providers), bad)})),
    ):
        with pytest.raises(ValueError, match="not finite"):
            formulate(problem, blocks, goal)


def _one_site(**changes: object) -> Case:
    return Case(
        asked_of({"health": service_of(**changes)}),
        city_of(
            {"a": ("n", 100), "b": ("n", 200)},
            {"health": {"a": 60, "b": 30}},
            {"s": INFINITE},
            [("health", "s")],
        ),
        travel_of({"health": {("a", "s"): 5, ("b", "s"): 10}}),
    )


def _hard(seconds: float, **changes: object) -> Case:
    """Many cells and sites with tight capacities and costs: no search ends in a moment."""
    rng = np.random.default_rng(5)
    cells = {f"c{k}": ("n", float(rng.integers(100, 900))) for k in range(160)}
    sites = {f"s{k}": INFINITE for k in range(90)}
    need = {c: float(np.round(p * rng.uniform(0.1, 0.5))) for c, (_, p) in cells.items()}
    at = {name: rng.uniform(0, 1, 2) for name in (*cells, *sites)}
    ways = {
        (c, s): float(d * 60) for c in cells for s in sites if (d := np.linalg.norm(at[c] - at[s])) < 0.33
    }
    sizes = {
        "small": {"capacity": 190, "capital_cost": 3.1, "max_per_site": 3},
        "large": {"capacity": 617, "capital_cost": 8.7, "max_per_site": 2},
    }
    return Case(
        asked_of({"health": service_of(options=sizes, travel={"standard_minutes": 4, "limit_minutes": 20})},
                 budget={"capital": 181.3}, objective={"p_median": {}},
                 solver={"gap": 0, "time_limit_seconds": seconds, "threads": 1}, **changes),
        city_of(cells, {"health": need}, sites, [("health", s) for s in sites]),
        travel_of({"health": ways}),
    )  # fmt: skip


def test_a_search_stopped_by_the_clock_keeps_its_plan() -> None:
    """After a second the plan is kept, with a bound below it, and is said to be stopped."""
    case = _hard(1.0)
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.ending == "time_limit"
    assert not status.finished
    assert status.bound is not None
    assert np.isfinite(status.bound)
    assert status.bound < status.value
    assert status.gap is not None
    assert 0 < status.gap < 1
    assert status.seconds < 30


@pytest.mark.parametrize("objective", ["utilitarian", "kolm_pollak", "atkinson", "sufficiency", "p_median"])
def test_a_search_stopped_at_once_offers_what_stands(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before the relaxation is solved: nothing built is the plan, under a weak but true bound."""
    case = random_case(3, objective, ruled=False)
    right = decide(case.problem, case.scenario, case.residents).status.value
    monkeypatch.setattr("planner.model.relax.Solver.run", _stopped("planner.model.relax", Solver.run))
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.ending == "time_limit"
    assert status.bound is not None
    assert np.isfinite(status.bound)
    assert status.bound <= right <= status.value
    assert status.gap is not None
    assert status.gap >= 0


def _stopped(module: str, run: object) -> object:
    """A run that the clock ends at once, for the relaxation only."""
    del module

    def stopped(
        self: Solver, *, seconds: float, gap: float = 0.0, constant: float = 0.0, progress: object = None
    ) -> Answer:
        if seconds <= 60.0 and self.highs.getLp().col_lower_[0] != self.highs.getLp().col_upper_[0]:
            return Answer("time_limit", None, None, None)
        return run(self, seconds=seconds, gap=gap, constant=constant, progress=progress)  # type: ignore[operator]

    return stopped


def test_stopped_without_a_plan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """When what stands breaks a rule and no plan was found in time, there is none to keep."""
    case = _one_site(options={"one": {"capital_cost": 1.0}}).asking(
        constraints=[{"floor": {"service": "health", "reached": 0.5}}],
        solver={"gap": 0, "time_limit_seconds": 7, "threads": 1},
    )

    def run(search: Search) -> str:
        search.stopped = "time_limit"
        return ""

    monkeypatch.setattr(Search, "run", run)
    with pytest.raises(NoPlan, match=r"no plan was found within 7 seconds\n.*time_limit_seconds"):
        decide(case.problem, case.scenario, case.residents)


@pytest.mark.parametrize("waits", [0, 4, 12])
def test_ctrl_c_keeps_the_best_plan(waits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the relaxation or later, the search hands over what it has and says how it ended."""
    left = [waits]
    wait = highspy.Highs.wait

    def interrupted(self: highspy.Highs, timeout: float = -1.0) -> object:
        left[0] -= 1
        if left[0] == -1:
            raise KeyboardInterrupt
        return wait(self, timeout)

    monkeypatch.setattr(highspy.Highs, "wait", interrupted)
    case = _hard(DAY)
    status = decide(case.problem, case.scenario, case.residents).status
    assert status.ending == "interrupted"
    assert not status.finished
    assert status.bound is not None
    assert np.isfinite(status.bound)
    assert status.bound <= status.value
    assert status.seconds < 60


def test_progress_is_told_while_the_search_goes_on() -> None:
    """The best value falls, the bound never rises above it."""
    heard: list[tuple[str, float | None, float | None]] = []
    case = _hard(3.0)
    decide(
        case.problem,
        case.scenario,
        case.residents,
        lambda phase, value=None, bound=None: heard.append((phase, value, bound)),
    )
    assert [phase for phase, _, _ in heard][:2] == ["relaxation", "sites"]
    assert heard[-1][0] == "polish"
    both = [(value, bound) for _, value, bound in heard if value is not None and bound is not None]
    assert len(both) >= 3
    assert all(bound <= value * (1 + 1e-9) for value, bound in both)


def test_a_city_without_sites_is_served_by_what_stands() -> None:
    """Nothing can be built: the plan is the best use of what exists, and proven."""
    service = {
        "need": {"meaning": "demand", "count": "n"},
        "travel": {"standard_minutes": 10, "limit_minutes": 20},
    }
    case = Case(
        asked_of({"health": service}),
        city_of({"a": ("n", 100)}, {"health": {"a": 60}}, facilities=[("health", "old", 25.0, 1.0)]),
        travel_of({"health": {("a", "old"): 5}}),
    )
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.facilities["served"].tolist() == pytest.approx([25.0])
    assert plan.status.ending == "optimal"
    assert plan.status.value == plan.status.before


def test_two_rules_of_one_name_are_both_kept() -> None:
    """Two floors of one service, or two locks at one site, stand side by side: the later does not replace."""
    case = _one_site(options={"one": {"capital_cost": 1.0}})
    rules = [{"floor": {"service": "health", "reached": share}} for share in (0.9, 0.1)]
    model = formulate(
        case.problem, blocks_of(case.problem, replace(case.asking(constraints=rules)).scenario), Goal({})
    )
    assert sorted(r.now for r in model.rows if "floor" in r.rule) == [0.1, 0.9]
