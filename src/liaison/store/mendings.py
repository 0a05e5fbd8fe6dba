"""Remedies that were applied, with the rows as they were before."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.names import EnvironmentKey, Person, PersonId, TenantId
from liaison.domain.remedy import Act, Change, ChangeState, Mending
from liaison.errors import MendingUnknown, Row
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import mendings


class StoredMendings:
    """Implements `ports.Mendings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, mending: Mending) -> None:
        """Keep a mending, or the newer state of one that is kept."""
        values = {
            "id": mending.id,
            "tenant": mending.by.tenant,
            "environment": mending.environment,
            "at": mending.at,
            "document": orjson.dumps(_written(mending)).decode(),
        }

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, mendings, values):
                connection.execute(mendings.update().where(mendings.c.id == mending.id).values(values))

        await self._database.write(put)

    async def get(self, tenant: TenantId, environment: EnvironmentKey, mending: str) -> Mending:
        """Raises MendingUnknown."""
        query = sa.select(mendings).where(
            mendings.c.id == mending, mendings.c.tenant == tenant, mendings.c.environment == environment
        )
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise MendingUnknown(mending)
        return _read(row)

    async def list(self, tenant: TenantId, environment: EnvironmentKey, size: int = 20) -> tuple[Mending, ...]:
        """Newest first."""
        query = (
            sa.select(mendings)
            .where(mendings.c.tenant == tenant, mendings.c.environment == environment)
            .order_by(mendings.c.at.desc())
            .limit(size)
        )
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))


def _written(mending: Mending) -> dict[str, Any]:
    by = mending.by
    return {
        "by": {"id": by.id, "name": by.name, "upn": by.upn, "language": by.language},
        "changes": [
            {
                "act": change.act.value,
                "row": [change.row.kind, change.row.name, change.row.id, change.row.detail],
                "content": change.content,
                "state": change.state.value,
            }
            for change in mending.changes
        ],
    }


def _read(row: Any) -> Mending:
    document = orjson.loads(row.document)
    by = document["by"]
    return Mending(
        id=row.id,
        environment=EnvironmentKey(row.environment),
        by=Person(TenantId(row.tenant), PersonId(by["id"]), by["name"], by["upn"], by["language"]),
        at=row.at,
        changes=tuple(
            Change(Act(change["act"]), Row(*change["row"]), change["content"], ChangeState(change["state"]))
            for change in document["changes"]
        ),
    )
