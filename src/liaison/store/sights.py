"""Links' records as they were last looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.following import Known, Sight
from liaison.domain.names import LinkId, PersonId, RowId, TenantId
from liaison.errors import Remembered
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import HOLDS, links, sights, turns

_ROUND = "follow"


class StoredSights:
    """Implements `ports.Sights`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim_round(self, now: datetime, until: datetime) -> bool:
        """One of several that ask is told that it is its turn, and nobody again before `until`."""

        def put(connection: sa.Connection) -> bool:
            if insert_new(connection, turns, {"name": _ROUND, "until": until}):
                return True
            free = sa.and_(turns.c.name == _ROUND, turns.c.until <= now)
            return bool(connection.execute(turns.update().where(free).values(until=until)).rowcount)

        return await self._database.write(put)

    async def all(self) -> dict[LinkId, Sight]:
        """Of every link that holds; what was kept of others is forgotten."""
        holding = sa.select(links.c.id).where(HOLDS)

        def take(connection: sa.Connection) -> dict[LinkId, Sight]:
            found = [_read(row) for row in connection.execute(sa.select(sights))]
            held = {row.id for row in connection.execute(holding)} if found else set()
            gone = [sight.link for sight in found if sight.link not in held]
            if gone:
                connection.execute(sights.delete().where(sights.c.link.in_(gone)))
            return {sight.link: sight for sight in found if sight.link in held}

        return await self._database.write(take)

    async def of(self, link: LinkId) -> Sight | None:
        query = sa.select(sights).where(sights.c.link == link)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else _read(row)

    async def save(self, sight: Sight) -> None:
        values = {"link": sight.link, "tenant": sight.tenant, "document": orjson.dumps(_written(sight)).decode()}

        def put(connection: sa.Connection) -> None:
            if not insert_new(connection, sights, values):
                connection.execute(sights.update().where(sights.c.link == sight.link).values(values))

        await self._database.write(put)


def _written(sight: Sight) -> dict[str, Any]:
    trouble = sight.trouble
    return {
        "follows": sight.follows,
        "owner": sight.owner,
        "is_closed": sight.is_closed,
        "people": [[one.person, one.name, one.is_recommended, one.reads, one.is_owner] for one in sight.people],
        "people_at": sight.people_at,
        "trouble": [trouble.code, trouble.facts] if trouble else None,
        "since": sight.since,
    }


def _read(row: Any) -> Sight:
    kept = orjson.loads(row.document)
    return Sight(
        link=LinkId(row.link),
        tenant=TenantId(row.tenant),
        follows=RowId(kept["follows"]),
        owner=RowId(kept["owner"]),
        is_closed=kept["is_closed"],
        people=tuple(
            Known(PersonId(person), name, is_recommended, reads, is_owner)
            for person, name, is_recommended, reads, is_owner in kept["people"]
        ),
        people_at=_moment(kept["people_at"]),
        trouble=Remembered(*kept["trouble"]) if kept["trouble"] else None,
        since=_moment(kept["since"]),
    )


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
