"""How a value is read under a principle: as a level, and as the share of the possible gain that is missed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.catalogue import Unit
    from planner.problem.blocks import Goal, Levels
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

SMALL_GAIN = 0.001
"""A smaller possible gain counts as this much, so that a gap stays a finite and strict demand."""


@dataclass(frozen=True)
class Yardstick:
    """One principle with its parameters, applied to one problem."""

    unit: Unit
    parameters: Mapping[str, Any]
    problem: Problem

    @cached_property
    def goal(self) -> Goal:
        """What to minimise."""
        goal: Goal = self.unit.function(self.problem, **self.parameters)
        return goal

    @cached_property
    def levels(self) -> Levels | None:
        """The same as a search over levels; None where the objective has none."""
        half = self.unit.half("by_levels")
        return None if half is None else half(self.problem, **self.parameters)

    def value(self, outcome: Outcome) -> float:
        """Value of a plan, minimised, recomputed without the solver."""
        evaluate = self.unit.half("evaluate")
        if evaluate is None:
            raise PlannerError(f"the objective `{self.unit.name}` has no `evaluate`")
        return float(evaluate(outcome, **self.parameters))

    def level(self, value: float) -> float | None:
        """Equal outcome worth as much; None for objectives that are costs."""
        level = self.unit.half("level")
        return None if level is None else float(level(value, self.problem, **self.parameters))

    def gap(self, value: float, bound: float, before: float) -> float:
        """Share of the possible gain that a plan may have missed; for costs (value − bound) / value."""
        best, here, start = self.level(bound), self.level(value), self.level(before)
        if best is None or here is None or start is None:
            return max((value - bound) / abs(value), 0.0) if value else 0.0
        gain = best - start
        missed = max(best - here, 0.0)
        return missed / max(gain, SMALL_GAIN)

    def allowance(self, bound: float, before: float, share: float) -> float:
        """How far above the bound a value may lie so that the gap is `share` (absolute, natural units)."""
        low, high = bound, max(before, bound)
        if self.level(bound) is None:
            return share * abs(bound)
        if self.gap(high, bound, before) <= share:
            return high - bound
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.gap(middle, bound, before) <= share else (low, middle)
        return low - bound
