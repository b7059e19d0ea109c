"""Layers out of a real PostGIS: read as from files, nothing changed there, nothing given away."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from database import OWNER, PASSWORD, READER, served
from tiny_city import AREAS, CELLS, Tiny

from planner.errors import InputFault, MachineFault
from planner.scenario.write import scenario_text

if TYPE_CHECKING:
    from collections.abc import Iterator

CITY = "CITY_DB"
WORDS = Path(__file__).parents[1] / "faults" / "layers" / "postgis.json"


@pytest.fixture(scope="module")
def owner() -> Iterator[str]:
    """Serve the tiny city from a database."""
    import psycopg  # noqa: PLC0415

    with served() as dsn:
        with psycopg.connect(dsn) as base:
            _fill(base)
        yield dsn


@pytest.fixture
def reader(owner: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Connect as somebody who may only read; the connection stands in the environment."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    dsn = make_conninfo(owner, user=READER)
    monkeypatch.setenv(CITY, dsn)
    return dsn


def _fill(base: Any) -> None:  # noqa: ANN401
    from psycopg import sql  # noqa: PLC0415

    base.execute("CREATE EXTENSION postgis")
    base.execute("CREATE SCHEMA planning")
    base.execute(
        "CREATE TABLE planning.areas (id text, name text, poor int, asked int, sick numeric(9, 2), "
        "geom geometry(Polygon, 4326))"
    )
    for area in AREAS["features"]:
        row = [*area["properties"].values(), json.dumps(area["geometry"])]
        base.execute("INSERT INTO planning.areas VALUES (%s, %s, %s, %s, %s, ST_GeomFromGeoJSON(%s))", row)
    base.execute(
        "CREATE TABLE planning.cells (cell text, area text, lon float8, lat float8, people int, pupils int)"
    )
    for line in CELLS.splitlines()[1:]:
        base.execute("INSERT INTO planning.cells VALUES (%s, %s, %s, %s, %s, %s)", line.split(","))
    base.execute(
        "CREATE TABLE planning.two AS SELECT id, geom, ST_Centroid(geom) AS middle FROM planning.areas"
    )
    base.execute(
        "CREATE TABLE planning.mixed AS SELECT id, geom FROM planning.areas UNION ALL "
        "SELECT 'x', ST_Transform(geom, 32633) FROM planning.areas"
    )
    password = sql.Literal(PASSWORD)
    base.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(READER), password))
    base.execute(sql.SQL("GRANT ALL ON SCHEMA planning TO {}").format(sql.Identifier(READER)))
    base.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA planning TO {}").format(sql.Identifier(READER)))


def based(tiny: Tiny, **keys: object) -> Tiny:
    """Read the neighbourhoods from the database."""
    areas = tiny.scenario["city"]["neighbourhoods"]
    areas.pop("file", None)
    areas["postgis"] = {"dsn_env": CITY} | (keys or {"table": "planning.areas"})
    return tiny


@pytest.mark.slow
def test_a_table_and_a_query_read_as_files_do(reader: str, tiny: Tiny) -> None:
    """The same city comes out of files and out of the database; the hashes name the table and the query."""
    from_files = tiny.read()
    cells = tiny.scenario["city"]["cells"]
    del cells["file"]
    query = "SELECT *, '100%' AS share FROM planning.cells -- all of them"
    cells["postgis"] = {"dsn_env": CITY, "select": query}
    city = based(tiny).read()
    assert city.neighbourhoods.equals(from_files.neighbourhoods)
    assert city.cells.equals(from_files.cells)
    assert city.need.equals(from_files.need)
    named = [name for name in city.inputs if name.startswith("postgis:")]
    assert named == ["postgis:planning.areas", "postgis:city.cells"]
    assert city.inputs == tiny.read().inputs
    assert [(layer.file, layer.format, layer.crs) for layer in city.layers][:2] == [
        ("planning.areas", "PostGIS", "EPSG:4326"),
        ("the query", "PostGIS", "EPSG:4326"),
    ]


@pytest.mark.slow
def test_a_changed_row_changes_the_hash(owner: str, reader: str, tiny: Tiny) -> None:
    """The hash of a table is that of what stands in it, whatever the order of its rows."""
    import psycopg  # noqa: PLC0415

    before = based(tiny).read().inputs["postgis:planning.areas"]
    with psycopg.connect(owner) as base:
        base.execute("UPDATE planning.areas SET sick = sick WHERE id = 'A'")  # it moves to the end
    assert based(tiny).read().inputs["postgis:planning.areas"] == before
    with psycopg.connect(owner) as base:
        base.execute("UPDATE planning.areas SET sick = sick + 1 WHERE id = 'B'")
    assert based(tiny).read().inputs["postgis:planning.areas"] != before
    with psycopg.connect(owner) as base:
        base.execute("UPDATE planning.areas SET sick = sick - 1 WHERE id = 'B'")


@pytest.mark.slow
def test_a_census_in_the_database_joins_a_file(reader: str, tiny: Tiny) -> None:
    """Figures of a table in the database join shapes of a file."""
    for area in tiny.files["areas.geojson"]["features"]:
        del area["properties"]["sick"]
    select = "SELECT id AS code, sick FROM planning.areas"
    join = {"dsn_env": CITY, "select": select}
    tiny.scenario["city"]["neighbourhoods"]["join"] = {"census": {"postgis": join, "on": "code"}}
    assert tiny.read().need.equals(Tiny(tiny.folder).read().need)


ASKED: dict[str, dict[str, Any]] = {
    "no_table": {"table": "planning.area"},
    "no_column": {"select": "SELECT nothing FROM planning.areas"},
    "two_shapes": {"table": "planning.two"},
    "no_shape": {"table": "planning.areas", "geometry": "shape"},
    "mixed": {"table": "planning.mixed"},
    "rows": {"table": "planning.areas", "rows": 3},
    "slow": {"select": "SELECT id, geom, pg_sleep(9)::text AS name FROM planning.areas", "seconds": 0.3},
    "patient": {
        "select": "SELECT id, geom, set_config('statement_timeout', '0', false) || pg_sleep(9) AS name "
        "FROM planning.areas",
        "seconds": 0.3,
    },
    "delete": {"select": "WITH gone AS (DELETE FROM planning.areas RETURNING *) SELECT * FROM gone"},
    "second": {
        "select": "SELECT * FROM planning.areas) AS q LIMIT 0; DELETE FROM planning.areas; "
        "SELECT * FROM (SELECT 1"
    },
    "allowed": {
        "select": "SELECT id, geom, set_config('transaction_read_only', 'off', false) AS name "
        "FROM planning.areas"
    },
    "file": {"select": "SELECT pg_read_file('/etc/passwd') AS id"},
    "left_behind": {"select": "SELECT id, geom, lo_create(0)::text AS name FROM planning.areas"},
}
"""What is asked of the database, and refused."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKED)
def test_what_the_database_does_not_give_is_told(name: str, owner: str, reader: str, tiny: Tiny) -> None:
    """Every refusal is one message in words, and the table stands as it did."""
    import psycopg  # noqa: PLC0415

    words = json.loads(WORDS.read_text("utf-8"))[name]
    told = based(tiny, **ASKED[name]).told()
    assert told.startswith(f"tiny.yaml: {words}")
    assert PASSWORD not in told
    with psycopg.connect(owner) as base:
        assert base.execute("SELECT count(*) FROM planning.areas").fetchone() == (4,)
        assert base.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)


UNREACHED = {
    "port": ({"port": "1"}, "nothing answers there"),
    "host": ({"host": "no-such-host.invalid"}, "there is no such host"),
    "password": ({"password": "guessed-secret"}, "it refuses the password"),
    "base": ({"dbname": "elsewhere"}, "it has no such database"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNREACHED)
def test_a_database_out_of_reach_is_told(
    name: str, reader: str, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the way is told without host, user or password."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    parts, why = UNREACHED[name]
    monkeypatch.setenv(CITY, make_conninfo(reader, **parts))
    with pytest.raises(MachineFault) as fault:
        based(tiny).read()
    assert str(fault.value) == f"tiny.yaml: the database that `CITY_DB` names cannot be reached: {why}"


def test_without_a_connection_the_variable_is_asked_for(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not set, or holds something else, is told; what it holds is not."""
    pytest.importorskip("psycopg")
    monkeypatch.delenv(CITY, raising=False)
    assert based(tiny).told().startswith("tiny.yaml: the environment variable `CITY_DB` is not set\n")
    monkeypatch.setenv(CITY, f"{OWNER} {PASSWORD}")
    told = based(tiny).told()
    assert "`CITY_DB` holds no connection that PostgreSQL understands" in told
    assert PASSWORD not in told


def test_the_cage_knows_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of files inherits no variable that holds a connection."""
    from planner.city.child import _environment  # noqa: PLC0415

    held = ("postgresql://a:b@c/d", "host=c password=b", "host=c PASSWORD = b")
    for number, value in enumerate(held):
        monkeypatch.setenv(f"CITY_{number}", value)
    monkeypatch.setenv("CITY_NAME", "Graz")
    kept = _environment()
    assert not set(held) & set(kept.values())
    assert kept["CITY_NAME"] == "Graz"


def test_a_query_that_changes_is_refused_before_anything_is_opened(tiny: Tiny) -> None:
    """A scenario may only say SELECT or WITH."""
    with pytest.raises((InputFault, ValueError), match="must begin with SELECT or WITH"):
        based(tiny, select="DELETE FROM planning.areas").posed()


@pytest.mark.slow
def test_a_run_holds_no_secret(reader: str, tiny: Tiny) -> None:
    """Nothing of the connection stands in a file of a run, in the cache beside it, or in what was said."""
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    scenario = based(tiny, table="planning.areas").posed()
    (tiny.folder / "planner.toml").write_text("", "utf-8")
    (tiny.folder / "tiny.yaml").write_text(scenario_text(scenario, tiny.folder), "utf-8")
    run = [sys.executable, "-m", "planner", "run", "tiny.yaml"]
    done = subprocess.run(run, cwd=tiny.folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    files = [path for path in (tiny.folder / "runs").rglob("*") if path.is_file()]
    assert len(files) >= 10
    held = [done.stdout, done.stderr, *(path.read_bytes() for path in files)]
    parts = conninfo_to_dict(reader)
    secrets = [str(parts[key]) for key in ("password", "user", "port")] + [PASSWORD.replace("'", "&#39;")]
    assert not [secret for secret in secrets for content in held if secret.encode() in content]
    manifest = json.loads(next(path for path in files if path.name == "manifest.json").read_text("utf-8"))
    assert "postgis:planning.areas" in manifest["inputs"]
    folder = next(path.parent for path in files if path.name == "manifest.json")
    check = [sys.executable, "-m", "planner", "verify", str(folder)]
    assert subprocess.run(check, cwd=tiny.folder, capture_output=True, check=False).returncode == 0
