"""What a record or view is tied to: a view's channels, completing, taking back, disconnecting by row."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from liaison.api.asking import Asker
from liaison.api.render import render_connection
from liaison.api.routes.browsing import KindPath, ViewPath
from liaison.api.routes.inputs import (
    EnvironmentPath,
    LinkPath,
    RecordPath,
    RowPath,
    TablePath,
    problems,
    read_record_ref,
)
from liaison.api.routes.links import answer_with
from liaison.api.routes.requests import read_view_ref
from liaison.api.shapes import LinkShape
from liaison.api.tab_render import render_view
from liaison.api.tab_shapes import ViewConnections
from liaison.domain.link import TabChoice
from liaison.domain.names import LinkId, RowId
from liaison.operations.collaborate import read_view_panel
from liaison.operations.complete import complete_connection
from liaison.operations.disconnect import adopt_association, disconnect
from liaison.operations.look_closer import look_closer
from liaison.operations.read_link import read_link
from liaison.operations.undo import undo

router = APIRouter(tags=["links"])

VIEW = "/environments/{env}/tables/{table}/views/{kind}/{view}"
RECORD = "/environments/{env}/tables/{table}/records/{record}"
_BEGUN: dict[int | str, dict[str, Any]] = {
    200: {"model": LinkShape, "description": "The link was there already, and nothing needs to be done."},
    202: {"description": "The work has begun or is under way; follow it at Location."},
}


@router.post(
    "/links/{link}/undo",
    summary="Undo a link",
    status_code=202,
    responses={
        **problems(403, 404, 409),
        200: {"model": LinkShape, "description": "The link was undone already."},
    },
)
async def take_back(asking: Asker, link: LinkPath, response: Response) -> LinkShape:
    """Within 15 minutes: takes away everything that was made for the link. A channel that holds files, and a team that
    is used, stay, and a finding says so.
    """
    known = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return answer_with(await undo(known.id, asking.person, asking.ports), asking, response)


@router.get(f"{VIEW}/connections", summary="A view’s channels", responses=problems(403, 404, 409))
async def view_connections(
    asking: Asker, env: EnvironmentPath, table: TablePath, kind: KindPath, view: ViewPath
) -> ViewConnections:
    """Every channel that the view is tied to, whoever tied it, and the links being worked on."""
    ref = read_view_ref(asking, env, table, view, kind)
    found, panel = await read_view_panel(ref, asking.person, asking.ports)
    closer = await look_closer(panel, asking.person, asking.ports)
    return ViewConnections(
        view=render_view(found, ref.environment),
        items=tuple(render_connection(connection, asking) for connection in closer.connections),
    )


@router.post(
    f"{RECORD}/connections/{{row}}/complete",
    summary="Complete a record’s connection",
    status_code=202,
    responses={**problems(403, 404, 409), **_BEGUN},
)
async def complete(
    asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath, row: RowPath, response: Response
) -> LinkShape:
    """For a connection that Microsoft’s own button made: adds what it lacks (document location, tab, note) and makes
    nothing twice.
    """
    ref = read_record_ref(asking, env, table, record)
    link = await complete_connection(ref, RowId(row.lower()), asking.person, asking.ports)
    return answer_with(link, asking, response)


@router.post(
    f"{VIEW}/connections/{{row}}/complete",
    summary="Complete a view’s connection",
    status_code=202,
    responses={**problems(403, 404, 409), **_BEGUN},
)
async def complete_view(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    kind: KindPath,
    view: ViewPath,
    row: RowPath,
    response: Response,
) -> LinkShape:
    """The same for a view."""
    ref = read_view_ref(asking, env, table, view, kind)
    link = await complete_connection(ref, RowId(row.lower()), asking.person, asking.ports)
    return answer_with(link, asking, response)


@router.delete(
    f"{VIEW}/connections/{{row}}",
    summary="Disconnect a view’s channel by its row",
    status_code=202,
    responses=problems(403, 404, 409),
)
async def remove_view_connection(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    kind: KindPath,
    view: ViewPath,
    row: RowPath,
    response: Response,
    tab: TabChoice = TabChoice.REMOVE,
) -> LinkShape:
    """For a connection that Microsoft’s own button made: Liaison takes it over and disconnects it."""
    ref = read_view_ref(asking, env, table, view, kind)
    link = await adopt_association(ref, RowId(row.lower()), asking.person, asking.ports)
    return answer_with(await disconnect(link.id, asking.person, asking.ports, tab), asking, response)
