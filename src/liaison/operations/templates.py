"""Templates of an environment, as its System Administrators keep them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

from liaison.domain.crm import Column, require_system_administrator
from liaison.domain.filling import Surroundings, require_valid
from liaison.domain.names import EnvironmentKey, Person, TableName, TeamId
from liaison.domain.template import TeamTarget, Template
from liaison.errors import NotTeamMember, TableUnknown, TeamUnknown
from liaison.ports import Crm, Ports


async def list_templates(environment: EnvironmentKey, by: Person, ports: Ports) -> tuple[Template, ...]:
    """By name; for everybody who is a user of the environment. Raises PrivilegeMissing."""
    _, found = await asyncio.gather(
        ports.crm(by, environment).read_person(), ports.templates.list(by.tenant, environment)
    )
    return found


async def read_template(environment: EnvironmentKey, template: str, by: Person, ports: Ports) -> Template:
    """Raises TemplateUnknown."""
    _, found = await asyncio.gather(
        ports.crm(by, environment).read_person(), ports.templates.get(by.tenant, environment, template)
    )
    return found


async def save_template(template: Template, by: Person, ports: Ports) -> Template:
    """A new one when it has no id, else in place of the version that was read.

    Raises RoleMissing, TemplateInvalid with everything that is wrong, TemplateUnknown, TemplateChanged,
    TemplateNameTaken.
    """
    crm = ports.crm(by, template.environment)
    require_system_administrator(await crm.read_person())
    template = replace(template, id=template.id or uuid4().hex, name=" ".join(template.name.split()))
    columns, (template, is_known) = await asyncio.gather(
        _columns({*template.tables, *template.default_of}, crm), _with_team_name(template, by, ports)
    )
    names = {table: frozenset(column.name for column in found) for table, found in columns.items()}
    require_valid(template, Surroundings(names, is_known))
    return await ports.templates.save(template, by)


async def delete_template(template: Template, by: Person, ports: Ports) -> None:
    """Links that were made with it keep what it was. Raises RoleMissing, TemplateUnknown, TemplateChanged."""
    require_system_administrator(await ports.crm(by, template.environment).read_person())
    await ports.templates.delete(template, by)


async def list_columns(
    environment: EnvironmentKey, tables: tuple[TableName, ...], by: Person, ports: Ports
) -> tuple[Column, ...]:
    """The columns that every one of these tables has and that may stand in a name, by label."""
    found = await _columns(set(tables), ports.crm(by, environment))
    if not found:
        return ()
    shared = set.intersection(*({column.name for column in columns} for columns in found.values()))
    return tuple(column for column in next(iter(found.values())) if column.name in shared)


async def _columns(tables: set[TableName], crm: Crm) -> dict[TableName, tuple[Column, ...]]:
    """Of those tables that there are."""
    names = sorted(tables)
    found = await asyncio.gather(*(_columns_of(table, crm) for table in names))
    return {table: columns for table, columns in zip(names, found, strict=True) if columns is not None}


async def _columns_of(table: TableName, crm: Crm) -> tuple[Column, ...] | None:
    try:
        return await crm.list_name_columns(table)
    except TableUnknown:
        return None


async def _with_team_name(template: Template, by: Person, ports: Ports) -> tuple[Template, bool]:
    """With the existing team's own name, and whether there is such a team; one that the administrator is not in keeps
    the name it was given.
    """
    team = template.team
    if team.target is not TeamTarget.EXISTING or not team.id:
        return template, True
    try:
        found = await ports.teamwork(by).read_team(TeamId(team.id))
    except TeamUnknown:
        return template, False
    except NotTeamMember:
        return replace(template, team=replace(team, name=team.name or team.id)), True
    return replace(template, team=replace(team, name=found.name)), True
