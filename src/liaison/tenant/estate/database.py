"""The one SQLite file of a tenant: reads, and writes that survive power loss once acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

Parameters = Sequence[Any] | dict[str, Any]


class Database:
    """One connection, used from one thread; a write is a `with database.change()` block.

    Blocks nest: an inner block that raises is undone by itself, the outer one decides about the rest.
    The file is in WAL mode with `synchronous=FULL`, so a committed block is on disk when the block ends.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        self._connection.row_factory = sqlite3.Row
        self._depth = 0
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "temp_store=MEMORY",
            "mmap_size=268435456",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def run_script(self, script: str) -> None:
        """Create tables and indexes; every statement must be repeatable (`IF NOT EXISTS`)."""
        self._connection.executescript(script)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None when there is no row."""
        found = self._connection.execute(sql, parameters).fetchone()
        return None if found is None else found[0]

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One atomic write; commits when the outermost block ends, undoes its own part when it raises."""
        name = f"level_{self._depth}"
        self._connection.execute("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield self._connection
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("ROLLBACK")
            else:
                self._connection.execute(f"ROLLBACK TO {name}")
                self._connection.execute(f"RELEASE {name}")
            raise
        self._depth -= 1
        self._connection.execute("COMMIT" if self._depth == 0 else f"RELEASE {name}")

    def copy_to(self, path: Path) -> None:
        """Write a complete copy of the file's present content to `path`."""
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def restore_from(self, path: Path) -> None:
        """Replace the whole content by that of a copy."""
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(self._connection)

    def close(self) -> None:
        self._connection.close()
