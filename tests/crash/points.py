"""The points: pieces of work, every call the worker makes for them, before and after its effect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any
from uuid import uuid4

from liaison.domain.connection import ConnectionRequest
from liaison.domain.earlier import EarlierFiles
from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.link import Evidence, Invited, Link, LinkState, NewChannel, NewTeam, PinnedBy, TeamPrivacy
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    LinkId,
    PersonId,
    RecordRef,
    RowId,
    TableName,
    TeamId,
    ViewKind,
    ViewRef,
)
from liaison.domain.partners import Partner
from liaison.domain.template import Template
from liaison.errors import AnswerLost
from liaison.operations.closing import archive, restore
from liaison.operations.complete import complete_connection
from liaison.operations.connect import connect
from liaison.operations.connecting import tab_content
from liaison.operations.disconnect import disconnect
from liaison.operations.partners import read_partners
from liaison.operations.undo import undo
from liaison.ports import Links, Ports
from liaison.tenant.graph.labels import label_id
from liaison.tenant.seeds import company
from tests.crash.judge import (
    ARCHIVED,
    CONNECTED,
    DISCONNECTED,
    EARLIER,
    IN_NEW_TEAM,
    PARTNERS_UNDONE,
    PINNED,
    RESTORED,
    UNDONE,
    UNDONE_ELSEWHERE,
    VIEW_CONNECTED,
    VIEW_DISCONNECTED,
    VIEW_UNDONE,
    WITH_LABEL,
    WITH_PARTNERS,
    WITH_TEMPLATE,
    Counts,
    count,
    fresh_records,
)
from tests.crash.stage import SALES, Stage, WorkerProcess

EVERYWHERE = "/**"
DONE = frozenset({LinkState.CONNECTED, LinkState.DISCONNECTED, LinkState.UNDONE})
PHASES = ("before", "after")
TEAM = next(team for team in company.TEAMS if team.key == "northwind")
EXISTING_CHANNEL = "Contract"
EXISTING_ELSEWHERE = "Renewals"
OTHER_TEAM = next(team for team in company.TEAMS if team.key == "ventes-europe")
"""Nothing stays connected in it."""
PEOPLE = tuple(Invited(PersonId(one.id), one.name) for one in (company.person("Sofia"), company.person("Oliver")))
SHARED_ELSEWHERE = "With Fabrikam"
"""A shared channel of that team, with the first of the partners in it."""
PARTNERS = (Partner("mia.keller@fabrikam.com"), Partner("lukas.weber@fabrikam.com"))
VIEWED = ("opportunity", "account", "contact", "lead")
Ask = Callable[[Callable[[], None]], Awaitable[Link]]
"""Asks as a person does; its argument is called just before the worker may see the work."""
Prepare = Callable[[Link], Awaitable[None]]
WORKS = {
    "connect to an existing channel": CONNECTED,
    "connect to a new channel": CONNECTED,
    "disconnect": DISCONNECTED,
    "connect in a new team with people": IN_NEW_TEAM,
    "connect in a private channel": CONNECTED,
    "connect a view": VIEW_CONNECTED,
    "undo": UNDONE,
    "disconnect a view": VIEW_DISCONNECTED,
    "complete what Microsoft's button began": CONNECTED,
    "connect a tab that Teams pinned": PINNED,
    "undo with people": UNDONE_ELSEWHERE,
    "undo a personal view": VIEW_UNDONE,
    "earlier files": EARLIER,
    "archive": ARCHIVED,
    "restore": RESTORED,
    "template": WITH_TEMPLATE,
    "undo a template": UNDONE,
    "connect in a new team with a label": WITH_LABEL,
    "connect a shared channel with partners": WITH_PARTNERS,
    "undo with partners": PARTNERS_UNDONE,
}
"""Each with what exists when it is done."""


class _ArmedLinks:
    """The links as they are; whatever shall happen to the worker is arranged just before the first write.

    Nothing is called over HTTP between that and the worker's first call: the calls that count are the worker's own.
    """

    def __init__(self, links: Links, arm: Callable[[], None], prepare: Prepare | None = None) -> None:
        """`prepare` is done for a link just before it is planned."""
        self._links, self._arm, self._prepare = links, arm, prepare
        self.get, self.of = links.get, links.of

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        if self._prepare is not None:
            await self._prepare(link)
        self._arm()
        return await self._links.plan(link, key, fingerprint)

    async def save(self, link: Link, act: str = "") -> Link:
        self._arm()
        return await self._links.save(link, act)


@dataclass(frozen=True)
class Point:
    """Kill at the n-th call of the work that fits, in this phase of the call. Every call fits unless one is named."""

    work: str
    call: int
    phase: str
    method: str = "*"
    path: str = EVERYWHERE

    @property
    def counts_every_call(self) -> bool:
        return self.path == EVERYWHERE


@dataclass(frozen=True)
class Outcome:
    """What became of a point. `killed_in` is the call that met the kill, empty when the work ended before it."""

    point: Point
    killed_in: str
    state: LinkState | None
    found: Counts
    expected: Counts
    took_s: float
    trouble: str = ""

    @property
    def was_reached(self) -> bool:
        return bool(self.killed_in)

    @property
    def is_stuck(self) -> bool:
        return self.state is None

    @property
    def duplicates(self) -> int:
        return sum(max(0, number) for number in _differences(self.found, self.expected))

    @property
    def missing(self) -> int:
        return sum(max(0, -number) for number in _differences(self.found, self.expected))

    @property
    def is_recovered(self) -> bool:
        return not self.is_stuck and self.state in DONE and not self.trouble


def _differences(found: Counts, expected: Counts) -> list[int]:
    return list(vars(found - expected).values())


class Play:
    """Carries out points on one stage, each with a record of its own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._records = iter(fresh_records(stage.tenant.database, SALES))
        self._installed: tuple[TeamId, str] | None = None
        self._views: Iterator[ViewRef] | None = None

    async def calls_of(self, work: str) -> list[str]:
        """What a worker that has just started calls for this work, when nothing happens to it."""
        ask = await self._prepare(work)
        await self._stage.start_worker()
        begun = await ask(self._stage.tenant.forget_calls)
        final = await self._stage.final(begun.id)
        if final is None or final.trouble is not None:
            raise RuntimeError(f"{work} does not work undisturbed: {final}")
        self._note(final)
        return self._stage.tenant.calls()

    async def carry_out(self, point: Point) -> Outcome:
        """Kill at the point, start another worker, wait for the end and count."""
        stage = self._stage
        ask = await self._prepare(point.work)
        worker = await self._worker_for(point)
        link = await ask(lambda: stage.tenant.kill_at(point.call, point.phase, point.method, point.path))
        await self._until_killed_or_final(link)
        killed_in = next(iter(stage.tenant.hits()), "")
        stage.tenant.kill_nobody()
        began = time.monotonic()
        if worker.has_ended:
            await stage.start_worker()
        final = await stage.final(link.id)
        took_s = time.monotonic() - began
        return await self._judge(point, killed_in, final, link, took_s)

    async def _worker_for(self, point: Point) -> WorkerProcess:
        """What a worker calls depends on what it remembers: where calls are counted, it has just started."""
        worker = self._stage.worker
        if worker is None or worker.has_ended or point.counts_every_call:
            return await self._stage.start_worker()
        return worker

    async def _until_killed_or_final(self, link: Link) -> None:
        worker = self._stage.worker
        while worker is not None and not worker.has_ended:
            if await self._stage.final(link.id, patience_s=0.05):
                return

    async def _judge(self, point: Point, killed_in: str, final: Link | None, link: Link, took_s: float) -> Outcome:
        seen = final or await self._stage.ports.links.get(link.id)
        self._note(seen)
        app = seen.evidence.app
        found = count(self._stage.tenant.database, seen, _channel_name(seen), app)
        expected = WORKS[point.work]
        state = final.state if final else None
        trouble = seen.trouble.code if seen.trouble else ""
        return Outcome(point, killed_in, state, found, expected, took_s, trouble)

    def _note(self, link: Link) -> None:
        if link.evidence.app_installation:
            self._installed = (link.team, link.evidence.app_installation)

    async def _prepare(self, work: str) -> Ask:
        """Makes what must be there before; what a person then asks for comes back."""
        claire = self._stage.people["Claire"]
        record, _ = next(self._records)
        ref = RecordRef(SALES, TableName("opportunity"), RowId(record))
        if work == "undo":
            made = await self._connected(ConnectionRequest(ref, _room(record), NewChannel(f"Deal {record[-8:]}")))
            return lambda arm: undo(made.id, claire, self._armed(arm))
        if work == "undo a template":
            templated = await self._connected(await self._with_template(ref, _room(record)))
            return lambda arm: undo(templated.id, claire, self._armed(arm))
        if work in {"undo with people", "undo with partners", "undo a personal view"}:
            given = await self._connected(await self._given(work, ref))
            return lambda arm: undo(given.id, claire, self._armed(arm))
        if work in {"archive", "restore"}:
            return await self._archived(
                work, ConnectionRequest(ref, TeamId(TEAM.id), NewChannel(f"Deal {record[-8:]}"))
            )
        if work == "disconnect":
            connected = await self._connected(ConnectionRequest(ref, TeamId(TEAM.id), await self._existing_channel()))
            return lambda arm: disconnect(connected.id, claire, self._armed(arm))
        if work == "disconnect a view":
            request = ConnectionRequest(await self._next_view(), TeamId(TEAM.id), NewChannel(f"Deal {record[-8:]}"))
            viewed = await self._connected(replace(request, share_view=True))
            return lambda arm: disconnect(viewed.id, claire, self._armed(arm))
        if work == "earlier files":
            await self._filed(ref)
        await self._uninstall()
        if work == "complete what Microsoft's button began":
            row = await self._microsofts_row(ref)
            return lambda arm: complete_connection(ref, row, claire, self._armed(arm))
        request = await self._request(work, ref)
        if request.pinned_by is PinnedBy.HOST:
            return lambda arm: connect(request, claire, self._armed(arm, self._pin_as_teams_does))
        return lambda arm: connect(request, claire, self._armed(arm))

    async def _request(self, work: str, ref: RecordRef) -> ConnectionRequest:
        name = f"Deal {ref.id[-8:]}"
        if work == "connect in a new team with people":
            return ConnectionRequest(ref, _room(ref.id), NewChannel(name), members=PEOPLE)
        if work == "connect in a new team with a label":
            return ConnectionRequest(ref, replace(_room(ref.id), label=label_id("Confidentiel")), NewChannel(name))
        if work == "connect a shared channel with partners":
            shared = NewChannel(name, ChannelKind.SHARED)
            return ConnectionRequest(ref, TeamId(TEAM.id), shared, partners=PARTNERS)
        if work == "connect in a private channel":
            return ConnectionRequest(ref, TeamId(TEAM.id), NewChannel(name, ChannelKind.PRIVATE))
        if work == "connect a view":
            return ConnectionRequest(await self._next_view(), TeamId(TEAM.id), NewChannel(name), share_view=True)
        if work == "connect a tab that Teams pinned":
            return ConnectionRequest(ref, TeamId(TEAM.id), await self._existing_channel(), pinned_by=PinnedBy.HOST)
        if work == "template":
            return await self._with_template(ref, TeamId(TEAM.id))
        if work == "earlier files":
            return ConnectionRequest(ref, TeamId(TEAM.id), NewChannel(name), earlier_files=EarlierFiles.MOVE)
        if work == "connect to a new channel":
            return ConnectionRequest(ref, TeamId(TEAM.id), NewChannel(name))
        return ConnectionRequest(ref, TeamId(TEAM.id), await self._existing_channel())

    async def _given(self, work: str, ref: RecordRef) -> ConnectionRequest:
        """A connection that lets people or partners in, or shares a view with them."""
        claire, ports, team = self._stage.people["Claire"], self._stage.ports, TeamId(OTHER_TEAM.id)
        if work == "undo with partners":
            return ConnectionRequest(ref, team, await self._shared_channel(), partners=PARTNERS)
        channels = await ports.teamwork(claire).list_channels(team)
        channel = next(one.id for one in channels if one.name == EXISTING_ELSEWHERE)
        if work == "undo with people":
            return ConnectionRequest(ref, team, channel, members=PEOPLE)
        views = await ports.crm(claire, SALES).list_views(ref.table)
        mine = next(view for view in views if view.kind is ViewKind.PERSONAL)
        return ConnectionRequest(ViewRef(SALES, mine.table, mine.id, mine.kind), team, channel, share_view=True)

    async def _shared_channel(self) -> ChannelId:
        """The one of that name, made when it is first needed, which the service does in its own time."""
        claire, ports, team = self._stage.people["Claire"], self._stage.ports, TeamId(OTHER_TEAM.id)
        wanted, made = NewChannel(SHARED_ELSEWHERE, ChannelKind.SHARED), None
        while made is None:
            with suppress(AnswerLost):
                made, _ = await ports.teamwork(claire).ensure_channel(team, wanted, "shared-elsewhere", "", claire.id)
        (there,) = await read_partners([PARTNERS[0].address], claire, ports)
        await ports.partners(claire).let_in(team, made.id, there)
        return made.id

    async def _archived(self, work: str, request: ConnectionRequest) -> Ask:
        """Archiving the channel of a connection, or restoring it when it is archived."""
        claire, made = self._stage.people["Claire"], await self._connected(request)
        if work == "archive":
            return lambda arm: archive(made.id, claire, self._armed(arm))
        await archive(made.id, claire, self._stage.ports)
        await self._stage.final(made.id)
        return lambda arm: restore(made.id, claire, self._armed(arm))

    async def _filed(self, ref: RecordRef) -> None:
        """Files of the record in a private channel, whose library is another one."""
        mark, files = ref.id[-8:], self._stage.ports.files(self._stage.people["Claire"])
        private = NewChannel(f"Before {mark}", ChannelKind.PRIVATE)
        before = (await self._connected(ConnectionRequest(ref, TeamId(TEAM.id), private))).evidence
        folder = await files.reach_folder(before.drive, before.folder, "Offers")
        for place, name in ((before.folder, "Prices"), (before.folder, "Terms"), (folder, "Offer")):
            await files.upload(before.drive, place, f"{name} {mark}.txt", _in_pieces(name.encode()), len(name))

    async def _with_template(self, ref: RecordRef, team: TeamId | NewTeam) -> ConnectionRequest:
        """By a template of the record's own, so that what is counted is the record's."""
        mark, claire = ref.id[-8:], self._stage.people["Claire"]
        extras = Extras(
            folders=(f"Offers {mark}", f"Contracts {mark}"),
            channels=(ExtraChannel(f"Legal {mark}"),),
            tabs=(WebsiteTab("Handbook", f"https://intranet.contoso.com/handbook/{mark}"),),
            welcome=f"Welcome to {mark}",
        )
        template = Template(uuid4().hex, SALES, f"Room {mark} {uuid4().hex[:6]}", extras=extras)
        saved = await self._stage.ports.templates.save(template, claire)
        return ConnectionRequest(ref, team, NewChannel(f"Deal {mark}"), template=saved.id)

    async def _next_view(self) -> ViewRef:
        """One of everybody's views; there are fewer than points, and each time it is tied to another channel."""
        if self._views is None:
            crm = self._stage.ports.crm(self._stage.people["Claire"], SALES)
            found = [view for table in VIEWED for view in await crm.list_views(TableName(table))]
            shown = [ViewRef(SALES, view.table, view.id, view.kind) for view in found if view.kind is ViewKind.SYSTEM]
            self._views = cycle(shown)
        return next(self._views)

    async def _connected(self, request: ConnectionRequest) -> Link:
        """A connection that is there before the work begins."""
        stage = self._stage
        if stage.worker is None or stage.worker.has_ended:
            await stage.start_worker()
        link = await connect(request, stage.people["Claire"], stage.ports)
        connected = await stage.final(link.id)
        if connected is None or connected.state is not LinkState.CONNECTED:
            raise RuntimeError(f"was not connected: {connected}")
        return connected

    async def _microsofts_row(self, ref: RecordRef) -> RowId:
        """A row that ties the record to the existing channel; the service makes its location. There is no tab."""
        claire, ports = self._stage.people["Claire"], self._stage.ports
        teamwork, channel, team_id = ports.teamwork(claire), await self._existing_channel(), TeamId(TEAM.id)
        team, folder = await teamwork.read_team(team_id), await teamwork.read_files_folder(team_id, channel)
        evidence = Evidence(
            channel=channel,
            channel_name=EXISTING_CHANNEL,
            team_name=team.name,
            team_thread=team.thread,
            site_address=folder.site_address,
            folder_path=folder.path,
        )
        other = Link(LinkId(str(uuid4())), ref, "", team.id, channel, claire, claire, ports.clock.now())
        return await ports.crm(claire, SALES).ensure_association(replace(other, evidence=evidence))

    async def _pin_as_teams_does(self, link: Link) -> None:
        teamwork = self._stage.ports.teamwork(self._stage.people["Claire"])
        assert isinstance(link.wanted, str)
        placement = await teamwork.ensure_app(link.team)
        self._installed = (link.team, placement.installation)
        content = replace(tab_content(link, self._stage.ports.public_address), regarding=None)
        await teamwork.ensure_tab(link.team, link.wanted, placement, content)

    def _armed(self, arm: Callable[[], None], prepare: Prepare | None = None) -> Ports:
        links: Any = _ArmedLinks(self._stage.ports.links, arm, prepare)
        return replace(self._stage.ports, links=links)

    async def _uninstall(self) -> None:
        """Each connect installs the app anew, so that this call too is among those killed."""
        if self._installed is not None:
            team, installation = self._installed
            await self._stage.ports.teamwork(self._stage.people["Claire"]).remove_app(team, installation)
            self._installed = None

    async def _existing_channel(self) -> ChannelId:
        channels = await self._stage.ports.teamwork(self._stage.people["Claire"]).list_channels(TeamId(TEAM.id))
        return next(channel.id for channel in channels if channel.name == EXISTING_CHANNEL)


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _room(record: str) -> NewTeam:
    return NewTeam(f"Room {record[-12:]}", TeamPrivacy.PRIVATE)


def _channel_name(link: Link) -> str:
    if isinstance(link.wanted, NewChannel):
        return link.wanted.name
    if link.team == OTHER_TEAM.id:
        return SHARED_ELSEWHERE if link.partners else EXISTING_ELSEWHERE
    return EXISTING_CHANNEL


async def all_points(play: Play, works: tuple[str, ...] = tuple(WORKS)) -> list[Point]:
    """Discovered by carrying out each work once, undisturbed."""
    found = []
    for work in works:
        calls = await play.calls_of(work)
        found += [Point(work, number, phase) for number in range(1, len(calls) + 1) for phase in PHASES]
        await asyncio.sleep(0)
    return found
