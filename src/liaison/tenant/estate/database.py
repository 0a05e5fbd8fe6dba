"""The one SQLite file of a tenant: reads, and writes that survive power loss once acknowledged."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

Parameters = Sequence[Any] | dict[str, Any]
Read = TypeVar("Read")

_MOST_REMEMBERED = 4096
_MAPPED_BYTES = 268_435_456
_lives = itertools.count(1)


_TICK = 100_000
"""After how many steps of SQLite a bounded read is looked at."""


class ReadTooHeavy(Exception):
    """A bounded read took more steps than it may."""


class Database:
    """One connection, used from one thread; a write is a `with database.change()` block.

    Blocks nest: an inner block that raises is undone by itself, the outer one decides about the rest.
    The file is in WAL mode with `synchronous=FULL`, so a committed block is on disk when the block ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loading = path.with_name(f"{path.name}-loading")
        self._discard_half_loaded()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        self._connection.row_factory = sqlite3.Row
        self._depth = 0
        self._remembered: dict[Hashable, Any] = {}
        self._same_as: Path | None = None
        """The copy that the content came from, while nothing has been written since."""
        self.life = next(_lives)
        """Another number whenever content came back that was there before: what was worked out since then is void."""
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "temp_store=MEMORY",
            f"mmap_size={_MAPPED_BYTES}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def run_script(self, script: str) -> None:
        """Create tables and indexes; every statement must be repeatable (`IF NOT EXISTS`)."""
        self._same_as = None
        self._connection.executescript(script)
        self._remembered.clear()

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
    def bounded(self, steps: int) -> Iterator[None]:
        """Let all reads of the block together take so many steps of SQLite; raises ReadTooHeavy beyond."""
        left = steps // _TICK

        def tick() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        self._connection.set_progress_handler(tick, _TICK)
        try:
            yield
        except sqlite3.OperationalError as error:
            if left < 0:
                raise ReadTooHeavy from error
            raise
        finally:
            self._connection.set_progress_handler(None, 0)

    def recall(self, key: Hashable, read: Callable[[], Read]) -> Read:
        """What `read` answers, remembered until the next change of anything: for what every request asks.

        Within a change it is read anew, since the change may yet be undone.
        """
        if self._depth:
            return read()
        try:
            known: Read = self._remembered[key]
        except KeyError:
            known = read()
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = known
        return known

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One atomic write; commits when the outermost block ends, undoes its own part when it raises."""
        name = f"level_{self._depth}"
        self._connection.execute("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}")
        self._depth += 1
        self._same_as = None
        self._remembered.clear()
        try:
            yield self._connection
        except BaseException:
            self.life = next(_lives)
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
        self._forget_pages()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Fill a new file faster: what is written is safe only when the block has ended.

        A file whose block did not end is discarded when it is opened next.
        """
        self._loading.touch()
        for pragma in ("synchronous=OFF", "journal_mode=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        yield
        for pragma in ("synchronous=FULL", "journal_mode=WAL"):
            self._connection.execute(f"PRAGMA {pragma}")
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
        self._loading.unlink()

    def _discard_half_loaded(self) -> None:
        if self._loading.exists():
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._loading.unlink()

    def _forget_pages(self) -> None:
        """Give back the memory of pages that were only read to be copied."""
        self._connection.execute("PRAGMA shrink_memory")
        self._connection.execute("PRAGMA mmap_size=0")
        self._connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")

    def restore_from(self, path: Path) -> None:
        """Replace the whole content by that of a copy; no work where it is that copy's still."""
        if self._same_as == path:
            return
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(self._connection)
        self._same_as = path
        self._remembered.clear()
        self.life = next(_lives)

    def close(self) -> None:
        self._connection.close()
