"""A run in a schema of its own of a PostGIS database: all of it in one transaction, or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from planner.city.database import connected
from planner.errors import Fault, InputFault
from planner.frames import INDICATORS, Column
from planner.report.export.bundle import ABOUT, DICTIONARY, dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.report.export.bundle import Bundle

KINDS = {"text": "text", "number": "double precision", "whole": "bigint", "flag": "boolean"}
MARK = "Written by the wellbeing planner"
"""How the comment of a schema begins that may be replaced."""
LONGEST = 63
"""Letters of a name in PostgreSQL."""
SECONDS = 600.0
"""Longest time for writing [s]."""
SHAPE = "geometry"


def write(bundle: Bundle, run: str, dsn_env: str, *, force: bool) -> str:
    """Write layers and tables of a run, with the unit and meaning of every column as its comment.

    Parameters
    ----------
    run
        Name of the run, after which the schema is called.
    dsn_env
        Environment variable that holds the connection.
    force
        Whether a schema of that name, written by a planner before, is replaced.

    Returns
    -------
    str
        Name of the schema.

    Raises
    ------
    InputFault
        The schema is there already, or the database refuses.
    MachineFault
        The database cannot be reached.
    """
    schema = schema_of(run)
    with connected(dsn_env, "--dsn-env", seconds=SECONDS, read_only=False) as base:
        _make(base, schema, run, force=force)
        for layer in bundle.layers.values():
            _table(base, (schema, layer.name), layer.meaning, layer.columns, layer.frame)
        about = pd.DataFrame(bundle.about, columns=[column.name for column in ABOUT])
        told = "What these tables are, how sure, and from which files."
        _table(base, (schema, "about"), told, ABOUT, about)
        meaning = "Unit and meaning of every column."
        _table(base, (schema, "data_dictionary"), meaning, DICTIONARY, dictionary(bundle))
        _table(base, (schema, INDICATORS.name), INDICATORS.meaning, INDICATORS.columns, bundle.indicators)
    return schema


def schema_of(run: str) -> str:
    """Name of a run's schema: `run_`, its name in letters, digits and underscores, its hash at the end."""
    name, _, digest = re.sub(r"[^a-z0-9]+", "_", run.lower()).strip("_").rpartition("_")
    return f"run_{name[: LONGEST - len(digest) - 5]}_{digest}" if name else f"run_{digest}"


def _make(base: Any, schema: str, run: str, *, force: bool) -> None:  # noqa: ANN401 - psycopg is an extra
    from psycopg import sql  # noqa: PLC0415 - an extra

    name = sql.Identifier(schema)
    found = base.execute(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s",
        [schema],
    ).fetchone()
    if found is not None:
        _may_replace(schema, str(found[0]), force=force)
        base.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))
    base.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    base.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(name, sql.Literal(f"{MARK}: run {run}")))


def _may_replace(schema: str, comment: str, *, force: bool) -> None:
    if not comment.startswith(MARK):
        message = f"the database has a schema `{schema}` that no planner wrote; it is left alone"
        raise InputFault(Fault(message, "--format postgis", "rename it, or write into another database"))
    if not force:
        message = f"the database has the schema `{schema}` already"
        raise InputFault(Fault(message, "--format postgis", "`--force` replaces it"))


def _table(
    base: Any,  # noqa: ANN401
    names: tuple[str, str],
    meaning: str,
    columns: tuple[Column, ...],
    frame: pd.DataFrame,
) -> None:
    """Create a table, say what it and its columns mean, and fill it."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    table = sql.Identifier(*names)
    kinds = [(column.name, KINDS[column.kind]) for column in columns]
    shape = None
    if SHAPE in frame:
        system = int(frame.crs.to_epsg() or 0)
        shape = shapely.to_wkb(shapely.set_srid(frame[SHAPE].to_numpy(), system), hex=True, include_srid=True)
        kinds.append((SHAPE, f"geometry(Geometry, {system})"))
    parts = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in kinds]
    base.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(parts)))
    base.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(meaning)))
    for column in columns:
        where, told = sql.Identifier(*names, column.name), sql.Literal(f"{column.meaning} [{column.unit}]")
        base.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(where, told))
    with base.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
        for row in _rows(columns, frame, shape):
            copy.write_row(row)
    if shape is not None:
        base.execute(sql.SQL("CREATE INDEX ON {} USING gist ({})").format(table, sql.Identifier(SHAPE)))


def _rows(columns: tuple[Column, ...], frame: pd.DataFrame, shape: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """Values as PostgreSQL takes them: nothing where there is none, text without NUL."""
    values = [_plain(frame[column.name], column.kind) for column in columns]
    return map(list, zip(*values, *([shape] if shape is not None else []), strict=True))


def _plain(column: pd.Series[Any], kind: str) -> list[Any]:
    absent = column.isna().to_list()
    make = MAKE[kind]
    return [None if empty else make(value) for value, empty in zip(column.to_list(), absent, strict=True)]


def _text(value: object) -> str:
    return str(value).replace("\0", "").encode("utf-8", "replace").decode("utf-8")


MAKE: dict[str, Callable[[Any], Any]] = {"text": _text, "number": float, "whole": int, "flag": bool}
