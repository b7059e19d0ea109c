"""If people simply go to the nearest open facility: served amounts by arithmetic, without any solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.outcome import Outcome
from planner.problem.standing import programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.moving import Moves
    from planner.problem.problem import Problem

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SAME = 1e-9
"""Ways that differ by less than this share are equally near."""


def nearest(problem: Problem, modules: Floats) -> Outcome:
    r"""Who is served when nobody is sent anywhere and everybody goes to the nearest open facility.

    All need of a cell goes to the open provider that is nearest within the limit; providers that are
    equally near (two sizes at one place) share those who come in proportion to their capacity. A provider
    serves those who come in proportion, up to its capacity; the rest is turned away and looks no further:

    .. math:: serve_{ij} = come_{ij} \min\bigl(1, q_j / \sum_k come_{kj}\bigr)

    A programme is no place to go to: it comes to those whom no place serves, in proportion. Where homes move
    people, those who come to the nearest home live there, and go to what is nearest from there.

    Parameters
    ----------
    problem
        The question; its rules beyond capacity are not looked at.
    modules
        Modules in use of each provider, shape (providers,).

    Returns
    -------
    Outcome
        With the same modules.
    """
    placeless = programme(problem)
    places = np.where(placeless, 0.0, modules)
    served = _admitted(problem, places, coming(problem, places))
    if problem.moves is not None:
        served = _from_where_they_live(problem, problem.moves, places, served)
    if placeless.any():
        rest = np.maximum(problem.amount - Outcome(problem, places, served).reached, 0.0)
        programmes = np.where(placeless, modules, 0.0)
        served = served + _admitted(problem, programmes, coming(problem, programmes, rest))
    return Outcome(problem, modules, served)


def _from_where_they_live(problem: Problem, moves: Moves, places: Floats, first: Floats) -> Floats:
    """Who is served when all have moved whom the nearest homes take in; `first` is before anybody moves."""
    homed = np.where(moves.by_moving[problem.need_point], first, 0.0)
    moved, count = moves.moved(homed), len(problem.need)
    lives = problem.need_point.copy()
    lives[moves.away] = count + problem.need_point[moves.away] * len(moved) + moves.away_move
    known, lives = np.unique(lives, return_inverse=True)
    point = np.where(known < count, known, (known - count) // max(len(moved), 1))
    stay = problem.amount - moves.share * moves.gone(homed)[moves.of_point]
    there = moves.share[point] * np.append(moved, 0.0)[np.maximum(known - count, 0) % max(len(moved), 1)]
    amount = np.where(known < count, np.maximum(stay, 0.0)[point], there)
    come = _to_the_nearest(problem, places, lives, amount)
    return _admitted(problem, places, np.where(moves.by_moving[problem.need_point], homed, come))


def _admitted(problem: Problem, modules: Floats, come: Floats) -> Floats:
    """Those who come, scaled down where they are more than the capacity, shape (pairs,)."""
    wanted = np.bincount(problem.provider, come, len(modules))
    capacity = problem.providers["capacity"].to_numpy(np.float64) * modules
    part = np.divide(capacity, wanted, out=np.ones(len(modules)), where=wanted > capacity)
    admitted: Floats = come * part[problem.provider]
    return admitted


def coming(problem: Problem, modules: Floats, amount: Floats | None = None) -> Floats:
    """Need that comes along each pair to the nearest, of all need or an amount of it, shape (pairs,)."""
    everybody = problem.amount if amount is None else amount
    return _to_the_nearest(problem, modules, problem.need_point, everybody, problem.at_home)


def _to_the_nearest(
    problem: Problem, modules: Floats, point: Whole, amount: Floats, looked_at: Flags | None = None
) -> Floats:
    """Amounts of points along each pair to the nearest; `point` of each pair; some pairs alone looked at."""
    provider = problem.provider
    travel = problem.pairs["travel"].to_numpy(np.float64)
    usable = modules[provider] > 0
    way = np.where(usable if looked_at is None else usable & looked_at, travel, np.inf)
    least = np.full(len(amount), np.inf)
    np.minimum.at(least, point, way)
    near = np.isfinite(way) & (way <= least[point] * (1 + SAME) + SAME)
    capacity = problem.providers["capacity"].to_numpy(np.float64) * modules
    room = np.where(near, capacity[provider], 0.0)
    whole = np.bincount(point, room, len(amount))[point]
    share = np.divide(room, whole, out=np.zeros(len(room)), where=whole > 0)
    come: Floats = share * amount[point]
    return come
