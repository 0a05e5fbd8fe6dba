"""Finding what to link: apps and their tables, recent records, views and their rows; and forms of records."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from liaison.api.asking import Asker
from liaison.api.render import render_record
from liaison.api.routes.inputs import (
    GUID,
    EnvironmentPath,
    PageQuery,
    RecordPath,
    TablePath,
    problems,
    read_order,
    read_record_ref,
)
from liaison.api.shapes import Records
from liaison.api.tab_render import render_form, render_grid, render_view
from liaison.api.tab_shapes import Apps, AppShape, AppTable, FormBody, FormShape, GridShape, Views
from liaison.domain.crm import View
from liaison.domain.names import TableName, ViewId, ViewKind
from liaison.operations.edit_record import save_form

router = APIRouter(prefix="/environments/{env}", tags=["records"])

ViewPath = Annotated[str, Path(alias="view", pattern=GUID, description="Id of the view.")]
KindPath = Annotated[ViewKind, Path(alias="kind", description="A system view, or one of the asker’s own.")]
Version = Annotated[
    str,
    Header(alias="If-Match", pattern=r"^[\x20-\x7e]{1,100}$", description="The version that was read."),
]


@router.get("/apps", summary="Apps and their tables", responses=problems(403, 404))
async def apps(asking: Asker, env: EnvironmentPath) -> Apps:
    """The apps that the asker sees, each with those of its tables whose records and views can be linked."""
    crm = asking.ports.crm(asking.person, asking.environment_key(env))
    found, switches = await asyncio.gather(crm.list_apps(), crm.read_switches())
    tables = await crm.list_tables(tuple(dict.fromkeys(table for app in found for table in app.tables)))
    by_name = {
        table.name: AppTable(name=table.name, label=table.label, plural=table.plural)
        for table in tables
        if table.collaboration
    }
    return Apps(
        is_on=switches.basic,
        items=tuple(
            AppShape(
                unique_name=app.unique_name,
                name=app.name,
                tables=tuple(by_name[table] for table in app.tables if table in by_name),
            )
            for app in found
        ),
    )


@router.get("/recent", summary="Recent records", responses=problems(403, 404))
async def recent(
    asking: Asker,
    env: EnvironmentPath,
    table: Annotated[list[str], Query(max_length=60, description="Logical names of tables.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Records:
    """Records of these tables that the asker opened or changed last, the latest first."""
    crm = asking.ports.crm(asking.person, asking.environment_key(env))
    names = tuple(TableName(name) for name in table)
    return Records(items=tuple(render_record(record) for record in await crm.list_recent(names, limit)))


@router.get("/tables/{table}/views", summary="Views of a table", responses=problems(403, 404))
async def views(asking: Asker, env: EnvironmentPath, table: TablePath) -> Views:
    """System views and the asker’s own, the default first."""
    key = asking.environment_key(env)
    found = await asking.ports.crm(asking.person, key).list_views(TableName(table))
    return Views(items=tuple(render_view(view, key) for view in found))


@router.get("/tables/{table}/views/{kind}/{view}/rows", summary="Rows of a view", responses=problems(403, 404))
async def rows(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    kind: KindPath,
    view: ViewPath,
    q: Annotated[str, Query(max_length=200, description="Only names that contain this.")] = "",
    order: Annotated[str, Query(max_length=260, description="A column; with `-` before it, descending.")] = "",
    page: PageQuery = "",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> GridShape:
    """One page of the view, in the view’s own order or by one of its columns."""
    crm = asking.ports.crm(asking.person, asking.environment_key(env))
    asked = View(ViewId(view.lower()), kind, TableName(table), "", is_default=False)
    return render_grid(await crm.read_grid(asked, q, page, size, read_order(order)), asking)


@router.get("/tables/{table}/records/{record}/form", summary="A record’s form", responses=problems(403, 404))
async def form(asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath) -> FormShape:
    """The record’s main columns, what each takes, and whether the asker may change it."""
    ref = read_record_ref(asking, env, table, record)
    return render_form(await asking.ports.crm(asking.person, ref.environment).read_form(ref))


@router.patch("/tables/{table}/records/{record}/form", summary="Change a record", responses=problems(403, 404, 409))
async def change(
    asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath, body: FormBody, version: Version
) -> FormShape:
    """Writes only while the record is at the version that was read; every value that does not fit is named."""
    ref = read_record_ref(asking, env, table, record)
    return render_form(await save_form(ref, body.changes, version, asking.person, asking.ports))
