"""Mending what stands in the way of linking, and taking it back. Source: dataverse.md sections 1.1, 1.3, 1.4, 6.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.dataverse.client import CREATE_ONLY, Call, DataverseClient, read_rows_call
from liaison.dataverse.errors import Subject
from liaison.dataverse.names import LOCATIONS, SITES
from liaison.domain.names import RowId
from liaison.wire.wild import Wild

_LOCATION_TABLE = "sharepointdocumentlocation"
_KEPT_COLUMNS = ("name", "description", "absoluteurl", "relativeurl", "servicetype", "statecode", "statuscode")
_PARENTS = {
    "sharepointsite": ("parentsiteorlocation_sharepointsite", SITES),
    _LOCATION_TABLE: ("parentsiteorlocation_sharepointdocumentlocation", LOCATIONS),
}
_LOOKUP_TABLE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
_ACTIVE, _INACTIVE = {"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 2}


class DataverseMending:
    """One method for each kind of change; each may be repeated."""

    def __init__(self, client: DataverseClient) -> None:
        self._client = client

    async def set_onedrive(self, *, on: bool) -> None:
        organization = await self._client.list_rows(
            read_rows_call("organizations", "organization", {"$select": "organizationid"})
        )
        row = organization[0].text("organizationid")
        await self._patch("organizations", "organization", row, {"isonedriveenabled": on})

    async def set_site_active(self, site: RowId, *, active: bool) -> None:
        await self._patch(SITES, "sharepointsite", site, _ACTIVE if active else _INACTIVE)

    async def read_location_content(self, location: RowId) -> dict[str, Any]:
        """Everything of a document location that is needed to make it anew under its own id. Raises RecordUnknown."""
        path = "/{set}({row})"
        headers = {"prefer": 'odata.include-annotations="Microsoft.Dynamics.CRM.*"'}
        ids = {"set": LOCATIONS, "row": location}
        call = Call("GET", path, Subject(_LOCATION_TABLE, location), ids, headers=headers, repeatable=True)
        row = await self._client.read(call)
        content: dict[str, Any] = {name: row.member(name).untamed for name in _KEPT_COLUMNS if row.has(name)}
        for lookup, key in (("_regardingobjectid_value", "regarding"), ("_parentsiteorlocation_value", "parent")):
            if row.has(lookup):
                content[key] = {"id": row.text(lookup), "table": row.opt_text(f"{lookup}{_LOOKUP_TABLE}")}
        return content

    async def restore_location(self, location: RowId, content: Mapping[str, Any]) -> None:
        """Make a deleted location anew, under its own id; there already is done."""
        body: dict[str, object] = {name: content[name] for name in _KEPT_COLUMNS if name in content}
        parent, regarding = content.get("parent"), content.get("regarding")
        if parent and parent["table"] in _PARENTS:
            name, rows = _PARENTS[parent["table"]]
            body[f"{name}@odata.bind"] = f"/{rows}({parent['id']})"
        if regarding:
            rows = await self._set_of(regarding["table"])
            body[f"regardingobjectid_{regarding['table']}@odata.bind"] = f"/{rows}({regarding['id']})"
        await self._client.send(
            Call(
                "PATCH",
                "/{set}({row})",
                Subject(_LOCATION_TABLE, location),
                {"set": LOCATIONS, "row": location},
                body=body,
                headers=CREATE_ONLY,
                repeatable=True,
                expects=(412,),
            )
        )

    async def _set_of(self, table: str) -> str:
        path, query = "/EntityDefinitions(LogicalName='{table}')", {"$select": "EntitySetName"}
        call = Call("GET", path, Subject(table), {"table": table}, query, repeatable=True)
        return (await self._client.read(call)).text("EntitySetName")

    async def _patch(self, rows: str, table: str, row: str, body: Mapping[str, object]) -> Wild:
        """Change a row that must be there."""
        call = Call(
            "PATCH",
            "/{set}({row})",
            Subject(table, row),
            {"set": rows, "row": row},
            body=body,
            headers={"if-match": "*"},
            repeatable=True,
        )
        return (await self._client.send(call)).wild()
