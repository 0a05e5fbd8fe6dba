"""What happens to messages after they were written: edits, reactions, pictures inside them, and the order of it all."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.subscriptions import record_change

_TABLES = """
CREATE TABLE IF NOT EXISTS message_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, channel_id TEXT NOT NULL, message_id TEXT NOT NULL,
  UNIQUE (channel_id, message_id)
);
CREATE TABLE IF NOT EXISTS message_edits (
  channel_id TEXT NOT NULL, message_id TEXT NOT NULL, edited TEXT NOT NULL, PRIMARY KEY (channel_id, message_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message_reactions (
  channel_id TEXT NOT NULL, message_id TEXT NOT NULL, user_id TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (channel_id, message_id, user_id, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hosted_contents (
  channel_id TEXT NOT NULL, message_id TEXT NOT NULL, id TEXT NOT NULL, media_type TEXT NOT NULL, blob TEXT NOT NULL,
  PRIMARY KEY (channel_id, message_id, id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Reaction:
    """What somebody thought of a message, such as `like` or a single emoji."""

    user_id: str
    kind: str
    at: str


@dataclass(frozen=True)
class HostedContent:
    """A picture inside a message."""

    id: str
    media_type: str
    blob: str


def create_tables(estate: Estate) -> None:
    """Create the tables; repeatable."""
    estate.db.run_script(_TABLES)


def touch_message(change: sqlite3.Connection, channel_id: str, message_id: str) -> None:
    """Note that a message is the newest thing that changed, inside the write that changes it."""
    change.execute(
        "INSERT OR REPLACE INTO message_log (channel_id, message_id) VALUES (?, ?)", (channel_id, message_id)
    )


def newest_change(estate: Estate) -> int:
    """The number of the newest change of any message."""
    return int(estate.db.value("SELECT coalesce(max(seq), 0) FROM message_log"))


def list_changed_ids(estate: Estate, channel_id: str, after: tuple[int, str], limit: int) -> list[tuple[int, str]]:
    """Change number and id of the posts that changed after a mark, the oldest change first."""
    found = estate.db.rows(
        "SELECT coalesce(seq, 0) AS number, messages.id AS id FROM messages LEFT JOIN message_log AS log"
        " ON log.channel_id = messages.channel_id AND log.message_id = messages.id"
        " WHERE messages.channel_id = ? AND reply_to IS NULL AND (coalesce(seq, 0), messages.id) > (?, ?)"
        " ORDER BY number, messages.id LIMIT ?",
        (channel_id, *after, limit),
    )
    return [(row["number"], row["id"]) for row in found]


def edited_at(estate: Estate, channel_id: str, message_id: str) -> str | None:
    """When the author last changed a message."""
    found: Any = estate.db.value(
        "SELECT edited FROM message_edits WHERE channel_id = ? AND message_id = ?", (channel_id, message_id)
    )
    return None if found is None else str(found)


def note_edit(change: sqlite3.Connection, channel_id: str, message_id: str, stamp: str) -> None:
    """Keep the moment of an edit."""
    change.execute("INSERT OR REPLACE INTO message_edits VALUES (?, ?, ?)", (channel_id, message_id, stamp))


def list_reactions(estate: Estate, channel_id: str, message_id: str) -> list[Reaction]:
    """The reactions to a message, the oldest first."""
    found = estate.db.rows(
        "SELECT * FROM message_reactions WHERE channel_id = ? AND message_id = ? ORDER BY at, user_id, kind",
        (channel_id, message_id),
    )
    return [Reaction(row["user_id"], row["kind"], row["at"]) for row in found]


def set_reaction(estate: Estate, channel_id: str, message_id: str, reaction: Reaction) -> None:
    """Add a reaction; repeatable."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR IGNORE INTO message_reactions VALUES (?, ?, ?, ?, ?)",
            (channel_id, message_id, reaction.user_id, reaction.kind, reaction.at),
        )
        _mark_modified(estate, change, channel_id, message_id)


def unset_reaction(estate: Estate, channel_id: str, message_id: str, user_id: str, kind: str) -> None:
    """Take a reaction back; repeatable."""
    with estate.db.change() as change:
        change.execute(
            "DELETE FROM message_reactions WHERE channel_id = ? AND message_id = ? AND user_id = ? AND kind = ?",
            (channel_id, message_id, user_id, kind),
        )
        _mark_modified(estate, change, channel_id, message_id)


def add_hosted_content(estate: Estate, channel_id: str, message_id: str, content: HostedContent) -> None:
    """Keep a picture of a message."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO hosted_contents VALUES (?, ?, ?, ?, ?)",
            (channel_id, message_id, content.id, content.media_type, content.blob),
        )


def list_hosted_contents(estate: Estate, channel_id: str, message_id: str) -> list[HostedContent]:
    """The pictures inside a message."""
    found = estate.db.rows(
        "SELECT * FROM hosted_contents WHERE channel_id = ? AND message_id = ? ORDER BY id", (channel_id, message_id)
    )
    return [HostedContent(row["id"], row["media_type"], row["blob"]) for row in found]


def _mark_modified(estate: Estate, change: sqlite3.Connection, channel_id: str, message_id: str) -> None:
    change.execute(
        "UPDATE messages SET modified = ? WHERE channel_id = ? AND id = ?",
        (estate.clock.stamp(), channel_id, message_id),
    )
    touch_message(change, channel_id, message_id)
    # Subscribers hear of reactions too. Source: Graph v1.0, resources/chatmessage.md, "Create subscription"
    record_change(change, "message", channel_id, message_id, "updated")
