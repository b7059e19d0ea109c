"""Generalised entropy: the indices of inequality that split exactly into within and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from planner.catalogue import summary
from planner.distribution import admit
from planner.errors import Fault, InputFault
from planner.indicators.ranks import BAD_OR_NEGATIVE, share_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from planner.distribution import Floats

AXIOMS = ("scale", "transfer", "replication", "anonymity", "zero_if_equal", "decomposition")
GOOD: dict[str, Any] = {
    "goods_only": True,
    "not_negative": True,
    "instead": BAD_OR_NEGATIVE,
    "limits": (0, np.inf),
    "axioms": AXIOMS,
}
Order = Annotated[float, Field(ge=-10, le=10)]


@summary(unit="1", reference="Theil (1967)", **GOOD)
def theil_t(values: Floats, weights: Floats) -> float:
    r"""How unequally people share it, with most heed to the top; splits into within and between groups.

    .. math:: T = \sum_i p_i \frac{x_i}{\mu} \ln \frac{x_i}{\mu}, \quad 0 \ln 0 = 0

    It counts those who have nothing in the mean, with their full weight.
    """
    return _entropy(values, share_of(weights), 1)


@summary(unit="1", reference="Theil (1967), mean log deviation", **GOOD)
def theil_l(values: Floats, weights: Floats) -> float:
    r"""How unequally people share it, with most heed to the bottom; infinite when somebody has nothing.

    .. math:: L = \sum_i p_i \ln \frac{\mu}{x_i}
    """
    return _entropy(values, share_of(weights), 0)


@summary(unit="1", reference="Shorrocks (1980); Cowell (2011)", **GOOD)
def generalised_entropy(values: Floats, weights: Floats, *, order: Order = 2.0) -> float:
    r"""How unequally people share it; low orders look at the bottom, high ones at the top.

    .. math:: GE_a = \frac{1}{a (a - 1)} \Bigl(\sum_i p_i (x_i/\mu)^a - 1\Bigr)

    Order 0 is Theil L, order 1 Theil T, order 2 half the squared coefficient of variation.
    """
    return _entropy(values, share_of(weights), order)


def _entropy(values: Floats, shares: Floats, order: float) -> float:
    mu = float(shares @ values)
    if mu <= 0 or values.min() == values.max():
        return 0.0
    ratios = values / mu
    if order <= 0 and ratios.min() <= 0:
        return float("inf")
    if order == 0:
        return max(float(-shares @ np.log(ratios)), 0.0)
    if order == 1:
        some = ratios > 0
        return max(float((shares * ratios)[some] @ np.log(ratios[some])), 0.0)
    return max(float((shares @ ratios**order - 1) / (order * (order - 1))), 0.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """Inequality within the groups and between their means; together all of it.

    Attributes
    ----------
    within, between
        The two parts; their sum is the index.
    groups
        By group: its own index.
    """

    within: float
    between: float
    groups: dict[Any, float]


def theil_t_parts(values: ArrayLike, weights: ArrayLike, groups: ArrayLike) -> Parts:
    r"""Split Theil T: :math:`T = \sum_g s_g T_g + \sum_g s_g \ln(\mu_g/\mu)`, s the share held."""
    return generalised_entropy_parts(values, weights, groups, order=1)


def theil_l_parts(values: ArrayLike, weights: ArrayLike, groups: ArrayLike) -> Parts:
    r"""Split Theil L: :math:`L = \sum_g p_g L_g + \sum_g p_g \ln(\mu/\mu_g)`, p the share of people."""
    return generalised_entropy_parts(values, weights, groups, order=0)


def generalised_entropy_parts(
    values: ArrayLike, weights: ArrayLike, groups: ArrayLike, *, order: float = 2.0
) -> Parts:
    r"""Split a generalised entropy exactly into within and between groups.

    .. math:: GE_a = \sum_g p_g (\mu_g/\mu)^a GE_a^g + GE_a(\mu_1, …, \mu_G)

    Parameters
    ----------
    values, weights
        What each place has, and its people; shape (places,).
    groups
        Group of each place, shape (places,).
    order
        a; 1 for Theil T, 0 for Theil L.
    """
    names, code = np.unique(np.asarray(groups), return_inverse=True)
    if code.shape != np.shape(values):
        raise InputFault(
            Fault(f"{code.size} groups for {np.size(values)} places", hint="give each place its group")
        )
    x, w, g = admit("generalised_entropy", GOOD, (values, weights, code), "more")
    if not len(x):
        return Parts(float("nan"), float("nan"), {})
    shares, member = share_of(w), g.astype(np.int64)
    people = np.bincount(member, shares, len(names))
    held = np.bincount(member, shares * x, len(names))
    there = people > 0
    means = np.divide(held, people, out=np.zeros_like(held), where=there)
    own = {i: _entropy(x[member == i], share_of(w[member == i]), order) for i in np.flatnonzero(there)}
    mu = float(held.sum())
    within = sum(_part(people[i], means[i] / mu if mu > 0 else 0.0, order) * own[i] for i in own if own[i])
    between = _entropy(means[there], people[there], order)
    return Parts(float(within), between, {names[i].item(): index for i, index in own.items()})


def _part(people: float, ratio: float, order: float) -> float:
    """Weight of a group's own index in the whole."""
    return float(people * ratio**order) if ratio > 0 else 0.0
