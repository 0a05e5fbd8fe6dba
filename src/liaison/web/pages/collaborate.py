"""Collaborate: the channels that a record or view is connected to, and what can be done with each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.forerunners import Forerunner
from liaison.domain.joining import Access, JoinRequest, JoinState
from liaison.domain.link import Link, LinkState
from liaison.domain.names import ChannelId, ChannelKind, Regarding, RowId, TeamId
from liaison.operations.collaborate import Connection, Panel, read_panel
from liaison.operations.complete import complete_connection
from liaison.operations.join import ask_to_join, list_my_requests
from liaison.operations.look_closer import look_closer
from liaison.web import addresses, pictures, problems
from liaison.web.pages import requests
from liaison.web.pages.requests import ShownRequest
from liaison.web.place import Place, app_shell, find_place
from liaison.web.shell import Crumb, Shell
from liaison.web.subject import Subject, regarding_of, subject_of
from liaison.web.visit import Visit

REFRESH_S = 2


@dataclass(frozen=True)
class ShownConnection:
    """A connected channel, or one that is being connected. `now` is the step at work, in words.

    `row` and `team_id` name it in forms. `join` is empty for whoever is in the team, or has asked to be: `asked_at`.
    `complete` is for connections that were made elsewhere and lack something, which `lacks` names.
    """

    channel: str
    team: str
    icon: str
    kind: str
    state: str
    state_icon: str
    tone: str
    now: str
    is_adopted: bool
    is_archived: bool
    origin: str
    is_outsider: bool
    asked_at: datetime | None
    is_declined: bool
    trouble: problems.Problem | None
    row: str
    team_id: str
    open_address: str
    join: str
    complete: str
    lacks: str
    channel_id: str
    details: str
    try_again: str
    disconnect: str


@dataclass(frozen=True)
class CollaboratePage:
    """`begin` opens the wizard; it is empty while connections are made from Teams only."""

    template: ClassVar[str] = "collaborate.html"
    shell: Shell
    subject: Subject
    about: str
    said: str
    address: str
    requests: tuple[ShownRequest, ...]
    connections: tuple[ShownConnection, ...]
    none_text: str
    begin: str
    teams_address: str
    is_at_work: bool


async def show(visit: Visit) -> Response:
    regarding, app, by = regarding_of(visit), visit.named("app"), visit.person
    place, panel, waiting, mine = await asyncio.gather(
        find_place(visit),
        _closer(regarding, visit),
        requests.waiting_for_me(visit),
        list_my_requests(by, visit.ports),
    )
    connections = tuple(_shown(one, panel, _asked_for(one, mine), visit) for one in panel.connections)
    is_at_work = any(connection.now for connection in connections)
    shell = panel_shell(visit, place, panel, visit.say("web.collaborate.title"))
    subject = subject_of(regarding, panel.title, visit)
    page = CollaboratePage(
        shell=replace(shell, refresh_s=REFRESH_S) if is_at_work else shell,
        subject=subject,
        about=_about(subject, visit),
        said=requests.said(visit),
        address=addresses.collaborate(app, regarding),
        requests=requests.show_requests(waiting, {_team_of(one) for one in panel.connections}),
        connections=connections,
        none_text=_none_text(subject, panel, visit),
        begin=addresses.collaborate(app, regarding, "new") if panel.switches.enhanced else "",
        teams_address=visit.door.options.teams_address,
        is_at_work=is_at_work,
    )
    return visit.answer(page)


async def _closer(regarding: Regarding, visit: Visit) -> Panel:
    return await look_closer(await read_panel(regarding, visit.person, visit.ports), visit.person, visit.ports)


def panel_shell(visit: Visit, place: Place | None, panel: Panel, title: str) -> Shell:
    """The surroundings of a panel that is shown as a page of its own."""
    regarding, app = panel.regarding, visit.named("app")
    crumbs = (
        Crumb(panel.table.plural, addresses.view(regarding.environment, app, regarding.table)),
        Crumb(panel.title, addresses.regarded(app, regarding)),
        Crumb(title),
    )
    return app_shell(visit, place, title, crumbs, regarding.table)


def _about(subject: Subject, visit: Visit) -> str:
    if subject.is_record:
        return visit.say("web.collaborate.about", record=subject.title)
    return visit.say("web.collaborate.about_view", view=subject.title)


def _none_text(subject: Subject, panel: Panel, visit: Visit) -> str:
    if not panel.switches.enhanced:
        return visit.say("web.collaborate.none.basic")
    return visit.say("web.collaborate.none.enhanced" if subject.is_record else "web.collaborate.none.view")


def _team_of(connection: Connection) -> TeamId:
    if connection.association is not None:
        return connection.association.team
    return connection.link.team if connection.link else TeamId("")


def _asked_for(connection: Connection, mine: tuple[JoinRequest, ...]) -> JoinRequest | None:
    """What I asked for last that would let me into the connection's channel."""
    team, channel = _team_of(connection), _channel_of(connection)
    return next((one for one in mine if one.team == team and (not one.in_team or one.channel == channel)), None)


def _channel_of(connection: Connection) -> ChannelId:
    if connection.association is not None:
        return connection.association.channel
    return connection.link.evidence.channel if connection.link else ChannelId("")


def _shown(connection: Connection, panel: Panel, asked: JoinRequest | None, visit: Visit) -> ShownConnection:
    link, row = connection.link, connection.association
    state = link.state if link else LinkState.CONNECTED
    kind = row.channel_kind if row else (link.evidence.channel_kind if link else ChannelKind.STANDARD)
    icon, tone = pictures.STATES[state]
    is_incomplete = panel.switches.enhanced and connection.is_incomplete
    stops = link is not None and state is LinkState.NEEDS_PERSON
    is_outsider = connection.access is Access.NOT_MEMBER
    waiting = asked if asked is not None and asked.state is JoinState.WAITING else None
    return ShownConnection(
        channel=row.channel_name if row else (link.channel_name if link else ""),
        team=row.team_name if row else (link.team_name if link else ""),
        icon=pictures.CHANNELS[kind],
        kind="" if kind is ChannelKind.STANDARD else visit.say(f"web.channel.{kind.value}"),
        state=visit.say(f"state.{link.state_word if link else state.value}"),
        state_icon=icon,
        tone=tone,
        now=step_now(link, visit) if link else "",
        is_adopted=connection.is_adopted,
        is_archived=link is not None and link.archive.is_archived,
        origin=origin_words(connection.origin, visit),
        is_outsider=is_outsider,
        asked_at=waiting.asked_at if is_outsider and waiting else None,
        is_declined=is_outsider and asked is not None and asked.state is JoinState.DECLINED,
        trouble=problems.explain(link.trouble.error(), visit) if link and link.trouble else None,
        row=row.id if row else "",
        open_address=_open_address(connection, visit),
        team_id=_team_of(connection),
        join=_below(panel, "join", visit) if is_outsider and not waiting else "",
        complete=_below(panel, "complete", visit) if is_incomplete and not is_outsider else "",
        lacks=_lacks(connection, visit) if is_incomplete else "",
        channel_id=_channel_of(connection),
        details=addresses.link(link.id) if link else "",
        try_again=addresses.link(link.id, "try-again") if link and stops else "",
        disconnect=_disconnect_address(connection, panel, visit),
    )


def _lacks(connection: Connection, visit: Visit) -> str:
    """What is missing, in words; that something may be when it is not known."""
    if not connection.lacks:
        return visit.say("web.collaborate.may_lack")
    return visit.say(f"web.collaborate.lacks.{'_'.join(connection.lacks)}")


def origin_words(origin: Forerunner | None, visit: Visit) -> str:
    """Where a channel comes from; empty for the record's own."""
    return visit.say(f"web.origin.{origin.way.value}", record=origin.title) if origin else ""


def _below(panel: Panel, act: str, visit: Visit) -> str:
    return addresses.collaborate(visit.named("app"), panel.regarding, act)


async def join(visit: Visit) -> Response:
    """Ask the owners of the channel's team to be added."""
    regarding = regarding_of(visit)
    team, channel = TeamId(visit.given("team")), ChannelId(visit.given("channel"))
    await ask_to_join(regarding, team, visit.person, visit.ports, channel)
    return visit.go(addresses.collaborate(visit.named("app"), regarding, query={"said": "asked"}))


async def complete(visit: Visit) -> Response:
    """Give a connection that was made elsewhere what it lacks; the work's progress is shown."""
    regarding = regarding_of(visit)
    link = await complete_connection(regarding, RowId(visit.given("row")), visit.person, visit.ports)
    return visit.go(addresses.collaborate(visit.named("app"), regarding, "links", link.id))


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
    return addresses.collaborate(visit.named("app"), panel.regarding, "disconnect", query=query)
