"""Web pages of other origins: which addresses they may ask, and which headers of an answer they may read.

Dataverse's own answers and Entra's token endpoint speak for themselves. What is open here stays closed to pages
without a token, and to everybody below `/_control`.
Source: Graph as Microsoft's Dev Proxy imitates it (the headers that it exposes); api/driveitem-get-content.md,
"Downloading files in JavaScript apps"; identity.md, "Local checklist" (discovery).
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

_GRAPH = re.compile(r"/(?:v1\.0|beta|_layouts|_api)(?:/.*)?", re.DOTALL)
_DOCUMENT = re.compile(r"/[^/]+(?:/v2\.0)?/(?:\.well-known/openid-configuration|discovery/[\w./]+)")
_GRAPH_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_DOCUMENT_METHODS = "GET, OPTIONS"
_EXPOSED = (
    "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, ReadWriteConsistencyToken,"
    " SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, Retry-After"
)


def read_preflight(scope: Scope) -> Response | None:
    """The answer to a browser that asks whether a page may send a request; None for any other request."""
    headers = Headers(scope=scope)
    if scope["method"] != "OPTIONS" or "origin" not in headers or "access-control-request-method" not in headers:
        return None
    is_graph = _is_graph(scope["path"])
    if not is_graph and _DOCUMENT.fullmatch(scope["path"]) is None:
        return None
    allowed = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": _GRAPH_METHODS if is_graph else _DOCUMENT_METHODS,
        "Access-Control-Allow-Headers": headers.get("access-control-request-headers", "*"),
        "Access-Control-Max-Age": "3600",
    }
    return Response(status_code=200, headers=allowed)


def opened(scope: Scope, send: Send) -> Send:
    """A `send` that lets the page that asked read the answer, whatever becomes of the request."""
    is_open = _is_graph(scope["path"]) or scope["path"].startswith("/api/data/")
    if not is_open or "origin" not in Headers(scope=scope):
        return send

    async def send_opened(message: Message) -> None:
        if message["type"] == "http.response.start":
            written = MutableHeaders(scope=message)
            # Dataverse says which headers it shows; a fault in its place says nothing.
            written.setdefault("Access-Control-Allow-Origin", "*")
            written.setdefault("Access-Control-Expose-Headers", _EXPOSED)
        await send(message)

    return send_opened


def _is_graph(path: str) -> bool:
    return _GRAPH.fullmatch(path) is not None
