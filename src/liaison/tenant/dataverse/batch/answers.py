"""Running a batch: items in order, change sets all or nothing, earlier members by their Content-ID.

Without `Prefer: odata.continue-on-error` the first failure ends the batch with status 400; with it every item is
answered and the status is 200. A failing change set is answered by one error, and nothing of it is kept.
Source: execute-batch-operations-using-web-api.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from liaison.tenant.dataverse.batch.multipart import (
    Part,
    PartRequest,
    count_parts,
    read_boundary,
    read_request,
    split_parts,
    write_parts,
    write_reply,
)
from liaison.tenant.dataverse.batch.parts import AnswerLost, Watch, carry_out, disturbed, meet_after, meet_before
from liaison.tenant.dataverse.errors import DataverseError, query_error
from liaison.tenant.dataverse.requests import ContentReferences, Exchange, read_preferences
from liaison.tenant.dataverse.responses import Reply, error_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.parts import Fate

MOST_OPERATIONS = 1_000
# Request lines, of which each operation has one; texts in bodies may look like some.
_MOST_LINES = 20_000
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


@dataclass(frozen=True)
class Run:
    """One batch under way."""

    session: Session
    exchange: Exchange
    answer: Answer
    watch: Watch
    references: ContentReferences


async def answer_batch(session: Session, exchange: Exchange, answer: Answer, watch: Watch) -> Reply:
    """200 with the answers of all items, or 400 with those up to the first failure."""
    items = _items(exchange)
    if sum(len(item.members) for item in items) > MOST_OPERATIONS:
        raise _too_many()
    keep_going = exchange.preferences.continue_on_error
    run = Run(session, exchange, answer, watch, ContentReferences())
    parts: list[bytes] = []
    failed = False
    for item in items:
        part, good = await _answer_item(run, item)
        parts.append(part)
        failed = failed or not good
        if not good and not keep_going:
            break
        # Other requests have their turn between items; a change set holds the database to its end.
        await asyncio.sleep(0)
    boundary = f"batchresponse_{session.estate.ids.guid()}"
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    if keep_going:
        headers["Preference-Applied"] = "odata.continue-on-error"
    return Reply(400 if failed and not keep_going else 200, headers, write_parts(boundary, parts))


def _too_many() -> DataverseError:
    return DataverseError(
        400, "0x80060888", f"The batch has more than the {MOST_OPERATIONS} operations that are allowed."
    )


def _items(exchange: Exchange) -> list[Item]:
    boundary = read_boundary(exchange.headers.get("content-type", ""))
    # Counted before they are taken apart: a batch of a million parts is refused as fast as one that is small.
    if count_parts(exchange.body, boundary) > MOST_OPERATIONS + 1 or exchange.body.count(b" HTTP/1.") > _MOST_LINES:
        raise _too_many()
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


async def _answer_item(run: Run, item: Item) -> tuple[bytes, bool]:
    session = run.session
    count = len(session.happened)
    try:
        if item.change_set:
            return await _change_set(run, item.members), True
        member = item.members[0]
        reply = await _single(run, member)
        return write_reply(reply, member.content_id), reply.status < 400
    except DataverseError as error:
        if not isinstance(error, AnswerLost):
            del session.happened[count:]
        preferences = read_preferences(item.members[-1].request.headers.get("prefer", "")) if item.members else None
        return write_reply(error_reply(error, preferences or run.exchange.preferences)), False


async def _single(run: Run, member: Member) -> Reply:
    inner = _inner(run.exchange, member.request, run.references)
    fate = run.watch.part(inner)
    try:
        reply = await carry_out(run.watch, fate, lambda: run.answer(run.session, inner, run.references))
    except DataverseError as error:
        fate.note(error.status)
        raise
    fate.note(reply.status)
    return reply


async def _change_set(run: Run, members: Sequence[Member]) -> bytes:
    """Every member or none, in one transaction."""
    for member in members:
        _check_member(member)
    fates = [run.watch.part(_shown(run, member)) for member in members]
    replies: list[Reply] = []
    try:
        await meet_before(run.watch, fates)
        with run.session.estate.db.change():
            for member, fate in zip(members, fates, strict=True):
                inner = _inner(run.exchange, member.request, run.references)
                reply = run.answer(run.session, inner, run.references)
                if fate.fault is not None and fate.fault.phase == "duplicate":
                    reply = run.answer(run.session, inner, run.references)
                run.references.addresses[str(member.content_id)] = _address(run.session, inner, reply)
                replies.append(reply)
    except DataverseError as error:
        for fate in fates:
            fate.note(error.status)
        raise
    try:
        meet_after(run.watch, fates)
    except AnswerLost as error:
        for fate in fates:
            fate.note(error.status)
        raise
    return _write_set(run, members, fates, replies)


def _write_set(run: Run, members: Sequence[Member], fates: Sequence[Fate], replies: Sequence[Reply]) -> bytes:
    parts: list[bytes] = []
    for member, fate, reply in zip(members, fates, replies, strict=True):
        late = fate.fault is not None and fate.fault.phase == "after"
        shown = disturbed(run.watch, fate, reply) if late else reply
        fate.note(shown.status)
        parts.append(write_reply(shown, member.content_id))
    boundary = f"changesetresponse_{run.session.estate.ids.guid()}"
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode() + write_parts(boundary, parts)


def _shown(run: Run, member: Member) -> Exchange:
    """A member as the ledger sees it: `$id` stands as it was sent, since its row is not made yet."""
    try:
        return _inner(run.exchange, member.request, run.references)
    except DataverseError:
        return run.exchange.with_url(member.request.url.lstrip("/").partition("?")[0], "")


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
