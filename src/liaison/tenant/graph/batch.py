"""JSON batches: up to twenty requests in one, each answered as if it had come by itself.

Source: Graph v1.0, concepts/json-batching.md, concepts/known-issues.md; graph.md section 10
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.wild import Wild

_MOST = 20
_VERSION = re.compile(r"/+v1\.0(?=/|$)", re.IGNORECASE)
_SPELLED = {
    "cache-control": "Cache-Control",
    "content-location": "Content-Location",
    "content-type": "Content-Type",
    "location": "Location",
    "odata-version": "OData-Version",
    "ratelimit-limit": "RateLimit-Limit",
    "ratelimit-remaining": "RateLimit-Remaining",
    "ratelimit-reset": "RateLimit-Reset",
    "retry-after": "Retry-After",
    "www-authenticate": "WWW-Authenticate",
}
# Headers of the whole that each part takes over unless it has its own.
_INHERITED = ("authorization", "accept", "client-request-id", "user-agent")


@dataclass(frozen=True)
class Part:
    """One request of a batch; `path` begins below the version."""

    id: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    depends_on: tuple[str, ...]
    refusal: GraphError | None = None


@dataclass(frozen=True)
class PartAnswer:
    """What became of a part, before it is laid into the batch's answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


SendPart = Callable[[Part], Awaitable[PartAnswer]]


async def answer_batch(content: bytes, outer_headers: Mapping[str, str], send: SendPart) -> Answer:
    """Answer a batch: 200 whatever happens inside, 400 when the whole cannot be read."""
    answered: dict[str, PartAnswer] = {}
    for part in read_parts(content, outer_headers):
        answered[part.id] = await _answer_part(part, answered, send)
    return Answer(body={"responses": [_response(part_id, answer) for part_id, answer in answered.items()]})


def read_parts(content: bytes, outer_headers: Mapping[str, str]) -> list[Part]:
    """The parts of a batch, in their order; raises 400 for a batch that breaks the rules."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refused("Invalid batch payload format.") from error
    if not isinstance(value, dict) or not isinstance(value.get("requests"), list):
        raise _refused("Invalid batch payload format.")
    if len(value["requests"]) > _MOST:
        raise _refused(f"Number of batch request steps exceeds the maximum value of {_MOST}.", "MaximumValueExceeded")
    asked = Wild(value, Backend.TEAMS).children("requests")
    parts = [_read_part(one, outer_headers) for one in asked]
    ids = [part.id.lower() for part in parts]
    if len(set(ids)) != len(ids):
        raise _refused("Duplicate request id.")
    for part in parts:
        if not {name.lower() for name in part.depends_on} <= set(ids):
            raise _refused(f"Request '{part.id}' depends on a request that is not in the batch.")
    return _in_order(parts)


def _read_part(one: Wild, outer_headers: Mapping[str, str]) -> Part:
    headers = {name.lower(): str(value) for name, value in one.child("headers").value.items()}
    inherited = {name: outer_headers[name] for name in _INHERITED if name in outer_headers}
    path, query = _read_url(one.text("url"))
    body, refusal = _read_body(one, headers)
    # `dependsOn` is the documented name; `depends_on`, which one SDK writes, is ignored as the service does.
    return Part(
        one.text("id"),
        one.text("method").upper(),
        path,
        query,
        inherited | headers,
        body,
        tuple(one.texts("dependsOn")),
        refusal or (_refused("Nested batch requests are not allowed.") if path.lower() == "/$batch" else None),
    )


def _read_url(url: str) -> tuple[str, str]:
    """Path below the version and query of a URL: relative with or without a slash, with the version, or absolute."""
    parts = urlsplit(url) if "://" in url.partition("?")[0] else None
    path, _, query = url.partition("?")
    if parts is not None:
        path, query = parts.path, parts.query
    return "/" + _VERSION.sub("", path if path.startswith("/") else f"/{path}", count=1).lstrip("/"), query


def _read_body(one: Wild, headers: Mapping[str, str]) -> tuple[bytes, GraphError | None]:
    body: Any = one.value.get("body")
    if body is None:
        return b"", None
    if "content-type" not in headers:
        return b"", _refused("Write request does not contain Content-Type header.")
    if not isinstance(body, str):
        return orjson.dumps(body), None
    try:
        return base64.b64decode(body, validate=True), None
    except ValueError:
        return body.encode(), None


def _in_order(parts: list[Part]) -> list[Part]:
    """The parts with each after those it depends on; raises 400 when they wait for each other."""
    ordered: list[Part] = []
    waiting = list(parts)
    while waiting:
        done = {part.id.lower() for part in ordered}
        ready = [part for part in waiting if {name.lower() for name in part.depends_on} <= done]
        if not ready:
            raise _refused("The requests depend on each other in a circle.")
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered


async def _answer_part(part: Part, answered: Mapping[str, PartAnswer], send: SendPart) -> PartAnswer:
    by_name = {part_id.lower(): answer for part_id, answer in answered.items()}
    if any(by_name[name.lower()].status >= 400 for name in part.depends_on):
        return _error(GraphError(424, "FailedDependency", "The request failed because a request it depends on failed."))
    if part.refusal is not None:
        return _error(part.refusal)
    return await send(part)


def _error(error: GraphError) -> PartAnswer:
    body = {"error": {"code": error.code, "message": error.message}}
    return PartAnswer(error.status, {"content-type": "application/json"}, orjson.dumps(body))


def _response(part_id: str, answer: PartAnswer) -> Json:
    """A part's answer: JSON as it is, anything else as base64 text; a 302 keeps its Location."""
    named = {_written(name): value for name, value in answer.headers.items() if name.lower() != "content-length"}
    response: Json = {"id": part_id, "status": answer.status, "headers": named}
    if answer.content:
        response["body"] = _read_answer(answer)
    return response


def _read_answer(answer: PartAnswer) -> Any:
    """JSON as it is; anything else, and JSON that a fault has cut off, as base64 text."""
    if "json" in answer.headers.get("content-type", ""):
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(answer.content)
    return base64.b64encode(answer.content).decode()


def _written(name: str) -> str:
    """A header's name as batches write it."""
    return _SPELLED.get(name.lower(), name)


def _refused(message: str, code: str = "BadRequest") -> GraphError:
    return GraphError(400, code, message)
