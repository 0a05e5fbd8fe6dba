"""Sharing of single files and folders: links, and grants to people beside those of the site."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate

_TABLES = """
CREATE TABLE IF NOT EXISTS item_permissions (
  id TEXT PRIMARY KEY, item_id TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT, roles TEXT NOT NULL,
  user_id TEXT, share_id TEXT, expires TEXT, has_password INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS item_permissions_by_item ON item_permissions (item_id);
CREATE INDEX IF NOT EXISTS item_permissions_by_share ON item_permissions (share_id);
CREATE INDEX IF NOT EXISTS item_permissions_by_user ON item_permissions (user_id);
"""


@dataclass(frozen=True)
class ItemPermission:
    """A link (`kind` is view, edit or embed, with a `scope`) or a grant (`kind` is grant, with a `user_id`)."""

    id: str
    item_id: str
    kind: str
    scope: str | None
    roles: tuple[str, ...]
    user_id: str | None
    share_id: str | None
    expires: str | None
    has_password: bool


def create_tables(estate: Estate) -> None:
    """Create the table of item permissions; repeatable."""
    estate.db.run_script(_TABLES)


def add_permission(estate: Estate, permission: ItemPermission) -> ItemPermission:
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO item_permissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(permission.id, permission.item_id, permission.kind, permission.scope, json.dumps(permission.roles)),
                *(permission.user_id, permission.share_id, permission.expires, permission.has_password),
            ),
        )
    return permission


def list_permissions(estate: Estate, item_id: str) -> list[ItemPermission]:
    """What an item has of its own, the oldest first."""
    found = estate.db.rows("SELECT * FROM item_permissions WHERE item_id = ? ORDER BY rowid", (item_id,))
    return [_permission(row) for row in found]


def find_shared_item(estate: Estate, share_id: str) -> str | None:
    """The id of the item that a link leads to."""
    found = estate.db.value("SELECT item_id FROM item_permissions WHERE share_id = ?", (share_id,))
    return None if found is None else str(found)


def change_roles(estate: Estate, item_id: str, permission_id: str, roles: tuple[str, ...]) -> bool:
    """Give a grant or a link other roles; False when the item has none with this id."""
    with estate.db.change() as change:
        done = change.execute(
            "UPDATE item_permissions SET roles = ? WHERE id = ? AND item_id = ?",
            (json.dumps(roles), permission_id, item_id),
        )
    return bool(done.rowcount)


def delete_permission(estate: Estate, item_id: str, permission_id: str) -> bool:
    """Take a link or a grant back; False when the item has none with this id."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM item_permissions WHERE id = ? AND item_id = ?", (permission_id, item_id))
    return bool(done.rowcount)


def is_shared_with(estate: Estate, item_ids: set[str], user_id: str) -> frozenset[str]:
    """The roles that grants on an item or a folder above it give a person."""
    marks = ", ".join("?" * len(item_ids))
    found = estate.db.rows(
        f"SELECT roles FROM item_permissions WHERE item_id IN ({marks}) AND user_id = ?",  # noqa: S608 - only marks
        (*item_ids, user_id),
    )
    return frozenset(role for row in found for role in json.loads(row["roles"]))


def _permission(row: Any) -> ItemPermission:
    return ItemPermission(
        row["id"],
        row["item_id"],
        row["kind"],
        row["scope"],
        tuple(json.loads(row["roles"])),
        row["user_id"],
        row["share_id"],
        row["expires"],
        bool(row["has_password"]),
    )
