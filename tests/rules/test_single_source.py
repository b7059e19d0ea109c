"""All need of a cell at one place or not at all: beside an oracle of its own, by hand, told by `evaluate`."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from oracle import kept
from oracle_justice import JustTask
from strategies import Case, asked_of, city_of, random_case, service_of, travel_of

from planner.errors import Infeasible, InputFault
from planner.model.decide import adopt, blocks_of, decide
from planner.problem.outcome import Outcome
from planner.rules.single_source import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FEW, MANY = 10, 200
MOST = 400


def _asking(seed: int) -> Case | None:
    """Return a random city with one service served whole; None where there is too much to try."""
    case = random_case(seed, ruled=False)
    rng = np.random.default_rng(seed)
    service = str(rng.choice(case.problem.services.index.to_numpy()))
    limit = float(case.problem.services.loc[service, "limit"])
    objective = [
        {"p_median": {"service": service}},
        {"worst_off": {"share": 0.4}},
        {"kolm_pollak": {"service": service, "aversion": 1.0, "unserved_travel": limit}},
        "equal_shares",
    ][seed % 4]
    case = case.asking(objective=objective, constraints=[{"single_source": {"service": service}}])
    tries = sum(1 for _ in kept(case.problem, case.scenario)) * sum(1 for _ in _assignments(case, service))
    return case if tries <= MOST else None


def _assignments(case: Case, service: str) -> Iterator[tuple[int | None, ...]]:
    """Every way to give each need point of the service one of its pairs, or none."""
    need = case.problem.need
    mine = [i for i in range(len(need)) if need["service"].iloc[i] == service]
    pairs = [list(np.flatnonzero(case.problem.need_point == i)) for i in mine]
    return itertools.product(*([None, *of] for of in pairs))


def _best(case: Case) -> float:
    """Least value over all choices of modules and all assignments of the service."""
    [service] = [own["service"] for rule in case.scenario.constraints for own in rule.values()]
    problem, task, least = case.problem, JustTask(case.problem, case.scenario), math.inf
    if task.name == "p_median":
        task._p_median = _linear(task)  # type: ignore[attr-defined]
    mine = problem.of_service(service)[problem.need_point]
    capacity = problem.providers["capacity"].to_numpy(float)
    for modules in kept(problem, case.scenario):
        room = capacity * np.array(modules)
        for chosen in _assignments(case, service):
            served = np.zeros(len(mine))
            taken = [k for k in chosen if k is not None]
            served[taken] = problem.amount[problem.need_point[taken]]
            if (np.bincount(problem.provider, served, len(room)) > room + 1e-9).any():
                continue
            shut = np.eye(len(mine))[mine]
            left = np.vstack([task.points, task.sums, shut, -shut])
            # a hair of room, so that an exact fit is no fault of rounding
            right = np.concatenate([problem.amount, room, served[mine], -served[mine]]) + 1e-11
            least = min(least, getattr(task, f"_{task.name}")(left, right, modules, math.inf))
    return least


def _linear(task: JustTask) -> object:
    cost, constant = task._linear()

    def value(left: NDArray[np.float64], right: NDArray[np.float64], *_: object) -> float:
        from oracle import _solve  # noqa: PLC0415 - as the other principles do

        solved = _solve(cost, left, right)
        return math.inf if solved is None else constant + float(cost @ solved)

    return value


def _compare(seed: int) -> bool | None:
    """Compare with the oracle: whether the rule costs something; None where it was not asked."""
    case = _asking(seed)
    if case is None:
        return None
    right = _best(case)
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.status.value == pytest.approx(right, abs=2e-6 * max(abs(right), 1.0)), f"seed {seed}"
    assert plan.status.ending == "optimal"
    [given] = [own for rule in case.scenario.constraints for own in rule.values()]
    mine = plan.assignment[plan.assignment["service"] == given["service"]]
    assert mine["cell"].is_unique
    free = case.asking(constraints=[])
    return right > decide(free.problem, free.scenario, free.residents).status.value + 1e-6 * max(right, 1.0)


def test_the_plan_is_the_best_that_splits_nobody() -> None:
    """Value equals the oracle's, and no cell has two places; in some cities the rule costs something."""
    assert {_compare(seed) for seed in range(10, 10 + FEW)} >= {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(MANY // 20))
def test_the_plan_is_the_best_that_splits_nobody_in_many_cities(block: int) -> None:
    """The same in many cities."""
    for seed in range(7000 + 20 * block, 7020 + 20 * block):
        _compare(seed)


def _town(**changes: object) -> Case:
    """Three blocks that need 6, 5 and 5, two clinics of 8: in parts all 16 are served, whole only 11."""
    return Case(
        asked_of({"care": service_of(options={"one": {"capacity": 8}})}, **changes),
        city_of(dict.fromkeys("abc", ("m", 100)), {"care": {"a": 6, "b": 5, "c": 5}},
                {"s": np.inf, "t": np.inf}, [("care", "s"), ("care", "t")]),
        travel_of({"care": dict.fromkeys(itertools.product("abc", "st"), 5)}),
    )  # fmt: skip


WHOLE = [{"single_source": {"service": "care"}}]


@pytest.mark.parametrize(("rules", "served"), [([], 16.0), (WHOLE, 11.0)])
def test_whole_blocks_by_hand(rules: list[object], served: float) -> None:
    """6 and 5 of 6, 5, 5 fit whole into places of 8; in parts all do."""
    case = _town(constraints=rules)
    plan = decide(case.problem, case.scenario, case.residents)
    assert plan.need_points["reached"].sum() == pytest.approx(served)
    assert plan.status.ending == "optimal"


def test_a_plan_made_by_hand_splits_nobody_either() -> None:
    """With both clinics given, 11 are served, whole; with one, the 6."""
    case = _town(constraints=WHOLE)
    for modules, served in (([1.0, 1.0], 11.0), ([1.0, 0.0], 6.0)):
        plan = adopt(case.problem, case.scenario, case.residents, np.array(modules))
        assert plan.need_points["reached"].sum() == pytest.approx(served)


def test_all_served_whole_cannot_be() -> None:
    """A floor of everybody has no plan; the advice is a floor that whole blocks can reach."""
    floor = {"floor": {"service": "care", "reached": 1.0}}
    case = _town(constraints=[*WHOLE, floor])
    with pytest.raises(Infeasible) as caught:
        decide(case.problem, case.scenario, case.residents)
    assert "from 1 to 0.68" in str(caught.value)  # 11 of 16, rounded down


def test_evaluate_tells_what_is_split() -> None:
    """By hand: 4 and 2 of 6 at two places are 2 too many, half of 5 is 2.5 not whole, 5 of 5 is whole."""
    problem = _town().problem
    by = {(problem.need["cell"].iloc[i], problem.providers["place"].iloc[j]): k
          for k, (i, j) in enumerate(zip(problem.need_point, problem.provider, strict=True))}  # fmt: skip
    served = np.zeros(6)
    for (cell, site), amount in {("a", "s"): 4, ("a", "t"): 2, ("b", "s"): 2.5, ("c", "t"): 5}.items():
        served[by[cell, site]] = amount
    assert evaluate(Outcome(problem, np.ones(2), served), service="care") == pytest.approx([2, 2.5, 0])


def test_an_unknown_service_is_told() -> None:
    """The nearest name is told."""
    case = _town(constraints=[{"single_source": {"service": "car"}}])
    with pytest.raises(InputFault, match="did you mean `care`"):
        blocks_of(case.problem, case.scenario)
