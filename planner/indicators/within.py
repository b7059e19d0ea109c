"""Within the standard: the share of people near something open, as the SDG indicators of access count it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.catalogue import measure

if TYPE_CHECKING:
    from planner.distribution import Floats
    from planner.indicators.view import View


@measure(
    unit="1",
    better="more",
    weight="residents",
    limits=(0, 1),
    needs=("pairs",),
    reference="as SDG 11.2.1 and the access part of SDG 11.7.1 count; UN-Habitat metadata",
)
def within_standard(view: View) -> Floats:
    r"""Share of residents within the standard of an open facility, whether or not it has room for them.

    .. math:: 1[\min_{j\ open} t_{ij} \le standard]

    Capacity and need are not looked at: somebody may live beside a facility that is full. Read it beside
    `reached_share`. Told of the places where somebody needs the service.
    """
    pairs = view.open_pairs
    near = pairs.loc[pairs["travel"] <= view.standard("standard"), "cell"].to_numpy(np.int64)
    some = np.bincount(near, minlength=len(view.cells)) > 0
    return np.where(view.need > 0, some.astype(np.float64), np.nan)
