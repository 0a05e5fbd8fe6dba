"""The way in: everything under `/v1.0`, and the pre-authenticated addresses that answers hand out."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Scope

from liaison.tenant.estate import Estate
from liaison.tenant.graph import content, copying, thumbnails, uploads
from liaison.tenant.graph.answers import Desk
from liaison.tenant.graph.batch import Part, PartAnswer, answer_batch
from liaison.tenant.graph.built import OPERATIONS
from liaison.tenant.graph.errors import GraphError
from liaison.tenant.graph.notifications import Teller
from liaison.tenant.graph.requests import RawRequest
from liaison.tenant.graph.responses import Correlation, error_answer, metadata_level, wire_response
from liaison.tenant.graph.service_root import root_routes
from liaison.tenant.graph.table import Table

__all__ = ["OPERATIONS", "listed_operations", "read_correlation", "routes"]

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(estate: Estate) -> list[BaseRoute]:
    """Graph's routes over an estate."""
    desk, teller = Desk(estate, Table(OPERATIONS)), Teller(estate)

    async def answer(request: Request) -> Response:
        correlation = read_correlation(estate, request)
        answered = await desk.answer(await read_request(request), correlation)
        teller.wake()
        return wire_response(answered, correlation, metadata_level(request.headers.get("accept", "")))

    async def answer_many(request: Request) -> Response:
        correlation = read_correlation(estate, request)
        pipeline: ASGIApp = request.scope.get("state", {}).get("inner") or Router([one])
        try:
            answered = await answer_batch(
                await request.body(), dict(request.headers), lambda part: send_part(pipeline, request.scope, part)
            )
        except GraphError as error:
            answered = error_answer(error, correlation)
        return wire_response(answered, correlation, metadata_level(request.headers.get("accept", "")))

    one = Route("/v1.0/{rest:path}", answer, methods=_METHODS)
    return [
        *root_routes(estate, read_correlation),
        Route("/v1.0/$batch", answer_many, methods=["POST"]),
        one,
        *content.download_routes(estate),
        *uploads.upload_routes(estate, read_correlation),
        *copying.monitor_routes(estate),
        *thumbnails.thumbnail_routes(estate),
    ]


async def send_part(pipeline: ASGIApp, outer: Scope, part: Part) -> PartAnswer:
    """Send one request of a batch through the pipeline that every request goes through, so that faults and the
    ledger see it."""
    path = f"/v1.0{part.path}"
    scope = {
        **outer,
        "method": part.method,
        "path": unquote(path),
        "raw_path": quote(path, safe="/%:@!$&'()*+,;=~").encode(),
        "query_string": part.query.encode(),
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in _part_headers(outer, part)],
        "state": dict(outer.get("state", {})),
    }
    messages_out: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": part.body, "more_body": False}

    async def send(message: Message) -> None:
        messages_out.append(message)

    await pipeline(scope, receive, send)
    start = messages_out[0]
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
    return PartAnswer(start["status"], headers, b"".join(message.get("body", b"") for message in messages_out[1:]))


def _part_headers(outer: Scope, part: Part) -> list[tuple[str, str]]:
    host = next((value.decode("latin-1") for name, value in outer["headers"] if name == b"host"), "localhost")
    return [*part.headers.items(), ("host", host)]


def read_correlation(estate: Estate, request: Request) -> Correlation:
    """The ids of a request: those that the pipeline gave it, else new ones."""
    state = request.scope.get("state", {})
    request_id = state.get("request_id") or estate.ids.guid()
    return Correlation(
        request_id,
        request.headers.get("client-request-id") or request_id,
        state.get("stamp") or estate.clock.stamp(),
    )


async def read_request(request: Request) -> RawRequest:
    """An HTTP request as Graph takes it; the path stays percent-encoded, since addresses are decoded whole."""
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    _, _, below_version = raw_path.decode("utf-8", "replace").lstrip("/").partition("/")
    return RawRequest(
        request.method,
        "/" + below_version.lstrip("/"),
        request.scope["query_string"].decode("utf-8", "replace"),
        {name.lower(): value for name, value in request.headers.items()},
        await request.body(),
        f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}",
    )


def listed_operations() -> list[tuple[str, str]]:
    """Method and address pattern of everything that is built, for the table of coverage."""
    return [
        (operation.method, "/v1.0/" + operation.pattern.replace("/{itempath:path}", ":/{path}:").replace(":path}", "}"))
        for operation in OPERATIONS
    ]
