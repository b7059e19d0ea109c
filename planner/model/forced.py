"""What one relaxation says of every provider: a bound of all plans with it, and of all plans without it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from planner.model.decide import blocks_of, nothing_built, rulebook, yardstick_of
from planner.model.relax import Relaxation
from planner.problem.proof import Unpriced, at_prices, prices_of, proven

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.model.solve import Solver
    from planner.plan import Plan
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

AT_MOST = 0.25
"""Share of the time that the relaxation may take."""
TRIED, MOVES, SMALL = np.linspace(-9.0, 3.0, 25), 200, 1e-9
"""Powers of ten at which prices of a range are tried, and moves from the best of them."""


@dataclass(frozen=True)
class Priced:
    r"""A Lagrangian bound at some prices, and each provider's part in it.

    At prices every provider decides for itself, so that a plan with modules n is worth at least

    .. math:: L + \sum_j loss_j(n_j), \quad loss_j(n) \ge 0,

    whatever the prices are (Geoffrion 1974).

    Attributes
    ----------
    bound
        L, natural: no plan is below it.
    losses
        What a plan loses by the modules of each provider, beside those that the provider would choose at
        the prices, natural, shape (most modules + 1, providers); infinite where there cannot be so many.
    takes, right
        What a module of each provider takes of each budget, shape (budgets, providers), and the budgets.
    """

    bound: float
    losses: Floats
    takes: Floats
    right: Floats

    @classmethod
    def of(cls, problem: Problem, scenario: Scenario, plan: Plan | None, seconds: float) -> Priced | None:
        """Read the prices that prove the bound of a plan; solve one relaxation where it has none.

        None where that was not solved in time, or the principle has no such model.
        """
        yardstick = yardstick_of(problem, scenario)
        if plan is not None and plan.prices is not None:
            with suppress(Unpriced):
                local = at_prices(problem, blocks_of(problem, scenario), yardstick.unit, yardstick.parameters)
                prices, _ = prices_of(local, plan.prices)
                return cls(proven(local, prices), local.losses(prices), *_budgets(problem))
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
        return self.bound + float(self.losses[0, rows].sum())

    def with_one(self, row: int) -> float:
        """Bound of every plan with at least one module of a provider."""
        return self.bound + float(self.losses[1:, row].min(initial=np.inf))

    def least(self, weight: Floats, most: float) -> float:
        r"""Bound below the sum of weight × modules over every plan worth at most `most`.

        .. math:: \max_{\lambda, \mu > 0} \sum_j \min_n \bigl((w_j + \mu c_j) n + \lambda\, loss_j(n)\bigr)
                  - \lambda (most - L) - \mu C

        with the budgets C. Any λ and μ give a true bound; good ones are looked for.
        """
        steps, slack = np.arange(len(self.losses))[:, None], max(most - self.bound, 0.0)
        usual = self.losses[np.isfinite(self.losses) & (self.losses > 0)]
        size = float(np.abs(weight) @ np.isfinite(self.losses).sum(axis=0)) + SMALL
        unit = np.array(
            [size / (float(np.median(usual)) if len(usual) else 1.0), *(size / (self.right + SMALL))]
        )

        def below(powers: Floats) -> float:
            price = unit * 10.0 ** np.clip(powers, -12.0, 6.0)
            cost = weight + price[1:] @ self.takes
            per = (cost * steps + price[0] * self.losses).min(axis=0)
            return float(per.sum() - price[0] * slack - price[1:] @ self.right)

        starts = [np.full(len(unit), -9.0) for _ in TRIED]
        for start, power in zip(starts, TRIED, strict=True):
            start[0] = power
        first = max(starts, key=below)
        second = max((np.array([first[0], *np.full(len(unit) - 1, power)]) for power in TRIED), key=below)
        options: dict[str, Any] = {"method": "Nelder-Mead", "options": {"maxiter": MOVES}}
        found = minimize(lambda powers: -below(powers), second, **options)  # type: ignore[misc]
        return max(below(first), below(second), below(found.x))


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
    costs = cost[opened] * model.cost_unit / model.unit["open"]
    least, most = (problem.providers[end].to_numpy(np.float64) for end in ("least", "most"))
    steps = np.arange(int(most.max(initial=0.0)) + 1)[:, None]
    losses = costs * steps - np.minimum(costs * least, costs * most)
    return Priced(
        total * model.cost_unit + constant, np.where(steps <= most, losses, np.inf), *_budgets(problem)
    )


def _budgets(problem: Problem) -> tuple[Floats, Floats]:
    """What a module of each provider takes of each budget that has a limit, and these limits."""
    if problem.years is not None:
        return np.zeros((0, len(problem.providers))), np.zeros(0)
    own = ((problem.capital, "capital_cost"), (problem.operating, "operating_cost"))
    new = ~problem.providers["existing"].to_numpy(bool)
    limits = [
        (limit, problem.providers[cost].to_numpy(np.float64) * new)
        for limit, cost in own
        if np.isfinite(limit)
    ]
    takes = np.array([taken for _, taken in limits]).reshape(len(limits), len(problem.providers))
    return takes, np.array([limit for limit, _ in limits])
