"""Archiving and restoring the channel of a link: what its page shows of it, and the two acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from liaison.domain.closing import OnClose
from liaison.domain.link import Link
from liaison.domain.names import LinkId
from liaison.operations.closing import archive, can_be_archived, can_be_restored, restore
from liaison.operations.read_link import read_link
from liaison.web import addresses
from liaison.web.visit import Visit


@dataclass(frozen=True)
class ShownArchive:
    """`archived_at` is None while the channel is in use; `archive` and `restore` are empty where they cannot be."""

    archived_at: datetime | None
    will: bool
    archive: str
    restore: str


def archive_of(link: Link) -> ShownArchive:
    """What the page of a link shows of its channel's archive."""
    is_kept = not link.state.is_over
    return ShownArchive(
        archived_at=link.archive.at if is_kept else None,
        will=is_kept and link.on_close is OnClose.ARCHIVE and not link.archive.is_archived,
        archive=addresses.link(link.id, "archive") if can_be_archived(link) else "",
        restore=addresses.link(link.id, "restore") if can_be_restored(link) else "",
    )


async def archive_channel(visit: Visit) -> Response:
    """`/links/{link}/archive`"""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    await archive(link.id, visit.person, visit.ports)
    return visit.go(addresses.link(link.id))


async def restore_channel(visit: Visit) -> Response:
    """`/links/{link}/restore`"""
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    await restore(link.id, visit.person, visit.ports)
    return visit.go(addresses.link(link.id))
