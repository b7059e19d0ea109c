"""The frontier between two yardsticks: the best by one for each level of the other, each with its bound.

The ε-constraint method (Haimes, Lasdon & Wismer 1971): one yardstick is held at a level, the other is raised
as far as it goes. Money is held by the budget, a principle by the rule `at_least`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import Fault, Infeasible, InputFault, NoPlan
from planner.explore.trades import COST, HELD, Axis
from planner.model.decide import decide, quiet
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from planner.model.search import Tell
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

SAME = 1e-7
"""Levels, and shares of the money, that differ by less are the same but for rounding."""
STEP = 1e-4
"""Share of the budget by which the next plan has to be cheaper, where every point is asked for: solvers
keep a budget to about a millionth."""


@dataclass(frozen=True)
class Point:
    """One plan of the frontier.

    Attributes
    ----------
    scenario, problem
        What was asked: the objective raises one yardstick, a rule or the budget holds the other.
    plan, outcome
        What was found.
    held, raised
        Figures of the plan by the two yardsticks.
    limit
        Proven: no plan that keeps the held yardstick there has more of the other.
    """

    scenario: Scenario
    problem: Problem
    plan: Plan
    outcome: Outcome
    held: float
    raised: float
    limit: float | None


@dataclass(frozen=True)
class Frontier:
    """What was found, from little to much of what is held.

    Attributes
    ----------
    held, raised
        The two yardsticks.
    points
        No point is as good as another in both and worse in one.
    without
        Levels of what is held at which there is no plan, or none was found in time, and why.
    """

    held: Axis
    raised: Axis
    points: tuple[Point, ...]
    without: tuple[tuple[float, str], ...] = ()

    @property
    def knee(self) -> int | None:
        """Point farthest from the straight line between the ends, each axis as a share (Satopää 2011)."""
        if len(self.points) < 3:  # noqa: PLR2004 - two points have none
            return None
        x, y = np.array([[p.held, p.raised] for p in self.points]).T
        if self.held.principle:  # more of one is less of the other
            y = y - y.min()
        across, up = x[-1] - x[0], abs(y[-1] - y[0])
        if across <= 0 or up <= 0:
            return None
        straight = y[0] + (x - x[0]) / across * (y[-1] - y[0])
        above = (y - straight) / up
        nth = int(above.argmax())
        return nth if above[nth] > SAME else None


def frontier(
    problem: Problem,
    scenario: Scenario,
    residents: pd.Series,
    trade: tuple[Axis, Axis],
    *,
    number: int | None = 10,
    seconds: float = 600.0,
    tell: Tell = quiet,
    hear: Callable[[int, int], None] = lambda *_: None,
) -> Frontier:
    """Find the plans between which a council can choose when two yardsticks pull apart.

    Parameters
    ----------
    trade
        The yardstick that is held, and the one that is raised, as of `trade_of`.
    number
        Points, at equal steps of what is held; None for every point there is, where money is held and the
        principle can be.
    seconds
        Time for all of it [s]; each point has a part of what is left.

    Raises
    ------
    InputFault
        For questions that have no such frontier: without a budget, with periods or futures.
    Infeasible, NoPlan
        Where there is no plan at all.
    """
    held, raised = trade
    _refuse(problem, scenario, held, raised, every=number is None)
    asking = _Asking(problem, scenario, residents, held, raised, time.monotonic() + seconds, tell)
    if number is None:
        asking.every()
    else:
        levels = list(asking.budgets(number) if not held.principle else asking.levels(number))
        for done, level in enumerate(levels):
            asking.at(level, len(levels) - done)
            hear(done + 1, len(levels))
    if not asking.found:
        raise asking.last or NoPlan("no plan was found in time")
    return Frontier(held, raised, tuple(_best(asking.found, held)), tuple(asking.without))


def _refuse(problem: Problem, scenario: Scenario, held: Axis, raised: Axis, *, every: bool) -> None:
    faults = []
    for key, there in (("periods", problem.years), ("futures", problem.futures)):
        if there is not None:
            hint = f"ask about the same scenario without `{key}`"
            faults.append(Fault(f"a frontier is not told yet with `{key}`", scenario.where(key), hint))
    if not held.principle and not np.isfinite(problem.capital):
        message = "without a budget there is no money to take steps of"
        faults.append(Fault(message, scenario.where("budget"), "state `budget.capital`"))
    if every and (held.principle or raised.principle not in HELD):
        message = "every point can be told only of money and one of: " + ", ".join(HELD)
        faults.append(Fault(message, "--points", "name a number of points"))
    if faults:
        raise InputFault(faults)


@dataclass
class _Asking:
    """One question asked again and again, each time from the plans that were found before."""

    problem: Problem
    scenario: Scenario
    residents: pd.Series
    held: Axis
    raised: Axis
    deadline: float
    tell: Tell
    found: list[Point] = field(default_factory=list)
    without: list[tuple[float, str]] = field(default_factory=list)
    last: Infeasible | NoPlan | None = None

    def budgets(self, number: int) -> Iterator[float]:
        """Equal steps of the money, up to all of it."""
        yield from (self.problem.capital * k / number for k in range(1, number + 1))

    def levels(self, number: int) -> Iterator[float]:
        """Equal steps between what the best by each yardstick has of the one that is held."""
        ends = [self._solved(self._asked(axis), self.problem, number) for axis in (self.raised, self.held)]
        low, high = (self.held.of(end.outcome) if end else np.nan for end in ends)
        self.found += [end for end in ends if end is not None]
        if np.isfinite(low) and high > low + SAME:
            yield from (low + (high - low) * k / (number - 1) for k in range(1, number - 1))

    def at(self, level: float, left: int) -> None:
        """The best by one yardstick with the other held here."""
        if self.held.principle:
            asked, problem = self._asked(self.raised, self._rule(self.held, level)), self.problem
        else:
            asked, problem = self._asked(self.raised, capital=level), replace(self.problem, capital=level)
        point = self._solved(asked, problem, left, level)
        self.found += [point] if point is not None else []

    def every(self) -> None:
        """Every point, from all the money down: the best, then the cheapest as good, then cheaper ones."""
        budget, least = self.problem.capital, STEP * self.problem.capital
        while budget >= 0:
            own = replace(self.problem, capital=budget)
            best = self._solved(self._asked(self.raised, capital=budget), own, 2)
            if best is None:
                break
            rule = self._rule(self.raised, best.raised - SAME)
            cheap = self._asked(Axis(COST), rule, capital=budget)
            point = self._solved(cheap, own, 2)
            point = best if point is None or point.held > best.held else point
            self.found.append(point)
            if point.held <= least:
                break
            budget = point.held - least

    def _rule(self, axis: Axis, level: float) -> dict[str, Any]:
        given = {"parameters": dict(axis.parameters)} if axis.parameters else {}
        return {"at_least": {"principle": axis.principle, "level": level, **given}}

    def _asked(self, axis: Axis, *rules: dict[str, Any], capital: float | None = None) -> Scenario:
        """The scenario with one yardstick as its objective, rules added, and so much money."""
        principle, given = (
            (axis.principle, axis.parameters) if axis.principle else ("least_cost", {"years": 0.0})
        )
        scenario, update = self.scenario, dict[str, Any](objective={principle: dict(given)})
        if rules:
            update["constraints"] = [*scenario.constraints, *rules]
        if capital is not None:
            update["budget"] = scenario.budget.model_copy(update={"capital": capital})
        return scenario.model_copy(update=update)

    def _solved(self, asked: Scenario, problem: Problem, left: int, level: float = np.nan) -> Point | None:
        """The plan, with a part of the time that is left; None, and why, where there is none."""
        seconds = min(
            max((self.deadline - time.monotonic()) / max(left, 1), 1.0), asked.solver.time_limit_seconds
        )
        asked = asked.model_copy(
            update={"solver": asked.solver.model_copy(update={"time_limit_seconds": seconds})}
        )
        pool = [point.outcome.modules for point in self.found]
        try:
            plan = decide(problem, asked, self.residents, self.tell, pool)
        except (Infeasible, NoPlan) as fault:
            self.last = fault
            why = "no plan keeps every rule" if isinstance(fault, Infeasible) else fault.faults[0].message
            self.without.append((level, why))
            return None
        outcome = outcome_of(problem, plan.facilities, plan.assignment)
        limit = plan.status.level_bound if asked.objective_name == self.raised.principle else None
        return Point(asked, problem, plan, outcome, self.held.of(outcome), self.raised.of(outcome), limit)


def _best(found: list[Point], held: Axis) -> list[Point]:
    """Points that no other one beats, from little to much of what is held, each pair of figures once."""
    sign = 1.0 if held.principle else -1.0
    scale = max((abs(point.held) for point in found), default=1.0) or 1.0

    def beaten(one: Point) -> bool:
        return any(
            sign * (other.held - one.held) >= -SAME * scale
            and other.raised >= one.raised - SAME
            and (sign * (other.held - one.held) > SAME * scale or other.raised > one.raised + SAME)
            for other in found
        )

    best: list[Point] = []
    for point in sorted((p for p in found if not beaten(p)), key=lambda p: (p.held, p.raised)):
        near = best and abs(best[-1].held - point.held) <= SAME * scale
        if not near or abs(best[-1].raised - point.raised) > SAME:
            best.append(point)
    return best
