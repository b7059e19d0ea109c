"""A goal looked at part by part: what a few pairs and modules count in it, all others as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from planner.model.formulation import assemble, stack
from planner.model.solve import Solver
from planner.problem.blocks import Goal, Rows, Terms, Variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

OWN = "own"
"""Family under which all variables of the goal itself go."""


@dataclass(frozen=True)
class Part:
    """A goal's rows on some pairs and modules; `free`: its own variables that stand in no other row."""

    free: Whole
    variables: Variables
    cost: dict[str, Floats]
    rows: tuple[Rows, ...]

    def most(self, own: Floats) -> float:
        """The most that any choice can gain: what the goal's own variables cost, if nothing else does."""
        if any(self.cost[family].any() for family in ("serve", "open")):
            return np.inf
        ends = np.where(self.cost[OWN] > 0, self.variables.lower, self.variables.upper)
        return float((self.cost[OWN] * np.where(self.cost[OWN] == 0, 0.0, own - ends)).sum())


class Aim:
    """A goal, and what its rows and own variables are in a plan.

    Parameters
    ----------
    goal
        What is minimised; its own variables are not whole (`can_be_parted`).
    outcome
        The plan in hand: `serve` and `open` are taken from it, the goal's own variables are worked out.
    """

    def __init__(self, goal: Goal, outcome: Outcome) -> None:
        """Put rows and columns in order, and work out the goal's own variables."""
        width = {"serve": len(outcome.served), "open": len(outcome.modules)}
        edges = np.cumsum([0, *width.values(), *(len(v) for v in goal.variables)])
        families = [*width, *(v.family for v in goal.variables)]
        start = {family: int(a) for family, a in zip(families, edges, strict=False)}
        matrix, _, _ = stack(goal.rows, start, dict.fromkeys(families, 1.0), int(edges[-1]), scale=False)
        cost = np.zeros(int(edges[-1]))
        for family, coefficient in goal.cost.items():
            cost[start[family] : start[family] + len(coefficient)] += coefficient
        by_column = sparse.csc_array(matrix)
        cuts = [slice(0, edges[1]), slice(edges[1], edges[2]), slice(edges[2], edges[-1])]
        self._serve, self._open, own = (by_column[:, cut] for cut in cuts)
        self._own, self._rows_of = sparse.csr_array(own), np.diff(own.indptr)
        self.cost = dict(zip(("serve", "open", OWN), (cost[cut] for cut in cuts), strict=True))
        none = np.zeros(0)
        self._lower = np.concatenate([none, *(v.lower for v in goal.variables)])
        self._upper = np.concatenate([none, *(v.upper for v in goal.variables)])
        self._bound = np.concatenate([none, *(r.bound for r in goal.rows)])
        self._sense = np.concatenate([np.zeros(0, "<U2"), *(np.full(len(r), r.sense) for r in goal.rows)])
        self._used = self._serve @ outcome.served + self._open @ outcome.modules
        self.own = self._worked_out()

    def part(self, pairs: Whole, inside: Whole, served: Floats, modules: Floats) -> Part:
        """What some pairs and modules count, given what they are now."""
        serve, opened = self._serve[:, pairs], self._open[:, inside]
        touched = np.unique(np.concatenate([serve.indices, opened.indices]))
        own = self._own[touched]
        met = np.bincount(own.indices, minlength=len(self.own))
        free = np.flatnonzero((met > 0) & (met == self._rows_of))
        fixed = self.own.copy()
        fixed[free] = 0.0
        mine = serve @ served + opened @ modules
        left = self._bound[touched] - (self._used - mine)[touched] - own @ fixed
        parts = {"serve": serve[touched], "open": opened[touched], OWN: own[:, free]}
        rows = tuple(_rows(parts, self._sense[touched], left))
        variables = Variables(OWN, self._lower[free], self._upper[free])
        cost = {"serve": self.cost["serve"][pairs], "open": self.cost["open"][inside]}
        return Part(free, variables, cost | {OWN: self.cost[OWN][free]}, rows)

    def owing(self) -> Iterator[Whole]:
        """Pairs that stand with each of the goal's own variables that costs something, the dearest first."""
        cost = self.cost[OWN] * (self.own - self._lower)
        dear = np.flatnonzero(cost > 0)
        by_own = sparse.csc_array(self._own)
        rows = sparse.csr_array(self._serve)
        for k in dear[np.argsort(-cost[dear], kind="stable")]:
            yield np.unique(rows[by_own.indices[by_own.indptr[k] : by_own.indptr[k + 1]]].indices)

    def move(self, pairs: Whole, more: Floats, inside: Whole, opened: Floats) -> None:
        """Take note of what pairs and modules have become more."""
        self._used = self._used + self._serve[:, pairs] @ more + self._open[:, inside] @ opened

    def _worked_out(self) -> Floats:
        """The goal's own variables at their best with pairs and modules as they are."""
        if not len(self._lower):
            return self._lower
        rows = tuple(_rows({OWN: self._own}, self._sense, self._bound - self._used))
        goal = Goal({OWN: self.cost[OWN]})
        model = assemble((Variables(OWN, self._lower, self._upper),), rows, goal, {OWN: 1.0}, scale=True)
        answer = Solver(model).run(seconds=np.inf)
        return self._lower if answer.solution is None else model.natural(answer.solution)[OWN]


def can_be_parted(goal: Goal) -> bool:
    """Whether the goal speaks of pairs, modules and variables of its own, and the latter are not whole."""
    own = {v.family for v in goal.variables}
    said = {t.family for r in goal.rows for t in r.terms} | goal.cost.keys()
    return not any(v.integer for v in goal.variables) and said <= own | {"serve", "open"}


def _rows(parts: Mapping[str, Any], sense: NDArray[np.str_], bound: Floats) -> list[Rows]:
    found = []
    for kind in ("<=", ">=", "=="):
        mine = np.flatnonzero(sense == kind)
        if len(mine):
            terms = []
            for family, matrix in parts.items():
                own = sparse.csr_array(matrix)[mine].tocoo()
                terms.append(Terms(family, own.row.astype(np.int64), own.col.astype(np.int64), own.data))
            labels = [f"aim {kind} {k}" for k in mine]
            found.append(Rows(f"aim {kind}", tuple(terms), kind, bound[mine], labels))
    return found
