"""Mend what needs no guess about people: shapes, overlaps, areas drawn for points, cells astray."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from planner.city.ask import asked
from planner.city.crs import city_crs
from planner.city.findings import Findings
from planner.city.read import read_sources
from planner.city.shapes import TYPES, shapes
from planner.city.where import NEAR, OVERLAP, STRAY, locate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from planner.city.ask import Reading, Trail
    from planner.city.source import Source
    from planner.scenario.schema import Scenario

    Shapes = NDArray[np.object_]

MOST_SHARED = 0.1
"""Who shares more of the smaller neighbourhood than this has made no slip of drawing: people decide."""
HOUSED = "in_neighbourhood"
"""Column that a mended copy of the cells has more."""
KINDS = {"neighbourhoods": "polygons", "streets": "lines", "barriers": "barriers"}
"""Kinds of layers by the last word of their key; all others hold points."""


class Change(NamedTuple):
    """One thing that a copy has otherwise: file, feature (id, or number from 1), what, its ground [m²]."""

    file: str
    feature: str
    what: str
    area_m2: float


@dataclass
class Copy:
    """A layer, and how its copy differs.

    Attributes
    ----------
    source
        The layer as it was read.
    kind
        `points`, `lines`, `polygons` or `barriers`.
    shapes
        Shapes of the copy, in the layer's own coordinate system.
    kept
        Rows that the copy has.
    changes
        What was mended.
    housed
        Neighbourhood of each row, where the copy is to name it.
    trails
        Keys of the scenario that name the layer.
    """

    source: Source
    kind: str
    shapes: gpd.GeoSeries
    kept: NDArray[np.bool_]
    changes: list[Change] = field(default_factory=list)
    housed: Shapes | None = None
    trails: list[Trail] = field(default_factory=list)

    def note(self, row: int, what: str, area: float = 0.0) -> None:
        """Note one change."""
        names = self.source.names
        name = names[row] if names and names[row] else str(row + 1)
        self.changes.append(Change(self.source.raw.name, name, what, area))


def mended(scenario: Scenario) -> list[Copy]:
    """Mend every layer of a scenario, as far as that needs no knowledge of the place.

    Invalid polygons are drawn again from their own lines (`make_valid` of GEOS, by structure); areas where
    points are expected become a point inside them; rows that say the same in all that is read of them stand
    once; ground that two neighbourhoods share, up to a tenth of the smaller, is left to the smaller; cells up
    to a kilometre outside all neighbourhoods are put into the nearest. Nobody is left out, no number changed.

    Parameters
    ----------
    scenario
        A scenario that was read.

    Returns
    -------
    list of Copy
        Layers whose copies differ; none from a database.

    Raises
    ------
    InputFault
        When a file cannot be read at all.
    MachineFault
        When memory, disk or permissions do not suffice.
    """
    findings = Findings()
    asks = asked(scenario, findings)
    findings.stop()
    sources, _ = read_sources(scenario, asks, Findings())  # what stays wrong is told by reading the copies
    copies: dict[tuple[Reading, str], Copy] = {}
    for source in sources:
        if source.ask.path is not None and hasattr(source.ask.spec, "crs") and len(source):
            key = source.ask.reading, KINDS.get(source.ask.trail[-1], "points")
            if key not in copies:
                copies[key] = _alone(source, key[1])
            copies[key].trails.append(source.ask.trail)
    by_trail = {trail: copy for copy in copies.values() for trail in copy.trails}
    if (areas := by_trail.get(("city", "neighbourhoods"))) is not None and areas.shapes.crs is not None:
        crs = city_crs(scenario, areas.shapes, Findings())
        _cut_overlaps(areas, crs)
        own = scenario.city.cells
        if own is not None and own.neighbourhood is None and (points := by_trail.get(("city", "cells"))):
            _house(points, areas, crs)
    return [copy for copy in copies.values() if copy.changes]


def _alone(source: Source, kind: str) -> Copy:
    """What can be mended about a layer by itself."""
    found = shapes(source, kind)
    key = getattr(source.ask.spec, "id", None)
    if key is not None:
        source.ids(key)
    copy = Copy(source, kind, found, np.ones(len(found), bool))
    drawn = found.to_numpy().copy()
    for row, (shape, what) in _redrawn(drawn, kind):
        drawn[row] = shape
        copy.note(row, what)
    copy.shapes = gpd.GeoSeries(drawn, crs=found.crs)
    for row in _twice(source, drawn):
        copy.kept[row] = False
        copy.note(row, "the row says in all that is read of it what another says: it stands once")
    return copy


def _redrawn(found: Shapes, kind: str) -> Iterator[tuple[int, tuple[shapely.Geometry, str]]]:
    """Rows whose shape is drawn otherwise, with the new one and what was done."""
    there = ~(shapely.is_missing(found) | shapely.is_empty(found))
    fits = np.isin(shapely.get_type_id(found), TYPES[kind])
    if kind == "points":
        for row in np.flatnonzero(there & ~fits):
            point = shapely.point_on_surface(found[row])
            yield int(row), (point, f"a point inside stands for the {found[row].geom_type}")
    elif kind in {"polygons", "barriers"}:
        for row in np.flatnonzero(there & ~(fits & shapely.is_valid(found))):
            whole = shapely.make_valid(found[row], method="structure", keep_collapsed=False)
            parts = shapely.get_parts(whole)
            parts = parts[np.isin(shapely.get_type_id(parts), TYPES[kind])]
            if len(parts):
                yield int(row), (shapely.union_all(parts), "its outline was not valid and is drawn again")


def _twice(source: Source, drawn: Shapes) -> NDArray[np.int64]:
    """Rows that say again what another said before, in everything that is read and in their shape."""
    table = source.raw.table.assign(shape=shapely.to_wkb(drawn))
    return np.flatnonzero(table.duplicated()) if source.names else np.array([], np.int64)


def _cut_overlaps(areas: Copy, crs: str) -> None:
    """Leave ground that two neighbourhoods share to the smaller of them."""
    metric = areas.shapes.to_crs(crs).to_numpy()
    use = areas.kept & shapely.is_valid(metric) & ~shapely.is_missing(metric)
    rows = np.flatnonzero(use)
    if not len(rows) or shapely.coverage_is_valid(metric[rows]):
        return
    one, other = (
        rows[at] for at in shapely.STRtree(metric[rows]).query(metric[rows], predicate="intersects")
    )
    one, other = one[one < other], other[one < other]
    size, common = shapely.area(metric), shapely.area(shapely.intersection(metric[one], metric[other]))
    small, large = np.where(size[one] <= size[other], (one, other), (other, one))
    drawn = areas.shapes.to_numpy().copy()
    names = areas.source.names
    for at in np.flatnonzero((common > OVERLAP * size[small]) & (common <= MOST_SHARED * size[small])):
        drawn[large[at]] = shapely.difference(drawn[large[at]], drawn[small[at]])
        areas.note(
            int(large[at]), f"ground that it shared with {names[small[at]]} is left to that", common[at]
        )
    areas.shapes = gpd.GeoSeries(drawn, crs=areas.shapes.crs)


def _house(points: Copy, areas: Copy, crs: str) -> None:
    """Put cells that lie a little outside all neighbourhoods into the nearest."""
    if points.shapes.crs is None:
        return
    at, ids = points.shapes.to_crs(crs).to_numpy(), np.array(areas.source.names, object)
    order = np.argsort(ids, kind="stable")
    order = order[areas.kept[order]]
    frame = gpd.GeoDataFrame(geometry=areas.shapes.to_crs(crs).to_numpy()[order], index=ids[order], crs=crs)
    found, _ = locate(at, frame)
    outside = np.flatnonzero((found < 0) & ~shapely.is_missing(at))
    if not len(outside):
        return
    (row, area), away = shapely.STRtree(frame.geometry.to_numpy()).query_nearest(
        at[outside], all_matches=False, return_distance=True
    )
    near = away <= STRAY
    found[outside[row[near]]] = area[near]
    for cell, to, metres in zip(outside[row[near]], area[near], away[near], strict=True):
        if metres > NEAR:
            points.note(
                int(cell), f"lies {metres:,.0f} m outside all neighbourhoods: is put into {ids[order][to]}"
            )
    points.housed = np.where(found < 0, "", ids[order][found])


def tables(copies: list[Copy]) -> Mapping[str, gpd.GeoDataFrame]:
    """Every copy with all columns of its file, by the name of a file that it may have.

    Columns that the scenario reads as numbers are numbers, all others text.
    """
    from planner.city.guard import Wanted, read_layers  # noqa: PLC0415 - the second reading, of all columns

    wanted = [
        Wanted(
            copy.source.ask.path,
            frozenset(copy.source.raw.columns),
            copy.source.ask.layer,
            copy.source.ask.table,
        )
        for copy in copies
        if copy.source.ask.path is not None
    ]
    written: dict[str, gpd.GeoDataFrame] = {}
    for copy, raw in zip(copies, read_layers(wanted), strict=True):
        table = raw.table.copy()
        for column in sorted(copy.source.ask.numbers & set(table)):
            values = copy.source.values(column)
            if values.notna().all():
                table[column] = values.to_numpy()
        table = _apart(table, copy.source.ask.columns.values())
        if copy.housed is not None:
            table[HOUSED] = copy.housed
        layer = gpd.GeoDataFrame(table, geometry=copy.shapes.to_numpy(), crs=copy.shapes.crs)
        stem = copy.source.raw.name.rpartition(".")[0]
        name = stem if stem not in written else f"{stem}_{len(written) + 1}"
        written[name] = layer[copy.kept]
    return written


def _apart(table: pd.DataFrame, named: Collection[str]) -> pd.DataFrame:
    """Columns whose names differ by more than large letters, as a GeoPackage needs; those named stay."""
    seen = {name.casefold() for name in named}
    new = {}
    for number, column in enumerate(map(str, table), 1):
        if column not in named:
            new[column] = f"{column}_{number}" if column.casefold() in seen else column
            seen.add(column.casefold())
    return table.rename(columns=new)
