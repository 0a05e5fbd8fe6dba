"""What the server does when a record is linked to a channel.

Decisions, where Microsoft's server logic isn't published (dataverse.md sections 1.2 and 13):
- `regardingobjecttypecode` is optional in the metadata, yet a row without it is refused;
- the caller needs Create, Read, Write, Append, Append To and Delete on SharePoint Site and on Document Location,
  whenever a record (not a view) is linked;
- when document management is on for the record's table, the server makes a site row (service type 3) for the team's
  site and a location row regarding the record, both as the caller, unless an equal location (same record, same
  folder) is already there, whoever made it;
- when document management is off for the table, the row is kept and no location is made: Teams then says "This
  record isn't connected to Dynamics 365". The lookup of a location to such a table does not exist, so a client's own
  location is refused as an undeclared property;
- links of views (type codes 1039 and 4230) never have a location;
- updating or deleting the row leaves site and location alone.
Source: reference of msdyn_teamscollaboration; ce/teams-integration/teams-troubleshoot.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from liaison.tenant.dataverse.errors import invalid_argument
from liaison.tenant.dataverse.rows.finding import require_privilege
from liaison.tenant.dataverse.rules.locations import absolute_address, same_place
from liaison.tenant.dataverse.rules.registry import Create, TableRules, Values
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right

VIEW_CODES = frozenset({1039, 4230})
TEAMS_SERVICE = 3

_NEEDED = (Right.CREATE, Right.READ, Right.WRITE, Right.APPEND, Right.APPEND_TO, Right.DELETE)


@dataclass(frozen=True)
class ChannelFolder:
    """Where a channel's files are: the address of the site, and the folder below it."""

    site: str
    folder: str

    @property
    def address(self) -> str:
        return f"{self.site}/{self.folder}" if self.folder else self.site


def check_link(session: Session, table: TableModel, values: Values) -> None:
    """Refuse a link without type code, to an unknown table, or by somebody without rights on sites and locations."""
    code = values.get("regardingobjecttypecode")
    if code is None:
        raise invalid_argument("Required field 'regardingobjecttypecode' is missing.")
    if code not in VIEW_CODES and code not in session.model.by_code:
        raise invalid_argument(f"The object type code {code} does not belong to any table.")
    if code in VIEW_CODES:
        return
    for name in ("sharepointsite", "sharepointdocumentlocation"):
        for right in _NEEDED:
            require_privilege(session, session.table(name), right)


def make_location(session: Session, table: TableModel, values: Values, create: Create) -> None:
    """Give the linked record its document location, unless it has an equal one."""
    del table
    if values["regardingobjecttypecode"] in VIEW_CODES:
        return
    target = session.model.by_code[values["regardingobjecttypecode"]]
    if not target.flags.documents:
        return
    place = channel_folder(values["msdyn_teamsiteurl"], values["msdyn_channelfolderrelativeurl"])
    if _location_exists(session, target, values["regardingobjectid"], place):
        return
    site_id = _site(session, values, place, create)
    create(
        session,
        session.table("sharepointdocumentlocation"),
        {
            "name": _location_name(values),
            "relativeurl": place.folder,
            "servicetype": TEAMS_SERVICE,
            "parentsiteorlocation_sharepointsite@odata.bind": f"/sharepointsites({site_id})",
            f"regardingobjectid_{target.name}@odata.bind": f"/{target.table.set_name}({values['regardingobjectid']})",
        },
    )


def channel_folder(site_url: str, folder_path: str) -> ChannelFolder:
    """Split a channel's server-relative folder at its site. A folder outside the given site (a private or shared
    channel has its own) belongs to the site its first two segments name."""
    parts = urlsplit(site_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    site_path = unquote(parts.path).rstrip("/")
    folder = "/" + unquote(folder_path).strip("/")
    if not folder.casefold().startswith(f"{site_path}/".casefold()):
        site_path = "/" + "/".join(folder.strip("/").split("/")[:2])
    return ChannelFolder(f"{origin}{site_path}", folder[len(site_path) :].strip("/"))


def _location_exists(session: Session, target: TableModel, record_id: str, place: ChannelFolder) -> bool:
    locations = session.table("sharepointdocumentlocation")
    rows = session.estate.db.rows(
        f"SELECT * FROM {locations.sql} WHERE regardingobjectid = ? AND regardingobjectid__table = ?",
        (record_id, target.name),
    )
    for row in rows:
        address = absolute_address(session, locations.name, dict(zip(row.keys(), row, strict=True)))
        if address is not None and same_place(address, place.address):
            return True
    return False


def _site(session: Session, values: Values, place: ChannelFolder, create: Create) -> str:
    """The active Teams site row of an address; made when there is none."""
    sites = session.table("sharepointsite")
    for row in session.estate.db.rows(
        f"SELECT sharepointsiteid, absoluteurl FROM {sites.sql}"
        " WHERE absoluteurl IN (?, ?) AND servicetype = ? AND statecode = 0",
        (place.site, f"{place.site}/", TEAMS_SERVICE),
    ):
        return str(row[0])
    name = values.get("msdyn_teamname") or place.site.rpartition("/")[2]
    return create(session, sites, {"name": name[:160], "absoluteurl": place.site, "servicetype": TEAMS_SERVICE})


def _location_name(values: Values) -> str:
    parts = [values.get("msdyn_teamname"), values.get("msdyn_channelname")]
    return " - ".join(part for part in parts if part)[:160] or "MS Teams"


LINK_RULES = TableRules(before_create=check_link, after_create=make_location)
