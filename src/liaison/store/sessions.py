"""Signed-in browsers, and what a sign-in keeps until the browser comes back.

A session's id and a sign-in's state are known to the browser alone; here are only their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from liaison.domain.names import Person, PersonId, TenantId
from liaison.ports import Clock, Session
from liaison.store.database import Database
from liaison.store.keys import Keys
from liaison.store.schema.tables import kept_states, sessions

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
"""Source: identity.md section 14, web sign-in checks."""

_SEEN_AGAIN = timedelta(minutes=1)
"""Not every page needs a write: a session's last use is noted once a minute."""

_PURPOSE = "sign-in"


class StoredSessions:
    """Implements `ports.Sessions`."""

    def __init__(self, database: Database, keys: Keys, clock: Clock) -> None:
        self._database, self._keys, self._clock = database, keys, clock

    async def open(self, person: Person, language: str) -> Session:
        """A new session under a new id."""
        session = secrets.token_urlsafe(32)
        now = self._clock.now()
        values = {
            "digest": _digest(session),
            "tenant": person.tenant,
            "person": person.id,
            "name": person.name,
            "upn": person.upn,
            "language": language,
            "theme": "",
            "started_at": now,
            "seen_at": now,
        }
        await self._database.write(lambda connection: connection.execute(sessions.insert().values(values)))
        return Session(session, _person(values), _form_token(session), language, "", now)

    async def find(self, session: str) -> Session | None:
        """None when unknown or past its idle or absolute time."""
        now = self._clock.now()
        query = sa.select(sessions).where(_is_session(session))
        row = await self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        if row is None or now - row["seen_at"] > IDLE or now - row["started_at"] > ABSOLUTE:
            return None
        if now - row["seen_at"] > _SEEN_AGAIN:
            seen = sessions.update().where(_is_session(session)).values(seen_at=now)
            await self._database.write(lambda connection: connection.execute(seen))
        form_token = _form_token(session)
        return Session(session, _person(row), form_token, row["language"], row["theme"], row["started_at"])

    async def set_taste(self, session: str, language: str, theme: str) -> None:
        taste = sessions.update().where(_is_session(session)).values(language=language, theme=theme)
        await self._database.write(lambda connection: connection.execute(taste))

    async def close(self, session: str) -> None:
        await self._database.write(lambda connection: connection.execute(sessions.delete().where(_is_session(session))))

    async def keep(self, state: str, kept: str, minutes: int = 10) -> None:
        """Remember what a sign-in needs until the browser comes back with `state`."""
        values = {
            "digest": _digest(state),
            "sealed": self._keys.seal(kept, _PURPOSE, _digest(state)),
            "ends_at": self._clock.now() + timedelta(minutes=minutes),
        }
        await self._database.write(lambda connection: connection.execute(kept_states.insert().values(values)))

    async def take(self, state: str) -> str | None:
        """What was kept under `state`, once; None when unknown, taken already or too old."""
        taking = (
            kept_states.delete()
            .where(kept_states.c.digest == _digest(state))
            .returning(kept_states.c.sealed, kept_states.c.ends_at)
        )
        row = await self._database.write(lambda connection: connection.execute(taking).one_or_none())
        if row is None or row.ends_at < self._clock.now():
            return None
        return self._keys.open(row.sealed, _PURPOSE, _digest(state))

    async def forget_ended(self) -> int:
        """Delete sessions and kept states past their time; how many there were."""
        now = self._clock.now()
        ended = sa.or_(sessions.c.seen_at < now - IDLE, sessions.c.started_at < now - ABSOLUTE)

        def forget(connection: sa.Connection) -> int:
            gone = connection.execute(sessions.delete().where(ended)).rowcount
            return gone + connection.execute(kept_states.delete().where(kept_states.c.ends_at < now)).rowcount

        return await self._database.write(forget)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _form_token(session: str) -> str:
    """Known to whoever holds the session, and no key to the session itself."""
    mac = hmac.new(session.encode(), b"form token", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _is_session(session: str) -> sa.ColumnElement[bool]:
    return sessions.c.digest == _digest(session)


def _person(row: Any) -> Person:
    return Person(TenantId(row["tenant"]), PersonId(row["person"]), row["name"], row["upn"], row["language"])
