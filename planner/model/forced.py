"""What one relaxation says of every provider: a bound of all plans with it, and of all plans without it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from planner.model.decide import nothing_built, rulebook, yardstick_of
from planner.model.relax import Relaxation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.solve import Solver
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

AT_MOST = 0.25
"""Share of the time that the relaxation may take."""


@dataclass(frozen=True)
class Priced:
    r"""A Lagrangian bound by the multipliers of one relaxation, and each provider's part in it.

    .. math:: L(y) = \sum_i y_i b_i + \sum_k \min_{l_k \le x_k \le u_k} (c - A^T y)_k x_k

    Whatever the multipliers y are, no plan is below it; with other limits of one provider only its own
    term changes (Geoffrion 1974).

    Attributes
    ----------
    bound
        L(y), natural.
    cost
        Reduced cost of a module of each provider, natural, shape (providers,).
    least, most
        Limits of modules, shape (providers,).
    """

    bound: float
    cost: Floats
    least: Floats
    most: Floats

    @classmethod
    def of(cls, problem: Problem, scenario: Scenario, seconds: float) -> Priced | None:
        """Solve one relaxation; None where it was not solved in time, or the principle has no such model."""
        yardstick = yardstick_of(problem, scenario)
        if yardstick.levels is not None or yardstick.ordered:
            return None
        rules, effort = rulebook(scenario), scenario.solver
        before = yardstick.value(nothing_built(yardstick, effort))
        relaxation = Relaxation.of(yardstick, rules(problem), effort.threads, before=before, share=effort.gap)
        relaxation.solve(time.monotonic() + AT_MOST * seconds)
        if relaxation.ending != "optimal":
            return None
        return _priced(problem, relaxation.solver, relaxation.goal.constant)

    def without(self, rows: Whole) -> float:
        """Bound of every plan without these providers."""
        return self._moved(rows, np.zeros(len(rows)), np.zeros(len(rows)))

    def with_one(self, row: int) -> float:
        """Bound of every plan with at least one module of a provider."""
        rows = np.array([row])
        return self._moved(rows, np.maximum(self.least[rows], 1.0), self.most[rows])

    def _moved(self, rows: Whole, least: Floats, most: Floats) -> float:
        cost = self.cost[rows]
        had = np.minimum(cost * self.least[rows], cost * self.most[rows])
        has = np.minimum(cost * least, cost * most)
        return self.bound + float((has - had).sum())


def _priced(problem: Problem, solver: Solver, constant: float) -> Priced | None:
    """The bound by arithmetic alone, from the multipliers that the solver ended with."""
    lp, model = solver.highs.getLp(), solver.model
    shape = (lp.num_row_, lp.num_col_)
    own = lp.a_matrix_
    by_row = str(own.format_).endswith("kRowwise")
    kind = sparse.csr_array if by_row else sparse.csc_array
    matrix = kind((np.array(own.value_), np.array(own.index_), np.array(own.start_)), shape=shape)
    dual = np.array(solver.highs.getSolution().row_dual)
    low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
    dual = np.where((dual > 0) & np.isinf(low), 0.0, np.where((dual < 0) & np.isinf(high), 0.0, dual))
    right = np.where(dual > 0, low, np.where(dual < 0, high, 0.0))
    cost = np.array(lp.col_cost_) - matrix.T @ dual
    lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
    side = np.where(cost > 0, lower, np.where(cost < 0, upper, 0.0))
    total = float(dual @ right) + float(cost @ side)
    if not np.isfinite(total):
        return None
    opened = model.columns["open"]
    unit = model.cost_unit / model.unit["open"]
    providers = problem.providers
    return Priced(
        bound=total * model.cost_unit + constant,
        cost=cost[opened] * unit,
        least=providers["least"].to_numpy(np.float64),
        most=providers["most"].to_numpy(np.float64),
    )
