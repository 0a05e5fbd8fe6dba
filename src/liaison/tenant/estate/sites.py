"""SharePoint sites and their document libraries, and the way between an address and a place.

The SharePoint root of this tenant is its own origin: paths are stored relative to the server and rendered on
`estate.public_http`; an address on any own origin, or on Contoso's name in the cloud, is understood.
"""

# ruff: noqa: S608 - the texts joined into statements are column names of this module; every value is bound.
from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from liaison.tenant.estate import Estate
from liaison.tenant.estate.origins import read_own_address

SHAREPOINT_HOST = "contoso.sharepoint.com"
LIBRARY_TITLE = "Documents"
LIBRARY_URL_NAME = "Shared Documents"
# Twenty-five terabytes: what a team site gets.
QUOTA_BYTES = 27_487_790_694_400

_TABLES = """
CREATE TABLE IF NOT EXISTS sites (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL COLLATE NOCASE,
  display_name TEXT NOT NULL,
  group_id TEXT, channel_id TEXT,
  created TEXT NOT NULL, modified TEXT NOT NULL,
  ready_at REAL NOT NULL DEFAULT 0, read_only INTEGER NOT NULL DEFAULT 0, deleted TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS sites_by_path ON sites (path) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS sites_by_group ON sites (group_id);
CREATE INDEX IF NOT EXISTS sites_by_channel ON sites (channel_id);
CREATE TABLE IF NOT EXISTS drives (
  id TEXT PRIMARY KEY, site_id TEXT NOT NULL REFERENCES sites (id), list_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, url_name TEXT NOT NULL COLLATE NOCASE, root_id TEXT NOT NULL,
  created TEXT NOT NULL, sequence INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS drives_by_site ON drives (site_id, url_name);
"""


@dataclass(frozen=True)
class Site:
    """A site: of a group (a team), of one private or shared channel of a team, or of the organisation.

    `path` is relative to the server, such as `/sites/VentesEurope`; the root site's path is empty.
    """

    id: str
    path: str
    display_name: str
    group_id: str | None
    channel_id: str | None
    created: str
    modified: str
    ready_at: float
    read_only: bool

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def collection_id(self) -> str:
        return self.id.split(",")[1]

    @property
    def web_id(self) -> str:
        return self.id.split(",")[2]


@dataclass(frozen=True)
class Drive:
    """A document library; `url_name` is its part of the address, `name` its title."""

    id: str
    site_id: str
    list_id: str
    name: str
    url_name: str
    root_id: str
    created: str
    sequence: int


def create_tables(estate: Estate) -> None:
    """Create the tables of sites and libraries; repeatable."""
    estate.db.run_script(_TABLES)


def create_site(
    estate: Estate,
    path: str,
    display_name: str,
    *,
    group_id: str | None = None,
    channel_id: str | None = None,
    ready_at: float = 0.0,
    collection_id: str | None = None,
    library: tuple[str, str] = (LIBRARY_TITLE, LIBRARY_URL_NAME),
) -> Site:
    """Create a site with its default library; raises `sqlite3.IntegrityError` when the path is taken."""
    collection = collection_id or estate.ids.guid()
    web = str(uuid.uuid5(uuid.UUID(collection), "web"))
    stamp = estate.clock.stamp()
    site = Site(
        f"{SHAREPOINT_HOST},{collection},{web}", path, display_name, group_id, channel_id, stamp, stamp, ready_at, False
    )
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO sites (id, path, display_name, group_id, channel_id, created, modified, ready_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (site.id, path, display_name, group_id, channel_id, stamp, stamp, ready_at),
        )
        create_library(estate, site, *library)
    return site


def create_library(estate: Estate, site: Site, name: str, url_name: str) -> Drive:
    """Create a document library with its root folder."""
    list_id = str(uuid.uuid5(uuid.UUID(site.web_id), url_name))
    guids = (site.collection_id, site.web_id, list_id)
    drive_id = "b!" + base64.urlsafe_b64encode(b"".join(uuid.UUID(one).bytes_le for one in guids)).decode()
    root_id = stable_item_id(list_id, "root")
    stamp = estate.clock.stamp()
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO drives (id, site_id, list_id, name, url_name, root_id, created, sequence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            (drive_id, site.id, list_id, name, url_name, root_id, stamp),
        )
        change.execute(
            "INSERT INTO drive_items (id, drive_id, parent_id, name, name_key, is_folder, guid, created, modified, seq)"
            " VALUES (?, ?, NULL, 'root', 'root', 1, ?, ?, ?, 1)",
            (root_id, drive_id, str(uuid.uuid5(uuid.UUID(list_id), "root")), stamp, stamp),
        )
    return Drive(drive_id, site.id, list_id, name, url_name, root_id, stamp, 1)


def stable_item_id(*parts: str) -> str:
    """The same item id for the same parts: `01` and 32 base32 characters."""
    digest = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)).bytes
    return "01" + base64.b32encode(digest + digest[:4]).decode()


def find_site(estate: Estate, site_id: str) -> Site | None:
    """A site by its id; any host name of ours may stand before the two guids, or only the first guid may be given."""
    parts = site_id.lower().split(",")
    if len(parts) == 3:
        return _find(estate, "id = ?", f"{SHAREPOINT_HOST},{parts[1]},{parts[2]}")
    return _find(estate, "id LIKE ?", f"{SHAREPOINT_HOST},{parts[0]},%") if len(parts[0]) == 36 else None


def find_site_by_path(estate: Estate, path: str) -> Site | None:
    """A site by its server-relative path in any case, such as `/sites/VentesEurope`."""
    return _find(estate, "path = ?", path.rstrip("/"))


def find_group_site(estate: Estate, group_id: str) -> Site | None:
    """The site of a group (a team)."""
    return _find(estate, "group_id = ? AND channel_id IS NULL", group_id)


def find_channel_site(estate: Estate, channel_id: str) -> Site | None:
    """The site of a private or shared channel; None for a standard one."""
    return _find(estate, "channel_id = ?", channel_id)


def search_sites(estate: Estate, text: str, limit: int = 200) -> list[Site]:
    """Sites whose name or path holds `text`; every site for an empty text. Personal sites are never found."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = estate.db.rows(
        "SELECT * FROM sites WHERE deleted IS NULL AND path NOT LIKE '/personal/%'"
        " AND (display_name LIKE ? ESCAPE '\\' OR path LIKE ? ESCAPE '\\')"
        " ORDER BY path LIMIT ?",
        (pattern, pattern, limit),
    )
    return [_site(row) for row in found]


def find_drive(estate: Estate, drive_id: str) -> Drive | None:
    row = estate.db.row(
        "SELECT drives.* FROM drives JOIN sites ON sites.id = site_id WHERE drives.id = ? AND deleted IS NULL",
        (drive_id,),
    )
    return None if row is None else _drive(row)


def list_drives(estate: Estate, site_id: str) -> list[Drive]:
    """The libraries of a site, the default one first."""
    found = estate.db.rows("SELECT * FROM drives WHERE site_id = ? ORDER BY rowid", (site_id,))
    return [_drive(row) for row in found]


def default_drive(estate: Estate, site_id: str) -> Drive:
    """The library that a site was made with."""
    return list_drives(estate, site_id)[0]


def site_of_drive(estate: Estate, drive: Drive) -> Site:
    row = estate.db.row("SELECT * FROM sites WHERE id = ?", (drive.site_id,))
    if row is None:
        raise LookupError(drive.site_id)
    return _site(row)


def is_ready(estate: Estate, site: Site) -> bool:
    """Whether the site has appeared; sites of new teams take a while."""
    return site.ready_at <= estate.clock.seconds()


def rename_site(estate: Estate, site_id: str, display_name: str) -> None:
    with estate.db.change() as change:
        change.execute(
            "UPDATE sites SET display_name = ?, modified = ? WHERE id = ?",
            (display_name, estate.clock.stamp(), site_id),
        )


def set_site_read_only(estate: Estate, group_id: str, read_only: bool) -> None:
    """Whether members may only read the sites of a group; set when a team is archived."""
    with estate.db.change() as change:
        change.execute("UPDATE sites SET read_only = ? WHERE group_id = ?", (read_only, group_id))


def delete_group_sites(estate: Estate, group_id: str) -> None:
    """Put the sites of a group in the recycle bin."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE sites SET deleted = ? WHERE group_id = ? AND deleted IS NULL", (estate.clock.stamp(), group_id)
        )


def restore_group_sites(estate: Estate, group_id: str) -> None:
    with estate.db.change() as change:
        change.execute("UPDATE sites SET deleted = NULL WHERE group_id = ?", (group_id,))


def free_site_path(estate: Estate, wanted: str) -> str:
    """`wanted`, or the same with the first number that makes it free."""
    path, number = wanted, 1
    while find_site_by_path(estate, path) is not None:
        path, number = f"{wanted}{number}", number + 1
    return path


def site_address(estate: Estate, site: Site) -> str:
    """The site's absolute address, such as `http://localhost:8301/sites/VentesEurope`."""
    return absolute_address(estate, site.path)


def library_path(site: Site, drive: Drive) -> str:
    """The library's server-relative path, not percent-encoded."""
    return f"{site.path}/{drive.url_name}"


def absolute_address(estate: Estate, server_relative: str) -> str:
    """A server-relative path (not encoded) as an absolute address."""
    return estate.public_http + quote(server_relative, safe="/()!$&,;=:@-._~")


def server_relative_path(estate: Estate, address: str) -> str | None:
    """The decoded server-relative path of an address on an own origin or on Contoso's host; None for others."""
    parts = urlsplit(address.strip())
    if parts.netloc and not is_own_host(estate, parts.netloc):
        return None
    return "/" + "/".join(segment for segment in unquote(parts.path).split("/") if segment)


def is_own_host(estate: Estate, host: str) -> bool:
    """Whether a host name, with or without its port, is one of this tenant's own or Contoso's in the cloud."""
    return host.lower() == SHAREPOINT_HOST or read_own_address(estate, f"http://{host.lower()}") is not None


def find_site_by_address(estate: Estate, address: str) -> tuple[Site, str] | None:
    """The site that an address lies in, and what follows the site's path (with its leading slash, or empty)."""
    path = server_relative_path(estate, address)
    if path is None:
        return None
    segments = path.strip("/").split("/")
    for length in (2, 0):
        head = "/" + "/".join(segments[:length]) if length else ""
        site = find_site_by_path(estate, head) if length <= len(segments) else None
        if site is not None:
            return site, path[len(head) :].rstrip("/")
    return None


def _find(estate: Estate, condition: str, value: str) -> Site | None:
    row = estate.db.row(f"SELECT * FROM sites WHERE {condition} AND deleted IS NULL", (value,))
    return None if row is None else _site(row)


def _site(row: Any) -> Site:
    return Site(
        row["id"],
        row["path"],
        row["display_name"],
        row["group_id"],
        row["channel_id"],
        row["created"],
        row["modified"],
        row["ready_at"],
        bool(row["read_only"]),
    )


def _drive(row: Any) -> Drive:
    return Drive(
        row["id"],
        row["site_id"],
        row["list_id"],
        row["name"],
        row["url_name"],
        row["root_id"],
        row["created"],
        row["sequence"],
    )
