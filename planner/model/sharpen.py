"""Sharper bounds on sums of modules over a band: prices moved for each question, without any solver."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.model.decide import blocks_of, nothing_built, yardstick_of
from planner.model.metropolis import follower
from planner.model.pricing import Pricing
from planner.problem.proof import Unpriced, at_prices, prices_of, proven

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from planner.plan import Plan
    from planner.problem.local import Local
    from planner.problem.prices import Prices
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

TRIED = (2.0, 6.0, 20.0)
"""What a module may count, as multiples of what the band may miss for each module of the plan in hand."""
FEW, MANY = 80, 400
"""Moves of the prices at each of these, and at the best of them."""
ENOUGH = 1e-5
"""Share of what the band may miss by which the bound has to rise in some moves to go on."""


@dataclass
class Sharpener:
    r"""The question at prices, to which a charge for each module can be added.

    With a charge θ w on modules n, prices prove a bound L of value(n) + θ w·n over all plans, so that every
    plan of a band value(n) ≤ t has

    .. math:: w \cdot n \ge (L - t) / \theta

    whatever θ > 0 and the prices are; both are moved to raise it.
    """

    local: Local
    prices: Prices
    own: Mapping[str, Floats]
    bound: float
    before: float
    follow: Callable[[Floats | None, Floats, float], Floats] | None

    @classmethod
    def of(cls, problem: Problem, scenario: Scenario, plan: Plan) -> Sharpener | None:
        """Begin with the prices that prove the bound of a plan; None where there are none."""
        if plan.prices is None:
            return None
        yardstick = yardstick_of(problem, scenario)
        with suppress(Unpriced):
            local = at_prices(problem, blocks_of(problem, scenario), yardstick.unit, yardstick.parameters)
            prices, _ = prices_of(local, plan.prices)
            before = yardstick.value(nothing_built(yardstick, scenario.solver))
            return cls(local, prices, local.cost, proven(local, prices), before, follower(yardstick))
        return None

    def least(self, weight: Floats, most: float, here: float, seconds: float) -> float:
        """Bound below the sum of weight × modules over every plan worth at most `most`.

        Parameters
        ----------
        weight
            Of a module of each provider, shape (providers,).
        most
            Value that no plan of the band passes, natural.
        here
            The sum in the plan in hand: what a module may count is told from it.
        seconds
            Time for it [s]; −∞ where there is none.
        """
        deadline, slack = time.monotonic() + seconds, most - self.bound
        unit = slack / (abs(here) + float(np.abs(weight).max(initial=0.0)))
        if seconds <= 0 or not unit > 0:
            return -np.inf
        found = {share: self._at(weight, share * unit, most, deadline, FEW) for share in TRIED}
        best = max(found, key=found.__getitem__)
        return max(found[best], self._at(weight, best * unit, most, deadline, MANY))

    def _at(self, weight: Floats, charge: float, most: float, deadline: float, moves: int) -> float:
        if time.monotonic() > deadline:
            return -np.inf
        self.local.cost = {**self.own, "open": self.own.get("open", 0.0) + charge * weight}
        self.local.widened()
        pricing = Pricing(self.local, max(self.before, most), self.follow, self.prices)
        pricing.run(deadline, ENOUGH * (most - self.bound), moves)
        return float((proven(self.local, pricing.best) - most) / charge)
