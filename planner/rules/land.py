"""Rule: the land of a site is shared by all services that want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import constraint
from planner.problem.blocks import Block, Rows, Terms
from planner.problem.years import lasting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.problem.outcome import Outcome
    from planner.problem.problem import Problem


def _takers(problem: Problem) -> pd.DataFrame:
    """Candidates that take land of a site with limited land: columns `site` (position), `land_m2`, `most`."""
    site = pd.Index(problem.sites["site"]).get_indexer(problem.providers["place"])
    takers = problem.providers.assign(site=site)[["site", "land_m2", "most", "existing"]]
    limited = np.flatnonzero(np.isfinite(problem.sites["land_m2"].to_numpy(float)))
    return takers[
        lasting(problem) & ~takers["existing"] & (takers["land_m2"] > 0) & takers["site"].isin(limited)
    ]


@constraint(unit="m²", always=True)
def formulate(problem: Problem) -> Block:
    r"""The land of a site is enough for all that is built there.

    .. math:: \sum_j l_j \, open_j \le L_{site}

    Where there are several periods, in the last, when everything stands.
    """
    takers = _takers(problem)
    if not len(takers):
        return Block(())
    sites, row = np.unique(takers["site"], return_inverse=True)
    most = np.bincount(row, takers["land_m2"] * takers["most"], len(sites))
    land = np.minimum(problem.sites["land_m2"].to_numpy(float)[sites], most)
    rows = Rows(
        rule="land",
        terms=(Terms("open", row, takers.index.to_numpy(), takers["land_m2"].to_numpy()),),
        sense="<=",
        bound=land,
        labels=[f"land {problem.sites['site'].iloc[s]}" for s in sites],
        give="find {needed} m² more land at every site where it is short",
    )
    return Block((rows,))


def evaluate(outcome: Outcome) -> NDArray[np.float64]:
    """Land taken beyond what a site has [m²]."""
    takers = _takers(outcome.problem)
    land = outcome.problem.sites["land_m2"].to_numpy(float)
    taken = np.bincount(takers["site"], takers["land_m2"] * outcome.modules[takers.index], len(land))
    over: NDArray[np.float64] = np.maximum(taken - land, 0.0)
    return over
