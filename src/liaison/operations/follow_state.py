"""A followed record was closed or reopened: its channel is archived or restored, where that was wished for."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.closing import OnClose
from liaison.domain.link import Finding, Link, Operation
from liaison.errors import ConsentNotGranted
from liaison.operations.closing import begin
from liaison.ports import Ports


async def close(link: Link, ports: Ports) -> None:
    """Archive the channel; not one that was there before, nor one that other records are connected to as well.

    Raises LinkBusy while somebody is at work on the link, and what Dataverse refuses.
    """
    now = await ports.links.get(link.id)
    if now.on_close is not OnClose.ARCHIVE or not now.evidence.channel_is_ours or now.archive.is_archived:
        return
    if await _serves_others(now, ports):
        await _say(now, "archive.not_done", "archive_others", ports)
        return
    try:
        await begin(now, Operation.ARCHIVE, now.by, ports)
    except ConsentNotGranted:
        await _say(now, "archive.not_done", "archive_consent", ports)


async def reopen(link: Link, ports: Ports) -> None:
    """Restore the channel, if it was Liaison that archived it. Raises LinkBusy."""
    now = await ports.links.get(link.id)
    if not now.archive.is_ours:
        return
    try:
        await begin(now, Operation.RESTORE, now.by, ports)
    except ConsentNotGranted:
        await _say(now, "archive.not_undone", "archive_consent", ports)


async def _serves_others(link: Link, ports: Ports) -> bool:
    """Are other records or views connected to the channel, by Liaison or by Microsoft's own button?"""
    channel, record = link.evidence.channel, link.regarding.id.lower()
    ours = await ports.links.in_channel(link.by.tenant, channel)
    rows = await ports.crm(link.by, link.environment).list_channel_associations(channel)
    tied = {one.regarding.id.lower() for one in ours} | {row.regarding.id.lower() for row in rows}
    return bool(tied - {record})


async def _say(link: Link, code: str, reason: str, ports: Ports) -> None:
    finding = Finding(code, (("channel", link.channel_name), ("reason", reason)))
    if finding not in link.findings:
        act = "link.not_archived" if code == "archive.not_done" else "link.not_restored"
        await ports.links.save(replace(link, findings=(*link.findings, finding)), act)
