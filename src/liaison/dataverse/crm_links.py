"""What ties a record to a channel in Dataverse: the association row, the document location and its site.

Source: dataverse.md sections 1.2 to 1.4 and 6.2; replay table C8 and C9.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

from liaison.dataverse.client import Call, DataverseClient, create_call, read_row_call, read_rows_call
from liaison.dataverse.crm_records import remove_row
from liaison.dataverse.errors import SERVICE, UNDECLARED_PROPERTY, Subject
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.names import (
    LINK_TABLE,
    LINKS,
    LOCATION_TABLE,
    LOCATIONS,
    SERVICE_TYPE_TEAMS,
    SITES,
    VIEW_CODES,
)
from liaison.dataverse.query import equals, read_guid
from liaison.dataverse.rows import read_association, read_location
from liaison.domain.crm import Association, Location, Table
from liaison.domain.link import Link, record_of, site_row_id
from liaison.domain.names import ChannelId, RecordRef, Regarding, RowId, ViewRef
from liaison.errors import (
    DocumentManagementOff,
    RecordChanged,
    RecordUnknown,
    TableUnknown,
    UpstreamRefused,
    UpstreamSurprise,
    ViewUnknown,
)
from liaison.wire.wild import Wild

_LINK_COLUMNS = (
    "msdyn_teamscollaborationid,regardingobjectid,regardingobjecttypename,regardingobjecttypecode,msdyn_groupid,"
    "msdyn_teamid,msdyn_teamname,"
    "msdyn_channelid,msdyn_channelname,msdyn_channeltype,msdyn_teamsiteurl,msdyn_channelfolderrelativeurl,"
    "msdyn_tenantid,msdyn_appid,msdyn_pipedentityid,msdyn_contenturl,msdyn_weburl,createdon"
)
_LOCATION_COLUMNS = "sharepointdocumentlocationid,name,absoluteurl,relativeurl,servicetype"
_SITE_OF_LOCATION = "parentsiteorlocation_sharepointsite"
_ABSOLUTE = "/sharepointdocumentlocations({row})/Microsoft.Dynamics.CRM.RetrieveAbsoluteAndSiteCollectionUrl()"


class DataverseLinks:
    """Finds before it makes; what it makes has ids of our own, so that making twice makes one."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata) -> None:
        self._client = client
        self._metadata = metadata

    async def list_associations(self, regarding: Regarding) -> tuple[Association, ...]:
        """As Microsoft's own button asks: a record by id and table name, a view by id and type code; oldest first."""
        query = {
            "$select": _LINK_COLUMNS,
            "$filter": f"{_regards(regarding)} and statecode eq 0",
            "$orderby": "createdon",
        }
        try:
            rows = await self._client.list_rows(read_rows_call(LINKS, LINK_TABLE, query))
        except TableUnknown:
            return ()  # the environment does not have the solution that brings the table
        return tuple(read_association(row, regarding.environment) for row in rows)

    async def list_channel_associations(self, channel: ChannelId) -> tuple[Association, ...]:
        """Everything that is tied to one channel, as far as the person may read the rows; the oldest first."""
        query = {
            "$select": _LINK_COLUMNS,
            "$filter": f"{equals('msdyn_channelid', channel)} and statecode eq 0",
            "$orderby": "createdon",
        }
        try:
            rows = await self._client.list_rows(read_rows_call(LINKS, LINK_TABLE, query))
        except TableUnknown:
            return ()
        return tuple(read_association(row, self._client.environment.key) for row in rows)

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]:
        """Active locations regarding the record, with their absolute addresses as the service composes them."""
        query = {
            "$select": _LOCATION_COLUMNS,
            "$expand": f"{_SITE_OF_LOCATION}($select=absoluteurl)",
            "$filter": f"_regardingobjectid_value eq {_record_id(ref)} and statecode eq 0",
            "$orderby": "createdon",
        }
        rows = await self._client.list_rows(read_rows_call(LOCATIONS, LOCATION_TABLE, query))
        addresses = await asyncio.gather(*(self._absolute_address(row) for row in rows))
        return tuple(read_location(row, address) for row, address in zip(rows, addresses, strict=True))

    async def list_folders_below(self, location: RowId) -> tuple[str, ...]:
        """Names of folders in a location's folder that other locations lead to or through."""
        query = {
            "$select": "relativeurl",
            "$filter": f"_parentsiteorlocation_value eq {read_guid(location)} and statecode eq 0",
        }
        rows = await self._client.list_rows(read_rows_call(LOCATIONS, LOCATION_TABLE, query))
        names = (row.opt_text("relativeurl").strip("/").split("/", 1)[0] for row in rows)
        return tuple(dict.fromkeys(name for name in names if name))

    async def _absolute_address(self, row: Wild) -> str:
        """As the service composes it; asked for only where the row does not stand right below a site."""
        if row.has("absoluteurl"):
            return row.text("absoluteurl")
        site = row.opt_child(_SITE_OF_LOCATION).opt_text("absoluteurl").rstrip("/")
        if site and row.has("relativeurl"):
            return f"{site}/{row.text('relativeurl')}"
        row_id = row.text("sharepointdocumentlocationid")
        subject = Subject(LOCATION_TABLE, row_id)
        answer = await self._client.read(Call("GET", _ABSOLUTE, subject, {"row": row_id}, repeatable=True))
        return answer.opt_text("AbsoluteUrl")

    async def ensure_location(self, link: Link) -> RowId:
        """A location of the same folder is adopted; else one is made below the team site's row."""
        record = record_of(link)
        table, _ = await self._metadata.describe(record.table)
        wanted = folder_address(link)
        for place in await self.list_locations(record):
            if same_address(place.address, wanted):
                return place.id
        site = await self._ensure_site(link)
        row = link.row_id("location")
        try:
            made = await self._create_once(self.location_call(link, table, site))
        except UpstreamRefused as refused:
            if refused.service_code == UNDECLARED_PROPERTY and "regardingobjectid_" in refused.reason:
                raise DocumentManagementOff(table.plural) from refused
            raise
        if not made:
            await self._compare(LOCATIONS, LOCATION_TABLE, row, "_regardingobjectid_value", record.id)
        return row

    def location_call(self, link: Link, table: Table, site: RowId | None) -> Call:
        """Makes the location below a site's row, by default the one that `site_call` makes."""
        below = site or site_row_id(link.environment, link.evidence.site_address)
        body = {
            "name": link.channel_name[:160],
            "relativeurl": relative_folder(link),
            "servicetype": SERVICE_TYPE_TEAMS,
            "parentsiteorlocation_sharepointsite@odata.bind": f"/{SITES}({below})",
            f"regardingobjectid_{table.name}@odata.bind": f"/{table.set_name}({link.regarding.id})",
        }
        return create_call(LOCATIONS, LOCATION_TABLE, link.row_id("location"), body)

    async def _ensure_site(self, link: Link) -> RowId:
        """The site row of the team's site, whoever made it. Source: dataverse.md section 6.2, channel chain."""
        found = await self.find_site(link)
        if found is not None:
            return found
        row = site_row_id(link.environment, link.evidence.site_address)
        if not await self._create_once(self.site_call(link)):
            address = link.evidence.site_address.rstrip("/")
            await self._compare(SITES, "sharepointsite", row, "absoluteurl", address)
        return row

    async def find_site(self, link: Link) -> RowId | None:
        """The active row of the team's site, the oldest one."""
        address = link.evidence.site_address.rstrip("/")
        query = {
            "$select": "sharepointsiteid,absoluteurl",
            "$filter": f"({equals('absoluteurl', address)} or {equals('absoluteurl', address + '/')}) "
            "and statecode eq 0",
            "$orderby": "createdon",
        }
        found = await self._client.list_rows(read_rows_call(SITES, "sharepointsite", query))
        return RowId(found[0].text("sharepointsiteid")) if found else None

    def site_call(self, link: Link) -> Call:
        """Makes the row of the team's site, under an id that all links to that site share."""
        address = link.evidence.site_address.rstrip("/")
        name = link.evidence.team_name or address.rsplit("/", 1)[-1]
        body = {"name": name[:160], "absoluteurl": address, "servicetype": SERVICE_TYPE_TEAMS}
        return create_call(SITES, "sharepointsite", site_row_id(link.environment, address), body)

    async def ensure_association(self, link: Link) -> RowId:
        """A row of the same record or view and channel is adopted, whoever made it; else ours is made."""
        for association in await self.list_associations(link.regarding):
            if association.channel == link.evidence.channel:
                return association.id
        row = link.row_id("association")
        call = self.association_call(link, await self._type_code(link.regarding))
        if not await self._create_once(call):
            await self._compare(LINKS, LINK_TABLE, row, "regardingobjectid", link.regarding.id)
        return row

    def association_call(self, link: Link, type_code: int) -> Call:
        """Makes the row that ties the two, under the link's own id."""
        return create_call(LINKS, LINK_TABLE, link.row_id("association"), _association_body(link, type_code))

    async def _type_code(self, regarding: Regarding) -> int:
        if isinstance(regarding, ViewRef):
            return VIEW_CODES[regarding.kind]
        table, _ = await self._metadata.describe(regarding.table)
        return table.type_code

    async def remove_association(self, row: RowId) -> None:
        await remove_row(self._client, LINKS, LINK_TABLE, row)

    async def remove_location(self, row: RowId) -> None:
        await remove_row(self._client, LOCATIONS, LOCATION_TABLE, row)

    async def _create_once(self, call: Call) -> bool:
        """True when it was made now, false when it was there."""
        return (await self._client.send(call)).status != 412

    async def _compare(self, rows: str, table: str, row: RowId, column: str, wanted: str) -> None:
        """Is the row that has our id ours? Raises RecordChanged when somebody made something else of it."""
        found = await self._client.read(read_row_call(rows, row, table, column))
        if not same_address(found.opt_text(column), wanted):
            raise RecordChanged(table, row)


def folder_address(link: Link) -> str:
    """The absolute address of the link's folder, not percent-encoded."""
    parts = urlsplit(link.evidence.site_address)
    return f"{parts.scheme}://{parts.netloc}{link.evidence.folder_path}"


def relative_folder(link: Link) -> str:
    """The folder below its site, without a leading slash: `Shared Documents/General`."""
    site = unquote(urlsplit(link.evidence.site_address).path).rstrip("/")
    path = link.evidence.folder_path
    if not path.lower().startswith(f"{site.lower()}/"):
        raise UpstreamSurprise(SERVICE, "folder_outside_site", path=path)
    return path[len(site) :].strip("/")


def _association_body(link: Link, type_code: int) -> dict[str, object]:
    """The type code is optional in metadata and required in practice. Source: dataverse.md section 1.2."""
    made = link.evidence
    return {
        "regardingobjectid": link.regarding.id,
        "regardingobjecttypename": link.regarding.table,
        "regardingobjecttypecode": type_code,
        "msdyn_groupid": link.team,
        "msdyn_teamid": made.team_thread,
        "msdyn_teamname": made.team_name[:300],
        "msdyn_channelid": made.channel,
        "msdyn_channelname": link.channel_name[:300],
        "msdyn_channeltype": made.channel_kind.value.capitalize(),
        "msdyn_teamsiteurl": made.site_address,
        "msdyn_channelfolderrelativeurl": made.folder_path,
        "msdyn_tenantid": link.by.tenant,
        "msdyn_appid": made.app or None,
        "msdyn_pipedentityid": link.tab_entity if made.tab else None,
        "msdyn_weburl": made.tab_address or None,
    }


def same_address(one: str, other: str) -> bool:
    """Services differ in case, in encoding and in the last slash."""
    return unquote(one).rstrip("/").casefold() == unquote(other).rstrip("/").casefold()


def _regards(regarding: Regarding) -> str:
    """The condition by which the rows of a record or view are found. Source: dataverse.md section 1.2."""
    if isinstance(regarding, ViewRef):
        view = read_guid(regarding.id)
        if not view:
            raise ViewUnknown(regarding.id)
        return f"regardingobjectid eq {view} and regardingobjecttypecode eq {VIEW_CODES[regarding.kind]}"
    return f"regardingobjectid eq {_record_id(regarding)} and {equals('regardingobjecttypename', regarding.table)}"


def _record_id(ref: RecordRef) -> str:
    row_id = read_guid(ref.id)
    if not row_id:
        raise RecordUnknown(ref.table, ref.id)
    return row_id
