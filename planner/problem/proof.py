"""What proves a bound: the question at saved prices, answered by arithmetic, less all that rounding can add.

The search finds the prices; here nothing depends on how. Whatever they are, no plan is better than what
they prove (weak duality), so that whoever reads them can check the bound without any solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.problem.blocks import Block, Goal
from planner.problem.choice import CHOSEN
from planner.problem.local import OWN, Local, per_resident
from planner.problem.prices import Prices
from planner.problem.wellbeing import attainable, unserved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.catalogue import Unit
    from planner.problem.blocks import Rows
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""What rounding can add to a sum, as a share of the sizes of all its terms: floating point loses at most
1.1e-16 a step, and no sum here has more than a few million steps."""
RULE, PLACE = "rule", "place"
KEY = ["kind", "rule", "name", "nth"]


class Unpriced(Exception):  # noqa: N818 - read as a word: except Unpriced
    """A question whose bound prices do not prove, with the reason in words."""


def at_prices(problem: Problem, blocks: Sequence[Block], unit: Unit, given: Mapping[str, Any]) -> Local:
    """Write a question under a principle so that its rows can have prices.

    Parameters
    ----------
    problem
        The question.
    blocks
        The rules that every plan keeps.
    unit, given
        The principle and its parameters.

    Raises
    ------
    Unpriced
        Where the arithmetic of prices is not that of the question.
    """
    if problem.futures is not None or len(problem.need["future"].unique()) > 1:
        raise Unpriced("it has several futures")
    if problem.moving is not None:
        raise Unpriced("homes move people")
    least = unit.half("least")
    if least is not None:
        local = Local(problem, blocks, least=lambda weight: float(least(weight, problem, **given)))
    elif unit.half("by_levels") is not None:
        raise Unpriced("its bound is found level by level")
    else:
        goal = unit.function(problem, **given)
        if not isinstance(goal, Goal) or goal.tighten is not None:
            raise Unpriced("its goals are no one sum")
        whole = (*blocks, Block(goal.rows, goal.variables))
        local = Local(problem, whole, cost=goal.cost, constant=goal.constant)
    _refuse_foreign(problem, blocks, local)
    return local


def _refuse_foreign(problem: Problem, blocks: Sequence[Block], local: Local) -> None:
    """Refuse rows that no provider keeps by itself in the way in which the prices are answered."""
    rows = {r.rule: r for b in blocks for r in b.rows if r.rule in {"counted", "capacity"}}
    point, amount = problem.need_point, problem.amount
    at, capacity = problem.provider, problem.useful_capacity
    if not _says(rows.get("counted"), {"serve": (point, np.ones(len(point)))}, amount):
        raise Unpriced("who is counted is not told need point by need point")
    own = {"serve": (at, np.ones(len(at))), "open": (np.arange(len(capacity)), -capacity)}
    if not _says(rows.get("capacity"), own, np.zeros(len(capacity))):
        raise Unpriced("capacity is not told provider by provider")
    families = OWN | local.others.keys()
    said = {t.family for r in local.rows for t in r.terms} | local.cost.keys()
    moved = {v.family for b in blocks for v in b.variables} & {"serve", "open"}
    if moved or not said <= families:
        raise Unpriced(f"its rules speak of {', '.join(sorted(moved | (said - families)))}")


def _says(rows: Rows | None, terms: Mapping[str, tuple[NDArray[Any], Floats]], bound: Floats) -> bool:
    """Whether rows say just this: for each family the row and coefficient of every column, and no more."""
    if rows is None or rows.sense != "<=" or {t.family for t in rows.terms} != terms.keys():
        return False
    same = [
        np.array_equal(t.row, terms[t.family][0])
        and np.array_equal(t.column, np.arange(len(t.row)))
        and np.array_equal(t.coefficient, terms[t.family][1])
        for t in rows.terms
    ]
    return all(same) and len(same) == len(terms) and np.array_equal(rows.bound, bound)


def proven(local: Local, prices: Prices) -> float:
    """What the prices prove: no plan's value is below it, whatever rounding did; −∞ where it is nothing."""
    local.widened()
    with np.errstate(all="ignore"):
        found, _ = local.answer(Prices(prices.weight, local.signed(prices.row)))
        bound = found.bound - rounding(local, prices)
    return bound if np.isfinite(bound) else -np.inf


def rounding(local: Local, prices: Prices) -> float:
    """Most that rounding can have added to what the prices prove, in the objective's unit.

    A billionth of the sizes of all that is summed: for each provider its dearest pair at full capacity.
    Where pairs that earn the same but for the last digits are sorted wrongly, no more is lost than the
    resolution of the key by which they are sorted.
    """
    problem, size = local.problem, np.abs(prices.row)
    pair = abs(local.by_column("serve")) @ size + np.abs(local.cost.get("serve", 0.0))
    if len(prices.weight):
        worth = per_resident(problem, np.abs(prices.weight))[problem.place]
        pair = pair + worth[problem.need_point] * local.gain
    dearest = np.zeros(len(local.upper))
    np.maximum.at(dearest, problem.provider, pair)
    most = local.upper.astype(np.float64)
    room = problem.useful_capacity * most
    sizes = float(dearest @ room) + float(size @ np.abs(local.right)) + _start(local, prices)
    for family in ("open", CHOSEN):
        sizes += float((abs(local.by_column(family)) @ size + np.abs(local.cost.get(family, 0.0))) @ most)
    for family, variables in local.others.items():
        reach = np.maximum(np.abs(variables.lower), np.abs(variables.upper))
        cost = abs(local.by_column(family)) @ size + np.abs(local.cost.get(family, 0.0))
        sizes += float(np.where(cost > 0, cost * np.where(np.isfinite(reach), reach, 0.0), 0.0).sum())
    sorted_by = 4.0 * float(np.spacing(float(len(most) + 1))) * float(pair.max(initial=0.0)) * room.sum()
    return ROUNDING * sizes + float(sorted_by)


def _start(local: Local, prices: Prices) -> float:
    """Sizes of what every plan costs before anybody is served."""
    if local.least is None:
        return abs(local.constant)
    can = np.maximum(np.abs(unserved(local.problem)), np.abs(attainable(local.problem)))
    return abs(local.least(prices.weight)) + 2.0 * float(np.abs(prices.weight) @ can)


def table_of(local: Local, prices: Prices) -> pd.DataFrame:
    """Prices as `frames.PRICES`: those that are not 0, each under the name of its row or place."""
    table = _names(local).assign(price=np.concatenate([local.signed(prices.row), prices.weight]))
    return table[table["price"] != 0.0]


def prices_of(local: Local, table: pd.DataFrame) -> tuple[Prices, tuple[str, ...]]:
    """Read prices back, joined by name, and which of them name nothing in this question."""
    named = _names(local)
    at = pd.MultiIndex.from_frame(named[KEY]).get_indexer(pd.MultiIndex.from_frame(table[KEY]))
    found = at >= 0
    price = np.zeros(len(named))
    price[at[found]] = table["price"].to_numpy(np.float64)[found]
    rows = len(local.right)
    lost = table.loc[~found, "name"].astype(str)
    return Prices(price[rows:], price[:rows]), tuple(lost)


def _names(local: Local) -> pd.DataFrame:
    """Kind, rule, name and number among equal names of each priced row, then of each place with a weight."""
    rules = [r.rule for r in local.rows for _ in range(len(r))]
    labels = [str(label) for r in local.rows for label in r.labels]
    places = [] if local.least is None else local.problem.homes.astype(str).tolist()
    named = pd.DataFrame(
        {
            "kind": [RULE] * len(rules) + [PLACE] * len(places),
            "rule": rules + [""] * len(places),
            "name": labels + places,
        },
        dtype="str",
    )
    nth = named.groupby(["kind", "rule", "name"], sort=False).cumcount() + 1
    return named.assign(nth=nth.astype("int64"))
