"""The processes that carry out durable work: a row each, beating while its process lives."""

from __future__ import annotations

import sqlalchemy as sa

from liaison.ports import Clock, Executor
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import executors


class StoredExecutors:
    """Implements `ports.Executors`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def join(self, executor: str, host: str, pid: int) -> None:
        now = self._clock.now()
        values = {
            "id": executor,
            "host": host,
            "pid": pid,
            "started_at": now,
            "seen_at": now,
            "beats": 0,
            "successor": "",
        }
        await self._database.write(lambda connection: insert_new(connection, executors, values))

    async def beat(self, executor: str) -> bool:
        beating = (
            executors.update()
            .where(executors.c.id == executor, executors.c.successor == "")
            .values(beats=executors.c.beats + 1, seen_at=self._clock.now())
        )
        return await self._database.write(lambda connection: connection.execute(beating).rowcount == 1)

    async def list(self) -> tuple[Executor, ...]:
        query = sa.select(executors).order_by(executors.c.started_at, executors.c.id)
        return await self._database.read(
            lambda connection: tuple(
                Executor(row.id, row.host, row.pid, row.beats, row.successor, row.seen_at)
                for row in connection.execute(query)
            )
        )

    async def take_over(self, gone: Executor, successor: str) -> bool:
        """Claim the work of one that is gone; false when it beat again or another was faster."""
        claiming = (
            executors.update()
            .where(
                executors.c.id == gone.id,
                executors.c.beats == gone.beats,
                executors.c.successor == gone.successor,
            )
            .values(successor=successor)
        )
        return await self._database.write(lambda connection: connection.execute(claiming).rowcount == 1)

    async def leave(self, executor: str) -> None:
        await self._database.write(
            lambda connection: connection.execute(executors.delete().where(executors.c.id == executor))
        )
