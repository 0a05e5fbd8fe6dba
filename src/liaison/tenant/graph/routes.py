"""The way in: everything under `/v1.0`, and the pre-authenticated addresses that answers hand out."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.estate import Estate
from liaison.tenant.graph import (
    apps,
    catalogue,
    channel_members,
    channels,
    content,
    copying,
    delta,
    directory_roles,
    drive_items,
    files_folder,
    grants,
    group_people,
    groups,
    licences,
    members,
    naming,
    profiles,
    sharing,
    sites,
    tabs,
    team_creation,
    teams,
    uploads,
    users,
)
from liaison.tenant.graph.answers import Desk
from liaison.tenant.graph.requests import RawRequest
from liaison.tenant.graph.responses import Correlation, metadata_level, wire_response
from liaison.tenant.graph.table import Operation, Table

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

OPERATIONS: tuple[Operation, ...] = (
    *teams.OPERATIONS,
    *team_creation.OPERATIONS,
    *members.OPERATIONS,
    *channels.OPERATIONS,
    *channel_members.OPERATIONS,
    *files_folder.OPERATIONS,
    *apps.OPERATIONS,
    *catalogue.OPERATIONS,
    *tabs.OPERATIONS,
    *groups.OPERATIONS,
    *group_people.OPERATIONS,
    *naming.OPERATIONS,
    *users.OPERATIONS,
    *licences.OPERATIONS,
    *profiles.OPERATIONS,
    *directory_roles.OPERATIONS,
    *grants.OPERATIONS,
    *sites.OPERATIONS,
    *drive_items.OPERATIONS,
    *content.OPERATIONS,
    *uploads.OPERATIONS,
    *copying.OPERATIONS,
    *delta.OPERATIONS,
    *sharing.OPERATIONS,
)


def routes(estate: Estate) -> list[BaseRoute]:
    """Graph's routes over an estate."""
    desk = Desk(estate, Table(OPERATIONS))

    async def answer(request: Request) -> Response:
        correlation = read_correlation(estate, request)
        answered = await desk.answer(await read_request(request), correlation)
        return wire_response(answered, correlation, metadata_level(request.headers.get("accept", "")))

    return [
        Route("/v1.0/{rest:path}", answer, methods=_METHODS),
        *content.download_routes(estate),
        *uploads.upload_routes(estate, read_correlation),
        *copying.monitor_routes(estate),
    ]


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
    _, _, below_version = raw_path.decode("latin-1").lstrip("/").partition("/")
    return RawRequest(
        request.method,
        "/" + below_version.lstrip("/"),
        request.scope["query_string"].decode("latin-1"),
        {name.lower(): value for name, value in request.headers.items()},
        await request.body(),
        f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}",
    )


def listed_operations() -> list[tuple[str, str]]:
    """Method and address pattern of everything that is built, for the table of coverage."""
    return [(operation.method, f"/v1.0/{unquote(operation.pattern)}") for operation in OPERATIONS]
