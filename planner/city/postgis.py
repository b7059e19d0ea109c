"""Layers out of PostGIS: one table or query, read in one transaction that can change nothing.

The rows go into a Parquet file in a temporary folder, which the caged reader then reads like any other:
what stands in a database is as little trusted as what stands in a file. The cage itself has no connection.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet

from planner.city.database import connected
from planner.errors import Fault, InputFault

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from planner.scenario.layers import Database

BLOCK = 20_000
"""Rows that are fetched in one go."""
LARGEST = 2 * 1024**3
"""Most bytes that are taken from a database."""
SHAPE = "geometry"


class Fetched(NamedTuple):
    """A file with the rows, and the SHA-256 of what stands in them, whatever their order there."""

    path: Path
    digest: str


def fetch(spec: Database, wanted: Collection[str], order: str | None, target: Path, where: str) -> Fetched:
    """Write the rows of a table or query into a GeoParquet.

    Parameters
    ----------
    spec
        What to read.
    wanted
        Columns of interest.
    order
        Column of ids, by which the rows are sorted; the shapes where there is none.
    target
        The file to write.
    where
        Place in the scenario, for messages.

    Raises
    ------
    InputFault
        The database does not have it, refuses it, or holds more than is read.
    MachineFault
        The database cannot be reached.
    """
    with connected(spec.dsn_env, where, seconds=spec.seconds, read_only=True) as base:
        query = _query(spec)
        names, shapes = _columns(base, query)
        shape = _shape(spec, shapes, where)
        present = [name for name in names if name not in shapes]
        read = [name for name in present if name in wanted]
        asked = _Asked(present, read, shape, order if order in present else None)
        return _Copy(spec, where, target).write(base, query, asked)


def _query(spec: Database) -> Any:  # noqa: ANN401 - psycopg is an extra
    from psycopg import sql  # noqa: PLC0415 - an extra

    if spec.select is not None:  # as one part of a larger query: a second statement cannot follow it
        return sql.SQL("({}\n)").format(sql.SQL(spec.select.strip().rstrip(";").replace("%", "%%")))
    return sql.Identifier(*str(spec.table).split("."))


def _columns(base: Any, query: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401
    """Names of all columns, and of those that hold shapes."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    kinds = {row[0] for row in base.execute("SELECT oid FROM pg_type WHERE typname = 'geometry'")}
    look = base.execute(sql.SQL("SELECT * FROM {} AS q LIMIT %s").format(query), [0])
    columns = [(str(column.name), column.type_code) for column in look.description]
    return [name for name, _ in columns], [name for name, kind in columns if kind in kinds]


def _shape(spec: Database, shapes: list[str], where: str) -> str | None:
    if spec.geometry is not None and spec.geometry not in shapes:
        hint = f"columns of shapes: {', '.join(shapes)}" if shapes else "it has no column of shapes"
        raise InputFault(Fault(f"there is no column of shapes `{spec.geometry}`", where, hint))
    if spec.geometry is None and len(shapes) > 1:
        message = f"it has {len(shapes)} columns of shapes"
        raise InputFault(Fault(message, where, f"name one with `geometry`: {', '.join(shapes)}"))
    return spec.geometry or next(iter(shapes), None)


class _Asked(NamedTuple):
    """Columns of a table: all that are there but shapes, those that are read, the shapes, and the order."""

    present: list[str]
    read: list[str]
    shape: str | None
    order: str | None


class _Copy:
    """Rows on their way from a database into a file."""

    def __init__(self, spec: Database, where: str, target: Path) -> None:
        self.spec, self.where, self.target = spec, where, target
        self.rows, self.size = 0, 0
        self.systems: set[int] = set()
        self.digest = hashlib.sha256()

    def write(self, base: Any, query: Any, asked: _Asked) -> Fetched:  # noqa: ANN401
        """Fetch block by block, and write everything into one file."""
        blocks = []
        with base.cursor(name="planner") as cursor:
            cursor.execute(_rows(query, asked), [self.spec.rows + 1])
            while block := cursor.fetchmany(BLOCK):
                blocks.append(self._take(block, len(asked.read)))
        table = _table(blocks, asked)
        if asked.shape is not None:
            table = table.replace_schema_metadata({b"geo": json.dumps(self._geo()).encode()})
        pa.parquet.write_table(table, self.target)
        return Fetched(self.target, self.digest.hexdigest())

    def _take(self, block: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
        """Columns of a block, counted and hashed."""
        self.rows += len(block)
        if self.rows > self.spec.rows:
            message = f"it holds more than {self.spec.rows:,} rows"
            raise InputFault(Fault(message, self.where, "ask for less, or allow more with `rows`"))
        for row in block:
            told = [value.hex() if isinstance(value, bytes) else value for value in row]
            line = json.dumps(told, ensure_ascii=False)
            self.size += len(line)
            self.digest.update(line.encode("utf-8", "surrogatepass"))
            self.digest.update(b"\n")
        if self.size > 2 * LARGEST:  # shapes are told in hex
            message = f"it holds more than the {LARGEST / 1e9:.1f} GB that are read"
            raise InputFault(Fault(message, self.where, "ask for less"))
        columns = [list(column) for column in zip(*block, strict=True)]
        if len(columns) > width:
            self.systems |= {number for number in columns.pop() if number is not None}
        return columns

    def _geo(self) -> dict[str, Any]:
        """Coordinate system of the shapes, as GeoParquet tells it."""
        from pyproj import CRS  # noqa: PLC0415 - slow
        from pyproj.exceptions import CRSError  # noqa: PLC0415

        if len(self.systems) > 1:
            told = ", ".join(str(number) for number in sorted(self.systems))
            message = f"its shapes are in several coordinate systems (SRID {told})"
            raise InputFault(Fault(message, self.where, "bring them into one with ST_Transform"))
        number = next(iter(self.systems), 0)
        try:
            crs = CRS.from_epsg(number).to_json_dict() if number else None
        except CRSError:
            message = f"its coordinate system (SRID {number}) has no EPSG number"
            raise InputFault(Fault(message, self.where, "bring it into another with ST_Transform")) from None
        return {"primary_column": SHAPE, "columns": {SHAPE: {"encoding": "WKB", "crs": crs}}}


def _rows(query: Any, asked: _Asked) -> Any:  # noqa: ANN401
    """Every wanted column as text, shapes as flat WKB with their SRID, in an order that stays."""
    from psycopg import sql  # noqa: PLC0415 - an extra

    parts: list[sql.Composable] = [sql.SQL("q.{}::text").format(sql.Identifier(name)) for name in asked.read]
    by: sql.Composable = sql.SQL("1")
    if asked.shape is not None:
        column = sql.Identifier(asked.shape)
        parts.append(sql.SQL("ST_AsBinary(ST_Force2D(q.{}))").format(column))
        by = sql.Literal(len(parts))
        parts.append(sql.SQL("ST_SRID(q.{})").format(column))
    if asked.order is not None:
        by = sql.SQL('q.{}::text COLLATE "C"').format(sql.Identifier(asked.order))
    listed = sql.SQL(", ").join(parts) if parts else sql.SQL("NULL::text")
    return sql.SQL("SELECT {} FROM {} AS q ORDER BY {} LIMIT %s").format(listed, query, by)


def _table(blocks: list[list[list[Any]]], asked: _Asked) -> pa.Table:
    """Rows as an Arrow table; columns that nobody reads stand there by name, empty."""
    names = [*asked.read, *([SHAPE] if asked.shape is not None else [])]
    kinds = [pa.string()] * len(asked.read) + [pa.binary()] * (asked.shape is not None)
    arrays = {
        name: pa.chunked_array([pa.array(block[place], kind) for block in blocks], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    count = sum(len(block[0]) for block in blocks)
    empty = pa.nulls(count, pa.string())
    table = {name: arrays.get(name, empty) for name in asked.present}
    return pa.table(table | ({SHAPE: arrays[SHAPE]} if asked.shape is not None else {}))
