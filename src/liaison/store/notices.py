"""Messages that were told to have changed, and those that were filed: ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from liaison.domain.filing import MessageRef
from liaison.domain.listening import LifeEvent, Listening, Notice, Told
from liaison.domain.names import LinkId
from liaison.store.database import Database, insert_new
from liaison.store.listenings import read_trouble, write_trouble
from liaison.store.schema.tables import filed_messages, listenings, notices

_MOST = 100
_IS_DUE = notices.c.stuck == sa.literal_column("0")


class StoredNotices:
    """Implements `ports.Notices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, listening: Listening, told: Sequence[Told], now: datetime) -> None:
        """Keep what was told, each message once; durable when this returns."""
        await self._database.write(lambda connection: _take(connection, listening, told, now))

    async def claim(self, now: datetime, until: datetime) -> Notice | None:
        """One that is due, for this worker alone until then."""
        query = sa.select(notices).where(_IS_DUE, notices.c.due_at <= now).order_by(notices.c.due_at).limit(1)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        found = _read(row)
        claim = notices.update().where(_is_as_read(found), notices.c.due_at == row.due_at).values(due_at=until)
        claimed = await self._database.write(lambda connection: connection.execute(claim).rowcount)
        return found if claimed else None

    async def save(self, notice: Notice) -> None:
        """Unless it was told again meanwhile."""
        values = {
            "due_at": notice.due_at,
            "tries": notice.tries,
            "stuck": int(notice.is_stuck),
            "trouble": write_trouble(notice.trouble),
        }
        update = notices.update().where(_is_as_read(notice)).values(values)
        await self._database.write(lambda connection: connection.execute(update))

    async def finish(self, notice: Notice) -> None:
        """Looked at; unless it was told again meanwhile."""
        delete = notices.delete().where(_is_as_read(notice))
        await self._database.write(lambda connection: connection.execute(delete))

    async def of(self, listening: str) -> tuple[Notice, ...]:
        """Those that failed at least once, the oldest first."""
        query = sa.select(notices).where(notices.c.listening == listening, notices.c.trouble != "")
        query = query.order_by(notices.c.since, notices.c.message, notices.c.reply).limit(_MOST)
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))

    async def wake(self, listening: str, now: datetime) -> int:
        """Try again now what failed, with another day before it is left to a person."""
        failed = sa.and_(notices.c.listening == listening, notices.c.trouble != "")
        update = notices.update().where(failed).values(due_at=now, since=now, stuck=0)
        return await self._database.write(lambda connection: connection.execute(update).rowcount)

    async def note_filed(self, link: LinkId, ref: MessageRef, at: datetime) -> None:
        """Noted already is done."""
        values = {"link": link, "channel": ref.channel, "message": ref.message, "reply": ref.reply, "at": at}
        await self._database.write(lambda connection: insert_new(connection, filed_messages, values))

    async def filed(self, ref: MessageRef) -> frozenset[LinkId]:
        """Links on whose timelines a message was filed."""
        query = sa.select(filed_messages.c.link).where(
            filed_messages.c.channel == ref.channel,
            filed_messages.c.message == ref.message,
            filed_messages.c.reply == ref.reply,
        )
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return frozenset(map(LinkId, found))

    async def count_filed(self, link: LinkId) -> int:
        query = sa.select(sa.func.count()).select_from(filed_messages).where(filed_messages.c.link == link)
        return await self._database.read(lambda connection: int(connection.execute(query).scalar_one()))


def _take(connection: sa.Connection, listening: Listening, told: Sequence[Told], now: datetime) -> None:
    events = {one.event for one in told}
    if events - {None}:
        anew: dict[str, Any] = {"due_at": now, "version": listenings.c.version + 1}
        if LifeEvent.REMOVED in events:
            anew["subscription"] = ""
        if events & {LifeEvent.REMOVED, LifeEvent.MISSED}:
            anew["unheard_at"] = now
        connection.execute(listenings.update().where(listenings.c.id == listening.id).values(**anew))
    for one in told:
        if not one.message:
            continue
        fresh = Notice(listening.id, one.message, one.reply, now, now)
        if not insert_new(connection, notices, _row(fresh)):
            again = {"due_at": now, "since": now, "stuck": 0, "version": notices.c.version + 1}
            connection.execute(notices.update().where(_is(fresh)).values(**again))


def _is(notice: Notice) -> sa.ColumnElement[bool]:
    return sa.and_(
        notices.c.listening == notice.listening, notices.c.message == notice.message, notices.c.reply == notice.reply
    )


def _is_as_read(notice: Notice) -> sa.ColumnElement[bool]:
    return sa.and_(_is(notice), notices.c.version == notice.version)


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "listening": notice.listening,
        "message": notice.message,
        "reply": notice.reply,
        "since": notice.since,
        "due_at": notice.due_at,
        "tries": notice.tries,
        "version": notice.version,
        "stuck": int(notice.is_stuck),
        "trouble": write_trouble(notice.trouble),
    }


def _read(row: Any) -> Notice:
    fresh = Notice(row.listening, row.message, row.reply, row.since, row.due_at, row.tries, row.version)
    return replace(fresh, trouble=read_trouble(row.trouble), is_stuck=bool(row.stuck))
