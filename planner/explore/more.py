"""What the next money would bring: the question asked again with more of it, as a proven interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Fault, Infeasible, InputFault, NoPlan
from planner.model.decide import blocks_of, decide, quiet, yardstick_of
from planner.problem.futures import regretted
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from planner.model.search import Tell
    from planner.plan import Plan
    from planner.problem.blocks import Block, Rows
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

PURSES = ("capital", "operating")
BOTH = "both"
SAME = 1e-9
"""Differences below this share of the levels are rounding."""


@dataclass(frozen=True)
class Raise:
    """More of one purse, or of both.

    Attributes
    ----------
    of
        `capital`, `operating` or `both`.
    capital, operating
        The budgets then [currency, currency/year]; infinite where unlimited.
    share
        The raise as a share of what there is, so that the money of each period grows by it too; None for an
        amount.
    """

    of: str
    capital: float
    operating: float
    share: float | None = None

    def of_problem(self, problem: Problem) -> Problem:
        """The question with this money."""
        years, times = problem.years, 1 + (self.share or 0.0)
        if years is not None:
            grown = {p: getattr(years, p) * (times if self.of in {p, BOTH} else 1.0) for p in PURSES}
            years = replace(years, **grown)
        return replace(problem, capital=self.capital, operating=self.operating, years=years)


@dataclass(frozen=True)
class More:
    """What one raise would bring.

    Attributes
    ----------
    asked
        The raise.
    plan, outcome
        The plan found with it; None where none was.
    low, high
        The best plan with the raise is better than the best plan without it by at least `low` and at most
        `high`: in equal outcome, or, for objectives that are costs, in the cost saved. None where no plan was
        found or nothing is proven.
    found
        How much better the plan found is than the plan in hand, in the same terms.
    why_not
        Why there is no plan, in words; empty where there is.
    """

    asked: Raise
    plan: Plan | None = None
    outcome: Outcome | None = None
    low: float | None = None
    high: float | None = None
    found: float = 0.0
    why_not: str = ""

    @property
    def certain(self) -> bool:
        """True where the raise is proven to bring something."""
        return self.low is not None and self.low > 0

    @property
    def untold(self) -> bool:
        """True where there is a plan, and it cannot be told whether the raise brings anything."""
        return self.plan is not None and not self.certain and (self.high is None or self.high > 0)


def raises(problem: Problem, by: float, *, share: bool, of: Sequence[str] = ()) -> list[Raise]:
    """The raises to ask about.

    Parameters
    ----------
    by
        How much more: a share of each purse where `share`, else money.
    of
        Purses: `capital`, `operating`, `both`; where none is named each that has a limit, and, for a share,
        both together.

    Raises
    ------
    InputFault
        When nothing limits the money, or that of a purse that is named.
    """
    if regretted(problem):
        message = "regrets with more money are told against other plans, and say nothing of what it brings"
        raise InputFault(Fault(message, "uncertainty", "ask with `uncertainty: expected` or `worst_case`"))
    now = {purse: float(getattr(problem, purse)) for purse in PURSES}
    limited = [purse for purse in PURSES if np.isfinite(now[purse]) or _by_period(problem, purse)]
    named = list(of) or [*limited, *([BOTH] if share and len(limited) == len(PURSES) else [])]
    if not limited:
        raise InputFault(Fault("nothing limits the money: more of it changes nothing", "budget"))
    free = [purse for purse in named if purse != BOTH and purse not in limited]
    if free:
        hint = f"ask for more of {limited[0]}"
        raise InputFault(
            Fault("has no limit, so that more of it changes nothing", f"budget.{p}", hint) for p in free
        )
    if not share and any(_by_period(problem, purse) for purse in PURSES):
        message = "an amount does not say which of the periods has more money"
        raise InputFault(Fault(message, "--by", "give a share, such as `5%`, by which all of them have more"))
    found = []
    for purse in named:
        then = {p: now[p] * (1 + by) if share else now[p] + by for p in PURSES if purse in {p, BOTH}}
        found.append(Raise(purse, **(now | then), share=by if share else None))
    return found


def _by_period(problem: Problem, purse: str) -> bool:
    """Whether the money of a purse is limited period by period."""
    return problem.years is not None and bool(np.isfinite(getattr(problem.years, purse)).any())


def more(
    problem: Problem,
    scenario: Scenario,
    residents: pd.Series,
    plan: Plan,
    asked: Sequence[Raise],
    *,
    tell: Tell = quiet,
) -> list[More]:
    """Solve the question again with each raise, from the plan in hand.

    With the values v and proven bounds b of the plans without (0) and with (1) the raise, the best plans
    are between them; so the raise is worth at least b₀ − v₁ and at most v₀ − b₁, told as levels.
    No price of the budget is asked for: where whole things are built it says nothing.

    Parameters
    ----------
    problem, scenario, residents
        The question as it is.
    plan
        The plan in hand, with its value and bound.
    asked
        The raises.
    """
    yardstick = yardstick_of(problem, scenario)
    had = outcome_of(problem, plan.facilities, plan.assignment)
    level = as_levels(yardstick.level)
    found: list[More] = []
    pool = [had.modules]
    for one in asked:
        rich = one.of_problem(problem)
        richer = with_money(scenario, one)
        try:
            then = decide(rich, richer, residents, tell, pool)
        except (Infeasible, NoPlan) as error:
            found.append(More(one, why_not=str(error.faults[0].message)))
            continue
        gain = level(then.status.value) - level(plan.status.value)
        low, high = _interval(plan, then, level, laxer=_laxer(problem, scenario, rich, richer))
        outcome = outcome_of(rich, then.facilities, then.assignment)
        found.append(More(one, then, outcome, low, high, gain))
        pool.append(outcome.modules)
    return found


def with_money(scenario: Scenario, one: Raise) -> Scenario:
    """The scenario with the budgets of a raise."""
    then = {p: v for p in PURSES if np.isfinite(v := getattr(one, p))}
    return scenario.model_copy(update={"budget": scenario.budget.model_copy(update=then)})


def as_levels(level: Callable[[float], float | None]) -> Callable[[float], float]:
    """Values as levels, more being better; for costs as money or travel saved."""

    def told(value: float) -> float:
        found = level(value)
        return -value if found is None else found

    return told


def _interval(
    plan: Plan, then: Plan, level: Callable[[float], float], *, laxer: bool
) -> tuple[float | None, float | None]:
    """Least and most that the raise is worth; `laxer` where a plan without it is a plan with it."""
    before, after = plan.status, then.status
    hair = SAME * (1 + abs(level(before.value)))
    low = None if before.bound is None else level(after.value) - level(before.bound)
    high = None if after.bound is None else level(after.bound) - level(before.value)
    if low is not None:
        low = 0.0 if abs(low) <= hair else low
        low = max(low, 0.0) if laxer else low
    elif laxer:
        low = 0.0
    if high is not None:
        high = 0.0 if abs(high) <= hair else high
        high = max(high, low or 0.0) if laxer else high
    return low, high


def _laxer(problem: Problem, scenario: Scenario, rich: Problem, richer: Scenario) -> bool:
    """Whether every rule is at least as easy to keep with the raise: only then it can never hurt."""
    first, second = (_rows(blocks_of(p, s)) for p, s in ((problem, scenario), (rich, richer)))
    return first.keys() >= second.keys() and all(_easier(first[k], second[k]) for k in second)


def _rows(blocks: Sequence[Block]) -> Mapping[tuple[str, int], Rows]:
    found: dict[tuple[str, int], Rows] = {}
    for block in blocks:
        for rows in block.rows:
            count = sum(1 for name, _ in found if name == rows.rule)
            found[rows.rule, count] = rows
    return found


def _easier(one: Rows, other: Rows) -> bool:
    same = len(one.terms) == len(other.terms) and all(
        a.family == b.family
        and np.array_equal(a.row, b.row)
        and np.array_equal(a.column, b.column)
        and np.array_equal(a.coefficient, b.coefficient)
        for a, b in zip(one.terms, other.terms, strict=True)
    )
    if not same or one.sense != other.sense or len(one) != len(other):
        return False
    gives = {"<=": other.bound >= one.bound, ">=": other.bound <= one.bound}
    return bool(np.all(gives.get(one.sense, other.bound == one.bound)))
