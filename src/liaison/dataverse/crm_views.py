"""Views and their grids."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liaison.dataverse.client import DataverseClient, read_row_call, read_rows_call
from liaison.dataverse.fetch import Fetch, LayoutCell, PageMark, read_cookie, read_layout, read_page_mark
from liaison.dataverse.metadata import Attribute, DataverseMetadata
from liaison.dataverse.names import (
    MORE_RECORDS,
    PAGING_COOKIE,
    PERSONAL_VIEWS,
    SYSTEM_VIEWS,
    TOTAL_COUNT,
    TOTAL_EXCEEDED,
)
from liaison.dataverse.query import equals, is_name, read_guid
from liaison.dataverse.rows import read_cell, read_view
from liaison.domain.crm import Column, Grid, GridRow, Order, Table, View
from liaison.domain.names import RecordRef, RowId, TableName, ViewKind, ViewRef
from liaison.errors import RecordUnknown, TableUnknown, ViewUnknown
from liaison.wire.wild import Wild

LARGEST_PAGE = 1_000
_SETS = {ViewKind.SYSTEM: (SYSTEM_VIEWS, "savedquery"), ViewKind.PERSONAL: (PERSONAL_VIEWS, "userquery")}


class DataverseViews:
    """Source: dataverse.md sections 1.7 and 5.5."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata, language: str) -> None:
        self._client = client
        self._metadata = metadata
        self._language = language

    async def list_views(self, table: TableName) -> tuple[View, ...]:
        """The default first, then system views, then the person's own, each by name."""
        if not is_name(table):
            raise TableUnknown(table)
        system, personal = await asyncio.gather(
            self._list(ViewKind.SYSTEM, table), self._list(ViewKind.PERSONAL, table)
        )
        order = {ViewKind.SYSTEM: 0, ViewKind.PERSONAL: 1}
        return tuple(
            sorted((*system, *personal), key=lambda view: (not view.is_default, order[view.kind], view.name.casefold()))
        )

    async def _list(self, kind: ViewKind, table: TableName) -> list[View]:
        rows, name = _SETS[kind]
        default = ",isdefault" if kind is ViewKind.SYSTEM else ""
        query = {
            "$select": f"name,returnedtypecode{default}",
            "$filter": f"{equals('returnedtypecode', table)} and querytype eq 0 and statecode eq 0",
        }
        return [read_view(row, kind) for row in await self._client.list_rows(read_rows_call(rows, name, query))]

    async def read_view(self, ref: ViewRef) -> View:
        """Raises ViewUnknown."""
        rows, name = _SETS[ref.kind]
        view_id = read_guid(ref.id)
        if not view_id:
            raise ViewUnknown(ref.id)
        default = ",isdefault" if ref.kind is ViewKind.SYSTEM else ""
        try:
            stored = await self._client.read(read_row_call(rows, view_id, name, f"name,returnedtypecode{default}"))
        except RecordUnknown:
            raise ViewUnknown(ref.id) from None
        return read_view(stored, ref.kind)

    async def default_layout(self, table: TableName) -> tuple[str, ...]:
        """Columns of the table itself in its default view, perhaps from the shelf; none when there is no such view."""
        kept = self._metadata.shelf.find_layout(table)
        if kept is not None:
            return kept
        query = {
            "$select": "layoutxml",
            "$filter": f"{equals('returnedtypecode', table)} and querytype eq 0 and isdefault eq true",
        }
        rows = await self._client.list_rows(read_rows_call(SYSTEM_VIEWS, "savedquery", query))
        cells = read_layout(rows[0].opt_text("layoutxml")) if rows else ()
        columns = tuple(cell.name for cell in cells if not cell.alias)
        self._metadata.shelf.put_layout(table, columns)
        return columns

    async def read_grid(
        self, view: View, search: str = "", page: str = "", size: int = 50, order: Order | None = None
    ) -> Grid:
        """The view's own query, one page of it, in the view's order or by one of its columns. Raises ViewUnknown."""
        mark, size = read_page_mark(page), max(1, min(size, LARGEST_PAGE))
        stored, table, attributes = await self._open(view)
        fetch = Fetch(stored.text("fetchxml"))
        cells = read_layout(stored.opt_text("layoutxml"))
        if order is not None and any(cell.name == order.column for cell in cells):
            fetch.order_by(order.column, descending=order.descending)
        fetch.include((table.id_column, table.name_column, *(cell.name for cell in cells if not cell.alias)))
        if search.strip() and table.name_column:
            fetch.narrow(table.name_column, search.strip())
        fetch.turn_to(mark, size)
        answer = await self._client.read(read_rows_call(table.set_name, table.name, {"fetchXml": fetch.write()}))
        columns = tuple([Column(cell.name, await self._label(cell, attributes, fetch)) for cell in cells])
        rows = tuple(self._row(row, table, cells) for row in answer.list("value"))
        named = replace(view, name=stored.text("name"), table=table.name)
        return Grid(named, columns, rows, _next_page(answer, mark), _total(answer))

    async def _open(self, view: View) -> tuple[Wild, Table, dict[str, Attribute]]:
        rows, name = _SETS[view.kind]
        view_id = read_guid(view.id)
        if not view_id:
            raise ViewUnknown(view.id)
        try:
            stored = await self._client.read(
                read_row_call(rows, view_id, name, "name,fetchxml,layoutxml,returnedtypecode")
            )
        except RecordUnknown:
            raise ViewUnknown(view.id) from None
        table, attributes = await self._metadata.describe(TableName(stored.text("returnedtypecode")))
        return stored, table, attributes

    async def _label(self, cell: LayoutCell, attributes: dict[str, Attribute], fetch: Fetch) -> str:
        """A linked table's column is labelled by that table's metadata."""
        if cell.alias:
            linked = fetch.linked_tables().get(cell.alias, "")
            attributes = (await self._metadata.describe(TableName(linked)))[1] if linked else {}
        found = attributes.get(cell.column)
        return found.label(self._language) if found else cell.column

    def _row(self, row: Wild, table: Table, cells: tuple[LayoutCell, ...]) -> GridRow:
        environment = self._client.environment.key
        ref = RecordRef(environment, table.name, RowId(row.text(table.id_column)))
        title = row.opt_text(table.name_column) if table.name_column else ""
        return GridRow(ref, title, tuple(read_cell(row, cell.name, environment) for cell in cells))


def _next_page(answer: Wild, mark: PageMark) -> str:
    if not answer.opt_flag(MORE_RECORDS):
        return ""
    return PageMark(mark.number + 1, read_cookie(answer.opt_text(PAGING_COOKIE))).write()


def _total(answer: Wild) -> int | None:
    """The service counts to 5,000 and then says only that there are more."""
    total = answer.opt_number(TOTAL_COUNT, otherwise=-1)
    return None if total < 0 or answer.opt_flag(TOTAL_EXCEEDED) else total
