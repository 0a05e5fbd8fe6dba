"""A template as a form: what was sent, and what the form shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import FormData

from liaison.domain.closing import OnClose
from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.filling import MOST_OF_A_KIND
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, TableName
from liaison.domain.teams import Label, Team
from liaison.domain.template import TeamTarget, Template, TemplateTeam
from liaison.errors import TemplateInvalid
from liaison.web.visit import Visit

Choice = TypeVar("Choice", TeamTarget, TeamPrivacy, ChannelKind)
ROWS = ("folders", "channels", "tabs")


@dataclass(frozen=True)
class Input:
    """One value as it stands in the form, and what is wrong with it."""

    value: str
    wrong: str = ""


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    is_chosen: bool
    detail: str = ""


@dataclass(frozen=True)
class TableLine:
    name: str
    label: str
    is_for: bool
    is_default: bool


@dataclass(frozen=True)
class ChannelLine:
    name: Input
    kinds: tuple[Option, ...]


@dataclass(frozen=True)
class TabLine:
    name: Input
    address: Input


@dataclass(frozen=True)
class ShownForm:
    """Every field of the form. `blank_channel` is a line as it is added."""

    name: Input
    tables: tuple[TableLine, ...]
    tables_wrong: str
    targets: tuple[Option, ...]
    teams: tuple[Option, ...]
    team_wrong: str
    new_team: Input
    privacies: tuple[Option, ...]
    labels: tuple[Option, ...]
    channel_name: Input
    kinds: tuple[Option, ...]
    archives: bool
    folders: tuple[Input, ...]
    channels: tuple[ChannelLine, ...]
    tabs: tuple[TabLine, ...]
    rows_wrong: Mapping[str, str]
    blank_channel: ChannelLine
    welcome: Input
    most: int


@dataclass(frozen=True)
class Offered:
    """What the form offers to choose from: tables and what they are called, teams, labels."""

    tables: Mapping[TableName, str]
    teams: tuple[Team, ...]
    labels: tuple[Label, ...]


def read_form(sent: FormData, template: str, environment: EnvironmentKey) -> Template:
    """The template that the form means; lines without a word are left out, and nothing has been checked."""

    def one(name: str) -> str:
        value = sent.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def many(name: str) -> list[str]:
        return [value.strip() for value in sent.getlist(name) if isinstance(value, str)]

    target = _known(TeamTarget, one("target"), TeamTarget.ASKED)
    is_new, existing = target is TeamTarget.NEW, one("team") if target is TeamTarget.EXISTING else ""
    team = TemplateTeam(
        target,
        existing,
        one("new_team") if is_new else "",
        _known(TeamPrivacy, one("privacy"), TeamPrivacy.PRIVATE),
        one("label") if is_new else "",
    )
    channels = zip(many("further_name"), many("further_kind"), strict=False)
    tabs = zip(many("tab_name"), many("tab_address"), strict=False)
    version = one("version")
    return Template(
        id=template,
        environment=environment,
        name=one("name"),
        tables=_tables(many("tables")),
        default_of=_tables(many("default_of")),
        team=team,
        channel_name=one("channel_name"),
        channel_kind=_known(ChannelKind, one("channel_kind"), ChannelKind.STANDARD),
        extras=Extras(
            folders=tuple(folder for folder in many("folder") if folder),
            channels=tuple(
                ExtraChannel(name, _known(ChannelKind, kind, ChannelKind.STANDARD)) for name, kind in channels if name
            ),
            tabs=tuple(WebsiteTab(name, address) for name, address in tabs if name or address),
            welcome=one("welcome").replace("\r\n", "\n"),
        ),
        on_close=OnClose.ARCHIVE if one("archive") == "yes" else OnClose.KEEP,
        version=int(version) if version.isdecimal() else 0,
    )


def _tables(names: Iterable[str]) -> tuple[TableName, ...]:
    return tuple(TableName(name) for name in dict.fromkeys(names) if name)


def _known(kind: type[Choice], text: str, otherwise: Choice) -> Choice:
    return kind(text) if text in {one.value for one in kind} else otherwise


def with_line(lines: Mapping[str, int], act: str) -> dict[str, int]:
    """How many empty lines each list shows, after `add-…` was asked for without a script."""
    kind = act.removeprefix("add-")
    return {**lines, kind: lines[kind] + 1} if act.startswith("add-") and kind in lines else dict(lines)


def show_form(
    template: Template,
    offered: Offered,
    visit: Visit,
    error: TemplateInvalid | None = None,
    empty: Mapping[str, int] | None = None,
) -> ShownForm:
    """`empty` is how many empty lines each list shows."""
    wrong = {row.id: visit.say(f"fault.{row.detail}") for row in error.rows} if error else {}
    blank, team, extras = empty or {}, template.team, template.extras

    def put(place: str, value: str) -> Input:
        return Input(value, wrong.get(place, ""))

    folders = [put(f"folders.{number}", folder) for number, folder in enumerate(extras.folders)]
    channels = [
        ChannelLine(put(f"channels.{number}.name", one.name), _kinds(one.kind, visit))
        for number, one in enumerate(extras.channels)
    ]
    tabs = [
        TabLine(put(f"tabs.{number}.name", one.name), put(f"tabs.{number}.address", one.address))
        for number, one in enumerate(extras.tabs)
    ]
    blank_channel = ChannelLine(Input(""), _kinds(ChannelKind.STANDARD, visit))
    return ShownForm(
        name=put("name", template.name),
        tables=_table_lines(template, offered.tables),
        tables_wrong=wrong.get("tables", "") or wrong.get("default_of", ""),
        targets=tuple(
            Option(
                one.value,
                visit.say(f"web.templates.target.{one.value}.title"),
                one is team.target,
                visit.say(f"web.templates.target.{one.value}.text"),
            )
            for one in TeamTarget
        ),
        teams=_teams(template, offered.teams),
        team_wrong=wrong.get("team.id", ""),
        new_team=put("team.name", team.name if team.target is TeamTarget.NEW else ""),
        privacies=tuple(
            Option(one.value, visit.say(f"web.connect.privacy.{one.value}.title"), one is team.privacy)
            for one in TeamPrivacy
        ),
        labels=tuple(Option(one.id, one.name, one.id == team.label) for one in offered.labels),
        channel_name=put("channel_name", template.channel_name),
        kinds=_kinds(template.channel_kind, visit),
        archives=template.on_close is OnClose.ARCHIVE,
        folders=(*folders, *(Input("") for _ in range(blank.get("folders", 0)))),
        channels=(*channels, *(blank_channel for _ in range(blank.get("channels", 0)))),
        tabs=(*tabs, *(TabLine(Input(""), Input("")) for _ in range(blank.get("tabs", 0)))),
        rows_wrong={kind: wrong.get(kind, "") for kind in ROWS},
        blank_channel=blank_channel,
        welcome=put("welcome", extras.welcome),
        most=MOST_OF_A_KIND,
    )


def _table_lines(template: Template, labels: Mapping[TableName, str]) -> tuple[TableLine, ...]:
    """Those of the template first, then the others that may be linked."""
    kept: Collection[TableName] = (*template.tables, *template.default_of)
    names = {**{table: labels.get(table, table) for table in kept}, **labels}
    return tuple(
        TableLine(name, label, name in template.tables, name in template.default_of) for name, label in names.items()
    )


def _teams(template: Template, teams: tuple[Team, ...]) -> tuple[Option, ...]:
    """The person's own, and that of the template."""
    team = template.team
    found = tuple(Option(one.id, one.name, one.id == team.id) for one in teams if not one.is_archived)
    if team.target is TeamTarget.EXISTING and team.id and all(one.value != team.id for one in found):
        return (Option(str(team.id), team.name or str(team.id), is_chosen=True), *found)
    return found


def _kinds(chosen: ChannelKind, visit: Visit) -> tuple[Option, ...]:
    return tuple(Option(one.value, visit.say(f"web.channel.{one.value}"), one is chosen) for one in ChannelKind)
