"""What a person sees of the CRM: apps, tables, views, records, and the files' places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    EnvironmentKey,
    RecordRef,
    Regarding,
    RowId,
    TableName,
    TeamId,
    ViewId,
    ViewKind,
)
from liaison.errors import RoleMissing

SYSTEM_ADMINISTRATOR = "System Administrator"
GLOBAL_ADMINISTRATOR = "Global Administrator"
TEAMS_ADMINISTRATOR = "Teams Administrator"


@dataclass(frozen=True)
class Environment:
    """One Dataverse environment: its key in addresses, its name and its base address."""

    key: EnvironmentKey
    name: str
    address: str


@dataclass(frozen=True)
class CrmPerson:
    """The person as this environment knows them; roles are names of root roles."""

    id: RowId
    name: str
    roles: tuple[str, ...]
    is_system_administrator: bool
    sign_in_name: str = ""


def require_system_administrator(person: CrmPerson) -> None:
    """Raises RoleMissing."""
    if not person.is_system_administrator:
        raise RoleMissing(SYSTEM_ADMINISTRATOR)


@dataclass(frozen=True)
class App:
    """A model-driven app and the tables it shows, in order."""

    id: RowId
    unique_name: str
    name: str
    tables: tuple[TableName, ...]


@dataclass(frozen=True)
class Table:
    """A table as metadata describes it. `label` and `plural` are in the asker's language."""

    name: TableName
    set_name: str
    type_code: int
    label: str
    plural: str
    id_column: str
    name_column: str
    document_management: bool
    collaboration: bool


@dataclass(frozen=True)
class View:
    id: ViewId
    kind: ViewKind
    table: TableName
    name: str
    is_default: bool


@dataclass(frozen=True)
class Column:
    name: str
    label: str


@dataclass(frozen=True)
class Order:
    """By which of a view's columns its rows are sorted."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Cell:
    """A value as it is shown; `target` is the record it leads to when it is a lookup."""

    text: str
    target: RecordRef | None = None


@dataclass(frozen=True)
class GridRow:
    record: RecordRef
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """One page of a view. `next_page` is an opaque mark to ask for the next page, empty on the last."""

    view: View
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]
    next_page: str
    total: int | None = None


@dataclass(frozen=True)
class Field:
    label: str
    cell: Cell


@dataclass(frozen=True)
class Record:
    """A record's main columns. `stage` is its status in words, `owner` its owner's name."""

    ref: RecordRef
    title: str
    stage: str
    owner: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class LinkRows:
    """The rows by which a record's link is known in Dataverse."""

    location: RowId
    association: RowId
    note: RowId


@dataclass(frozen=True)
class Note:
    """An entry of the record's timeline."""

    id: RowId
    subject: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Association:
    """The row that ties a record to a channel, as Dataverse keeps it; made by Liaison or by Microsoft's button."""

    id: RowId
    regarding: Regarding
    team: TeamId
    team_name: str
    team_thread: str
    channel: ChannelId
    channel_name: str
    channel_kind: ChannelKind
    site_address: str
    folder_path: str
    tenant: str
    app: str = ""
    entity: str = ""
    content_address: str = ""
    web_address: str = ""
    made_at: datetime | None = None


class PlaceKind(StrEnum):
    SHAREPOINT = "sharepoint"
    TEAMS = "teams"


@dataclass(frozen=True)
class Location:
    """A document location of a record: where some of its files are kept."""

    id: RowId
    name: str
    kind: PlaceKind
    address: str
    """Absolute address of the folder, composed from the parents."""


def folder_key(site_address: str, folder_path: str) -> str:
    """By which a channel's folder and a document location are known to be the same place."""
    host = site_address.split("://", 1)[-1].split("/", 1)[0]
    return place_key(f"https://{host}{folder_path}")


def place_key(address: str) -> str:
    """The same of an absolute address."""
    return address.split("://", 1)[-1].rstrip("/").replace("%20", " ").casefold()
