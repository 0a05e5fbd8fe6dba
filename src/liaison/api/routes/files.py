"""A record's files: its places, the list of one of them, upload and download."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from liaison.api.asking import Asker, Asking
from liaison.api.render import render_file, render_place
from liaison.api.routes.inputs import (
    EnvironmentPath,
    FolderQuery,
    ItemPath,
    PageQuery,
    PlaceQuery,
    RecordPath,
    TablePath,
    problems,
    read_record_ref,
)
from liaison.api.shapes import FileShape, FilesShape
from liaison.domain.names import ItemId, RecordRef, read_file_name
from liaison.domain.teams import Folder
from liaison.errors import FileUnknown, InputInvalid, InputMissing, UploadTooLarge
from liaison.operations import list_files
from liaison.operations.list_all_files import ALL, list_all_files

router = APIRouter(prefix="/environments/{env}/tables/{table}/records/{record}/files", tags=["files"])

_BYTES = {
    "requestBody": {
        "required": True,
        "description": "The file itself. The Content-Length header is required.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("", summary="A record’s files", responses=problems(403, 404))
async def browse(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    place: PlaceQuery = "",
    folder: FolderQuery = None,
    page: PageQuery = "",
) -> FilesShape:
    """The places of the record’s files, channels first, and one page of the chosen one.

    `place=all` lists the first page of every place together, newest first. A place that cannot be opened says why,
    and the others still do.
    """
    ref = read_record_ref(asking, env, table, record)
    if place == ALL:
        return await _browse_all(ref, asking)
    below = ItemId(folder) if folder else None
    shown = await list_files.list_documents(ref, place, below, page, asking.person, asking.ports)
    return FilesShape(
        places=tuple(render_place(one, asking) for one in shown.places),
        chosen=shown.chosen.key if shown.chosen else None,
        items=tuple(render_file(entry) for entry in shown.page.entries),
        next=shown.page.next_page or None,
    )


async def _browse_all(ref: RecordRef, asking: Asking) -> FilesShape:
    found = await list_all_files(ref, asking.person, asking.ports)
    return FilesShape(
        places=tuple(render_place(one, asking) for one in found.places),
        chosen=ALL,
        items=tuple(render_file(one.entry, one.place.key) for one in found.files),
        next=None,
        is_cut=found.is_cut,
    )


@router.post(
    "",
    summary="Upload a file",
    status_code=201,
    responses=problems(403, 404, 409, 413),
    openapi_extra=_BYTES,
)
async def upload(
    request: Request,
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    name: Annotated[str, Query(max_length=400, description="The file’s name.", examples=["Offer.docx"])],
    place: PlaceQuery = "",
    folder: FolderQuery = None,
) -> FileShape:
    """Puts a file into the place, or into a folder of it, as the asker. An existing file is never replaced."""
    ref = read_record_ref(asking, env, table, record)
    checked = read_file_name(name)
    size_bytes = _read_size(request, checked, asking.ports.upload_limit_bytes)
    found, opened = await _open_place(ref, place, asking)
    target = ItemId(folder) if folder else opened.item
    content = _exactly(request, size_bytes)
    entry = await list_files.upload(
        opened.drive, target, checked, content, size_bytes, asking.person, asking.ports, found.link
    )
    return render_file(entry)


@router.get(
    "/{item}/content",
    summary="Download a file",
    status_code=302,
    response_class=RedirectResponse,
    responses=problems(403, 404),
)
async def download(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    item: ItemPath,
    place: PlaceQuery = "",
) -> RedirectResponse:
    """Leads to a short-lived address at SharePoint, so that device policies see the asker’s own device."""
    _, opened = await _open_place(read_record_ref(asking, env, table, record), place, asking)
    address = await list_files.download_address(opened.drive, ItemId(item), asking.person, asking.ports)
    return RedirectResponse(address, status_code=302)


async def _open_place(ref: RecordRef, key: str, asking: Asking) -> tuple[list_files.Place, Folder]:
    """A place and its folder, of the first that opens when no key is given. Raises FileUnknown, or its trouble."""
    places = await list_files.list_places(ref, asking.person, asking.ports)
    for place in places:
        if key in {"", place.key} and place.folder is not None:
            return place, place.folder
    for place in places:
        if key in {"", place.key} and place.trouble is not None:
            raise place.trouble.error()
    raise FileUnknown(key)


def _read_size(request: Request, name: str, limit_bytes: int) -> int:
    """The declared length, checked before a byte of the body is read."""
    length = request.headers.get("content-length", "")
    if not length:
        raise InputMissing("content_length")
    if not length.isdigit():
        raise InputInvalid("content_length", length, "number")
    if int(length) > limit_bytes:
        raise UploadTooLarge(name, int(length), limit_bytes)
    return int(length)


async def _exactly(request: Request, size_bytes: int) -> AsyncIterator[bytes]:
    """The body as it comes in. Raises InputInvalid when it has another length than was declared."""
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > size_bytes:
            break
        if chunk:
            yield chunk
    if seen != size_bytes:
        raise InputInvalid("content_length", str(size_bytes), "upload")
