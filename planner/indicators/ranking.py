"""Ranking: which groups or places truly differ, and which ranks may be printed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.catalogue import units
from planner.indicators.assess import EVERYONE
from planner.indicators.certainty import CELLS, LEVEL, MARGINS
from planner.indicators.draws import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.indicators.certainty import Certainty
    from planner.plan import Plan
    from planner.scenario.schema import Scenario

ROUNDING = 1e-9
"""Differences below this share of the values are none."""
RANKED = {"reached_share", "quality_weighted_share", "wellbeing", "unmet_per_resident", "travel"}
"""Measures by which groups are ranked, by their means."""
FIGURE = ["when", "period", "service", "measure", "summary"]


def apart(values: Floats, draws: Floats, level: float = LEVEL) -> NDArray[np.bool_]:
    r"""Say which pairs differ significantly, all pairs together.

    A pair differs when its difference lies so far from 0, in its own standard errors, that with
    probability `level` no pair at all would lie as far from its own mean:

    .. math:: |\bar\Delta_{ij}| / s_{ij} > c, \quad
              P(\max_{ij} |\Delta_{ij} - \bar\Delta_{ij}| / s_{ij} \le c) = level

    so that with many groups or places no difference is told for having looked often. The difference of
    the figures themselves must have the same sign.

    Parameters
    ----------
    values
        The figures, shape (n,).
    draws
        The same in each draw, all of one run of draws, shape (n, draws).
    level
        Confidence of all pairs together.

    Returns
    -------
    Shape (n, n), symmetric, False on the diagonal and where a figure is missing.

    References
    ----------
    Mogstad, Romano, Shaikh & Wilhelm (2024), Inference for ranks, Review of Economic Studies 91(1).
    """
    count = len(values)
    means, farthest = np.zeros((count, count)), np.zeros(draws.shape[1])
    errors = np.zeros((count, count))
    tiny = ROUNDING * (np.nanmax(np.abs(draws), initial=0.0) + 1e-300)
    for i in range(count - 1):
        delta = draws[i] - draws[i + 1 :]
        mean, error = delta.mean(axis=1), delta.std(axis=1)
        means[i, i + 1 :], errors[i, i + 1 :] = mean, error
        moving = error > tiny
        if moving.any():
            away = np.abs(delta[moving] - mean[moving, None]) / error[moving, None]
            farthest = np.fmax(farthest, np.nan_to_num(away).max(axis=0))
    critical = float(np.quantile(farthest, level)) if len(farthest) else np.inf
    differ = np.abs(means) > np.maximum(critical * errors, tiny)
    with np.errstate(invalid="ignore"):
        differ &= np.sign(means) == np.sign(values[:, None] - values[None, :])
    whole: NDArray[np.bool_] = np.triu(differ, 1) | np.triu(differ, 1).T
    return whole


def standings(
    names: Sequence[str], values: Floats, draws: Floats, *, better: str = "more", level: float = LEVEL
) -> pd.DataFrame:
    """Rank names by what they have, with the ranks that each may truly have.

    Returns
    -------
    Columns `name`, `value`, `best`, `worst` (ranks from 1, the best; those significantly better stand
    before, those significantly worse behind) and `rank`: empty (0) unless it is certain. Sorted from the
    best value, then by name. Only `rank` may be printed as a rank.
    """
    differ = apart(values, draws, level)
    sign = 1.0 if better == "more" else -1.0
    ahead = differ & (sign * values[None, :] > sign * values[:, None])
    best = 1 + ahead.sum(axis=1)
    worst = len(values) - (differ & ~ahead).sum(axis=1)
    known = np.isfinite(values)
    table = pd.DataFrame({"name": list(names), "value": values, "best": best, "worst": worst})[known]
    table["rank"] = table["best"].where(table["best"] == table["worst"], 0)
    order = table.assign(key=-sign * table["value"]).sort_values(["key", "name"], kind="stable")
    return order.drop(columns="key").reset_index(drop=True)


def group_standings(certainty: Certainty, level: float = LEVEL) -> pd.DataFrame:
    """Rank the groups by the mean of each measure of `RANKED`, where the draws tell them apart.

    Uses the draws from margins of error; those of the bootstrap where there are none.

    Returns
    -------
    Columns of `standings`, before them `when`, `period`, `service`, `measure`, `summary`, `method`.
    """
    method = MARGINS if MARGINS in certainty.draws else CELLS
    table, draws = certainty.of(method)
    chosen = table["measure"].isin(RANKED) & (table["summary"] == "mean") & (table["group"] != EVERYONE)
    parts = []
    for _, rows in table[chosen].groupby(FIGURE, sort=True):
        direction = units("measure")[str(rows["measure"].iloc[0])].facts["better"]
        figures = rows["value"].to_numpy(np.float64)
        ranked = standings(rows["group"].tolist(), figures, draws[rows.index], better=direction, level=level)
        heads = {name: rows[name].iloc[0] for name in FIGURE} | {"method": method}
        parts.append(ranked.assign(**heads)[[*heads, *ranked.columns]])
    empty = pd.DataFrame(columns=[*FIGURE, "method", "name", "value", "best", "worst", "rank"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def neighbourhood_standings(
    scenario: Scenario, city: City, plan: Plan, *, draws: int = 200, seed: int = 0, level: float = LEVEL
) -> pd.DataFrame | None:
    """Rank the neighbourhoods by unmet need per resident after the plan, the least first.

    Returns
    -------
    Columns `period`, `service` and those of `standings`, for the services whose need has margins of
    error: taken as exact, all ranks of the others would look certain. None where there are no such.
    """
    growth = drawn(scenario, city, draws=draws, seed=seed).growth
    growth = {service: grown for service, grown in growth.items() if len(grown) > 1}
    if not growth:
        return None
    people = city.neighbourhoods["population"]
    people = people[people > 0]
    parts = []
    points = plan.need_points[plan.need_points["service"].isin(list(growth))]
    for _, rows in points.groupby(["period", "service"], sort=True):
        service = str(rows["service"].iloc[0])
        at = city.cells.index.get_indexer(rows["cell"])
        drawn_need = rows["need"].to_numpy(np.float64) * growth[service][:, at]
        left = np.maximum(drawn_need - rows["reached"].to_numpy(np.float64), 0.0)
        home = people.index.get_indexer(rows["neighbourhood"])
        sums = np.array([np.bincount(home, draw, len(people)) for draw in (rows["unmet"].to_numpy(), *left)])
        each = (sums / people.to_numpy(np.float64)).T
        ranked = standings(people.index.tolist(), each[:, 0], each[:, 1:], better="less", level=level)
        parts.append(ranked.assign(period=rows["period"].iloc[0], service=service))
    whole = pd.concat(parts, ignore_index=True)
    return whole[["period", "service", *[c for c in whole.columns if c not in {"period", "service"}]]]


def tiers(ranked: pd.DataFrame) -> list[list[str]]:
    """Split a table of `standings` into tiers: everybody in a tier is surely ahead of all of the next."""
    names, reach = ranked["name"].tolist(), np.maximum.accumulate(ranked["worst"].to_numpy())
    ahead = np.minimum.accumulate(ranked["best"].to_numpy()[::-1])[::-1]
    cuts = [0, *(i for i in range(1, len(names)) if reach[i - 1] < ahead[i]), len(names)]
    return [names[a:b] for a, b in pairwise(cuts)]
