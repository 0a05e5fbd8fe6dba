"""How long a request's body may be: more is taken off the wire, forgotten, and refused.

Bodies are read whole by the faces, and reading JSON holds up every other request; nothing may be longer than what can
be read in the blink of an eye. Source: Graph v1.0, concepts/json-batching.md and api/driveitem-put-content.md for the
sizes that the services allow; Dataverse allows more than this (docs/local-tenant/deviations.md).
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

_MB = 1024 * 1024
_GRAPH, _DATAVERSE, _FILE, _RANGE, _FORM = 4 * _MB, 16 * _MB, 250 * _MB, 61 * _MB, _MB


class BodyTooLong(Exception):
    """The body is longer than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request's body is longer than the {limit} bytes that are allowed.")


def longest_body(scope: Scope) -> int:
    """The limit for a request, by where it goes."""
    path: str = scope["path"]
    if path.startswith("/api/data/"):
        return _DATAVERSE
    if path.startswith("/v1.0/"):
        return _FILE if scope["method"] == "PUT" and path.endswith(("/content", "/$value")) else _GRAPH
    return _RANGE if path.startswith("/_api/") else _FORM


def limited(scope: Scope, receive: Receive) -> Receive:
    """A `receive` that raises BodyTooLong once the body is longer than its limit, after taking the rest of it."""
    limit = longest_body(scope)
    announced = Headers(scope=scope).get("content-length", "")
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit or (announced.isdecimal() and int(announced[:20]) > limit):
            # A client that is still sending would take an early answer for a broken connection.
            while message.get("more_body", False) and message["type"] == "http.request":
                message = await receive()
            raise BodyTooLong(limit)
        return message

    return receive_some
