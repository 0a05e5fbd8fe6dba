"""Proposals to owners of teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from liaison.domain.names import ChannelId, LinkId, PersonId, TeamId, TenantId
from liaison.domain.proposals import WAITING, Cause, Proposal, ProposalKind, ProposalState
from liaison.errors import ProposalUnknown
from liaison.store.database import Database, insert_new
from liaison.store.schema.tables import proposals

_MOST = 200
_IS_WAITING = proposals.c.state.in_([state.value for state in WAITING])
_MAY_BE_WITHDRAWN = proposals.c.state.in_([ProposalState.OPEN.value, ProposalState.KEPT.value])


class StoredProposals:
    """Implements `ports.Proposals`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(self, proposal: Proposal) -> bool:
        """Keep it, unless one for this person, link and kind is open, or was answered with Keep for the same cause."""
        values = _values(proposal)
        same = _is(proposal.link, proposal.kind, [proposal.person])

        def put(connection: sa.Connection) -> bool:
            if insert_new(connection, proposals, values):
                return True
            held = _read(connection.execute(sa.select(proposals).where(same)).one())
            if not held.gives_way_to(proposal):
                return False
            still = proposals.c.state == held.state.value
            return bool(connection.execute(proposals.update().where(same, still).values(values)).rowcount)

        return await self._database.write(put)

    async def withdraw(self, link: LinkId, kind: ProposalKind, people: Sequence[PersonId]) -> int:
        """What is open, or was kept, for these people is so no longer; how many there were."""
        if not people:
            return 0
        gone = proposals.update().where(_is(link, kind, people), _MAY_BE_WITHDRAWN)
        values = {"state": ProposalState.WITHDRAWN.value}
        return await self._database.write(lambda connection: connection.execute(gone.values(values)).rowcount)

    async def get(self, tenant: TenantId, proposal: str) -> Proposal:
        """Raises ProposalUnknown."""
        query = sa.select(proposals).where(proposals.c.id == proposal, proposals.c.tenant == tenant)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise ProposalUnknown(proposal)
        return _read(row)

    async def change(self, before: Proposal, after: Proposal) -> bool:
        """Keep `after` in place of `before`; false when it has become something else meanwhile."""
        mine = sa.and_(proposals.c.id == before.id, proposals.c.tenant == before.tenant)

        def put(connection: sa.Connection) -> bool:
            row = connection.execute(sa.select(proposals).where(mine)).one_or_none()
            if row is None or _read(row) != before:
                return False
            same = sa.and_(mine, proposals.c.state == row.state, proposals.c.document == row.document)
            return bool(connection.execute(proposals.update().where(same).values(_values(after))).rowcount)

        return await self._database.write(put)

    async def any_waiting(self, tenant: TenantId) -> bool:
        """Does anything wait for any owner?"""
        query = sa.select(sa.exists().where(proposals.c.tenant == tenant, _IS_WAITING))
        return bool(await self._database.read(lambda connection: connection.execute(query).scalar_one()))

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[Proposal, ...]:
        """Those that wait for an owner of one of these teams, the oldest first."""
        query = (
            sa.select(proposals)
            .where(proposals.c.tenant == tenant, _IS_WAITING, proposals.c.team.in_(list(teams)))
            .order_by(proposals.c.at, proposals.c.id)
            .limit(_MOST)
        )
        return await self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))


def _is(link: LinkId, kind: ProposalKind, people: Sequence[PersonId]) -> sa.ColumnElement[bool]:
    columns = proposals.c
    return sa.and_(columns.link == link, columns.kind == kind.value, columns.person.in_(list(people)))


def _values(proposal: Proposal) -> dict[str, Any]:
    document = {
        "cause": proposal.cause,
        "team_name": proposal.team_name,
        "channel": proposal.channel,
        "channel_name": proposal.channel_name,
        "name": proposal.name,
        "answered_by": proposal.answered_by,
        "answered_at": proposal.answered_at,
    }
    return {
        "id": proposal.id,
        "tenant": proposal.tenant,
        "team": proposal.team,
        "link": proposal.link,
        "person": proposal.person,
        "kind": proposal.kind.value,
        "state": proposal.state.value,
        "at": proposal.at,
        "document": orjson.dumps(document).decode(),
    }


def _read(row: Any) -> Proposal:
    kept = orjson.loads(row.document)
    answered_at = kept["answered_at"]
    return Proposal(
        id=row.id,
        kind=ProposalKind(row.kind),
        cause=Cause(kept["cause"]),
        tenant=TenantId(row.tenant),
        link=LinkId(row.link),
        team=TeamId(row.team),
        team_name=kept["team_name"],
        channel=ChannelId(kept["channel"]),
        channel_name=kept["channel_name"],
        person=PersonId(row.person),
        name=kept["name"],
        at=row.at,
        state=ProposalState(row.state),
        answered_by=kept["answered_by"],
        answered_at=datetime.fromisoformat(answered_at) if answered_at else None,
    )
