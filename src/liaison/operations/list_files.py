"""The Documents tab of a record: its places, the files in one of them, upload and download."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from liaison.domain.crm import Association, Location, PlaceKind, folder_key, place_key
from liaison.domain.forerunners import Forerunner
from liaison.domain.link import Link
from liaison.domain.names import DriveId, ItemId, LinkId, Person, RecordRef, read_file_name
from liaison.domain.teams import FileEntry, FilePage, Folder
from liaison.errors import (
    ChannelArchived,
    FileUnknown,
    LiaisonError,
    NotAllowed,
    NotFound,
    Remembered,
    UploadTooLarge,
)
from liaison.operations.closed_files import ChannelOfFiles, explain_closed
from liaison.operations.forerunners import list_inherited
from liaison.ports import Ports


@dataclass(frozen=True)
class Place:
    """One place of a record's files: a channel's folder or another document location.

    `key` names it in addresses. `folder` is None when it could not be opened; `trouble` says why. `channel` is given
    where the folder is a channel's.
    """

    key: str
    name: str
    detail: str
    kind: PlaceKind
    address: str
    folder: Folder | None
    trouble: Remembered | None
    channel: ChannelOfFiles | None = None
    is_archived: bool = False
    """The channel is archived: its files are for reading only."""
    link: LinkId | None = None
    """Our link to the channel, when there is one."""
    origin: Forerunner | None = None
    """The record whose channel it is, where that went into the one asked about."""


@dataclass(frozen=True)
class Documents:
    places: tuple[Place, ...]
    chosen: Place | None
    page: FilePage
    path: tuple[FileEntry, ...] = ()


async def list_places(ref: RecordRef, by: Person, ports: Ports) -> tuple[Place, ...]:
    """Every place of the record's files, channels first; one that cannot be opened says why."""
    crm = ports.crm(by, ref.environment)
    associations, locations, links, inherited = await asyncio.gather(
        crm.list_associations(ref), crm.list_locations(ref), ports.links.of(ref), list_inherited(ref, by, ports)
    )
    own = {row.channel for row in associations}
    tied: list[tuple[Association, tuple[Link, ...], Forerunner | None]] = [(row, links, None) for row in associations]
    tied += [
        (row, past.links, past.origin) for past in inherited for row in past.associations if row.channel not in own
    ]
    channels = [_open_channel(row, _known_link(row, those), origin, by, ports) for row, those, origin in tied]
    covered = {folder_key(row.site_address, row.folder_path) for row, _, _ in tied}
    others = [_open_location(place, by, ports) for place in locations if place_key(place.address) not in covered]
    return tuple(await asyncio.gather(*channels, *others))


def _known_link(row: Association, links: tuple[Link, ...]) -> Link | None:
    """The link that knows the channel's folder."""
    return next((link for link in links if link.evidence.channel == row.channel and link.evidence.folder), None)


async def _open_channel(
    row: Association, link: Link | None, origin: Forerunner | None, by: Person, ports: Ports
) -> Place:
    """A folder that the link knows is not asked for again; whether the person may see it shows when it is listed."""
    channel = ChannelOfFiles(row.team, row.team_name, row.channel_kind)
    try:
        folder = _known_folder(link) if link else await ports.teamwork(by).read_files_folder(row.team, row.channel)
    except LiaisonError as error:
        trouble = Remembered.of(await explain_closed(error, row.channel_name, by, ports, channel))
        closed = Place(row.id, row.channel_name, row.team_name, PlaceKind.TEAMS, "", None, trouble, channel)
        return replace(closed, origin=origin)
    return Place(
        key=row.id,
        name=row.channel_name,
        detail=row.team_name,
        kind=PlaceKind.TEAMS,
        address=folder.address,
        folder=folder,
        trouble=None,
        channel=channel,
        is_archived=link is not None and link.archive.is_archived,
        link=link.id if link else None,
        origin=origin,
    )


def _known_folder(link: Link) -> Folder:
    made = link.evidence
    return Folder(made.drive, made.folder, made.channel_name, made.folder_address, made.site_address, made.folder_path)


async def _open_location(place: Location, by: Person, ports: Ports) -> Place:
    try:
        folder = await ports.files(by).find_folder(place.address)
    except LiaisonError as error:
        trouble = Remembered.of(await explain_closed(error, place.name, by, ports))
        return Place(place.id, place.name, "", place.kind, place.address, None, trouble)
    return Place(place.id, place.name, "", place.kind, place.address, folder, None)


async def list_documents(
    ref: RecordRef, key: str, folder: ItemId | None, page: str, by: Person, ports: Ports
) -> Documents:
    """The places, and the files of the chosen one (the first that opens when `key` is empty).

    `folder` is a folder below the place's own. Raises FileUnknown when no place has that key.
    """
    places = await list_places(ref, by, ports)
    chosen = _choose(places, key)
    if chosen is None:
        return Documents(places, None, FilePage((), ""))
    opened, files = await open_page(chosen, folder, page, by, ports)
    return Documents(tuple(opened if place is chosen else place for place in places), opened, files)


async def open_page(place: Place, folder: ItemId | None, page: str, by: Person, ports: Ports) -> tuple[Place, FilePage]:
    """One page of a place's files, or of a folder below it; a place that does not open says why and has none."""
    if place.folder is None:
        return place, FilePage((), "")
    try:
        return place, await ports.files(by).list_folder(place.folder.drive, folder or place.folder.item, page)
    except (NotAllowed, NotFound) as error:
        trouble = Remembered.of(await explain_closed(error, place.name, by, ports, place.channel))
        return replace(place, folder=None, trouble=trouble), FilePage((), "")


def _choose(places: tuple[Place, ...], key: str) -> Place | None:
    if not key:
        return next((place for place in places if place.folder), places[0] if places else None)
    for place in places:
        if place.key == key:
            return place
    raise FileUnknown(key)


async def upload(
    drive: DriveId,
    folder: ItemId,
    name: str,
    content: AsyncIterator[bytes],
    size_bytes: int,
    by: Person,
    ports: Ports,
    link: LinkId | None = None,
) -> FileEntry:
    """Put a file into a folder as the person; `link` is the one whose channel the folder belongs to.

    Raises FileNameForbidden, UploadTooLarge, ChannelArchived, FileExists, FilesClosed.
    """
    checked = read_file_name(name)
    if link is not None:
        await _require_in_use(link, by, ports)
    if size_bytes > ports.upload_limit_bytes:
        raise UploadTooLarge(checked, size_bytes, ports.upload_limit_bytes)
    return await ports.files(by).upload(drive, folder, checked, content, size_bytes)


async def _require_in_use(link_id: LinkId, by: Person, ports: Ports) -> None:
    """Owners of an archived channel could still write into it: what is archived is to stay as it is."""
    link = await ports.links.get(link_id)
    if link.by.tenant == by.tenant and link.archive.is_archived:
        raise ChannelArchived(link.channel_name)


async def download_address(drive: DriveId, item: ItemId, by: Person, ports: Ports) -> str:
    """Where the person's own browser can fetch the file, so that device policies see the person's device."""
    return await ports.files(by).download_address(drive, item)
