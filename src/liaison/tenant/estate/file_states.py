"""What is kept about files beside their content: who has one checked out, the values of a library's own columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate, files
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.sites import Drive

_TABLES = """
CREATE TABLE IF NOT EXISTS item_checkouts (
  item_id TEXT PRIMARY KEY REFERENCES drive_items (id), holder TEXT NOT NULL, since TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item_fields (
  item_id TEXT NOT NULL REFERENCES drive_items (id), name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (item_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS library_columns (
  id TEXT PRIMARY KEY, drive_id TEXT NOT NULL REFERENCES drives (id), name TEXT NOT NULL COLLATE NOCASE,
  definition TEXT NOT NULL, UNIQUE (drive_id, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drive_items_by_drive ON drive_items (drive_id) WHERE parent_id IS NOT NULL;
"""


@dataclass(frozen=True)
class Column:
    """A column that somebody added to a library; `definition` is its JSON as it was sent."""

    id: str
    name: str
    definition: dict[str, Any]


def create_tables(estate: Estate) -> None:
    """Create the tables; repeatable."""
    estate.db.run_script(_TABLES)


def check_out(estate: Estate, item: DriveItem, holder: str) -> str:
    """Let one holder alone change a file; answers who holds it now."""
    with estate.db.change() as change:
        change.execute("INSERT OR IGNORE INTO item_checkouts VALUES (?, ?, ?)", (item.id, holder, estate.clock.stamp()))
    return checkout_holder(estate, item.id) or holder


def check_in(estate: Estate, item_id: str) -> None:
    """Let everybody change a file again."""
    with estate.db.change() as change:
        change.execute("DELETE FROM item_checkouts WHERE item_id = ?", (item_id,))


def checkout_holder(estate: Estate, item_id: str) -> str | None:
    """Who has a file checked out."""
    found = estate.db.value("SELECT holder FROM item_checkouts WHERE item_id = ?", (item_id,))
    return None if found is None else str(found)


def item_fields(estate: Estate, item_id: str) -> dict[str, Any]:
    """The values of an item in columns that can be written."""
    found = estate.db.rows("SELECT name, value FROM item_fields WHERE item_id = ?", (item_id,))
    return {row["name"]: json.loads(row["value"]) for row in found}


def set_item_fields(estate: Estate, item_id: str, values: dict[str, Any]) -> None:
    """Write values in columns; None empties one."""
    with estate.db.change() as change:
        for name, value in values.items():
            change.execute("DELETE FROM item_fields WHERE item_id = ? AND name = ?", (item_id, name))
            if value is not None:
                change.execute("INSERT INTO item_fields VALUES (?, ?, ?)", (item_id, name, json.dumps(value)))


def list_columns(estate: Estate, drive_id: str) -> list[Column]:
    """The columns that were added to a library, by name."""
    found = estate.db.rows("SELECT * FROM library_columns WHERE drive_id = ? ORDER BY name", (drive_id,))
    return [Column(row["id"], row["name"], json.loads(row["definition"])) for row in found]


def add_column(estate: Estate, drive_id: str, column: Column) -> None:
    """Add a column to a library; raises `sqlite3.IntegrityError` when the name is taken."""
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO library_columns VALUES (?, ?, ?, ?)",
            (column.id, drive_id, column.name, json.dumps(column.definition)),
        )


def delete_column(estate: Estate, drive_id: str, column_id: str) -> bool:
    """Take a column out of a library; False when it has none with this id."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM library_columns WHERE id = ? AND drive_id = ?", (column_id, drive_id))
    return bool(done.rowcount)


def item_number(estate: Estate, item: DriveItem) -> int:
    """The number that an item has in its library's list; it never changes."""
    return int(estate.db.value("SELECT rowid FROM drive_items WHERE id = ?", (item.id,)))


def find_numbered(estate: Estate, drive: Drive, number: int) -> DriveItem | None:
    """The item with a number in a library's list."""
    found = estate.db.value("SELECT id FROM drive_items WHERE rowid = ?", (number,))
    item = None if found is None else files.find_item(estate, drive.id, found)
    return None if item is None or item.is_root else item


def list_numbered(estate: Estate, drive: Drive, after: int, limit: int) -> list[tuple[int, DriveItem]]:
    """The items of a library, at any depth, in the order of their numbers."""
    found = estate.db.rows(
        "SELECT rowid, id FROM drive_items WHERE drive_id = ? AND parent_id IS NOT NULL AND deleted IS NULL"
        " AND rowid > ? ORDER BY rowid LIMIT ?",
        (drive.id, after, limit),
    )
    return [(row["rowid"], item) for row in found if (item := files.find_item(estate, drive.id, row["id"]))]
