"""Principle: what the rules ask for, with the least money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from planner.catalogue import objective
from planner.problem.blocks import Goal
from planner.problem.used import USED, acquisition, purchases, use
from planner.problem.years import lasting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

Years = Annotated[float, Field(ge=0, le=200)]
Price = Annotated[float, Field(ge=0)]


def _cost(problem: Problem, years: float) -> Floats:
    """Money of one module in use over the years, shape (providers,); what stands is paid for already."""
    providers = problem.providers
    length = years if problem.years is None else years * problem.years.weight[problem.when - 1]
    money = providers["capital_cost"].where(lasting(problem), 0.0) + length * providers["operating_cost"]
    cost: Floats = money.where(~providers["existing"], 0.0).to_numpy(np.float64)
    return cost


def _way(problem: Problem, price: float) -> Floats:
    """Money for one unit served on each pair, shape (pairs,)."""
    counts = problem.counts[problem.need_point]
    travel: Floats = price * counts * problem.pairs["travel"].to_numpy(np.float64)
    return travel


@objective(unit="currency", reference="Balinski (1965); with capacities: Kuehn & Hamburger (1963)")
def formulate(problem: Problem, *, years: Years = 10.0, travel_price: Price = 0.0) -> Goal:
    r"""The least money with which every rule and floor of the scenario is kept.

    .. math:: \min \sum_j (c_j + Y o_j)\, open_j + \sum_p b_p \, used_p + \pi \sum_{ij} t_{ij}\, serve_{ij}

    Without floors it builds nothing: say what is enough under `constraints`. Money is not discounted. Where
    there are several periods, the Y years are shared among them by their weights.

    Parameters
    ----------
    years
        Y, years of running that count beside building.
    travel_price
        π, what the way of one unit of need costs for each minute or metre, over all the years [currency].
    """
    cost = {"open": _cost(problem, years)}
    if travel_price:
        cost["serve"] = _way(problem, travel_price)
    acquired = purchases(problem)[1]
    if len(acquired):
        cost[USED] = acquired
    variables, rows = use(problem)
    return Goal(cost, variables=variables, rows=rows)


def evaluate(outcome: Outcome, *, years: float = 10.0, travel_price: float = 0.0) -> float:
    """Money to acquire sites, to build, to run for the years, and for the ways [currency]."""
    problem = outcome.problem
    acquired = float(acquisition(problem, outcome.modules).sum())
    way = float(_way(problem, travel_price) @ outcome.served)
    return float(_cost(problem, years) @ outcome.modules) + acquired + way
