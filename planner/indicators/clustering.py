"""Clustering: whether unmet need lies together on the map, by Moran's I with permutations."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.errors import Fault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from planner.city.city import City
    from planner.plan import Plan

COLUMNS = ["period", "service", "places", "moran", "expected", "p"]
NEIGHBOURS = 6
"""Nearest neighbourhoods that each is compared with: about as many as share a border."""
FEWEST = 10
"""With fewer neighbourhoods nothing is told."""


def clustering(city: City, plan: Plan, *, permutations: int = 999, seed: int = 0) -> pd.DataFrame:
    r"""Tell Moran's I of unmet need per resident by neighbourhood, after the plan.

    .. math:: I = \frac{n}{\sum_{ij} w_{ij}}
              \frac{\sum_{ij} w_{ij} (x_i - \bar x)(x_j - \bar x)}{\sum_i (x_i - \bar x)^2}

    The neighbours of a place are the six nearest with residents (each w = 1/6), so that islands have
    neighbours too. p is the share of random reshufflings of the values at least as far from the middle,
    on either side. A high I says that unmet need lies together, not why.

    Returns
    -------
    Columns `period`, `service`, `places`, `moran`, `expected` (−1/(n−1), if need lay at random), `p`; the
    last three NaN where there are fewer than ten neighbourhoods or all have the same.

    Raises
    ------
    MachineFault
        When the extra `audit` is not installed.

    References
    ----------
    Moran (1950); Cliff & Ord (1981); computed by PySAL `esda`.
    """
    areas = city.neighbourhoods[city.neighbourhoods["population"] > 0]
    rows = []
    for (period, service), points in plan.need_points.groupby(["period", "service"], sort=True):
        unmet = points.groupby("neighbourhood")["unmet"].sum().reindex(areas.index, fill_value=0.0)
        each = (unmet / areas["population"]).to_numpy(np.float64)
        told = _moran(areas, each, permutations, seed)
        rows.append({"period": period, "service": service, "places": len(areas), **told})
    return pd.DataFrame(rows, columns=COLUMNS)


def _moran(areas: Any, values: np.ndarray, permutations: int, seed: int) -> dict[str, float]:  # noqa: ANN401 - a GeoDataFrame
    if len(values) < FEWEST or np.ptp(values) <= 1e-12 * np.abs(values).max(initial=0.0):
        return dict.fromkeys(("moran", "expected", "p"), float("nan"))
    moran, graph = _engines()
    focal, other = _nearest(areas.geometry.representative_point())
    with warnings.catch_warnings(), _seeded(seed):
        warnings.simplefilter("ignore")
        weights = graph.from_arrays(focal, other, np.full(len(focal), 1 / NEIGHBOURS))
        told = moran(values, weights, permutations=permutations)
    return {"moran": float(told.I), "expected": float(told.EI), "p": float(told.p_sim)}


def _nearest(centres: gpd.GeoSeries) -> tuple[np.ndarray, np.ndarray]:
    """Each place beside its six nearest, by position; of places at one point the first ones."""
    spots = np.column_stack([centres.x, centres.y])
    apart = np.hypot(*(spots[:, None, :] - spots[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :NEIGHBOURS]
    return np.repeat(np.arange(len(spots)), NEIGHBOURS), nearest.ravel()


def _engines() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from esda.moran import Moran  # noqa: PLC0415 - an extra
            from libpysal.graph import Graph  # noqa: PLC0415
    except ImportError:
        message = "Moran's I needs the packages `esda` and `libpysal`, which are not installed"
        raise MachineFault(Fault(message, hint="pip install 'wellbeing-planner[audit]'")) from None
    return Moran, Graph


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the generator that esda draws from, and leave it as it was."""
    state = np.random.get_state()  # noqa: NPY002 - esda takes no generator
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
