"""The files that a record has already: what its places hold that are its own alone, outside the new channel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.crm import PlaceKind
from liaison.domain.earlier import MOST_FILES, MOST_FOLDERS, EarlierCount, EarlierItem, EarlierPlace
from liaison.domain.names import DriveId, ItemId, Person, RecordRef, RowId
from liaison.domain.teams import FileEntry, FilePage, Folder
from liaison.errors import NotAllowed, NotFound
from liaison.operations.list_files import Place, list_places
from liaison.ports import Files, Ports

PAGE = 200


@dataclass(frozen=True)
class Found:
    """The items of one place, each folder after everything in it."""

    place: str
    items: tuple[EarlierItem, ...]

    @property
    def files(self) -> int:
        return sum(not one.is_folder for one in self.items)

    @property
    def size_bytes(self) -> int:
        return sum(one.size_bytes for one in self.items if not one.is_folder)


@dataclass(frozen=True)
class EarlierFound:
    """What can be copied or moved. `shared` are names of places that are not this record's alone, `closed` of places
    that this person cannot open; `is_cut` says that there is more than can be copied or moved.
    """

    found: tuple[Found, ...]
    shared: tuple[str, ...]
    closed: tuple[str, ...]
    is_cut: bool

    def count(self) -> EarlierCount:
        places = tuple(EarlierPlace(one.place, one.files, one.size_bytes) for one in self.found if one.files)
        return EarlierCount(places, self.shared, self.is_cut)


class _Room:
    """How much more may be listed."""

    def __init__(self) -> None:
        self._files, self._folders = MOST_FILES, MOST_FOLDERS
        self.is_cut = False

    def take(self, entries: list[FileEntry]) -> bool:
        """False when there is no room for these."""
        folders = sum(entry.is_folder for entry in entries)
        self._folders -= folders
        self._files -= len(entries) - folders
        self.is_cut = self.is_cut or self._files < 0 or self._folders < 0
        return not self.is_cut


async def find_earlier_files(ref: RecordRef, by: Person, ports: Ports, besides: Folder | None = None) -> EarlierFound:
    """Everything in the record's other places, `besides` the folder of the channel that is being connected.

    A place that does not open holds nothing for this person. Raises what Dataverse and Graph refuse.
    """
    places = [
        place for place in await list_places(ref, by, ports) if place.origin is None and not _holds(place, besides)
    ]
    own = await asyncio.gather(*(_is_records_own(place, ref, by, ports) for place in places))
    room = _Room()
    mine = [place for place, is_own in zip(places, own, strict=True) if is_own]
    walked = [(place, await _walk(place, ref, by, ports, room)) for place in mine]
    return EarlierFound(
        found=tuple(Found(place.name, items) for place, items in walked if items is not None),
        shared=tuple(place.name for place in places if place not in mine),
        closed=tuple(place.name for place, items in walked if items is None),
        is_cut=room.is_cut,
    )


def _holds(place: Place, folder: Folder | None) -> bool:
    """Is the folder the place's own, or somewhere in it? Then its files are in the channel already."""
    if folder is None or place.folder is None or place.folder.drive != folder.drive:
        return False
    above, below = (one.path.rstrip("/").casefold() for one in (place.folder, folder))
    return place.folder.item == folder.item or below == above or below.startswith(f"{above}/")


async def _is_records_own(place: Place, ref: RecordRef, by: Person, ports: Ports) -> bool:
    """A channel's folder is not when other records use the channel, or when it is the team's first one."""
    if place.kind is PlaceKind.SHAREPOINT:
        return True
    crm = ports.crm(by, ref.environment)
    row = next((one for one in await crm.list_associations(ref) if one.id == place.key), None)
    if row is None:
        return False
    tied, primary = await asyncio.gather(
        crm.list_channel_associations(row.channel), ports.teamwork(by).read_primary_channel(row.team)
    )
    return primary.id != row.channel and all(one.regarding == ref for one in tied)


async def _walk(place: Place, ref: RecordRef, by: Person, ports: Ports, room: _Room) -> tuple[EarlierItem, ...] | None:
    """None when the place cannot be opened."""
    if place.folder is None:
        return None
    # An account's location may hold those of its deals: what other locations lead to is left to them.
    is_location = place.kind is PlaceKind.SHAREPOINT
    crm = ports.crm(by, ref.environment)
    others = await crm.list_folders_below(RowId(place.key)) if is_location else ()
    without = frozenset(name.casefold() for name in others)
    try:
        return await _items(ports.files(by), place.folder.drive, place.folder.item, "", without, room)
    except (NotAllowed, NotFound):
        return None


async def _items(
    files: Files, drive: DriveId, folder: ItemId, path: str, without: frozenset[str], room: _Room
) -> tuple[EarlierItem, ...]:
    if room.is_cut:
        return ()
    entries = [one for one in await _entries(files, drive, folder) if one.name.casefold() not in without]
    if not room.take(entries):
        return ()
    inner = await asyncio.gather(
        *(
            _items(files, drive, entry.item, f"{path}/{entry.name}".lstrip("/"), frozenset(), room)
            for entry in entries
            if entry.is_folder
        )
    )
    below = dict(zip((entry.item for entry in entries if entry.is_folder), inner, strict=True))
    return tuple(item for entry in entries for item in (*below.get(entry.item, ()), _item(entry, path)))


async def _entries(files: Files, drive: DriveId, folder: ItemId) -> list[FileEntry]:
    page = FilePage((), "")
    entries: list[FileEntry] = []
    while len(entries) <= MOST_FILES + MOST_FOLDERS:
        page = await files.list_folder(drive, folder, page.next_page, PAGE)
        entries += page.entries
        if not page.next_page:
            break
    return entries


def _item(entry: FileEntry, path: str) -> EarlierItem:
    return EarlierItem(entry.drive, entry.item, entry.name, path, entry.is_folder, entry.size_bytes)
