"""Upload sessions: opening one under Graph, and the address outside it that takes the ranges.

Ranges come in order. The latest range may be repeated, for a client may not know whether it arrived; ranges of any
size are taken, and an Authorization header is ignored. Source: Graph v1.0, api/driveitem-createuploadsession.md
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate, files, filing, uploads
from liaison.tenant.estate.callers import Caller
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.filing import Conflict, NameRefused, NameTaken
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.uploads import UploadSession
from liaison.tenant.graph.content import place_for, require_state
from liaison.tenant.graph.drive_items import CONFLICT, item_body, naming_errors, read_conflict
from liaison.tenant.graph.errors import Backend, GraphError, bad_request
from liaison.tenant.graph.permissions import UPLOAD_SESSION
from liaison.tenant.graph.places import ITEMS, asked_target, require_content_access
from liaison.tenant.graph.requests import Ask, RawRequest
from liaison.tenant.graph.responses import Answer, Correlation, Json, error_answer, wire_response
from liaison.tenant.graph.shapes import entity
from liaison.tenant.graph.table import below, operations

UPLOAD_PATH = "/_api/v2.0/uploadSession"
_LARGEST_RANGE_BYTES = 60 * 1024 * 1024
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")

ReadCorrelation = Callable[[Estate, Request], Correlation]


@dataclass(frozen=True)
class AskedRange:
    """A range of bytes, the last one included, and the size of the whole, None while the client does not know it."""

    start: int
    last: int
    total: int | None

    @property
    def length(self) -> int:
        return self.last - self.start + 1


def create_session(ask: Ask) -> Answer:
    """`POST …/createUploadSession`; taken names fail unless the body says otherwise."""
    target = asked_target(ask)
    require_content_access(ask)
    body = ask.optional_json()
    item = body.child("item")
    require_state(ask, target)
    conflict = read_conflict(item.value.get(CONFLICT), Conflict.FAIL)
    if conflict is Conflict.FAIL and "itempath" not in ask.params:
        # Addressed by its id, the file is meant to be replaced.
        conflict = Conflict.REPLACE
    with naming_errors(), ask.estate.db.change():
        folder, name = place_for(ask, target)
        name = item.optional_text("name") or name
        filing.check_name(name, at_root=folder.is_root)
        if conflict is Conflict.FAIL and files.find_child(ask.estate, folder, name) is not None:
            raise NameTaken(name)
        session = uploads.start_session(
            ask.estate,
            folder.drive_id,
            folder.id,
            name,
            conflict,
            ask.author,
            defer_commit=body.flag("deferCommit", False),
        )
    token = seal(ask.estate, "upload", session.id)
    address = f"{ask.origin}{UPLOAD_PATH}?guid={session.id}&overwrite=True&rename=False&tempauth={token}"
    return Answer(body=entity(ask.context("microsoft.graph.uploadSession"), {"uploadUrl": address, **_state(session)}))


def upload_routes(estate: Estate, read_correlation: ReadCorrelation) -> list[BaseRoute]:
    """The address that an upload session hands out: PUT a range, GET the state, POST to commit, DELETE to cancel."""

    async def answer(request: Request) -> Response:
        correlation = read_correlation(estate, request)
        try:
            answered = await _serve(estate, request)
        except GraphError as error:
            answered = error_answer(error, correlation)
        return wire_response(answered, correlation, "minimal")

    return [Route(UPLOAD_PATH, answer, methods=["GET", "PUT", "POST", "DELETE"])]


async def _serve(estate: Estate, request: Request) -> Answer:
    session = _asked_session(estate, request)
    if request.method == "GET":
        return Answer(body=_state(session))
    if request.method == "DELETE":
        uploads.cancel_session(estate, session)
        return Answer(204)
    if request.method == "POST":
        return _commit(estate, session, request)
    return await _take_range(estate, session, request)


async def _take_range(estate: Estate, session: UploadSession, request: Request) -> Answer:
    asked = _read_range(request, session)
    if session.item_id is not None:
        # A finished upload answers its last range again with the file that came of it.
        if asked.last + 1 == session.total:
            return _made(estate, session, request)
        raise _overlap(session)
    repeated = asked.start == session.last_start and asked.last + 1 == session.received
    if asked.start != session.received and not repeated:
        raise _overlap(session)
    try:
        written = await uploads.write_range(estate, session, asked.start, asked.length, asked.total, request.stream())
    except ClientDisconnect:
        written = -1
    if written != asked.length:
        raise bad_request(Backend.FILES, "Declared fragment length does not match the provided number of bytes")
    session = replace(session, received=asked.last + 1, last_start=asked.start, total=asked.total)
    if asked.total is None or session.received < asked.total or session.defer_commit:
        return Answer(202, _state(session))
    return _commit(estate, session, request)


def _commit(estate: Estate, session: UploadSession, request: Request) -> Answer:
    """Make the file of what arrived: 201 or 200, or 409 when the name was taken meanwhile."""
    if session.item_id is not None:
        return _made(estate, session, request)
    # Whoever does not know the size ends the file by committing it.
    total = session.received if session.defer_commit and session.total is None else session.total
    if not total or session.received < total:
        raise bad_request(Backend.FILES, "The upload session has not received every byte.")
    parent = files.find_item(estate, session.drive_id, session.parent_id)
    if parent is None:
        raise GraphError(404, "itemNotFound", "The folder of the upload does not exist any more.")
    try:
        with estate.db.change():
            content = filing.adopt_content(estate, uploads.spool_of(estate, session))
            item, is_new = filing.write_file(estate, parent, session.name, content, session.by, session.conflict)
            uploads.finish_session(estate, session, item.id, is_new=is_new)
    except NameTaken as error:
        raise GraphError(409, "nameAlreadyExists", "The specified item name already exists.") from error
    except NameRefused as error:
        raise bad_request(Backend.FILES, str(error)) from error
    return _made(estate, replace(session, item_id=item.id, item_is_new=is_new), request)


def _made(estate: Estate, session: UploadSession, request: Request) -> Answer:
    item = files.find_item(estate, session.drive_id, session.item_id or "")
    if item is None:
        raise GraphError(404, "itemNotFound", "The file of the upload does not exist any more.")
    body = _item(estate, session, item, request)
    return Answer(201 if session.item_is_new else 200, body)


def _item(estate: Estate, session: UploadSession, item: DriveItem, request: Request) -> Json:
    """The finished file as Graph writes it, seen by the one who uploaded it."""
    origin = f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"
    nobody = Caller(
        session.by.user_id or "",
        session.by.app_id or "",
        session.by.user_id is None,
        frozenset(),
        frozenset(),
        "",
        "",
        managed_device=True,
    )
    raw = RawRequest("GET", "/", "", {}, b"", origin)
    ask = Ask(estate, nobody, Backend.FILES, raw, {}, {})
    return entity(ask.context("driveItem"), item_body(ask, item))


def _asked_session(estate: Estate, request: Request) -> UploadSession:
    """The session of a sealed address; raises 401 for another making and 404 for one that ended."""
    try:
        session_id = unseal(estate, "upload", request.query_params.get("tempauth", ""))
    except SealBroken as broken:
        raise GraphError(401, "unauthenticated", "The upload address is not valid.") from broken
    session = uploads.find_session(estate, session_id)
    # A crash between keeping the content and noting the file loses the session: the client starts again.
    lost = session is not None and session.item_id is None and not uploads.spool_of(estate, session).exists()
    if session is None or lost:
        raise GraphError(404, "itemNotFound", "The upload session was not found")
    return session


def _read_range(request: Request, session: UploadSession) -> AskedRange:
    """The range of the header; only who commits afterwards may leave the size open."""
    found = _CONTENT_RANGE.fullmatch(request.headers.get("content-range", "").strip())
    if found is None or (found[3] == "*" and not session.defer_commit):
        raise bad_request(Backend.FILES, "Invalid Content-Range header value")
    asked = AskedRange(int(found[1]), int(found[2]), None if found[3] == "*" else int(found[3]))
    beyond = asked.total is not None and asked.last >= asked.total
    if asked.last < asked.start or beyond or asked.length > _LARGEST_RANGE_BYTES:
        raise bad_request(Backend.FILES, "Invalid Content-Range header value")
    return asked


def _overlap(session: UploadSession) -> GraphError:
    return GraphError(
        416,
        "invalidRange",
        "Optimistic concurrency failure during fragmented upload",
        inner={"code": "fragmentOverlap", "nextExpectedRanges": _state(session)["nextExpectedRanges"]},
    )


def _state(session: UploadSession) -> dict[str, Any]:
    """What is expected next: an open range at first, a closed one once the size is known."""
    expires = datetime.fromtimestamp(session.expires, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if session.item_id is not None or (session.total is not None and session.received >= session.total):
        expected = list[str]()
    else:
        expected = [f"{session.received}-" if session.total is None else f"{session.received}-{session.total - 1}"]
    return {"expirationDateTime": expires, "nextExpectedRanges": expected}


OPERATIONS = operations(
    Backend.FILES,
    *below(
        ITEMS,
        ("POST", "/createUploadSession", create_session, UPLOAD_SESSION),
        ("POST", "/graph.createUploadSession", create_session, UPLOAD_SESSION),
    ),
)
