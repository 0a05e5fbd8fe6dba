"""What Collaborate shows on a record or view: the channels it is tied to, and work that is under way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from liaison.domain.connection import Lack, may_collaborate
from liaison.domain.crm import Association, Record, Table, View
from liaison.domain.forerunners import Forerunner
from liaison.domain.joining import Access, access_by
from liaison.domain.link import Link, LinkState
from liaison.domain.names import Person, RecordRef, Regarding, TeamId, ViewRef
from liaison.domain.readiness import Switches
from liaison.errors import (
    CollaborationOff,
    ConsentMissing,
    EnhancedOff,
    NotAllowed,
    SignInRequired,
    TableNotEnabled,
    Upstream,
)
from liaison.operations.environments import find_environment
from liaison.operations.forerunners import Inherited, list_inherited
from liaison.ports import Ports

LONGEST_LOOK_S = 3.0


@dataclass(frozen=True)
class Connection:
    """One channel of a record or view: Dataverse's row, our link, or both."""

    association: Association | None
    link: Link | None
    access: Access = Access.UNKNOWN
    """May the asker open the channel?"""
    origin: Forerunner | None = None
    """The record that it is tied to, where that went into the one asked about."""
    lacks: tuple[Lack, ...] | None = None
    """What a connection of Microsoft's own button is without; None when that is not known."""

    @property
    def is_adopted(self) -> bool:
        """Made by Microsoft's own button, not by Liaison."""
        return self.link is None

    @property
    def is_incomplete(self) -> bool:
        """Something may be missing that can be added: what Microsoft's button made, or a link that took it over."""
        if self.association is None or self.origin is not None:
            return False
        if self.link is not None:
            return self.link.state is LinkState.CONNECTED and self.link.step_at_work is not None
        return self.lacks is None or bool(self.lacks)


@dataclass(frozen=True)
class Panel:
    regarding: Regarding
    title: str
    table: Table
    switches: Switches
    connections: tuple[Connection, ...]


async def read_panel(regarding: Regarding, by: Person, ports: Ports) -> Panel:
    """A view's only with the enhanced experience.

    Raises CollaborationOff, EnhancedOff, TableNotEnabled, RecordUnknown, ViewUnknown, PrivilegeMissing.
    """
    if isinstance(regarding, RecordRef):
        return (await read_record_panel(regarding, by, ports))[1]
    return (await read_view_panel(regarding, by, ports))[1]


async def read_record_panel(ref: RecordRef, by: Person, ports: Ports) -> tuple[Record, Panel]:
    """A record and what Collaborate shows on it. Raises the same as `read_panel`."""
    crm = ports.crm(by, ref.environment)
    record, panel = await asyncio.gather(crm.read_record(ref), _gather_panel(ref, by, ports))
    return record, replace(panel, title=record.title)


async def read_view_panel(ref: ViewRef, by: Person, ports: Ports) -> tuple[View, Panel]:
    """The same for a view, which only the enhanced experience connects. Raises the same as `read_panel`."""
    crm = ports.crm(by, ref.environment)
    view, panel = await asyncio.gather(crm.read_view(ref), _gather_panel(ref, by, ports))
    if not panel.switches.enhanced:
        raise EnhancedOff(find_environment(ref.environment, ports).name)
    return view, replace(panel, title=view.name)


async def _gather_panel(regarding: Regarding, by: Person, ports: Ports) -> Panel:
    """Everything but the title."""
    crm = ports.crm(by, regarding.environment)
    (switches, table, associations), links, mine, inherited = await asyncio.gather(
        asyncio.gather(crm.read_switches(), crm.read_table(regarding.table), crm.list_associations(regarding)),
        ports.links.of(regarding),
        read_my_teams(by, ports),
        list_inherited(regarding, by, ports),
    )
    if not may_collaborate(switches, table):
        environment = find_environment(regarding.environment, ports)
        raise TableNotEnabled(table.plural) if switches.basic else CollaborationOff(environment.name)
    own = join_connections(associations, links, mine)
    return Panel(regarding, "", table, switches, (*own, *_come_with(inherited, own, mine)))


def _come_with(
    inherited: tuple[Inherited, ...], own: tuple[Connection, ...], mine: frozenset[TeamId] | None
) -> tuple[Connection, ...]:
    """The connections of records that went into this one; a channel that it has itself is not shown twice."""
    found: list[Connection] = []
    shown = {_channel_of(one) for one in own}
    for past in inherited:
        for one in join_connections(past.associations, past.links, mine):
            if _channel_of(one) not in shown:
                shown.add(_channel_of(one))
                found.append(replace(one, origin=past.origin))
    return tuple(found)


def _channel_of(connection: Connection) -> str:
    if connection.association is not None:
        return connection.association.channel
    return connection.link.evidence.channel or connection.link.id if connection.link else ""


async def read_my_teams(by: Person, ports: Ports) -> frozenset[TeamId] | None:
    """The teams that the asker is in; None without consent, or when Teams does not say so in good time.

    The panel lives by the CRM: it does not wait for Teams.
    """
    try:
        async with asyncio.timeout(LONGEST_LOOK_S):
            return frozenset(team.id for team in await ports.teamwork(by).list_teams())
    except (ConsentMissing, NotAllowed, SignInRequired, Upstream, TimeoutError):
        return None


def join_connections(
    associations: tuple[Association, ...], links: tuple[Link, ...], mine: frozenset[TeamId] | None = None
) -> tuple[Connection, ...]:
    """Rows and links of the same channel are one connection; links at work without a row follow the rows.

    `mine` are the asker's teams.
    """
    by_channel = {link.evidence.channel: link for link in links if link.evidence.channel}
    rows = tuple(
        Connection(row, by_channel.get(row.channel), access_by(row.team, row.channel_kind, mine))
        for row in associations
    )
    tied = {row.channel for row in associations}
    others = tuple(
        Connection(None, link, access_by(link.team, link.evidence.channel_kind, mine))
        for link in links
        if (link.evidence.channel not in tied or not link.evidence.channel) and link.state is not LinkState.CONNECTED
    )
    return rows + others
