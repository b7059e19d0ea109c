"""Random models, not cities: against enumeration with linear programs, and against another solver, CBC.

CBC is found where `pip install '.[cbc]'` or the system put it; without it these tests are skipped.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pulp
import pytest
from paced import blocks
from scipy.optimize import linprog
from strategies import LINEAR, OBJECTIVES, random_case

from planner.errors import Infeasible
from planner.model import solve
from planner.model.decide import blocks_of, decide, yardstick_of
from planner.model.formulation import Formulation, assemble, formulate, to_pulp
from planner.model.solve import Solver
from planner.problem.blocks import Goal, Rows, Terms, Variables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEW, MANY = 40, 500
WITH_CBC_FEW, WITH_CBC = 12, 200
CLOSE = 1e-6
SENSES = ("<=", ">=", "==")


def _rows(rng: np.random.Generator, whole: int, parts: int) -> Rows:
    """One rule of some rows over both families, of a size that is drawn from a cent to thousands."""
    count, size = int(rng.integers(1, 4)), 10.0 ** rng.integers(-2, 4)
    terms = []
    for family, width in (("pick", whole), ("flow", parts)):
        matrix = rng.integers(-3, 7, (count, width)) * (rng.random((count, width)) < 0.7) * size
        row, column = np.nonzero(matrix)
        terms.append(Terms(family, row, column, matrix[row, column].astype(float)))
    sense = SENSES[int(rng.choice(3, p=(0.55, 0.35, 0.1)))]
    bound = np.round(rng.uniform(-2, 20, count), 1) * size
    return Rows(f"rule {rng.integers(10**9)}", tuple(terms), sense, bound, [f"row {k}" for k in range(count)])


@cache
def random_model(seed: int) -> tuple[Formulation, tuple[Rows, ...], Goal]:
    """Two or three whole variables, one to five parts, one or two rules; some have no solution."""
    rng = np.random.default_rng([20, seed])
    whole, parts = int(rng.integers(1, 4)), int(rng.integers(1, 6))
    least = rng.integers(0, 2, whole).astype(float)
    pick = Variables("pick", least, least + rng.integers(0, 4, whole), integer=True)
    flow = Variables("flow", np.zeros(parts), np.round(rng.uniform(0.5, 30, parts), 1))
    rules = tuple(_rows(rng, whole, parts) for _ in range(rng.integers(1, 3)))
    size = 10.0 ** rng.integers(-2, 5)
    cost = {"pick": rng.integers(-9, 10, whole) * size, "flow": np.round(rng.normal(0, 3, parts), 2) * size}
    goal = Goal(cost, float(rng.integers(-5, 5)), (pick, flow), rules)
    unit = {"pick": 1.0, "flow": 10.0 ** rng.integers(0, 3)}
    return assemble((pick, flow), rules, goal, unit, scale=True), rules, goal


def _dense(rules: tuple[Rows, ...], family: str, width: int) -> Floats:
    parts = []
    for rule in rules:
        matrix = np.zeros((len(rule), width))
        for terms in rule.terms:
            if terms.family == family:
                np.add.at(matrix, (terms.row, terms.column), terms.coefficient)
        parts.append(matrix)
    return np.vstack(parts)


def least_by_trying(rules: tuple[Rows, ...], goal: Goal) -> float:
    """The least value over every choice of whole numbers, the parts by a linear program; infinite if none."""
    pick, flow = goal.variables
    sense = np.repeat([rule.sense for rule in rules], [len(rule) for rule in rules])
    bound = np.concatenate([rule.bound for rule in rules])
    of_pick, of_flow = (_dense(rules, v.family, len(v)) for v in (pick, flow))
    largest = np.maximum(np.abs(np.hstack([of_pick, of_flow])).max(axis=1), 1e-12)
    sign = np.where(sense == ">=", -1.0, 1.0) / largest
    even, best = sense == "==", np.inf
    size = np.abs(goal.cost["flow"]).max() or 1.0
    for choice in itertools.product(
        *(range(int(a), int(b) + 1) for a, b in zip(pick.lower, pick.upper, strict=True))
    ):
        left, right = of_flow * sign[:, None], (bound - of_pick @ np.array(choice)) * sign
        answer = linprog(
            goal.cost["flow"] / size, left[~even], right[~even], left[even], right[even],
            bounds=np.column_stack([flow.lower, flow.upper]), method="highs-ds",
        )  # fmt: skip
        assert answer.status in {0, 2}, answer.message
        if answer.status == 0:
            best = min(best, float(goal.cost["pick"] @ choice) + answer.fun * size + goal.constant)
    return best


def _agrees(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, rules, goal = random_model(seed)
    monkeypatch.setattr(solve, "LARGEST_FOR_PULP", 0 if seed % 2 else 10**9)
    right = least_by_trying(rules, goal)
    answer = Solver(model).run(seconds=20, constant=goal.constant)
    if np.isinf(right):
        assert answer.ending == "infeasible", seed
        return
    near = CLOSE * (abs(right) + model.cost_unit)
    assert answer.ending == "optimal", seed
    assert answer.value == pytest.approx(right, abs=near), seed
    assert answer.bound == pytest.approx(right, abs=near), seed
    assert answer.solution is not None
    natural = model.natural(answer.solution)
    assert sum(c @ natural[f] for f, c in goal.cost.items()) + goal.constant == pytest.approx(right, abs=near)


@pytest.mark.parametrize("block", range(4))
def test_random_models_equal_enumeration(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Value and bound of small mixed models, handed over in both ways, equal the best of all."""
    for seed in range(block * FEW // 4, (block + 1) * FEW // 4):
        _agrees(seed, monkeypatch)


@pytest.mark.parametrize("block", blocks(10))
def test_500_random_models_equal_enumeration(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for 500 of them."""
    for seed in range(1000 + block * MANY // 10, 1000 + (block + 1) * MANY // 10):
        _agrees(seed, monkeypatch)


def test_random_models_are_of_both_kinds() -> None:
    """Some have a solution, some do not."""
    solved = [np.isfinite(least_by_trying(*random_model(seed)[1:])) for seed in range(FEW)]
    assert 5 <= sum(solved) <= FEW - 5


def _by_cbc(model: Formulation) -> float:
    """Value that CBC finds for the model as PuLP writes it, in natural units; infinite without a solution."""
    lp = to_pulp(model)
    said = lp.solve(pulp.COIN_CMD(msg=False, gapRel=0, gapAbs=0, threads=1, timeLimit=60))
    if said.status == pulp.LpSolveStatus.Infeasible:
        return float("inf")
    assert said.status in {pulp.LpSolveStatus.Optimal, pulp.LpSolveStatus.GapLimit}  # the gap asked for is 0
    found = None if lp.objective is None else lp.objective.value()
    return (found or 0.0) * model.cost_unit + model.constant


needs_cbc = pytest.mark.skipif(
    not pulp.COIN_CMD().available(), reason="CBC is not here: pip install '.[cbc]'"
)


def _city_agrees(seed: int) -> None:
    """CBC on the PuLP model of a tiny city equals HiGHS on it, and, where that is exact, the plan."""
    objective = OBJECTIVES[seed % len(OBJECTIVES)]
    case = random_case(7000 + seed, objective, ruled=bool(seed % 4), capacities=bool(seed % 3))
    goal = yardstick_of(case.problem, case.scenario).goal
    model = formulate(case.problem, blocks_of(case.problem, case.scenario), goal)
    right, answer = _by_cbc(model), Solver(model).run(seconds=60, constant=goal.constant)
    if np.isinf(right):
        assert answer.ending == "infeasible", seed
        with pytest.raises(Infeasible):
            decide(case.problem, case.scenario, case.residents)
        return
    near = 1e-5 * max(abs(right), model.cost_unit)
    assert answer.value == pytest.approx(right, abs=near), seed
    if objective in LINEAR:
        status = decide(case.problem, case.scenario, case.residents).status
        assert status.value == pytest.approx(right, abs=near), seed


@needs_cbc
def test_some_cities_by_cbc() -> None:
    """A dozen cities solved by CBC and by HiGHS: the same value."""
    for seed in range(WITH_CBC_FEW):
        _city_agrees(seed)


@needs_cbc
@pytest.mark.parametrize("block", blocks(10))
def test_200_cities_by_cbc(block: int) -> None:
    """200 cities under every objective, with and without rules and capacities: no disagreement."""
    for seed in range(100 + block * WITH_CBC // 10, 100 + (block + 1) * WITH_CBC // 10):
        _city_agrees(seed)
