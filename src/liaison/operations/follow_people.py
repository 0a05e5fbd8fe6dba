"""Who has to do with a followed record, and what a team's owners may want to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from liaison.domain.following import Known, Sight, recommended, still_known, who_came, who_left
from liaison.domain.link import Link
from liaison.domain.names import ChannelId, ChannelKind, LinkId, PersonId, RecordRef, TeamId
from liaison.domain.proposals import Cause, Proposal, ProposalKind
from liaison.errors import ConsentNotGranted, NotAllowed, UpstreamRefused
from liaison.ports import Crm, Ports

_Place = tuple[TeamId, ChannelId]


@dataclass(frozen=True)
class Around:
    """Every link that is followed, with its latest sight."""

    links: tuple[Link, ...]
    sights: Mapping[LinkId, Sight]

    def wanted_in(self, place: _Place) -> frozenset[PersonId]:
        """People whom some record suggests for this team, or for this channel of its own people."""
        seen = (self.sights[link.id] for link in self.links if _place(link) == place and link.id in self.sights)
        return frozenset(known.person for sight in seen for known in sight.people if known.is_recommended)


async def look_at_people(link: Link, seen: Sight, ports: Ports) -> Sight:
    """The sight with who has to do with the record now, beside those who had.

    Raises RecordUnknown, PrivilegeMissing.
    """
    crm = ports.crm(link.by, link.environment)
    ref = RecordRef(link.environment, link.regarding.table, seen.follows)
    suggested = recommended(await crm.list_sharers(ref))
    added = [(one.id, one.name) for one in link.members]
    people = await _with_rights(still_known(suggested, added), seen.people, ref, crm)
    return replace(seen, people=people, people_at=ports.clock.now())


async def _with_rights(
    people: tuple[Known, ...], before: tuple[Known, ...], ref: RecordRef, crm: Crm
) -> tuple[Known, ...]:
    """Those people and those known before, each with whether they can read the record; None where it is not told."""
    seen = {one.person for one in people}
    gone = (replace(one, is_recommended=False, is_owner=False) for one in before if one.person not in seen)
    everybody = (*people, *gone)
    unsure = [one.person for one in everybody if not one.is_recommended]
    if not unsure:
        return everybody
    try:
        users = {user.person: user for user in await crm.find_users(unsure) if user.is_enabled}
        readers = await crm.list_readers([user.row for user in users.values()], ref) if users else ()
    except (NotAllowed, UpstreamRefused):
        return everybody
    if readers is None:
        return everybody
    reading = {person for person, user in users.items() if user.row in readers}
    return tuple(one if one.is_recommended else replace(one, reads=one.person in reading) for one in everybody)


async def propose_changes(
    link: Link, before: tuple[Known, ...], now: tuple[Known, ...], around: Around, ports: Ports
) -> None:
    """Propose who came and who left; withdraw what is no longer so. Owners of the team stay, whatever happens.

    Whoever another record suggests for the same team is not proposed to be removed. Raises NotTeamMember.
    """
    await ports.proposals.withdraw(link.id, ProposalKind.REMOVE, [one.person for one in now if one.is_recommended])
    await ports.proposals.withdraw(link.id, ProposalKind.ADD, [one.person for one in now if not one.is_owner])
    came, left = who_came(before, now), who_left(before, now)
    members = await _members(link, ports) if came or left else None
    if members is None:
        return  # nothing changed; or without the consent to user sync nobody can be added or removed either
    wanted = around.wanted_in(_place(link))
    for one in came:
        if one.person not in members:
            await _make(link, ProposalKind.ADD, Cause.NEW_OWNER, one, ports)
    for one, is_blind in left:
        if members.get(one.person) is False and one.person not in wanted:
            await _make(link, ProposalKind.REMOVE, Cause.NO_RIGHTS if is_blind else Cause.NO_PART, one, ports)


async def _members(link: Link, ports: Ports) -> dict[PersonId, bool] | None:
    """Who is in the channel, or for a standard one in its team; true for owners. None without consent."""
    try:
        found = await ports.teamwork(link.by).list_members(*_place(link))
    except ConsentNotGranted:
        return None
    return {member.person: member.is_owner for member in found}


async def _make(link: Link, kind: ProposalKind, cause: Cause, one: Known, ports: Ports) -> None:
    team, channel = _place(link)
    proposal = Proposal(
        id=str(uuid4()),
        kind=kind,
        cause=cause,
        tenant=link.by.tenant,
        link=link.id,
        team=team,
        team_name=link.team_name,
        channel=channel,
        channel_name=link.channel_name,
        person=one.person,
        name=one.name,
        at=ports.clock.now(),
    )
    if await ports.proposals.propose(proposal):
        await ports.audit.write(link.by, f"people.proposed.{kind.value}", link.id, f"{one.name}: {cause.value}")


def _place(link: Link) -> _Place:
    """Where somebody would be added or removed: the team, or the channel when it has people of its own."""
    has_own = link.evidence.channel_kind is not ChannelKind.STANDARD
    return link.team, link.evidence.channel if has_own else ChannelId("")
