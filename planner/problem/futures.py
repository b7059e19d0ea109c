"""A question whose needs may turn out in several ways: each future by itself, and values over all.

Sites are chosen once; who is served where follows each future. A principle is worth what it is worth in
each future by itself; then the expected value counts, the worst, or the greatest regret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Fault, InputFault
from planner.problem.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.futures import Uncertainty
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Measure = Callable[[Outcome], float]

CERTAIN = "expected"
"""Name of the one future where needs are certain."""
NOTHING = 1e-9
"""Share of what is at stake below which a regret is none."""


@dataclass(frozen=True)
class Futures:
    """The ways in which needs may turn out; every array has one entry for each.

    Attributes
    ----------
    names, probability
        As the scenario tells them; probabilities sum to 1.
    how
        `expected`, `worst_case` or `least_regret`.
    best
        For regrets: what no plan for each future alone is below; empty until it is known.
    """

    names: tuple[str, ...]
    probability: Floats
    how: Uncertainty
    best: tuple[float, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario) -> Futures | None:
        """The futures of a scenario; None where it names none."""
        if not scenario.futures:
            return None
        chances = np.array([future.probability for future in scenario.futures.values()])
        return cls(tuple(scenario.futures), chances / chances.sum(), scenario.uncertainty)

    @property
    def least(self) -> Floats:
        """What regrets are told against, shape (futures,); 0 as long as it is not known."""
        return np.array(self.best) if self.best else np.zeros(len(self.names))

    def over_all(self, values: Floats) -> float:
        """Value over all futures of the values in each, shape (futures,), minimised."""
        if self.how == "expected":
            return float(self.probability @ values)
        if self.how == "worst_case":
            return float(values.max())
        regret = float((values - self.least).max())
        return regret if regret > NOTHING * max(float(np.abs(values).max()), 1e-3) else 0.0


@dataclass(frozen=True)
class Part:
    """One future of a question: it alone, and where its rows stand among those of all futures."""

    name: str
    problem: Problem
    providers: Whole
    pairs: Whole

    def of(self, outcome: Outcome) -> Outcome:
        """What a plan gives to whom in this future."""
        return Outcome(self.problem, outcome.modules[self.providers], outcome.served[self.pairs])


def parts(problem: Problem) -> list[Part]:
    """Each future of a question by itself."""
    if problem.futures is None:
        every = np.arange(len(problem.providers))
        return [Part(CERTAIN, problem, every, np.arange(len(problem.pairs)))]
    return [_part(problem, name) for name in problem.futures.names]


def _part(problem: Problem, name: str) -> Part:
    need, providers, places = (
        np.flatnonzero((table["future"] == name).to_numpy(bool))
        for table in (problem.need, problem.providers, problem.places)
    )
    point, provider, place = (
        _numbered(rows, len(table))
        for rows, table in ((need, problem.need), (providers, problem.providers), (places, problem.places))
    )
    pairs = np.flatnonzero(provider[problem.provider] >= 0)
    own = problem.need.iloc[need].reset_index(drop=True)
    alone = replace(
        problem,
        need=own.assign(place=place[own["place"].to_numpy(np.int64)]),
        providers=problem.providers.iloc[providers].reset_index(drop=True),
        places=problem.places.iloc[places].reset_index(drop=True),
        pairs=problem.pairs.iloc[pairs]
        .assign(need_point=point[problem.need_point[pairs]], provider=provider[problem.provider[pairs]])
        .reset_index(drop=True),
        parent=None if problem.parent is None else _part(problem.parent, name).problem,
        futures=None,
        anchor=problem,
    )
    return Part(name, alone, providers, pairs)


def _numbered(rows: Whole, count: int) -> Whole:
    """Number of each row among those that are taken, −1 for others."""
    numbers = np.full(count, -1)
    numbers[rows] = np.arange(len(rows))
    return numbers


def regretted(problem: Problem) -> bool:
    """True where plans are judged by their greatest regret, which is a cost."""
    return problem.futures is not None and problem.futures.how == "least_regret"


def in_expectation(problem: Problem) -> Problem:
    """The same question, judged by what is expected."""
    if problem.futures is None:
        return problem
    parent = None if problem.parent is None else in_expectation(problem.parent)
    return replace(problem, futures=replace(problem.futures, how="expected", best=()), parent=parent)


def refuse_ordered(names: Sequence[str]) -> None:
    """Refuse a principle of several goals in order, which have no value that could be averaged.

    Raises
    ------
    InputFault
        Where it names several.
    """
    if names:
        message = "a principle of several goals in order has no value over several futures"
        hint = "take one that has, such as `priority`, `worst_off` or `maximin`, or leave out the `futures`"
        raise InputFault(Fault(message, hint=hint))


def values(outcome: Outcome, measure: Callable[[Outcome], float | tuple[float, ...]]) -> tuple[float, ...]:
    """Value of a plan by each goal of a principle, over all futures where there are several."""
    futures = outcome.problem.futures
    if futures is None:
        return tuple(np.atleast_1d(measure(outcome)).tolist())
    return (futures.over_all(in_each(outcome, lambda alone: float(np.atleast_1d(measure(alone))[0]))),)


def in_each(outcome: Outcome, measure: Measure) -> Floats:
    """Value of a plan in each future, shape (futures,)."""
    return np.array([measure(part.of(outcome)) for part in parts(outcome.problem)])
