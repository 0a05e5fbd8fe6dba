"""What a client reads before it asks for anything: the schema, the list of entity sets, and that there is no beta.

Source: OData 4.0, part 1, section 11.1; msgraph-metadata, clean_v10_metadata (state of August 2026)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate
from liaison.tenant.graph.errors import GraphError
from liaison.tenant.graph.responses import Answer, Correlation, error_answer, metadata_level, wire_response

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_SET = re.compile(r'<(EntitySet|Singleton) Name="(\w+)"')

ReadCorrelation = Callable[[Estate, Request], Correlation]


@cache
def schema_text() -> bytes:
    """The CSDL of the types and operations that are served: a part of the published one."""
    return (Path(__file__).parent / "metadata.xml").read_bytes()


def root_routes(estate: Estate, read_correlation: ReadCorrelation) -> list[BaseRoute]:
    """The addresses that need no token: `/v1.0`, `/v1.0/$metadata`, and everything below `/beta`."""

    def respond(request: Request, answer: Answer) -> Response:
        level = metadata_level(request.headers.get("accept", ""))
        return wire_response(answer, read_correlation(estate, request), level)

    async def metadata(request: Request) -> Response:
        return respond(request, Answer(content=schema_text(), media_type="application/xml"))

    async def service_document(request: Request) -> Response:
        root = f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}/v1.0"
        sets = [{"name": name, "kind": kind, "url": name} for kind, name in _SET.findall(schema_text().decode("utf-8"))]
        return respond(request, Answer(body={"@odata.context": f"{root}/$metadata", "value": sets}))

    async def no_beta(request: Request) -> Response:
        refusal = GraphError(
            501,
            "NotImplemented",
            f"{request.method} {request.url.path} is not implemented by this tenant: it serves v1.0 only.",
        )
        return respond(request, error_answer(refusal, read_correlation(estate, request)))

    return [
        Route("/v1.0/$metadata", metadata, methods=["GET"]),
        Route("/v1.0", service_document, methods=["GET"]),
        Route("/v1.0/", service_document, methods=["GET"]),
        Route("/beta/{rest:path}", no_beta, methods=_METHODS),
    ]
