"""The ledger of outbound calls: what Liaison asked of the services, by template and never by content."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import anyio.to_thread
import sqlalchemy as sa

from liaison.domain.promise import KeptCall, Promises
from liaison.errors import StoreUnavailable
from liaison.ports import CallTotal, Clock
from liaison.store.database import Database
from liaison.store.schema.tables import calls
from liaison.wire.log import CallLine

_SOON_S = 1.0
_MOST_WAITING = 10_000
Found = TypeVar("Found")


class StoredCalls:
    """Implements `ports.Calls`.

    Calls are noted without waiting for the disk and written together within a second: a ledger must not slow what it
    watches. A process that is killed loses the last second of its own.
    """

    def __init__(self, database: Database, clock: Clock, promises: Promises) -> None:
        self._database, self._clock, self._promises = database, clock, promises
        self._waiting: deque[dict[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None

    def note(self, line: CallLine) -> None:
        """Keep one call soon; may be called from any thread."""
        feature = self._promises.feature_of(line.service, line.method, line.path)
        self._waiting.append(
            {
                "at": self._clock.now(),
                "service": line.service,
                "method": line.method,
                "host": line.host,
                "path": line.path,
                "status": line.status,
                "ms": line.ms,
                "feature": feature.value if feature else "",
            }
        )
        with self._guard:
            if self._timer is None:
                self._timer = threading.Timer(_SOON_S, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what waits; another's writing is waited for. An outage of the store leaves it for the next call."""
        with self._writing:
            with self._guard:
                self._timer = None
                rows = list(self._waiting)
                self._waiting.clear()
            if not rows:
                return
            try:
                self._database.write_now(lambda connection: connection.execute(calls.insert(), rows))
            except StoreUnavailable:
                self._waiting.extendleft(reversed(rows))

    async def list(self, before: int = 0, size: int = 50, *, outside_only: bool = False) -> tuple[KeptCall, ...]:
        """Newest first, those numbered below `before` when it is given."""
        query = sa.select(calls).order_by(calls.c.number.desc()).limit(size)
        if before:
            query = query.where(calls.c.number < before)
        if outside_only:
            query = query.where(calls.c.feature == "")
        return await self._read(lambda connection: tuple(map(_call, connection.execute(query))))

    async def totals(self, since: datetime | None = None) -> tuple[CallTotal, ...]:
        """How many calls of each kind there were, the most frequent first."""
        count = sa.func.count().label("times")
        kinds = (calls.c.feature, calls.c.service, calls.c.method, calls.c.path)
        query = sa.select(*kinds, count).group_by(*kinds).order_by(count.desc(), calls.c.path)
        if since:
            query = query.where(calls.c.at >= since)
        return await self._read(
            lambda connection: tuple(
                CallTotal(row.feature, row.service, row.method, row.path, row.times)
                for row in connection.execute(query)
            )
        )

    async def forget(self, days: int) -> None:
        """Drop calls older than this."""
        before = self._clock.now() - timedelta(days=days)
        await self._database.write(lambda connection: connection.execute(calls.delete().where(calls.c.at < before)))

    async def _read(self, work: Callable[[sa.Connection], Found]) -> Found:
        def after_flush() -> Found:
            self.flush()
            return self._database.read_now(work)

        return await anyio.to_thread.run_sync(after_flush)


def _call(row: Any) -> KeptCall:
    return KeptCall(row.number, row.at, row.service, row.method, row.host, row.path, row.status, row.ms, row.feature)
