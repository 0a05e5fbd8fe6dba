"""Answers as they go over the wire: JSON at the asked level of metadata, headers that every answer carries.

Source: Graph v1.0, concepts/best-practices-concept.md; concepts/json-batching.md for the content type
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from liaison.tenant.graph.errors import GraphError
from liaison.tenant.graph.full_metadata import with_full_control

Json = dict[str, Any]

_LEVEL = re.compile(r"odata\.metadata=(none|minimal|full)")
# Control information that stays even when the client asks for none.
_KEPT = frozenset({"@odata.nextLink", "@odata.deltaLink", "@odata.count"})


@dataclass(frozen=True)
class Answer:
    """A status with a JSON body, or with `content` of another media type, in one piece or in several."""

    status: int = 200
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Iterator[bytes] | None = None
    media_type: str | None = None


NO_CONTENT = Answer(204)


@dataclass(frozen=True)
class Correlation:
    """What ties an answer to its request."""

    request_id: str
    client_request_id: str
    date: str


def error_answer(error: GraphError, correlation: Correlation) -> Answer:
    """The whole error body. `innerError` has a capital E on the wire, and a date without zone."""
    body: Json = {"code": error.code, "message": error.message}
    if error.details:
        body["details"] = list(error.details)
    body["innerError"] = error.inner | {
        "date": correlation.date[:19],
        "request-id": correlation.request_id,
        "client-request-id": correlation.client_request_id,
    }
    return Answer(error.status, {"error": body}, error.headers)


def without_control(value: Any) -> Any:
    """The value without control information: what `odata.metadata=none` asks for."""
    if isinstance(value, dict):
        return {
            name: without_control(inner)
            for name, inner in value.items()
            if name in _KEPT or not (name.startswith("@odata.") or "@odata." in name)
        }
    if isinstance(value, list):
        return [without_control(inner) for inner in value]
    return value


def json_media_type(level: str) -> str:
    return f"application/json;odata.metadata={level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def metadata_level(accept: str) -> str:
    """The level of metadata that an Accept header asks for."""
    found = _LEVEL.search(accept.replace(" ", "").lower())
    return found[1] if found else "minimal"


def wire_response(answer: Answer, correlation: Correlation, level: str) -> Response:
    """The HTTP response of an answer."""
    headers = {
        "request-id": correlation.request_id,
        "client-request-id": correlation.client_request_id,
        "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"1","ScaleUnit":"000",'
        '"RoleInstance":"LOCAL000000"}}',
        "OData-Version": "4.0",
        "Cache-Control": "no-cache",
        **answer.headers,
    }
    if answer.body is not None:
        body = answer.body
        if level == "none":
            body = without_control(body)
        elif level == "full" and answer.status < 400:
            body = with_full_control(body)
        # Error answers keep the content type as well: SDKs look at it before they read the error.
        return Response(orjson.dumps(body), answer.status, headers, json_media_type(level))
    if answer.content is None or isinstance(answer.content, bytes):
        return Response(answer.content or b"", answer.status, headers, answer.media_type)
    return StreamingResponse(answer.content, answer.status, headers, answer.media_type)
