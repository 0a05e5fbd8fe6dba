"""The files of all places of a record in one list, each with the place that holds it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.names import Person, RecordRef
from liaison.domain.teams import FileEntry
from liaison.operations.list_files import Place, list_places, open_page
from liaison.ports import Ports

ALL = "all"
"""Names all places together where a place's key is asked for."""


@dataclass(frozen=True)
class PlacedFile:
    place: Place
    entry: FileEntry


@dataclass(frozen=True)
class AllFiles:
    """Newest first. `is_cut` says that some place holds more than is shown."""

    places: tuple[Place, ...]
    files: tuple[PlacedFile, ...]
    is_cut: bool


async def list_all_files(ref: RecordRef, by: Person, ports: Ports) -> AllFiles:
    """The first page of each place; a place that does not open says why, and the others still do."""
    places = await list_places(ref, by, ports)
    opened = await asyncio.gather(*(open_page(place, None, "", by, ports) for place in places))
    found = {
        (entry.drive, entry.item): PlacedFile(place, entry)
        for place, page in reversed(opened)
        for entry in page.entries
    }
    newest_first = sorted(found.values(), key=lambda one: (one.entry.modified_at, one.entry.name), reverse=True)
    is_cut = any(page.next_page for _, page in opened)
    return AllFiles(tuple(place for place, _ in opened), tuple(newest_first), is_cut)
