"""The certificate of a bound: prices that prove it, or as much of it as they can, without the solver."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.model.formulation import natural_prices
from planner.model.metropolis import follower
from planner.model.pricing import Pricing, priced_exactly
from planner.model.relax import FEW_PAIRS
from planner.plan import who_vouches
from planner.problem.blocks import said
from planner.problem.outcome import Outcome
from planner.problem.prices import Prices
from planner.problem.proof import Unpriced, at_prices, proven, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from planner.model.relax import Dual
    from planner.model.search import Search
    from planner.model.yardstick import Yardstick
    from planner.plan import Plan
    from planner.problem.blocks import Block, Goal
    from planner.problem.local import Local
    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

SHARE, SECONDS = 0.1, 2.0
"""Longest time for better prices: a share of that of the search, and some more [s]."""
FEW_MOVES, MOVES = 40, 400
"""Moves of the prices beyond those of the relaxation: where that held every tight row, and elsewhere."""
ENOUGH = 1e-4
"""Share of the possible gain by which the bound must rise in some moves to go on."""


@dataclass(frozen=True)
class Certificate:
    """Prices as `frames.PRICES`, and the bound that they prove by arithmetic (minimised, natural)."""

    prices: pd.DataFrame
    bound: float


def certificate(
    yardstick: Yardstick, blocks: Sequence[Block], search: Search, seconds: float
) -> Certificate | None:
    """The best prices that the search has come by, moved on for a while; None where prices prove nothing.

    Parameters
    ----------
    yardstick, blocks
        The principle, and the rules that every plan keeps.
    search
        The search, ended.
    seconds
        What it took [s].
    """
    deadline = time.monotonic() + SHARE * seconds + SECONDS
    with suppress(Unpriced, MemoryError):
        local = at_prices(yardstick.problem, blocks, yardstick.unit, yardstick.parameters)
        best, bound = _best(local, _known(yardstick, local, search))
        if search.pricing is None and not search.stopped:
            best, bound = _moved(yardstick, local, search, (best, bound), deadline)
        if np.isfinite(bound):
            return Certificate(table_of(local, best), bound)
    return None


def proof_of(plan: Plan) -> Certificate | None:
    """The certificate that a plan has already."""
    bound = plan.status.priced_bound
    return None if plan.prices is None or bound is None else Certificate(plan.prices, bound)


def told(
    yardstick: Yardstick, value: float, before: float, bound: float | None, proof: Certificate | None
) -> dict[str, Any]:
    """What a status says of the certificate of its bound, beside the bound itself."""
    if proof is None or bound is None:
        return {}
    priced = min(proof.bound, value)
    gap, own = (yardstick.gap(value, b, before) for b in (priced, bound))
    return {
        "proof": who_vouches(own, gap),
        "priced_bound": priced,
        "priced_level": yardstick.level(priced),
        "priced_gap": gap,
    }


def _best(local: Local, known: Sequence[Prices]) -> tuple[Prices, float]:
    """The prices that prove most, and what."""
    bounds = [proven(local, prices) for prices in known]
    k = int(np.argmax(bounds))
    return known[k], bounds[k]


def _known(yardstick: Yardstick, local: Local, search: Search) -> list[Prices]:
    """Prices at hand: none at all, those of the search, those of its relaxation with weights in some ways."""
    follow = follower(yardstick)
    weights = [np.zeros(0)]
    row = np.zeros(len(local.right))
    low = Outcome.nothing(yardstick.problem).wellbeing
    if follow is not None:
        weights = [follow(None, low, 1.0)]
    known = [Prices(weights[0], row)]
    if search.pricing is not None:
        known.append(search.pricing.best)
    if search.asked is not None:
        asked = row.copy()
        asked[local.counted] = -search.asked
        known.append(local.answer(Prices(weights[0], asked), priced_exactly(local))[1])
    if search.dual is not None:
        known += _of_dual(yardstick, local, search.dual, weights)
    return known


def from_dual(yardstick: Yardstick, dual: Dual, local: Local) -> Prices:
    """The prices of a relaxation that prove most by themselves."""
    return _best(local, _of_dual(yardstick, local, dual, [np.zeros(0)]))[0]


def _of_dual(yardstick: Yardstick, local: Local, dual: Dual, weights: list[Floats]) -> list[Prices]:
    """Prices of a relaxation, with weights of places in some ways."""
    row, goal = _prices_of(local, dual)
    follow = follower(yardstick)
    if follow is not None:
        own = _weights(yardstick.problem, dual.goal, goal)
        here = Outcome(yardstick.problem, dual.found["open"], dual.found["serve"]).wellbeing
        weights = [own, follow(None, here, 1.0)]
        weights += [follow(own, here, 0.0)] if own.sum() > 0 else []
    return [Prices(weight, row) for weight in weights]


def _prices_of(local: Local, dual: Dual) -> tuple[Floats, list[Floats]]:
    """Prices of the priced rows in the relaxation, natural, shape (rows,); and of each of the goal's rows."""
    price = natural_prices(dual.model, dual.scaled)
    edges = np.cumsum([0, *(len(r) for r in dual.model.rows)])
    known = {said(r): price[a:b] for r, a, b in zip(dual.model.rows, edges, edges[1:], strict=False)}
    none = np.zeros(0)
    rows = [known.get(said(r), np.zeros(len(r))) for r in local.rows]
    return np.concatenate([none, *rows]), [known[said(r)] for r in dual.goal.rows]


def _weights(problem: Problem, goal: Goal, price: Sequence[Floats]) -> Floats:
    """What a point of wellbeing of each place counts, by the goal's rows of places, shape (places,)."""
    place = {name: k for k, name in enumerate(problem.homes.astype(str))}
    weight = np.zeros(len(place))
    for rows, own in zip(goal.rows, price, strict=True):
        signs = [float(np.sign(t.coefficient).sum()) for t in rows.terms if t.family == "serve"]
        if signs:
            head = len(rows.rule) + 1
            at = np.array([place[str(label)[head:]] for label in rows.labels], np.int64)
            weight[at] += np.sign(signs[0]) * own * problem.population[at]
    return weight


def _moved(
    yardstick: Yardstick, local: Local, search: Search, known: tuple[Prices, float], deadline: float
) -> tuple[Prices, float]:
    """The same, or better prices to which they lead while the bound rises."""
    prices, bound = known
    gain = search.before - bound
    if gain <= 0 or yardstick.gap(search.value, bound, search.before) <= search.gap + ENOUGH:
        return known
    few = len(yardstick.problem.pairs) <= FEW_PAIRS
    blank = search.dual is None and search.asked is None
    pricing = Pricing(local, search.before, follower(yardstick), None if blank else prices)
    with suppress(KeyboardInterrupt):
        pricing.run(deadline, ENOUGH * gain, FEW_MOVES if few and not blank else MOVES)
    new = proven(local, pricing.best)
    return (pricing.best, new) if new > bound else known
