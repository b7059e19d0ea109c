"""The question at given prices: each provider decides for itself, and the sum bounds every plan.

Every rule that ties providers together gets a price for each of its rows; what is left falls apart into
one small question for each provider, answered by sorting. Whatever the prices are, no plan is better than
the sum of the answers (weak duality: Geoffrion 1974), so that a bound can be checked by arithmetic alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from planner.problem.blocks import said
from planner.problem.choice import CHOSEN
from planner.problem.prices import Found, Prices, best_price
from planner.problem.stock import Shelf, Stock
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
NEAR = (0.97, 0.8)
"""Shares of the last price of the row that is priced exactly, at which providers are first left out."""


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
        self.gain = gain(problem)
        self.shelf = Shelf(problem, None, self.gain, self.upper)

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

    @cached_property
    def _further(self) -> sparse.csr_array | None:
        """What rows other than those of need take of each pair, shape (pairs, rows); None where nothing."""
        served = self._by_column["serve"].tocoo()
        mine = slice(self.counted.start, self.counted.stop)
        where = (served.col < mine.start) | (served.col >= mine.stop)
        if self._plain and not where.any():
            return None
        keep = where if self._plain else np.ones(len(where), bool)
        entries = (served.data[keep], (served.row[keep], served.col[keep]))
        return sparse.csr_array(sparse.coo_array(entries, shape=served.shape))

    @cached_property
    def _plain(self) -> bool:
        """Whether each pair takes one unit of the row of its need point, and of no other row of need."""
        rows = self.matrix("serve")[self.counted].tocoo()
        return len(rows.data) == len(self.problem.pairs) and bool(
            (rows.data == 1).all() and (rows.row == self.problem.need_point[rows.col]).all()
        )

    @property
    def apart(self) -> bool:
        """Whether pairs take of the row of their need point alone, and other rows speak of modules alone."""
        return self._plain and self._further is None and not self.others and not self.matrix(CHOSEN).nnz

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

    @cached_property
    def most_and_least(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows that say at most, and rows that say at least."""
        return self.sense == "<=", self.sense == ">="

    def signed(self, row: Floats) -> Floats:
        """Prices with the sign that each row's sense asks for."""
        most, least = self.most_and_least
        return np.clip(row, np.where(least, 0.0, -np.inf), np.where(most, 0.0, np.inf))

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
        self.shelf = Shelf(self.problem, None, self.gain, self.upper)

    def next_worth(self, prices: Prices, modules: Whole) -> Floats:
        """What one more module of each provider earns at some prices, before it pays for its rows."""
        earns = self.stock(prices).earns
        top, column = len(earns) - 1, np.arange(len(modules))
        worth: Floats = earns[np.minimum(modules + 1, top), column] - earns[np.minimum(modules, top), column]
        return worth

    def narrowed(self, lower: Whole, upper: Whole) -> None:
        """Look at fewer modules only: pairs of providers that stay closed are put aside."""
        self.lower, self.upper = lower, upper
        self.shelf = self.shelf.part(upper[self.shelf.provider] > 0, upper)

    def reduced(self, prices: Prices, family: str) -> Floats:
        """Cost of each column of a family, less what its rows pay."""
        paid = self._by_column[family] @ prices.row
        return np.asarray(self.cost.get(family, 0.0) - paid)

    def earnings(self, prices: Prices) -> Floats:
        """What a unit served earns on each pair that is looked at, less what it pays for its rows."""
        problem, shelf = self.problem, self.shelf
        earns = prices.row[self.counted][shelf.point] if self._plain else np.zeros(len(shelf.pairs))
        if len(prices.weight):
            worth = per_resident(problem, prices.weight)[problem.place]
            earns += worth[shelf.point] * shelf.gain
        if self._further is not None:
            earns += (self._further @ prices.row)[shelf.pairs]
        return earns - self.cost["serve"][shelf.pairs] if "serve" in self.cost else earns

    def stock(self, prices: Prices) -> Stock:
        """What each number of modules of every provider earns."""
        return self.shelf.stock(self.earnings(prices))

    def answer(self, prices: Prices, exact: int | None = None) -> tuple[Found, Prices]:
        """Let every provider decide; the row `exact`, one of modules alone, gets its best price."""
        row, last, right = prices.row.copy(), 0.0, 0.0
        takes = np.zeros(len(self.upper))
        if exact is not None:
            takes, right, last = self.takes(exact), float(self.right[exact]), max(-float(row[exact]), 0.0)
            row[exact] = 0.0
        plain = Prices(prices.weight, row)
        earns = self.earnings(plain)
        opened, chosen = self.reduced(plain, "open"), self.reduced(plain, CHOSEN)
        loss = opened - self.shelf.best(earns) + np.minimum(chosen, 0.0)
        for near in (*NEAR, 0.0) if last > 0 else (0.0,):
            idle = (self.lower == 0) & (loss + near * last * takes >= 0)
            stock = self.shelf.stock(earns, idle)
            price, parts, total = best_price(self._worth(stock, opened, chosen, idle), takes, right, last)
            if (loss + price * takes >= 0)[idle].all():
                break
        if exact is not None:
            row[exact] = -price
        return self._found(plain, stock, parts, total - price * right)

    def losses(self, prices: Prices) -> Floats:
        """Less than the best number of modules of each provider earns, every number earns at some prices.

        Shape (most + 1, providers); infinite for numbers that are not allowed.
        """
        self.widened()
        plain = Prices(prices.weight, self.signed(prices.row))
        nobody = np.zeros(len(self.upper), bool)
        opened, chosen = self.reduced(plain, "open"), self.reduced(plain, CHOSEN)
        worth = self._worth(self.shelf.stock(self.earnings(plain), nobody), opened, chosen, nobody)
        found: Floats = worth.max(axis=0) - worth
        return found

    def _worth(self, stock: Stock, opened: Floats, chosen: Floats, idle: NDArray[np.bool_]) -> Floats:
        """What each number of modules is worth, −∞ where it is not allowed, shape (most + 1, providers)."""
        steps = np.arange(len(stock.earns))[:, None]
        worth = stock.earns - opened * steps - np.where(steps > 0, chosen, 0.0)
        allowed = (steps >= self.lower) & (steps <= np.where(idle, 0, self.upper))
        return np.where(allowed, worth, -np.inf)

    def _found(
        self, prices: Prices, stock: Stock, parts: Sequence[tuple[float, Floats]], total: float
    ) -> tuple[Found, Prices]:
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
        point = problem.need_point[stock.pair]
        if self._plain:
            slack[self.counted] -= np.bincount(point, amount, len(problem.need))
        if self._further is not None:
            served = np.zeros(len(problem.pairs))
            served[stock.pair] = amount
            slack = slack - self._further.T @ served
        places = problem.place[point]
        benefit = np.bincount(places, self.gain[stock.pair] * amount, len(problem.places))
        bound = self._start(prices) + float(prices.row @ self.right) - total + rest
        return Found(bound, modules, stock.pair, amount, slack, benefit), prices

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
