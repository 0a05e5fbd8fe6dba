"""The bytes of files: uploading in one piece, downloading over a pre-authenticated address, versions.

Source: Graph v1.0, api/driveitem-put-content.md, api/driveitem-get-content.md; graph.md 6.3
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate, files, filing
from liaison.tenant.estate.access import SiteAccess
from liaison.tenant.estate.files import DriveItem, ItemVersion
from liaison.tenant.estate.filing import Conflict
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.graph.drive_items import (
    CONFLICT,
    DOWNLOAD_LIFE_S,
    download_address,
    drive_key,
    identity_set,
    naming_errors,
    one_item,
    read_conflict,
    require_match,
    require_unlocked,
    second,
)
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, no_item
from liaison.tenant.graph.permissions import DRIVE_READ, DRIVE_WRITE
from liaison.tenant.graph.places import ITEMS, Target, asked_item, asked_target, require_content_access
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import below, operations

LARGEST_UPLOAD_BYTES = 250 * 1024 * 1024
DOWNLOAD_PATH = "/_layouts/15/download.aspx"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def read_content(ask: Ask) -> Answer:
    """`GET …/content`: 302 to an address that needs no token and lives for an hour."""
    item = asked_item(ask)
    require_content_access(ask)
    _require_file(item)
    if "format" in ask.options:
        raise GraphError(406, "notSupported", "Conversion to another format is not supported.")
    return Answer(302, headers={"Location": download_address(ask, item)})


def put_content(ask: Ask) -> Answer:
    """`PUT …/content`: 201 for a new file, 200 for a replaced one; up to 250 MB."""
    target = asked_target(ask)
    require_content_access(ask)
    if len(ask.raw.body) > LARGEST_UPLOAD_BYTES:
        raise GraphError(413, "invalidRequest", "The content is larger than 250 MB; use an upload session.")
    require_state(ask, target)
    conflict = read_conflict(ask.options.get(CONFLICT), Conflict.REPLACE)
    with naming_errors(), ask.estate.db.change():
        folder, name = place_for(ask, target)
        content = filing.store_content(ask.estate, ask.raw.body)
        item, is_new = filing.write_file(ask.estate, folder, name, content, ask.author, conflict)
    return one_item(ask, item, 201 if is_new else 200)


def require_state(ask: Ask, target: Target) -> None:
    """Raise 412 when `If-Match` names another state, and when `If-None-Match` forbids what is there."""
    if target.existing is None:
        return
    require_match(ask, target.existing)
    require_unlocked(ask, target.existing)
    tags = (ask.header("If-None-Match") or "").strip()
    if tags and tags in ("*", target.existing.e_tag, target.existing.c_tag):
        raise GraphError(412, "resourceModified", "The resource exists already.")


def place_for(ask: Ask, target: Target) -> tuple[DriveItem, str]:
    """The folder and the name that content goes to; folders missing along the path are made."""
    if target.existing is not None:
        if target.existing.is_folder or target.existing.parent_id is None:
            raise bad_request(Backend.FILES, "Cannot write content to a folder.")
        return files.get_item(ask.estate, target.existing.drive_id, target.existing.parent_id), target.existing.name
    folders, _, name = target.path.rpartition("/")
    if not name:
        raise bad_request(Backend.FILES, "Cannot write content to a folder.")
    return filing.ensure_folder(ask.estate, target.folder, folders, ask.author), name


def list_versions(ask: Ask) -> Answer:
    """`GET …/versions`: the present content first. Source: Graph v1.0, api/driveitem-list-versions.md"""
    item = asked_item(ask)
    _require_file(item)
    current: Json = {
        "id": f"{item.content_version}.0",
        "lastModifiedDateTime": second(item.modified),
        "lastModifiedBy": identity_set(ask, item.modified_by),
        "size": item.size,
    }
    values = [current, *(_version_body(ask, one) for one in files.list_versions(ask.estate, item))]
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/versions")
    return Answer(body=collection(context, values))


def read_version(ask: Ask) -> Answer:
    """`GET …/versions/{version}`."""
    item = asked_item(ask)
    context = ask.context(f"drives('{drive_key(item.drive_id)}')/items('{item.id}')/versions/$entity")
    return Answer(body=entity(context, _version_body(ask, _asked_version(ask, item))))


def read_version_content(ask: Ask) -> Answer:
    """`GET …/versions/{version}/content`: 302."""
    item = asked_item(ask)
    require_content_access(ask)
    version = _asked_version(ask, item)
    token = seal(ask.estate, "download", [version.blob, item.name], lives_s=DOWNLOAD_LIFE_S)
    address = f"{ask.origin}{DOWNLOAD_PATH}?UniqueId={item.guid}&tempauth={token}"
    return Answer(302, headers={"Location": address})


def restore_version(ask: Ask) -> Answer:
    """`POST …/versions/{version}/restoreVersion`: 204. Source: Graph v1.0, api/driveitemversion-restore.md"""
    item = asked_item(ask, SiteAccess.WRITE)
    version = _asked_version(ask, item)
    content = filing.store_content(ask.estate, ask.estate.blobs.get(version.blob))
    filing.replace_content(ask.estate, item, content, ask.author)
    return NO_CONTENT


def download_routes(estate: Estate) -> list[BaseRoute]:
    """The address that downloads are redirected to: no token, the address itself is the permission."""

    def download(request: Request) -> Response:
        try:
            blob, name = unseal(estate, "download", request.query_params.get("tempauth", ""))
        except SealBroken:
            return PlainTextResponse("401 UNAUTHORIZED", 401)
        return blob_response(estate, blob, name, request.headers.get("range"))

    async def answer(request: Request) -> Response:
        return download(request)

    return [Route(DOWNLOAD_PATH, answer, methods=["GET"])]


def blob_response(estate: Estate, blob: str, name: str, range_header: str | None) -> Response:
    """The bytes of a file, or the range of them that was asked: 200, 206 or 416. Never shown within our origin."""
    size = estate.blobs.size(blob)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    start, end = read_range(range_header, size)
    if start >= size and size > 0:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    partial = (start, end) != (0, size)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    pieces: Iterator[bytes] = estate.blobs.chunks(blob, start, end)
    return StreamingResponse(pieces, 206 if partial else 200, headers, files.mime_type(name))


def read_range(header: str | None, size: int) -> tuple[int, int]:
    """The first byte and the one after the last of a single range; the whole for anything else. RFC 9110, 14.1.2"""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _require_file(item: DriveItem) -> None:
    if item.is_folder:
        raise bad_request(Backend.FILES, "You cannot get content for a folder.")


def _asked_version(ask: Ask, item: DriveItem) -> ItemVersion:
    for version in files.list_versions(ask.estate, item):
        if version.label == ask.params["version"]:
            return version
    raise no_item()


def _version_body(ask: Ask, version: ItemVersion) -> Json:
    return {
        "id": version.label,
        "lastModifiedDateTime": second(version.modified),
        "lastModifiedBy": identity_set(ask, version.modified_by),
        "size": version.size,
    }


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("GET", "/content", read_content, DRIVE_READ),
        ("PUT", "/content", put_content, DRIVE_WRITE),
        ("GET", "/versions", list_versions, DRIVE_READ),
        ("GET", "/versions/{version}", read_version, DRIVE_READ),
        ("GET", "/versions/{version}/content", read_version_content, DRIVE_READ),
        ("POST", "/versions/{version}/restoreVersion", restore_version, DRIVE_WRITE),
        ("POST", "/versions/{version}/graph.restoreVersion", restore_version, DRIVE_WRITE),
    ),
)
