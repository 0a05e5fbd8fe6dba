"""The addresses of the Dataverse face, for any `v9.x`.

Paths below the service root follow OData and are read by `paths`, not by the router.
Source: compose-http-requests-handle-errors.md, "Web API URL and versions".
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.dataverse.answers import answer
from liaison.tenant.dataverse.limits import Throttle
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.estate import Estate

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_PREFIX = "/api/data/"


def routes(estate: Estate) -> list[BaseRoute]:
    """Every address this face answers; it belongs to the environment that the host name or port says."""
    throttle = Throttle()

    async def endpoint(request: Request) -> Response:
        exchange = read_exchange(request, await request.body())
        host = request.url.hostname or "localhost"
        server = request.scope.get("server")
        port = request.url.port or (server[1] if server else None)
        return write_response(answer(estate, exchange, host, port, throttle))

    return [
        Route("/api/data/v9.{minor:int}", endpoint, methods=METHODS),
        Route("/api/data/v9.{minor:int}/{rest:path}", endpoint, methods=METHODS),
    ]


def read_exchange(request: Request, body: bytes) -> Exchange:
    """The request as this face reads it; the path stays percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.decode("ascii", "surrogateescape").partition("?")[0]
    version, _, rest = path.removeprefix(_PREFIX).partition("/")
    root = f"{request.url.scheme}://{request.url.netloc}{_PREFIX}{version}"
    headers = {name.decode("latin-1").lower(): "" for name, _ in request.scope["headers"]}
    for name, value in request.scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if headers[key] else text
    return Exchange(request.method, root, rest, request.scope["query_string"].decode("latin-1"), headers, body)


def write_response(reply: Reply) -> Response:
    """A reply as Starlette sends it; answers without a body have no type."""
    response = Response(reply.body, reply.status)
    for name, value in reply.headers.items():
        response.headers[name] = value
    return response
