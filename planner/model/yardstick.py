"""How a value is read under a principle: as a level, and as the share of the possible gain that is missed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.errors import PlannerError
from planner.problem.blocks import Goal
from planner.problem.futures import refuse_ordered, regretted
from planner.problem.futures import values as over_all
from planner.problem.uncertain import goal as goal_over_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.catalogue import Unit
    from planner.problem.blocks import Levels
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

NOTHING = 1e-9
"""A cost of no more is none but for rounding: there is nothing to miss."""
SMALL_GAIN = 0.001
"""A smaller possible gain counts as this much, so that a gap stays a finite and strict demand."""

ROUNDING = 1e-9
"""Share by which two sums of the same people may differ."""


@dataclass(frozen=True)
class Yardstick:
    """One principle with its parameters, applied to one problem; `at` is the goal looked at, of several."""

    unit: Unit
    parameters: Mapping[str, Any]
    problem: Problem
    at: int | None = None

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        """What to minimise: one goal, or several in order, of which an earlier one counts more."""
        if self.problem.futures is not None:
            refuse_ordered(self.names)
            one = partial(self.unit.function, **self.parameters)
            return (goal_over_all(self.problem, one),)
        said = self.unit.function(self.problem, **self.parameters)
        return said if isinstance(said, tuple) else (said,)

    @property
    def goal(self) -> Goal:
        """What to minimise now."""
        return self.goals[self.at or 0]

    @property
    def ordered(self) -> bool:
        """True while several goals in order are looked at together."""
        return self.at is None and bool(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """What each of several goals in order counts; empty where there is one goal."""
        half = self.unit.half("names")
        return () if half is None else half(**self.parameters)

    @cached_property
    def levels(self) -> Levels | None:
        """The same as a search over levels; None where the objective has none."""
        half = self.unit.half("by_levels")
        return (
            None
            if half is None or self.problem.futures is not None
            else half(self.problem, **self.parameters)
        )

    def value(self, outcome: Outcome) -> float:
        """Value of a plan by the goal looked at, minimised, recomputed without the solver."""
        return self.values(outcome)[self.at or 0]

    def values(self, outcome: Outcome) -> tuple[float, ...]:
        """Value of a plan by each goal, the first that counts most."""
        evaluate = self.unit.half("evaluate")
        if evaluate is None:
            raise PlannerError(f"the objective `{self.unit.name}` has no `evaluate`")
        return over_all(outcome, partial(evaluate, **self.parameters))

    def figures(self, outcome: Outcome) -> tuple[float, ...]:
        """Values of a plan by all goals that are looked at, the first that counts most."""
        return self.values(outcome) if self.ordered else (self.value(outcome),)

    def beats(self, new: Outcome, old: Outcome, hair: float = 0.0) -> bool:
        """Whether a plan is better than another, by more than a share `hair` of what that is worth."""
        return better(self.figures(new), self.figures(old), hair)

    def level(self, value: float) -> float | None:
        """Equal outcome worth as much; None for objectives that are costs, and for regrets."""
        level = None if regretted(self.problem) else self.unit.half("level")
        return None if level is None else float(level(value, self.problem, **self.parameters))

    def gap(self, value: float, bound: float, before: float) -> float:
        """Share of the possible gain that a plan may have missed; for costs (value − bound) / value."""
        best, here, start = self.level(bound), self.level(value), self.level(before)
        if best is None or here is None or start is None:
            return max((value - bound) / abs(value), 0.0) if abs(value) > NOTHING else 0.0
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


@dataclass(frozen=True)
class Held(Yardstick):
    """The same yardstick with nothing left to minimise: other rows hold what has been reached."""

    @property
    def goal(self) -> Goal:
        """Nothing."""
        return Goal({})


def better(new: tuple[float, ...], old: tuple[float, ...], hair: float = 0.0) -> bool:
    """Whether values are better than others: the first that differ decide."""
    hair = max(hair, ROUNDING) if len(new) > 1 else hair
    for has, had in zip(new, old, strict=True):
        if abs(has - had) > hair * (1.0 + abs(had)):
            return has < had
    return False
