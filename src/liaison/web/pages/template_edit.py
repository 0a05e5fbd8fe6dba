"""One template: its form, saving it, and the names that it gives an example record while it is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import Column, require_system_administrator
from liaison.domain.filling import COMMON_COLUMNS, NAME, NUMBER, fill_template
from liaison.domain.names import Person, TableName, TeamId
from liaison.domain.template import Proposal, TeamTarget, Template
from liaison.errors import (
    ConsentNotGranted,
    LiaisonError,
    NotAllowed,
    NotFound,
    Refused,
    TemplateInvalid,
    Upstream,
)
from liaison.operations.choose_team import read_team_choices
from liaison.operations.defaults import find_example, propose
from liaison.operations.templates import list_columns, read_template, save_template
from liaison.web import problems
from liaison.web.pages.settings_place import settings_address, settings_shell
from liaison.web.pages.template_form import ROWS, Offered, ShownForm, read_form, show_form, with_line
from liaison.web.pages.templates import BELOW, NEW, done_address, table_labels
from liaison.web.place import crm_of, find_environment
from liaison.web.shell import Shell
from liaison.web.visit import Visit

SAVE = "save"


@dataclass(frozen=True)
class TemplatePage:
    """`delete` is empty for a template that is not there yet. `is_changed` says that the form is not what is saved."""

    template: ClassVar[str] = "template.html"
    shell: Shell
    title: str
    action: str
    preview: str
    back: str
    delete: str
    version: int
    form: ShownForm
    is_unsaved: bool
    problem: problems.Problem | None


@dataclass(frozen=True)
class Line:
    """One thing that will be made, and its name."""

    icon: str
    what: str
    name: str


@dataclass(frozen=True)
class NamesPage:
    """What the template makes of an example record; `record` is empty when there is none."""

    template: ClassVar[str] = "template_names.html"
    shell: Shell
    record: str
    lines: tuple[Line, ...]
    welcome: str
    columns: tuple[Column, ...]
    has_common_columns_only: bool


async def show(visit: Visit) -> Response:
    template = await _open(visit)
    return await _show(visit, template)


async def _open(visit: Visit) -> Template:
    """The template of the address, or a new one. Raises RoleMissing, TemplateUnknown."""
    require_system_administrator(await crm_of(visit).read_person())
    environment = find_environment(visit).key
    if visit.named("template") == NEW:
        return Template("", environment, "")
    return await read_template(environment, visit.named("template"), visit.person, visit.ports)


async def save(visit: Visit) -> Response:
    """Either everything is saved, or nothing, and the form stands as it was sent with what is wrong."""
    named, environment = visit.named("template"), find_environment(visit).key
    wanted = read_form(visit.form, "" if named == NEW else named, environment)
    act = visit.given("do")
    if act != SAVE:
        require_system_administrator(await crm_of(visit).read_person())
        return await _show(visit, wanted, empty=with_line(dict.fromkeys(ROWS, 0), act), is_unsaved=True)
    try:
        saved = await save_template(wanted, visit.person, visit.ports)
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        return await _show(visit, wanted, error, is_unsaved=True)
    return visit.go(done_address(visit, "saved", saved.name))


async def _show(
    visit: Visit,
    template: Template,
    error: LiaisonError | None = None,
    empty: Mapping[str, int] | None = None,
    *,
    is_unsaved: bool = False,
) -> Response:
    environment, by = find_environment(visit), visit.person
    title = template.name if template.id and template.name else visit.say("web.templates.new")
    shell, offered = await asyncio.gather(settings_shell(visit, environment, title), _offered(visit, by))
    where = settings_address(visit, BELOW, template.id or NEW)
    page = TemplatePage(
        shell=shell,
        title=title,
        action=where,
        preview=settings_address(visit, BELOW, template.id or NEW, "names"),
        back=settings_address(visit, BELOW),
        delete=settings_address(visit, BELOW, template.id, "delete") if template.id else "",
        version=template.version,
        form=show_form(template, offered, visit, error if isinstance(error, TemplateInvalid) else None, empty),
        is_unsaved=is_unsaved,
        problem=problems.explain(error, visit) if error else None,
    )
    return visit.answer(page, error.status if error else 200)


async def _offered(visit: Visit, by: Person) -> Offered:
    environment = find_environment(visit).key
    labels, choices = await asyncio.gather(table_labels(visit), read_team_choices(environment, by, visit.ports))
    try:
        teams = await visit.ports.teamwork(by).list_teams()
    except ConsentNotGranted:
        teams = ()
    return Offered(labels, teams, choices.labels)


async def preview(visit: Visit) -> Response:
    """The names that the form, as it stands, gives a record that the person had in hand last."""
    named, environment, by = visit.named("template"), find_environment(visit).key, visit.person
    template = read_form(visit.form, "" if named == NEW else named, environment)
    tables = template.tables or tuple(await table_labels(visit))
    team, (record, proposal), columns = await asyncio.gather(
        _team_name(template, visit),
        _example(template, tables, visit),
        list_columns(environment, template.tables, by, visit.ports),
    )
    return visit.answer(
        NamesPage(
            shell=visit.shell(""),
            record=record,
            lines=_lines(proposal, team or visit.say("web.templates.target.asked.title"), visit),
            welcome=proposal.extras.welcome,
            columns=(*_common_columns(visit), *(one for one in columns if one.name not in COMMON_COLUMNS)),
            has_common_columns_only=not columns,
        )
    )


def _common_columns(visit: Visit) -> tuple[Column, ...]:
    return tuple(Column(name, visit.say(f"web.templates.columns.{name}")) for name in (NAME, NUMBER))


async def _example(template: Template, tables: tuple[TableName, ...], visit: Visit) -> tuple[str, Proposal]:
    """A record's name and what the template makes of it; without one, what it makes of nothing but an invented name."""
    by, ports = visit.person, visit.ports
    try:
        found = await find_example(tables, template.environment, by, ports)
        if found is not None:
            return found.title, await propose(template, found.ref, by, ports)
    except (NotAllowed, NotFound, Upstream):
        pass  # an example is for comfort only
    return "", fill_template(template, {"name": visit.say("web.templates.example_name"), "number": "0001"})


async def _team_name(template: Template, visit: Visit) -> str:
    """Of the chosen team; empty when none is chosen or it cannot be read."""
    if template.team.target is not TeamTarget.EXISTING or not template.team.id:
        return ""
    try:
        return (await visit.ports.teamwork(visit.person).read_team(TeamId(template.team.id))).name
    except (ConsentNotGranted, NotAllowed, NotFound, Upstream):
        return ""


def _lines(proposal: Proposal, team: str, visit: Visit) -> tuple[Line, ...]:
    """`team` is said when the template makes none."""
    extras = proposal.extras
    found = [
        ("team", "team", proposal.team_name or team),
        ("channel", "channel", proposal.channel_name),
        *(("folder-open", "folder", folder) for folder in extras.folders),
        *(("channel", "further", channel.name) for channel in extras.channels),
        *(("tab", "tab", f"{tab.name} – {tab.address}") for tab in extras.tabs),
    ]
    return tuple(Line(icon, visit.say(f"web.templates.made.{what}"), name) for icon, what, name in found)
