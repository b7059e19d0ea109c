"""One GeoPackage that opens in QGIS with its styles: layers, one view an idea, tables, dictionary."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pandas as pd

from planner.frames import INDICATORS
from planner.report.export import qml
from planner.report.export.bundle import ABOUT, DICTIONARY, Bundle, dictionary
from planner.report.export.styles import Idea, ideas
from planner.report.maps import FIXED_DATE, write_geopackage

if TYPE_CHECKING:
    from pathlib import Path

    from planner.frames import Column

STYLES = """CREATE TABLE layer_styles (
 id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
 f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
 description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"""
NAMES = """CREATE TABLE IF NOT EXISTS gpkg_data_columns (
 table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
 constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
 CONSTRAINT gdc_tn UNIQUE (table_name, name))"""
CONSTRAINTS = """CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
 constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
 min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
 CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"""
EXTENSIONS = """CREATE TABLE IF NOT EXISTS gpkg_extensions (
 table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
 scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"""
STYLED = "2000-01-01T00:00:00.000Z"
SCHEMA = "http://www.geopackage.org/spec121/#extension_schema"


def write(bundle: Bundle, folder: Path, name: str) -> None:
    """Write everything into one file."""
    path = folder / name
    write_geopackage(path, tuple(bundle.layers.values()))
    maps = list(ideas(bundle))
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(f"{STYLES};{EXTENSIONS};{NAMES};{CONSTRAINTS}")
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            row = (table, None, "gpkg_schema", SCHEMA, "read-write")
            base.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", row)
        _attributes(base, "layer_styles", "Styles of QGIS.")
        for idea in maps:
            if idea.is_view:
                _view(base, idea)
            _style(base, idea)
            _names(base, idea)
        about = pd.DataFrame(bundle.about, columns=[column.name for column in ABOUT])
        _table(base, "about", "What these layers are, how sure, and from which files.", ABOUT, about)
        _table(base, "data_dictionary", "Unit and meaning of every column.", DICTIONARY, dictionary(bundle))
        _table(base, INDICATORS.name, INDICATORS.meaning, INDICATORS.columns, bundle.indicators)


def _attributes(base: sqlite3.Connection, table: str, meaning: str) -> None:
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, 'attributes', ?, ?, ?, 0)",
        (table, table, meaning, FIXED_DATE),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _view(base: sqlite3.Connection, idea: Idea) -> None:
    """A layer that shows some columns of another, so that nothing is stored twice."""
    shown = ", ".join(_quoted(column.name) for column in idea.columns)
    chosen = f"SELECT fid AS OGC_FID, geom, {shown} FROM {_quoted(idea.source)}"  # noqa: S608 - quoted
    base.execute(f"CREATE VIEW {_quoted(idea.name)} AS {chosen}")
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x,"
        " min_y, max_x, max_y, srs_id) SELECT ?, 'features', ?, ?, last_change, min_x, min_y, max_x, max_y,"
        " srs_id FROM gpkg_contents WHERE table_name = ?",
        (idea.name, idea.name, idea.meaning, idea.source),
    )
    base.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m"
        " FROM gpkg_geometry_columns WHERE table_name = ?",
        (idea.name, idea.source),
    )


def _style(base: sqlite3.Connection, idea: Idea) -> None:
    base.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
        " styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)"
        " VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
        (idea.name, idea.name, idea.style, idea.meaning, STYLED),
    )


def _names(base: sqlite3.Connection, idea: Idea) -> None:
    """Aliases and descriptions of the columns, which GDAL and QGIS show."""
    given: set[str] = set()
    for column in idea.columns:
        name = qml.alias(column)
        name = f"{name} ({column.name})" if name in given else name
        given.add(name)
        row = (idea.name, column.name, name, column.meaning, f"{column.meaning} [{column.unit}]")
        base.execute("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)", row)


def _table(
    base: sqlite3.Connection, name: str, meaning: str, columns: tuple[Column, ...], table: pd.DataFrame
) -> None:
    kinds = {"text": "TEXT", "number": "REAL", "whole": "INTEGER", "flag": "BOOLEAN"}
    told = ", ".join(f"{_quoted(column.name)} {kinds[column.kind]}" for column in columns)
    base.execute(f"CREATE TABLE {_quoted(name)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {told})")
    _attributes(base, name, meaning)
    values = table[[column.name for column in columns]].astype(object)
    rows = values.where(values.notna(), None).itertuples(index=False, name=None)
    marks = ", ".join("?" * len(columns))
    names = ", ".join(_quoted(column.name) for column in columns)
    base.executemany(f"INSERT INTO {_quoted(name)} ({names}) VALUES ({marks})", rows)  # noqa: S608 - quoted
