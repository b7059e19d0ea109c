"""The two ends of every way: cells, and the places that may serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.city.city import City
    from planner.scenario.schema import Reach, Scenario

TOLERANCE = 1e-9
"""Travel may exceed a limit by this share: exactly at the limit is within it."""


@dataclass(frozen=True)
class Ends:
    """Where the ways of one mode begin and end.

    Attributes
    ----------
    cells, places
        Ids; places are `(service, id)` of the sites and facilities of the services of this mode.
    cell_xy, place_xy
        Coordinates [m], shape (n, 2).
    """

    cells: NDArray[np.object_]
    places: pd.MultiIndex
    cell_xy: NDArray[np.float64]
    place_xy: NDArray[np.float64]

    @property
    def points(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Each different point of the places once, shape (m, 2), and the point of each place."""
        found, at = np.unique(self.place_xy, axis=0, return_inverse=True)
        return found, at.reshape(-1)


@dataclass(frozen=True)
class Ways:
    """Sparse lengths between cells and points: positions and metres."""

    cell: NDArray[np.int64]
    point: NDArray[np.int64]
    metres: NDArray[np.float64]


def ends(city: City, services: list[str]) -> Ends:
    """Cells, and sites and facilities of these services, with their coordinates."""
    standing = city.served_from(services)
    pairs = city.candidates[city.candidates["service"].isin(services)]
    sites = city.sites.geometry.loc[pairs["site"]]
    names = [*zip(pairs["service"], pairs["site"], strict=True)]
    names += [*zip(standing["service"], standing["place"], strict=True)]
    x = np.concatenate([sites.x.to_numpy(), standing.geometry.x.to_numpy()])
    y = np.concatenate([sites.y.to_numpy(), standing.geometry.y.to_numpy()])
    cell_xy = np.column_stack([city.cells.geometry.x, city.cells.geometry.y])
    places = pd.MultiIndex.from_frame(pd.DataFrame(names, columns=["service", "place"], dtype="str"))
    return Ends(city.cells.index.to_numpy(object), places, cell_xy, np.column_stack([x, y]))


def limits_in_metres(scenario: Scenario, services: list[str], speed_kmh: float) -> dict[str, float]:
    """Limit of each service as a length [m]."""
    return {name: limit_in_metres(scenario.services[name].travel, speed_kmh) for name in services}


def limit_in_metres(reach: Reach, speed_kmh: float) -> float:
    """Limit as a length [m]: minutes become metres by the speed of the mode [km/h]."""
    return reach.limit if reach.unit == "m" else reach.limit * speed_kmh * 1000 / 60


def share_out(
    ends: Ends, ways: Ways, scenario: Scenario, services: list[str], speed_kmh: float
) -> dict[str, pd.DataFrame]:
    """Give each service its own pairs within its own limit, in its own unit."""
    at = ends.points[1]
    tables = {}
    for name in services:
        reach = scenario.services[name].travel
        mine = np.flatnonzero(ends.places.get_level_values("service") == name)
        way = pd.DataFrame({"point": ways.point, "cell": ways.cell, "metres": ways.metres})
        here = pd.DataFrame({"point": at[mine], "place": ends.places.get_level_values("place")[mine]})
        joined = way.merge(here, on="point")
        travel = joined["metres"] / (1.0 if reach.unit == "m" else speed_kmh * 1000 / 60)
        table = pd.DataFrame({"cell": ends.cells[joined["cell"]], "place": joined["place"], "travel": travel})
        tables[name] = within(table, reach.limit)
    return tables


def within(table: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return pairs within the limit (exactly at the limit counts), sorted by cell, then place."""
    near = table[table["travel"] <= limit * (1 + TOLERANCE)]
    near = near.assign(travel=near["travel"].clip(upper=limit)).astype({"cell": "str", "place": "str"})
    return near.sort_values(["cell", "place"], kind="stable").reset_index(drop=True)
