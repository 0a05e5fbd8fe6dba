"""The wizard of a new connection: team, channel, review, finish. Each step is an address that carries the choices."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from starlette.responses import Response

from liaison.domain.connection import ConnectionRequest
from liaison.domain.link import NewChannel, StepName, steps_to_connect
from liaison.domain.names import CHANNEL_NAME_LIMIT, ChannelId, ChannelKind, TeamId, propose_channel_name
from liaison.domain.teams import Channel, Team
from liaison.errors import ChannelGone, InputMissing, LiaisonError, Refused
from liaison.operations.choose_channel import Destination, check_new_name, open_choice, read_destination
from liaison.operations.collaborate import Panel
from liaison.operations.connect import connect
from liaison.web import addresses, pictures, problems
from liaison.web.pages.collaborate import panel_shell
from liaison.web.pages.record import ref_of
from liaison.web.place import Place, find_place
from liaison.web.shell import Shell
from liaison.web.visit import Visit

NEW = "new"


@dataclass(frozen=True)
class Wizard:
    """What all its steps show. `hidden` are the choices made so far."""

    record: str
    record_address: str
    panel: str
    action: str
    step: int
    hidden: tuple[tuple[str, str], ...]
    back: str


@dataclass(frozen=True)
class TeamPage:
    template: ClassVar[str] = "connect_team.html"
    shell: Shell
    wizard: Wizard
    teams: tuple[Team, ...]
    asked: str
    missing: str


@dataclass(frozen=True)
class ShownChannel:
    id: ChannelId
    name: str
    icon: str
    kind: str
    is_archived: bool


@dataclass(frozen=True)
class ChannelPage:
    """`name` is the new channel's name as typed or proposed; `problem` what is wrong with the choice."""

    template: ClassVar[str] = "connect_channel.html"
    shell: Shell
    wizard: Wizard
    team: str
    channels: tuple[ShownChannel, ...]
    asked: str
    name: str
    is_new: bool
    name_limit: int
    name_check: str
    problem: problems.Problem | None
    proposal: str


@dataclass(frozen=True)
class Planned:
    """One thing that will be made."""

    icon: str
    title: str
    detail: str


@dataclass(frozen=True)
class ReviewPage:
    template: ClassVar[str] = "connect_review.html"
    shell: Shell
    wizard: Wizard
    team: str
    channel: str
    is_new: bool
    planned: tuple[Planned, ...]
    key: str


@dataclass(frozen=True)
class NameCheckPage:
    """What is to be said of a name while it is typed."""

    template: ClassVar[str] = "connect_name.html"
    shell: Shell
    name: str
    problem: problems.Problem | None
    proposal: str


@dataclass(frozen=True)
class _Opened:
    place: Place | None
    panel: Panel


async def show(visit: Visit) -> Response:
    """The step that the choices made so far lead to."""
    ref, by = ref_of(visit), visit.person
    opened = _Opened(*await asyncio.gather(find_place(visit), open_choice(ref, by, visit.ports)))
    team = visit.asked("team")
    if not team or visit.asked("back") == "team":
        return await _show_teams(visit, opened)
    destination = await read_destination(TeamId(team), visit.person, visit.ports)
    if not visit.asked("channel") or visit.asked("back") == "channel":
        missing = InputMissing("channel") if visit.asked("pressed") == "channel" and not visit.asked("find") else None
        return _show_channels(visit, opened, destination, missing)
    try:
        channel = _read_choice(visit.asked("channel"), visit.asked("name"), destination)
    except Refused as error:
        return _show_channels(visit, opened, destination, error)
    return _show_review(visit, opened, destination, channel)


async def check_name(visit: Visit) -> Response:
    """What is wrong with a new channel's name, asked while it is typed."""
    destination = await read_destination(TeamId(visit.asked("team")), visit.person, visit.ports)
    name, error = visit.asked("name"), None
    try:
        name = check_new_name(name, destination)
    except Refused as refused:
        error = refused
    problem = problems.explain(error, visit) if error else None
    return visit.answer(NameCheckPage(visit.shell(""), name, problem, _proposal(error)))


async def finish(visit: Visit) -> Response:
    """The intent is saved and the work begins; its progress is shown."""
    ref = ref_of(visit)
    destination = await read_destination(TeamId(visit.given("team")), visit.person, visit.ports)
    channel = _read_choice(visit.given("channel"), visit.given("name"), destination)
    wanted: ChannelId | NewChannel = channel if isinstance(channel, NewChannel) else channel.id
    asked = ConnectionRequest(ref, destination.team.id, wanted)
    link = await connect(asked, visit.person, visit.ports, visit.given("key"))
    return visit.go(addresses.record(visit.named("app"), ref, "collaborate", "links", link.id))


def _read_choice(channel: str, name: str, destination: Destination) -> Channel | NewChannel:
    """Raises InputMissing, ChannelGone and what a new name is refused for."""
    if not channel:
        raise InputMissing("channel")
    if channel == NEW:
        return NewChannel(check_new_name(name, destination))
    found = next((one for one in destination.channels if one.id == channel), None)
    if found is None:
        raise ChannelGone(channel, destination.team.name)
    return found


async def _show_teams(visit: Visit, opened: _Opened) -> Response:
    teams = await visit.ports.teamwork(visit.person).list_teams()
    asked = visit.asked("search")
    found = tuple(team for team in teams if asked.casefold() in team.name.casefold())
    missing = visit.say("web.connect.choose_team") if visit.asked("pressed") and not asked else ""
    wizard = _wizard(visit, opened, 1, (), "")
    return visit.answer(TeamPage(_shell(visit, opened), wizard, found, asked, missing))


def _show_channels(
    visit: Visit, opened: _Opened, destination: Destination, error: LiaisonError | None = None
) -> Response:
    hidden = (("team", destination.team.id),)
    ref, app = opened.panel.record.ref, visit.named("app")
    name_check = addresses.record(app, ref, "collaborate", "name", query={"team": destination.team.id})
    page = ChannelPage(
        shell=_shell(visit, opened),
        wizard=_wizard(visit, opened, 2, hidden, _back(visit, opened, "team", destination)),
        team=destination.team.name,
        channels=tuple(_channel(channel, visit) for channel in _found(destination, visit.asked("find"))),
        asked=visit.asked("find"),
        name=visit.asked("name") or propose_channel_name(opened.panel.record.title),
        is_new=visit.asked("channel") == NEW,
        name_limit=CHANNEL_NAME_LIMIT,
        name_check=name_check,
        problem=problems.explain(error, visit) if error else None,
        proposal=_proposal(error),
    )
    return visit.answer(page, error.status if error else 200)


def _found(destination: Destination, asked: str) -> tuple[Channel, ...]:
    return tuple(channel for channel in destination.channels if asked.casefold() in channel.name.casefold())


def _channel(channel: Channel, visit: Visit) -> ShownChannel:
    kind = "" if channel.kind is ChannelKind.STANDARD else visit.say(f"web.channel.{channel.kind.value}")
    return ShownChannel(channel.id, channel.name, pictures.CHANNELS[channel.kind], kind, channel.is_archived)


def _show_review(visit: Visit, opened: _Opened, destination: Destination, channel: Channel | NewChannel) -> Response:
    is_new = isinstance(channel, NewChannel)
    hidden = (
        ("team", destination.team.id),
        ("channel", NEW if isinstance(channel, NewChannel) else channel.id),
        ("name", channel.name if is_new else ""),
    )
    planned = tuple(
        _planned(step, channel, destination.team, opened.panel, visit)
        for step in steps_to_connect(opened.panel.record.ref)
    )
    page = ReviewPage(
        shell=_shell(visit, opened),
        wizard=_wizard(visit, opened, 3, hidden, _back(visit, opened, "channel", destination)),
        team=destination.team.name,
        channel=channel.name,
        is_new=is_new,
        planned=planned,
        key=str(uuid4()),
    )
    return visit.answer(page)


def _planned(step: StepName, channel: Channel | NewChannel, team: Team, panel: Panel, visit: Visit) -> Planned:
    key = "new_channel" if step is StepName.CHANNEL and isinstance(channel, NewChannel) else step.value
    facts = {"channel": channel.name, "team": team.name, "record": panel.record.title}
    return Planned(
        pictures.STEPS[step],
        visit.say(f"web.connect.planned.{key}.title", **facts),
        visit.say(f"web.connect.planned.{key}.detail", **facts),
    )


def _shell(visit: Visit, opened: _Opened) -> Shell:
    return panel_shell(visit, opened.place, opened.panel, visit.say("web.connect.title"))


def _wizard(visit: Visit, opened: _Opened, step: int, hidden: tuple[tuple[str, str], ...], back: str) -> Wizard:
    ref, app = opened.panel.record.ref, visit.named("app")
    panel = addresses.record(app, ref, "collaborate")
    return Wizard(
        record=opened.panel.record.title,
        record_address=addresses.record(app, ref),
        panel=panel,
        action=addresses.new_connection(app, ref),
        step=step,
        hidden=hidden,
        back=back or panel,
    )


def _back(visit: Visit, opened: _Opened, step: str, destination: Destination) -> str:
    """The step before, with the choices kept."""
    query = {"channel": visit.asked("channel"), "name": visit.asked("name"), "back": step}
    return addresses.new_connection(visit.named("app"), opened.panel.record.ref, destination.team.id, query)


def _proposal(error: LiaisonError | None) -> str:
    return str(error.facts().get("proposal", "")) if error else ""
