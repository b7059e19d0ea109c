"""Enough: how many are below a floor, by how much, and welfare that prizes equality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from planner.catalogue import summary
from planner.errors import Fault, InputFault
from planner.indicators.ranks import rank_covariance, share_of

if TYPE_CHECKING:
    from planner.distribution import Floats

Direction = Literal["more", "less"]
Floor = Annotated[float, Field(gt=0)]
COUNT = ("replication", "anonymity")
SOURCE = "Foster, Greer & Thorbecke (1984)"


@summary(unit="weights", axioms=("anonymity",), limits=(0, np.inf), reference=SOURCE)
def below_floor(values: Floats, weights: Floats, *, floor: float = 0.5, better: Direction = "more") -> float:
    r"""How many people have less than enough (of a bad: more than the standard).

    .. math:: \sum_i w_i 1[x_i < z]
    """
    return float(weights[_short(values, floor, better) > 0].sum())


@summary(unit="1", axioms=COUNT, limits=(0, 1), reference=SOURCE)
def fgt0(values: Floats, weights: Floats, *, floor: Floor = 0.5, better: Direction = "more") -> float:
    r"""Share of people who have less than enough (of a bad: more than the standard).

    .. math:: FGT_0 = \sum_i p_i 1[x_i < z]
    """
    return _fgt(values, weights, floor, 0, better)


@summary(unit="1", axioms=(*COUNT, "transfer"), limits=(0, np.inf), reference=SOURCE)
def fgt1(values: Floats, weights: Floats, *, floor: Floor = 0.5, better: Direction = "more") -> float:
    r"""How far people are below enough on average, as a share of it; those above count as 0.

    .. math:: FGT_1 = \sum_i p_i \frac{(z - x_i)^+}{z}
    """
    return _fgt(values, weights, floor, 1, better)


@summary(unit="1", axioms=(*COUNT, "transfer"), limits=(0, np.inf), reference=SOURCE)
def fgt2(values: Floats, weights: Floats, *, floor: Floor = 0.5, better: Direction = "more") -> float:
    r"""How severely people are below enough: the gaps squared, so that the worst count most.

    .. math:: FGT_2 = \sum_i p_i \Bigl(\frac{(z - x_i)^+}{z}\Bigr)^2
    """
    return _fgt(values, weights, floor, 2, better)


@summary(
    unit="same",
    axioms=("scale", "translation", "transfer", "replication", "anonymity"),
    reference="Sen (1976); Yitzhaki (1979)",
    goods_only=True,
    instead="`kolm_pollak_ede`, which is valid for bads too",
)
def sen_welfare(values: Floats, weights: Floats) -> float:
    r"""The mean, less what inequality takes: what the worse off of two people met by chance has.

    .. math:: \mu (1 - G) = \sum_{ij} p_i p_j \min(x_i, x_j)
    """
    return float(share_of(weights) @ values) - rank_covariance(values, weights, values)


def _short(values: Floats, floor: float, better: str) -> Floats:
    """What is missing to the floor, or in excess of the standard; never negative."""
    gap: Floats = np.maximum(values - floor if better == "less" else floor - values, 0.0)
    return gap


def _fgt(values: Floats, weights: Floats, floor: float, order: int, better: str) -> float:
    if not floor > 0:
        raise InputFault(Fault(f"a floor has to be above 0 (got {floor:g})", hint="use `below_floor`"))
    gap = _short(values, floor, better)
    return float(share_of(weights) @ np.where(gap > 0, (gap / floor) ** order, 0.0))
