"""People's refresh tokens, sealed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from liaison.domain.names import PersonId, TenantId
from liaison.ports import Clock
from liaison.store.database import Database, insert_new
from liaison.store.keys import Keys
from liaison.store.schema.tables import parked_tokens

_PURPOSE = "refresh token"


class StoredTokens:
    """Implements `ports.ParkedTokens`."""

    def __init__(self, database: Database, keys: Keys, clock: Clock) -> None:
        self._database, self._keys, self._clock = database, keys, clock

    async def park(self, tenant: TenantId, person: PersonId, refresh_token: str) -> None:
        """Keep the token in place of the person's earlier one."""
        sealed = self._keys.seal(refresh_token, _PURPOSE, _owner(tenant, person))
        values = {"tenant": tenant, "person": person, "sealed": sealed, "parked_at": self._clock.now()}

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, parked_tokens, values):
                connection.execute(parked_tokens.update().where(_is_of(tenant, person)).values(values))

        await self._database.write(put)

    async def read(self, tenant: TenantId, person: PersonId) -> str | None:
        query = sa.select(parked_tokens.c.sealed).where(_is_of(tenant, person))
        sealed = await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())
        return None if sealed is None else self._keys.open(sealed, _PURPOSE, _owner(tenant, person))

    async def forget(self, tenant: TenantId, person: PersonId) -> None:
        """Absent already is done."""
        await self._database.write(
            lambda connection: connection.execute(parked_tokens.delete().where(_is_of(tenant, person)))
        )


def reseal_tokens(database: Database, keys: Keys) -> int:
    """Seal every token again that an older key has sealed; how many there were."""

    def reseal(connection: sa.Connection) -> int:
        rows = connection.execute(sa.select(parked_tokens)).all()
        old = [row for row in rows if not keys.is_current(row.sealed)]
        for row in old:
            connection.execute(
                parked_tokens.update().where(_is_of(row.tenant, row.person)).values(sealed=_sealed_anew(row, keys))
            )
        return len(old)

    return database.write_now(reseal)


def _sealed_anew(row: Any, keys: Keys) -> str:
    owner = _owner(row.tenant, row.person)
    return keys.seal(keys.open(row.sealed, _PURPOSE, owner), _PURPOSE, owner)


def _owner(tenant: str, person: str) -> str:
    """A token sealed for one person cannot be put into another's row."""
    return f"{tenant}\n{person}"


def _is_of(tenant: str, person: str) -> sa.ColumnElement[bool]:
    return sa.and_(parked_tokens.c.tenant == tenant, parked_tokens.c.person == person)
