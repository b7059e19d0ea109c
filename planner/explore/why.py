"""Why each site is in the plan or not: what it does, and what would be lost without it, or with it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import unknown
from planner.errors import Fault, Infeasible, InputFault, NoPlan
from planner.explore.more import as_levels
from planner.model.decide import decide, quiet, yardstick_of
from planner.model.forced import Priced
from planner.problem.futures import regretted
from planner.verify.ledger import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal

    import pandas as pd
    from numpy.typing import NDArray

    from planner.model.search import Tell
    from planner.plan import Plan
    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Verdict = Literal["needed", "worse", "alike", "required", "impossible", "open"]

SECONDS = 60.0
LEAST = 1.0
"""Shortest time that is given to one question [s]."""
HAIR = 1e-9
CLOSE = 1e-6
SWAPS = 3
"""Plans tried at once for a site that is not in the plan: in place of so many of its service nearby."""


@dataclass(frozen=True)
class Reason:
    """Why one provider is in the plan, or not.

    Attributes
    ----------
    provider, row
        Its id, and its position in the problem's providers (in the last period).
    modules
        Modules in the plan.
    verdict
        In the plan: `needed` (every plan without it is worse), `alike` (a plan without it is as good, as far
        as is proven), `required` (no plan without it keeps every rule). Not in the plan: `worse` (every plan
        with it is worse), `alike` (a plan with it is as good), `impossible` (none with it keeps every rule).
        `open` where it cannot be told.
    low, high
        The best plan that is otherwise in this one thing is worse by at least `low` and at most `high`, in
        equal outcome or, for costs, in cost; None where nothing is proven.
    asked
        Whether the question was solved again; else the bound of one relaxation is all there is.
    advice
        For what is impossible: which rule would have to give.
    """

    provider: str
    row: int
    modules: float
    verdict: Verdict
    low: float | None = None
    high: float | None = None
    asked: bool = False
    advice: tuple[str, ...] = ()


def named(problem: Problem, sites: Sequence[str]) -> Whole:
    """Positions of what could be built or changed at these places in the last period; all if none is named.

    Raises
    ------
    InputFault
        For a place at which nothing could be.
    """
    table = problem.providers
    could = (~table["existing"].to_numpy(bool)) & (problem.moment == problem.periods - 1)
    known = sorted({*table["place"][could], *table["provider"][could]})
    wrong = [site for site in sites if site not in known]
    if wrong:
        raise InputFault(unknown("site", site, known[:2000]) for site in wrong)
    if sites:
        could &= (table["place"].isin(sites) | table["provider"].isin(sites)).to_numpy(bool)
    return np.flatnonzero(could)


def why(
    problem: Problem,
    scenario: Scenario,
    residents: pd.Series,
    plan: Plan,
    sites: Sequence[str] = (),
    *,
    seconds: float = SECONDS,
    tell: Tell = quiet,
    hear: Callable[[int, int], None] = lambda *_: None,
) -> list[Reason]:
    """Say of each provider why it is in the plan, or not.

    One relaxation bounds every plan with and without each provider at once. What that leaves open is solved
    again with the provider forbidden, or asked for, as long as the time lasts: those in the plan first, then
    those that the relaxation holds nearest to it. What is not settled then is told as open.

    Parameters
    ----------
    problem, scenario, residents
        The question.
    plan
        The plan in hand.
    sites
        Places or providers that are asked about; all where none is named.
    seconds
        Time for all of it [s].
    """
    one_aim(problem, scenario, plan)
    deadline = time.monotonic() + seconds
    asking = _Asking(problem, scenario, residents, plan, Priced.of(problem, scenario, plan, seconds), tell)
    first = [asking.at_first(int(row)) for row in named(problem, sites)]
    order = sorted(range(len(first)), key=lambda k: (first[k].modules == 0, first[k].low or 0.0, k))
    left = [k for k in order if first[k].verdict == "open" or first[k].modules > 0 or sites]
    for done, k in enumerate(left):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        first[k] = asking.again(first[k], max(remaining / (len(left) - done), LEAST))
        hear(done + 1, len(left))
    return first


def one_aim(problem: Problem, scenario: Scenario, plan: Plan) -> None:
    """Refuse a principle of several aims in order, or of regrets, whose difference is no single number.

    Raises
    ------
    InputFault
        For such a principle.
    """
    if plan.status.steps or regretted(problem):
        what = (
            "regrets"
            if regretted(problem)
            else f"the aims of `{scenario.objective_name}`, one after another,"
        )
        message = f"{what} do not say by one number what is lost"
        raise InputFault(Fault(message, scenario.where("objective"), "ask under another principle"))


@dataclass(frozen=True)
class _Asking:
    """The plan in hand, and how to ask about one provider."""

    problem: Problem
    scenario: Scenario
    residents: pd.Series
    plan: Plan
    priced: Priced | None
    tell: Tell

    @property
    def outcome(self) -> Outcome:
        """The plan over the problem's rows."""
        return outcome_of(self.problem, self.plan.facilities, self.plan.assignment)

    def level(self, value: float) -> float:
        """A value as a level, more being better."""
        return as_levels(yardstick_of(self.problem, self.scenario).level)(value)

    def rows(self, row: int) -> Whole:
        """Positions of a provider in all periods."""
        ids = self.problem.providers["provider"]
        return np.flatnonzero(ids == ids.iloc[row])

    def at_first(self, row: int) -> Reason:
        """What the relaxation alone says."""
        name, modules = str(self.problem.providers["provider"].iloc[row]), float(self.outcome.modules[row])
        reason = Reason(name, row, modules, "open")
        if self.priced is None:
            return reason
        bound = self.priced.without(self.rows(row)) if modules else self.priced.with_one(row)
        return self._judged(reason, self._lost(bound), None)

    def _lost(self, bound: float | None) -> float | None:
        """Least that is lost where nothing is better than a bound."""
        if bound is None:
            return None
        had = self.level(self.plan.status.value)
        lost = had - self.level(bound)
        return max(lost, 0.0) if lost > HAIR * (1 + abs(had)) else 0.0

    def again(self, reason: Reason, seconds: float) -> Reason:
        """Solve the question again without the provider, or with it."""
        solver = self.scenario.solver.model_copy(update={"time_limit_seconds": seconds})
        asked = self.scenario.model_copy(update={"solver": solver})
        problem, pool = self._changed(reason), list(self._tries(reason))
        try:
            other = decide(problem, asked, self.residents, self.tell, pool)
        except Infeasible as error:
            verdict: Verdict = "required" if reason.modules else "impossible"
            return replace(reason, verdict=verdict, asked=True, advice=tuple(f.message for f in error.faults))
        except NoPlan:
            return replace(reason, asked=True)
        low = self._lost(other.status.bound)
        return self._judged(replace(reason, asked=True), max(low or 0.0, reason.low or 0.0), other)

    def _judged(self, reason: Reason, low: float | None, other: Plan | None) -> Reason:
        status, high = self.plan.status, None
        alike = False
        if other is not None and status.bound is not None:
            high = max(self.level(status.bound) - self.level(other.status.value), low or 0.0)
            yardstick = yardstick_of(self.problem, self.scenario)
            before = status.before if status.before is not None else status.value
            gap = yardstick.gap(other.status.value, status.bound, before)
            alike = gap <= max(self.scenario.solver.gap, status.gap or 0.0) + CLOSE
        if low:
            verdict: Verdict = "needed" if reason.modules else "worse"
        else:
            verdict = "alike" if alike else "open"
        return replace(reason, verdict=verdict, low=low, high=high)

    def _changed(self, reason: Reason) -> Problem:
        """The question without the provider that is in the plan, or with one that is not."""
        table = self.problem.providers
        least, most = table["least"].to_numpy().copy(), table["most"].to_numpy().copy()
        if reason.modules:
            least[self.rows(reason.row)] = most[self.rows(reason.row)] = 0
        else:
            least[reason.row] = max(least[reason.row], 1)
        return replace(self.problem, providers=table.assign(least=least, most=most))

    def _tries(self, reason: Reason) -> Iterator[Floats]:
        """Modules of plans to begin from: the plan without the provider; or with it in place of another."""
        modules = self.outcome.modules.copy()
        if reason.modules:
            modules[self.rows(reason.row)] = 0.0
            yield modules
            return
        modules[reason.row] += 1.0
        yield modules
        for other in self._near(reason.row):
            yield np.where(np.arange(len(modules)) == other, modules - 1.0, modules)

    def _near(self, row: int) -> Whole:
        """Those of the same service in the plan that are nearest, as many as are tried."""
        table, own = self.problem.providers, self.problem.providers.iloc[row]
        same = (table["service"] == own["service"]).to_numpy(bool) & ~table["existing"].to_numpy(bool)
        mine = np.flatnonzero(
            same & (self.outcome.modules > 0) & (self.problem.moment == self.problem.moment[row])
        )
        away = np.hypot(table["x"].iloc[mine] - own["x"], table["y"].iloc[mine] - own["y"])
        nearest: Whole = mine[np.argsort(away.fillna(np.inf).to_numpy(), kind="stable")[:SWAPS]]
        return nearest
