"""If people simply go to the nearest open facility: served amounts by arithmetic, without any solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem.outcome import Outcome
from planner.problem.standing import programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.problem import Problem

    Floats = NDArray[np.float64]

SAME = 1e-9
"""Ways that differ by less than this share are equally near."""


def nearest(problem: Problem, modules: Floats) -> Outcome:
    r"""Who is served when nobody is sent anywhere and everybody goes to the nearest open facility.

    All need of a cell goes to the open provider that is nearest within the limit; providers that are
    equally near (two sizes at one place) share those who come in proportion to their capacity. A provider
    serves those who come in proportion, up to its capacity; the rest is turned away and looks no further:

    .. math:: serve_{ij} = come_{ij} \min\bigl(1, q_j / \sum_k come_{kj}\bigr)

    A programme is no place to go to: it comes to those whom no place serves, in proportion.

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
    if placeless.any():
        rest = np.maximum(problem.amount - Outcome(problem, places, served).reached, 0.0)
        programmes = np.where(placeless, modules, 0.0)
        served = served + _admitted(problem, programmes, coming(problem, programmes, rest))
    return Outcome(problem, modules, served)


def _admitted(problem: Problem, modules: Floats, come: Floats) -> Floats:
    """Those who come, scaled down where they are more than the capacity, shape (pairs,)."""
    wanted = np.bincount(problem.provider, come, len(modules))
    capacity = problem.providers["capacity"].to_numpy(np.float64) * modules
    part = np.divide(capacity, wanted, out=np.ones(len(modules)), where=wanted > capacity)
    admitted: Floats = come * part[problem.provider]
    return admitted


def coming(problem: Problem, modules: Floats, amount: Floats | None = None) -> Floats:
    """Need that comes along each pair to the nearest, of all need or an amount of it, shape (pairs,)."""
    point, provider = problem.need_point, problem.provider
    travel = problem.pairs["travel"].to_numpy(np.float64)
    way = np.where(modules[provider] > 0, travel, np.inf)
    least = np.full(len(problem.need), np.inf)
    np.minimum.at(least, point, way)
    near = np.isfinite(way) & (way <= least[point] * (1 + SAME) + SAME)
    capacity = problem.providers["capacity"].to_numpy(np.float64) * modules
    room = np.where(near, capacity[provider], 0.0)
    whole = np.bincount(point, room, len(problem.need))[point]
    share = np.divide(room, whole, out=np.zeros(len(room)), where=whole > 0)
    return share * (problem.amount if amount is None else amount)[point]
