"""What a check tells of layers, of the size of the model, and of what solving it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.city.findings import listed
from planner.city.survey import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.city.city import City
    from planner.problem.problem import Problem
    from planner.scenario.schema import Scenario

BEFORE_GB, PAIR_KB = 0.3, 7.0
"""Memory of the planner with small layers [GB], and of each way from people to a place [kB].

New York (63,707 ways) took 0.74 GB, Monaco (58,820) 0.50 GB; for more ways than some 200,000 the search
holds less of each, so that this is rather too much."""
PAIR_SECONDS = 3.3e-4
"""Seconds of search for each way: New York took 21 s, Monaco 15 s, on two cores."""
SMALL = 200
"""Ways below which a search ends at once."""


def layer_lines(city: City) -> Iterator[str]:
    """Every layer with its rows and coordinate system, and how the layers lie upon one another."""
    yield "Layers:"
    for layer in city.layers:
        system = layer.crs or "a table without places"
        written = f" ({layer.how})" if layer.how else ""
        yield f"    {layer.file}: {layer.rows:,} rows, {layer.format}{written}, {system}"
    found = fit(city)
    yield f"    overlaps of neighbourhoods: {_areas(found.overlaps, found.overlap_m2)}"
    yield f"    gaps between neighbourhoods: {_areas(found.gaps, found.gap_m2)}"
    yield f"    sites outside every neighbourhood: {_names(found.sites_outside)}"
    yield f"    facilities outside every neighbourhood: {_names(found.facilities_outside)}"


def size_lines(problem: Problem, scenario: Scenario, rows: int) -> Iterator[str]:
    """Size of the model, and a forecast of memory and time from what other cities took."""
    pairs = len(problem.pairs)
    whole = int((~problem.providers["existing"]).sum())
    columns = pairs + len(problem.providers)
    yield f"Model: about {columns:,} variables, {whole:,} of them whole, in {rows:,} rows"
    memory = BEFORE_GB + pairs * PAIR_KB / 1e6
    ceiling = scenario.solver.memory_gb
    more = f", more than `solver.memory_gb` ({ceiling:g}) allows" if ceiling and memory > ceiling else ""
    yield f"Forecast: about {memory:.1f} GB of memory{more}; {_seconds(pairs, scenario)}"


def _seconds(pairs: int, scenario: Scenario) -> str:
    limit = scenario.solver.time_limit_seconds
    stop = "" if limit is None else f", stopped after {limit:g} s at the latest"
    if pairs <= SMALL:
        return f"a search of a few seconds{stop}"
    about = max(5, round(pairs * PAIR_SECONDS))
    about = about if limit is None else min(about, round(limit))
    return f"a search of roughly {about:,} s, by what other cities took{stop}"


def _areas(count: int, area: float) -> str:
    return "none" if not count else f"{count:,}, {area:,.0f} m² together"


def _names(names: list[str]) -> str:
    return "none" if not names else f"{len(names):,} ({listed(names)})"
