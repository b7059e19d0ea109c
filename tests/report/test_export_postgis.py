"""A run written back into a real PostGIS: a schema of its own, whole or not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import kept_run
import pytest
from database import PASSWORD, served
from hostile import HOSTILE
from typer.testing import CliRunner

from planner.cli.app import app
from planner.errors import InputFault, MachineFault
from planner.report.export import postgis, write_back
from planner.report.export.bundle import bundle_of
from planner.report.export.postgis import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.report.kept import Kept

CITY = "CITY_DB"
SCHEMA = "run_tiny_0123abcd"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """Serve an empty database with PostGIS."""
    import psycopg  # noqa: PLC0415

    with served() as owner:
        with psycopg.connect(owner) as base:
            base.execute("CREATE EXTENSION postgis")
        yield owner


@pytest.fixture
def base(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Connect, with the connection in the environment; leave the database empty."""
    import psycopg  # noqa: PLC0415

    monkeypatch.setenv(CITY, dsn)
    with psycopg.connect(dsn, autocommit=True) as base:
        yield base
        base.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a run in which a hostile name stands everywhere."""
    return kept_run.keep(tmp_path_factory.mktemp("runs") / "tiny-0123abcd", HOSTILE[58])


def count(base: object) -> int:
    """How many tables the schema has."""
    return base.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [SCHEMA]).fetchone()[0]


def everything(table: str, what: str) -> str:
    """Ask for all rows of a table of the schema."""
    return f"SELECT {what} FROM {SCHEMA}.{table}"  # noqa: S608 - our own names


def number(base: object) -> int:
    """Return the number by which the database knows the schema."""
    return base.execute("SELECT oid FROM pg_namespace WHERE nspname = %s", [SCHEMA]).fetchone()[0]


@pytest.mark.slow
def test_a_run_comes_back_out_of_the_database(base: object, dsn: str, kept: Kept) -> None:
    """Every layer reads back as it was written, with its coordinate system and meanings."""
    assert write_back(kept, CITY, force=False) == SCHEMA
    for name, layer in bundle_of(kept).layers.items():
        rows = base.execute(everything(name, "*, ST_AsBinary(geometry)")).fetchall()
        shapes = gpd.GeoSeries.from_wkb([row[-1] for row in rows], crs=layer.frame.crs)
        assert shapes.geom_equals(layer.frame.geometry.reset_index(drop=True)).all()
        first = layer.columns[0].name
        assert [row[0] for row in rows] == layer.frame[first].to_list()
        system = base.execute(everything(name, "DISTINCT ST_SRID(geometry)")).fetchall()
        assert system == [(layer.frame.crs.to_epsg(),)]
        told = base.execute("SELECT col_description(%s::regclass, 1)", [f"{SCHEMA}.{name}"]).fetchone()[0]
        assert told == f"{layer.columns[0].meaning} [{layer.columns[0].unit}]"
    assert count(base) == 6
    figures = base.execute(everything("indicators", "count(*)")).fetchone()[0]
    assert figures == len(bundle_of(kept).indicators)


@pytest.mark.slow
def test_what_stands_there_is_not_lost(base: object, kept: Kept) -> None:
    """A run that is there is replaced with `--force` alone; a schema of others never."""
    write_back(kept, CITY, force=False)
    with pytest.raises(InputFault, match=f"has the schema `{SCHEMA}` already\n    → `--force` replaces it"):
        write_back(kept, CITY, force=False)
    assert write_back(kept, CITY, force=True) == SCHEMA
    base.execute(f"COMMENT ON SCHEMA {SCHEMA} IS 'mine'")
    with pytest.raises(InputFault, match="that no planner wrote; it is left alone"):
        write_back(kept, CITY, force=True)
    assert count(base) == 6


@pytest.mark.slow
def test_a_failure_leaves_the_run_of_before(
    base: object, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails half-way, the database is as it was: one transaction."""
    write_back(kept, CITY, force=False)
    before = number(base)
    broken = replace(postgis.INDICATORS, columns=(*postgis.INDICATORS.columns, postgis.INDICATORS.columns[0]))
    monkeypatch.setattr(postgis, "INDICATORS", broken)
    with pytest.raises(InputFault, match=r"the database refused: column .* specified more than once"):
        write_back(kept, CITY, force=True)
    assert number(base) == before
    assert count(base) == 6


@pytest.mark.slow
def test_the_command_says_what_it_wrote(base: object, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command names the schema and the variable, not the connection."""
    asked = ["export", str(kept.folder), "--format", "postgis", "--dsn-env", CITY]
    done = CliRunner().invoke(app, asked)
    assert done.stdout == f"Wrote the schema {SCHEMA} into the database that {CITY} names\n"
    assert PASSWORD not in done.output


def test_a_database_has_to_be_named(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the name of a variable, with a place on disk, or out of reach, nothing is written."""
    pytest.importorskip("psycopg")
    asked = ["export", str(kept.folder), "--format", "postgis"]
    assert "a database is written, and nobody says which" in str(CliRunner().invoke(app, asked).exception)
    out = [*asked, "--dsn-env", CITY, "--out", "x"]
    assert "not to a place on disk" in str(CliRunner().invoke(app, out).exception)
    monkeypatch.setenv(CITY, "postgresql://a:hidden-word@127.0.0.1:1/b")
    with pytest.raises(MachineFault, match="nothing answers there") as fault:
        write_back(kept, CITY, force=False)
    assert "hidden-word" not in str(fault.value)


@pytest.mark.parametrize(
    ("run", "schema"),
    [
        ("new-york-1234abcd", "run_new_york_1234abcd"),
        ("x" * 60 + "-1234abcd", f"run_{'x' * 50}_1234abcd"),
        ("Höhe; DROP--", "run_h_he_drop"),
    ],
)
def test_schemas_are_called_after_their_run(run: str, schema: str) -> None:
    """The name holds letters, digits and underscores, at most 63, and the hash."""
    assert schema_of(run) == schema
    assert len(schema) <= 63
