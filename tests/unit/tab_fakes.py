"""What the pages in Teams ask of the CRM, in memory: forms with versions, views, recent records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from liaison.domain.crm import App, Association, Cell, Column, Grid, GridRow, Order, Record, Table, View
from liaison.domain.form import Change, FieldKind, Form, FormField, Option
from liaison.domain.names import (
    ChannelId,
    EnvironmentKey,
    Person,
    RecordRef,
    RowId,
    TableName,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.errors import PrivilegeMissing, RecordChanged, ViewUnknown

if TYPE_CHECKING:
    from tests.unit.api_fakes import World

OPEN_DEALS = ViewId("77777777-7777-4777-8777-777777777777")
FIELDS = (
    FormField("name", "Topic", FieldKind.TEXT, "", "", is_editable=True, is_required=True, longest=40),
    FormField("value", "Value", FieldKind.DECIMAL, "120000", "€120,000", is_editable=True, lowest=0, precision=2),
    FormField("rating", "Rating", FieldKind.CHOICE, "1", "Hot", is_editable=True, options=(Option(1, "Hot"),)),
    FormField("key", "Key deal", FieldKind.YES_NO, "false", "No", options=(Option(0, "No"), Option(1, "Yes"))),
)


@dataclass
class Forms:
    """Versions and values of records that were changed; `readers_only` may not write."""

    versions: dict[RecordRef, int] = field(default_factory=dict)
    values: dict[tuple[RecordRef, str], str] = field(default_factory=dict)
    readers_only: set[str] = field(default_factory=set)
    view_readers: set[str] = field(default_factory=set)
    recent: list[RecordRef] = field(default_factory=list)


class FakeForms:
    """A part of the fake CRM."""

    world: World
    by: Person
    key: EnvironmentKey

    async def read_record(self, ref: RecordRef) -> Record:
        raise NotImplementedError

    async def read_table(self, table: TableName) -> Table:
        raise NotImplementedError

    async def list_apps(self) -> tuple[App, ...]:
        tables = (TableName("opportunity"), TableName("account"), TableName("task"))
        return (App(RowId("app-1"), "sales_hub", "Sales Hub", tables),)

    async def list_views(self, table: TableName) -> tuple[View, ...]:
        await self.read_table(table)
        return (View(OPEN_DEALS, ViewKind.SYSTEM, table, "Open deals", is_default=True),)

    async def read_view(self, ref: ViewRef) -> View:
        if ref.id != OPEN_DEALS or self.by.id not in self.world.forms.view_readers:
            raise ViewUnknown(ref.id)
        return (await self.list_views(ref.table))[0]

    async def read_grid(
        self, view: View, search: str = "", page: str = "", size: int = 50, order: Order | None = None
    ) -> Grid:
        self.world.touch("crm.read_grid")
        readable = [ref for ref, (_, readers) in self.world.records.items() if self.by.id in readers]
        rows = [(self.world.records[ref][0], ref) for ref in readable]
        rows.sort(key=lambda row: row[0], reverse=order is not None and order.descending)
        shown = tuple(GridRow(ref, title, (Cell(title),)) for title, ref in rows)
        return Grid(replace(view, name="Open deals"), (Column("name", "Topic"),), shown, "", len(shown))

    async def list_recent(self, tables: Sequence[TableName], limit: int = 10) -> tuple[Record, ...]:
        mine = [ref for ref in self.world.forms.recent if ref.table in tables]
        return tuple([await self.read_record(ref) for ref in mine[:limit]])

    async def read_form(self, ref: RecordRef) -> Form:
        record = await self.read_record(ref)
        forms = self.world.forms
        may_write = self.by.id not in forms.readers_only
        first = replace(FIELDS[0], value=record.title, text=record.title)
        fields = tuple(
            replace(
                one,
                value=forms.values.get((ref, one.name), one.value),
                is_editable=one.is_editable and may_write,
            )
            for one in (first, *FIELDS[1:])
        )
        version = f'W/"{forms.versions.get(ref, 1)}"'
        return Form(ref, record.title, record.stage, record.owner, fields, version, may_write)

    async def update_record(self, ref: RecordRef, changes: Sequence[Change], version: str) -> None:
        self.world.touch("crm.update_record")
        forms = self.world.forms
        if self.by.id in forms.readers_only:
            raise PrivilegeMissing("prvWriteOpportunity", ref.table)
        now = forms.versions.get(ref, 1)
        if version != f'W/"{now}"':
            raise RecordChanged(ref.table, ref.id)
        forms.versions[ref] = now + 1
        forms.values |= {(ref, change.name): str(change.value) for change in changes}

    async def list_channel_associations(self, channel: ChannelId) -> tuple[Association, ...]:
        rows = [row for found in self.world.associations.values() for row in found]
        return tuple(row for row in rows if row.channel == channel)
