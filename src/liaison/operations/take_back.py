"""Taking back what a template made for a link: each thing by itself, and what somebody has begun to use stays."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.extras import ExtraKind, ExtraMade, ExtraState, with_made
from liaison.domain.link import Finding, Link, StepName
from liaison.domain.names import ChannelId, DriveId, ItemId, TabId
from liaison.errors import (
    ChannelGone,
    ConsentNotGranted,
    FilesClosed,
    FileUnknown,
    NotTeamMember,
    NotTeamOwner,
    StillPreparing,
)
from liaison.ports import Ports

KEPT_FOR = (ConsentNotGranted, NotTeamOwner, NotTeamMember)
"""The person who undoes may not take it away."""


async def take_extras_back(link: Link, ports: Ports) -> Link:
    """The link with one more thing taken back; a welcome in a channel that stays cannot be."""
    left = next((one for one in link.extras_made if one.state is ExtraState.MADE), None)
    if left is None:
        return link.with_evidence(StepName.REMOVE_EXTRAS)
    why = await _why_it_stays(link, left, ports)
    state = ExtraState.KEPT if why else ExtraState.TAKEN_BACK
    going = replace(link, extras_made=with_made(link.extras_made, replace(left, state=state)))
    if not why:
        return going
    finding = Finding(f"template_{left.kind.value}.kept", (("name", left.name), ("reason", why)))
    return replace(going, findings=(*going.findings, finding))


async def _why_it_stays(link: Link, one: ExtraMade, ports: Ports) -> str:
    """Why a thing was not taken away; empty when it is gone."""
    try:
        if one.kind is ExtraKind.FOLDER:
            return await _remove_folder(link, ItemId(one.id), ports)
        if one.kind is ExtraKind.CHANNEL:
            return await _remove_channel(link, ChannelId(one.id), ports)
        if one.kind is ExtraKind.TAB:
            await ports.teamwork(link.acting).remove_tab(link.team, link.evidence.channel, TabId(one.id))
            return ""
    except (FileUnknown, ChannelGone):
        return ""
    except (FilesClosed, *KEPT_FOR):
        return "kept_rights"
    return "" if link.evidence.channel_is_ours else "kept_posted"


async def _remove_folder(link: Link, folder: ItemId, ports: Ports) -> str:
    files, drive = ports.files(link.acting), link.evidence.drive
    if (await files.list_folder(drive, folder, size=1)).entries:
        return "kept_files"
    await files.remove_item(drive, folder)
    return ""


async def _remove_channel(link: Link, channel: ChannelId, ports: Ports) -> str:
    if await holds_files(link, channel, ports):
        return "kept_files"
    await ports.teamwork(link.acting).remove_channel(link.team, channel)
    return ""


async def holds_files(link: Link, channel: ChannelId, ports: Ports) -> bool:
    """Is there a file in the channel's folder? A library that is not made yet holds none; one out of reach may."""
    made = link.evidence
    drive, folder = made.drive, made.folder
    try:
        if channel != made.channel or not folder:
            found = await ports.teamwork(link.acting).read_files_folder(link.team, channel)
            drive, folder = DriveId(found.drive), ItemId(found.item)
        return bool((await ports.files(link.acting).list_folder(drive, folder, size=1)).entries)
    except (StillPreparing, ChannelGone, FileUnknown):
        return False
    except (FilesClosed, *KEPT_FOR):
        return True
