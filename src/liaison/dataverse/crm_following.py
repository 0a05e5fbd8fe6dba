"""How records stand, many at once: owner, state, and what they were merged into; and where a record comes from.

Source: dataverse.md sections 1.6 and 5.3; merge-dataverse-records.md; reference of lead and opportunity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from liaison.dataverse.client import DataverseClient, read_rows_call
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.query import read_guid
from liaison.domain.following import Standing
from liaison.domain.names import RowId, TableName
from liaison.wire.wild import Wild

MERGED_INTO = "_masterid_value"
_IDS_AT_ONCE = 40


class DataverseFollowing:
    """Records that links follow, as one person may read them."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata) -> None:
        self._client, self._metadata = client, metadata

    async def read_standings(self, table: TableName, records: Sequence[RowId]) -> tuple[Standing, ...]:
        """Those of these records that the person may read, in no order; all in one request. Raises TableUnknown."""
        described, attributes = await self._metadata.describe(table)
        names = {"statecode": "statecode", "ownerid": "_ownerid_value", "masterid": MERGED_INTO}
        columns = [described.id_column, *(column for name, column in names.items() if name in attributes)]
        ids = [one for one in (read_guid(record) for record in dict.fromkeys(records)) if one]
        calls = []
        for start in range(0, len(ids), _IDS_AT_ONCE):
            condition = " or ".join(f"{described.id_column} eq {one}" for one in ids[start : start + _IDS_AT_ONCE])
            query = {"$select": ",".join(columns), "$filter": condition}
            calls.append(read_rows_call(described.set_name, table, query))
        pages = await asyncio.gather(*(self._client.list_rows(call) for call in calls))
        return tuple(_standing(row, described.id_column) for page in pages for row in page)


def _standing(row: Wild, id_column: str) -> Standing:
    return Standing(
        record=RowId(row.text(id_column)),
        owner=RowId(row.opt_text("_ownerid_value")),
        state=row.number("statecode") if row.has("statecode") else None,
        merged_into=RowId(row.opt_text(MERGED_INTO)),
    )
