"""A template: where records of a table go by default, and what is made there beside the channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liaison.domain.closing import OnClose
from liaison.domain.extras import NO_EXTRAS, Extras
from liaison.domain.link import NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, TableName, TeamId

ANY_NAME = "{name}"
"""The name template that gives the record's own name."""


class TeamTarget(StrEnum):
    """Into which team a record goes."""

    ASKED = "asked"
    """The person chooses."""
    EXISTING = "existing"
    NEW = "new"


@dataclass(frozen=True)
class TemplateTeam:
    """Of an existing team `id` and `name` are its own; of a new one `name` is a name template."""

    target: TeamTarget = TeamTarget.ASKED
    id: TeamId | str = ""
    name: str = ""
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    label: str = ""


@dataclass(frozen=True)
class Template:
    """Defaults for connecting records. `tables` empty means every table; `version` counts saves.

    Names hold columns of the record in braces: `{name}`, `{number}`, or a column's logical name.
    """

    id: str
    environment: EnvironmentKey
    name: str
    tables: tuple[TableName, ...] = ()
    default_of: tuple[TableName, ...] = ()
    """The tables whose records get it unless the person chooses otherwise."""
    team: TemplateTeam = TemplateTeam()
    channel_name: str = ANY_NAME
    channel_kind: ChannelKind = ChannelKind.STANDARD
    extras: Extras = NO_EXTRAS
    on_close: OnClose = OnClose.KEEP
    """What becomes of a channel that was made with it when its record is closed."""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    def fits(self, table: TableName) -> bool:
        return not self.tables or table in self.tables

    @property
    def name_templates(self) -> tuple[str, ...]:
        """Every text in which columns may stand."""
        extras = self.extras
        new_team = (self.team.name,) if self.team.target is TeamTarget.NEW else ()
        tabs = tuple(text for tab in extras.tabs for text in (tab.name, tab.address))
        channels = tuple(channel.name for channel in extras.channels)
        return (*new_team, self.channel_name, *channels, *extras.folders, *tabs, extras.welcome)


@dataclass(frozen=True)
class Proposal:
    """A template filled with one record's values: what connecting will use unless the person changes it.

    `team` is None when the person is asked.
    """

    template: Template
    team: TeamId | NewTeam | None
    team_name: str
    channel_name: str
    channel_kind: ChannelKind
    extras: Extras


def template_for(templates: tuple[Template, ...], table: TableName) -> Template | None:
    """The default of a table."""
    return next((one for one in templates if table in one.default_of), None)


def without_default(template: Template, tables: tuple[TableName, ...]) -> Template:
    """The template when another one has become the default of these tables."""
    return replace(template, default_of=tuple(table for table in template.default_of if table not in tables))
