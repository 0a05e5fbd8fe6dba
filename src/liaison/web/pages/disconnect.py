"""Disconnect: what goes, what stays, and whether the tab goes too; then the work itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import Link, TabChoice
from liaison.domain.names import LinkId, RowId
from liaison.errors import InputMissing, LinkUnknown
from liaison.operations.collaborate import Connection, Panel, read_panel
from liaison.operations.connect import try_again
from liaison.operations.disconnect import adopt_association, disconnect
from liaison.operations.read_link import read_link
from liaison.operations.undo import undo
from liaison.web import addresses
from liaison.web.pages.collaborate import panel_shell
from liaison.web.place import find_place
from liaison.web.shell import Shell
from liaison.web.subject import Subject, regarding_of, subject_of
from liaison.web.visit import Visit


@dataclass(frozen=True)
class DisconnectPage:
    """`link` or `row` names the connection, the other is empty. `has_tab`: is there a tab that we know of?"""

    template: ClassVar[str] = "disconnect.html"
    shell: Shell
    subject: Subject
    channel: str
    team: str
    link: str
    row: str
    has_tab: bool
    action: str
    panel: str


async def ask(visit: Visit) -> Response:
    by = visit.person
    place, panel = await asyncio.gather(find_place(visit), read_panel(regarding_of(visit), by, visit.ports))
    connection = _find(panel, visit.asked("link"), visit.asked("row"))
    link, row, app = connection.link, connection.association, visit.named("app")
    page = DisconnectPage(
        shell=panel_shell(visit, place, panel, visit.say("web.disconnect.title")),
        subject=subject_of(panel.regarding, panel.title, visit),
        channel=row.channel_name if row else (link.channel_name if link else ""),
        team=row.team_name if row else (link.evidence.team_name if link else ""),
        link=link.id if link else "",
        row=row.id if row and not link else "",
        has_tab=bool(link and link.evidence.tab),
        action=addresses.collaborate(app, panel.regarding, "disconnect"),
        panel=addresses.collaborate(app, panel.regarding),
    )
    return visit.answer(page)


def _find(panel: Panel, link: str, row: str) -> Connection:
    for connection in panel.connections:
        if link and connection.link and connection.link.id == link:
            return connection
        if row and connection.association and connection.association.id == row:
            return connection
    raise LinkUnknown(link or row)


async def carry_out(visit: Visit) -> Response:
    tab = TabChoice.REMOVE if visit.given("remove_tab") else TabChoice.KEEP
    link = await disconnect((await _chosen(visit)).id, visit.person, visit.ports, tab)
    return visit.go(addresses.collaborate(visit.named("app"), regarding_of(visit), "links", link.id))


async def _chosen(visit: Visit) -> Link:
    if visit.given("link"):
        return await read_link(LinkId(visit.given("link")), visit.person, visit.ports)
    if visit.given("row"):
        return await adopt_association(regarding_of(visit), RowId(visit.given("row")), visit.person, visit.ports)
    raise InputMissing("channel")


async def go_on(visit: Visit) -> Response:
    """`/links/{link}/try-again`: go on where the work stopped."""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    await try_again(link.id, visit.person, visit.ports)
    return visit.go(addresses.local_path(visit.given("back"), addresses.link(link.id)))


async def take_back(visit: Visit) -> Response:
    """`/links/{link}/undo`: everything that the connection made goes again."""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    await undo(link.id, visit.person, visit.ports)
    return visit.go(addresses.local_path(visit.given("back"), addresses.link(link.id)))
