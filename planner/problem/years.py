"""Years: the periods of a plan with their money, and each provider from one period to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.scenario.periods import weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Years:
    """The periods of a plan; every array has one entry for each.

    Attributes
    ----------
    names
        As the scenario calls them, in their order.
    length
        How long each is [years].
    weight
        How much each counts, in all 1.
    capital, operating
        Money to build in it, and to run what is built each year of it [currency]; infinite when unlimited.
    carried
        Kinds of money that a period may leave to later ones.
    """

    names: tuple[str, ...]
    length: Floats
    weight: Floats
    capital: Floats
    operating: Floats
    carried: frozenset[str]

    def __len__(self) -> int:
        """Return how many periods there are."""
        return len(self.names)

    @classmethod
    def of(cls, scenario: Scenario) -> Years | None:
        """The periods of a scenario; None where it names none."""
        periods, budget = scenario.periods, scenario.budget
        if not periods:
            return None
        yearly = np.inf if budget.operating is None else budget.operating
        own = [(period.years, period.budget.capital, period.budget.operating) for period in periods.values()]
        return cls(
            names=tuple(periods),
            length=np.array([years for years, _, _ in own], np.float64),
            weight=np.array(weights(periods, scenario.over_time), np.float64),
            capital=np.array([np.inf if money is None else money for _, money, _ in own], np.float64),
            operating=np.array([yearly if money is None else money for _, _, money in own], np.float64),
            carried=frozenset(scenario.over_time.carry_over),
        )


def through_time(providers: pd.DataFrame, periods: Sequence[int], futures: Sequence[str]) -> pd.DataFrame:
    """Every provider once for each future and period in which it can be in use, one after another.

    Parameters
    ----------
    providers
        As in `Problem.providers`, without `period` and `future`.
    periods
        The periods, from 1.
    futures
        Names of the futures.
    """
    parts = [
        providers[providers["opens_after"] < period].assign(period=period, future=future)
        for future in futures
        for period in periods
    ]
    return pd.concat(parts, ignore_index=True)


def former(problem: Problem) -> Whole:
    """Position of the same provider in the period before, −1 where it has none, shape (providers,)."""
    key = ["provider", "period"] if problem.futures is None else ["provider", "period", "future"]
    here = pd.MultiIndex.from_frame(problem.providers[key])
    wanted = pd.MultiIndex.from_frame(problem.providers[key].assign(period=problem.when - 1))
    return np.asarray(here.get_indexer(wanted), np.int64)


def lasting(problem: Problem) -> Flags:
    """Which providers tell what is there in the last period, in which all stands that is built.

    What is built is the same in every future: it is told of the first.
    """
    last: Flags = (problem.when == problem.when.max(initial=1)) & first_future(problem)
    return last


def first_future(problem: Problem) -> Flags:
    """Which providers are those of the first future, shape (providers,)."""
    return problem.moment < problem.periods


def first_moment(problem: Problem) -> Whole:
    """Position of each provider's row in the first future, shape (providers,)."""
    if problem.futures is None:
        return np.arange(len(problem.providers))
    key = ["provider", "period", "future"]
    here = pd.MultiIndex.from_frame(problem.providers[key])
    wanted = problem.providers[key].assign(future=problem.futures.names[0])
    return np.asarray(here.get_indexer(pd.MultiIndex.from_frame(wanted)), np.int64)


def begun(problem: Problem) -> Whole:
    """Period in which what first serves in each provider's period is paid for, shape (providers,)."""
    if problem.years is None:
        return problem.when
    paid: Whole = problem.when - problem.providers["opens_after"].to_numpy(np.int64)
    return paid


def added(problem: Problem, modules: Floats) -> Floats:
    """Modules of each provider beyond those of the period before, shape (providers,)."""
    if problem.years is None:
        return modules
    before = former(problem)
    return modules - np.where(before >= 0, modules[before], 0.0)


def kept(problem: Problem, modules: Floats) -> Floats:
    """Modules with whatever was built in an earlier period, or for another future, shape (providers,)."""
    modules = modules.copy()
    if problem.futures is not None:
        first, most = first_moment(problem), np.zeros(len(modules))
        np.maximum.at(most, first, modules)
        modules = most[first]
    if problem.years is not None:
        before, new = former(problem), ~problem.providers["existing"].to_numpy(bool)
        for period in range(2, len(problem.years) + 1):
            mine = np.flatnonzero((problem.when == period) & (before >= 0) & new)
            modules[mine] = np.maximum(modules[mine], modules[before[mine]])
    return modules
