"""The band of good plans: all that are worth enough, asked for the least of what their modules add up to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.model.decide import nothing_built, quiet, rulebook, yardstick_of
from planner.model.held import kept_at
from planner.model.narrow import polish_of
from planner.model.search import Search
from planner.model.yardstick import Yardstick
from planner.problem.blocks import Goal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.model.forced import Priced
    from planner.model.polish import Rulebook
    from planner.model.search import Tell
    from planner.model.sharpen import Sharpener
    from planner.problem.blocks import Block
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]

HAIR = 1e-9
ROUNDING = 1e-6
"""Share of its value by which a plan may be outside for the rounding of sums, and is still in the band."""
MANY = 20_000
"""Pairs from which a band is asked by prices alone."""
TANGENTS = 4
"""How often tangents are laid anew where a plan looks good enough to them, and is not."""


@dataclass(frozen=True)
class Counting(Yardstick):
    """A yardstick that counts modules, each by a weight, and not what a plan is worth."""

    weight: Floats = field(default_factory=lambda: np.zeros(0))
    constant: float = 0.0

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The sum."""
        return (Goal({"open": self.weight}, self.constant),)

    @property
    def names(self) -> tuple[str, ...]:
        """One aim alone."""
        return ()

    @property
    def levels(self) -> None:
        """Nothing to be searched by levels."""

    def values(self, outcome: Outcome) -> tuple[float, ...]:
        """The sum over the modules of a plan."""
        return (float(self.weight @ outcome.modules) + self.constant,)

    def level(self, value: float) -> float | None:
        """It is a cost, and no level."""
        del value
        return None


@dataclass
class BandSearch(Search):
    """A search for the least sum in the band; what it is offered is assigned and judged by the principle."""

    band: Band | None = None
    outside: Outcome | None = None
    """The last plan that looked good enough to the model, and was not."""

    def offer(self, modules: Floats) -> None:
        """Take a choice of modules when the best assignment for it is in the band."""
        if self.band is None:
            return
        outcome = self.band.take(np.round(modules), self._left + 5.0)
        if outcome is None:
            return
        if not self.band.holds(outcome):
            self.outside = outcome
        elif self.best is None or self.yardstick.beats(outcome, self.best):
            self.best, self.value = outcome, self.yardstick.value(outcome)
        self.tell("sites", None if self.best is None else self.value, self.bound)


@dataclass
class Band:
    """Every plan worth at least as much as `most` allows; the plans in it that have been seen.

    Attributes
    ----------
    most
        Value that no plan of the band passes (values are minimised, natural).
    seen
        Plans in the band, each another choice of modules; the one in hand first.
    """

    problem: Problem
    yardstick: Yardstick
    rules: Rulebook
    best: Outcome
    most: float
    threads: int
    tell: Tell = quiet
    seen: list[Outcome] = field(default_factory=list)
    priced: Priced | None = None
    sharpener: Sharpener | None = None
    """Bounds at prices, where there are any: they bound sums of modules by arithmetic alone."""
    _goal: Goal | None = None

    @classmethod
    def around(cls, problem: Problem, scenario: Scenario, best: Outcome, within: float) -> Band:
        """The band of plans that miss at most a share `within` of what the plan in hand gains (or costs)."""
        yardstick = yardstick_of(problem, scenario)
        value = yardstick.value(best)
        before = yardstick.value(nothing_built(yardstick, scenario.solver))
        most = value + yardstick.allowance(value, before, within)
        band = cls(problem, yardstick, rulebook(scenario), best, most, scenario.solver.threads)
        band.note(best)
        band._goal = yardstick.goal
        band.tighten(best)
        return band

    def holds(self, outcome: Outcome) -> bool:
        """Whether a plan is worth enough, recomputed without the solver."""
        return self.yardstick.value(outcome) <= self.edge

    @property
    def edge(self) -> float:
        """Value up to which a plan counts as in the band; what is proven holds up to it as well."""
        return self.most + ROUNDING * (1.0 + abs(self.most))

    def take(self, modules: Floats, seconds: float) -> Outcome | None:
        """The best assignment for a choice of modules, noted when in the band; None where rules forbid it."""
        outcome = polish_of(self.yardstick, self.rules, modules, self.threads, 0.0).best(seconds)
        if outcome is not None and self.holds(outcome):
            self.note(outcome)
        return outcome

    def note(self, outcome: Outcome) -> None:
        """Remember a plan of the band, once for each choice of modules."""
        if not any(np.array_equal(outcome.modules, other.modules) for other in self.seen):
            self.seen.append(outcome)

    def tighten(self, outcome: Outcome) -> bool:
        """Lay the tangents of the principle anew where a plan lies; False where it has none."""
        if self._goal is None or self._goal.tighten is None:
            return False
        finer = self._goal.tighten({"serve": outcome.served, "open": outcome.modules})
        self._goal = finer or self._goal
        return finer is not None

    def blocks(self, problem: Problem) -> tuple[Block, ...]:
        """The rules, and that a plan is worth enough."""
        if self._goal is None:
            raise ValueError("the band has no goal")
        return (*self.rules(problem), kept_at(self._goal, "worth", self.edge))

    def least(self, weight: Floats, seconds: float) -> float:
        """A bound below the sum of weight × modules over every plan of the band; plans found are noted.

        Parameters
        ----------
        weight
            Of a module of each provider, shape (providers,).
        seconds
            Time for it [s]; without any the limits of modules are all there is.
        """
        deadline, bound = time.monotonic() + seconds, self._by_prices(weight, seconds)
        if seconds <= 0 or self.large:
            return bound
        for _ in range(TANGENTS):
            search = self._search(weight, deadline)
            ending = search.run()
            if ending != "infeasible":
                bound = max(bound, search.bound - self._constant(weight))
            outside = search.outside
            short = search.best is None or search.value - search.bound > HAIR * (1.0 + abs(search.value))
            if outside is None or not short or time.monotonic() > deadline or not self.tighten(outside):
                break
        return bound

    def _search(self, weight: Floats, deadline: float) -> BandSearch:
        constant = self._constant(weight)
        counting = Counting(_Nameless(), {}, self.problem, None, weight, constant)  # type: ignore[arg-type]
        search = BandSearch(
            counting,
            self.blocks,
            before=constant + float(np.abs(weight) @ self.problem.providers["most"].to_numpy(float)),
            share=0.0,
            threads=self.threads,
            deadline=deadline,
            tell=self.tell,
            band=self,
        )
        for outcome in self.seen:
            if search.best is None or counting.beats(outcome, search.best):
                search.best, search.value = outcome, counting.value(outcome)
        return search

    def _constant(self, weight: Floats) -> float:
        """What lifts every sum above 0, so that a gap is a share of something."""
        return 1.0 + float(np.abs(weight) @ self.problem.providers["most"].to_numpy(float))

    @property
    def large(self) -> bool:
        """Whether the band is asked by prices alone: integer programs would take too long."""
        return self.sharpener is not None and len(self.problem.pairs) > MANY

    def _by_prices(self, weight: Floats, seconds: float) -> float:
        """What is known without any solver: by the limits of modules, and by prices."""
        bound = self._least_by_limits(weight)
        if self.priced is not None:
            bound = max(bound, self.priced.least(weight, self.edge))
        if self.sharpener is not None and self.large:
            here = float(weight @ self.best.modules)
            bound = max(bound, self.sharpener.least(weight, self.edge, here, seconds))
        return bound

    def _least_by_limits(self, weight: Floats) -> float:
        providers = self.problem.providers
        ends = [weight * providers[end].to_numpy(float) for end in ("least", "most")]
        return float(np.minimum(*ends).sum())


class _Nameless:
    """A unit without halves, for what is counted and no principle."""

    name = "modules"

    @staticmethod
    def half(name: str) -> Callable[..., object] | None:
        """None: it has no halves."""
        del name
        return None
