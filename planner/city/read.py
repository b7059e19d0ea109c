"""From the layers of a scenario to a City: read once, checked, projected, joined by id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from planner.city.ask import asked
from planner.city.changes import all_changes
from planner.city.city import City
from planner.city.crs import check_city_crs, city_crs
from planner.city.findings import Findings
from planner.city.guard import Wanted, read_layers
from planner.city.joined import join_tables
from planner.city.margins import margins_table
from planner.city.people import Layered, cells, neighbourhoods
from planner.city.periods import all_periods, figures_of
from planner.city.places import Placed, all_facilities, all_sites, facilities, sites
from planner.city.shapes import shapes
from planner.city.source import Source
from planner.city.streets import heights, streets
from planner.city.survey import layer_facts
from planner.city.tables import travel_table
from planner.city.where import check_near, check_overlaps, house_cells
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from planner.city.ask import Ask, Reading
    from planner.city.guard import Raw
    from planner.city.postgis import Fetched
    from planner.scenario.schema import Scenario

SIDECARS = (".shx", ".dbf", ".prj", ".cpg")


@dataclass
class _Layers:
    """Every layer, each checked alone, in its own coordinate system."""

    areas: Layered | None = None
    points: Layered | None = None
    sites: list[Placed] = field(default_factory=list)
    facilities: list[Placed] = field(default_factory=list)
    lines: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    heights: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def read_city(scenario: Scenario) -> City:
    """Read the place and its people: every layer that the scenario names, checked, projected, joined.

    Parameters
    ----------
    scenario
        The question; layers lie relative to its file.

    Returns
    -------
    City
        All geometries in one projected coordinate system [m].

    Raises
    ------
    InputFault
        Everything that has to be mended, all at once: first what concerns single layers, then what
        concerns their joins.
    MachineFault
        When memory, disk or permissions do not suffice.
    """
    findings = Findings()
    check_city_crs(scenario, findings)
    asks = asked(scenario, findings)
    findings.stop()
    sources, databases = read_sources(scenario, asks, findings)
    layers = _each_alone(sources)
    findings.stop()
    city = _together(scenario, layers, _hashes(scenario, asks) | databases, findings)
    return replace(city, layers=layer_facts(sources))


def read_sources(
    scenario: Scenario, asks: list[Ask], findings: Findings
) -> tuple[list[Source], dict[str, str]]:
    """Read each file once, with all columns that any key names; SHA-256 of what is read from databases."""
    every: dict[Reading, list[Ask]] = {}
    for ask in (part for whole in asks for part in (whole, *whole.joins)):
        every.setdefault(ask.reading, []).append(ask)
    with TemporaryDirectory(prefix="planner-fetch-") as folder:
        fetched = _fetched(scenario, every, Path(folder))
        wanted = [_wanted(reading, parts, fetched) for reading, parts in every.items()]
        raws = dict(zip(every, read_layers(wanted), strict=True))
    hashes = {every[reading][0].named: found.digest for reading, found in fetched.items()}
    return [_source(scenario, ask, raws, findings) for ask in asks], hashes


def _names(parts: list[Ask]) -> frozenset[str]:
    return frozenset(name for ask in parts for name in ask.columns.values())


def _wanted(reading: Reading, parts: list[Ask], fetched: Mapping[Reading, Fetched]) -> Wanted:
    ask = parts[0]
    if ask.path is None:
        return Wanted(fetched[reading].path, _names(parts), shown=ask.spec.source, form="PostGIS")  # type: ignore[union-attr]
    return Wanted(ask.path, _names(parts), ask.layer, ask.table)


def _fetched(scenario: Scenario, every: Mapping[Reading, list[Ask]], folder: Path) -> dict[Reading, Fetched]:
    """What databases hold, each table and query in a file; every fault is gathered."""
    asked = {reading: parts for reading, parts in every.items() if parts[0].path is None}
    if not asked:
        return {}
    from planner.city.postgis import fetch  # noqa: PLC0415 - only where a scenario names a database

    found: dict[Reading, Fetched] = {}
    faults: list[Fault] = []
    for number, (reading, parts) in enumerate(asked.items()):
        base, where = parts[0].database, scenario.where(*parts[0].trail, "postgis")
        order = getattr(parts[0].spec, "id", None) or getattr(parts[0].spec, "on", None)
        assert base is not None  # noqa: S101 what is no file is a database
        try:
            found[reading] = fetch(base, _names(parts), order, folder / f"{number}.parquet", where)
        except InputFault as fault:
            faults += fault.faults
    if faults:
        raise InputFault(faults)
    return found


def _source(scenario: Scenario, ask: Ask, raws: Mapping[Reading, Raw], findings: Findings) -> Source:
    """One layer with the tables that are joined to it."""
    raw = raws[ask.reading]
    tables = [
        Source(scenario, _own(join, raws[join.reading]), raws[join.reading], findings) for join in ask.joins
    ]
    if not tables:
        return Source(scenario, ask, raw, findings)
    whole, parts = join_tables(raw, str(getattr(ask.spec, "id", "")), tables, findings)
    return Source(scenario, ask, whole, findings, parts=parts, tables=tables)


def _own(join: Ask, raw: Raw) -> Ask:
    """What is asked of a joined table: the columns that it has, and that of the ids."""
    own = {trail: name for trail, name in join.columns.items() if name in raw.columns or trail[-1] == "on"}
    return replace(join, columns=own)


def _each_alone(sources: list[Source]) -> _Layers:
    layers = _Layers()
    for source in sources:
        spec, trail = source.ask.spec, source.ask.trail
        match trail:
            case ("city", "neighbourhoods"):
                layers.areas = neighbourhoods(source, spec)  # type: ignore[arg-type]
            case ("city", "cells"):
                layers.points = cells(source, spec)  # type: ignore[arg-type]
            case ("services", _, "sites"):
                layers.sites.append(sites(source, spec))  # type: ignore[arg-type]
            case ("services", _, "existing"):
                layers.facilities.append(facilities(source, spec))  # type: ignore[arg-type]
            case ("travel", mode):
                layers.tables[mode] = travel_table(source, spec)  # type: ignore[arg-type]
            case ("travel", mode, "streets"):
                layers.lines[mode] = streets(source, spec)  # type: ignore[arg-type]
            case ("travel", mode, "heights"):
                layers.heights[mode] = heights(source, spec)  # type: ignore[arg-type]
            case ("travel", mode, _):
                layers.lines[mode] = shapes(source, "barriers").to_frame("geometry")
    return layers


def _together(scenario: Scenario, layers: _Layers, inputs: dict[str, str], findings: Findings) -> City:
    """Project and join what is sound by itself."""
    assert layers.areas is not None  # noqa: S101 every scenario has neighbourhoods
    crs = city_crs(scenario, layers.areas.frame.geometry, findings)
    findings.stop()
    areas = layers.areas.projected(crs)
    points = None if layers.points is None else _housed(scenario, layers.points, areas, findings)
    check_overlaps(areas)
    _check_near(layers, areas)
    findings.stop()
    (area, home, need), *later = all_periods(scenario, areas, points, findings)
    figures = figures_of(areas, points)
    margins = margins_table(scenario, figures, area, home, findings)
    need = pd.concat([need, *(part.need for part in later)], ignore_index=True) if later else need
    people = tuple((part.area, part.home) for part in later)
    built, candidates = all_sites(layers.sites, area)
    standing = all_facilities(layers.facilities, candidates, crs)
    changes = all_changes(layers.facilities, candidates)
    findings.stop()
    lines, ground = (
        {mode: frame.to_crs(crs) for mode, frame in of.items()} for of in (layers.lines, layers.heights)
    )
    notes = tuple(findings.notes)
    places = (built, candidates, standing, lines, layers.tables)
    return City(crs, area, home, need, *places, inputs, notes, margins, changes, people, heights=ground)


def _housed(scenario: Scenario, own: Layered, areas: Layered, findings: Findings) -> Layered:
    """Cells in the city's coordinate system, each in its neighbourhood."""
    points = own.projected(areas.frame.crs)
    before = len(findings.faults)
    check_near(points.source, points.in_rows(points.frame), own.in_rows(own.frame), areas.frame.total_bounds)
    if len(findings.faults) == before:
        named = scenario.city.cells is not None and scenario.city.cells.neighbourhood is not None
        house_cells(points, areas, findings, named=named)
    return points


def _check_near(layers: _Layers, areas: Layered) -> None:
    bounds: NDArray[np.float64] = areas.frame.total_bounds
    seen = set()
    for part in [*layers.sites, *layers.facilities]:
        if (key := part.source.ask.key) not in seen:
            check_near(part.source, part.own.to_crs(areas.frame.crs), part.own, bounds)
        seen.add(key)


def _hashes(scenario: Scenario, asks: list[Ask]) -> dict[str, str]:
    """SHA-256 of every file read, by its path in the project (its name where it lies outside)."""
    return hashes_of(_files(scenario, asks))


def _files(scenario: Scenario, asks: list[Ask]) -> dict[str, Path]:
    paths = {part.path for ask in asks for part in (ask, *ask.joins) if part.path is not None}
    shapefiles = [path for path in paths if path.suffix.lower() == ".shp"]
    paths |= {
        beside for path in shapefiles for ending in SIDECARS if (beside := path.with_suffix(ending)).is_file()
    }
    project = scenario.project.resolve()
    names = {
        path.relative_to(project).as_posix() if path.is_relative_to(project) else path.name: path
        for path in paths
    }
    return dict(sorted(names.items()))


def files_of(scenario: Scenario) -> dict[str, Path] | None:
    """Every file that a scenario reads, by its path in the project; None where it reads a database too.

    Raises
    ------
    InputFault
        When a scenario names what cannot be.
    """
    findings = Findings()
    asks = asked(scenario, findings)
    findings.stop()
    databases = [part for ask in asks for part in (ask, *ask.joins) if part.path is None]
    return None if databases else _files(scenario, asks)


def hashes_of(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of files, by their names."""
    return {name: _sha256(path) for name, path in files.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
