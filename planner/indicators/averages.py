"""Averages, percentiles and the worst off: how much people have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from planner.catalogue import summary
from planner.indicators.ranks import quantile, tail_mean

if TYPE_CHECKING:
    from planner.distribution import Floats

Part = Annotated[float, Field(gt=0, le=1)]
LEVEL = ("scale", "translation", "replication", "anonymity")
QUANTILE = "Hyndman & Fan (1996), definition 2, weighted"


@summary(unit="same", axioms=LEVEL, reference="arithmetic mean")
def mean(values: Floats, weights: Floats) -> float:
    r"""What people have on average.

    .. math:: \mu = \sum_i w_i x_i / \sum_i w_i
    """
    return float(np.average(values, weights=weights))


@summary(unit="same", reference="sum")
def total(values: Floats, weights: Floats) -> float:
    r"""What all places have together; told of amounts only.

    .. math:: \sum_i w_i x_i
    """
    return float(weights @ values)


@summary(unit="same", axioms=LEVEL, reference=QUANTILE)
def median(values: Floats, weights: Floats) -> float:
    """Half of the people have this or less: the weighted 50 % quantile, the middle of two on a tie."""
    return quantile(values, weights, 0.5)


@summary(unit="same", axioms=LEVEL, reference=QUANTILE)
def p10(values: Floats, weights: Floats) -> float:
    """One in ten people has this or less: the weighted 10 % quantile."""
    return quantile(values, weights, 0.1)


@summary(unit="same", axioms=LEVEL, reference=QUANTILE)
def p90(values: Floats, weights: Floats) -> float:
    """Nine in ten people have this or less: the weighted 90 % quantile."""
    return quantile(values, weights, 0.9)


@summary(
    unit="same", axioms=(*LEVEL, "transfer"), reference="Rockafellar & Uryasev (2000), as mean of a tail"
)
def worst_off(
    values: Floats, weights: Floats, *, share: Part = 0.2, better: Literal["more", "less"] = "more"
) -> float:
    r"""What the worst-off share of the people have on average (worst off: by this very measure).

    .. math:: \frac{1}{\beta} \int_0^{\beta} x(r)\, dr, \quad x(r) \text{ from the worst to the best}

    The place in which the share ends counts in part. Where less is better the worst are the highest.
    """
    return tail_mean(values, weights, share, ranking=values, top=better == "less")


@summary(unit="same", axioms=LEVEL, reference="least value")
def minimum(values: Floats, weights: Floats) -> float:  # noqa: ARG001 - the socket of a summary
    r"""The least that anybody has.

    .. math:: \min_i x_i, \quad w_i > 0
    """
    return float(values.min())


@summary(unit="same", axioms=LEVEL, reference="greatest value")
def maximum(values: Floats, weights: Floats) -> float:  # noqa: ARG001 - the socket of a summary
    r"""The most that anybody has; of a bad such as travel, the worst case.

    .. math:: \max_i x_i, \quad w_i > 0
    """
    return float(values.max())


@summary(unit="same", axioms=(*LEVEL, "transfer", "zero_if_equal"), limits=(0, np.inf), reference="range")
def spread(values: Floats, weights: Floats) -> float:  # noqa: ARG001 - the socket of a summary
    r"""From the least that anybody has to the most (the range).

    .. math:: \max_i x_i - \min_i x_i, \quad w_i > 0
    """
    return float(values.max() - values.min())
