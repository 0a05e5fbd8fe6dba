"""Which records went into one: those merged into it, and the lead that an opportunity comes from.

Merging moves what hangs on a record by a lookup. The row that ties a record to a channel knows it by id and type name
only, so that it stays with the merged record. Source: dataverse.md section 1.2; merge-dataverse-records.md; reference
of opportunity, `originatingleadid`.
"""

from __future__ import annotations

import asyncio

from liaison.dataverse.client import DataverseClient, read_row_call, read_rows_call
from liaison.dataverse.crm_following import MERGED_INTO
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.names import FORMATTED
from liaison.dataverse.query import read_guid
from liaison.domain.forerunners import Forerunner, Way
from liaison.domain.names import RecordRef, RowId, TableName
from liaison.errors import NotAllowed, RecordUnknown

_MERGED = frozenset({"account", "contact", "incident", "lead"})
_LEAD = "_originatingleadid_value"
_MOST, _DEEPEST = 20, 3


class DataverseForerunners:
    """As one person may see them; what they may not see is not told."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata) -> None:
        self._client, self._metadata = client, metadata

    async def list_forerunners(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        """One request, and one more for each generation that there is."""
        if ref.table == "opportunity":
            return await self._lead_of(ref)
        if ref.table not in _MERGED:
            return ()
        found: list[Forerunner] = []
        generation = [ref]
        for _ in range(_DEEPEST):
            layers = await asyncio.gather(*(self._merged_into(one) for one in generation))
            fresh = [one for layer in layers for one in layer]
            if not fresh:
                break
            found += fresh
            generation = [one.ref for one in fresh]
        return tuple(found)

    async def _merged_into(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        table, attributes = await self._metadata.describe(ref.table)
        record = read_guid(ref.id)
        if "masterid" not in attributes or not record:
            return ()
        query = {
            "$select": f"{table.id_column},{table.name_column}",
            "$filter": f"{MERGED_INTO} eq {record}",
            "$top": str(_MOST),
        }
        rows = await self._client.list_rows(read_rows_call(table.set_name, table.name, query))
        return tuple(
            Forerunner(
                RecordRef(ref.environment, ref.table, RowId(row.text(table.id_column))),
                row.opt_text(table.name_column),
                Way.MERGED,
            )
            for row in rows
        )

    async def _lead_of(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        table, attributes = await self._metadata.describe(ref.table)
        record = read_guid(ref.id)
        if "originatingleadid" not in attributes or not record:
            return ()
        try:
            row = await self._client.read(read_row_call(table.set_name, record, table.name, _LEAD))
        except (NotAllowed, RecordUnknown):
            return ()
        lead = row.opt_text(_LEAD)
        if not lead:
            return ()
        title = row.opt_text(f"{_LEAD}{FORMATTED}")
        return (Forerunner(RecordRef(ref.environment, TableName("lead"), RowId(lead)), title, Way.QUALIFIED),)
