"""Kolm–Pollak: the equal outcome that is worth as much, for goods and for bads such as travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from planner.catalogue import summary
from planner.errors import Fault, InputFault
from planner.indicators.ranks import share_of

if TYPE_CHECKING:
    from planner.distribution import Floats

Direction = Literal["more", "less"]
Aversion = Annotated[float, Field(ge=0, le=1000)]
Kappa = Annotated[float, Field(ge=0)] | None
SOURCE = "Kolm (1976); Pollak (1971); Sheriff & Maguire (2020); Logan et al. (2021)"


@summary(unit="same", axioms=("scale", "replication", "anonymity"), reference=SOURCE)
def kolm_pollak_ede(
    values: Floats,
    weights: Floats,
    *,
    aversion: Aversion = 1.0,
    kappa: Kappa = None,
    better: Direction = "more",
) -> float:
    r"""What everybody could have alike and be as well served as now (for a bad: at least the mean).

    .. math:: EDE = -\frac{1}{\kappa} \ln \sum_i p_i e^{-\kappa x_i}, \quad
              \kappa = \pm \epsilon \frac{\sum_i p_i x_i}{\sum_i p_i x_i^2}

    κ is negative for a bad. With `kappa` given [1/unit of the values] the index is that of adding the
    same to everybody, and `effective_aversion` says which aversion this was; else κ follows the values.
    """
    shares = share_of(weights)
    size = aversion * _alpha(values, shares) if kappa is None else kappa
    return _ede(values, shares, -size if better == "less" else size)


@summary(
    unit="same",
    axioms=("scale", "replication", "anonymity", "zero_if_equal"),
    limits=(0, np.inf),
    reference=SOURCE,
)
def kolm_pollak_index(
    values: Floats,
    weights: Floats,
    *,
    aversion: Aversion = 1.0,
    kappa: Kappa = None,
    better: Direction = "more",
) -> float:
    r"""What inequality costs each person, in the measure's own unit.

    .. math:: |\mu - EDE|
    """
    shares = share_of(weights)
    size = aversion * _alpha(values, shares) if kappa is None else kappa
    return abs(float(shares @ values) - _ede(values, shares, -size if better == "less" else size))


@summary(
    unit="1", axioms=("replication", "anonymity"), limits=(0, np.inf), not_negative=True, reference=SOURCE
)
def effective_aversion(
    values: Floats, weights: Floats, *, kappa: Annotated[float, Field(ge=0)] = 1.0
) -> float:
    r"""The aversion ε that a fixed κ came to, given what people have in the end.

    .. math:: \epsilon = \kappa \sum_i p_i x_i^2 / \sum_i p_i x_i
    """
    alpha = _alpha(values, share_of(weights))
    return kappa / alpha if alpha > 0 else float("nan")


def _alpha(values: Floats, shares: Floats) -> float:
    """Σ p x / Σ p x², which turns an aversion into a κ; it needs values of one sign."""
    if (values < 0).any():
        hint = "give `kappa` [1/unit of the values]: then values of both signs are valid"
        raise InputFault(
            Fault("Kolm–Pollak's aversion is relative to the values: none may be negative", hint=hint)
        )
    largest = float(values.max())
    scaled = values / largest if largest > 0 else values
    return float(shares @ scaled / (shares @ scaled**2)) / largest if largest > 0 else 0.0


def _ede(values: Floats, shares: Floats, kappa: float) -> float:
    """Shifted by the mean, or by who weighs most, so that no exponent overflows and no digit is lost."""
    mu = float(shares @ values)
    exponents = -kappa * (values - mu)
    top = float(exponents.max())
    if kappa == 0 or float(np.abs(exponents).max()) == 0:
        return mu
    if top < 1e-3:  # noqa: PLR2004 - below this log1p(expm1) keeps the digits
        return mu - float(np.log1p(shares @ np.expm1(exponents))) / kappa
    heaviest = float(values.min() if kappa > 0 else values.max())
    return heaviest - float(np.log(shares @ np.exp(-kappa * (values - heaviest)))) / kappa
