"""Shortest ways along a street network, the walk to the street and from it counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.city.findings import listed
from planner.errors import Fault, InputFault
from planner.travel.ends import TOLERANCE, Ways, ends, limits_in_metres, share_out
from planner.travel.streets import graph, snap, streets_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from planner.city.city import City
    from planner.scenario.schema import Network, Scenario
    from planner.travel.ends import Ends
    from planner.travel.streets import Snapped

CELLS_OF_MEMORY = 16_000_000
"""Lengths that are held at once: sources × nodes."""


def network_ways(
    city: City, scenario: Scenario, mode: Network, services: list[str], streets: gpd.GeoDataFrame
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Measure shortest ways between cells and places along streets.

    Parameters
    ----------
    city, scenario
        Places in metres, and how far each service reaches.
    mode
        Speed [km/h] and farthest distance from a street [m].
    services
        Services of this mode; they share the work.
    streets
        Lines that meet where they share a vertex.

    Returns
    -------
    tuple
        Pairs by service, as in `TravelMatrix`, and notes.
    """
    both = ends(city, services)
    points, at = both.points
    stretches = streets_of(streets.geometry.to_numpy())
    if not len(stretches.start):
        raise InputFault(Fault("the streets have no length", mode.streets.source, "name a layer of lines"))
    snapped = snap(stretches, np.concatenate([both.cell_xy, points]), mode.snap_limit_metres)
    lengths, node = graph(stretches, snapped)
    limit = max(limits_in_metres(scenario, services, mode.speed_kmh).values(), default=0.0)
    ways = _ways(lengths, node, snapped.away, len(both.cells), limit)
    notes = [*_snapping(both, at, snapped, mode.snap_limit_metres), *_parts(both, at, lengths, node)]
    return share_out(both, ways, scenario, services, mode.speed_kmh), notes


def _ways(
    lengths: csr_array, node: NDArray[np.int64], away: NDArray[np.float64], cells: int, limit: float
) -> Ways:
    """Lengths within the limit [m] between the first `cells` points and the others."""
    sides = [np.flatnonzero(node[:cells] >= 0), cells + np.flatnonzero(node[cells:] >= 0)]
    few, many = sorted(sides, key=len)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    step = max(1, CELLS_OF_MEMORY // max(lengths.shape[0], 1))
    for start in range(0, len(few), step):
        sources = few[start : start + step]
        metres = dijkstra(lengths, directed=True, indices=node[sources], limit=limit * (1 + TOLERANCE))
        metres = metres[:, node[many]] + away[sources][:, None] + away[many][None, :]
        row, column = np.nonzero(metres <= limit * (1 + TOLERANCE))
        found.append((sources[row], many[column], metres[row, column]))
    one = np.concatenate([part[0] for part in found]) if found else np.array([], np.int64)
    other = np.concatenate([part[1] for part in found]) if found else np.array([], np.int64)
    metres = np.concatenate([part[2] for part in found]) if found else np.array([], np.float64)
    cell, point = (one, other) if few is sides[0] else (other, one)
    return Ways(cell, point - cells, metres)


def _names(both: Ends, at: NDArray[np.int64], bad: NDArray[np.bool_]) -> list[tuple[str, list[str]]]:
    """Cells and places among the bad points."""
    cells = both.cells[bad[: len(both.cells)]].tolist()
    places = both.places.get_level_values("place")[bad[len(both.cells) :][at]]
    return [("cells", cells), ("sites and facilities", sorted(set(places)))]


def _snapping(both: Ends, at: NDArray[np.int64], snapped: Snapped, limit: float) -> list[str]:
    on = snapped.stretch >= 0
    notes = []
    if on.any():
        away = snapped.away[on]
        notes.append(
            f"The walk to the nearest street is counted: {np.median(away):.0f} "
            f"m in the median, {away.max():.0f} m at worst."
        )
    for kind, names in _names(both, at, ~on):
        if names:
            notes.append(
                f"{len(names)} {kind} lie farther than {limit:g} m from every "
                f"street and are out of reach: {listed(names)}."
            )
    return notes


def _parts(both: Ends, at: NDArray[np.int64], lengths: csr_array, node: NDArray[np.int64]) -> list[str]:
    count, part = connected_components(lengths, directed=False)
    if count == 1:
        return []
    main = np.argmax(np.bincount(part))
    apart = (node >= 0) & (part[node] != main)
    told = [f"{len(names)} {kind} ({listed(names)})" for kind, names in _names(both, at, apart) if names]
    note = f"The streets fall into {count} parts that do not meet"
    return [
        f"{note}; on the smaller ones stand {' and '.join(told)}."
        if told
        else f"{note}; nobody and nothing stands on the smaller ones."
    ]
