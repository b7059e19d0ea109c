"""Concentration: whether what people have rises with income, or with any other ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.catalogue import summary
from planner.errors import Fault, InputFault
from planner.indicators.ranks import rank_covariance, share_of

if TYPE_CHECKING:
    from planner.distribution import Floats

COMMON = ("scale", "replication", "anonymity", "zero_if_equal")
NOT_NEGATIVE: dict[str, Any] = {"not_negative": True, "instead": "`concentration_erreygers` with its bounds"}
Bound = float | None


@summary(
    unit="1",
    axioms=COMMON,
    limits=(-1, 1),
    reference="Kakwani, Wagstaff & van Doorslaer (1997)",
    **NOT_NEGATIVE,
)
def concentration(values: Floats, weights: Floats, ranking: Floats) -> float:
    r"""Whether those ranked high (positive) or low (negative) have more; of a good, negative favours the low.

    .. math:: C = \frac{2}{\mu} \sum_i p_i (x_i - \mu)(r_i - ½)

    People of one rank share the middle of their ranks, so the order of rows does not matter.
    """
    mu = float(share_of(weights) @ values)
    return rank_covariance(values, weights, ranking) / mu if mu > 0 else 0.0


@summary(unit="1", axioms=(*COMMON, "translation"), limits=(-1, 1), reference="Erreygers (2009)")
def concentration_erreygers(
    values: Floats, weights: Floats, ranking: Floats, *, lower: Bound = None, upper: Bound = None
) -> float:
    r"""Concentration of a quantity with bounds, such as a share; the same for attainment and shortfall.

    .. math:: E = \frac{4 \mu}{b - a} C

    a and b are the bounds that the quantity can reach; the observed ones where none are given.
    """
    a, b = _bounds(values, lower, upper)
    return 4 * rank_covariance(values, weights, ranking) / (b - a) if b > a else 0.0


@summary(unit="1", axioms=(*COMMON, "translation"), limits=(-1, 1), reference="Wagstaff (2005)")
def concentration_wagstaff(
    values: Floats, weights: Floats, ranking: Floats, *, lower: Bound = None, upper: Bound = None
) -> float:
    r"""Concentration of a quantity with bounds, as a share of the most unequal that its mean allows.

    .. math:: W = \frac{\mu (b - a)}{(b - \mu)(\mu - a)} C
    """
    a, b = _bounds(values, lower, upper)
    mu = float(share_of(weights) @ values)
    room = (b - mu) * (mu - a)
    return rank_covariance(values, weights, ranking) * (b - a) / room if b > a and room > 0 else 0.0


def _bounds(values: Floats, lower: Bound, upper: Bound) -> tuple[float, float]:
    a = float(values.min()) if lower is None else lower
    b = float(values.max()) if upper is None else upper
    if (values < a - 1e-9).any() or (values > b + 1e-9).any():
        found = f"{values.min():g} to {values.max():g}"
        raise InputFault(
            Fault(f"values reach from {found}, beyond the bounds {a:g} and {b:g}", hint="widen them")
        )
    return a, b
