"""`/files/{drive}/{item}`: download a file, upload into a folder; both as the person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from liaison.domain.names import DriveId, ItemId, LinkId
from liaison.domain.teams import FileEntry
from liaison.errors import InputMissing, LiaisonError
from liaison.operations.list_files import download_address, upload
from liaison.web import addresses, forgery, problems
from liaison.web.visit import Visit

NAME_HEADER = "X-File-Name"
_CHUNK_BYTES = 256 * 1024


async def download(visit: Visit) -> Response:
    """The browser fetches the file from SharePoint itself; nothing is ever served as a page of ours."""
    drive, item = DriveId(visit.named("drive")), ItemId(visit.named("item"))
    return RedirectResponse(await download_address(drive, item, visit.person, visit.ports), 302)


async def receive(visit: Visit) -> Response:
    """One file as the request's body, from a script; or a form with files, from a browser without."""
    if forgery.HEADER in visit.request.headers:
        return await _receive_body(visit)
    return await _receive_form(visit)


async def _receive_body(visit: Visit) -> Response:
    name = unquote(visit.request.headers.get(NAME_HEADER, ""))
    size_bytes = int(visit.request.headers["Content-Length"])
    try:
        entry = await _upload(visit, name, visit.request.stream(), size_bytes)
    except LiaisonError as error:
        problem = problems.explain(error, visit)
        said = {"title": problem.title, "message": problem.message, "remedy": problem.remedy, "code": problem.code}
        return JSONResponse(said, error.status)
    return JSONResponse({"name": entry.name}, 201)


async def _receive_form(visit: Visit) -> Response:
    chosen = [value for value in visit.form.getlist("file") if isinstance(value, UploadFile) and value.filename]
    if not chosen:
        raise InputMissing("file_name")
    for one in chosen:
        await _upload(visit, one.filename or "", _pieces(one), one.size or 0)
    return visit.go(addresses.local_path(visit.given("back")))


async def _upload(visit: Visit, name: str, content: AsyncIterator[bytes], size_bytes: int) -> FileEntry:
    drive, folder = DriveId(visit.named("drive")), ItemId(visit.named("item"))
    link = LinkId(visit.asked("link")) if visit.asked("link") else None
    return await upload(drive, folder, name, content, size_bytes, visit.person, visit.ports, link)


async def _pieces(one: UploadFile) -> AsyncIterator[bytes]:
    while piece := await one.read(_CHUNK_BYTES):
        yield piece
