"""A question whose needs may turn out in several ways: each future by itself, and the principle over all.

Sites are chosen once; who is served where follows each future. A principle is worth what it is worth in
each future by itself; then the expected value counts, the worst, or the greatest regret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Fault, InputFault
from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.choice import CHOSEN, choice
from planner.problem.outcome import Outcome
from planner.problem.used import USED, use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.problem.problem import Problem
    from planner.scenario.futures import Uncertainty
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Write = Callable[[Problem], Goal]
    Measure = Callable[[Outcome], float]

CERTAIN = "expected"
"""Name of the one future where needs are certain."""
WORST = "worst"
FOLLOWING = {CHOSEN: ("chosen", "built"), USED: ("used",)}
"""Families that all futures share beside `open`, and the rules of their rows."""
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


def goal(problem: Problem, write: Write) -> Goal:
    """What to minimise under a principle, over all futures where there are several."""
    if problem.futures is None:
        return write(problem)
    each = parts(problem)
    return _over_all(problem, each, [write(part.problem) for part in each])


def _over_all(problem: Problem, each: Sequence[Part], goals: Sequence[Goal]) -> Goal:
    def tighten(values: Mapping[str, Floats]) -> Goal | None:
        finer = [
            None if own.tighten is None else own.tighten(_values_of(part, own, values))
            for part, own in zip(each, goals, strict=True)
        ]
        if all(own is None for own in finer):
            return None
        return _over_all(problem, each, [new or old for new, old in zip(finer, goals, strict=True)])

    variables, rows = _shared(problem, goals)
    for part, own in zip(each, goals, strict=True):
        variables += tuple(replace(v, family=_renamed(part, v.family)) for v in own.variables if _own(v))
        rows += tuple(_row(part, r) for r in own.rows if not _says_what_follows(r))
    costs = [_cost(problem, part, own) for part, own in zip(each, goals, strict=True)]
    laid = tighten if any(own.tighten for own in goals) else None
    constants = np.array([own.constant for own in goals])
    futures = problem.futures
    assert futures is not None  # noqa: S101 several futures
    if futures.how == "expected":
        cost: dict[str, Floats] = {}
        for chance, one in zip(futures.probability, costs, strict=True):
            cost |= {f: cost.get(f, 0.0) + chance * c for f, c in one.items()}
        return Goal(cost, float(futures.probability @ constants), variables, rows, laid)
    if futures.how == "least_regret":
        constants = constants - futures.least
    highest, above = _worst(each, goals, costs, constants)
    return Goal({WORST: highest.upper * 0 + _size(costs)}, 0.0, (*variables, highest), (*rows, *above), laid)


def _shared(problem: Problem, goals: Sequence[Goal]) -> tuple[tuple[Variables, ...], tuple[Rows, ...]]:
    """Variables that follow from the modules, where some goal speaks of them, written for all futures."""
    families = {v.family for own in goals for v in own.variables} | {f for own in goals for f in own.cost}
    variables: tuple[Variables, ...] = ()
    rows: tuple[Rows, ...] = ()
    for family, link in ((CHOSEN, choice), (USED, use)):
        if family in families:
            more, rules = link(problem)
            variables, rows = (*variables, *more), (*rows, *rules)
    return variables, rows


def _own(variables: Variables) -> bool:
    return variables.family not in FOLLOWING


def _says_what_follows(rows: Rows) -> bool:
    return any(rows.rule in rules for rules in FOLLOWING.values())


def _renamed(part: Part, family: str) -> str:
    """Families that all futures share keep their names; the others get that of the future."""
    return family if family in {"serve", "open", *FOLLOWING} else f"{family} if {part.name}"


def _placed(part: Part, family: str, column: Whole) -> Whole:
    """Where columns of a future stand among those of all."""
    if family == "serve":
        return part.pairs[column]
    return part.providers[column] if family in {"open", CHOSEN} else column


def _row(part: Part, rows: Rows) -> Rows:
    terms = tuple(
        replace(t, family=_renamed(part, t.family), column=_placed(part, t.family, t.column))
        for t in rows.terms
    )
    labels = [f"{label} if {part.name}" for label in rows.labels]
    return replace(rows, rule=f"{rows.rule} if {part.name}", terms=terms, labels=labels)


def _cost(problem: Problem, part: Part, own: Goal) -> dict[str, Floats]:
    """Cost of the columns of all futures in one of them."""
    width = {"serve": len(problem.pairs), "open": len(problem.providers), CHOSEN: len(problem.providers)}
    cost = {}
    for family, amounts in own.cost.items():
        wide = np.zeros(width.get(family, len(amounts)))
        wide[_placed(part, family, np.arange(len(amounts)))] = amounts
        cost[_renamed(part, family)] = wide
    return cost


def _size(costs: Sequence[Mapping[str, Floats]]) -> float:
    """The largest coefficient, so that the variable of the worst case is of the size of the others."""
    return max((float(np.abs(c).max(initial=0.0)) for own in costs for c in own.values()), default=0.0) or 1.0


def _worst(
    each: Sequence[Part],
    goals: Sequence[Goal],
    costs: Sequence[Mapping[str, Floats]],
    constants: Floats,
) -> tuple[Variables, tuple[Rows, ...]]:
    """Variable that is at least the value in every future, in units of `_size`, and the rows that say so."""
    size, rows, least, most = _size(costs), [], [], []
    for part, own, cost, constant in zip(each, goals, costs, constants, strict=True):
        terms = [Terms(WORST, np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([size]))]
        for family, amounts in cost.items():
            some = np.flatnonzero(amounts)
            terms.append(Terms(family, np.zeros(len(some), np.int64), some, -amounts[some]))
        label = [f"worst if {part.name}"]
        rows.append(Rows(label[0], tuple(terms), ">=", np.array([constant]), label))
        ends = [_ends(part.problem, own, family) for family in own.cost]
        low = sum(
            float(np.minimum(c * a, c * b).sum()) for c, (a, b) in zip(own.cost.values(), ends, strict=True)
        )
        high = sum(
            float(np.maximum(c * a, c * b).sum()) for c, (a, b) in zip(own.cost.values(), ends, strict=True)
        )
        least.append(constant + low)
        most.append(constant + high)
    return Variables(WORST, np.array([max(least)]) / size, np.array([max(most)]) / size), tuple(rows)


def _ends(problem: Problem, own: Goal, family: str) -> tuple[Floats, Floats]:
    """Least and greatest value of each variable of a family."""
    if family == "serve":
        most = problem.amount[problem.need_point]
        return np.zeros(len(most)), most
    if family in {"open", CHOSEN}:
        most = problem.providers["most"].to_numpy(np.float64)
        return np.zeros(len(most)), most
    mine = next(v for v in own.variables if v.family == family)
    return mine.lower, mine.upper


def _values_of(part: Part, own: Goal, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Values of the families of one future, as it calls them."""
    found = {"serve": values["serve"][part.pairs]}
    for family in (v.family for v in own.variables if _own(v)):
        if (name := _renamed(part, family)) in values:
            found[family] = values[name]
    return found
