"""Upload sessions: large files that arrive in ranges. What was acknowledged is on disk.

Source: Graph v1.0, api/driveitem-createuploadsession.md
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from liaison.tenant.estate import Estate
from liaison.tenant.estate.files import Author
from liaison.tenant.estate.filing import Conflict

SESSION_LIFE_S = 24 * 3600.0

_TABLES = """
CREATE TABLE IF NOT EXISTS upload_sessions (
  id TEXT PRIMARY KEY, drive_id TEXT NOT NULL, parent_id TEXT NOT NULL, name TEXT NOT NULL,
  conflict TEXT NOT NULL, defer_commit INTEGER NOT NULL, user_id TEXT, app_id TEXT,
  received INTEGER NOT NULL DEFAULT 0, last_start INTEGER NOT NULL DEFAULT -1, total INTEGER,
  expires REAL NOT NULL, item_id TEXT, item_is_new INTEGER NOT NULL DEFAULT 0
);
"""


@dataclass(frozen=True)
class UploadSession:
    """A file on its way: `received` bytes are here, the latest range began at `last_start`.

    `item_id` is set once the file has been made.
    """

    id: str
    drive_id: str
    parent_id: str
    name: str
    conflict: Conflict
    defer_commit: bool
    by: Author
    received: int
    last_start: int
    total: int | None
    expires: float
    item_id: str | None
    item_is_new: bool


def create_tables(estate: Estate) -> None:
    """Create the table of sessions and the spool folder, and drop what ended sessions left there; repeatable."""
    estate.db.run_script(_TABLES)
    spools = estate.folder / "uploads"
    spools.mkdir(exist_ok=True)
    open_sessions = {row["id"] for row in estate.db.rows("SELECT id FROM upload_sessions WHERE item_id IS NULL")}
    for spool in spools.iterdir():
        if spool.name not in open_sessions:
            spool.unlink()


def start_session(
    estate: Estate, drive_id: str, parent_id: str, name: str, conflict: Conflict, by: Author, *, defer_commit: bool
) -> UploadSession:
    session_id = estate.ids.guid()
    (estate.folder / "uploads" / session_id).touch()
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO upload_sessions (id, drive_id, parent_id, name, conflict, defer_commit, user_id, app_id,"
            " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(session_id, drive_id, parent_id, name, conflict.value, defer_commit, by.user_id, by.app_id),
                estate.clock.seconds() + SESSION_LIFE_S,
            ),
        )
    found = find_session(estate, session_id)
    if found is None:
        raise LookupError(session_id)
    return found


def find_session(estate: Estate, session_id: str) -> UploadSession | None:
    """A session that has not run out."""
    row = estate.db.row(
        "SELECT * FROM upload_sessions WHERE id = ? AND expires > ?", (session_id, estate.clock.seconds())
    )
    return None if row is None else _session(row)


async def write_range(
    estate: Estate, session: UploadSession, start: int, length: int, total: int | None, pieces: AsyncIterator[bytes]
) -> int:
    """Write one range to the spool file and remember it; answers how many bytes of it arrived.

    A range that arrives short is forgotten: the next one begins where this one began.
    """
    written = await _write(spool_of(estate, session), start, length, pieces)
    if written == length:
        with estate.db.change() as change:
            change.execute(
                "UPDATE upload_sessions SET received = ?, last_start = ?, total = ?, expires = ? WHERE id = ?",
                (start + length, start, total, estate.clock.seconds() + SESSION_LIFE_S, session.id),
            )
    return written


def finish_session(estate: Estate, session: UploadSession, item_id: str, *, is_new: bool) -> None:
    """Remember what became of a session, so that its last range may be repeated."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE upload_sessions SET item_id = ?, item_is_new = ? WHERE id = ?", (item_id, is_new, session.id)
        )


def cancel_session(estate: Estate, session: UploadSession) -> None:
    """Forget a session with what arrived of it."""
    with estate.db.change() as change:
        change.execute("DELETE FROM upload_sessions WHERE id = ?", (session.id,))
    spool_of(estate, session).unlink(missing_ok=True)


def spool_of(estate: Estate, session: UploadSession) -> Path:
    """Where the ranges of a session are gathered."""
    return estate.folder / "uploads" / session.id


async def _write(spool: Path, start: int, length: int, pieces: AsyncIterator[bytes]) -> int:
    written = 0
    async with await anyio.open_file(spool, "r+b") as target:
        await target.seek(start)
        async for piece in pieces:
            written += len(piece)
            if written > length:
                break
            await target.write(piece)
        await target.truncate(start + min(written, length))
        await target.flush()
        # What is acknowledged as received must be there after a power loss.
        await anyio.to_thread.run_sync(os.fsync, target.wrapped.fileno())
        await anyio.to_thread.run_sync(_sync, target.wrapped)
    return written


def _sync(file: Any) -> None:
    os.fsync(file.fileno())


def _session(row: Any) -> UploadSession:
    return UploadSession(
        row["id"],
        row["drive_id"],
        row["parent_id"],
        row["name"],
        Conflict(row["conflict"]),
        bool(row["defer_commit"]),
        Author(row["user_id"], row["app_id"]),
        row["received"],
        row["last_start"],
        row["total"],
        row["expires"],
        row["item_id"],
        bool(row["item_is_new"]),
    )
