"""Draws: what the counts might have been by their margins of error, and which cells the city might have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from zlib import crc32

import numpy as np
import pandas as pd

from planner.indicators.assess import EVERYONE, group_shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.distribution import Floats
    from planner.scenario.schema import Scenario

    Whole = NDArray[np.int64]

COLUMNS = ("need", "reached", "quality_weighted", "travelled", "unmet")


@dataclass(frozen=True)
class Draws:
    """Counts drawn from the margins of error; arrays of shape (draws, cells), or (1, cells) where exact.

    Attributes
    ----------
    growth
        By service: need of the draw over the need that was counted.
    shares
        By group: share of the residents in the group.
    """

    growth: dict[str, Floats]
    shares: dict[str, Floats]


def drawn(scenario: Scenario, city: City, *, draws: int, seed: int) -> Draws:
    """Draw needs and shares of groups from their margins of error.

    Each place and each column is drawn by itself from a normal distribution about its estimate, needs cut
    off at 0 and shares at 0 and 1. The survey does not publish how its estimates go together: that of
    neighbouring places, and of a need and a group, would make some sums surer and others less sure. The
    Census Bureau's own sums treat places as independent, too, which overstates the error of a whole city.
    What was estimated as 0 stays 0; residents are taken as exact; what moves between the cells of a
    neighbourhood, within which a count is only spread, is not known and not drawn.

    Parameters
    ----------
    scenario, city
        The groups, and what was counted of them with its margins.
    draws
        Number of draws, at least 1.
    seed
        The same seed gives the same draws; each column has its own stream.
    """
    shares = {name: share[None, :] for name, share in group_shares(scenario, city).items()}
    growth = {str(service): np.ones((1, len(city.cells))) for service in scenario.services}
    if city.margins is None:
        return Draws(growth, shares)
    for key, rows in city.margins.groupby(["kind", "name", "layer"], sort=True):
        kind, name, layer = map(str, cast("tuple[str, ...]", key))
        noise = _noise(rows, f"{kind}/{name}", draws, seed)
        if kind == "need":
            growing = np.maximum(1 + noise / rows["estimate"].to_numpy(np.float64), 0)
            growth[name] = _by_cell(city, layer, rows, growing, 1)
        elif name in shares and name != EVERYONE:
            shift = _by_cell(city, layer, rows, noise, 0)
            shares[name] = np.clip(shares[name] + shift, 0, 1)
    return Draws(growth, shares)


def as_drawn(scenario: Scenario, city: City) -> City:
    """Return the city with needs drawn by the scenario's seed; the city itself where it draws none."""
    asked = scenario.drawn
    if asked is None:
        return city
    growth = {name: each[0] for name, each in drawn(scenario, city, draws=1, seed=asked.seed).growth.items()}
    for name in growth if asked.demand else ():
        error = np.random.default_rng([asked.seed, crc32(f"demand/{name}".encode())]).standard_normal()
        growth[name] = growth[name] * np.exp(asked.demand * error - asked.demand**2 / 2)
    note = f"Needs are drawn by chance (seed {asked.seed}): they are not the estimates, but what could be."
    return replace(grown(city, growth), notes=(*city.notes, note))


def grown(city: City, growth: Mapping[str, Floats]) -> City:
    """Return the city with other needs.

    Parameters
    ----------
    growth
        By service: need over what was counted, shape (cells,).
    """
    by_cell = pd.DataFrame(growth, index=city.cells.index)
    at = (
        by_cell.index.get_indexer(pd.Index(city.need["cell"])),
        by_cell.columns.get_indexer(pd.Index(city.need["service"])),
    )
    need = city.need.assign(need=city.need["need"] * by_cell.to_numpy(np.float64)[at])
    return replace(city, need=need[need["need"] > 0])


def _noise(rows: pd.DataFrame, name: str, draws: int, seed: int) -> Floats:
    """Errors of each draw, in the unit of the estimate, shape (draws, rows)."""
    stream = np.random.default_rng([seed, crc32(name.encode())])
    noise: Floats = stream.standard_normal((draws, len(rows))) * rows["error"].to_numpy(np.float64)
    return noise


def _by_cell(city: City, layer: str, rows: pd.DataFrame, values: Floats, otherwise: float) -> Floats:
    """Values of places, told of the cells in them, shape (draws, cells)."""
    home = city.cells.index if layer == "cells" else city.cells["neighbourhood"]
    place = rows.set_index("place").index.get_indexer(home)
    told: Floats = np.where(place >= 0, values[:, place], otherwise)
    return told


def resampled(cells: int, *, draws: int, seed: int) -> Floats:
    """How often each cell is in each draw of as many cells with replacement, shape (draws, cells)."""
    stream = np.random.default_rng([seed, crc32(b"cells")])
    counts: Floats = stream.multinomial(cells, np.full(cells, 1 / cells), size=draws).astype(np.float64)
    return counts


def rescored(
    now: dict[tuple[str, str], Floats], growth: dict[str, Floats], draws: int
) -> list[dict[tuple[str, str], Floats]]:
    """Score the plan on each draw: the assignment is kept, and served need that vanishes is not served.

    Where the need of a cell shrinks below what the plan serves there, all that it is served (and its way)
    shrinks with it; where the need grows, what it is served stays, and the growth is unmet. A plan that
    is made for an estimate therefore scores a little worse on average than on the estimate.

    Parameters
    ----------
    now
        Figures of `COLUMNS` by (service, column) as estimated, shape (cells,).
    growth
        By service: need of the draw over the estimate, shape (draws or 1, cells).
    draws
        Number of draws.

    Returns
    -------
    For each draw the same figures, as `View.drawn` takes them.
    """
    stacked: dict[tuple[str, str], Floats] = {}
    for service in {service for service, _ in now}:
        need = now[service, "need"] * growth[service]
        served = now[service, "reached"]
        reached = np.minimum(served, need)
        kept = np.divide(reached, served, out=np.ones_like(reached), where=served > 0)
        stacked |= {
            (service, "need"): need,
            (service, "reached"): reached,
            (service, "quality_weighted"): now[service, "quality_weighted"] * kept,
            (service, "travelled"): now[service, "travelled"] * kept,
            (service, "unmet"): need - reached,
        }
    return [{key: table[min(d, len(table) - 1)] for key, table in stacked.items()} for d in range(draws)]
