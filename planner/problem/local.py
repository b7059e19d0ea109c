"""The question at given prices: each provider decides for itself, and the sum bounds every plan.

Every rule that ties providers together gets a price for each of its rows; what is left falls apart into
one small question for each provider, answered by sorting. Whatever the prices are, no plan is better than
the sum of the answers (weak duality: Geoffrion 1974), so that a bound can be checked by arithmetic alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from planner.problem.blocks import said
from planner.problem.choice import CHOSEN
from planner.problem.prices import Found, Prices, best_price
from planner.problem.wellbeing import gain, unserved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.problem.blocks import Block, Rows
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

WITHIN = frozenset({"capacity", "closed"})
"""Rows that each provider keeps by itself: they need no price."""
OWN = frozenset({"serve", "open", CHOSEN})


@dataclass(frozen=True)
class Stock:
    """Profitable pairs of each provider, the best first, and what each number of modules earns."""

    pair: Whole
    provider: Whole
    before: Floats
    need: Floats
    earns: Floats
    """Earnings by modules and provider, shape (most + 1, providers)."""


class Local:
    """One question whose rows have prices.

    Parameters
    ----------
    problem
        The question.
    blocks
        The rules that plans keep.
    cost, constant
        Costs by family, and what every plan costs, for objectives that are such a sum; none for those of
        wellbeing, which `least` bounds.
    least
        Of an objective of wellbeing: κ(λ), the least of F(W) + λ·W over all wellbeing that can be.
    """

    def __init__(
        self,
        problem: Problem,
        blocks: Sequence[Block],
        *,
        cost: Mapping[str, Floats] | None = None,
        constant: float = 0.0,
        least: Callable[[Floats], float] | None = None,
    ) -> None:
        """Put rows and columns in order."""
        self.problem, self.least = problem, least
        self.cost, self.constant = dict(cost or {}), constant
        self.rows = _once([r for b in blocks for r in b.rows if r.rule not in WITHIN])
        self.others = {v.family: v for b in blocks for v in b.variables if v.family not in OWN}
        self.lower = problem.providers["least"].to_numpy(np.int64)
        self.upper = problem.providers["most"].to_numpy(np.int64)
        self.pairs = np.arange(len(problem.pairs))
        self.gain = gain(problem)

    @cached_property
    def right(self) -> Floats:
        """Right-hand sides of the priced rows, shape (rows,)."""
        return np.concatenate([np.zeros(0), *(r.bound for r in self.rows)])

    @cached_property
    def sense(self) -> NDArray[np.str_]:
        """Sense of each priced row."""
        return np.concatenate([np.zeros(0, "<U2"), *(np.full(len(r), r.sense) for r in self.rows)])

    @cached_property
    def counted(self) -> slice:
        """Where the rows of need stand among the priced rows."""
        start = 0
        for rows in self.rows:
            if rows.rule == "counted":
                return slice(start, start + len(rows))
            start += len(rows)
        return slice(0, 0)

    def matrix(self, family: str) -> sparse.csr_array:
        """Coefficients of a family in the priced rows, shape (rows, columns)."""
        return self._matrices[family]

    @cached_property
    def _matrices(self) -> dict[str, sparse.csr_array]:
        problem = self.problem
        width = {"serve": len(problem.pairs), "open": len(problem.providers), CHOSEN: len(problem.providers)}
        width |= {name: len(v) for name, v in self.others.items()}
        return {family: self._matrix(family, count) for family, count in width.items()}

    def _matrix(self, family: str, width: int) -> sparse.csr_array:
        edges = np.cumsum([0, *(len(r) for r in self.rows)])
        mine = [(t, e) for r, e in zip(self.rows, edges, strict=False) for t in r.terms if t.family == family]
        none = np.zeros(0)
        value = np.concatenate([none, *(t.coefficient for t, _ in mine)])
        row = np.concatenate([none, *(t.row + e for t, e in mine)]).astype(np.int64)
        column = np.concatenate([none, *(t.column for t, _ in mine)]).astype(np.int64)
        return sparse.csr_array(sparse.coo_array((value, (row, column)), shape=(int(edges[-1]), width)))

    @cached_property
    def _by_column(self) -> dict[str, sparse.csr_array]:
        return {family: sparse.csr_array(matrix.T) for family, matrix in self._matrices.items()}

    def signed(self, row: Floats) -> Floats:
        """Prices with the sign that each row's sense asks for."""
        cut = np.where(self.sense == "<=", np.minimum(row, 0.0), row)
        return np.where(self.sense == ">=", np.maximum(cut, 0.0), cut)

    def by_column(self, family: str) -> sparse.csr_array:
        """Coefficients of a family in the priced rows, shape (columns, rows)."""
        return self._by_column[family]

    def takes(self, row: int) -> Floats:
        """What one module of each provider takes of a row, shape (providers,)."""
        return np.asarray(self.matrix("open")[[row]].toarray()).ravel()

    def widened(self) -> None:
        """Look at all modules again."""
        self.lower = self.problem.providers["least"].to_numpy(np.int64)
        self.upper = self.problem.providers["most"].to_numpy(np.int64)
        self.pairs = np.arange(len(self.problem.pairs))

    def next_worth(self, prices: Prices, modules: Whole) -> Floats:
        """What one more module of each provider earns at some prices, before it pays for its rows."""
        earns = self.stock(prices).earns
        top, column = len(earns) - 1, np.arange(len(modules))
        worth: Floats = earns[np.minimum(modules + 1, top), column] - earns[np.minimum(modules, top), column]
        return worth

    def narrowed(self, lower: Whole, upper: Whole) -> None:
        """Look at fewer modules only: pairs of providers that stay closed are put aside."""
        self.lower, self.upper = lower, upper
        self.pairs = self.pairs[upper[self.problem.provider[self.pairs]] > 0]

    def reduced(self, prices: Prices, family: str) -> Floats:
        """Cost of each column of a family, less what its rows pay."""
        paid = self._by_column[family] @ prices.row
        return np.asarray(self.cost.get(family, 0.0) - paid)

    def stock(self, prices: Prices) -> Stock:
        """Sort each provider's pairs by what a unit earns, and sum up by modules."""
        problem, pairs = self.problem, self.pairs
        paid = self._by_column["serve"] @ prices.row
        earns = paid[pairs] - self.cost["serve"][pairs] if "serve" in self.cost else paid[pairs]
        if len(prices.weight):
            worth = per_resident(problem, prices.weight)[problem.place]
            earns = earns + worth[problem.need_point[pairs]] * self.gain[pairs]
        some = np.flatnonzero(earns > 0)
        pair, earns = pairs[some], earns[some]
        provider = problem.provider[pair]
        order = np.argsort(provider - earns / (earns.max(initial=0.0) * (1 + 1e-6) + 1e-300), kind="stable")
        pair, earns, provider = pair[order], earns[order], provider[order]
        need = problem.amount[problem.need_point[pair]]
        upto = np.cumsum(need)
        first = np.searchsorted(provider, np.arange(len(self.upper)))
        before = upto - need - np.concatenate([[0.0], upto])[first][provider]
        most = int(self.upper.max(initial=0))
        table = np.zeros((most + 1, len(self.upper)))
        for m in range(1, most + 1):
            fill = np.clip(problem.useful_capacity[provider] * m - before, 0.0, need)
            table[m] = np.bincount(provider, earns * fill, len(self.upper))
        return Stock(pair, provider, before, need, table)

    def answer(self, prices: Prices, exact: int | None = None) -> tuple[Found, Prices]:
        """Let every provider decide; the row `exact`, one of modules alone, gets its best price."""
        if exact is not None:
            row = prices.row.copy()
            row[exact] = 0.0
            prices = Prices(prices.weight, row)
        stock = self.stock(prices)
        opened, chosen = self.reduced(prices, "open"), self.reduced(prices, CHOSEN)
        steps = np.arange(len(stock.earns))[:, None]
        worth = stock.earns - opened * steps - np.where(steps > 0, chosen, 0.0)
        worth = np.where((steps >= self.lower) & (steps <= self.upper), worth, -np.inf)
        if exact is None:
            modules = worth.argmax(axis=0).astype(np.float64)
            return self._found(prices, stock, [(1.0, modules)], float(worth.max(axis=0).sum())), prices
        right = float(self.right[exact])
        price, parts, total = best_price(worth, steps, self.takes(exact), right)
        row[exact] = -price
        prices = Prices(prices.weight, row)
        return self._found(prices, stock, parts, total - price * right), prices

    def _found(
        self, prices: Prices, stock: Stock, parts: Sequence[tuple[float, Floats]], total: float
    ) -> Found:
        problem = self.problem
        capacity = problem.useful_capacity[stock.provider]
        modules = np.zeros(len(self.upper))
        amount, chosen = np.zeros(len(stock.pair)), np.zeros(len(self.upper))
        for share, own in parts:
            modules += share * own
            chosen += share * (own > 0)
            amount += share * np.clip(capacity * own[stock.provider] - stock.before, 0.0, stock.need)
        slack = self.right - self.matrix("open") @ modules - self.matrix(CHOSEN) @ chosen
        rest = 0.0
        for family, variables in self.others.items():
            cost = self.reduced(prices, family)
            value = np.where(cost > 0, variables.lower, variables.upper)
            rest += float(np.where(cost == 0, 0.0, cost * value).sum())
            slack = slack - self.matrix(family) @ np.where(np.isfinite(value), value, 0.0)
        served = np.zeros(len(problem.pairs))
        served[stock.pair] = amount
        slack = slack - self.matrix("serve") @ served
        places = problem.place[problem.need_point[stock.pair]]
        benefit = np.bincount(places, self.gain[stock.pair] * amount, len(problem.places))
        bound = self._start(prices) + float(prices.row @ self.right) - total + rest
        return Found(bound, modules, stock.pair, amount, slack, benefit)

    def _start(self, prices: Prices) -> float:
        """What every plan costs at least, before anybody is served."""
        if self.least is None:
            return self.constant
        return self.least(prices.weight) - float(prices.weight @ unserved(self.problem))


def _once(rows: Sequence[Rows]) -> tuple[Rows, ...]:
    """Rows that several rules say, as those that link modules and choice, are put in once."""
    seen: dict[tuple[object, ...], Rows] = {}
    for r in rows:
        seen.setdefault(said(r), r)
    return tuple(seen.values())


def per_resident(problem: Problem, weight: Floats) -> Floats:
    """What a point of wellbeing counts for one resident, 0 where nobody is judged, shape (places,)."""
    people = problem.population
    return np.divide(weight, people, out=np.zeros(len(people)), where=people > 0)
