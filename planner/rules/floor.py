"""Rule: at least a share of the need of a service is met, in the city or in each neighbourhood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from planner.catalogue import constraint
from planner.errors import Fault, InputFault
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.naming import service_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem

Share = Annotated[float, Field(gt=0, le=1)]


def _measure(reached: float | None, quality_weighted: float | None) -> tuple[bool, float]:
    if (reached is None) == (quality_weighted is None):
        message = "a floor says either `reached` or `quality_weighted`"
        raise InputFault(
            Fault(
                message,
                hint="two people served at half quality are two reached, but one quality-weighted",
            )
        )
    return (True, reached) if reached is not None else (False, quality_weighted or 0.0)


def _areas(problem: Problem, service: str, of: str) -> tuple[NDArray[np.int64], list[str]]:
    """Row of each need point (−1 for other services) and the names of the rows."""
    mine = problem.of_service(service)
    where = problem.need["neighbourhood"] if of != "city" else "the city"
    named = pd.Series(problem.in_words(problem.need.assign(where=where), "where"))
    codes, names = pd.factorize(named.where(mine), sort=True)
    return codes.astype(np.int64), [str(name) for name in names]


@constraint(unit="unit of the service")
def formulate(
    problem: Problem,
    *,
    service: str,
    of: Literal["city", "each_neighbourhood"] = "city",
    reached: Share | None = None,
    quality_weighted: Share | None = None,
) -> Block:
    r"""At least a share of the need is met, in the city or in each neighbourhood.

    .. math:: \sum_{i \in area} \sum_j a_{ij} serve_{ij} \ge f \sum_{i \in area} n_i

    With `reached` everybody served counts fully (:math:`a = 1`); with `quality_weighted` by the quality got.
    Where there are several periods or futures, so in each.
    """
    name = service_named(problem, service)
    plain, share = _measure(reached, quality_weighted)
    area, labels = _areas(problem, name, of)
    mine = area >= 0
    need = np.bincount(area[mine], problem.amount[mine], len(labels))
    pair = np.flatnonzero(mine[problem.need_point])
    weight = np.ones(len(pair)) if plain else problem.quality[pair]
    where = "the city" if of == "city" else "each neighbourhood"
    kind = "`reached`" if plain else "`quality_weighted`"
    rows = Rows(
        rule=f"{kind} floor of {name} in {where}",
        terms=(Terms("serve", area[problem.need_point[pair]], pair, weight),),
        sense=">=",
        bound=share * need,
        labels=[f"floor {name} {label}" for label in labels],
        give=f"lower the {kind} floor of {name} in {where} from {{now}} to {{needed}}",
        now=share,
        per_unit=need,
    )
    return Block((rows,))


def evaluate(
    outcome: Outcome,
    *,
    service: str,
    of: str = "city",
    reached: float | None = None,
    quality_weighted: float | None = None,
) -> NDArray[np.float64]:
    """Need that is missing to the floor, by area [unit of the service]."""
    plain, share = _measure(reached, quality_weighted)
    area, labels = _areas(outcome.problem, service, of)
    mine = area >= 0
    served = outcome.reached if plain else outcome.quality_weighted
    need = np.bincount(area[mine], outcome.problem.amount[mine], len(labels))
    met = np.bincount(area[mine], served[mine], len(labels))
    return np.maximum(share * need - met, 0.0)
