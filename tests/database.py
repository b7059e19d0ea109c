"""A real PostgreSQL with PostGIS, started as an unprivileged user in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
PASSWORD = "Pa55-wörd'%40{secret}"  # noqa: S105 - looked for in every file
READER, OWNER = "city_reader", "city_owner"


def _user() -> str | None:
    """Name an unprivileged user: PostgreSQL does not start for root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@contextmanager
def served() -> Iterator[str]:
    """Start a server; give the connection of its owner."""
    psycopg = pytest.importorskip("psycopg")
    if not PROGRAMS or not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        pytest.skip("PostgreSQL with PostGIS is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    switch = {"user": user} if user is not None else {}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = folder / "secret"
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o644)
    data, run = folder / "data", {"capture_output": True, "cwd": folder, **switch}
    binary = PROGRAMS[0]
    try:
        begin = ["-D", data, "-U", OWNER, "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N"]
        subprocess.run([binary / "initdb", *begin], check=True, **run)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c jit=off"
        start = ["-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start"]
        subprocess.run([binary / "pg_ctl", *start], check=True, **run)
        dsn = psycopg.conninfo.make_conninfo(
            host="127.0.0.1", port=port, user=OWNER, password=PASSWORD, dbname="postgres"
        )
        yield dsn
    finally:
        subprocess.run(
            [binary / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"],
            capture_output=True,
            check=False,
            **switch,
        )
        shutil.rmtree(folder, ignore_errors=True)
