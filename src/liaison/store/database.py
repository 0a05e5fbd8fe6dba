"""Opening the database, and one whole transaction in one hop to a thread."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import anyio
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError

from liaison.errors import StoreUnavailable
from liaison.store.schema import migrate

BUSY_TIMEOUT_S = 15.0
AGAIN_AFTER_S = 5.0
SERVICE = "liaison"
_TRIES = 4
_NEXT_TURN_S = 0.01
_REPEATABLE = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: nothing was done, the same again may succeed."""

Found = TypeVar("Found")
Work = Callable[[sa.Connection], Found]


class Database:
    """Our tables behind `read` and `write`. Safe to use from several threads and event loops."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(liaison_writes=True)
        # SQLite lets one connection write at a time and makes others poll: taking turns here costs no sleep.
        self._turn: AbstractContextManager[Any] = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    async def read(self, work: Work[Found]) -> Found:
        """What `work` finds, in one snapshot. Raises StoreUnavailable when the database does not answer."""
        return await anyio.to_thread.run_sync(self.read_now, work)

    async def write(self, work: Work[Found]) -> Found:
        """What `work` did, committed when this returns. Raises StoreUnavailable; then nothing was changed."""
        return await anyio.to_thread.run_sync(self.write_now, work)

    def read_now(self, work: Work[Found]) -> Found:
        return self._repeated(self.engine, work)

    def write_now(self, work: Work[Found]) -> Found:
        with self._turn:
            return self._repeated(self._writing, work)

    def _repeated(self, engine: sa.Engine, work: Work[Found]) -> Found:
        for left in reversed(range(_TRIES)):
            try:
                with engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if left and getattr(error.orig, "sqlstate", "") in _REPEATABLE:
                    continue
                if isinstance(error, OperationalError):
                    raise StoreUnavailable(SERVICE, _reason(error), wait_s=AGAIN_AFTER_S) from error
                raise
        raise AssertionError("unreachable: the last try returns or raises")

    def close(self) -> None:
        self.engine.dispose()


def _reason(error: DBAPIError) -> str:
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    return str(name or type(error.orig).__name__)


def open_database(url: str) -> Database:
    """The database at this address, its schema brought up to date. Raises schema.DatabaseNewer."""
    database = Database(make_engine(url))
    try:
        database.write_now(migrate)
    except BaseException:
        database.close()
        raise
    return database


def make_engine(url: str) -> sa.Engine:
    """An engine that keeps what was acknowledged through a power cut: SQLite with WAL and full syncs, or PostgreSQL."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _make_sqlite(parsed)
    return sa.create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=10)


def _make_sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        _reserve_file(Path(url.database))
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _reserve_file(path: Path) -> None:
    """Make the file before SQLite does, for its owner only; the files beside it take over its mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    connection.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: Any) -> None:
    """Change the file's journal to WAL. Processes that open a new file together do so in turn: here SQLite answers
    "busy" at once, whatever the busy timeout, since the reading of the old journal would turn into a writing.
    Source: https://www.sqlite.org/c3ref/busy_handler.html
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(_NEXT_TURN_S)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that turns into a writer fails at once when another writes; writers queue from their first statement.
    writes = connection.get_execution_options().get("liaison_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert the row unless a unique key already has one; was it inserted?"""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    inserting = make(table).values(values).on_conflict_do_nothing().returning(sa.literal(1))
    return connection.execute(inserting).first() is not None
