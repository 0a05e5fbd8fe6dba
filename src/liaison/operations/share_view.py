"""Sharing a personal view with a channel's people, so that its tab shows it to them."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.link import Finding, Link, StepName
from liaison.domain.names import ChannelId, ChannelKind, ViewRef
from liaison.errors import ConsentNotGranted
from liaison.ports import Ports


async def look_who_sees_it(link: Link, ports: Ports) -> Link:
    """The link knowing with whom it will share the view: the channel's people who do not have it yet.

    People without a user in the environment are a finding. Raises PrivilegeMissing, and what passes with time.
    """
    view, is_open = _view_of(link), link.evidence.channel_kind is ChannelKind.STANDARD
    channel = ChannelId("") if is_open else link.evidence.channel
    try:
        members = await ports.teamwork(link.acting).list_members(link.team, channel)
    except ConsentNotGranted:
        return _with_finding(link, Finding("view.people_unread"))
    people = tuple(member for member in members if member.person != link.acting.id)
    crm = ports.crm(link.acting, link.environment)
    users = await crm.find_users(tuple(member.person for member in people))
    able = {user.person: user.row for user in users if user.is_enabled}
    have_it = set(await crm.list_view_sharers(view)) if able else set()
    newcomers = (row for row in able.values() if row not in have_it)
    looked = replace(link, shared_view_with=tuple(dict.fromkeys((*link.shared_view_with, *newcomers))))
    names = ", ".join(sorted(member.name for member in people if member.person not in able))
    return _with_finding(looked, Finding("view.people_without_crm", (("people", names),))) if names else looked


async def share_view(link: Link, ports: Ports) -> Link:
    """May they read it? Sharing again is as good as once. Raises PrivilegeMissing, and what passes with time."""
    await ports.crm(link.acting, link.environment).share_view(_view_of(link), link.shared_view_with)
    return link.with_evidence(StepName.SHARE_VIEW)


def _view_of(link: Link) -> ViewRef:
    if not isinstance(link.regarding, ViewRef):
        raise TypeError(f"link {link.id} is no view's")
    return link.regarding


def _with_finding(link: Link, finding: Finding) -> Link:
    return link if finding in link.findings else replace(link, findings=(*link.findings, finding))
