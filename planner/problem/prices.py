"""Prices of rows, the answers to them, and the one price that just balances a row."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

STEEPEST = 1e30
"""Price from which a row is taken to be one that nothing can keep."""
WIDER = 0.02
"""Share by which prices beside a guess are tried first."""
CLOSE, MOST = 1e-10, 80
"""Share of a price (of a total) below which two are one; most prices that are tried."""


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


@dataclass(frozen=True)
class _Choice:
    """What is best at one price: modules, what they take, and the total."""

    price: float
    modules: Whole
    taken: float
    total: float


def best_price(
    worth: Floats, takes: Floats, right: float, guess: float = 0.0
) -> tuple[float, list[tuple[float, Floats]], float]:
    """The price at which what is taken just meets a right-hand side; choices on both sides of it; the total.

    The total is convex in the price: where the lines on both sides meet, the next price is tried.

    Parameters
    ----------
    worth
        By modules and provider, −∞ where not allowed, shape (most + 1, providers).
    takes
        What a module of each provider takes, not negative, shape (providers,).
    right
        Right-hand side.
    guess
        A price that may be near.
    """
    first = worth.argmax(axis=0)
    plain = float(worth.max(axis=0).sum())
    taken = float(takes @ first)
    if taken <= right:
        return 0.0, [(1.0, first.astype(np.float64))], plain
    some = np.flatnonzero((first > 0) & (takes > 0))
    own, each = worth[:, some], np.arange(len(worth))[:, None] * takes[some]
    rest, fixed = plain - float(own.max(axis=0).sum()), taken - float(takes[some] @ first[some])

    def at(price: float) -> _Choice:
        net = own - price * each
        modules = net.argmax(axis=0)
        took = fixed + float(takes[some] @ modules)
        return _Choice(price, modules, took, rest + float(net.max(axis=0).sum()) + price * right)

    low, high = _around(at, _Choice(0.0, first[some], taken, plain), right, guess)
    low, high, best = _narrowed(at, low, high, right)
    share = (right - high.taken) / (low.taken - high.taken) if low.taken > high.taken else 0.0
    parts = []
    for part, choice in ((share, low), (1.0 - share, high)):
        modules = first.astype(np.float64)
        modules[some] = choice.modules
        parts.append((part, modules))
    return best.price, parts, best.total


def _around(
    at: Callable[[float], _Choice], low: _Choice, right: float, guess: float
) -> tuple[_Choice, _Choice]:
    """Choices that take too much, and that do not."""
    price, step = (guess, WIDER * guess) if guess > 0 else (1.0, 7.0)
    high = at(price)
    while high.taken > right and price < STEEPEST:
        low, price, step = high, price + step, 8.0 * step
        high = at(price)
    if low.price == 0 and guess > 0 and (near := at(high.price * (1.0 - WIDER))).taken > right:
        low = near
    return low, high


def _narrowed(
    at: Callable[[float], _Choice], low: _Choice, high: _Choice, right: float
) -> tuple[_Choice, _Choice, _Choice]:
    """The last choices on both sides of the best price, and that with the least total."""
    best = high
    for lines in itertools.islice(itertools.cycle((True, True, False)), MOST):
        width = high.price - low.price
        if width <= CLOSE * high.price or high.taken > right:
            break
        slope, rise = right - low.taken, right - high.taken
        cross = (high.total - low.total + slope * low.price - rise * high.price) / (slope - rise)
        price = cross if lines and low.price < cross < high.price else (low.price + high.price) / 2
        now = at(price)
        best = now if now.total < best.total else best
        if price == cross and now.total <= low.total + slope * (price - low.price) + CLOSE * abs(now.total):
            break
        low, high = (now, high) if now.taken > right else (low, now)
    return low, high, best
