"""Principle: the worst-off place has as much as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import objective
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.shortfall import shortfall
from planner.problem.wellbeing import attainable, gain_terms, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

HAIR = 1e-9
"""Wellbeing that could be gained below this is none."""
STEEPEST = 100.0
SMALLEST = 1e-12
"""Least weight of a place that can be improved: it must be able to rise again."""


def improvable(problem: Problem) -> NDArray[np.bool_]:
    """Which places anything can improve, shape (places,); all that are judged where nothing does."""
    can = attainable(problem.whole) > unserved(problem) + HAIR
    return can if can.any() else problem.population > 0


@objective(unit="1", reference="Rawls (1971); as location model: Hansen (1980), Ogryczak (2000)")
def formulate(problem: Problem) -> Goal:
    r"""The most for the worst-off place, among those that anything can improve.

    .. math:: \min 1 - z, \quad z \le W_a \;\; \forall a : W_a^{max} > W_a^{0}

    A place without any provider or site within reach keeps what it has whatever is built; it is counted
    in every figure, but held out here, for it would make every plan as good as any other.
    """
    can = np.flatnonzero(improvable(problem))
    people, low, high = problem.population[can], unserved(problem)[can], attainable(problem)[can]
    typical = float(people.mean())
    row = np.full(len(problem.places), -1)
    row[can] = np.arange(len(can))
    gains = gain_terms(problem)
    mine = row[gains.row] >= 0
    rows = Rows(
        rule="least",
        terms=(
            Terms("serve", row[gains.row[mine]], gains.column[mine], gains.coefficient[mine]),
            Terms("least", np.arange(len(can)), np.zeros(len(can), np.int64), -people / typical),
        ),
        sense=">=",
        bound=-people * low,
        labels=[f"least {place}" for place in problem.homes[can]],
    )
    least = Variables("least", np.array([low.min() * typical]), np.array([high.min() * typical]))
    return Goal({"least": np.array([-1.0 / typical])}, 1.0, (least,), (rows,))


def evaluate(outcome: Outcome) -> float:
    """What the worst-off place that can be improved is missing to a wellbeing of 1."""
    return 1.0 - float(outcome.wellbeing[improvable(outcome.problem)].min())


def level(value: float, problem: Problem) -> float:
    """Wellbeing of the worst-off place that can be improved."""
    del problem
    return 1.0 - value


def follow(weight: Floats | None, wellbeing: Floats, part: float, problem: Problem) -> Floats:
    """What a point of wellbeing of each place counts: more the nearer it is to the worst-off; in all 1."""
    can = improvable(problem)
    above = np.maximum(wellbeing - wellbeing[can].min(), 0.0)
    weight = None if weight is None or weight[can].sum() <= 0 else weight
    people = np.where(can, problem.population if weight is None else weight, 0.0)
    usual = float(above[can] @ people[can] / people.sum())
    steep = (1.0 if weight is None else part) * above / max(usual, HAIR)
    now: Floats = np.where(can, np.maximum(people * np.exp(-np.minimum(steep, STEEPEST)), SMALLEST), 0.0)
    now /= now.sum()
    return now


def towards(outcome: Outcome, value: float) -> tuple[Goal, float]:
    """What leads to a plan worth `value`: what places miss to that level; how much it is now [person]."""
    problem, floor = outcome.problem, 1.0 - value
    counted = improvable(problem)
    missing = problem.population * np.maximum(floor - outcome.wellbeing, 0.0)
    return shortfall(problem, floor, counted), float(missing[counted].sum())


def least(weight: Floats, problem: Problem) -> float:
    """Least of the objective plus weight × wellbeing, for weights of places that can be improved."""
    can = improvable(problem)
    others = float(np.abs(np.where(can, np.minimum(weight, 0.0), weight)).sum())
    astray = abs(float(weight.sum()) - 1.0) + 2.0 * others
    return 1.0 - astray * float(np.abs(np.concatenate([unserved(problem), attainable(problem)])).max())
