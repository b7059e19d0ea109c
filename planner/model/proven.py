"""What is proven of a plan, told as its status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.model.certify import told
from planner.model.regret import beside
from planner.model.search import CLOSE
from planner.plan import Status, Step, deciding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.model.certify import Certificate
    from planner.model.regret import Alone
    from planner.model.yardstick import Yardstick
    from planner.plan import Ending
    from planner.problem.outcome import Outcome


@dataclass(frozen=True)
class Proven:
    """How a search ended: `bounds` natural, one for each goal; none for a given plan."""

    ending: Ending
    bounds: tuple[float | None, ...]
    seconds: float
    proof: Certificate | None = None
    """What prices prove by arithmetic, of a principle with one goal."""
    alone: Sequence[Alone] = ()
    """For regrets: the best of each future alone."""

    def status(self, yardstick: Yardstick, outcome: Outcome, before: Outcome) -> Status:
        """Status of an outcome; of several goals, the figures are those of the one that decides."""
        steps = self._steps(yardstick, outcome, before) if yardstick.ordered else ()
        at = deciding(steps) if steps else None
        own = replace(yardstick, at=at)
        value, start = own.value(outcome), own.value(before)
        bound = steps[at].bound if steps and at is not None else self._of_one(value)
        gap = None if bound is None else own.gap(value, bound, start)
        close = self.ending == "within_gap" and gap is not None and gap <= CLOSE
        return Status(
            ending="optimal" if close and all(step.proven for step in steps) else self.ending,
            value=value,
            bound=bound,
            before=start if own.level(start) is not None else None,
            level=own.level(value),
            level_bound=None if bound is None else own.level(bound),
            level_before=own.level(start),
            gap=gap,
            seconds=self.seconds,
            steps=steps,
            alone=beside(yardstick, outcome, self.alone),
            **told(own, value, start, bound, self.proof),
        )

    def _of_one(self, value: float) -> float | None:
        """Bound of one goal: the best of what the search says and what the prices prove."""
        said = (_bound(self.bounds, 0, value), None if self.proof is None else min(self.proof.bound, value))
        return max((bound for bound in said if bound is not None), default=None)

    def _steps(self, yardstick: Yardstick, outcome: Outcome, before: Outcome) -> tuple[Step, ...]:
        values, start = yardstick.values(outcome), yardstick.values(before)
        return tuple(
            Step(name, value, _bound(self.bounds, k, value), was)
            for k, (name, value, was) in enumerate(zip(yardstick.names, values, start, strict=True))
        )


def _bound(bounds: tuple[float | None, ...], k: int, value: float) -> float | None:
    """Bound of a goal, never above the plan's value; None where there is none."""
    bound = bounds[k] if k < len(bounds) else None
    return None if bound is None or not np.isfinite(bound) else min(bound, value)
