"""Rule: every district gets at least a part of its share of the money, by its residents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.naming import service_named
from planner.problem.years import lasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

Part = Annotated[float, Field(gt=0, le=1)]
ROUNDING = 1e-6
"""Share of the money spent below which what is missing is rounding."""


def _districts(problem: Problem) -> pd.Series:
    """Share of all residents who live in each district, index district, sorted.

    Raises
    ------
    InputFault
        When the scenario names no districts.
    """
    if "district" not in problem.places:
        hint = "name the column with each neighbourhood's district under `city.neighbourhoods.district`"
        raise InputFault(Fault("there are no districts to give money to", hint=hint))
    lived = problem.places.groupby("district", sort=True)["population"].sum()
    shares: pd.Series = lived / lived.sum()
    return shares


def _spent(
    problem: Problem, of: str, service: str | None, shares: pd.Series
) -> tuple[Whole, Floats, NDArray[np.bool_]]:
    """Candidates that cost something, what a module of each costs, and which district (rows) each is in."""
    providers = problem.providers
    counted = ~providers["existing"].to_numpy(bool) & lasting(problem)
    cost = np.where(counted, providers[f"{of}_cost"].to_numpy(np.float64), 0.0)
    if service is not None:
        cost = np.where(providers["service"] == service_named(problem, service), cost, 0.0)
    costly = np.flatnonzero(cost)
    district = problem.sites.set_index("site")["district"].reindex(providers["place"].iloc[costly])
    inside = shares.index.to_numpy(object)[:, None] == district.to_numpy(object)[None, :]
    return costly, cost[costly], inside


@constraint(unit="currency", reference="power devolved to districts, as in participatory budgets")
def formulate(
    problem: Problem,
    *,
    least: Part,
    of: Literal["capital", "operating"] = "capital",
    service: str | None = None,
) -> Block:
    r"""Every district gets at least a part of its share, by residents, of all the money that is spent.

    .. math:: \sum_{j \in d} c_j\, open_j \ge f \, \frac{p_d}{P} \sum_j c_j\, open_j \quad \forall d

    Money spent at a site outside all districts counts as spent, and for none of them. Where there are several
    periods, it is all the money to build, or the money to run a year of the last.

    Parameters
    ----------
    least
        f, the part of its share that a district gets at least; 1 is money in proportion to residents.
    of
        `capital` (to build) or `operating` (to run, each year).
    service
        The money for one service; for all together where it is left out.
    """
    shares = _districts(problem)
    costly, cost, inside = _spent(problem, of, service, shares)
    _refuse_siteless(shares, inside)
    most = float(cost @ problem.providers["most"].to_numpy(np.float64)[costly])
    size = min(most, float(getattr(problem, of)))
    share = shares.to_numpy(np.float64)
    row, column = np.indices(inside.shape).reshape(2, -1)

    def kept(values: Mapping[str, Floats]) -> float:
        money = cost * np.round(values["open"][costly])
        had = share * money.sum()
        return min(float(((inside @ money) / had).min()), least) if money.sum() > 0 else least

    what = f"{of} money" if service is None else f"{of} money for {service}"
    rows = Rows(
        rule=f"{what} of districts",
        terms=(Terms("open", row, costly[column], ((inside - least * share[:, None]) * cost).ravel()),),
        sense=">=",
        bound=np.zeros(len(shares)),
        labels=[f"{what} of {name}" for name in shares.index],
        give=f"give each district {{needed}} instead of {{now}} of its share of the {what}",
        now=least,
        per_unit=share * size,
        kept=kept,
    )
    return Block((rows,) if len(costly) else ())


def _refuse_siteless(shares: pd.Series, inside: NDArray[np.bool_]) -> None:
    """Refuse a rule that could only be kept by spending nothing at all."""
    without = [f"`{name}`" for name, any_ in zip(shares.index, inside.any(axis=1), strict=True) if not any_]
    if inside.shape[1] and without:
        message = f"nothing that costs money can be built in the district {', '.join(without)}"
        hint = "so that the rule would allow none anywhere: add sites there, or join it to another district"
        raise InputFault(Fault(message, hint=hint))


def evaluate(
    outcome: Outcome, *, least: float, of: str = "capital", service: str | None = None
) -> NDArray[np.float64]:
    """Money that is missing to each district's part of its share [currency]."""
    shares = _districts(outcome.problem)
    costly, cost, inside = _spent(outcome.problem, of, service, shares)
    money = cost * outcome.modules[costly]
    missing = least * shares.to_numpy(np.float64) * money.sum() - inside @ money
    return np.where(missing > ROUNDING * money.sum(), missing, 0.0)
