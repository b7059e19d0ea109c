"""Indices of inequality of a good, each with its source and the axioms that it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from planner.catalogue import summary
from planner.indicators.ranks import BAD_OR_NEGATIVE, rank_covariance, share_of, tail_mean

if TYPE_CHECKING:
    from planner.distribution import Floats

RELATIVE = ("scale", "transfer", "replication", "anonymity", "zero_if_equal")
GOOD: dict[str, Any] = {
    "goods_only": True,
    "not_negative": True,
    "instead": BAD_OR_NEGATIVE,
}


@summary(unit="1", axioms=RELATIVE, limits=(0, 1), reference="Gini (1912); Lerman & Yitzhaki (1989)", **GOOD)
def gini(values: Floats, weights: Floats) -> float:
    r"""How unequally people share it: 0 all alike, towards 1 one has all.

    .. math:: G = \frac{2}{\mu} \sum_i p_i (x_i - \mu)(r_i - ½) = \frac{1}{2\mu} \sum_{ij} p_i p_j |x_i - x_j|
    """
    mu = float(share_of(weights) @ values)
    return max(rank_covariance(values, weights, values) / mu, 0.0) if mu > 0 else 0.0


@summary(unit="1", axioms=RELATIVE, limits=(0, 1), reference="Hoover (1936); Schutz (1951)", **GOOD)
def hoover(values: Floats, weights: Floats) -> float:
    r"""Share of all there is that would have to move for everybody to have the same.

    .. math:: H = \tfrac12 \sum_i p_i |x_i - \mu| / \mu
    """
    shares = share_of(weights)
    mu = float(shares @ values)
    return float(shares @ np.abs(values - mu)) / (2 * mu) if mu > 0 else 0.0


@summary(unit="1", axioms=RELATIVE, limits=(0, np.inf), reference="Cowell (2011)", **GOOD)
def coefficient_of_variation(values: Floats, weights: Floats) -> float:
    r"""Standard deviation over the mean.

    .. math:: \sqrt{\sum_i p_i (x_i - \mu)^2} / \mu
    """
    shares = share_of(weights)
    mu = float(shares @ values)
    return float(np.sqrt(shares @ (values - mu) ** 2)) / mu if mu > 0 else 0.0


@summary(unit="1", axioms=RELATIVE, limits=(0, 1), reference="Atkinson (1970)", **GOOD)
def atkinson(
    values: Floats, weights: Floats, *, aversion: Annotated[float, Field(gt=0, le=1000)] = 0.5
) -> float:
    r"""Share of all there is that would not be missed if the rest were shared alike.

    .. math:: A = 1 - EDE/\mu, \quad EDE = \Bigl(\sum_i p_i x_i^{1-\epsilon}\Bigr)^{1/(1-\epsilon)}

    The geometric mean at ε = 1; 1 when somebody has nothing and ε ≥ 1.
    """
    shares = share_of(weights)
    mu = float(shares @ values)
    if mu <= 0:
        return 0.0
    if aversion >= 1 and values.min() <= 0:
        return 1.0
    return float(np.clip(1 - _power_mean(values / mu, shares, 1 - aversion), 0, 1))


def _power_mean(ratios: Floats, shares: Floats, power: float) -> float:
    """Power mean; the geometric one at power 0; in logarithms, so that no power overflows."""
    if power == 0:
        return float(np.exp(shares @ np.log(ratios)))
    with np.errstate(divide="ignore"):
        logs = power * np.log(ratios)
    top = float(logs.max())
    return float(np.exp((top + np.log(shares @ np.exp(logs - top))) / power))


@summary(
    unit="1",
    limits=(0, np.inf),
    axioms=("scale", "transfer", "anonymity", "replication"),
    reference="Palma (2011); Cobham & Sumner (2013)",
    **GOOD,
)
def palma_share(values: Floats, weights: Floats, *, whole_places: bool = False) -> float:
    r"""What the tenth who have most hold together, over what the four tenths who have least hold.

    .. math:: \int_{0.9}^{1} x(r)\, dr \Big/ \int_0^{0.4} x(r)\, dr

    The places in which the tails end count in part; with `whole_places` (as R's `concstats` counts)
    the top are all places that reach into the last tenth, the bottom those that end within four tenths.
    Ranked by what they have; `palma_by_rank` ranks by another column and compares means.
    """
    if whole_places:
        order = np.argsort(values, kind="stable")
        upto = np.cumsum(share_of(weights)[order])
        held = (weights * values)[order]
        return _over(float(held[upto > 0.9 + 1e-12].sum()), float(held[upto <= 0.4 + 1e-12].sum()))
    top = 0.1 * tail_mean(values, weights, 0.1, ranking=values, top=True)
    return _over(top, 0.4 * tail_mean(values, weights, 0.4, ranking=values, top=False))


@summary(
    unit="1",
    axioms=("scale", "anonymity", "replication"),
    limits=(0, np.inf),
    reference="R accessibility: palma_ratio",
    **GOOD,
)
def palma_by_rank(
    values: Floats,
    weights: Floats,
    ranking: Floats,
    *,
    poorest_up_to: float | None = None,
    richest_from: float | None = None,
) -> float:
    r"""What the richest tenth have on average, over what the poorest four tenths have, by another column.

    .. math:: \mu(\text{ranked in the top } 10 \%) / \mu(\text{ranked in the bottom } 40 \%)

    Exact tenths of people, unless the ranking is one of classes and they are named: deciles 4 and 10.
    """
    if poorest_up_to is None or richest_from is None:
        top = tail_mean(values, weights, 0.1, ranking=ranking, top=True)
        return _over(top, tail_mean(values, weights, 0.4, ranking=ranking, top=False))
    rich, poor = ranking >= richest_from, ranking <= poorest_up_to
    if not (rich.any() and poor.any()):
        return float("nan")
    return _over(
        np.average(values[rich], weights=weights[rich]), np.average(values[poor], weights=weights[poor])
    )


@summary(
    unit="1",
    limits=(1, np.inf),
    axioms=("scale", "transfer", "anonymity", "replication"),
    reference="UNDP, income quintile ratio",
    **GOOD,
)
def ratio_20_20(values: Floats, weights: Floats) -> float:
    r"""What the fifth who have most hold, over what the fifth who have least hold.

    .. math:: \int_{0.8}^{1} x(r)\, dr \Big/ \int_0^{0.2} x(r)\, dr
    """
    top = tail_mean(values, weights, 0.2, ranking=values, top=True)
    return _over(top, tail_mean(values, weights, 0.2, ranking=values, top=False))


def _over(above: float, below: float) -> float:
    """Ratio; it cannot be told when there is nothing below."""
    return float(above) / float(below) if below > 0 else float("nan")
