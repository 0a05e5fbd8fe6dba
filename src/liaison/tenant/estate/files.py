"""Folders and files in the libraries: how they are kept, found, listed and addressed. Writing is in `filing`."""

from __future__ import annotations

import mimetypes
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from liaison.tenant.estate import Estate, sites
from liaison.tenant.estate.sites import Drive, Site

_TABLES = """
CREATE TABLE IF NOT EXISTS drive_items (
  id TEXT PRIMARY KEY,
  drive_id TEXT NOT NULL REFERENCES drives (id),
  parent_id TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL,
  is_folder INTEGER NOT NULL, size INTEGER NOT NULL DEFAULT 0,
  blob TEXT, quick_hash TEXT, guid TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL DEFAULT 1, content_version INTEGER NOT NULL DEFAULT 1,
  created TEXT NOT NULL, modified TEXT NOT NULL,
  file_created TEXT, file_modified TEXT,
  created_by TEXT, created_app TEXT, modified_by TEXT, modified_app TEXT,
  description TEXT,
  seq INTEGER NOT NULL, deleted TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS drive_items_by_name ON drive_items (parent_id, name_key) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS drive_items_by_seq ON drive_items (drive_id, seq);
CREATE TABLE IF NOT EXISTS item_versions (
  item_id TEXT NOT NULL REFERENCES drive_items (id), label TEXT NOT NULL,
  blob TEXT NOT NULL, size INTEGER NOT NULL, modified TEXT NOT NULL, modified_by TEXT, modified_app TEXT,
  PRIMARY KEY (item_id, label)
) WITHOUT ROWID;
"""

_READ = (
    "SELECT *, (SELECT count(*) FROM drive_items child"
    " WHERE child.parent_id = item.id AND child.deleted IS NULL) AS child_count FROM drive_items item"
)

_OFFICE_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".csv": "text/csv",
    ".md": "text/markdown",
}

CHILD_ORDERS = {
    "name": "name_key",
    "size": "size",
    "lastmodifieddatetime": "modified",
    "createddatetime": "created",
}


@dataclass(frozen=True)
class Author:
    """Who wrote: a person, an application, or an application on a person's behalf."""

    user_id: str | None = None
    app_id: str | None = None


@dataclass(frozen=True)
class DriveItem:
    """A folder or a file; the root folder of a library has no parent and is called `root`.

    `version` counts changes of anything, `content_version` changes of the content. Times are ISO 8601 with Z.
    """

    id: str
    drive_id: str
    parent_id: str | None
    name: str
    is_folder: bool
    size: int
    blob: str | None
    quick_hash: str | None
    guid: str
    version: int
    content_version: int
    created: str
    modified: str
    file_created: str | None
    file_modified: str | None
    created_by: Author
    modified_by: Author
    description: str | None
    seq: int
    deleted: str | None
    child_count: int

    @property
    def is_root(self) -> bool:
        return self.parent_id is None

    @property
    def e_tag(self) -> str:
        """Changes with anything; the quotes belong to the value."""
        return f'"{{{self.guid.upper()}}},{self.version}"'

    @property
    def c_tag(self) -> str:
        """Changes with the content."""
        return f'"c:{{{self.guid.upper()}}},{self.content_version}"'

    @property
    def mime_type(self) -> str:
        return mime_type(self.name)


@dataclass(frozen=True)
class ItemVersion:
    """One earlier content of a file."""

    label: str
    blob: str
    size: int
    modified: str
    modified_by: Author


def create_tables(estate: Estate) -> None:
    """Create the tables of files; repeatable."""
    estate.db.run_script(_TABLES)


def seconds_of(stamp: str) -> float:
    """Seconds since the epoch of a moment as it is kept."""
    return datetime.fromisoformat(stamp).timestamp()


def mime_type(name: str) -> str:
    """The media type that a file's name promises."""
    dot = name.rfind(".")
    ending = name[dot:].lower() if dot >= 0 else ""
    return _OFFICE_TYPES.get(ending) or mimetypes.types_map.get(ending) or "application/octet-stream"


def name_key(name: str) -> str:
    """The form in which names are compared: SharePoint tells neither case nor composition apart."""
    return unicodedata.normalize("NFC", name).casefold()


def find_item(estate: Estate, drive_id: str, item_id: str) -> DriveItem | None:
    """An item that is not deleted; ids are case-sensitive."""
    row = estate.db.row(f"{_READ} WHERE id = ? AND drive_id = ? AND deleted IS NULL", (item_id, drive_id))
    return None if row is None else _item(row)


def find_item_anywhere(estate: Estate, item_id: str) -> DriveItem | None:
    """An item by its id, in whichever library it is."""
    row = estate.db.row(f"{_READ} WHERE id = ? AND deleted IS NULL", (item_id,))
    return None if row is None else _item(row)


def find_item_by_guid(estate: Estate, guid: str) -> DriveItem | None:
    """An item by the GUID that SharePoint's own addresses carry (`sourcedoc`, `UniqueId`)."""
    row = estate.db.row(f"{_READ} WHERE guid = ? AND deleted IS NULL", (guid.strip("{}").lower(),))
    return None if row is None else _item(row)


def get_item(estate: Estate, drive_id: str, item_id: str) -> DriveItem:
    """An item that must be there; raises LookupError when it is not."""
    found = find_item(estate, drive_id, item_id)
    if found is None:
        raise LookupError(item_id)
    return found


def root_item(estate: Estate, drive: Drive) -> DriveItem:
    """The root folder of a library."""
    return get_item(estate, drive.id, drive.root_id)


def find_child(estate: Estate, folder: DriveItem, name: str) -> DriveItem | None:
    """The child of a folder with this name in any case."""
    row = estate.db.row(
        f"{_READ} WHERE parent_id = ? AND name_key = ? AND deleted IS NULL", (folder.id, name_key(name))
    )
    return None if row is None else _item(row)


def find_by_path(estate: Estate, start: DriveItem, path: str) -> DriveItem | None:
    """Walk from a folder along decoded names separated by slashes; an empty path is the folder itself."""
    current: DriveItem | None = start
    for name in path.split("/"):
        if current is not None and name:
            current = find_child(estate, current, name)
    return current


def list_children(
    estate: Estate,
    folder: DriveItem,
    *,
    order: str = "name",
    descending: bool = False,
    offset: int = 0,
    limit: int = -1,
) -> list[DriveItem]:
    """The children of a folder, by name unless another of CHILD_ORDERS is asked; all of them without a limit."""
    direction = "DESC" if descending else "ASC"
    found = estate.db.rows(
        f"{_READ} WHERE parent_id = ? AND deleted IS NULL"
        f" ORDER BY {CHILD_ORDERS[order.lower()]} {direction}, id LIMIT ? OFFSET ?",
        (folder.id, limit, offset),
    )
    return [_item(row) for row in found]


def list_changed_items(estate: Estate, drive_id: str, after: int, limit: int) -> list[DriveItem]:
    """Items changed or deleted since a sequence number, in the order of their last change."""
    found = estate.db.rows(f"{_READ} WHERE drive_id = ? AND seq > ? ORDER BY seq LIMIT ?", (drive_id, after, limit))
    return [_item(row) for row in found]


def search_items(estate: Estate, drive_id: str, text: str, limit: int = 200) -> list[DriveItem]:
    """Items of a library whose name holds `text`."""
    pattern = "%" + name_key(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = estate.db.rows(
        f"{_READ} WHERE drive_id = ? AND deleted IS NULL AND parent_id IS NOT NULL"
        " AND name_key LIKE ? ESCAPE '\\' ORDER BY modified DESC, id LIMIT ?",
        (drive_id, pattern, limit),
    )
    return [_item(row) for row in found]


def is_below(estate: Estate, item: DriveItem, folder: DriveItem) -> bool:
    """Whether an item lies in a folder or is the folder itself."""
    return folder.id in ancestor_ids(estate, item)


def path_below_root(estate: Estate, item_id: str) -> str:
    """The decoded path of an item from the library's root, such as `/General/plan.docx`; empty for the root."""
    names = estate.db.rows(
        "WITH RECURSIVE up (id, parent_id, name, depth) AS ("
        " SELECT id, parent_id, name, 0 FROM drive_items WHERE id = ?"
        " UNION ALL SELECT above.id, above.parent_id, above.name, depth + 1"
        " FROM drive_items above JOIN up ON above.id = up.parent_id)"
        " SELECT name FROM up WHERE parent_id IS NOT NULL ORDER BY depth DESC",
        (item_id,),
    )
    return "".join(f"/{row['name']}" for row in names)


def server_relative_path(estate: Estate, item: DriveItem) -> str:
    """The decoded path on the server, such as `/sites/VentesEurope/Shared Documents/General`."""
    drive, site = place_of(estate, item)
    return sites.library_path(site, drive) + path_below_root(estate, item.id)


def path_address(estate: Estate, item: DriveItem) -> str:
    """The absolute address that spells the path; right for folders, and the `webDavUrl` of files."""
    return sites.absolute_address(estate, server_relative_path(estate, item))


def place_of(estate: Estate, item: DriveItem) -> tuple[Drive, Site]:
    """The library and the site that hold an item."""
    drive = sites.find_drive(estate, item.drive_id)
    if drive is None:
        raise LookupError(item.drive_id)
    return drive, sites.site_of_drive(estate, drive)


def find_item_by_url(estate: Estate, address: str) -> DriveItem | None:
    """The item at an absolute or server-relative address, encoded or not; a library's address is its root folder.

    Addresses of SharePoint's viewer (`/_layouts/15/Doc.aspx?sourcedoc={…}`) are understood as well.
    """
    guid = _document_guid(address)
    if guid is not None:
        return find_item_by_guid(estate, guid)
    found = sites.find_site_by_address(estate, address)
    if found is None:
        return None
    site, rest = found
    for drive in sites.list_drives(estate, site.id):
        library = "/" + drive.url_name
        if rest.lower() == library.lower() or rest.lower().startswith(library.lower() + "/"):
            return find_by_path(estate, root_item(estate, drive), rest[len(library) :])
    return None


def find_folder_by_url(estate: Estate, absolute_url: str) -> DriveItem | None:
    """The folder at an address; None when nothing or a file is there."""
    found = find_item_by_url(estate, absolute_url)
    return found if found is not None and found.is_folder else None


def list_versions(estate: Estate, item: DriveItem) -> list[ItemVersion]:
    """Earlier contents of a file, the newest first."""
    found = estate.db.rows(
        "SELECT * FROM item_versions WHERE item_id = ? ORDER BY modified DESC, CAST(label AS REAL) DESC", (item.id,)
    )
    return [
        ItemVersion(
            row["label"], row["blob"], row["size"], row["modified"], Author(row["modified_by"], row["modified_app"])
        )
        for row in found
    ]


def _document_guid(address: str) -> str | None:
    parts = urlsplit(address)
    if "/_layouts/" not in parts.path.lower():
        return None
    query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    return query.get("sourcedoc") or query.get("uniqueid")


def ancestor_ids(estate: Estate, item: DriveItem) -> set[str]:
    """The ids of an item and of every folder above it."""
    found = estate.db.rows(
        "WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM drive_items WHERE id = ?"
        " UNION ALL SELECT above.id, above.parent_id FROM drive_items above JOIN up ON above.id = up.parent_id)"
        " SELECT id FROM up",
        (item.id,),
    )
    return {row["id"] for row in found}


def _item(row: Any) -> DriveItem:
    return DriveItem(
        row["id"],
        row["drive_id"],
        row["parent_id"],
        row["name"],
        bool(row["is_folder"]),
        row["size"],
        row["blob"],
        row["quick_hash"],
        row["guid"],
        row["version"],
        row["content_version"],
        row["created"],
        row["modified"],
        row["file_created"],
        row["file_modified"],
        Author(row["created_by"], row["created_app"]),
        Author(row["modified_by"], row["modified_app"]),
        row["description"],
        row["seq"],
        row["deleted"],
        row["child_count"],
    )
