"""The addresses of the Dataverse face, for any `v9.x` and `v8.x`.

Paths below the service root follow OData and are read by `paths`, not by the router.
Source: compose-http-requests-handle-errors.md, "Web API URL and versions".
"""

from __future__ import annotations

import re

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from liaison.tenant.dataverse.answers import answer
from liaison.tenant.dataverse.batch.parts import Watch
from liaison.tenant.dataverse.limits import Throttle
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.estate import Estate
from liaison.tenant.parts import untroubled

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]
# Pages of any origin may ask, with a token in hand. Source: oauth-cross-origin-resource-sharing-connect-single-page-
# application.md.
_ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "OData-EntityId, Location, Preference-Applied, OData-Version, ETag, Retry-After,"
    " REQ_ID, x-ms-service-request-id, x-ms-chunk-size, x-ms-file-name, x-ms-file-size",
}
_PREFIX = "/api/data/"
_AUTHORITY = re.compile(r"(?P<name>\[[^\]]*\]|[^:]+)(?::(?P<port>[0-9]{1,5}))?")


def routes(estate: Estate) -> list[BaseRoute]:
    """Every address this face answers; it belongs to the environment that the host name or port says."""
    endpoint = _Endpoint(estate)
    return [
        Route(f"/api/data/v{major}.{{minor:int}}{rest}", endpoint, methods=METHODS)
        for major in (9, 8)
        for rest in ("", "/{rest:path}")
    ]


class _Endpoint:
    """Answers a request without the layers that a function in a route gets: rows are asked for by the thousand."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._throttle = Throttle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = read_exchange(scope, await _read_body(receive))
        if exchange.method == "OPTIONS":
            await answer_preflight(exchange)(scope, receive, send)
            return
        host, port = read_host(exchange, scope)
        watch = Watch(scope, scope.get("state", {}).get("begin_part", untroubled))
        reply = await answer(self._estate, exchange, host, port, self._throttle, watch)
        if "origin" in exchange.headers:
            reply.headers.update(_ANY_ORIGIN)
        await write_response(reply)(scope, receive, send)


def answer_preflight(exchange: Exchange) -> Response:
    """What a browser asks before it lets a page of another origin send a request."""
    methods = ", ".join(METHODS)
    headers = {
        **_ANY_ORIGIN,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": exchange.headers.get("access-control-request-headers", "*"),
        "Access-Control-Max-Age": "3600",
        "Allow": methods,
    }
    return Response(status_code=200, headers=headers)


async def _read_body(receive: Receive) -> bytes:
    """The whole body. Raises ClientDisconnect when the client left before its end."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def read_exchange(scope: Scope, body: bytes) -> Exchange:
    """The request as this face reads it; the path stays percent-encoded."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("ascii", "surrogateescape").partition("?")[0]
    version, _, rest = path.removeprefix(_PREFIX).partition("/")
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if headers.get(key) else text
    root = f"{scope['scheme']}://{headers.get('host') or _own_authority(scope)}{_PREFIX}{version}"
    return Exchange(scope["method"], root, rest, scope["query_string"].decode("latin-1"), headers, body)


def _own_authority(scope: Scope) -> str:
    server = scope.get("server")
    return f"{server[0]}:{server[1]}" if server else "localhost"


def read_host(exchange: Exchange, scope: Scope) -> tuple[str, int | None]:
    """Host name and port that the client asked, the socket's port where it named none."""
    asked = _AUTHORITY.fullmatch(exchange.headers.get("host", ""))
    server = scope.get("server")
    port = int(asked["port"]) if asked and asked["port"] else server[1] if server else None
    return asked["name"].strip("[]").lower() if asked else "localhost", port


def write_response(reply: Reply) -> Response:
    """A reply as Starlette sends it; answers without a body have no type."""
    return Response(reply.body, reply.status, reply.headers)
