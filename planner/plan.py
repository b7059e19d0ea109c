"""Plan and Status: what was decided, and how good it provably is; nothing here knows a solver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Ending = Literal["optimal", "within_gap", "time_limit", "interrupted", "memory", "given"]


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
    proof: str = "bound on the solver's word"

    @property
    def finished(self) -> bool:
        """True when the search ended by itself, so that the same question finds the same answer."""
        return self.ending in {"optimal", "within_gap", "given"}


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

    def at(self, period: int) -> Plan:
        """The plan as it is in one period."""
        return replace(self, **_at(self, period))


@dataclass(frozen=True)
class Instead:
    """What a plan is set beside: other sites, or other ways of using them; tables as in `frames`."""

    facilities: pd.DataFrame
    assignment: pd.DataFrame
    need_points: pd.DataFrame

    def at(self, period: int) -> Instead:
        """What it would be in one period."""
        return replace(self, **_at(self, period))


def _at(tables: Plan | Instead, period: int) -> dict[str, Any]:
    """Tables with the rows of one period."""
    named = {name: getattr(tables, name) for name in vars(tables) if name != "status"}
    return {name: table[table["period"] == period] for name, table in named.items()}
