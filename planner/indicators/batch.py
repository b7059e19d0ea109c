"""Summaries of many draws at once, each the same figure as its namesake; the tests hold them to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.indicators.ranks import CLOSE

if TYPE_CHECKING:
    from planner.distribution import Floats

Kernel = Callable[..., Any]
"""From a `Sorted` to the figure of each draw, shape (draws,)."""


class Sorted:
    """Values and weights of each draw, sorted by value.

    Parameters
    ----------
    values
        Shape (draws, places), or (1, places) where all draws have the same.
    weights
        Shape (draws, places).
    """

    def __init__(self, values: Floats, weights: Floats) -> None:
        """Take them as they are."""
        self.values, self.weights = values, weights

    @cached_property
    def upto(self) -> Floats:
        """Running sum of the weights."""
        return np.cumsum(self.weights, axis=1)

    @cached_property
    def everybody(self) -> Floats:
        """Sum of the weights of each draw, shape (draws,)."""
        return self.weights.sum(axis=1)

    @cached_property
    def sum(self) -> Floats:
        """Weighted sum of the values of each draw, shape (draws,)."""
        return _held(self.values, self.weights)


def _over(above: Floats, below: Floats) -> Floats:
    told: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return told


def _held(values: Floats, weights: Floats) -> Floats:
    """Weighted sum of each row; values may have one row for all."""
    held: Floats = weights @ values[0] if len(values) == 1 else np.einsum("dk,dk->d", weights, values)
    return held


def mean(draws: Sorted) -> Floats:
    """Weighted mean of each draw."""
    return _over(draws.sum, draws.everybody)


def total(draws: Sorted) -> Floats:
    """Weighted sum of each draw; NaN where nobody is."""
    return np.where(draws.everybody > 0, draws.sum, np.nan)


def gini(draws: Sorted) -> Floats:
    """Gini of each draw: (2 Σ w x U − Σ w² x) / (T Σ w x) − 1, U the running sum of weights, T all.

    NaN where somebody has less than nothing, as the index itself refuses.
    """
    ranked = _held(draws.values, draws.weights * (2 * draws.upto - draws.weights))
    index = np.maximum(_over(ranked, draws.everybody * draws.sum) - 1, 0.0)
    negative = ((draws.values < 0) & (draws.weights > 0)).any(axis=1)
    told = (draws.everybody > 0) & ~negative
    return np.where(told, np.where(draws.sum > 0, index, 0.0), np.nan)


def worst_off(draws: Sorted, *, share: float = 0.2, better: str = "more") -> Floats:
    """Mean of the worst-off share of each draw."""
    everybody = draws.everybody[:, None]
    worse = everybody - draws.upto if better == "less" else draws.upto - draws.weights
    taken = np.clip(share * everybody - worse, 0.0, draws.weights)
    return _over(_held(draws.values, taken), taken.sum(axis=1))


def below_floor(draws: Sorted, *, floor: float = 0.5, better: str = "more") -> Floats:
    """People of each draw who have less than enough."""
    short = (_short(draws.values, floor, better) > 0).astype(np.float64)
    return np.where(draws.everybody > 0, _held(short, draws.weights), np.nan)


def _short(values: Floats, floor: float, better: str) -> Floats:
    gap: Floats = np.maximum(values - floor if better == "less" else floor - values, 0.0)
    return gap


def fgt(draws: Sorted, *, order: int, floor: float = 0.5, better: str = "more") -> Floats:
    """Share of people short of enough, of what is short, or of its square, in each draw."""
    gap = _short(draws.values, floor, better)
    return _over(_held(np.where(gap > 0, (gap / floor) ** order, 0.0), draws.weights), draws.everybody)


def least(draws: Sorted) -> Floats:
    """Least value of each draw where anybody is."""
    some = np.where(draws.weights > 0, draws.values, np.inf).min(axis=1)
    return np.where(np.isfinite(some), some, np.nan)


def most(draws: Sorted) -> Floats:
    """Greatest value of each draw where anybody is."""
    some = np.where(draws.weights > 0, draws.values, -np.inf).max(axis=1)
    return np.where(np.isfinite(some), some, np.nan)


def quantile(draws: Sorted, *, share: float) -> Floats:
    """Weighted quantile of each draw, the middle of two where it falls between them."""
    upto = draws.upto
    everybody = upto[:, -1:]
    wanted, close = share * everybody, CLOSE * everybody
    first = np.argmax(upto >= wanted - close, axis=1)
    beyond = upto > wanted + close
    last = np.where(beyond.any(axis=1), np.argmax(beyond, axis=1), np.argmax(upto >= everybody, axis=1))
    rows = np.broadcast_to(draws.values, upto.shape)
    two = [np.take_along_axis(rows, at[:, None], 1)[:, 0] for at in (first, last)]
    return np.where(everybody[:, 0] > 0, (two[0] + two[1]) / 2, np.nan)


KERNELS: dict[str, Kernel] = {
    "mean": mean,
    "total": total,
    "gini": gini,
    "worst_off": worst_off,
    "below_floor": below_floor,
    "fgt0": partial(fgt, order=0),
    "fgt1": partial(fgt, order=1),
    "fgt2": partial(fgt, order=2),
    "minimum": least,
    "maximum": most,
    "median": partial(quantile, share=0.5),
    "p10": partial(quantile, share=0.1),
    "p90": partial(quantile, share=0.9),
}
"""By summary; a summary that is not here is told draw by draw, which is slower and the same."""


def told_at_once(name: str, given: dict[str, Any]) -> Kernel | None:
    """Return the summary of many draws with its parameters bound, or None where there is none."""
    kernel = KERNELS.get(name)
    if kernel is None:
        return None
    known = {"floor", "share", "better"} if name == "worst_off" else {"floor", "better"}
    takes = name in {"worst_off", "below_floor", "fgt0", "fgt1", "fgt2"}
    return partial(kernel, **{key: value for key, value in given.items() if takes and key in known})
