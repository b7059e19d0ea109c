"""What stands within reach, whether or not the plan sends people there; told where the pairs are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import measure

if TYPE_CHECKING:
    from planner.distribution import Floats
    from planner.indicators.view import View

ZONES = (1.0, 0.68, 0.22)
"""Weights of the near, middle and far third of the limit, after Luo & Qi."""


@measure(unit="travel", better="less", needs=("pairs",), reference="R accessibility: cost_to_closest")
def travel_to_nearest(view: View) -> Floats:
    r"""How far it is to the nearest open facility, if people simply went there.

    .. math:: \min_{j\ open} t_{ij}

    Empty where none is within the limit.
    """
    pairs = view.open_pairs
    nearest = np.full(len(view.cells), np.inf)
    np.minimum.at(nearest, pairs["cell"].to_numpy(), pairs["travel"].to_numpy(np.float64))
    return np.where((view.need > 0) & np.isfinite(nearest), nearest, np.nan)


@measure(
    unit="facility", better="more", needs=("pairs",), reference="cumulative opportunities; Hansen (1959)"
)
def choice(view: View) -> Floats:
    r"""Among how many open facilities people can choose within the standard.

    .. math:: \#\{j\ open : t_{ij} \le standard\}
    """
    pairs = view.open_pairs
    near = pairs.loc[pairs["travel"] <= view.standard("standard"), "cell"]
    count = np.bincount(near.to_numpy(np.int64), minlength=len(view.cells)).astype(np.float64)
    return np.where(view.need > 0, count, np.nan)


@measure(unit="1", better="more", needs=("pairs",), reference="2SFCA: Radke & Mu (2000); Luo & Wang (2003)")
def places_per_head(view: View) -> Floats:
    r"""Places within reach for each person in need, shared with all others who can reach them (2SFCA).

    .. math:: A_i = \sum_{j : t_{ij} \le limit} \frac{q_j}{\sum_{k : t_{kj} \le limit} n_k}
    """
    return _floating_catchment(view, np.ones(len(view.open_pairs)))


@measure(unit="1", better="more", needs=("pairs",), reference="E2SFCA: Luo & Qi (2009)")
def near_places_per_head(view: View) -> Floats:
    r"""Places within reach for each person in need, near ones counting more (E2SFCA).

    .. math:: A_i = \sum_j W_{ij} \frac{q_j}{\sum_k W_{kj} n_k}

    W is 1, 0.68 and 0.22 in the near, middle and far third of the limit.
    """
    third = view.standard("limit") / len(ZONES)
    zone = np.ceil(view.open_pairs["travel"].to_numpy(np.float64) / third).astype(np.int64) - 1
    return _floating_catchment(view, np.asarray(ZONES)[np.clip(zone, 0, len(ZONES) - 1)])


def _floating_catchment(view: View, closeness: Floats) -> Floats:
    pairs = view.open_pairs
    cell = pairs["cell"].to_numpy(np.int64)
    provider = pairs["code"].to_numpy(np.int64)
    wanting = np.bincount(provider, closeness * view.need[cell])[provider]
    capacity = pairs["capacity"].to_numpy(np.float64)
    ratio = np.divide(capacity, wanting, out=np.zeros(len(pairs)), where=wanting > 0)
    heads = np.bincount(cell, closeness * ratio, len(view.cells))
    return np.where((view.need > 0) & np.isfinite(heads), heads, np.nan)
