"""Running a batch: items in order, change sets all or nothing, earlier members by their Content-ID.

Without `Prefer: odata.continue-on-error` the first failure ends the batch with status 400; with it every item is
answered and the status is 200. A failing change set is answered by one error, and nothing of it is kept.
Source: execute-batch-operations-using-web-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from liaison.tenant.dataverse.batch.multipart import (
    Part,
    PartRequest,
    read_boundary,
    read_request,
    split_parts,
    write_parts,
    write_reply,
)
from liaison.tenant.dataverse.errors import DataverseError, query_error
from liaison.tenant.dataverse.requests import ContentReferences, Exchange, read_preferences
from liaison.tenant.dataverse.responses import Reply, error_reply
from liaison.tenant.dataverse.session import Session

MOST_OPERATIONS = 1_000
_SAFE = "/:?#[]@!$&'()*+,;=%-._~{}\""

Answer = Callable[[Session, Exchange, ContentReferences], Reply]


@dataclass(frozen=True)
class Member:
    """A request of the batch; members of change sets have a Content-ID."""

    request: PartRequest
    content_id: str | None


@dataclass(frozen=True)
class Item:
    """One item: a single request, or a change set of several."""

    members: tuple[Member, ...]
    change_set: bool


def answer_batch(session: Session, exchange: Exchange, answer: Answer) -> Reply:
    """200 with the answers of all items, or 400 with those up to the first failure."""
    items = _items(exchange)
    if sum(len(item.members) for item in items) > MOST_OPERATIONS:
        raise DataverseError(
            400, "0x80060888", f"The batch has more than the {MOST_OPERATIONS} operations that are allowed."
        )
    keep_going = exchange.preferences.continue_on_error
    references = ContentReferences()
    parts: list[bytes] = []
    failed = False
    for item in items:
        part, good = _answer_item(session, exchange, item, answer, references)
        parts.append(part)
        failed = failed or not good
        if not good and not keep_going:
            break
    boundary = f"batchresponse_{session.estate.ids.guid()}"
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    if keep_going:
        headers["Preference-Applied"] = "odata.continue-on-error"
    return Reply(400 if failed and not keep_going else 200, headers, write_parts(boundary, parts))


def _items(exchange: Exchange) -> list[Item]:
    boundary = read_boundary(exchange.headers.get("content-type", ""))
    return [_item(part) for part in split_parts(exchange.body, boundary)]


def _item(part: Part) -> Item:
    if part.boundary is None:
        return Item((Member(read_request(part.content), part.headers.get("content-id")),), False)
    members = []
    for inner in split_parts(part.content, part.boundary):
        request = read_request(inner.content)
        content_id = inner.headers.get("content-id") or request.headers.get("content-id")
        members.append(Member(request, content_id))
    return Item(tuple(members), True)


def _answer_item(
    session: Session, exchange: Exchange, item: Item, answer: Answer, references: ContentReferences
) -> tuple[bytes, bool]:
    count = len(session.happened)
    try:
        if item.change_set:
            return _change_set(session, exchange, item.members, answer, references), True
        member = item.members[0]
        reply = answer(session, _inner(exchange, member.request, references), references)
        return write_reply(reply, member.content_id), reply.status < 400
    except DataverseError as error:
        del session.happened[count:]
        preferences = read_preferences(item.members[-1].request.headers.get("prefer", "")) if item.members else None
        return write_reply(error_reply(error, preferences or exchange.preferences)), False


def _change_set(
    session: Session, exchange: Exchange, members: Sequence[Member], answer: Answer, references: ContentReferences
) -> bytes:
    """Every member or none, in one transaction."""
    parts: list[bytes] = []
    with session.estate.db.change():
        for member in members:
            _check_member(member)
            inner = _inner(exchange, member.request, references)
            reply = answer(session, inner, references)
            references.addresses[str(member.content_id)] = _address(session, inner, reply)
            parts.append(write_reply(reply, member.content_id))
    boundary = f"changesetresponse_{session.estate.ids.guid()}"
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode() + write_parts(boundary, parts)


def _check_member(member: Member) -> None:
    if member.content_id is None:
        raise query_error("Content-ID header not present. Every operation of a change set needs one.")
    if member.request.method == "GET":
        raise query_error("A change set may only hold operations that change data; GET is not allowed.")


def _inner(exchange: Exchange, request: PartRequest, references: ContentReferences) -> Exchange:
    """The exchange of a part. Its address may be absolute, from the host's root, relative, or begin with `$id`."""
    url = quote(references.resolve(request.url), safe=_SAFE)
    root, rest = exchange.root, url
    marker = url.find("/api/data/")
    if marker >= 0 and (marker == 0 or "://" in url[:marker]):
        version, _, rest = url[marker + len("/api/data/") :].partition("/")
        if not version.startswith("v9."):
            raise query_error(f"The address '{request.url[:200]}' belongs to another version of the service.")
        origin = url[:marker] or exchange.origin
        root = f"{origin}/api/data/{version}"
    path, _, query = rest.partition("?")
    return Exchange(request.method, root, path.lstrip("/"), query, request.headers, request.body, in_batch=True)


def _address(session: Session, inner: Exchange, reply: Reply) -> str:
    """What `$id` stands for: the row made, or the row addressed."""
    made = reply.headers.get("OData-EntityId")
    return made if made is not None else f"{session.root}/{inner.path}"
