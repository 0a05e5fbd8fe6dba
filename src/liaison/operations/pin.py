"""Pin a record or a view from the channel: Teams itself makes the tab, Liaison all the rest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.connection import ConnectionRequest
from liaison.domain.crm import Association
from liaison.domain.link import Link, PinnedBy
from liaison.domain.names import ChannelId, EnvironmentKey, Person, RecordRef, Regarding, TeamId
from liaison.domain.teams import Channel, Team
from liaison.errors import ChannelGone, LiaisonError, NotTeamMember, TeamUnknown
from liaison.operations.connect import connect
from liaison.operations.regarding import read_title
from liaison.ports import Ports, Teamwork

MOST_LOOKED_AT = 8
MOST_NAMED = 10


@dataclass(frozen=True)
class ChannelPlace:
    """A channel that the person belongs to, as Teams says, whatever the frame around our page claims."""

    team: Team
    channel: Channel


@dataclass(frozen=True)
class PinnedThing:
    """Something that a channel is tied to already; `title` is empty when the person may not see it."""

    association: Association
    title: str


async def find_channel(team: str, channel: str, by: Person, ports: Ports) -> ChannelPlace:
    """The channel, looked up with the person's own rights. Private channels do not tell their team: it is looked for.

    Raises ChannelGone, TeamUnknown, NotTeamMember.
    """
    teamwork = ports.teamwork(by)
    if team:
        found = await _channel_in(TeamId(team), ChannelId(channel), teamwork)
        if found is None:
            raise ChannelGone(channel)
        return ChannelPlace(await teamwork.read_team(TeamId(team)), found)
    teams = [one for one in await teamwork.list_teams() if not one.is_archived]
    for start in range(0, len(teams), MOST_LOOKED_AT):
        some = teams[start : start + MOST_LOOKED_AT]
        channels = await asyncio.gather(*(_channel_in(one.id, ChannelId(channel), teamwork) for one in some))
        for one, found in zip(some, channels, strict=True):
            if found is not None:
                return ChannelPlace(one, found)
    raise ChannelGone(channel)


async def _channel_in(team: TeamId, channel: ChannelId, teamwork: Teamwork) -> Channel | None:
    try:
        channels = await teamwork.list_channels(team)
    except (NotTeamMember, TeamUnknown):
        return None
    return next((one for one in channels if one.id == channel), None)


async def list_pinned(
    place: ChannelPlace, environment: EnvironmentKey, by: Person, ports: Ports
) -> tuple[PinnedThing, ...]:
    """What the channel is tied to in one environment, whoever tied it."""
    associations = await ports.crm(by, environment).list_channel_associations(place.channel.id)
    titles = await asyncio.gather(*(_title(one, by, ports) for one in associations[:MOST_NAMED]))
    return tuple(
        PinnedThing(one, titles[number] if number < len(titles) else "") for number, one in enumerate(associations)
    )


async def _title(association: Association, by: Person, ports: Ports) -> str:
    try:
        return await read_title(association.regarding, by, ports)
    except LiaisonError:
        return ""  # not for this person, or not there any more: it is counted, not named


async def pin(
    regarding: Regarding, place: ChannelPlace, by: Person, ports: Ports, *, share_view: bool = False, key: str = ""
) -> Link:
    """Connect what was chosen to the channel; only the basic experience is needed. Raises what `connect` refuses."""
    asked = ConnectionRequest(
        regarding, place.team.id, place.channel.id, pinned_by=PinnedBy.HOST, share_view=share_view
    )
    return await connect(asked, by, ports, key)


def is_record(regarding: Regarding) -> bool:
    return isinstance(regarding, RecordRef)
