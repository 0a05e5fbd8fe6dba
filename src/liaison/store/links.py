"""Our memory of links. Each save is one transaction with its audit line."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from liaison.domain.link import Link, LinkState, NewChannel, PrimaryChannel
from liaison.domain.names import ChannelId, EnvironmentKey, LinkId, Person, PersonId, Regarding, TeamId, TenantId
from liaison.errors import IdempotencyKeyReused, InputInvalid, LinkBusy, LinkUnknown, SignInExpired
from liaison.ports import ALL_LINKS, Clock, LinkFilter
from liaison.store.audit import Entry, append
from liaison.store.database import Database, insert_new
from liaison.store.documents import read_link, write_link
from liaison.store.schema.tables import AT_WORK, HOLDS, idempotency_keys, links

_CONTENT = (links.c.document, links.c.version)


class StoredLinks:
    """Implements `ports.Links`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        return await self._database.write(lambda connection: self._plan(connection, link, key, fingerprint))

    def _plan(self, connection: sa.Connection, link: Link, key: str, fingerprint: str) -> Link:
        if key:
            earlier = self._claim_key(connection, link, key, fingerprint)
            if earlier is not None:
                return earlier
        held = self._hold(connection, link)
        if key and held.id != link.id:
            connection.execute(idempotency_keys.update().where(_is_key(link.by, key)).values(link=held.id))
        return held

    def _claim_key(self, connection: sa.Connection, link: Link, key: str, fingerprint: str) -> Link | None:
        """The link that this key was used for; None when the key was free and now stands for the given link."""
        values = {
            "tenant": link.by.tenant,
            "person": link.by.id,
            "key": key,
            "link": link.id,
            "fingerprint": fingerprint,
            "used_at": self._clock.now(),
        }
        # Inserting first makes a second transaction with the same key wait for this one's end.
        if insert_new(connection, idempotency_keys, values):
            return None
        used = connection.execute(sa.select(idempotency_keys).where(_is_key(link.by, key))).one()
        if used.fingerprint != fingerprint:
            raise IdempotencyKeyReused(key)
        return _get(connection, LinkId(used.link))

    def _hold(self, connection: sa.Connection, link: Link) -> Link:
        """The given link, inserted, or the one that already ties the same record and channel."""
        while not insert_new(connection, links, self._row(link)):
            earlier = _find_twin(connection, link)
            if earlier is not None:
                return earlier
        act = "link.planned" if link.state is LinkState.PLANNED else "link.adopted"
        append(connection, self._entry(link, act))
        return link

    async def get(self, link: LinkId) -> Link:
        return await self._database.read(lambda connection: _get(connection, link))

    async def save(self, link: Link, act: str = "") -> Link:
        """Save if nobody saved since it was read, with the audit line `act` unless it is empty.

        Raises LinkBusy when somebody did, or when another link already ties this record and channel.
        """
        try:
            return await self._database.write(lambda connection: self._save(connection, link, act))
        except IntegrityError:
            twin = await self._database.read(lambda connection: _find_twin(connection, link))
            if twin is None:
                raise
            raise LinkBusy(twin.id, twin.state_word) from None

    def _save(self, connection: sa.Connection, link: Link, act: str) -> Link:
        saved = replace(link, version=link.version + 1)
        is_as_read = sa.and_(links.c.id == link.id, links.c.version == link.version)
        if not connection.execute(links.update().where(is_as_read).values(self._row(saved))).rowcount:
            now = _get(connection, link.id)
            raise LinkBusy(now.id, now.state_word)
        if act:
            append(connection, self._entry(saved, act))
        return saved

    async def of(self, regarding: Regarding) -> tuple[Link, ...]:
        query = (
            sa.select(*_CONTENT)
            .where(
                links.c.environment == regarding.environment,
                links.c.table_name == regarding.table,
                links.c.record == regarding.id,
                HOLDS,
            )
            .order_by(links.c.planned_at, links.c.id)
        )
        return await self._list(query)

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        only: LinkFilter = ALL_LINKS,
        page: str = "",
        size: int = 50,
    ) -> tuple[tuple[Link, ...], str]:
        query = sa.select(*_CONTENT).where(links.c.tenant == tenant)
        if person is not None:
            query = query.where(links.c.by_person == person)
        if only.states:
            query = query.where(links.c.state.in_([state.value for state in only.states]))
        wanted = {
            links.c.environment: only.environment,
            links.c.table_name: only.table,
            links.c.record: only.regarding,
            links.c.team: only.team,
        }
        query = query.where(*(column == value for column, value in wanted.items() if value))
        if page:
            query = query.where(_is_after(page))
        newest_first = query.order_by(links.c.planned_at.desc(), links.c.id.desc()).limit(size + 1)
        found = await self._list(newest_first)
        return found[:size], _mark(found[size - 1]) if len(found) > size else ""

    async def in_channel(self, tenant: TenantId, channel: ChannelId) -> tuple[Link, ...]:
        query = sa.select(*_CONTENT).where(links.c.tenant == tenant, links.c.channel == channel, HOLDS)
        return await self._list(query.order_by(links.c.planned_at, links.c.id))

    async def connected(self) -> tuple[Link, ...]:
        return await self._list(sa.select(*_CONTENT).where(HOLDS, links.c.state == LinkState.CONNECTED.value))

    async def count(self, environment: EnvironmentKey) -> int:
        query = sa.select(sa.func.count()).where(links.c.environment == environment, HOLDS)
        return await self._database.read(lambda connection: int(connection.execute(query).scalar_one()))

    async def in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> int:
        is_other = sa.and_(links.c.tenant == tenant, links.c.team == team, links.c.id != besides)
        query = sa.select(sa.func.count()).where(is_other, HOLDS)
        return await self._database.read(lambda connection: int(connection.execute(query).scalar_one()))

    async def invited_in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> frozenset[PersonId]:
        is_other = sa.and_(links.c.tenant == tenant, links.c.team == team, links.c.id != besides)
        others = await self._list(sa.select(*_CONTENT).where(is_other, HOLDS))
        return frozenset(invited.id for link in others for invited in link.members)

    async def removed_channels(self, tenant: TenantId, team: TeamId, since: datetime) -> tuple[str, ...]:
        undone = await self._list(
            sa.select(*_CONTENT).where(
                links.c.tenant == tenant,
                links.c.team == team,
                links.c.state == LinkState.UNDONE.value,
                links.c.wanted_name != "",
                links.c.updated_at > since,
            )
        )
        return tuple(
            link.channel_name for link in undone if link.evidence.channel and not link.evidence.channel_is_ours
        )

    async def at_work(self) -> tuple[Link, ...]:
        return await self._list(sa.select(*_CONTENT).where(AT_WORK).order_by(links.c.planned_at))

    async def parked_for(self, person: Person) -> tuple[Link, ...]:
        query = sa.select(*_CONTENT).where(
            links.c.tenant == person.tenant,
            links.c.acting_person == person.id,
            links.c.trouble_code == SignInExpired.code,
            links.c.state == LinkState.NEEDS_PERSON.value,
        )
        return await self._list(query.order_by(links.c.planned_at))

    async def forget_keys(self, days: int) -> int:
        """Delete idempotency keys last used more than so many days ago; how many there were."""
        old = idempotency_keys.c.used_at < self._clock.now() - timedelta(days=days)
        return await self._database.write(
            lambda connection: connection.execute(idempotency_keys.delete().where(old)).rowcount
        )

    async def _list(self, query: sa.Select[Any]) -> tuple[Link, ...]:
        return await self._database.read(
            lambda connection: tuple(read_link(row.document, row.version) for row in connection.execute(query))
        )

    def _row(self, link: Link) -> dict[str, Any]:
        return {
            "id": link.id,
            "tenant": link.by.tenant,
            "environment": link.environment,
            "table_name": link.regarding.table,
            "record": link.regarding.id,
            "team": link.team,
            "channel": _channel(link),
            "wanted_name": _wanted_name(link),
            "wanted_team": _wanted_team(link),
            "state": link.state.value,
            "at_work": int(link.state.at_work),
            "holds": int(not link.state.is_over),
            "trouble_code": link.trouble.code if link.trouble else "",
            "operation": link.operation.value,
            "by_person": link.by.id,
            "acting_person": link.acting.id,
            "run": link.run,
            "version": link.version,
            "planned_at": link.planned_at,
            "updated_at": self._clock.now(),
            "document": write_link(link),
        }

    def _entry(self, link: Link, act: str) -> Entry:
        place = f"{link.team_name or link.team} / {link.channel_name or _channel(link)}"
        detail = f"{link.title} ({link.environment}/{link.regarding.table}/{link.regarding.id}) – {place}"
        if link.trouble is not None:
            detail += f": {link.trouble.code}"
        return Entry(self._clock.now(), link.acting, act, link.id, detail)


def _channel(link: Link) -> str:
    return link.evidence.channel or ("" if isinstance(link.wanted, NewChannel | PrimaryChannel) else link.wanted)


def _wanted_name(link: Link) -> str:
    return link.wanted.name.casefold() if isinstance(link.wanted, NewChannel) else ""


def _wanted_team(link: Link) -> str:
    return link.new_team.name.casefold() if link.new_team is not None else ""


def _is_key(person: Person, key: str) -> sa.ColumnElement[bool]:
    columns = idempotency_keys.c
    return sa.and_(columns.tenant == person.tenant, columns.person == person.id, columns.key == key)


def _get(connection: sa.Connection, link: LinkId) -> Link:
    row = connection.execute(sa.select(*_CONTENT).where(links.c.id == link)).one_or_none()
    if row is None:
        raise LinkUnknown(link)
    return read_link(row.document, row.version)


def _find_twin(connection: sa.Connection, link: Link) -> Link | None:
    """The other link that is not over and ties the same record to the same channel, or is to make the same one."""
    same: list[sa.ColumnElement[bool]] = []
    if _channel(link):
        same.append(links.c.channel == _channel(link))
    if _wanted_name(link) and link.team:
        same.append(sa.and_(links.c.team == link.team, links.c.wanted_name == _wanted_name(link)))
    if _wanted_team(link):
        is_team = links.c.wanted_team == _wanted_team(link)
        same.append(sa.and_(is_team, links.c.wanted_name == _wanted_name(link)))
    query = sa.select(*_CONTENT).where(
        links.c.tenant == link.by.tenant,
        links.c.environment == link.environment,
        links.c.table_name == link.regarding.table,
        links.c.record == link.regarding.id,
        HOLDS,
        links.c.id != link.id,
        sa.or_(*same),
    )
    row = connection.execute(query.order_by(links.c.planned_at).limit(1)).one_or_none()
    return None if row is None else read_link(row.document, row.version)


def _mark(link: Link) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([link.planned_at, link.id])).decode().rstrip("=")


def _is_after(page: str) -> sa.ColumnElement[bool]:
    """Older than the link of the mark. Raises InputInvalid for a mark that we did not make."""
    padded = page + "=" * (-len(page) % 4)
    try:
        at, link = orjson.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (binascii.Error, ValueError, TypeError):
        raise InputInvalid("page", page[:80], "next_page") from None
    return sa.or_(links.c.planned_at < moment, sa.and_(links.c.planned_at == moment, links.c.id < str(link)))
