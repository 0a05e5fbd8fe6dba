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
from liaison.operations.list_files import Documents, Place, list_documents
from liaison.web import addresses, pictures, problems
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
    problem: problems.Problem | None


@dataclass(frozen=True)
class ShownFile:
    """A file or a folder. `address` opens the folder or downloads the file."""

    name: str
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
    """`upload` is where files are sent, empty when no place is open."""

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


@dataclass(frozen=True)
class Step:
    """One folder on the way down from the place's own, as the address carries it."""

    item: ItemId
    name: str

    @property
    def mark(self) -> str:
        return f"{self.item} {self.name}"


async def show(visit: Visit) -> Response:
    way = _way(visit)
    folder = way[-1].item if way else None
    listing = list_documents(
        ref_of(visit), visit.asked("place"), folder, visit.asked("page"), visit.person, visit.ports
    )
    opened, documents = await asyncio.gather(open_record(visit), listing)
    chosen, page = documents.chosen, documents.page
    is_open = chosen is not None and chosen.folder is not None
    places = tuple(_place(place, documents, visit) for place in documents.places)
    return visit.answer(
        DocumentsPage(
            shell=record_shell(opened, visit),
            head=head_of(opened, DOCUMENTS, visit),
            places=places,
            chosen=next((place for place in places if place.is_open), None),
            path=_path(documents, way, visit),
            files=tuple(_file(entry, documents, way, visit) for entry in page.entries),
            next=_address(visit, _key(documents), way, page.next_page) if page.next_page else "",
            is_first=not visit.asked("page"),
            upload=_upload(documents, way) if is_open else "",
            upload_limit_bytes=visit.ports.upload_limit_bytes,
        )
    )


def _way(visit: Visit) -> tuple[Step, ...]:
    marks = (mark.partition(" ") for mark in visit.request.query_params.getlist("folder"))
    return tuple(Step(ItemId(item), name or item) for item, _, name in marks if item)


def _key(documents: Documents) -> str:
    return documents.chosen.key if documents.chosen else ""


def _address(visit: Visit, place: str, way: tuple[Step, ...] = (), page: str = "") -> str:
    query = {"tab": DOCUMENTS, "place": place, "page": page}
    start = addresses.record(visit.named("app"), ref_of(visit), query=query)
    return "&".join((start, *(addresses.query_part("folder", step.mark) for step in way)))


def _place(place: Place, documents: Documents, visit: Visit) -> ShownPlace:
    is_channel = place.kind is PlaceKind.TEAMS
    return ShownPlace(
        name=place.name,
        detail=place.detail,
        icon="channel" if is_channel else "folder-open",
        address=_address(visit, place.key),
        outside=place.address,
        is_channel=is_channel,
        is_open=documents.chosen is not None and documents.chosen.key == place.key,
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


def _file(entry: FileEntry, documents: Documents, way: tuple[Step, ...], visit: Visit) -> ShownFile:
    if entry.is_folder:
        address = _address(visit, _key(documents), (*way, Step(entry.item, entry.name)))
    else:
        address = addresses.address("files", entry.drive, entry.item)
    return ShownFile(
        name=entry.name,
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
    if folder is None:
        return ""
    return addresses.address("files", folder.drive, way[-1].item if way else folder.item)
