"""Addresses, connections, transactions and what can go wrong with them. No table is named here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from aggregator.errors import StoreError

_T = TypeVar("_T")

BUSY_SECONDS = 30
"""How long one process waits for another's transaction before it gives up; ours last well under a second."""

_WRITES = "jobbfyr_writes"

_ALONE = 0x4A6F6267
"""PostgreSQL's advisory lock of `Database.write(alone=True)`."""


class Database:
    """One database and its two ways of being used: `read` (one consistent view) and `write` (one transaction).

    Everything that the driver can raise leaves both as a `StoreError` of one line, with the transaction rolled back.
    """

    def __init__(self, engine: Engine, shown: str) -> None:
        self.engine = engine
        self.shown = shown
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Several queries that see one state, never blocked by a writer and blocking none."""
        options: dict[str, Any] = (
            {}
            if self.is_sqlite
            else {
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
        )
        with self._translated(), self.engine.connect() as connection:
            yield connection.execution_options(**options)

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """One transaction: all of it, or nothing when the block raises.

        SQLite lets one writer in at a time. `alone` asks PostgreSQL for the same among those that ask for it: what
        touches many vacancies takes turns instead of running into deadlocks.
        """
        with self._translated(), self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if alone and not self.is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.shown}: {one_line(error.orig)}", hint=_hint(error)) from error
        except PoolTimeout as error:
            raise StoreError(f"{self.shown}: all its connections are in use") from error

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def connect(address: str, *, password: str | None = None) -> Database:
    """A database by its address: a path or `sqlite:///path` for SQLite, `postgresql+psycopg://user@host/name` else.

    `password` is for the server and kept out of the address, so that it need stand in no file. Nothing is opened
    yet but, for SQLite, the folder is made. Raises `StoreError` for an address that cannot be used.
    """
    url = _url(address, password)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    engine = sa.create_engine(
        url,
        pool_pre_ping=True,
        json_serializer=_dumps,
        connect_args={"connect_timeout": 10, "options": "-c timezone=utc"},
    )
    return Database(engine, f"the database {url.render_as_string(hide_password=True)}")


def _url(address: str, password: str | None) -> URL:
    if "://" not in address:
        address = f"sqlite:///{address}"
    if address.startswith(("postgresql://", "postgres://")):
        address = "postgresql+psycopg://" + address.partition("://")[2]
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the database's address cannot be read", hint=_FORMS) from error
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StoreError(f"databases of the make {url.drivername!r} are not known", hint=_FORMS)
    return url.set(password=password) if password is not None else url


_FORMS = "write sqlite:///folder/jobbfyr.db or postgresql+psycopg://user@host/name"


def _sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise StoreError("a database in memory would be forgotten at once", hint=_FORMS)
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder of the database {path} cannot be made: {error.strerror}") from error
    engine = sa.create_engine(url, json_serializer=_dumps, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return Database(engine, f"the database {path}")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """`synchronous = FULL`: with NORMAL a power failure may forget the latest commits. A post whose `sending` was
    forgotten would be sent twice, which is the one thing that may never happen; a commit costs one more fsync.
    """
    connection.isolation_level = None  # transactions are begun by `_begin`, not guessed from the statement
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -65536")  # 64 MB


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that began by reading could not wait for its turn, only fail."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def one_line(error: object) -> str:
    """The first line of what a driver says."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _hint(error: DBAPIError) -> str:
    words = str(error.orig).lower()
    for sign, hint in _HINTS.items():
        if sign in words:
            return hint
    return ""


_HINTS = {
    "is full": "free space on the disk; nothing of this step was written",
    "no space left": "free space on the server's disk; nothing of this step was written",
    "disk i/o": "look at the disk; nothing of this step was written",
    "locked": "another process holds it; find it with `fuser`, or wait and run again",
    "readonly": "give this user the right to write the file and its folder",
    "read-only": "give this user the right to write",
    "unable to open": "look at the path and its rights",
    "not a database": "the file is something else or damaged; restore a backup",
    "malformed": "the file is damaged; restore a backup",
    "password": "look at the user and the password's environment variable",
    "refused": "is the server running and the address right?",
    "no such file": "is the server running and the address right?",
    "timeout": "is the server reachable?",
    "does not exist": "make it first with `createdb`",
    "closed the connection": "the server went away; run again when it is back",
}


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def upsert(connection: Connection, table: sa.Table) -> SqliteInsert | PostgresInsert:
    """An INSERT that knows ON CONFLICT, in the connection's dialect."""
    return sqlite_insert(table) if connection.dialect.name == "sqlite" else postgres_insert(table)


def chunks(things: Iterable[_T], size: int = 5000) -> Iterator[list[_T]]:
    """Bite-sized pieces, so that no statement meets a limit on its length."""
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece
