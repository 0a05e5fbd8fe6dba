"""Writing in the libraries: folders, content, renaming, moving, copying, deleting."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from liaison.tenant.estate import Estate, files
from liaison.tenant.estate.files import Author, DriveItem, find_child, get_item, name_key
from liaison.tenant.estate.quickxor import quick_xor_hash
from liaison.tenant.estate.subscriptions import record_change

_FORBIDDEN = re.compile(r'["*:<>?/\\|\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$", re.IGNORECASE)
_PATH_LIMIT = 400


class Conflict(Enum):
    """What to do when the name is taken."""

    FAIL = "fail"
    REPLACE = "replace"
    RENAME = "rename"


class NameTaken(Exception):
    """Another item of the folder has the name."""


class NameRefused(Exception):
    """SharePoint does not allow the name; the text says why."""


class MoveRefused(Exception):
    """A folder cannot be moved into itself or out of its library, and the root cannot be moved at all."""


@dataclass(frozen=True)
class Content:
    """Bytes already stored: their key, size and SharePoint's hash."""

    blob: str
    size: int
    quick_hash: str


def store_content(estate: Estate, content: bytes) -> Content:
    """Keep bytes durably; repeating it is harmless."""
    return Content(estate.blobs.put(content), len(content), quick_xor_hash([content]))


def adopt_content(estate: Estate, spool: Path) -> Content:
    """Keep the bytes of a finished spool file, which is gone afterwards; they are read a megabyte at a time."""
    size = spool.stat().st_size
    blob = estate.blobs.adopt(spool)
    return Content(blob, size, quick_xor_hash(estate.blobs.chunks(blob)))


def check_name(name: str, *, at_root: bool = False) -> None:
    """Raise NameRefused for names that SharePoint does not allow. Source: SharePoint limits, file and folder names."""
    lowered = name.lower()
    refused = (
        not name
        or name != name.strip(" ")
        or name.endswith(".")
        or len(name) > 255
        or _FORBIDDEN.search(name) is not None
        or lowered in {".lock", "desktop.ini"}
        or _RESERVED.match(name) is not None
        or "_vti_" in lowered
        or name.startswith("~$")
        or (at_root and lowered == "forms")
    )
    if refused:
        raise NameRefused("The provided name cannot contain any of the following characters or is reserved.")


def create_folder(
    estate: Estate,
    parent: DriveItem,
    name: str,
    by: Author,
    conflict: Conflict = Conflict.FAIL,
    item_id: str | None = None,
) -> DriveItem:
    """Create a folder; raises NameTaken or NameRefused. Replacing an existing folder is refused: nothing is merged."""
    check_name(name, at_root=parent.is_root)
    taken = find_child(estate, parent, name)
    if taken is not None and conflict is Conflict.RENAME:
        name = _free_name(estate, parent, name)
    elif taken is not None:
        raise NameTaken(name)
    return _insert(estate, parent, name, by, None, item_id)


def ensure_folder(estate: Estate, parent: DriveItem, path: str, by: Author) -> DriveItem:
    """Find or create each folder along a decoded path."""
    folder = parent
    for name in path.split("/"):
        if name:
            folder = find_child(estate, folder, name) or create_folder(estate, folder, name, by)
    return folder


def write_file(
    estate: Estate,
    parent: DriveItem,
    name: str,
    content: Content,
    by: Author,
    conflict: Conflict = Conflict.REPLACE,
    item_id: str | None = None,
) -> tuple[DriveItem, bool]:
    """Create a file, or replace its content; answers the file and whether it is new. Raises NameTaken, NameRefused."""
    check_name(name, at_root=parent.is_root)
    taken = find_child(estate, parent, name)
    if taken is None:
        return _insert(estate, parent, name, by, content, item_id), True
    if conflict is Conflict.RENAME:
        return _insert(estate, parent, _free_name(estate, parent, name), by, content, item_id), True
    if conflict is Conflict.FAIL or taken.is_folder:
        raise NameTaken(name)
    return replace_content(estate, taken, content, by), False


def replace_content(estate: Estate, item: DriveItem, content: Content, by: Author) -> DriveItem:
    """Give a file new content; the old one becomes a version."""
    with estate.db.change() as change:
        if item.blob is not None:
            change.execute(
                "INSERT OR REPLACE INTO item_versions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    item.id,
                    f"{item.content_version}.0",
                    item.blob,
                    item.size,
                    item.modified,
                    item.modified_by.user_id,
                    item.modified_by.app_id,
                ),
            )
        change.execute(
            "UPDATE drive_items SET blob = ?, size = ?, quick_hash = ?, content_version = content_version + 1,"
            " file_modified = NULL WHERE id = ?",
            (content.blob, content.size, content.quick_hash, item.id),
        )
        _touch(estate, change, item, by)
        _grow(change, item.parent_id, content.size - item.size)
    return get_item(estate, item.drive_id, item.id)


def move_item(
    estate: Estate, item: DriveItem, name: str, parent: DriveItem, by: Author, conflict: Conflict = Conflict.FAIL
) -> DriveItem:
    """Rename an item, put it in another folder of the same library, or both. Raises MoveRefused, NameTaken,
    NameRefused."""
    if item.is_root or not parent.is_folder or parent.drive_id != item.drive_id or files.is_below(estate, parent, item):
        raise MoveRefused(item.name)
    check_name(name, at_root=parent.is_root)
    taken = find_child(estate, parent, name)
    with estate.db.change() as change:
        if taken is not None and taken.id != item.id:
            name = _make_room(estate, taken, parent, name, conflict)
        change.execute(
            "UPDATE drive_items SET name = ?, name_key = ?, parent_id = ? WHERE id = ?",
            (name, name_key(name), parent.id, item.id),
        )
        _touch(estate, change, item, by)
        if parent.id != item.parent_id:
            _grow(change, item.parent_id, -item.size)
            _grow(change, parent.id, item.size)
    return get_item(estate, item.drive_id, item.id)


def describe_item(
    estate: Estate,
    item: DriveItem,
    by: Author,
    *,
    description: str | None,
    file_created: str | None,
    file_modified: str | None,
) -> DriveItem:
    """Set the description and the times that the client's file system keeps."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE drive_items SET description = ?, file_created = ?, file_modified = ? WHERE id = ?",
            (description, file_created, file_modified, item.id),
        )
        _touch(estate, change, item, by)
    return get_item(estate, item.drive_id, item.id)


def delete_item(estate: Estate, item: DriveItem) -> None:
    """Put an item with everything in it in the site's recycle bin."""
    if item.is_root:
        raise MoveRefused(item.name)
    stamp = estate.clock.stamp()
    with estate.db.change() as change:
        for one in _tree_ids(change, item.id):
            change.execute(
                "UPDATE drive_items SET deleted = ?, seq = ? WHERE id = ?",
                (stamp, _next_sequence(change, item.drive_id), one),
            )
        _grow(change, item.parent_id, -item.size)
        record_change(change, "drive", item.drive_id, item.id, "updated")


def copy_item(
    estate: Estate,
    item: DriveItem,
    parent: DriveItem,
    name: str,
    by: Author,
    conflict: Conflict = Conflict.FAIL,
    *,
    with_versions: bool = False,
) -> DriveItem:
    """Copy an item with everything in it into a folder, of another library too. Raises NameTaken, NameRefused."""
    with estate.db.change():
        if not item.is_folder:
            copy, is_new = write_file(estate, parent, name, content_of(item), by, conflict)
            return _with_versions_of(estate, item, copy) if with_versions and is_new else copy
        children = files.list_children(estate, item)
        copied = create_folder(estate, parent, name, by, conflict)
        for child in children:
            copy_item(estate, child, copied, child.name, by, with_versions=with_versions)
    return get_item(estate, copied.drive_id, copied.id)


def _with_versions_of(estate: Estate, item: DriveItem, copy: DriveItem) -> DriveItem:
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO item_versions SELECT ?, label, blob, size, modified, modified_by, modified_app"
            " FROM item_versions WHERE item_id = ?",
            (copy.id, item.id),
        )
        change.execute("UPDATE drive_items SET content_version = ? WHERE id = ?", (item.content_version, copy.id))
    return get_item(estate, copy.drive_id, copy.id)


def content_of(item: DriveItem) -> Content:
    """The stored content of a file; raises LookupError for a folder."""
    if item.blob is None or item.quick_hash is None:
        raise LookupError(item.id)
    return Content(item.blob, item.size, item.quick_hash)


def _insert(
    estate: Estate, parent: DriveItem, name: str, by: Author, content: Content | None, item_id: str | None
) -> DriveItem:
    if len(files.path_below_root(estate, parent.id)) + len(name) > _PATH_LIMIT:
        raise NameRefused("The path is longer than 400 characters.")
    new_id, stamp = item_id or estate.ids.drive_item(), estate.clock.stamp()
    guid = estate.ids.guid() if item_id is None else str(uuid.uuid5(uuid.NAMESPACE_URL, item_id))
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO drive_items (id, drive_id, parent_id, name, name_key, is_folder, size, blob, quick_hash, guid,"
            " created, modified, created_by, created_app, modified_by, modified_app, seq)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(new_id, parent.drive_id, parent.id, name, name_key(name), content is None),
                *((content.size, content.blob, content.quick_hash) if content else (0, None, None)),
                *(guid, stamp, stamp, by.user_id, by.app_id, by.user_id, by.app_id),
                _next_sequence(change, parent.drive_id),
            ),
        )
        _grow(change, parent.id, content.size if content else 0)
        record_change(change, "drive", parent.drive_id, new_id, "updated")
    return get_item(estate, parent.drive_id, new_id)


def _make_room(estate: Estate, taken: DriveItem, parent: DriveItem, name: str, conflict: Conflict) -> str:
    """The name to use when another item has it; a file in the way is deleted when replacing was asked."""
    if conflict is Conflict.RENAME:
        return _free_name(estate, parent, name)
    if conflict is Conflict.FAIL or taken.is_folder:
        raise NameTaken(name)
    delete_item(estate, taken)
    return name


def _free_name(estate: Estate, parent: DriveItem, name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    candidates: Iterator[str] = (f"{stem} {number}{dot}{ending}" for number in range(1, 100_000))
    return next(one for one in candidates if find_child(estate, parent, one) is None)


def _touch(estate: Estate, change: sqlite3.Connection, item: DriveItem, by: Author) -> None:
    change.execute(
        "UPDATE drive_items SET version = version + 1, modified = ?, modified_by = ?, modified_app = ?, seq = ?"
        " WHERE id = ?",
        (estate.clock.stamp(), by.user_id, by.app_id, _next_sequence(change, item.drive_id), item.id),
    )
    record_change(change, "drive", item.drive_id, item.id, "updated")


def _next_sequence(change: sqlite3.Connection, drive_id: str) -> int:
    found = change.execute("UPDATE drives SET sequence = sequence + 1 WHERE id = ? RETURNING sequence", (drive_id,))
    return int(found.fetchall()[0][0])


def _grow(change: sqlite3.Connection, folder_id: str | None, size: int) -> None:
    """Add to the size of a folder and of every folder above it."""
    change.execute(
        "WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM drive_items WHERE id = ?"
        " UNION ALL SELECT above.id, above.parent_id FROM drive_items above JOIN up ON above.id = up.parent_id)"
        " UPDATE drive_items SET size = size + ? WHERE id IN (SELECT id FROM up)",
        (folder_id, size),
    )


def _tree_ids(change: sqlite3.Connection, item_id: str) -> list[str]:
    """An item and everything in it, parents before children."""
    found = change.execute(
        "WITH RECURSIVE down (id, depth) AS (SELECT ?, 0"
        " UNION ALL SELECT below.id, depth + 1 FROM drive_items below JOIN down ON below.parent_id = down.id"
        " WHERE below.deleted IS NULL) SELECT id FROM down ORDER BY depth",
        (item_id,),
    )
    return [row[0] for row in found]
