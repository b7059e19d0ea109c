"""Principle: the most people within the standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import objective
from planner.problem.blocks import Cover, Goal
from planner.problem.naming import service_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

TOLERANCE = 1e-9


def _within(problem: Problem, service: str | None) -> tuple[NDArray[np.float64], float]:
    """How much a unit on each pair counts where it covers (1; 0 elsewhere), and the need of the service."""
    name = service_named(problem, service)
    standard = float(problem.services["standard"].to_dict()[name])
    near = problem.pairs["travel"].to_numpy(float) <= standard + TOLERANCE
    mine = problem.of_service(name)
    counts = problem.counts * mine
    return near * counts[problem.need_point], float(counts @ problem.amount)


@objective(unit="unit of the service", reference="Church & ReVelle (1974)")
def formulate(problem: Problem, *, service: str | None = None) -> Goal:
    r"""The most need of one service served within the standard, told as the need that is not.

    .. math:: \min \sum_i \Bigl(n_i - \sum_{j : t_{ij} \le standard} serve_{ij}\Bigr)
    """
    covers, need = _within(problem, service)
    return Goal({"serve": -covers}, constant=need)


def by_cover(problem: Problem, *, service: str | None = None) -> Cover:
    """The same as a question of covering."""
    covers, _ = _within(problem, service)
    name = service_named(problem, service)
    counts = problem.counts * problem.of_service(name) * problem.amount
    points = np.flatnonzero(counts)
    row = np.full(len(counts), -1)
    row[points] = np.arange(len(points))
    pair = np.flatnonzero(covers)
    return Cover(counts[points], pair, row[problem.need_point[pair]], np.zeros(len(problem.providers)))


def evaluate(outcome: Outcome, *, service: str | None = None) -> float:
    """Need not served within the standard [unit of the service]."""
    covers, need = _within(outcome.problem, service)
    return float(need - covers @ outcome.served)


def level(value: float, problem: Problem, *, service: str | None = None) -> float:
    """Share of the need served within the standard."""
    _, need = _within(problem, service)
    return float(1.0 - value / need)
