"""Records and the channels they are tied to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from liaison.api.asking import Asker
from liaison.api.render import render_connection, render_link, render_record, render_record_detail
from liaison.api.routes.inputs import (
    EnvironmentPath,
    RecordPath,
    RowPath,
    TablePath,
    problems,
    read_record_ref,
)
from liaison.api.shapes import Connections, LinkShape, RecordDetail, Records
from liaison.domain.link import TabChoice
from liaison.domain.names import RowId, TableName
from liaison.operations.collaborate import read_record_panel
from liaison.operations.disconnect import adopt_association, disconnect
from liaison.operations.look_closer import look_closer

router = APIRouter(prefix="/environments/{env}/tables/{table}/records", tags=["records"])


@router.get("", summary="Find records", responses=problems(403, 404))
async def find(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    q: Annotated[str, Query(min_length=1, max_length=200, description="An id, a name, or a part of one.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Records:
    """By id when `q` is one, otherwise by exact name, and failing that by a name that contains it."""
    crm = asking.ports.crm(asking.person, asking.environment_key(env))
    found = await crm.find_records(TableName(table), q, limit)
    return Records(items=tuple(render_record(record) for record in found))


@router.get("/{record}", summary="One record", responses=problems(403, 404))
async def read(asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath) -> RecordDetail:
    """The record’s main columns, as the asker may see them."""
    ref = read_record_ref(asking, env, table, record)
    return render_record_detail(await asking.ports.crm(asking.person, ref.environment).read_record(ref))


@router.get("/{record}/connections", summary="A record’s channels", responses=problems(403, 404, 409))
async def connections(asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath) -> Connections:
    """Every channel that the record is tied to, whoever tied it, and the links being worked on."""
    found, panel = await read_record_panel(read_record_ref(asking, env, table, record), asking.person, asking.ports)
    closer = await look_closer(panel, asking.person, asking.ports)
    return Connections(
        record=render_record(found),
        items=tuple(render_connection(connection, asking) for connection in closer.connections),
    )


@router.delete(
    "/{record}/connections/{row}",
    summary="Disconnect a channel by its row",
    status_code=202,
    responses=problems(403, 404, 409),
)
async def remove_connection(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    row: RowPath,
    response: Response,
    tab: TabChoice = TabChoice.REMOVE,
) -> LinkShape:
    """For a connection that Microsoft’s own button made: Liaison takes it over and disconnects it."""
    ref = read_record_ref(asking, env, table, record)
    link = await adopt_association(ref, RowId(row), asking.person, asking.ports)
    shown = render_link(await disconnect(link.id, asking.person, asking.ports, tab), asking)
    response.headers["Location"] = shown.address
    return shown
