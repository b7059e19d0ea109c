"""Quickest ways along a street network, the walk to the street and from it counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.city.findings import listed
from planner.errors import Fault, InputFault
from planner.travel.ends import TOLERANCE, Ways, ends, limits_in_metres, share_out
from planner.travel.pace import of_roads, of_slopes
from planner.travel.streets import graph, snap, streets_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from planner.city.city import City
    from planner.scenario.schema import Network, Scenario
    from planner.travel.ends import Ends
    from planner.travel.streets import Snapped, Streets

CELLS_OF_MEMORY = 16_000_000
"""Lengths that are held at once: sources × nodes."""


def network_ways(
    city: City,
    scenario: Scenario,
    mode: Network,
    services: list[str],
    *,
    streets: gpd.GeoDataFrame,
    ground: gpd.GeoDataFrame | None = None,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Measure quickest ways between cells and places along streets; shortest ones where a limit is a length.

    Parameters
    ----------
    city, scenario
        Places in metres, and how far each service reaches.
    mode
        Speeds [km/h] and farthest distance from a street [m].
    services
        Services of this mode; they share the work.
    streets
        Lines that meet where they share a vertex, with `road`, the kind of each.
    ground
        Points with `height` [m], where slopes count.

    Returns
    -------
    tuple
        Pairs by service, as in `TravelMatrix`, and notes.
    """
    both = ends(city, services)
    points, at = both.points
    stretches, told = _paced(mode, streets, ground)
    snapped = snap(stretches, np.concatenate([both.cell_xy, points]), mode.snap_limit_metres)
    pairs: dict[str, pd.DataFrame] = {}
    for timed, some in _by_measure(scenario, services, stretches):
        lengths, node = graph(stretches, snapped, timed=timed)
        limit = max(limits_in_metres(scenario, some, mode.speed_kmh).values(), default=0.0)
        ways = _ways(lengths, node, snapped.away, len(both.cells), limit)
        pairs |= share_out(both, ways, scenario, some, mode.speed_kmh)
    notes = [*told, *_snapping(both, at, snapped, mode.snap_limit_metres), *_parts(both, at, lengths, node)]
    return pairs, notes


def _paced(
    mode: Network, streets: gpd.GeoDataFrame, ground: gpd.GeoDataFrame | None
) -> tuple[Streets, list[str]]:
    """Stretches of the streets with how much slower each is, by its kind of road and its slope."""
    slower, notes = of_roads(streets, mode)
    found = streets_of(streets.geometry.to_numpy(), slower)
    if not len(found.start):
        raise InputFault(Fault("the streets have no length", mode.streets.source, "name a layer of lines"))
    if ground is not None and mode.heights is not None:
        steep, told = of_slopes(found, ground, mode.heights.source)
        found, notes = replace(found, slower=found.slower * steep), notes + told
    return found, notes


def _by_measure(scenario: Scenario, services: list[str], streets: Streets) -> list[tuple[bool, list[str]]]:
    """Services by what their limit measures: time (True), which slow streets make longer, or length."""
    if (streets.slower == 1).all():
        return [(False, services)]
    by_time = [name for name in services if scenario.services[name].travel.unit != "m"]
    by_length = [name for name in services if name not in by_time]
    return [(timed, some) for timed, some in ((True, by_time), (False, by_length)) if some]


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
