"""Requests to be let into a team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.joining import JoinRequest, JoinState
from liaison.domain.names import ChannelId, Person, PersonId, TeamId, TenantId
from liaison.errors import JoinUnknown
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import join_requests

_MOST = 200


class StoredJoinRequests:
    """Implements `ports.JoinRequests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, request: JoinRequest) -> JoinRequest:
        """Keep the request, unless that person waits for that team already: then the earlier one comes back."""
        mine = _is(request)

        def put(connection: sa.Connection) -> JoinRequest:
            if insert_new(connection, join_requests, _values(request)):
                return request
            anew = join_requests.update().where(mine, join_requests.c.state != JoinState.WAITING.value)
            if connection.execute(anew.values(_values(request))).rowcount:
                return request
            return _read(connection.execute(sa.select(join_requests).where(mine)).one())

        return await self._database.write(put)

    async def get(self, tenant: TenantId, request: str) -> JoinRequest:
        """Raises JoinUnknown."""
        query = sa.select(join_requests).where(join_requests.c.id == request, join_requests.c.tenant == tenant)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise JoinUnknown(request)
        return _read(row)

    async def change(self, before: JoinRequest, after: JoinRequest) -> bool:
        """Keep `after` in place of `before`; false when it has become something else meanwhile."""
        mine = sa.and_(join_requests.c.id == before.id, join_requests.c.tenant == before.by.tenant)

        def put(connection: sa.Connection) -> bool:
            row = connection.execute(sa.select(join_requests).where(mine)).one_or_none()
            if row is None or _read(row) != before:
                return False
            same = sa.and_(mine, join_requests.c.state == row.state, join_requests.c.document == row.document)
            return bool(connection.execute(join_requests.update().where(same).values(_values(after))).rowcount)

        return await self._database.write(put)

    async def any_waiting(self, tenant: TenantId) -> bool:
        """Does anybody wait for any team?"""
        waiting = sa.and_(join_requests.c.tenant == tenant, join_requests.c.state == JoinState.WAITING.value)
        query = sa.select(sa.exists().where(waiting))
        return bool(await self._database.read(lambda connection: connection.execute(query).scalar_one()))

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[JoinRequest, ...]:
        """Those that wait for an owner of one of these teams, the oldest first."""
        query = (
            sa.select(join_requests)
            .where(
                join_requests.c.tenant == tenant,
                join_requests.c.state == JoinState.WAITING.value,
                join_requests.c.team.in_(list(teams)),
            )
            .order_by(join_requests.c.asked_at, join_requests.c.id)
            .limit(_MOST)
        )
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))

    async def of_person(self, tenant: TenantId, person: PersonId) -> tuple[JoinRequest, ...]:
        """What somebody asked for, the newest first, answered or not."""
        query = (
            sa.select(join_requests)
            .where(join_requests.c.tenant == tenant, join_requests.c.person == person)
            .order_by(join_requests.c.asked_at.desc(), join_requests.c.id)
            .limit(_MOST)
        )
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))


def _is(request: JoinRequest) -> sa.ColumnElement[bool]:
    """The row of that person, team and, for somebody who is in the team, channel."""
    key = _values(request)
    return sa.and_(*(join_requests.c[name] == key[name] for name in ("tenant", "team", "person", "channel")))


def _values(request: JoinRequest) -> dict[str, Any]:
    by = request.by
    document = {
        "team_name": request.team_name,
        "channel_name": request.channel_name,
        "channel": request.channel,
        "in_team": request.in_team,
        "by": {"name": by.name, "upn": by.upn, "language": by.language},
        "answered_by": request.answered_by,
        "answered_at": request.answered_at.isoformat() if request.answered_at else None,
        "held_by": request.held_by,
        "held_at": request.held_at.isoformat() if request.held_at else None,
    }
    return {
        "id": request.id,
        "tenant": by.tenant,
        "team": request.team,
        "person": by.id,
        "channel": request.channel if request.in_team else "",
        "state": request.state.value,
        "asked_at": request.asked_at,
        "document": orjson.dumps(document).decode(),
    }


def _read(row: Any) -> JoinRequest:
    kept = orjson.loads(row.document)
    by = kept["by"]
    return JoinRequest(
        id=row.id,
        team=TeamId(row.team),
        team_name=kept["team_name"],
        channel_name=kept["channel_name"],
        by=Person(TenantId(row.tenant), PersonId(row.person), by["name"], by["upn"], by["language"]),
        asked_at=row.asked_at,
        state=JoinState(row.state),
        answered_by=kept["answered_by"],
        answered_at=_moment(kept["answered_at"]),
        channel=ChannelId(kept["channel"]),
        in_team=kept.get("in_team", False),
        held_by=PersonId(kept["held_by"]) if kept.get("held_by") else None,
        held_at=_moment(kept.get("held_at")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
