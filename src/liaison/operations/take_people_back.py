"""Undoing what a link gave to people: a place in a team or a channel, and sight of a personal view."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.link import Finding, Link, StepName
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import PersonId, ViewRef
from liaison.errors import (
    ChannelGone,
    ConsentNotGranted,
    NotAllowed,
    NotTeamMember,
    NotTeamOwner,
    TeamUnknown,
    ViewUnknown,
)
from liaison.ports import Ports

_REFUSED = (ConsentNotGranted, NotTeamOwner, NotTeamMember)


async def take_members_back(link: Link, ports: Ports) -> Link:
    """Those whom the link let in, unless another connection of the team wants them or they own it by now.

    A team that is gone took its people with it.
    """
    added = link.members_added
    if not added or (link.new_team is not None and not link.evidence.team_is_ours):
        return _members_done(link)
    wanted = await ports.links.invited_in_team(link.by.tenant, link.team, besides=link.id)
    going = added.without(wanted)
    teamwork, channel = ports.teamwork(link.acting), link.evidence.channel
    try:
        only_there = [one for one in going.to_channel if one not in going.to_team]
        owners = set(await teamwork.remove_members(link.team, only_there, channel)) if only_there else set()
        owners |= set(await teamwork.remove_members(link.team, going.to_team))
    except _REFUSED:
        return _members_done(_kept(link, {*going.to_team, *going.to_channel}, "kept_rights"))
    except (TeamUnknown, ChannelGone):
        return _members_done(link)
    stay = _kept(link, {*added.to_team, *added.to_channel} & set(wanted), "kept_wanted")
    return _members_done(_kept(stay, owners, "kept_owner"))


def _kept(link: Link, people: set[PersonId], reason: str) -> Link:
    if not people:
        return link
    names = ", ".join(sorted(one.name for one in link.members if one.id in people))
    finding = Finding("member.kept", (("people", names), ("reason", reason)))
    return replace(link, findings=(*link.findings, finding))


def _members_done(link: Link) -> Link:
    return replace(link, members_added=MembersAdded()).with_evidence(StepName.REMOVE_MEMBERS)


async def take_shares_back(link: Link, ports: Ports) -> Link:
    """From those with whom the link shared the view and who did not have it before.

    While another channel shows the view, its people go on seeing it.
    """
    view, users = link.regarding, link.shared_view_with
    if not isinstance(view, ViewRef) or not users:
        return _shares_done(link)
    if any(other.id != link.id for other in await ports.links.of(view)):
        return _shares_done(_still_shared(link, "kept_connected"))
    try:
        await ports.crm(link.acting, link.environment).unshare_view(view, users)
    except NotAllowed:
        return _shares_done(_still_shared(link, "kept_rights"))
    except ViewUnknown:
        return _shares_done(link)
    return _shares_done(link)


def _still_shared(link: Link, reason: str) -> Link:
    return replace(link, findings=(*link.findings, Finding("view.share_kept", (("reason", reason),))))


def _shares_done(link: Link) -> Link:
    return replace(link, shared_view_with=()).with_evidence(StepName.UNSHARE_VIEW)
