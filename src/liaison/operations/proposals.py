"""Proposals about a team's people, and what its owner answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from liaison.domain.consent import USER_SYNC, missing_for
from liaison.domain.names import ChannelId, Person, TeamId
from liaison.domain.proposals import Proposal, ProposalKind
from liaison.errors import (
    ConsentNotGranted,
    LiaisonError,
    MemberRefused,
    NotTeamMember,
    NotTeamOwner,
    OwnerStays,
    PersonUnknown,
    TeamUnknown,
)
from liaison.ports import Ports


async def list_proposals(by: Person, ports: Ports) -> tuple[Proposal, ...]:
    """What waits for an answer in the teams and channels that the asker owns, the oldest first.

    Teams is asked only while something waits. Raises ConsentNotGranted.
    """
    if not await ports.proposals.any_waiting(by.tenant):
        return ()
    mine = [team.id for team in await ports.teamwork(by).list_teams()]
    waiting = await ports.proposals.waiting_for(by.tenant, mine)
    places = tuple(dict.fromkeys((proposal.team, proposal.channel) for proposal in waiting))
    owned = await asyncio.gather(*(_owns(team, channel, by, ports) for team, channel in places))
    answerable = {place for place, is_owner in zip(places, owned, strict=True) if is_owner}
    return tuple(one for one in waiting if (one.team, one.channel) in answerable)


async def _owns(team: TeamId, channel: ChannelId, by: Person, ports: Ports) -> bool:
    """A private or shared channel has owners of its own; owners of its team cannot change its people."""
    if not channel:
        return await ports.teamwork(by).is_owner(team, by.id)
    try:
        people = await ports.teamwork(by).list_members(team, channel)
    except (NotTeamMember, TeamUnknown):
        return False
    return any(member.is_owner and member.person == by.id for member in people)


async def approve(proposal: str, by: Person, ports: Ports) -> Proposal:
    """Add or remove the person, with the owner's own token. What Teams refuses lets the proposal wait on.

    Somebody added or gone already is done. When we are killed in between, approving again goes on. Raises
    ProposalUnknown, ProposalAnswered, NotTeamOwner, OwnerStays, PersonUnknown, MemberRefused, ConsentNotGranted,
    UpstreamThrottled.
    """
    taken = await _answer(proposal, Proposal.approved, by, ports)
    try:
        await _carry_out(taken, by, ports)
    except LiaisonError:
        await ports.proposals.change(taken, taken.released())
        raise
    await ports.proposals.change(taken, taken.done())
    await ports.audit.write(by, f"people.{_DONE[taken.kind]}", taken.link, f"{taken.name} – {_where(taken)}")
    return taken.done()


async def keep(proposal: str, by: Person, ports: Ports) -> Proposal:
    """Leave everything as it is; the same is not proposed again while nothing changes. Raises as `approve`."""
    kept = await _answer(proposal, Proposal.kept, by, ports)
    await ports.audit.write(by, "people.kept", kept.link, f"{kept.name} – {_where(kept)}")
    return kept


_Answer = Callable[[Proposal, Person, datetime], Proposal]


async def _answer(proposal: str, answer: _Answer, by: Person, ports: Ports) -> Proposal:
    """The proposal with an owner's answer, kept; of two answers at the same moment one holds."""
    asked = await ports.proposals.get(by.tenant, proposal)
    answer(asked, by, ports.clock.now())
    if not await _owns(asked.team, asked.channel, by, ports):
        raise NotTeamOwner(asked.team)
    while not await ports.proposals.change(asked, kept := answer(asked, by, ports.clock.now())):
        asked = await ports.proposals.get(by.tenant, proposal)
    return kept


async def _carry_out(proposal: Proposal, by: Person, ports: Ports) -> None:
    missing = missing_for(USER_SYNC, await ports.sign_in.carried_scopes(by))
    if missing:
        raise ConsentNotGranted(USER_SYNC.value, missing)
    teamwork = ports.teamwork(by)
    if proposal.kind is ProposalKind.REMOVE:
        if await teamwork.remove_members(proposal.team, (proposal.person,), proposal.channel):
            raise OwnerStays(proposal.name)
        return
    for refused in await teamwork.add_members(proposal.team, (proposal.person,)):
        if refused.reason == "member_unknown":
            raise PersonUnknown(proposal.name)
        raise MemberRefused(proposal.name, proposal.team_name)
    if proposal.channel:
        await teamwork.add_member(proposal.team, proposal.channel, proposal.person)


_DONE = {ProposalKind.ADD: "added", ProposalKind.REMOVE: "removed"}


def _where(proposal: Proposal) -> str:
    return f"{proposal.team_name} / {proposal.channel_name}" if proposal.channel else proposal.team_name
