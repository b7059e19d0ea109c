"""The search for goals in order: each is a search of its own, with all earlier ones held."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from planner.model.held import holding, least
from planner.model.narrow import polish_of
from planner.model.search import CLOSE, Search
from planner.plan import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDING = 1e-9
PATIENCE = 2.0
"""Each goal gets at most half of the time that is left: one that is hard does not take it all."""


@dataclass
class OrderedSearch(Search):
    """One goal after the other; what is proven of a goal holds for plans as good by all earlier ones."""

    today: tuple[float, ...] = ()
    """Value by each goal with nothing built."""
    proven: list[float] = field(default_factory=list)
    """Bound of each goal."""

    @property
    def bounds(self) -> tuple[float, ...]:
        """Bound of each goal, its least value where it was not looked at."""
        rest = self.yardstick.goals[len(self.proven) :]
        return (*self.proven, *map(least, rest))

    @property
    def gap(self) -> float:
        """Largest gap of all goals."""
        if self.best is None:
            return float("inf")
        values = self.yardstick.values(self.best)
        told = zip(values, self.bounds, self.today, strict=True)
        return max(self.yardstick.gap(value, min(bound, value), before) for value, bound, before in told)

    def offer(self, modules: Floats) -> None:
        """Try a choice of modules: its best assignment by all goals in order."""
        polish = polish_of(self.yardstick, self.rules, modules, self.threads, self.share)
        outcome = polish.best(self._left + 5.0)
        if polish.interrupted:
            self.stopped = "interrupted"
        if outcome is not None and (self.best is None or self.yardstick.beats(outcome, self.best)):
            self.best = outcome

    def _run(self) -> str:
        values: list[float] = []
        for k, goal in enumerate(self.yardstick.goals):
            own = self._at(k, values)
            if self.best is not None and own.value <= least(goal) + ROUNDING * (1.0 + abs(own.value)):
                own.bound = own.value
            elif self.stopped or (k and self._left <= 0):
                break
            elif own.run() == "infeasible" and self.best is None:
                return "infeasible"
            self.best = own.best
            if self.best is None:
                self.stopped = own.stopped or "time_limit"
                return ""
            if own.stopped in {"interrupted", "memory"}:
                self.stopped = own.stopped
            self.proven.append(self._settled(k, max(own.bound, least(goal)), own.value))
            values.append(own.value)
        if not self.stopped and self.gap > self.share + CLOSE:
            self.stopped = "time_limit"
        return ""

    def _settled(self, k: int, bound: float, value: float) -> float:
        """The bound; where it is below the value by the solver's rounding alone, the value."""
        return value if Step("", value, bound, self.today[k]).proven else bound

    def _at(self, k: int, values: list[float]) -> Search:
        """The search for one goal, from the best plan so far."""
        own, last = replace(self.yardstick, at=k), k == len(self.yardstick.goals) - 1
        search = Search(
            own,
            holding(self.rules, self.yardstick, values),
            before=self.today[k],
            share=self.share,
            threads=self.threads,
            deadline=time.monotonic() + self._left / (1.0 if last else PATIENCE),
            tell=self.tell,
        )
        if self.best is not None:
            search.best, search.value = self.best, own.value(self.best)
        return search
