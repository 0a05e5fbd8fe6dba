"""Adding the chosen people to a link's team, and to its channel when that has people of its own."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.consent import USER_SYNC, missing_for
from liaison.domain.link import Finding, Invited, Link, StepName
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import ChannelKind, PersonId
from liaison.domain.teams import NotAdded
from liaison.errors import ConsentNotGranted, LiaisonError, NotTeamMember, NotTeamOwner, PersonUnknown, Retry
from liaison.ports import Ports, Teamwork

AT_ONCE = 20
"""Members in one call; their team takes four calls a minute."""
PACE_S = 15.0
NO_CONSENT = Finding("member.no_consent")


async def look_who_is_there(link: Link, ports: Ports) -> Link:
    """The link knowing whom of its people it will let in; whoever is there already is not its doing.

    A team that was made for the link has nobody yet, and a channel that was goes as a whole when it is undone.
    """
    if link.members_settled or await _lacks_consent(link, ports):
        return link
    teamwork, made, known = ports.teamwork(link.acting), link.evidence, link.members_added or MembersAdded()
    invited = [one.id for one in link.members]
    try:
        there = () if made.team_is_ours else await teamwork.list_members(link.team)
        has_own = made.channel_kind is not ChannelKind.STANDARD and not made.channel_is_ours
        inside = await teamwork.list_members(link.team, made.channel) if has_own else ()
    except (ConsentNotGranted, NotTeamMember):
        return link
    to_team = set(invited) - {member.person for member in there}
    to_channel = set(invited) - {member.person for member in inside} if has_own else set()
    added = known.with_newcomers(
        [one for one in invited if one in to_team], [one for one in invited if one in to_channel]
    )
    return replace(link, members_added=added)


async def add_some(link: Link, ports: Ports) -> Link:
    """The link with some more of its people settled: added, or a finding says why not. Never stops the link.

    Whoever is a member already is done. Raises only what passes with time.
    Source: api/conversationmembers-add.md; replay table C4.
    """
    if await _lacks_consent(link, ports):
        return _finished(link, NO_CONSENT)
    left = [one for one in link.members if one.id not in link.members_settled][:AT_ONCE]
    teamwork = ports.teamwork(link.acting)
    try:
        refused = await teamwork.add_members(link.team, tuple(one.id for one in left))
        if link.evidence.channel_kind is not ChannelKind.STANDARD:
            refused = await _add_to_channel(link, left, refused, teamwork)
    except ConsentNotGranted:
        return _finished(link, NO_CONSENT)
    except LiaisonError as error:
        if error.retry is Retry.LATER:
            raise
        refused = tuple(NotAdded(one.id, _reason(error)) for one in left)
    names = {one.id: one.name for one in left}
    found = tuple(_not_added(names[one.person], one.reason) for one in refused if one.person in names)
    settled = (*link.members_settled, *(one.id for one in left))
    added = link.members_added and link.members_added.without({one.person for one in refused})
    going = replace(link, members_settled=settled, members_added=added, findings=link.findings + found)
    return going if len(settled) < len(link.members) else going.with_evidence(StepName.MEMBERS)


async def _lacks_consent(link: Link, ports: Ports) -> bool:
    """Without the administrator's consent to user sync, or with it switched off, nobody is added."""
    carried = await ports.sign_in.carried_scopes(link.acting)
    switches = await ports.crm(link.acting, link.environment).read_switches()
    return bool(missing_for(USER_SYNC, carried)) or not switches.user_sync


def _finished(link: Link, finding: Finding) -> Link:
    going = replace(link, findings=(*link.findings, finding))
    return going.with_evidence(StepName.MEMBERS)


async def _add_to_channel(
    link: Link, people: list[Invited], refused: tuple[NotAdded, ...], teamwork: Teamwork
) -> tuple[NotAdded, ...]:
    """Those who are in the team now, put into its private or shared channel one by one."""
    outside = {one.person for one in refused}
    more = []
    for one in people:
        if one.id in outside:
            continue
        try:
            await teamwork.add_member(link.team, link.evidence.channel, PersonId(one.id))
        except ConsentNotGranted:
            raise
        except LiaisonError as error:
            if error.retry is Retry.LATER:
                raise
            more.append(NotAdded(one.id, _reason(error)))
    return (*refused, *more)


def _reason(error: LiaisonError) -> str:
    if isinstance(error, NotTeamOwner):
        return "member_not_owner"
    return "member_unknown" if isinstance(error, PersonUnknown) else "member_refused"


def _not_added(name: str, reason: str) -> Finding:
    return Finding("member.not_added", (("person", name), ("reason", reason)))
