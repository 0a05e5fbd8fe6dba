"""What people write in channels: posts and their replies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate, message_life
from liaison.tenant.estate.subscriptions import record_change

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
  channel_id TEXT NOT NULL, id TEXT NOT NULL, team_id TEXT NOT NULL, reply_to TEXT,
  created TEXT NOT NULL, modified TEXT NOT NULL, deleted TEXT,
  user_id TEXT, app_id TEXT, subject TEXT, importance TEXT NOT NULL,
  content_type TEXT NOT NULL, content TEXT NOT NULL,
  attachments TEXT NOT NULL DEFAULT '[]', mentions TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (channel_id, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_by_thread ON messages (channel_id, reply_to, id);
CREATE INDEX IF NOT EXISTS messages_by_team ON messages (team_id, id);
"""


@dataclass(frozen=True)
class NewMessage:
    """A post or, with `reply_to`, a reply; `attachments` and `mentions` are kept as they were sent."""

    user_id: str
    content: str
    content_type: str = "text"
    subject: str | None = None
    importance: str = "normal"
    attachments: tuple[Any, ...] = ()
    mentions: tuple[Any, ...] = ()
    reply_to: str | None = None


@dataclass(frozen=True)
class Message:
    """`id` is the moment of writing in milliseconds since the epoch, as text."""

    id: str
    team_id: str
    channel_id: str
    reply_to: str | None
    created: str
    modified: str
    deleted: str | None
    user_id: str | None
    subject: str | None
    importance: str
    content_type: str
    content: str
    attachments: tuple[Any, ...]
    mentions: tuple[Any, ...]


def create_tables(estate: Estate) -> None:
    """Create the tables of messages; repeatable."""
    estate.db.run_script(_TABLES)
    message_life.create_tables(estate)


def post_message(estate: Estate, team_id: str, channel_id: str, new: NewMessage) -> Message:
    """Write a message in a channel."""
    stamp = estate.clock.stamp()
    with estate.db.change() as change:
        message_id = _free_id(estate, channel_id)
        change.execute(
            "INSERT INTO messages (channel_id, id, team_id, reply_to, created, modified, user_id, subject, importance,"
            " content_type, content, attachments, mentions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(channel_id, message_id, team_id, new.reply_to, stamp, stamp, new.user_id, new.subject),
                *(new.importance, new.content_type, new.content),
                *(json.dumps(list(new.attachments)), json.dumps(list(new.mentions))),
            ),
        )
        message_life.touch_message(change, channel_id, message_id)
        record_change(change, "message", channel_id, message_id, "created")
    found = find_message(estate, channel_id, message_id)
    if found is None:
        raise LookupError(message_id)
    return found


def find_message(estate: Estate, channel_id: str, message_id: str) -> Message | None:
    row = estate.db.row("SELECT * FROM messages WHERE channel_id = ? AND id = ?", (channel_id, message_id))
    return None if row is None else _message(row)


def list_messages(
    estate: Estate, channel_id: str, reply_to: str | None = None, *, before: str | None = None, limit: int = -1
) -> list[Message]:
    """Posts of a channel, or replies to one of them, the newest first; `before` is the id to continue from."""
    found = estate.db.rows(
        "SELECT * FROM messages WHERE channel_id = ? AND reply_to IS ? AND (? IS NULL OR id < ?)"
        " ORDER BY id DESC LIMIT ?",
        (channel_id, reply_to, before, before, limit),
    )
    return [_message(row) for row in found]


def edit_message(estate: Estate, message: Message, new: NewMessage, *, by_author: bool = True) -> None:
    """Give a message another content; readers see that it was edited."""
    stamp = estate.clock.stamp()
    with estate.db.change() as change:
        change.execute(
            "UPDATE messages SET modified = ?, subject = ?, importance = ?, content_type = ?, content = ?,"
            " attachments = ?, mentions = ? WHERE channel_id = ? AND id = ?",
            (
                *(stamp, new.subject, new.importance, new.content_type, new.content),
                *(json.dumps(list(new.attachments)), json.dumps(list(new.mentions)), message.channel_id, message.id),
            ),
        )
        if by_author:
            message_life.note_edit(change, message.channel_id, message.id, stamp)
        message_life.touch_message(change, message.channel_id, message.id)
        record_change(change, "message", message.channel_id, message.id, "updated")


def set_message_deleted(estate: Estate, message: Message, *, deleted: bool) -> None:
    """Delete a message softly, or take that back."""
    stamp = estate.clock.stamp()
    with estate.db.change() as change:
        change.execute(
            "UPDATE messages SET deleted = ?, modified = ? WHERE channel_id = ? AND id = ?",
            (stamp if deleted else None, stamp, message.channel_id, message.id),
        )
        message_life.touch_message(change, message.channel_id, message.id)
        record_change(change, "message", message.channel_id, message.id, "deleted" if deleted else "updated")


def list_team_messages(estate: Estate, team_id: str, before: tuple[str, str] | None, limit: int) -> list[Message]:
    """Posts and replies of every channel of a team, the newest first; `before` is id and channel to continue from."""
    found = estate.db.rows(
        "SELECT * FROM messages WHERE team_id = ? AND (? IS NULL OR (id, channel_id) < (?, ?))"
        " ORDER BY id DESC, channel_id DESC LIMIT ?",
        (team_id, None if before is None else before[0], *(before or ("", "")), limit),
    )
    return [_message(row) for row in found]


def _free_id(estate: Estate, channel_id: str) -> str:
    newest = estate.db.value("SELECT max(id) FROM messages WHERE channel_id = ?", (channel_id,))
    return str(max(int(estate.clock.seconds() * 1000), int(newest or 0) + 1))


def _message(row: Any) -> Message:
    values = {name: row[name] for name in Message.__dataclass_fields__}
    values["attachments"] = tuple(json.loads(values["attachments"]))
    values["mentions"] = tuple(json.loads(values["mentions"]))
    return Message(**values)
