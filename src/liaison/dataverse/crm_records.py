"""Single records, searches by name, and timeline entries."""

from __future__ import annotations

import asyncio

from liaison.dataverse.client import (
    Call,
    DataverseClient,
    create_call,
    read_row_call,
    read_rows_call,
    remove_call,
)
from liaison.dataverse.crm_views import DataverseViews
from liaison.dataverse.metadata import Attribute, DataverseMetadata
from liaison.dataverse.names import NOTES
from liaison.dataverse.query import contains, equals, read_guid
from liaison.dataverse.rows import read_note, read_record
from liaison.domain.crm import Note, Record, Table
from liaison.domain.link import Link
from liaison.domain.names import RecordRef, RowId, TableName
from liaison.errors import RecordUnknown

MOST_FIELDS = 16
_PREFERRED = (
    "customerid",
    "parentaccountid",
    "parentcontactid",
    "parentcustomerid",
    "primarycontactid",
    "estimatedvalue",
    "estimatedclosedate",
    "totalamount",
    "ticketnumber",
    "prioritycode",
    "emailaddress1",
    "telephone1",
    "statuscode",
    "ownerid",
    "createdon",
    "modifiedon",
)
_ALWAYS = ("statecode", "statuscode", "ownerid")


class DataverseRecords:
    """Source: dataverse.md sections 1.6, 1.7 and 5.2."""

    def __init__(
        self, client: DataverseClient, metadata: DataverseMetadata, views: DataverseViews, language: str
    ) -> None:
        self._client = client
        self._metadata = metadata
        self._views = views
        self._language = language

    async def read_record(self, ref: RecordRef) -> Record:
        """Raises RecordUnknown, PrivilegeMissing, TableUnknown."""
        row_id = read_guid(ref.id)
        if not row_id:
            raise RecordUnknown(ref.table, ref.id)
        table, shown, select = await self.describe_main(ref.table)
        row = await self._client.read(read_row_call(table.set_name, row_id, table.name, select))
        return read_record(row, table, shown, ref.environment, self._language)

    async def find_records(self, table: TableName, asked: str, limit: int = 10) -> tuple[Record, ...]:
        """By id, by exact name, by part of the name: the first that finds something."""
        asked, row_id = asked.strip(), read_guid(asked)
        if row_id:
            try:
                return (await self.read_record(RecordRef(self._client.environment.key, table, RowId(row_id))),)
            except RecordUnknown:
                return ()
        described = await self.describe_main(table)
        name = described[0].name_column
        if not asked or not name:
            return ()
        exact = await self._search(described, equals(name, asked), limit)
        return exact or await self._search(described, contains(name, asked), limit)

    async def _search(
        self, described: tuple[Table, tuple[Attribute, ...], str], condition: str, limit: int
    ) -> tuple[Record, ...]:
        table, shown, select = described
        query = {
            "$select": select,
            "$filter": condition,
            "$orderby": table.name_column,
            "$top": str(max(1, min(limit, 100))),
        }
        rows = await self._client.list_rows(read_rows_call(table.set_name, table.name, query))
        environment = self._client.environment.key
        return tuple(read_record(row, table, shown, environment, self._language) for row in rows)

    async def describe_main(self, table: TableName) -> tuple[Table, tuple[Attribute, ...], str]:
        """The table, the columns to show, and everything to select.

        Shown are the columns of the default view, then those that say whose the record is, what it is worth, in which
        state it is and when it changed.
        """
        (found, attributes), layout = await asyncio.gather(
            self._metadata.describe(table), self._views.default_layout(table)
        )
        named = dict.fromkeys((*layout, *_PREFERRED))
        shown = [attributes[name] for name in named if name in attributes and name != found.name_column]
        always = [attributes[name] for name in _ALWAYS if name in attributes]
        shown = shown[:MOST_FIELDS]
        select = dict.fromkeys([found.id_column, found.name_column, *(one.selected for one in (*shown, *always))])
        return found, tuple(shown), ",".join(name for name in select if name)

    async def list_notes(self, ref: RecordRef, limit: int = 20) -> tuple[Note, ...]:
        """The newest first."""
        row_id = read_guid(ref.id)
        if not row_id:
            raise RecordUnknown(ref.table, ref.id)
        query = {
            "$select": "annotationid,subject,notetext,createdon,_createdby_value",
            "$filter": f"_objectid_value eq {row_id}",
            "$orderby": "createdon desc",
            "$top": str(max(1, min(limit, 250))),
        }
        rows = await self._client.list_rows(read_rows_call(NOTES, "annotation", query))
        return tuple(read_note(row) for row in rows)

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        """Made under the link's own id for that kind, so that it exists once."""
        table, _ = await self._metadata.describe(link.regarding.table)
        await self._client.send(note_call(link, table, kind, subject, text))
        return link.row_id(f"note/{kind}")

    async def remove_note(self, row: RowId) -> None:
        await remove_row(self._client, NOTES, "annotation", row)


def note_call(link: Link, table: Table, kind: str, subject: str, text: str) -> Call:
    """Makes the link's timeline entry of that kind, under the link's own id for it."""
    body = {
        "subject": subject,
        "notetext": text,
        f"objectid_{table.name}@odata.bind": f"/{table.set_name}({link.regarding.id})",
    }
    return create_call(NOTES, "annotation", link.row_id(f"note/{kind}"), body)


async def remove_row(client: DataverseClient, rows: str, table: str, row: RowId) -> None:
    """Absent already is done."""
    await client.send(remove_call(rows, table, row))
