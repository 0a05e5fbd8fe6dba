"""Sharing a personal view with a channel's people, so that its tab shows it to them."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.link import Finding, Link, StepName
from liaison.domain.names import ChannelId, ChannelKind, ViewRef
from liaison.errors import ConsentNotGranted
from liaison.ports import Ports


async def share_view(link: Link, ports: Ports) -> Link:
    """May they read it? Sharing again is as good as once. A person without a user in the environment is a finding.

    Raises PrivilegeMissing when the person may not share, and what passes with time.
    """
    view = link.regarding
    if not isinstance(view, ViewRef):
        raise TypeError(f"link {link.id} is no view's")
    is_open = link.evidence.channel_kind is ChannelKind.STANDARD
    channel = ChannelId("") if is_open else link.evidence.channel
    try:
        members = await ports.teamwork(link.acting).list_members(link.team, channel)
    except ConsentNotGranted:
        return _with_finding(link, Finding("view.people_unread"))
    people = tuple(member for member in members if member.person != link.acting.id)
    crm = ports.crm(link.acting, link.environment)
    users = await crm.find_users(tuple(member.person for member in people))
    able = {user.person: user.row for user in users if user.is_enabled}
    await crm.share_view(view, tuple(able.values()))
    names = ", ".join(sorted(member.name for member in people if member.person not in able))
    if not names:
        return link.with_evidence(StepName.SHARE_VIEW)
    return _with_finding(link, Finding("view.people_without_crm", (("people", names),)))


def _with_finding(link: Link, finding: Finding) -> Link:
    return replace(link, findings=(*link.findings, finding)).with_evidence(StepName.SHARE_VIEW)
