"""The wizard of a new connection: team, channel, members, review, finish; which step the choices so far lead to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.responses import Response

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest, kind_of_channel, members_of
from liaison.domain.consent import Rung
from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import NewChannel, NewTeam, PrimaryChannel, WantedChannel
from liaison.domain.names import ChannelKind, RecordRef, TeamId
from liaison.domain.partners import Partner, ShareTeam
from liaison.errors import (
    ChannelGone,
    ConsentNotGranted,
    InputMissing,
    LiaisonError,
    PartnerIsOurs,
    PartnerUnknown,
    Refused,
    TooManyPartners,
)
from liaison.operations.choose_channel import open_choice, read_destination
from liaison.operations.connect import connect
from liaison.operations.preflight import check_channel_name, check_team_name
from liaison.web import addresses
from liaison.web.pages.choices import GENERAL, NEW, Choices, WizardStep, read_choices
from liaison.web.pages.connect_channel import show_channels
from liaison.web.pages.connect_members import show_members
from liaison.web.pages.connect_plan import template_of, with_plan
from liaison.web.pages.connect_review import show_review
from liaison.web.pages.connect_team import show_teams
from liaison.web.pages.wizard import Opened, Where, steps_of
from liaison.web.place import find_place
from liaison.web.subject import regarding_of
from liaison.web.visit import Visit

_MENDED_IN = {
    "channel.": WizardStep.CHANNEL,
    "input.channel": WizardStep.CHANNEL,
    "team.": WizardStep.TEAM,
    "template.": WizardStep.TEAM,
    "input.team": WizardStep.TEAM,
    "input.name_": WizardStep.TEAM,
    "partner.": WizardStep.MEMBERS,
}
"""The step in which a refusal whose code begins so is mended."""


async def show(visit: Visit) -> Response:
    """The step that is asked for, or the first one whose choice is missing or refused."""
    return await _show(visit, read_choices(visit.request.query_params))


async def _show(visit: Visit, choices: Choices, refusal: LiaisonError | None = None) -> Response:
    regarding, by = regarding_of(visit), visit.person
    place, panel, (choices, plan) = await asyncio.gather(
        find_place(visit), open_choice(regarding, by, visit.ports), with_plan(visit, regarding, choices)
    )
    opened = Opened(place, panel)
    if choices.step is WizardStep.TEAM:
        return await show_teams(visit, opened, choices, plan, refusal)
    if not choices.team:
        return await show_teams(visit, opened, choices, plan)
    try:
        where = await _read_team(choices, visit)
    except Refused as error:
        return await show_teams(visit, opened, choices, plan, error)
    if choices.step is WizardStep.CHANNEL:
        return show_channels(visit, opened, choices, where, refusal)
    try:
        channel = await _read_channel(choices, where, visit)
    except Refused as error:
        return show_channels(visit, opened, choices, where, error)
    if choices.step is WizardStep.MEMBERS and WizardStep.MEMBERS in steps_of(opened, where):
        of = members_of(_request(visit, choices, where, channel), where.channels)
        return await show_members(visit, opened, choices, where, of, refusal)
    asked = _request(visit, choices, where, channel)
    try:
        return await show_review(visit, opened, choices, where, asked, refusal)
    except (PartnerUnknown, PartnerIsOurs, TooManyPartners, ConsentNotGranted) as error:
        if not asked.partners or (isinstance(error, ConsentNotGranted) and error.rung != Rung.PARTNERS.value):
            raise
        back = choices.at(WizardStep.MEMBERS)
        return await show_members(visit, opened, back, where, members_of(asked, where.channels), error)


async def finish(visit: Visit) -> Response:
    """The intent is saved and the work begins; its progress is shown. What is refused leads back to its step."""
    choices = read_choices(visit.form)
    try:
        where = await _read_team(choices, visit)
        asked = _request(visit, choices, where, await _read_channel(choices, where, visit))
        link = await connect(asked, visit.person, visit.ports, visit.given("key"))
    except Refused as refusal:
        return await _lead_back(visit, choices, refusal)
    return visit.go(addresses.collaborate(visit.named("app"), regarding_of(visit), "links", link.id))


async def _lead_back(visit: Visit, choices: Choices, refusal: Refused) -> Response:
    step = next((step for start, step in _MENDED_IN.items() if refusal.code.startswith(start)), None)
    return await _show(visit, choices.at(step or WizardStep.REVIEW), refusal)


def _request(visit: Visit, choices: Choices, where: Where, channel: WantedChannel) -> ConnectionRequest:
    regarding = regarding_of(visit)
    adds = isinstance(regarding, RecordRef) and where.is_owner
    is_shared = kind_of_channel(channel, where.channels) is ChannelKind.SHARED
    return ConnectionRequest(
        regarding=regarding,
        team=where.team,
        channel=_with_teams(channel, choices) if adds else channel,
        members=choices.members if adds else (),
        partners=tuple(map(Partner, choices.partners)) if adds and is_shared else (),
        share_view=visit.given("share") == "yes",
        on_close=_on_close(visit),
        earlier_files=choices.earlier if isinstance(regarding, RecordRef) else EarlierFiles.SHOW_BOTH,
        template=template_of(choices) if isinstance(regarding, RecordRef) else "",
    )


def _on_close(visit: Visit) -> OnClose | None:
    """What the person said when they finished; before that it is the template's to say."""
    if visit.request.method != "POST":
        return None
    return OnClose.ARCHIVE if visit.given("archive") == "yes" else OnClose.KEEP


def _with_teams(channel: WantedChannel, choices: Choices) -> WantedChannel:
    """A new shared channel with the teams that it is to be shared with."""
    if not isinstance(channel, NewChannel) or channel.kind is not ChannelKind.SHARED:
        return channel
    return replace(channel, share_with=tuple(ShareTeam(TeamId(one)) for one in choices.share_with))


async def _read_team(choices: Choices, visit: Visit) -> Where:
    """Raises InputMissing, TeamUnknown, NotTeamMember, and what a new team's name is refused for."""
    if choices.team == NEW:
        verdict = await check_team_name(choices.team_name, visit.person, visit.ports)
        return Where(choices.new_team, verdict.accepted(), (), is_owner=True)
    team = TeamId(choices.team)
    destination, is_owner = await asyncio.gather(read_destination(team, visit.person, visit.ports), _owns(team, visit))
    return Where(destination.team.id, destination.team.name, destination.channels, is_owner)


async def _owns(team: TeamId, visit: Visit) -> bool:
    """False as well when the token may not ask: then nobody can be added either."""
    try:
        return await visit.ports.teamwork(visit.person).is_owner(team, visit.person.id)
    except ConsentNotGranted:
        return False


async def _read_channel(choices: Choices, where: Where, visit: Visit) -> WantedChannel:
    """Raises InputMissing, ChannelGone, and what a new channel's name is refused for."""
    if not choices.channel:
        raise InputMissing("channel")
    if isinstance(where.team, NewTeam) and choices.channel == GENERAL:
        return PrimaryChannel()
    if choices.channel == NEW:
        team = TeamId("") if isinstance(where.team, NewTeam) else where.team
        verdict = await check_channel_name(choices.name, team, visit.person, visit.ports, choices.kind)
        return NewChannel(verdict.accepted(), choices.kind)
    found = next((one for one in where.channels if one.id == choices.channel), None)
    if found is None:
        raise ChannelGone(choices.channel, where.name)
    return found.id
