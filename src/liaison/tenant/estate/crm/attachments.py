"""Contents of file and image columns: stored apart from rows, uploaded in one piece or in blocks.

Source: file-column-data.md, image-column-data.md, "Upload files".
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from liaison.tenant.estate import Estate

_TABLES = """
CREATE TABLE IF NOT EXISTS crm_files (
  environment TEXT NOT NULL, id TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (environment, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crm_transfers (
  token TEXT PRIMARY KEY, environment TEXT NOT NULL, user TEXT NOT NULL, direction TEXT NOT NULL,
  table_name TEXT NOT NULL, row_id TEXT NOT NULL, column_name TEXT NOT NULL, file_name TEXT NOT NULL,
  blob TEXT NOT NULL, begun_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crm_blocks (
  token TEXT NOT NULL, block TEXT NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL, blob TEXT NOT NULL,
  PRIMARY KEY (token, block)
) WITHOUT ROWID;
"""

# An upload that nobody continues is forgotten after this long.
LIFETIME_S = 86_400.0


@dataclass(frozen=True)
class Transfer:
    """An upload or a download that has begun; its token is all a client needs to go on."""

    token: str
    environment: str
    user: str
    direction: str
    table: str
    row_id: str
    column: str
    file_name: str
    blob: str
    begun_at: float


@dataclass(frozen=True)
class Block:
    """A piece of an upload: where it begins, for those sent in order, and its content's key."""

    name: str
    start: int
    size: int
    blob: str


def create_tables(estate: Estate) -> None:
    """Create the tables of contents and transfers; repeatable."""
    estate.db.run_script(_TABLES)


def keep_file(change: sqlite3.Connection, environment: str, file_id: str, blob: str) -> None:
    change.execute("INSERT OR REPLACE INTO crm_files VALUES (?, ?, ?)", (environment, file_id, blob))


def drop_file(change: sqlite3.Connection, environment: str, file_id: str) -> None:
    """Forget a file; its content may still serve another one."""
    change.execute("DELETE FROM crm_files WHERE environment = ? AND id = ?", (environment, file_id))


def find_blob(estate: Estate, environment: str, file_id: str) -> str | None:
    """The key of a file's content."""
    found = estate.db.value("SELECT blob FROM crm_files WHERE environment = ? AND id = ?", (environment, file_id))
    return None if found is None else str(found)


def begin(estate: Estate, transfer: Transfer) -> None:
    """Remember a transfer, and forget those too old to go on."""
    oldest = transfer.begun_at - LIFETIME_S
    with estate.db.change() as change:
        change.execute(
            "DELETE FROM crm_blocks WHERE token IN (SELECT token FROM crm_transfers WHERE begun_at < ?)", (oldest,)
        )
        change.execute("DELETE FROM crm_transfers WHERE begun_at < ?", (oldest,))
        change.execute(
            "INSERT INTO crm_transfers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                transfer.token, transfer.environment, transfer.user, transfer.direction, transfer.table,
                transfer.row_id, transfer.column, transfer.file_name, transfer.blob, transfer.begun_at,
            ),
        )  # fmt: skip


def find_transfer(estate: Estate, environment: str, token: str, direction: str) -> Transfer | None:
    row = estate.db.row(
        "SELECT * FROM crm_transfers WHERE token = ? AND environment = ? AND direction = ?",
        (token, environment, direction),
    )
    return None if row is None else Transfer(*row)


def keep_block(estate: Estate, token: str, block: Block) -> None:
    """Add a piece, or replace the one of the same name."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO crm_blocks VALUES (?, ?, ?, ?, ?)",
            (token, block.name, block.start, block.size, block.blob),
        )


def blocks(estate: Estate, token: str) -> list[Block]:
    """The pieces of an upload, in the order of their beginnings."""
    rows = estate.db.rows("SELECT block, start, size, blob FROM crm_blocks WHERE token = ? ORDER BY start", (token,))
    return [Block(*row) for row in rows]


def finish(estate: Estate, token: str) -> None:
    """Forget a transfer that is done."""
    with estate.db.change() as change:
        change.execute("DELETE FROM crm_blocks WHERE token = ?", (token,))
        change.execute("DELETE FROM crm_transfers WHERE token = ?", (token,))
