"""One connection to a city's database: from the environment alone, told in words that give nothing away."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, InputFault, MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT = 10
"""Longest wait for the database to answer at all [s]."""
WHY = (
    ("password authentication failed", "it refuses the password"),
    ("no password supplied", "it asks for a password, and none is given"),
    ("connection refused", "nothing answers there"),
    ("could not translate host name", "there is no such host"),
    ("failed to resolve host", "there is no such host"),
    ("no such file or directory", "nothing answers there"),
    ("timeout", f"it does not answer within {CONNECT} s"),
    ("timed out", f"it does not answer within {CONNECT} s"),
    ('database "', "it has no such database"),
    ('role "', "it knows no such user"),
    ("ssl", "the two cannot agree on encryption"),
    ("too many", "it has no connection left"),
)
"""What a failed connection is called, by what PostgreSQL says; its own words may hold host and user."""


@contextmanager
def connected(dsn_env: str, where: str, *, seconds: float, read_only: bool) -> Iterator[Any]:
    """Open a connection for one transaction, which is undone when anything goes wrong.

    Parameters
    ----------
    dsn_env
        Environment variable that holds the connection.
    where
        Place that messages name.
    seconds
        Longest time for each statement, and for all of them together [s].
    read_only
        Whether the database refuses every change.

    Raises
    ------
    InputFault
        The variable or the package is missing, or the database refuses what is asked.
    MachineFault
        The database cannot be reached.
    """
    try:
        import psycopg  # noqa: PLC0415 - an extra
    except ImportError:
        hint = "install it with: pip install 'wellbeing-planner[postgis]'"
        raise InputFault(
            Fault("databases need the package `psycopg`, which is not installed", where, hint)
        ) from None
    base = _open(psycopg, dsn_env, where)
    watch = threading.Timer(seconds, base.cancel)
    try:
        base.read_only = read_only
        base.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        base.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(seconds * 1000)}"])
        watch.start()
        yield base
        if read_only:
            base.rollback()  # some functions leave things behind even in a transaction that only reads
        else:
            base.commit()
    except psycopg.errors.QueryCanceled:
        message = f"it took the database more than {seconds:g} s, and was stopped"
        raise InputFault(Fault(message, where, "ask for less, or allow more with `seconds`")) from None
    except psycopg.OperationalError:
        raise MachineFault(Fault("the connection to the database was lost", where)) from None
    except psycopg.Error as error:
        raise InputFault(Fault(f"the database refused: {_plain(error, dsn_env)}", where)) from None
    finally:
        watch.cancel()
        with suppress(psycopg.Error):
            base.close()


def _open(psycopg: Any, dsn_env: str, where: str) -> Any:  # noqa: ANN401 - typed where it is installed
    dsn = os.environ.get(dsn_env)
    if not dsn:
        hint = f"set it before, such as {dsn_env}=postgresql://reader@host/city; it never stands in a file"
        raise InputFault(Fault(f"the environment variable `{dsn_env}` is not set", where, hint))
    try:
        return psycopg.connect(dsn, connect_timeout=CONNECT, application_name="wellbeing planner")
    except psycopg.ProgrammingError:
        message = f"`{dsn_env}` holds no connection that PostgreSQL understands"
        raise InputFault(
            Fault(message, where, "write it as postgresql://user:password@host/database")
        ) from None
    except psycopg.OperationalError as error:
        said = str(error).casefold()
        why = next((words for sign, words in WHY if sign in said), "it does not say why")
        raise MachineFault(
            Fault(f"the database that `{dsn_env}` names cannot be reached: {why}", where)
        ) from None


def _plain(error: Any, dsn_env: str) -> str:  # noqa: ANN401
    """First line of what the database says, without anything that stands in the connection."""
    text = " ".join(str(error.diag.message_primary or type(error).__name__).split())[:200]
    return without_secrets(text, os.environ.get(dsn_env, ""))


def without_secrets(text: str, dsn: str) -> str:
    """Return the text without the parts of a connection: password, user, host, address."""
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - an extra

    parts = conninfo_to_dict(dsn)
    for secret in sorted(
        (str(parts.get(key) or "") for key in ("password", "user", "host", "hostaddr")), key=len
    ):
        if len(secret) > 2 or (secret and secret == parts.get("password")):  # noqa: PLR2004 - not every letter
            text = text.replace(secret, "…")
    return text
