"""Documents of the pages in Teams: forms, rows of a view, channels, and what is pinned there."""

from __future__ import annotations

from pydantic import Field

from liaison.api.shapes import ConnectionShape, LinkShape, RecordDetail, Shape
from liaison.domain.form import FieldKind
from liaison.domain.names import ChannelKind, ViewKind


class OptionShape(Shape):
    value: str
    label: str


class FormFieldShape(Shape):
    """One column of a record's form."""

    name: str
    label: str
    kind: FieldKind
    value: str
    """As an input shows it: plain digits, an ISO date or moment in UTC, a choice’s number, true or false."""
    text: str
    """The same in words."""
    is_editable: bool
    is_required: bool
    longest: int
    """Most characters, 0 for no limit."""
    lowest: float | None
    highest: float | None
    precision: int
    options: tuple[OptionShape, ...]


class FormShape(Shape):
    """A record’s main columns at one version."""

    environment: str
    table: str
    record: str
    title: str
    stage: str
    owner: str
    version: str
    """Send it back in If-Match with a change; the change is refused when somebody saved in between."""
    may_write: bool
    fields: tuple[FormFieldShape, ...]


class FormBody(Shape):
    """New values of a form’s columns, as its inputs show them."""

    changes: dict[str, str] = Field(max_length=100)


class ViewShape(Shape):
    environment: str
    table: str
    id: str
    kind: ViewKind
    name: str
    is_default: bool


class Views(Shape):
    items: tuple[ViewShape, ...]


class ViewConnections(Shape):
    view: ViewShape
    items: tuple[ConnectionShape, ...]


class ColumnShape(Shape):
    name: str
    label: str


class CellShape(Shape):
    text: str


class GridRowShape(Shape):
    id: str
    title: str
    address: str
    """Where a browser opens the record."""
    cells: tuple[CellShape, ...]


class GridShape(Shape):
    """One page of a view."""

    view: str
    columns: tuple[ColumnShape, ...]
    rows: tuple[GridRowShape, ...]
    next: str | None
    total: int | None
    """How many rows there are in all, when the service counts so far."""


class TabShape(Shape):
    """What a link’s tab in Teams shows: the form of its record, or its view, whose rows are asked for apart."""

    link: LinkShape
    record: RecordDetail | None
    form: FormShape | None
    view: ViewShape | None
    address: str
    """Where a browser opens the record or view."""
    documents: str | None
    """Where a browser opens the record’s files."""


class AppTable(Shape):
    """A table of an app whose records and views can be linked."""

    name: str
    label: str
    plural: str


class AppShape(Shape):
    unique_name: str
    name: str
    tables: tuple[AppTable, ...]


class Apps(Shape):
    """The apps of an environment, with the tables that are on for linking."""

    is_on: bool
    """Is linking on in the environment at all?"""
    items: tuple[AppShape, ...]


class PinnedShape(Shape):
    """Something that a channel is tied to; without a title for whoever may not see it."""

    title: str
    environment: str
    table: str
    id: str
    is_view: bool
    entity: str
    """The entity id of its tab, when one is known."""


class ChannelPlaceShape(Shape):
    """A channel as Teams says, and what it is tied to in one environment."""

    team: str
    team_name: str
    channel: str
    channel_name: str
    channel_kind: ChannelKind
    pinned: tuple[PinnedShape, ...]


class ViewChoice(Shape):
    id: str = Field(max_length=36)
    kind: ViewKind = ViewKind.SYSTEM


class PinBody(Shape):
    """What a person chose in the tab’s configuration, and the channel that Teams says it is in."""

    environment: str = Field(max_length=100)
    table: str = Field(max_length=128)
    record: str | None = Field(default=None, max_length=36)
    view: ViewChoice | None = None
    share_view: bool = False
    """The agreement to share a personal view with the channel’s people."""
    team: str = Field(default="", max_length=36)
    """Empty in a private channel, where Teams does not say it."""
    channel: str = Field(max_length=200)


class PinShape(Shape):
    """The link, and the settings of its tab as Teams keeps them."""

    link: LinkShape
    entity: str
    name: str
    content_address: str
    website_address: str
    remove_address: str


class AttemptShape(Shape):
    """One way through sign-in and consent in a window of its own."""

    id: str
    is_done: bool
