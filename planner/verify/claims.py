"""What a plan says of how good it is, recomputed: value, before, bound, levels, gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.catalogue import find
from planner.problem import futures as over
from planner.problem.outcome import Outcome
from planner.verify.verdict import EXACT, NOTHING, OPTIMAL_GAP, RELATIVE, SMALL_GAIN, TYPICAL, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.catalogue import Unit
    from planner.plan import Status
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario
    from planner.verify.verdict import Tally

ENDINGS = ("optimal", "within_gap", "time_limit", "interrupted", "memory", "given")
ENDED_EARLY = ("time_limit", "interrupted", "memory")


@dataclass(frozen=True)
class Yardstick:
    """The scenario's principle as arithmetic: the value of an outcome, and its equal outcome."""

    unit: Unit
    given: Mapping[str, Any]
    problem: Problem
    at: int = 0
    """Of several goals in order, the one that decides."""

    @classmethod
    def of(cls, scenario: Scenario, problem: Problem) -> Yardstick:
        """Return the yardstick of a scenario, its parameters checked.

        Raises
        ------
        InputFault
            When the scenario names no known principle, or parameters that it does not take.
        """
        unit = find("objective", scenario.objective_name)
        return cls(unit, unit.bind(scenario.objective_parameters), problem)

    @property
    def gains(self) -> bool:
        """True for a principle that has a level; false for a cost."""
        return self.unit.half("level") is not None and not over.regretted(self.problem)

    @property
    def names(self) -> tuple[str, ...]:
        """What each of several goals in order counts; empty where there is one goal."""
        half = self.unit.half("names")
        return () if half is None else tuple(half(**self.given))

    def value(self, outcome: Outcome) -> float:
        """Value of an outcome by the goal that decides, minimised; NaN where it cannot be told."""
        values = self.values(outcome)
        return values[self.at] if self.at < len(values) else nan

    def values(self, outcome: Outcome) -> tuple[float, ...]:
        """Value of an outcome by each goal, the first that counts most."""
        evaluate = self.unit.half("evaluate")
        return () if evaluate is None else over.values(outcome, partial(evaluate, **self.given))

    def level(self, value: float | None) -> float | None:
        """Equal outcome worth as much as a value; None for costs, NaN for a value that no outcome has."""
        level = self.unit.half("level")
        if level is None or value is None or not self.gains:
            return None
        try:
            with np.errstate(all="ignore"):
                return float(level(value, self.problem, **self.given))
        except (ArithmeticError, ValueError, TypeError):
            return nan

    @cached_property
    def slack(self) -> float:
        """Absolute tolerance of values: a share of the value when nobody is served."""
        worst = self.value(Outcome.nothing(self.problem))
        return TYPICAL * abs(worst) + EXACT if isfinite(worst) else EXACT


def check_claims(
    tally: Tally,
    scenario: Scenario,
    yardstick: Yardstick,
    outcome: Outcome,
    before: Outcome,
    *,
    status: Status,
) -> float:
    """Check value, before, bound, levels and gap; return the value, recomputed."""
    value, start = yardstick.value(outcome), yardstick.value(before)
    tally.figure("value of the plan", status.value, value, yardstick.slack)
    if yardstick.gains or status.before is not None:
        tally.figure("value before the plan", status.before, start, yardstick.slack)
    _check_bound(tally, yardstick, status, value)
    tally.figure("level of the plan", status.level, yardstick.level(value))
    tally.figure("level before the plan", status.level_before, yardstick.level(start))
    tally.figure("level of the bound", status.level_bound, yardstick.level(number(status.bound)))
    gap = gap_of(status, status.bound, status.level_bound, gains=yardstick.gains)
    tally.figure("gap", status.gap, gap, RELATIVE)
    _check_ending(tally, scenario, status)
    return value


def against(outcome: Outcome, status: Status) -> Outcome:
    """The outcome with its regrets told against the bounds that the status tells of each future alone."""
    futures = outcome.problem.futures
    if futures is None or futures.how != "least_regret":
        return outcome
    told = {name: bound for name, _, _, bound in status.alone}
    best = tuple(told.get(name, nan) for name in futures.names)
    return replace(outcome, problem=replace(outcome.problem, futures=replace(futures, best=best)))


def check_alone(tally: Tally, yardstick: Yardstick, outcome: Outcome, status: Status) -> None:
    """Check that in no future the plan, or the best plan for it alone, is better than its bound."""
    futures = outcome.problem.futures
    if futures is None or futures.how != "least_regret":
        tally.holds(np.array([bool(status.alone)]), ["status"], "tells of futures alone that nobody asks for")
        return
    own = over.in_each(outcome, lambda alone: replace(yardstick, problem=alone.problem).value(alone))
    found = {name: told for name, *told in status.alone}
    for name, value in zip(futures.names, own, strict=True):
        here, best, bound = found.get(name, (nan, nan, nan))
        tally.figure(f"value of the plan in the future {name}", here, float(value), yardstick.slack)
        kept = best >= bound and value >= bound - yardstick.slack - RELATIVE * abs(value)
        beyond = np.array([not kept])
        tally.holds(
            beyond, [f"future {name}"], f"its best alone is told as {best:.10g}, at least {bound:.10g}"
        )


def _check_bound(tally: Tally, yardstick: Yardstick, status: Status, value: float) -> None:
    tally.checked += 1
    bound = number(status.bound)
    if status.bound is None:
        if status.ending not in ("given", *ENDED_EARLY):
            tally.fault(f"bound is missing, though the search ended `{status.ending}`")
    elif bound is None:
        tally.fault(f"bound is `{status.bound}`, should be a number")
    elif status.ending == "given":
        tally.fault("a bound is told for a given plan, for which nothing is proven")
    elif not value >= bound - yardstick.slack - RELATIVE * abs(value):
        tally.fault(f"the plan's value {value:.10g} is below the bound {bound:.10g}, which nothing can be")


def gap_of(status: Status, bound: object, level: object, *, gains: bool) -> float | None:
    """Gap to a bound and its level, None where there is none, NaN where the status's figures give none."""
    if bound is None:
        return None
    value, least = number(status.value), number(bound)
    if not gains:
        if value is None or least is None:
            return nan
        return max((value - least) / abs(value), 0.0) if abs(value) > NOTHING else 0.0
    here, best, start = number(status.level), number(level), number(status.level_before)
    if here is None or best is None or start is None:
        return nan
    possible = best - start
    return max((best - here) / max(possible, SMALL_GAIN), 0.0)


def _check_ending(tally: Tally, scenario: Scenario, status: Status) -> None:
    tally.checked += 2
    seconds, gap = number(status.seconds), number(status.gap)
    if status.ending not in ENDINGS:
        tally.fault(f"ending is `{status.ending}`, should be one of {', '.join(ENDINGS)}")
    if seconds is None or not 0 <= seconds < float("inf"):
        tally.fault(f"seconds are `{status.seconds}`, should be a number that is not negative")
    allowed = {"optimal": OPTIMAL_GAP, "within_gap": scenario.solver.gap + OPTIMAL_GAP}.get(
        str(status.ending)
    )
    if allowed is not None and gap is not None and gap > allowed + RELATIVE:
        tally.fault(
            f"the search is said to have ended `{status.ending}`, with the gap {gap:.6g} above {allowed:.6g}"
        )
