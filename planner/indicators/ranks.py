"""Ranks and tails of people, exactly weighted; ties share their rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from planner.distribution import Floats

BAD_OR_NEGATIVE = "`kolm_pollak_ede`, `fgt1`, `worst_off` or `p90`, which are valid for it"
"""What to use for travel and other bads, and for values below 0, where an index of a good refuses."""

CLOSE = 1e-12
"""Rounding of a sum of people, relative to all of them, that still counts as equal."""


def share_of(weights: Floats) -> Floats:
    """Share of the people who live in each place, shape (places,)."""
    shares: Floats = weights / weights.sum()
    return shares


def mid_ranks(ranking: Floats, weights: Floats) -> Floats:
    """Share of people ranked below each place plus half of those ranked with it, shape (places,)."""
    _, tie = np.unique(ranking, return_inverse=True)
    people = np.bincount(tie, weights)
    upto = np.cumsum(people)
    middle: Floats = ((upto - people / 2) / upto[-1])[tie]
    return middle


def rank_covariance(values: Floats, weights: Floats, ranking: Floats) -> float:
    r"""Twice the covariance of values and ranks, :math:`2 \sum_i p_i (x_i - \mu)(r_i - ½)`, in their unit.

    Ranked by the values themselves it is half their mean difference, Gini × mean.
    """
    shares = share_of(weights)
    centred = values - shares @ values
    return float(2 * (shares * centred) @ (mid_ranks(ranking, weights) - 0.5))


def tail_mean(values: Floats, weights: Floats, share: float, *, ranking: Floats, top: bool) -> float:
    """Mean among the `share` of people ranked lowest, or highest; the last place counts in part.

    Places with one rank enter together, so that the order of rows does not matter.
    """
    _, tie = np.unique(-ranking if top else ranking, return_inverse=True)
    people = np.bincount(tie, weights)
    upto = np.cumsum(people)
    taken = np.clip(share * upto[-1] - (upto - people), 0.0, people)
    return float(taken @ (np.bincount(tie, weights * values) / people) / taken.sum())


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """Value below which that share of the people live; the middle of two where it falls between them."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(weights[order])
    wanted, close = share * upto[-1], CLOSE * upto[-1]
    first = int(np.searchsorted(upto, wanted - close))
    last = min(int(np.searchsorted(upto, wanted + close, side="right")), len(upto) - 1)
    return float((values[order[first]] + values[order[last]]) / 2)
