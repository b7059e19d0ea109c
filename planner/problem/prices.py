"""Prices of rows, the answers to them, and the one price that just balances a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

STEEPEST = 1e30
"""Price from which a row is taken to be one that nothing can keep."""


@dataclass(frozen=True)
class Prices:
    """What a proof is made of.

    Attributes
    ----------
    weight
        λ_a, what one point of wellbeing of each place counts, shape (places,); empty for costs.
    row
        Price of each priced row, in the order of `Local.rows`: ≤ 0 for "<=", ≥ 0 for ">=".
    """

    weight: Floats
    row: Floats


@dataclass(frozen=True)
class Found:
    """The answers of all providers at some prices.

    Attributes
    ----------
    bound
        No plan's value is below it (minimised, in the objective's unit).
    modules
        Modules of each provider, shape (providers,); parts where one row was priced exactly.
    pair, amount
        Pairs that are served, and how much, shape (served,).
    slack
        Bound less activity of each priced row, shape (rows,).
    benefit
        Wellbeing × residents that each place gains, shape (places,).
    """

    bound: float
    modules: Floats
    pair: Whole
    amount: Floats
    slack: Floats
    benefit: Floats


def best_price(
    worth: Floats, steps: Whole, takes: Floats, right: float
) -> tuple[float, list[tuple[float, Floats]], float]:
    """The price at which what is taken just meets a right-hand side; choices on both sides of it; the total.

    `worth` by modules and provider, −∞ where not allowed, shape (most + 1, providers).
    """

    def at(price: float) -> tuple[Floats, float, float]:
        net = worth - price * steps * takes
        modules = net.argmax(axis=0)
        taken = float(takes @ modules)
        return modules.astype(np.float64), taken, float(net.max(axis=0).sum()) + price * right

    low, high = 0.0, 1.0
    many, taken, total = at(low)
    if taken <= right:
        return 0.0, [(1.0, many)], total
    few, less, best = at(high)
    while less > right and high < STEEPEST:
        low, many, taken = high, few, less
        high *= 8.0
        few, less, best = at(high)
    for _ in range(60):
        if high - low <= 1e-9 * high:
            break
        middle = (low + high) / 2
        own, own_taken, own_total = at(middle)
        if own_taken > right:
            low, many, taken = middle, own, own_taken
        else:
            high, few, less, best = middle, own, own_taken, own_total
    share = (right - less) / (taken - less) if taken > less else 0.0
    return high, [(share, many), (1.0 - share, few)], best
