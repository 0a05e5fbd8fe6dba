"""Listenings to channels: one for each channel of which messages are filed, with its secret sealed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa

from liaison.domain.filing import files_messages
from liaison.domain.link import LinkState, Operation
from liaison.domain.listening import Listening, ListeningState
from liaison.domain.names import ChannelId, EnvironmentKey, Person, PersonId, TeamId, TenantId
from liaison.errors import Remembered, SignInExpired
from liaison.store.database import Database, insert_new
from liaison.store.documents import read_link
from liaison.store.keys import Keys
from liaison.store.schema.tables import HOLDS, filing_rules, links, listenings, notices

_PURPOSE = "secret of a listening"
_SECRET_BYTES = 32
_MOST_AT_ONCE = 500
_ENDING = ListeningState.ENDING.value
_IS_FILED = sa.and_(
    HOLDS,
    links.c.tenant == filing_rules.c.tenant,
    links.c.environment == filing_rules.c.environment,
    links.c.channel != "",
    links.c.state != LinkState.PLANNED.value,
    links.c.operation.not_in([Operation.DISCONNECT.value, Operation.UNDO.value]),
    links.c.document.not_like('%"view":"%'),
)
"""A link of a record in an environment where messages are filed; whether it is connected its document says."""
_IS_WANTED = sa.exists(
    sa.select(sa.literal(1)).where(
        _IS_FILED, links.c.tenant == listenings.c.tenant, links.c.channel == listenings.c.channel
    )
)


class StoredListenings:
    """Implements `ports.Listenings`."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys

    async def settle(self, now: datetime) -> None:
        """A listening for each channel with a link in an environment where filing is on; the others are to end."""
        if await self._database.read(self._is_settled):
            return
        await self._database.write(lambda connection: self._settle(connection, now))

    def _is_settled(self, connection: sa.Connection) -> bool:
        """Looked at without a writer's turn, since it is asked every few seconds."""
        is_astray = sa.or_(
            sa.and_(listenings.c.state != _ENDING, ~_IS_WANTED), sa.and_(listenings.c.state == _ENDING, _IS_WANTED)
        )
        astray = connection.execute(sa.select(sa.exists().where(is_astray))).scalar_one()
        return not astray and not self._unheard(connection)

    def _settle(self, connection: sa.Connection, now: datetime) -> None:
        anew = {"due_at": now, "tries": 0, "version": listenings.c.version + 1}
        ends = listenings.update().where(listenings.c.state != _ENDING, ~_IS_WANTED)
        connection.execute(ends.values(state=_ENDING, **anew))
        returns = listenings.update().where(listenings.c.state == _ENDING, _IS_WANTED)
        connection.execute(returns.values(state=ListeningState.WANTED.value, **anew))
        for tenant, team, channel in self._unheard(connection):
            secret = secrets.token_urlsafe(_SECRET_BYTES)
            made = Listening(str(uuid4()), TenantId(tenant), TeamId(team), ChannelId(channel), secret, now)
            insert_new(connection, listenings, self._row(made))

    def _unheard(self, connection: sa.Connection) -> tuple[tuple[str, str, str], ...]:
        """Channels of records' links that have no listening yet."""
        is_heard = sa.exists(
            sa.select(sa.literal(1)).where(
                listenings.c.tenant == links.c.tenant, listenings.c.channel == links.c.channel
            )
        )
        query = sa.select(links.c.tenant, links.c.team, links.c.channel, links.c.document, links.c.version)
        found: dict[tuple[str, str, str], None] = {}
        for row in connection.execute(query.where(_IS_FILED, ~is_heard).order_by(links.c.planned_at, links.c.id)):
            if files_messages(read_link(row.document, row.version)):
                found[row.tenant, row.team, row.channel] = None
            if len(found) >= _MOST_AT_ONCE:
                break
        return tuple(found)

    async def find(self, listening: str) -> Listening | None:
        return await self._one(listenings.c.id == listening)

    async def of_channel(self, tenant: TenantId, channel: ChannelId) -> Listening | None:
        return await self._one(sa.and_(listenings.c.tenant == tenant, listenings.c.channel == channel))

    async def of_environment(self, tenant: TenantId, environment: EnvironmentKey) -> tuple[Listening, ...]:
        """Those of channels that have a link in the environment."""
        has_link = sa.exists(
            sa.select(sa.literal(1)).where(
                HOLDS,
                links.c.tenant == tenant,
                links.c.environment == environment,
                links.c.channel == listenings.c.channel,
            )
        )
        query = sa.select(listenings).where(listenings.c.tenant == tenant, has_link).order_by(listenings.c.id)
        return await self._database.read(lambda connection: tuple(map(self._read, connection.execute(query))))

    async def claim(self, now: datetime, until: datetime) -> Listening | None:
        """One that is due, for this worker alone until then."""
        query = sa.select(listenings).where(listenings.c.due_at <= now).order_by(listenings.c.due_at).limit(1)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        is_as_read = sa.and_(
            listenings.c.id == row.id, listenings.c.version == row.version, listenings.c.due_at == row.due_at
        )
        claim = listenings.update().where(is_as_read).values(due_at=until)
        claimed = await self._database.write(lambda connection: connection.execute(claim).rowcount)
        return self._read(row) if claimed else None

    async def save(self, listening: Listening) -> bool:
        """False when it has changed since it was read."""
        values = {**self._row(listening), "version": listening.version + 1}
        is_as_read = sa.and_(listenings.c.id == listening.id, listenings.c.version == listening.version)
        update = listenings.update().where(is_as_read).values(values)
        return bool(await self._database.write(lambda connection: connection.execute(update).rowcount))

    async def wake(self, listening: str, now: datetime) -> None:
        """Try again now, if it failed."""
        failed = sa.and_(listenings.c.id == listening, listenings.c.trouble != "")
        update = listenings.update().where(failed).values(due_at=now)
        await self._database.write(lambda connection: connection.execute(update))

    async def wake_parked(self, tenant: TenantId, now: datetime) -> None:
        """Try again now those that wait for somebody to sign in."""
        parked = sa.and_(listenings.c.tenant == tenant, listenings.c.trouble.like(f'["{SignInExpired.code}"%'))
        update = listenings.update().where(parked).values(due_at=now)
        await self._database.write(lambda connection: connection.execute(update))

    async def drop(self, listening: Listening) -> None:
        """With its notices; unless it has changed since it was read."""
        is_as_read = sa.and_(listenings.c.id == listening.id, listenings.c.version == listening.version)

        def delete(connection: sa.Connection) -> None:
            if connection.execute(listenings.delete().where(is_as_read)).rowcount:
                connection.execute(notices.delete().where(notices.c.listening == listening.id))

        await self._database.write(delete)

    async def _one(self, where: sa.ColumnElement[bool]) -> Listening | None:
        query = sa.select(listenings).where(where)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._read(row)

    def _row(self, listening: Listening) -> dict[str, Any]:
        acting = listening.acting
        return {
            "id": listening.id,
            "tenant": listening.tenant,
            "team": listening.team,
            "channel": listening.channel,
            "sealed": self._keys.seal(listening.secret, _PURPOSE, _owner(listening.tenant, listening.id)),
            "state": listening.state.value,
            "subscription": listening.subscription,
            "acting": "" if acting is None else orjson.dumps([acting.id, acting.name, acting.upn]).decode(),
            "ends_at": listening.ends_at,
            "unheard_at": listening.unheard_at,
            "due_at": listening.due_at,
            "tries": listening.tries,
            "trouble": write_trouble(listening.trouble),
            "version": listening.version,
        }

    def _read(self, row: Any) -> Listening:
        tenant = TenantId(row.tenant)
        acting = orjson.loads(row.acting) if row.acting else None
        return Listening(
            id=row.id,
            tenant=tenant,
            team=TeamId(row.team),
            channel=ChannelId(row.channel),
            secret=self._keys.open(row.sealed, _PURPOSE, _owner(tenant, row.id)),
            due_at=row.due_at,
            state=ListeningState(row.state),
            subscription=row.subscription,
            acting=None if acting is None else Person(tenant, PersonId(acting[0]), acting[1], acting[2]),
            ends_at=row.ends_at,
            tries=row.tries,
            trouble=read_trouble(row.trouble),
            version=row.version,
            unheard_at=row.unheard_at,
        )


def reseal_listenings(database: Database, keys: Keys) -> int:
    """Seal every secret again that an older key has sealed; how many there were."""

    def reseal(connection: sa.Connection) -> int:
        old = [row for row in connection.execute(sa.select(listenings)).all() if not keys.is_current(row.sealed)]
        for row in old:
            owner = _owner(row.tenant, row.id)
            sealed = keys.seal(keys.open(row.sealed, _PURPOSE, owner), _PURPOSE, owner)
            connection.execute(listenings.update().where(listenings.c.id == row.id).values(sealed=sealed))
        return len(old)

    return database.write_now(reseal)


def write_trouble(trouble: Remembered | None) -> str:
    """Code and facts of an error; empty without one."""
    return "" if trouble is None else orjson.dumps([trouble.code, trouble.facts]).decode()


def read_trouble(kept: str) -> Remembered | None:
    """The error that was kept."""
    return Remembered(*orjson.loads(kept)) if kept else None


def _owner(tenant: str, listening: str) -> str:
    return f"{tenant}\n{listening}"
