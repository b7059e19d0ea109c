"""Plan and Status: what was decided, and how good it provably is; nothing here knows a solver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

ON_ITS_WORD = "bound on the solver's word"
BY_PRICES = "bound recomputed from the saved prices"
BOTH = "bound recomputed from the saved prices; how much closer it is, on the solver's word"
"""Who vouches for a bound."""
SAME = 1e-4
"""Gaps that differ by no more are told as one."""
Ending = Literal["optimal", "within_gap", "time_limit", "interrupted", "memory", "given"]


EXACT = 1e-6
"""Share of a value by which it may be above its bound and still be proven."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of several goals in order, of which an earlier one counts more than all later ones.

    Attributes
    ----------
    name
        What it counts, as `people below 0.2`.
    value, bound, before
        As in `Status`; no plan that is as good in every earlier step has a value below the bound, which is
        None for a given plan.
    """

    name: str
    value: float
    bound: float | None
    before: float

    @property
    def proven(self) -> bool:
        """True when no plan that is as good in every earlier step is better in this one."""
        return self.bound is not None and self.value - self.bound <= EXACT * max(abs(self.value), 1.0)


def who_vouches(gap: float | None, priced: float | None) -> str:
    """Who vouches for a bound, by its gap and by the gap that the saved prices prove."""
    if gap is None or priced is None:
        return ON_ITS_WORD
    return BY_PRICES if priced - gap <= SAME else BOTH


@dataclass(frozen=True, slots=True)
class Status:
    """How the search ended and what is proven.

    Attributes
    ----------
    ending
        `optimal` (nothing better exists in this model), `within_gap`, `time_limit`,
        `interrupted`, `memory` (stopped as it ran out), or `given` (a plan made by hand: no bound).
    value, bound
        Value of the plan and proven bound, in the objective's own unit, minimised;
        the true optimum lies between them. `bound` is None for a given plan.
    before
        Value with nothing built (the best use of what exists); None for objectives that are costs.
    level, level_bound, level_before
        The same three as equal outcome (EDE): the outcome that, given to everybody alike, is worth
        as much under the principle; more is better. None for objectives that are costs.
    gap
        Share of the possible gain that the plan may have missed, a gain below 0.001 counting as 0.001; for
        costs (value − bound) / value.
    seconds
        Wall-clock time of the search [s].
    proof
        Who vouches for the bound, in words.
    steps
        Of a principle with several goals in order, each of them; value, bound, before, levels and gap are
        then those of the step that decides, as `deciding` says.
    priced_bound, priced_level, priced_gap
        Bound, level and gap as the saved prices prove them by arithmetic alone, without the solver's word;
        None where no prices are saved. The bound is never below the first of them.
    alone
        For regrets: each future's name, the value of the plan in it, that of the best plan found for it
        alone, and the bound of it, against which the regret is told; empty otherwise.
    """

    ending: Ending
    value: float
    bound: float | None
    before: float | None
    level: float | None
    level_bound: float | None
    level_before: float | None
    gap: float | None
    seconds: float
    proof: str = ON_ITS_WORD
    steps: tuple[Step, ...] = ()
    priced_bound: float | None = None
    priced_level: float | None = None
    priced_gap: float | None = None
    alone: tuple[tuple[str, float, float, float], ...] = ()

    @property
    def finished(self) -> bool:
        """True when the search ended by itself, so that the same question finds the same answer."""
        return self.ending in {"optimal", "within_gap", "given"}


def deciding(steps: Sequence[Step]) -> int:
    """The goal in order that decides: the first that is not proven; where all are, the first that gains.

    Where nothing gains either it is the last.
    """
    gains = [k for k, step in enumerate(steps) if step.value < step.before - EXACT * max(step.before, 1.0)]
    proven = gains[0] if gains else len(steps) - 1
    return next((k for k, step in enumerate(steps) if not step.proven), proven)


@dataclass(frozen=True)
class Plan:
    """What is built and who is served where; tables as in `frames`."""

    facilities: pd.DataFrame
    assignment: pd.DataFrame
    need_points: pd.DataFrame
    unmet: pd.DataFrame
    before: pd.DataFrame
    """Assignment with nothing built, the best use of what exists (columns of `assignment`)."""
    status: Status
    moves: pd.DataFrame | None = None
    """Who moves where, where homes move people; None where nobody does."""
    prices: pd.DataFrame | None = None
    """What proves the bound, as `frames.PRICES`; None where nothing but the solver's word does."""

    def at(self, period: int, future: str = "") -> Plan:
        """The plan as it is in one period, and in one future where there are several."""
        return replace(self, **_at(self, period, future))

    def seen(self, future: str) -> Plan:
        """The plan as it is in one future; itself where there is one."""
        return replace(self, **_in_future(self, future))


@dataclass(frozen=True)
class Instead:
    """What a plan is set beside: other sites, or other ways of using them; tables as in `frames`."""

    facilities: pd.DataFrame
    assignment: pd.DataFrame
    need_points: pd.DataFrame

    def at(self, period: int, future: str = "") -> Instead:
        """What it would be in one period, and in one future where there are several."""
        return replace(self, **_at(self, period, future))


def _at(tables: Plan | Instead, period: int, future: str) -> dict[str, Any]:
    """Tables with the rows of one period and future."""
    named = _in_future(tables, future)
    return {name: table[table["period"] == period] for name, table in named.items()}


def _in_future(tables: Plan | Instead, future: str) -> dict[str, Any]:
    """Tables with the rows of one future, where they tell several."""
    named = {
        name: table
        for name, table in vars(tables).items()
        if name not in {"status", "prices"} and table is not None
    }
    return {name: of_future(table, future) for name, table in named.items()}


def of_future(table: pd.DataFrame, future: str) -> pd.DataFrame:
    """Rows of one future, without its name; the table itself where it tells one only."""
    if "future" not in table.columns:
        return table
    return table[table["future"] == future].drop(columns="future").reset_index(drop=True)
