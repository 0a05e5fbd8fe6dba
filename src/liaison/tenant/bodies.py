"""Request bodies off the wire: unpacked when they are compressed, and refused when they are too long.

Bodies are read whole by the faces, and reading JSON holds up every other request; nothing may be longer than what can
be read in the blink of an eye. Source: Graph v1.0, concepts/json-batching.md and api/driveitem-put-content.md for the
sizes that the services allow; Dataverse allows more than this (docs/local-tenant/deviations.md). Kiota's clients for
Go, Java and .NET compress what they send, and send it again as it is after a 415.
"""

from __future__ import annotations

import zlib

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

_MB = 1024 * 1024
# Window sizes of zlib by content coding.
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_GRAPH, _DATAVERSE, _FILE, _RANGE, _FORM = 4 * _MB, 16 * _MB, 250 * _MB, 61 * _MB, _MB


class BodyTooLong(Exception):
    """The body is longer than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request's body is longer than the {limit} bytes that are allowed.")


class CodingRefused(Exception):
    """The body is in a content coding that nobody here reads, or is not what its header says."""

    def __init__(self, coding: str, status: int) -> None:
        super().__init__(f"The content coding '{coding[:50]}' of the request's body cannot be read.")
        self.status = status


def longest_body(scope: Scope) -> int:
    """The limit for a request, by where it goes."""
    path: str = scope["path"]
    if path.startswith("/api/data/"):
        return _DATAVERSE
    if path.startswith("/v1.0/"):
        return _FILE if scope["method"] == "PUT" and path.endswith(("/content", "/$value")) else _GRAPH
    return _RANGE if path.startswith("/_api/") else _FORM


def read_bodies(scope: Scope, receive: Receive) -> Receive:
    """A `receive` that gives a body as it was before it was compressed.

    It raises BodyTooLong once the body is longer than its limit, packed or not, and CodingRefused for a coding that is
    not known (415) or not what the header says (400).
    """
    limited = _limited(scope, receive)
    coding = Headers(scope=scope).get("content-encoding", "identity").strip().lower()
    return limited if coding in ("", "identity") else _unpacked(scope, limited, coding)


def _unpacked(scope: Scope, receive: Receive, coding: str) -> Receive:
    limit = longest_body(scope)
    told = False

    async def receive_whole() -> Message:
        nonlocal told
        if told:
            return await receive()
        if coding not in _PACKED:
            await _take_the_rest(receive, more=True)
            raise CodingRefused(coding, 415)
        pieces, unpacker, size = list[bytes](), zlib.decompressobj(_PACKED[coding]), 0
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return message
            more = message.get("more_body", False)
            try:
                pieces.append(unpacker.decompress(message.get("body", b""), limit + 1 - size))
            except zlib.error as error:
                await _take_the_rest(receive, more=more)
                raise CodingRefused(coding, 400) from error
            size += len(pieces[-1])
            if size > limit or unpacker.unconsumed_tail:
                await _take_the_rest(receive, more=more)
                raise BodyTooLong(limit)
        if not unpacker.eof:
            raise CodingRefused(coding, 400)
        told = True
        return {"type": "http.request", "body": b"".join(pieces), "more_body": False}

    return receive_whole


async def _take_the_rest(receive: Receive, *, more: bool) -> None:
    """A client that is still sending would take an early answer for a broken connection."""
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Raises BodyTooLong once the body is longer than its limit, after taking the rest of it."""
    limit = longest_body(scope)
    announced = Headers(scope=scope).get("content-length", "")
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit or (announced.isdecimal() and int(announced[:20]) > limit):
            await _take_the_rest(receive, more=message.get("more_body", False))
            raise BodyTooLong(limit)
        return message

    return receive_some
