"""The goal of a principle over several futures: expected, in the worst case, or regretted least."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.problem.blocks import Goal, Rows, Terms, Variables
from planner.problem.choice import CHOSEN, choice
from planner.problem.futures import Part, parts
from planner.problem.used import USED, use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Write = Callable[[Problem], Goal]

WORST = "worst"
FOLLOWING = {CHOSEN: ("chosen", "built"), USED: ("used",)}
"""Families that all futures share beside `open`, and the rules of their rows."""


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
