"""What was last seen of each tenant's consent."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.consent import Consent, ConsentState
from liaison.domain.names import TenantId
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import consents


class StoredConsents:
    """Implements `ports.Consents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, tenant: TenantId) -> Consent:
        """NOT_ASKED when nothing was ever seen."""
        query = sa.select(consents).where(consents.c.tenant == tenant)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return Consent(ConsentState.NOT_ASKED) if row is None else _read(row)

    async def save(self, tenant: TenantId, consent: Consent) -> None:
        values = {
            "tenant": tenant,
            "state": consent.state.value,
            "granted": orjson.dumps(consent.granted).decode(),
            "missing": orjson.dumps(consent.missing).decode(),
            "by_name": consent.by,
            "at": consent.at,
        }

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, consents, values):
                connection.execute(consents.update().where(consents.c.tenant == tenant).values(values))

        await self._database.write(put)


def _read(row: Any) -> Consent:
    granted, missing = tuple(orjson.loads(row.granted)), tuple(orjson.loads(row.missing))
    return Consent(ConsentState(row.state), granted, missing, row.by_name, row.at)
