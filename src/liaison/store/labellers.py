"""Who agreed to set sensitivity labels on behalf of others, in each tenant."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.labelling import Labeller
from liaison.domain.names import Person, PersonId, TenantId
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import labellers


class StoredLabellers:
    """Implements `ports.Labellers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, tenant: TenantId) -> Labeller | None:
        query = sa.select(labellers).where(labellers.c.tenant == tenant)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else _read(row)

    async def save(self, labeller: Labeller) -> None:
        person = labeller.person
        document = {"name": person.name, "upn": person.upn, "language": person.language, "trouble": labeller.trouble}
        values = {
            "tenant": person.tenant,
            "person": person.id,
            "agreed_at": labeller.agreed_at,
            "document": orjson.dumps(document).decode(),
        }

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, labellers, values):
                connection.execute(labellers.update().where(labellers.c.tenant == person.tenant).values(values))

        await self._database.write(put)

    async def forget(self, tenant: TenantId) -> None:
        """Nobody there is done."""
        gone = labellers.delete().where(labellers.c.tenant == tenant)
        await self._database.write(lambda connection: connection.execute(gone))


def _read(row: Any) -> Labeller:
    kept = orjson.loads(row.document)
    person = Person(TenantId(row.tenant), PersonId(row.person), kept["name"], kept["upn"], kept["language"])
    return Labeller(person, row.agreed_at, kept["trouble"])
