"""Principle: the most need met, a unit of need weighing the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import objective
from planner.problem.blocks import Goal
from planner.problem.wellbeing import attainable, gain, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]


@objective(unit="person", reference="Sidgwick (1907); as coverage: Church & ReVelle (1974)")
def formulate(problem: Problem) -> Goal:
    r"""The most wellbeing in all: every unit of need weighs the same wherever it is.

    .. math:: \min \sum_a p_a (1 - W_a)
    """
    constant = float(problem.population @ (1.0 - unserved(problem)))
    return Goal({"serve": -gain(problem)}, constant)


def evaluate(outcome: Outcome) -> float:
    """Wellbeing that is missing to everybody at 1 [person]."""
    return float(outcome.problem.population @ (1.0 - outcome.wellbeing))


def level(value: float, problem: Problem) -> float:
    """Mean wellbeing."""
    return float(1.0 - value / np.sum(problem.population))


def follow(weight: Floats | None, wellbeing: Floats, part: float, problem: Problem) -> Floats:
    """What a point of wellbeing of each place counts, always its people, shape (places,)."""
    del weight, wellbeing, part
    return problem.population


def least(weight: Floats, problem: Problem) -> float:
    """Least of the objective plus weight × wellbeing, over all wellbeing that can be."""
    people = problem.population
    over = weight - people
    return float(np.sum(people + np.minimum(over * unserved(problem), over * attainable(problem))))
