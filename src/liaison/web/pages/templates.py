"""Templates of an environment: the list, and deleting one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import require_system_administrator
from liaison.domain.names import TableName
from liaison.domain.template import TeamTarget, Template
from liaison.errors import Conflict, LiaisonError, NotFound
from liaison.operations.tables import list_table_states
from liaison.operations.templates import delete_template, list_templates, read_template
from liaison.web import addresses, problems
from liaison.web.pages.settings_place import settings_address, settings_shell
from liaison.web.place import crm_of, find_environment
from liaison.web.shell import Shell
from liaison.web.visit import Visit

BELOW = "templates"
NEW = "new"


@dataclass(frozen=True)
class ShownTemplate:
    """A template in the list. `address` is empty for whoever cannot change it."""

    name: str
    address: str
    tables: str
    default_of: str
    team: str
    channel_name: str
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True)
class Done:
    """What was done to which template: saved or deleted."""

    act: str
    name: str


@dataclass(frozen=True)
class TemplatesPage:
    template: ClassVar[str] = "templates.html"
    shell: Shell
    back: str
    make: str
    templates: tuple[ShownTemplate, ...]
    done: Done | None


@dataclass(frozen=True)
class DeletePage:
    template: ClassVar[str] = "template_delete.html"
    shell: Shell
    action: str
    back: str
    name: str
    version: int
    default_of: str
    problem: problems.Problem | None


async def show(visit: Visit) -> Response:
    environment, by = find_environment(visit), visit.person
    shell, found, labels, person = await asyncio.gather(
        settings_shell(visit, environment, visit.say("web.templates.title")),
        list_templates(environment.key, by, visit.ports),
        table_labels(visit),
        crm_of(visit).read_person(),
    )
    may_change = person.is_system_administrator
    done = next((Done(act, visit.asked(act)) for act in ("saved", "deleted") if visit.asked(act)), None)
    page = TemplatesPage(
        shell=shell,
        back=settings_address(visit),
        make=settings_address(visit, BELOW, NEW) if may_change else "",
        templates=tuple(_shown(one, labels, visit, may_change=may_change) for one in found),
        done=done,
    )
    return visit.answer(page)


def _shown(template: Template, labels: Mapping[TableName, str], visit: Visit, *, may_change: bool) -> ShownTemplate:
    return ShownTemplate(
        name=template.name,
        address=settings_address(visit, BELOW, template.id) if may_change else "",
        tables=_words(template.tables, labels) or visit.say("web.templates.every_table"),
        default_of=_words(template.default_of, labels),
        team=_team(template, visit),
        channel_name=template.channel_name,
        changed_by=template.changed_by,
        changed_at=template.changed_at,
    )


def _team(template: Template, visit: Visit) -> str:
    if template.team.target is TeamTarget.ASKED:
        return visit.say("web.templates.target.asked.title")
    key = "web.templates.team_new" if template.team.target is TeamTarget.NEW else "web.templates.team_existing"
    return visit.say(key, team=template.team.name)


def _words(tables: tuple[TableName, ...], labels: Mapping[TableName, str]) -> str:
    return ", ".join(labels.get(table, table) for table in tables)


async def table_labels(visit: Visit) -> dict[TableName, str]:
    """What the tables whose records can be linked are called, by name."""
    states = await list_table_states(find_environment(visit).key, visit.person, visit.ports)
    return {state.table.name: state.table.plural for state in states if state.table.collaboration}


async def ask(visit: Visit) -> Response:
    """Before a template is deleted."""
    return await _ask(visit)


async def _ask(visit: Visit, error: LiaisonError | None = None) -> Response:
    environment, by = find_environment(visit), visit.person
    person, labels, template = await asyncio.gather(
        crm_of(visit).read_person(),
        table_labels(visit),
        read_template(environment.key, visit.named("template"), by, visit.ports),
    )
    require_system_administrator(person)
    page = DeletePage(
        shell=await settings_shell(visit, environment, visit.say("web.templates.delete.title", name=template.name)),
        action=settings_address(visit, BELOW, template.id, "delete"),
        back=settings_address(visit, BELOW, template.id),
        name=template.name,
        version=template.version,
        default_of=_words(template.default_of, labels),
        problem=problems.explain(error, visit) if error else None,
    )
    return visit.answer(page, error.status if error else 200)


async def delete(visit: Visit) -> Response:
    """That very version; when somebody saved meanwhile the question is asked again."""
    environment, given = find_environment(visit), visit.given("version")
    version = int(given) if given.isdecimal() else 0
    wanted = Template(visit.named("template"), environment.key, visit.given("name"), version=version)
    try:
        await delete_template(wanted, visit.person, visit.ports)
    except NotFound:
        pass  # somebody was faster
    except Conflict as error:
        return await _ask(visit, error)
    return visit.go(done_address(visit, "deleted", wanted.name))


def done_address(visit: Visit, act: str, name: str) -> str:
    """The list, which says what was done."""
    return f"{settings_address(visit, BELOW)}?{addresses.query_part(act, name)}"
