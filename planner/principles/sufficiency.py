"""Principle: nobody below enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.problem.shortfall import shortfall
from planner.problem.wellbeing import attainable, unserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.blocks import Goal
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Floor = Annotated[float, Field(gt=0, le=1)]
HAIR = 1e-9
"""Wellbeing nearer to the floor than this is on it."""


@objective(unit="person", reference="Frankfurt (1987); gap of Foster, Greer & Thorbecke (1984)")
def formulate(problem: Problem, *, floor: Floor) -> Goal:
    r"""Nobody below enough: the least shortfall of wellbeing to a floor, over all people.

    .. math:: \min \sum_a p_a (floor - W_a)^+
    """
    return shortfall(problem, floor)


def evaluate(outcome: Outcome, *, floor: float) -> float:
    """Wellbeing that is missing to the floor, over all people [person]."""
    return float(outcome.problem.population @ np.maximum(floor - outcome.wellbeing, 0.0))


def level(value: float, problem: Problem, *, floor: float) -> float:
    """Wellbeing that, given to everybody alike, would leave the same shortfall."""
    return float(floor - value / np.sum(problem.population))


def follow(
    weight: Floats | None, wellbeing: Floats, part: float, problem: Problem, *, floor: float
) -> Floats:
    """What a point of wellbeing of each place counts: more below, less above the floor, shape (places,)."""
    missing, people = floor - wellbeing, problem.population
    if weight is None:
        return np.where(missing > HAIR, people, 0.0)
    usual = float(people @ np.abs(missing) / people.sum())
    return np.clip(weight + part * people * missing / max(usual, HAIR), 0.0, people)


def least(weight: Floats, problem: Problem, *, floor: float) -> float:
    """Least of the objective plus weight × wellbeing, over all wellbeing that can be."""
    low, high = unserved(problem), attainable(problem)
    ends = (low, np.clip(floor, low, high), high)
    sums = [problem.population * np.maximum(floor - w, 0.0) + weight * w for w in ends]
    return float(np.min(sums, axis=0).sum())
