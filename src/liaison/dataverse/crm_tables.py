"""Which tables can be linked, and switching them. Source: dataverse.md sections 2.1, 2.3 and 2.4."""

from __future__ import annotations

import json
from collections.abc import Sequence

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import SERVICE, Subject
from liaison.dataverse.metadata import MetadataShelf, read_table
from liaison.dataverse.names import DEFAULT_TABLES, LINKING_SOLUTION
from liaison.dataverse.query import is_name
from liaison.domain.names import TableName
from liaison.domain.tables import TableState
from liaison.errors import LinkingNotInstalled, RecordUnknown, TableUnknown, UpstreamSurprise
from liaison.wire.wild import Wild

_COLUMNS = (
    "LogicalName,EntitySetName,ObjectTypeCode,PrimaryIdAttribute,PrimaryNameAttribute,DisplayName,"
    "DisplayCollectionName,IsDocumentManagementEnabled,IsMSTeamsIntegrationEnabled,IsCustomEntity,IsCustomizable,"
    "IsIntersect,IsPrivate,IsValidForAdvancedFind"
)
# Metadata is cached by the service for up to half a minute after a change.
_FRESH = {"consistency": "Strong"}
_PATH = "/EntityDefinitions(LogicalName='{table}')"
_NEVER_LINKED = frozenset({"activityparty", "activitypointer", "sharepointsite", "sharepointdocumentlocation"})


class DataverseTables:
    """Tables as an administrator switches them."""

    def __init__(self, client: DataverseClient, language: str, shelf: MetadataShelf) -> None:
        self._client, self._language, self._shelf = client, language, shelf

    async def list_table_states(self) -> tuple[TableState, ...]:
        """Every table with a name of its own that people see, by name."""
        query = {"$select": _COLUMNS, "$filter": "IsIntersect eq false and IsPrivate eq false"}
        call = Call("GET", "/EntityDefinitions", Subject("entity"), query=query, headers=_FRESH, repeatable=True)
        states = [self._read_state(row) async for row in self._client.rows(call)]
        return tuple(sorted(states, key=lambda state: (state.table.plural.casefold(), state.table.name)))

    async def read_table_state(self, table: TableName) -> TableState:
        """As the metadata says now. Raises TableUnknown."""
        return self._read_state(await self._definition(table, {"$select": _COLUMNS}))

    async def set_teams_status(self, tables: Sequence[TableName], *, on: bool) -> tuple[TableName, ...]:
        """Ask the service to switch tables for Teams; the tables that it says it switched.

        It says so of tables that can never be switched, and metadata lags: only reading again tells.
        Raises LinkingNotInstalled.
        """
        body = {"Enable": on, "LogicalEntityNames": json.dumps(list(tables))}
        call = Call(
            "POST", "/msdyn_SetTeamsDocumentStatus", Subject("msdyn_SetTeamsDocumentStatus"), body=body, repeatable=True
        )
        try:
            answer = await self._client.read(call)
        except TableUnknown:
            raise LinkingNotInstalled(LINKING_SOLUTION) from None
        self._shelf.clear()
        return tuple(TableName(name) for name in _read_names(answer.text("PassedLogicalEntityNames")))

    async def turn_on_documents(self, table: TableName) -> None:
        """Document management on for one table. A definition is replaced whole: read, change, write, publish."""
        definition = (await self._definition(table, {})).untamed
        if not isinstance(definition, dict):
            raise UpstreamSurprise(SERVICE, path="$")
        body = {name: value for name, value in definition.items() if not name.startswith("@odata.context")}
        body["IsDocumentManagementEnabled"] = True
        await self._client.send(
            Call(
                "PUT",
                "/EntityDefinitions({row})",
                Subject(table),
                {"row": str(body.get("MetadataId", ""))},
                body=body,
                headers={"mscrm.mergelabels": "true"},
                repeatable=True,
            )
        )
        publish = f"<importexportxml><entities><entity>{table}</entity></entities></importexportxml>"
        await self._client.send(
            Call("POST", "/PublishXml", Subject(table), body={"ParameterXml": publish}, repeatable=True)
        )
        self._shelf.clear()

    async def _definition(self, table: TableName, query: dict[str, str]) -> Wild:
        if not is_name(table):
            raise TableUnknown(table)
        call = Call("GET", _PATH, Subject(table), {"table": table}, query, headers=_FRESH, repeatable=True)
        try:
            return await self._client.read(call)
        except RecordUnknown:
            raise TableUnknown(table) from None

    def _read_state(self, row: Wild) -> TableState:
        table = read_table(row, self._language)
        customizable = row.opt_child("IsCustomizable").opt_flag("Value")
        hidden = row.opt_flag("IsIntersect") or row.opt_flag("IsPrivate") or table.name in _NEVER_LINKED
        is_custom, is_found = row.opt_flag("IsCustomEntity"), row.opt_flag("IsValidForAdvancedFind", otherwise=True)
        can_be_switched = customizable and not hidden and (is_custom or is_found)
        return TableState(table, is_custom, can_be_switched, table.name in DEFAULT_TABLES)


def _read_names(text: str) -> tuple[str, ...]:
    """`[account,contact]`: shaped like an array, without quotes. Source: dataverse.md section 2.4."""
    return tuple(name.strip(" \"'") for name in text.strip(" []").split(",") if name.strip(" \"'"))
