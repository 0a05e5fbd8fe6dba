"""The Documents tab of a record: the places of its files, and the files of the one that is open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import PlaceKind
from liaison.domain.names import ItemId
from liaison.domain.teams import FileEntry, Folder
from liaison.errors import Remembered
from liaison.operations.list_all_files import ALL, AllFiles, list_all_files
from liaison.operations.list_files import Documents, Place, list_documents
from liaison.web import addresses, pictures, problems
from liaison.web.pages.collaborate import origin_words
from liaison.web.pages.record import DOCUMENTS, RecordHead, head_of, open_record, record_shell, ref_of
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class ShownPlace:
    """A place of files to choose. `outside` opens it in Teams or SharePoint; `problem` says why it cannot be opened."""

    name: str
    detail: str
    icon: str
    address: str
    outside: str
    is_channel: bool
    is_open: bool
    is_archived: bool
    origin: str
    problem: problems.Problem | None


@dataclass(frozen=True)
class ShownFile:
    """A file or a folder. `address` opens the folder or downloads the file; `origin` is its place among all places."""

    name: str
    origin: str
    icon: str
    is_folder: bool
    size_bytes: int
    children: int
    modified_at: datetime
    modified_by: str
    address: str
    outside: str


@dataclass(frozen=True)
class DocumentsPage:
    """`upload` is where files are sent, empty when no place is open; `is_cut` says that places hold more files."""

    template: ClassVar[str] = "record_documents.html"
    shell: Shell
    head: RecordHead
    places: tuple[ShownPlace, ...]
    chosen: ShownPlace | None
    path: tuple[Crumb, ...]
    files: tuple[ShownFile, ...]
    next: str
    is_first: bool
    upload: str
    upload_limit_bytes: int
    is_all: bool = False
    is_cut: bool = False


@dataclass(frozen=True)
class Step:
    """One folder on the way down from the place's own, as the address carries it."""

    item: ItemId
    name: str

    @property
    def mark(self) -> str:
        return f"{self.item} {self.name}"


async def show(visit: Visit) -> Response:
    if visit.asked("place") == ALL:
        return await _show_all(visit)
    way = _way(visit)
    folder = way[-1].item if way else None
    listing = list_documents(
        ref_of(visit), visit.asked("place"), folder, visit.asked("page"), visit.person, visit.ports
    )
    opened, documents = await asyncio.gather(open_record(visit), listing)
    chosen, page = documents.chosen, documents.page
    is_open = chosen is not None and chosen.folder is not None
    places = _places(documents.places, _key(documents), visit)
    return visit.answer(
        DocumentsPage(
            shell=record_shell(opened, visit),
            head=head_of(opened, DOCUMENTS, visit),
            places=places,
            chosen=next((place for place in places if place.is_open), None),
            path=_path(documents, way, visit),
            files=tuple(_file(entry, _key(documents), way, visit) for entry in page.entries),
            next=_address(visit, _key(documents), way, page.next_page) if page.next_page else "",
            is_first=not visit.asked("page"),
            upload=_upload(documents, way) if is_open else "",
            upload_limit_bytes=visit.ports.upload_limit_bytes,
        )
    )


async def _show_all(visit: Visit) -> Response:
    """The files of all places in one list, each with its place."""
    opened, found = await asyncio.gather(open_record(visit), list_all_files(ref_of(visit), visit.person, visit.ports))
    places = _places(found.places, ALL, visit)
    return visit.answer(
        DocumentsPage(
            shell=record_shell(opened, visit),
            head=head_of(opened, DOCUMENTS, visit),
            places=places,
            chosen=next((place for place in places if place.is_open), None),
            path=(),
            files=_all_files(found, visit),
            next="",
            is_first=True,
            upload="",
            upload_limit_bytes=visit.ports.upload_limit_bytes,
            is_all=True,
            is_cut=found.is_cut,
        )
    )


def _all_files(found: AllFiles, visit: Visit) -> tuple[ShownFile, ...]:
    return tuple(_file(one.entry, one.place.key, (), visit, _origin(one.place, visit)) for one in found.files)


def _origin(place: Place, visit: Visit) -> str:
    return f"{place.name} · {place.detail or visit.say('web.documents.sharepoint')}"


def _way(visit: Visit) -> tuple[Step, ...]:
    marks = (mark.partition(" ") for mark in visit.request.query_params.getlist("folder"))
    return tuple(Step(ItemId(item), name or item) for item, _, name in marks if item)


def _key(documents: Documents) -> str:
    return documents.chosen.key if documents.chosen else ""


def _address(visit: Visit, place: str, way: tuple[Step, ...] = (), page: str = "") -> str:
    query = {"tab": DOCUMENTS, "place": place, "page": page}
    start = addresses.record(visit.named("app"), ref_of(visit), query=query)
    return "&".join((start, *(addresses.query_part("folder", step.mark) for step in way)))


def _places(places: tuple[Place, ...], open_key: str, visit: Visit) -> tuple[ShownPlace, ...]:
    """All places together come first where there are several."""
    shown = tuple(_place(place, open_key, visit) for place in places)
    if len(places) < 2 and open_key != ALL:
        return shown
    every = ShownPlace(
        name=visit.say("web.documents.all"),
        detail=visit.say("web.documents.all_detail", count=str(len(places))),
        icon="documents",
        address=_address(visit, ALL),
        outside="",
        is_channel=False,
        is_open=open_key == ALL,
        is_archived=False,
        origin="",
        problem=None,
    )
    return (every, *shown)


def _place(place: Place, open_key: str, visit: Visit) -> ShownPlace:
    is_channel = place.kind is PlaceKind.TEAMS
    return ShownPlace(
        name=place.name,
        detail=place.detail,
        origin=origin_words(place.origin, visit),
        icon="channel" if is_channel else "folder-open",
        address=_address(visit, place.key),
        outside=place.address,
        is_channel=is_channel,
        is_open=place.key == open_key,
        is_archived=place.is_archived,
        problem=_problem(place.trouble, visit),
    )


def _problem(trouble: Remembered | None, visit: Visit) -> problems.Problem | None:
    return problems.explain(trouble.error(), visit) if trouble else None


def _path(documents: Documents, way: tuple[Step, ...], visit: Visit) -> tuple[Crumb, ...]:
    if documents.chosen is None:
        return ()
    steps = tuple(
        Crumb(step.name, _address(visit, documents.chosen.key, way[: depth + 1])) for depth, step in enumerate(way)
    )
    return (Crumb(documents.chosen.name, _address(visit, documents.chosen.key)), *steps)


def _file(entry: FileEntry, place: str, way: tuple[Step, ...], visit: Visit, origin: str = "") -> ShownFile:
    if entry.is_folder:
        address = _address(visit, place, (*way, Step(entry.item, entry.name)))
    else:
        address = addresses.address("files", entry.drive, entry.item)
    return ShownFile(
        name=entry.name,
        origin=origin,
        icon="folder" if entry.is_folder else pictures.of_file(entry.name),
        is_folder=entry.is_folder,
        size_bytes=entry.size_bytes,
        children=entry.children,
        modified_at=entry.modified_at,
        modified_by=entry.modified_by,
        address=address,
        outside=entry.address,
    )


def _upload(documents: Documents, way: tuple[Step, ...]) -> str:
    folder: Folder | None = documents.chosen.folder if documents.chosen else None
    if documents.chosen is None or folder is None or documents.chosen.is_archived:
        return ""
    query = {"link": documents.chosen.link or ""}
    return addresses.address("files", folder.drive, way[-1].item if way else folder.item, query=query)
