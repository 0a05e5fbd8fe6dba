"""Joining the team of a channel that a record or view is tied to: asking, and the owner's answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from liaison.domain.joining import JoinRequest
from liaison.domain.names import ChannelId, ChannelKind, Person, Regarding, TeamId
from liaison.errors import AlreadyMember, LiaisonError, NotTeamOwner, TeamUnknown
from liaison.operations.forerunners import list_inherited
from liaison.operations.regarding import read_title
from liaison.ports import Ports


@dataclass(frozen=True)
class _Way:
    """A channel of the record by which somebody comes to the team."""

    team_name: str
    channel_name: str
    kind: ChannelKind
    channel: ChannelId


async def ask_to_join(
    regarding: Regarding, team: TeamId, by: Person, ports: Ports, channel: ChannelId = ChannelId("")
) -> JoinRequest:
    """Ask the owners of a team that the record or view has a channel in; asking again gives the request that waits.

    `channel` is the one that is meant; somebody in the team asks for a private or shared one. Whoever may not see the
    record cannot ask. Raises RecordUnknown, ViewUnknown, PrivilegeMissing, TeamUnknown when the record has no such
    channel in the team, AlreadyMember.
    """
    _, associations, links, mine, inherited = await asyncio.gather(
        read_title(regarding, by, ports),
        ports.crm(by, regarding.environment).list_associations(regarding),
        ports.links.of(regarding),
        ports.teamwork(by).list_teams(),
        list_inherited(regarding, by, ports),
    )
    associations += tuple(row for past in inherited for row in past.associations)
    found = [
        _Way(row.team_name, row.channel_name, row.channel_kind, row.channel) for row in associations if row.team == team
    ]
    found += [
        _Way(link.team_name, link.channel_name, link.evidence.channel_kind, link.evidence.channel)
        for link in links
        if link.team == team
    ]
    if not found:
        raise TeamUnknown(team)
    open_ones = [one for one in found if one.kind is ChannelKind.STANDARD]
    way = next((one for one in found if channel and one.channel == channel), (open_ones or found)[0])
    own_people = ChannelId("") if way.kind is ChannelKind.STANDARD else way.channel
    in_team = any(one.id == team for one in mine)
    if in_team and (not own_people or await _is_in(way, team, by, ports)):
        raise AlreadyMember(way.team_name)
    now, names = ports.clock.now(), (way.team_name, way.channel_name)
    asked = JoinRequest(str(uuid4()), team, *names, by, now, channel=own_people, in_team=in_team)
    held = await ports.join_requests.ask(asked)
    if held.id == asked.id:
        await ports.audit.write(by, "join.asked", team, way.team_name)
    return held


async def _is_in(way: _Way, team: TeamId, by: Person, ports: Ports) -> bool:
    return await ports.teamwork(by).is_in_channel(team, way.channel, way.kind, by.id)


async def list_join_requests(by: Person, ports: Ports) -> tuple[JoinRequest, ...]:
    """What waits for an answer in the teams that the asker owns, the oldest first. Raises ConsentNotGranted.

    Teams is asked only while somebody waits.
    """
    if not await ports.join_requests.any_waiting(by.tenant):
        return ()
    teamwork = ports.teamwork(by)
    mine = [team.id for team in await teamwork.list_teams()]
    waiting = await ports.join_requests.waiting_for(by.tenant, mine)
    teams = tuple(dict.fromkeys(request.team for request in waiting))
    owned = await asyncio.gather(*(teamwork.is_owner(team, by.id) for team in teams))
    answerable = {team for team, is_owner in zip(teams, owned, strict=True) if is_owner}
    return tuple(request for request in waiting if request.team in answerable)


async def list_my_requests(by: Person, ports: Ports) -> tuple[JoinRequest, ...]:
    """What the asker asked for, the newest first, with the answers."""
    return await ports.join_requests.of_person(by.tenant, by.id)


async def answer_join(request: str, by: Person, ports: Ports, *, accept: bool) -> JoinRequest:
    """An owner lets somebody in, with the owner's own token, or declines. Answered once; the person is told either way.

    Of answers at the same moment one holds, and nobody is added who was declined. When adding fails the request goes
    on waiting. Raises JoinUnknown, JoinAnswered, NotTeamOwner, PersonUnknown, ConsentNotGranted, UpstreamThrottled.
    """
    asked = await ports.join_requests.get(by.tenant, request)
    answer = JoinRequest.held if accept else JoinRequest.declined
    answer(asked, by, ports.clock.now())
    if not await ports.teamwork(by).is_owner(asked.team, by.id):
        raise NotTeamOwner(asked.team)
    while not await ports.join_requests.change(asked, kept := answer(asked, by, ports.clock.now())):
        asked = await ports.join_requests.get(by.tenant, request)
    if accept:
        kept = await _let_in(kept, by, ports)
    await ports.audit.write(by, f"join.{kept.state.value}", kept.team, kept.by.name)
    return kept


async def _let_in(held: JoinRequest, by: Person, ports: Ports) -> JoinRequest:
    """Whatever keeps the person out lets the request wait again; when we are killed, pressing again goes on."""
    teamwork = ports.teamwork(by)
    try:
        if not held.in_team:
            await teamwork.add_member(held.team, ChannelId(""), held.by.id)
        if held.channel:
            await teamwork.add_member(held.team, held.channel, held.by.id)
    except LiaisonError:
        await ports.join_requests.change(held, held.released())
        raise
    accepted = held.accepted(ports.clock.now())
    await ports.join_requests.change(held, accepted)
    return accepted
