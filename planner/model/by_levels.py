"""The search over levels: each is a question of covering; the lowest that can be covered is the optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from planner.model.formulation import assemble, base_variables, formulate
from planner.model.narrow import Narrow, keep
from planner.model.relax import FEW_PAIRS
from planner.model.search import Search
from planner.model.solve import Solver
from planner.problem.blocks import Goal
from planner.rules.provision import tight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.model.formulation import Formulation
    from planner.model.solve import Answer
    from planner.problem.blocks import Rows

    Floats = NDArray[np.float64]

PATIENCE = 2.0
"""Each level gets at most half of the time that is left: one hard level does not take it all."""
HAIR = 1e-6


@dataclass
class LevelSearch(Search):
    """A binary search over the levels of a goal; a level that cannot be covered bounds every plan."""

    def _run(self) -> str:
        levels = self.yardstick.levels
        if levels is None:
            raise ValueError("the goal has no levels")
        values, proven = levels.values, 0
        self.bound = float(values[0])
        self.tell("sites", None, self.bound)
        if self.best is None and not self.stopped:
            ending, modules = self._covered(len(values) - 1)
            if ending == "infeasible":
                return "infeasible"
            if modules is not None:
                self.offer(modules)
        while not self.done and self._left > 0:
            low, high = proven, self._level(values)
            while low < high and not self.done:
                middle = (low + high) // 2
                ending, modules = self._covered(middle)
                if modules is not None:
                    self.offer(modules)
                    high = min(self._level(values), middle)
                else:
                    low = middle + 1
                if ending == "infeasible":
                    proven = max(proven, middle + 1)
                    self.bound = float(values[proven])
        if not self.done and not self.stopped:
            self.stopped = "time_limit"
        return ""

    def _level(self, values: Floats) -> int:
        """Level of the best plan."""
        if self.best is None:
            return len(values) - 1
        return min(int(np.searchsorted(values, self.value * (1 - 1e-12))), len(values) - 1)

    def _covered(self, level: int) -> tuple[str, Floats | None]:
        """Ask whether a level can be covered: how the solver ended, and modules that do."""
        narrow = Narrow.at(self.yardstick, self.rules, level)
        quick = greedy(narrow)
        if quick is not None:
            return "covered", quick
        model, until = _model(narrow)
        solver = Solver(model, self.threads)
        if narrow.covered and len(narrow.problem.pairs) <= FEW_PAIRS and "serve" in model.columns:
            solver.add([tight(narrow.problem, np.arange(len(narrow.problem.pairs)))])
        answer = solver.run(seconds=self._left / PATIENCE, until=until)
        if solver.interrupted:
            self.stopped = "interrupted"
        elif answer.ending == "memory":
            self.stopped = "memory"
        self.tell("sites", None if self.best is None else self.value, self.bound)
        return _read(answer, until), _modules(answer, model, until)


def greedy(narrow: Narrow) -> Floats | None:
    """Modules that cover a level, by taking again and again the site that covers most for what it takes.

    None where they break a rule, or where the choice of sites alone does not decide: others may do it.
    """
    problem = narrow.problem
    alone = narrow.sites_alone(narrow.rules(problem)) if narrow.covered else None
    if alone is None:
        return None
    [terms], rule = narrow.around().terms, _limit(alone)
    size, shape = len(problem.providers), (len(narrow.levels.counted), len(problem.providers))
    covers = sparse.csr_array((np.ones(len(terms.row)), (terms.row, terms.column)), shape=shape)
    by_site = covers.tocsc()
    price = np.ones(size) if rule is None else sum(_lhs(rule, size).values(), np.zeros(size))
    modules = problem.providers["least"].to_numpy(float).copy()
    left = (covers @ np.minimum(modules, 1.0)) < 1
    gain = covers.T @ left.astype(float)
    while left.any():
        site = int(np.argmax(gain / np.maximum(price, HAIR)))
        if gain[site] < 1:
            return None
        modules[site] = 1.0
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        new = mine[left[mine]]
        left[new] = False
        gain -= covers[new].sum(axis=0)
    return modules if keep(problem, alone, modules) else None


def _read(answer: Answer, until: float | None) -> str:
    """`infeasible` where that is proven, by the solver or by a bound above what a rule allows."""
    above = until is not None and answer.bound is not None and answer.bound > until
    return "infeasible" if above or answer.ending == "infeasible" else answer.ending


def _modules(answer: Answer, model: Formulation, until: float | None) -> Floats | None:
    """Modules of a solution that keeps what a rule allows."""
    if answer.solution is None or (until is not None and answer.value is not None and answer.value > until):
        return None
    modules: Floats = np.round(model.natural(answer.solution)["open"])
    return modules


def _model(narrow: Narrow) -> tuple[Formulation, float | None]:
    """The question at one level, and, where one rule became what is minimised, the most it allows.

    To minimise what a rule limits (how many facilities, how much money) and to look whether it is kept
    is far quicker than to ask for any solution: the bound tells at once which way it goes.
    """
    problem, blocks = narrow.problem, narrow.rules(narrow.problem)
    alone, own = narrow.sites_alone(blocks), (narrow.around(),) if narrow.covered else ()
    if alone is None:
        goal = Goal({"open": np.ones(len(problem.providers))}, rows=own)
        return formulate(problem, narrow.blocks(problem), goal), np.inf
    rule = _limit(alone)
    cost = {"open": np.ones(len(problem.providers))} if rule is None else _lhs(rule, len(problem.providers))
    rows = (*(r for r in alone if r is not rule), *own)
    variables = (base_variables(problem)[0], *(v for b in blocks for v in b.variables))
    families = {v.family: v for v in variables}
    unit = dict.fromkeys(families, 1.0)
    model = assemble(tuple(families.values()), rows, Goal(cost), unit, scale=True)
    return model, np.inf if rule is None else float(rule.bound[0]) * (1 + HAIR)


def _limit(rows: Sequence[Rows]) -> Rows | None:
    """A rule that limits a sum of sites, the one with the fewest different weights."""
    fit = [
        r
        for r in rows
        if len(r) == 1
        and r.sense == "<="
        and r.bound[0] > 0
        and all((t.coefficient >= 0).all() for t in r.terms)
    ]
    return min(fit, key=lambda r: len({c for t in r.terms for c in t.coefficient}), default=None)


def _lhs(rule: Rows, providers: int) -> dict[str, Floats]:
    cost: dict[str, Floats] = {}
    for t in rule.terms:
        cost[t.family] = cost.get(t.family, 0.0) + np.bincount(t.column, t.coefficient, providers)
    return cost
