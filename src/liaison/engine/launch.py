"""Starting and stopping DBOS in this process, and what we tell it. The only module that imports it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID

PROTOCOL_VERSION = "1"
"""Raised only when runs of an older version could not be carried on by this one. DBOS would otherwise derive it from
the source text, and every release would strand the runs of the one before."""

_BUSY_TIMEOUT_S = 30.0
_POLL_S = 1.0
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_ACTIVE = {"PENDING", "ENQUEUED", "DELAYED"}
_AT_ONCE = 500

Body = Callable[[str, str, int], Awaitable[str]]
"""Carries out (operation, link, run); what comes back is kept with the finished run."""


class RecordedFailure(Exception):
    """A failure that the engine had noted, read back from its notes."""


class PlainNotes(Serializer):
    """What the engine keeps, as JSON: texts and numbers, and failures by class and first words. Never pickled."""

    def name(self) -> str:
        return "liaison_json"

    def serialize(self, data: Any) -> str:
        if isinstance(data, BaseException):
            return json.dumps({"failure": type(data).__name__, "words": str(data)[:300]})
        return json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        read = json.loads(serialized_data)
        if isinstance(read, dict) and set(read) == {"failure", "words"}:
            return RecordedFailure(f"{read['failure']}: {read['words']}")
        return read


class Engine:
    """DBOS while it runs in this process; there is one at a time. Implements `steps.Durability`."""

    def __init__(self, address: str, executor: str, body: Body) -> None:
        """Nothing starts before `launch`."""
        logging.getLogger("dbos").addHandler(logging.NullHandler())  # else it prints lines of its own
        self._database = make_engine(address)
        DBOS(config=_config(address, self._database, executor))

        # Registered anew for each life of the engine: the latest body is the one that runs are dispatched to.
        @DBOS.workflow(name="liaison.run", max_recovery_attempts=None)
        async def carry_out(operation: str, link: str, run: int) -> str:
            return await body(operation, link, run)

        self._carry_out = carry_out

    def launch(self) -> None:
        """Blocks for a moment. Called on the running loop that is to carry out the runs: DBOS keeps to that loop."""
        DBOS.launch()

    async def begin(self, name: str, operation: str, link: str, run: int) -> None:
        """Start the run under this name; a name in use is left as it is."""
        with SetWorkflowID(name):
            await DBOS.start_workflow_async(self._carry_out, operation, link, run)

    async def is_active(self, name: str) -> bool | None:
        """Is a run of this name unfinished? None when there was never one."""
        status = await DBOS.get_workflow_status_async(name)
        return None if status is None else status.status in _ACTIVE

    async def step(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        async def carried_out() -> str:
            return await effect()

        return await DBOS.run_step_async({"name": name}, carried_out)

    async def sleep(self, seconds: float) -> None:
        await DBOS.sleep_async(seconds)

    async def resume_runs_of(self, executor: str) -> int:
        """Let any worker go on with what this executor left unfinished; how many runs that were."""
        left = await self._names(status="PENDING", executor_id=executor)
        if left:
            await DBOS.resume_workflows_async(left)
        return len(left)

    async def executors_at_work(self) -> frozenset[str]:
        """Ids of the executors that have unfinished runs."""
        found = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False, limit=_AT_ONCE)
        return frozenset(status.executor_id for status in found if status.executor_id)

    async def forget_finished(self, days: int) -> int:
        """Delete the notes on runs that ended more than so many days ago; how many there were."""
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        forgotten = 0
        while old := await self._names(status=_FINISHED, completed_before=before):
            await DBOS.delete_workflows_async(old)
            forgotten += len(old)
        return forgotten

    async def _names(self, **wanted: Any) -> list[str]:
        found = await DBOS.list_workflows_async(**wanted, load_input=False, load_output=False, limit=_AT_ONCE)
        return [status.workflow_id for status in found]

    async def stop(self) -> None:
        """End DBOS in this process; unfinished runs stay as they are, for whoever takes over."""
        await anyio.to_thread.run_sync(DBOS.destroy)
        self._database.dispose()


def _config(address: str, database: sa.Engine, executor: str) -> DBOSConfig:
    return {
        "name": "liaison",
        "system_database_url": address,
        "system_database_engine": database,
        "dbos_system_schema": "liaison_engine",
        "executor_id": executor,
        "application_version": PROTOCOL_VERSION,
        "serializer": PlainNotes(),
        "enable_otlp": False,
        "log_level": "WARNING",
        "notification_listener_polling_interval_sec": _POLL_S,
        "max_executor_threads": 16,
    }


def make_engine(address: str) -> sa.Engine:
    """The engine's database with the same safety as our own: WAL and full syncs on SQLite."""
    url = sa.make_url(address)
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    if url.database:
        path = Path(url.database)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # as DBOS sets it on an engine of its own
    statements: Sequence[str] = (
        f"PRAGMA busy_timeout={int(_BUSY_TIMEOUT_S * 1000)}",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    )
    for statement in statements:
        connection.execute(statement)
