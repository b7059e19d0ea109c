"""Geometries of a layer: there, readable, valid, of the right type, and where their CRS says they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planner.city.crs import inside_use
from planner.scenario.schema import Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.city.source import Source

TYPES = {
    "points": (0,),
    "lines": (1, 5),
    "polygons": (3, 6),
    "barriers": (1, 3, 5, 6),
}
"""GEOS type numbers of each kind of layer."""
EXPECTED = {
    "points": "a point",
    "lines": "a line",
    "polygons": "a polygon",
    "barriers": "a line or a polygon",
}
ADVICE = {
    "points": "make points of them, in QGIS with Vector → Geometry Tools → Centroids",
    "lines": "name the layer of street lines",
    "polygons": "name the layer of polygons; points where people live belong under `city.cells`",
    "barriers": "name the layer of lines or polygons",
}
MEND = "mend it, in QGIS with Processing → Fix geometries"
GUESSES = {"x": ("lon", "lng", "longitude", "x", "easting"), "y": ("lat", "latitude", "y", "northing")}


def shapes(source: Source, kind: str) -> gpd.GeoSeries:
    """Geometries of a layer in its own coordinate system; every bad row is noted."""
    spec = source.ask.spec
    assert isinstance(spec, Layer)  # noqa: S101 tables have no shapes
    found = _points_of_table(source, spec) if source.raw.geometry is None else source.raw.geometry
    crs = _crs(source, spec)
    if len(source) and crs is not None:
        good = _good(source, found, kind)
        inside_use(source, gpd.GeoSeries(found[good], crs=crs))
    return gpd.GeoSeries(found, crs=crs)


def _points_of_table(source: Source, spec: Layer) -> NDArray[np.object_]:
    if spec.x is None or spec.y is None:
        guess = {key: _guess(source.raw.columns, names) for key, names in GUESSES.items()}
        hint = "name the columns of longitude and latitude (or easting and northing) with `x` and `y`"
        if all(guess.values()):
            hint += f", perhaps `x: {guess['x']}, y: {guess['y']}`"
        source.findings.add(
            f"`{source.raw.name}` is a table: where its rows lie is not said", source.where(), hint
        )
        return np.full(len(source), shapely.Point(0, 0))
    return np.asarray(shapely.points(_coordinates(source, spec.x), _coordinates(source, spec.y)), object)


def _guess(columns: list[str], names: tuple[str, ...]) -> str | None:
    return next((column for column in columns if column.lower() in names), None)


def _coordinates(source: Source, column: str) -> NDArray[np.float64]:
    values = source.numbers(column, least="any")
    return np.where(np.isfinite(values), values, 0.0)


def _crs(source: Source, spec: Layer) -> str | None:
    """Coordinate system: the file's own, the scenario's, or WGS84 for points in a CSV and plain GeoJSON."""
    raw = source.raw
    if raw.stated:
        return _agreed(source, spec)
    if spec.crs is not None:
        return spec.crs
    if raw.format in {"CSV", "GeoJSON"} or (raw.geometry is None and spec.x is not None):
        return "EPSG:4326"
    stem = raw.name.rpartition(".")[0]
    hint = f"state it: `crs: EPSG:…` here, or `ogr2ogr -a_srs EPSG:… {stem}_with_crs.gpkg {raw.name}`"
    source.findings.add(f"`{raw.name}` states no coordinate system", source.where(), hint)
    return None


def _agreed(source: Source, spec: Layer) -> str | None:
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    raw = source.raw
    try:
        own = CRS.from_user_input(raw.crs)
        given = own if spec.crs is None else CRS.from_user_input(spec.crs)
    except CRSError:
        source.findings.add(
            f"the coordinate system of `{raw.name}` is not known ({spec.crs or raw.crs})", source.where("crs")
        )
        return None
    if not own.equals(given, ignore_axis_order=True):
        message = f"`{raw.name}` states {_short(own)} itself, but `crs` says {spec.crs}"
        source.findings.add(message, source.where("crs"), "remove `crs` here, or correct the file")
    return raw.crs


def _short(crs: object) -> str:
    authority = crs.to_authority() if hasattr(crs, "to_authority") else None
    return ":".join(authority) if authority else str(getattr(crs, "name", crs))


def _good(source: Source, found: NDArray[np.object_], kind: str) -> NDArray[np.bool_]:
    """Which rows have a usable geometry; the others are noted, once each, by kind of fault."""
    good = np.ones(len(found), bool)
    broken = np.isin(np.arange(len(found)), list(source.raw.broken))
    types = shapely.get_type_id(found)
    tests: list[tuple[NDArray[np.bool_], Callable[[int], str], str]] = [
        (broken, lambda row: f"the geometry cannot be read: {_ring(source.raw.broken[row])}", MEND),
        (shapely.is_missing(found), lambda _: "there is no geometry", "delete the row, or draw its shape"),
        (shapely.is_empty(found), lambda _: "the geometry is empty", "delete the row, or draw its shape"),
        (
            ~np.isfinite(shapely.bounds(found)).all(axis=1),
            lambda _: "a coordinate is not a finite number",
            MEND,
        ),
        (
            ~np.isin(types, TYPES[kind]),
            lambda row: _wrong_type(found[row], kind),
            ADVICE[kind],
        ),
        (_invalid(found, kind), lambda row: f"the geometry is not valid: {_reason(found[row])}", MEND),
    ]
    for bad, message, hint in tests:
        rows = np.flatnonzero(bad & good)
        source.rows(rows, [message(int(row)) for row in rows], hint)
        good &= ~bad
    return good


def _invalid(found: NDArray[np.object_], kind: str) -> NDArray[np.bool_]:
    areal = np.isin(shapely.get_type_id(found), (3, 6)) & (kind in {"polygons", "barriers"})
    return areal & ~shapely.is_valid(found)


def _ring(reason: str) -> str:
    return "a ring is not closed" if "closed linestring" in reason else reason


def _wrong_type(found: BaseGeometry, kind: str) -> str:
    return f"{EXPECTED[kind]} was expected, found a {found.geom_type}"


def _reason(found: shapely.Geometry) -> str:
    return shapely.is_valid_reason(found).replace("[", " at ").replace("]", "")
