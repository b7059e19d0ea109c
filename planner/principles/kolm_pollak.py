"""Principle: a longer way counts more the longer it is already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.errors import Fault, InputFault
from planner.problem.blocks import Goal
from planner.problem.ways import Ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Aversion = Annotated[float, Field(gt=0, le=100)]
Travel = Annotated[float, Field(gt=0)]
STEEPEST = 20.0
"""Largest exponent κ t: beyond it the longest ways hide the others from a solver."""


def kappa(problem: Problem, *, service: str | None = None, aversion: float = 1.0) -> float:
    r"""κ = ε Σ n t / Σ n t² [1/min or 1/m], with t to the nearest of all providers and sites.

    It does not depend on the plan, so that the objective is linear (Horton et al. 2024).
    """
    problem = problem.anchor or problem
    ways = Ways.of(problem, service, None)
    near = np.isfinite(ways.nearest)
    need, travel = (problem.counts * problem.amount)[near], ways.nearest[near]
    square = float(need @ travel**2)
    return aversion * float(need @ travel) / square if square > 0 else 0.0


def _losses(
    problem: Problem, service: str | None, aversion: float, unserved: float | None
) -> tuple[Ways, Floats, float]:
    """What one unit served on each pair counts, and one that is not served."""
    ways = Ways.of(problem, service, unserved)
    steep = kappa(problem, service=service, aversion=aversion)
    if steep * ways.unserved > STEEPEST:
        most = STEEPEST / steep
        message = f"with the aversion {aversion:g} a travel of {ways.unserved:g} weighs too much to count"
        hint = f"lower the aversion, or state an `unserved_travel` of at most {most:.4g}"
        raise InputFault(Fault(message, hint=hint))
    return ways, np.exp(steep * ways.travel), float(np.exp(steep * ways.unserved))


@objective(unit="unit of the service", reference="Horton, Logan, Skipper & Speakman (2024), arXiv 2401.15452")
def formulate(
    problem: Problem,
    *,
    service: str | None = None,
    aversion: Aversion = 1.0,
    unserved_travel: Travel | None = None,
) -> Goal:
    r"""Ways to one service as short and as equal as possible: each counts more, the longer it is already.

    .. math:: \min \sum_i \Bigl(\sum_j e^{\kappa t_{ij}} serve_{ij} + e^{\kappa T} unmet_i\Bigr), \quad
              EDE = \tfrac{1}{\kappa} \ln \frac{value}{\sum_i n_i}

    The equal way EDE, which everybody could have alike and be as well off, is at least the mean way.
    People of a cell may be served at several places; with the rule `single_source` they are not.

    Parameters
    ----------
    service
        The service; may be left out where there is one.
    aversion
        ε, how much more a long way counts; κ is ε times what the nearest places of all give.
    unserved_travel
        T, travel counted for those not served [min or m]: twice the limit unless stated.
    """
    ways, loss, worst = _losses(problem, service, aversion, unserved_travel)
    cost = np.zeros(len(problem.pairs))
    cost[ways.pair] = (loss - worst) * problem.counts[problem.need_point[ways.pair]]
    return Goal({"serve": cost}, constant=worst * _need(problem, ways))


def evaluate(
    outcome: Outcome,
    *,
    service: str | None = None,
    aversion: float = 1.0,
    unserved_travel: float | None = None,
) -> float:
    """Sum over all people of what their ways count [unit of the service]."""
    problem = outcome.problem
    ways, loss, worst = _losses(problem, service, aversion, unserved_travel)
    mine = problem.counts * problem.of_service(ways.service)
    left = float(mine @ (problem.amount - outcome.reached))
    served = problem.counts[problem.need_point[ways.pair]] * outcome.served[ways.pair]
    return float(loss @ served) + worst * left


def _need(problem: Problem, ways: Ways) -> float:
    """All need of the service, as it counts [unit of the service]."""
    return float(problem.counts @ (problem.amount * problem.of_service(ways.service)))


def equal_way(value: float, problem: Problem, *, service: str | None = None, aversion: float = 1.0) -> float:
    """The EDE of a value: the way that, had by everybody alike, counts as much [min or m]."""
    ways = Ways.of(problem, service, None)
    return float(np.log(value / _need(problem, ways))) / kappa(problem, service=service, aversion=aversion)


def effective_aversion(outcome: Outcome, *, service: str | None = None, aversion: float = 1.0) -> float:
    """The ε that κ comes to with the ways that people have under the plan, those not served left out."""
    ways = Ways.of(outcome.problem, service, None)
    served = (outcome.problem.counts[outcome.problem.need_point] * outcome.served)[ways.pair]
    way, square = float(served @ ways.travel), float(served @ ways.travel**2)
    steep = kappa(outcome.problem, service=service, aversion=aversion)
    return steep * square / way if way > 0 else 0.0
