"""Templates of an environment: defaults for connecting, and what is made beside a channel."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from liaison.api.asking import Asker
from liaison.api.routes.inputs import TABLE, EnvironmentPath, RecordPath, TablePath, problems, read_record_ref
from liaison.api.template_render import read_template_body, render_proposal, render_template
from liaison.api.template_shapes import (
    NameColumnShape,
    NameColumnsShape,
    ProposalShape,
    TemplateBody,
    TemplateShape,
    TemplatesShape,
)
from liaison.domain.names import EnvironmentKey, TableName
from liaison.domain.template import Template
from liaison.errors import InputInvalid
from liaison.operations.defaults import read_defaults
from liaison.operations.templates import (
    delete_template,
    list_columns,
    list_templates,
    read_template,
    save_template,
)

router = APIRouter(prefix="/environments/{env}", tags=["templates"])

TemplatePath = Annotated[str, Path(alias="template", pattern=r"^[0-9a-f]{32}$", description="Id of the template.")]
Version = Annotated[
    str, Header(alias="If-Match", pattern=r"^[\x20-\x7e]{1,100}$", description="The ETag that was read.")
]
_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
Tables = Annotated[tuple[Annotated[str, Query(pattern=TABLE)], ...], Query(alias="table", min_length=1, max_length=50)]


@router.get("/templates", summary="Templates", responses=problems(403, 404))
async def browse(asking: Asker, env: EnvironmentPath) -> TemplatesShape:
    """By name; for every user of the environment."""
    found = await list_templates(asking.environment_key(env), asking.person, asking.ports)
    return TemplatesShape(items=tuple(render_template(template) for template in found))


@router.post("/templates", summary="Make a template", status_code=201, responses=problems(403, 404, 409, 413))
async def make(asking: Asker, env: EnvironmentPath, body: TemplateBody, response: Response) -> TemplateShape:
    """For System Administrators. Everything that is wrong is told at once, and nothing is saved then."""
    template = read_template_body(body, asking.environment_key(env), "", 0)
    return _answer(await save_template(template, asking.person, asking.ports), response)


@router.get("/name-columns", summary="Columns for names", responses=problems(403, 404))
async def columns(asking: Asker, env: EnvironmentPath, tables: Tables) -> NameColumnsShape:
    """The columns that every one of the tables has and that may stand in braces, beside `name` and `number`."""
    names = tuple(TableName(table) for table in dict.fromkeys(tables))
    found = await list_columns(asking.environment_key(env), names, asking.person, asking.ports)
    return NameColumnsShape(items=tuple(NameColumnShape(name=one.name, label=one.label) for one in found))


@router.get("/templates/{template}", summary="One template", responses=problems(403, 404))
async def read(asking: Asker, env: EnvironmentPath, template: TemplatePath, response: Response) -> TemplateShape:
    """With its version in ETag."""
    return _answer(await read_template(asking.environment_key(env), template, asking.person, asking.ports), response)


@router.put("/templates/{template}", summary="Change a template", responses=problems(403, 404, 409, 413))
async def change(
    asking: Asker,
    env: EnvironmentPath,
    template: TemplatePath,
    body: TemplateBody,
    version: Version,
    response: Response,
) -> TemplateShape:
    """Refused when somebody saved since the version in If-Match was read. Links that were made keep what it was."""
    wanted = read_template_body(body, asking.environment_key(env), template, read_version(version))
    return _answer(await save_template(wanted, asking.person, asking.ports), response)


@router.delete("/templates/{template}", summary="Delete a template", status_code=204, responses=problems(403, 404, 409))
async def delete(asking: Asker, env: EnvironmentPath, template: TemplatePath, version: Version) -> None:
    """Links that were made with it keep what it was."""
    key = asking.environment_key(env)
    await delete_template(_at(key, template, read_version(version)), asking.person, asking.ports)


@router.get(
    "/tables/{table}/records/{record}/defaults",
    summary="What connecting a record will use",
    responses=problems(403, 404),
)
async def defaults(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    template: Annotated[
        str, Query(pattern=r"^$|^[0-9a-f]{32}$", description="Id of a template; that of the table when not given.")
    ] = "",
) -> ProposalShape:
    """The template filled with the record's values: team, names, kinds, and what is made beside the channel."""
    ref = read_record_ref(asking, env, table, record)
    return render_proposal(await read_defaults(ref, asking.person, asking.ports, template))


def _answer(template: Template, response: Response) -> TemplateShape:
    response.headers["ETag"] = f'"{template.version}"'
    return render_template(template)


def _at(environment: EnvironmentKey, template: str, version: int) -> Template:
    return Template(template, environment, "", version=version)


def read_version(text: str) -> int:
    """The version of an ETag. Raises InputInvalid."""
    found = _ETAG.fullmatch(text.strip())
    if found is None or int(found.group(1)) < 1:
        raise InputInvalid("If-Match", text, "etag")
    return int(found.group(1))
