"""What was last seen of each enabled environment, and on whose behalf it is looked at again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.names import EnvironmentKey, Person, PersonId, TenantId
from liaison.domain.readiness import Check, CheckState
from liaison.domain.watch import Watch
from liaison.errors import Remembered, Row
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import watches


class StoredWatches:
    """Implements `ports.Watches`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, watch: Watch) -> None:
        values = {
            "tenant": watch.by.tenant,
            "environment": watch.environment,
            "checked_at": watch.checked_at,
            "document": orjson.dumps(_written(watch)).decode(),
        }

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, watches, values):
                connection.execute(watches.update().where(_is(watch.by.tenant, watch.environment)).values(values))

        await self._database.write(put)

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> Watch | None:
        """None when the environment was never switched on from here."""
        query = sa.select(watches).where(_is(tenant, environment))
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else _read(row)

    async def due(self, before: datetime) -> tuple[Watch, ...]:
        """Those last looked at before this moment, or never."""
        query = sa.select(watches).where(sa.or_(watches.c.checked_at.is_(None), watches.c.checked_at < before))
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None:
        delete = watches.delete().where(_is(tenant, environment))
        await self._database.write(lambda connection: connection.execute(delete))


def _is(tenant: TenantId, environment: EnvironmentKey) -> sa.ColumnElement[bool]:
    return sa.and_(watches.c.tenant == tenant, watches.c.environment == environment)


def _written(watch: Watch) -> dict[str, Any]:
    by = watch.by
    return {
        "by": {"id": by.id, "name": by.name, "upn": by.upn, "language": by.language},
        "trouble": [watch.trouble.code, watch.trouble.facts] if watch.trouble else "",
        "broke": list(watch.broke),
        "checks": [
            {
                "code": check.code,
                "state": check.state.value,
                "rows": [[row.kind, row.name, row.id, row.detail] for row in check.rows],
                "total": check.total,
                "trouble": check.trouble,
                "facts": [list(fact) for fact in check.facts],
            }
            for check in watch.checks
        ],
    }


def _read(row: Any) -> Watch:
    document = orjson.loads(row.document)
    by = document["by"]
    return Watch(
        environment=EnvironmentKey(row.environment),
        by=Person(TenantId(row.tenant), PersonId(by["id"]), by["name"], by["upn"], by["language"]),
        checked_at=row.checked_at,
        checks=tuple(_check(check) for check in document["checks"]),
        broke=tuple(document["broke"]),
        trouble=_trouble(document["trouble"]),
    )


def _trouble(kept: Any) -> Remembered | None:
    """None also for what was kept before errors were kept with their facts: tomorrow's look says it anew."""
    return Remembered(kept[0], kept[1]) if isinstance(kept, list) else None


def _check(kept: Any) -> Check:
    return Check(
        kept["code"],
        CheckState(kept["state"]),
        tuple(Row(*row) for row in kept["rows"]),
        kept["total"],
        kept["trouble"],
        tuple((name, value) for name, value in kept["facts"]),
    )
