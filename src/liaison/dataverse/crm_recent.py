"""The records that a person had in hand last: what the CRM's own client noted, then what they changed themselves.

The client keeps, for each person and table, a list of what was opened, as XML. It is undocumented beyond the column's
name, so it is read with care: whatever cannot be read is left out, and every record is asked for with the person's own
rights. Source: userentityuisettings table reference (recentlyviewedxml).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from liaison.dataverse.client import read_rows_call
from liaison.dataverse.desk import Desk
from liaison.dataverse.query import read_guid
from liaison.dataverse.rows import read_record
from liaison.domain.crm import Record
from liaison.domain.names import RecordRef, RowId, TableName
from liaison.errors import NotAllowed, NotFound, UpstreamRefused

SETTINGS = "userentityuisettingscollection"
MOST_OPENED = 40
_LONGEST_LIST = 200_000
_FORMATS = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Opened:
    """A record that was opened, by its table's type code, and when."""

    code: int
    id: str
    at: datetime


class DataverseRecent:
    def __init__(self, desk: Desk) -> None:
        self._client, self._metadata, self._language = desk.client, desk.metadata, desk.language
        self._records, self._people = desk.records, desk.people

    async def list_recent(self, tables: Sequence[TableName], limit: int = 10) -> tuple[Record, ...]:
        """Records of these tables, the latest first; fewer when there are fewer that the person may read."""
        user = await self._people.read_user()
        opened = await self._opened(user, tables)
        found = await self._read(opened, limit)
        if len(found) < limit:
            known = {record.ref for record in found}
            changed = await asyncio.gather(*(self._changed(table, user, limit) for table in tables))
            latest = sorted((pair for one in changed for pair in one), key=lambda pair: pair[0], reverse=True)
            found += [record for _, record in latest if record.ref not in known]
        return tuple(found[:limit])

    async def _opened(self, user: str, tables: Sequence[TableName]) -> list[RecordRef]:
        query = {"$select": "recentlyviewedxml", "$filter": f"_ownerid_value eq {user}"}
        try:
            rows = await self._client.list_rows(read_rows_call(SETTINGS, "userentityuisettings", query))
        except (NotFound, NotAllowed, UpstreamRefused):
            return []  # a list for comfort only: what the person changed is still there
        described = await self._metadata.list_tables(tables)
        by_code = {table.type_code: table.name for table in described}
        items = [item for row in rows for item in read_opened(row.opt_text("recentlyviewedxml"))]
        latest = sorted(items, key=lambda item: item.at, reverse=True)
        environment = self._client.environment.key
        refs = (RecordRef(environment, by_code[item.code], RowId(item.id)) for item in latest if item.code in by_code)
        return list(dict.fromkeys(refs))[:MOST_OPENED]

    async def _read(self, refs: Sequence[RecordRef], limit: int) -> list[Record]:
        """Those that are still there and open to the person, in the order given, read a table at a time."""
        by_table: dict[TableName, list[str]] = {}
        for ref in refs:
            by_table.setdefault(ref.table, []).append(ref.id)
        found = await asyncio.gather(*(self._of_table(table, ids) for table, ids in by_table.items()))
        by_ref = {record.ref: record for records in found for record in records}
        return [by_ref[ref] for ref in refs if ref in by_ref][:limit]

    async def _of_table(self, table: TableName, ids: Iterable[str]) -> list[Record]:
        described, _ = await self._metadata.describe(table)
        condition = " or ".join(f"{described.id_column} eq {one}" for one in ids)
        return [record for _, record in await self._ask(table, condition, MOST_OPENED)]

    async def _changed(self, table: TableName, user: str, limit: int) -> list[tuple[datetime, Record]]:
        return await self._ask(table, f"_modifiedby_value eq {user}", limit)

    async def _ask(self, table: TableName, condition: str, limit: int) -> list[tuple[datetime, Record]]:
        """The records that fit, the last changed first, each with when that was; none of a table without dates."""
        described, shown, select = await self._records.describe_main(table)
        _, attributes = await self._metadata.describe(table)
        if not {"modifiedon", "modifiedby"} <= attributes.keys():
            return []
        columns = dict.fromkeys((*select.split(","), "modifiedon"))
        query = {
            "$select": ",".join(columns),
            "$filter": condition,
            "$orderby": "modifiedon desc",
            "$top": str(limit),
        }
        try:
            rows = await self._client.list_rows(read_rows_call(described.set_name, described.name, query))
        except (NotAllowed, NotFound):
            return []
        environment = self._client.environment.key
        return [
            (row.opt_moment("modifiedon") or _LONG_AGO, read_record(row, described, shown, environment, self._language))
            for row in rows
        ]


def read_opened(text: str) -> list[Opened]:
    """The records in one list; nothing when it cannot be read."""
    if not text or len(text) > _LONGEST_LIST:
        return []
    try:
        items = fromstring(text, forbid_dtd=True).iter("RecentlyViewedItem")
    except (ParseError, DefusedXmlException, ValueError):
        return []
    found = []
    for item in items:
        row, code = read_guid(item.findtext("ObjectId", "")), item.findtext("EntityTypeCode", "").strip()
        if row and code.isascii() and code.isdigit():
            found.append(Opened(int(code), row, _read_moment(item.findtext("LastAccessed", ""))))
    return found


def _read_moment(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return _LONG_AGO
