"""Principle: the least travel of all people to what serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from planner.catalogue import objective
from planner.problem.blocks import Goal
from planner.problem.naming import service_named

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Travel = Annotated[float, Field(gt=0)]


def _unserved_travel(
    problem: Problem, service: str | None, unserved: float | None
) -> tuple[NDArray[np.float64], float]:
    """Which need points count, and travel counted for those not served: twice the limit unless stated."""
    name = service_named(problem, service)
    charge = unserved if unserved is not None else 2.0 * float(problem.services["limit"].to_dict()[name])
    return problem.counts * problem.of_service(name), charge


@objective(unit="unit of the service × min or m", reference="Hakimi (1964); ReVelle & Swain (1970)")
def formulate(problem: Problem, *, service: str | None = None, unserved_travel: Travel | None = None) -> Goal:
    r"""The least travel of all people of one service.

    Who is not served counts as travelling twice the limit, unless `unserved_travel` is stated. People of a
    cell may be served at several places; with the rule `single_source` they are not. Where there are several
    periods, it is the travel of an average year, by their weights.

    .. math:: \min \sum_i \bigl(\sum_j t_{ij} serve_{ij} + T \, unmet_i\bigr)
    """
    counts, charge = _unserved_travel(problem, service, unserved_travel)
    travel = problem.pairs["travel"].to_numpy(float)
    cost = counts[problem.need_point] * (travel - charge)
    return Goal({"serve": cost}, constant=float(charge * (counts @ problem.amount)))


def evaluate(outcome: Outcome, *, service: str | None = None, unserved_travel: float | None = None) -> float:
    """Travel of all people, unserved ones at the stated travel [unit × min or m]."""
    problem = outcome.problem
    counts, charge = _unserved_travel(problem, service, unserved_travel)
    way = counts[problem.need_point] * problem.pairs["travel"].to_numpy(float) * outcome.served
    return float(way.sum() + charge * (counts @ (problem.amount - outcome.reached)))
