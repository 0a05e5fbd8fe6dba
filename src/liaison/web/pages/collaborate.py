"""Collaborate: the channels that a record is connected to, and what can be done with each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import Link, LinkState
from liaison.domain.names import ChannelKind
from liaison.operations.collaborate import Connection, Panel, read_panel
from liaison.web import addresses, pictures, problems
from liaison.web.pages.record import ref_of
from liaison.web.place import Place, app_shell, find_place
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

REFRESH_S = 2


@dataclass(frozen=True)
class ShownConnection:
    """A connected channel, or one that is being connected. `now` is the step at work, in words."""

    channel: str
    team: str
    icon: str
    kind: str
    state: str
    state_icon: str
    tone: str
    now: str
    is_adopted: bool
    trouble: problems.Problem | None
    open_address: str
    details: str
    try_again: str
    disconnect: str


@dataclass(frozen=True)
class CollaboratePage:
    """`begin` opens the wizard; it is empty while connections are made from Teams only."""

    template: ClassVar[str] = "collaborate.html"
    shell: Shell
    record: str
    record_address: str
    address: str
    connections: tuple[ShownConnection, ...]
    begin: str
    teams_address: str
    is_at_work: bool


async def show(visit: Visit) -> Response:
    ref = ref_of(visit)
    place = await find_place(visit)
    panel = await read_panel(ref, visit.person, visit.ports)
    app = visit.named("app")
    connections = tuple(_shown(connection, panel, visit) for connection in panel.connections)
    is_at_work = any(connection.now for connection in connections)
    shell = panel_shell(visit, place, panel, visit.say("web.collaborate.title"))
    page = CollaboratePage(
        shell=replace(shell, refresh_s=REFRESH_S) if is_at_work else shell,
        record=panel.record.title,
        record_address=addresses.record(app, ref),
        address=addresses.record(app, ref, "collaborate"),
        connections=connections,
        begin=addresses.new_connection(app, ref) if panel.switches.enhanced else "",
        teams_address=visit.door.options.teams_address,
        is_at_work=is_at_work,
    )
    return visit.answer(page)


def panel_shell(visit: Visit, place: Place | None, panel: Panel, title: str) -> Shell:
    """The surroundings of a panel that is shown as a page of its own."""
    ref, app = panel.record.ref, visit.named("app")
    crumbs = (
        Crumb(panel.table.plural, addresses.view(ref.environment, app, ref.table)),
        Crumb(panel.record.title, addresses.record(app, ref)),
        Crumb(title),
    )
    return app_shell(visit, place, title, crumbs, ref.table)


def _shown(connection: Connection, panel: Panel, visit: Visit) -> ShownConnection:
    link, row = connection.link, connection.association
    state = link.state if link else LinkState.CONNECTED
    kind = row.channel_kind if row else (link.evidence.channel_kind if link else ChannelKind.STANDARD)
    icon, tone = pictures.STATES[state]
    stops = link is not None and state is LinkState.NEEDS_PERSON
    return ShownConnection(
        channel=row.channel_name if row else (link.channel_name if link else ""),
        team=row.team_name if row else (link.evidence.team_name if link else ""),
        icon=pictures.CHANNELS[kind],
        kind="" if kind is ChannelKind.STANDARD else visit.say(f"web.channel.{kind.value}"),
        state=visit.say(f"state.{state.value}"),
        state_icon=icon,
        tone=tone,
        now=step_now(link, visit) if link else "",
        is_adopted=connection.is_adopted,
        trouble=problems.explain(link.trouble.error(), visit) if link and link.trouble else None,
        open_address=_open_address(connection, visit),
        details=addresses.link(link.id) if link else "",
        try_again=addresses.link(link.id, "try-again") if link and stops else "",
        disconnect=_disconnect_address(connection, panel, visit),
    )


def step_now(link: Link, visit: Visit) -> str:
    """The step at work, or waited for, in words; empty when nothing is under way."""
    if not link.state.at_work or link.step_at_work is None:
        return ""
    manner = "waiting" if link.waiting else "doing"
    return visit.say(f"step.{link.step_at_work.value}.{manner}")


def _open_address(connection: Connection, visit: Visit) -> str:
    """Teams' own address of the channel, where one is known; empty before there is a channel."""
    if connection.link and connection.link.evidence.channel_address:
        return connection.link.evidence.channel_address
    row = connection.association
    if row is None:
        return ""
    return row.web_address or addresses.channel_in_teams(visit.door.options.teams_address, row)


def _disconnect_address(connection: Connection, panel: Panel, visit: Visit) -> str:
    """Empty while the connection is still being worked on."""
    link = connection.link
    busy = link is not None and link.state.at_work and link.state is not LinkState.FILES_PENDING
    if busy:
        return ""
    query = {"link": link.id} if link else {"row": connection.association.id if connection.association else ""}
    return addresses.record(visit.named("app"), panel.record.ref, "collaborate", "disconnect", query=query)
