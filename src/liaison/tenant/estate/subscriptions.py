"""Change notifications: who asked to be told, and the changes that wait to be told.

Writers of the estate call `record_change`; nothing is kept while nobody has subscribed.
"""

# ruff: noqa: S608 - the texts joined into statements are column names of this module; every value is bound.
from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate

_TABLES = """
CREATE TABLE IF NOT EXISTS subscriptions (
  id TEXT PRIMARY KEY, app_id TEXT NOT NULL, creator_id TEXT NOT NULL,
  resource TEXT NOT NULL, resource_key TEXT NOT NULL, change_type TEXT NOT NULL,
  notification_url TEXT NOT NULL, lifecycle_url TEXT, client_state TEXT, tls_version TEXT,
  topic TEXT NOT NULL, container TEXT NOT NULL,
  expires REAL NOT NULL, renewed REAL NOT NULL, warned INTEGER NOT NULL DEFAULT 0,
  after_change INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS subscriptions_once ON subscriptions (app_id, change_type, resource_key);
CREATE INDEX IF NOT EXISTS subscriptions_by_topic ON subscriptions (topic, container);
CREATE TABLE IF NOT EXISTS changes_to_tell (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL, container TEXT NOT NULL, entity_id TEXT NOT NULL, change_type TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS notifications (
  id TEXT PRIMARY KEY, subscription_id TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, first_try REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_by_due ON notifications (due);
CREATE TABLE IF NOT EXISTS subscription_certificates (
  subscription_id TEXT PRIMARY KEY, certificate TEXT NOT NULL, certificate_id TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Subscription:
    """`topic` and `container` say in our words what is watched, such as ("channel", team id); "*" is everything."""

    id: str
    app_id: str
    creator_id: str
    resource: str
    resource_key: str
    change_type: str
    notification_url: str
    lifecycle_url: str | None
    client_state: str | None
    tls_version: str | None
    topic: str
    container: str
    expires: float
    renewed: float
    warned: bool = False


@dataclass(frozen=True)
class Change:
    """Something happened to an entity, such as a channel in its container, the team."""

    seq: int
    topic: str
    container: str
    entity_id: str
    change_type: str


@dataclass(frozen=True)
class Notification:
    """One body to post to one address; `due` is when to try next."""

    id: str
    subscription_id: str
    url: str
    body: str
    attempts: int
    due: float
    first_try: float


_COLUMNS = tuple(Subscription.__dataclass_fields__)


def create_tables(estate: Estate) -> None:
    """Create the tables of subscriptions; repeatable."""
    estate.db.run_script(_TABLES)


def record_change(change: sqlite3.Connection, topic: str, container: str, entity_id: str, change_type: str) -> None:
    """Note a change inside the write that makes it; nothing is noted while there is no subscription."""
    change.execute(
        "INSERT INTO changes_to_tell (topic, container, entity_id, change_type)"
        " SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM subscriptions)",
        (topic, container, entity_id, change_type),
    )


def add_subscription(estate: Estate, subscription: Subscription) -> None:
    """Keep a subscription; it is told of what happens from now on.

    Raises `sqlite3.IntegrityError` when the app already has an equal one.
    """
    marks = ", ".join("?" * len(_COLUMNS))
    newest = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'changes_to_tell')"
    with estate.db.change() as change:
        change.execute(
            f"INSERT INTO subscriptions ({', '.join(_COLUMNS)}, after_change) VALUES ({marks}, {newest})",
            [getattr(subscription, name) for name in _COLUMNS],
        )


def keep_certificate(estate: Estate, subscription_id: str, certificate: str, certificate_id: str) -> None:
    """Keep what a subscription's resource data is encrypted for: a certificate and the app's name of it."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO subscription_certificates VALUES (?, ?, ?)",
            (subscription_id, certificate, certificate_id),
        )


def find_certificate(estate: Estate, subscription_id: str) -> tuple[str, str] | None:
    """The certificate and its name of a subscription that is told resource data; None for the others."""
    row = estate.db.row("SELECT * FROM subscription_certificates WHERE subscription_id = ?", (subscription_id,))
    return None if row is None else (row["certificate"], row["certificate_id"])


def find_subscription(estate: Estate, subscription_id: str) -> Subscription | None:
    """A subscription that has not run out."""
    row = estate.db.row(
        "SELECT * FROM subscriptions WHERE id = ? AND expires > ?", (subscription_id, estate.clock.seconds())
    )
    return None if row is None else _subscription(row)


def find_equal_subscription(estate: Estate, app_id: str, change_type: str, resource_key: str) -> Subscription | None:
    """The app's live subscription to the same changes of the same resource."""
    row = estate.db.row(
        "SELECT * FROM subscriptions WHERE app_id = ? AND change_type = ? AND resource_key = ? AND expires > ?",
        (app_id, change_type, resource_key, estate.clock.seconds()),
    )
    return None if row is None else _subscription(row)


def list_subscriptions(estate: Estate, app_id: str) -> list[Subscription]:
    """The live subscriptions of one app."""
    found = estate.db.rows(
        "SELECT * FROM subscriptions WHERE app_id = ? AND expires > ? ORDER BY id", (app_id, estate.clock.seconds())
    )
    return [_subscription(row) for row in found]


def renew_subscription(estate: Estate, subscription_id: str, expires: float) -> None:
    with estate.db.change() as change:
        change.execute(
            "UPDATE subscriptions SET expires = ?, renewed = ?, warned = 0 WHERE id = ?",
            (expires, estate.clock.seconds(), subscription_id),
        )


def delete_subscription(estate: Estate, subscription_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM subscriptions WHERE id = ?", (subscription_id,))
        change.execute("DELETE FROM notifications WHERE subscription_id = ?", (subscription_id,))
        change.execute("DELETE FROM subscription_certificates WHERE subscription_id = ?", (subscription_id,))


def drop_expired_subscriptions(estate: Estate) -> None:
    """Forget what ran out, so that an equal subscription can be made again."""
    with estate.db.change() as change:
        change.execute("DELETE FROM subscriptions WHERE expires <= ?", (estate.clock.seconds(),))


def list_ending_subscriptions(estate: Estate, within_s: float) -> list[Subscription]:
    """Live subscriptions with a lifecycle address that end soon and have not been told so."""
    now = estate.clock.seconds()
    found = estate.db.rows(
        "SELECT * FROM subscriptions WHERE lifecycle_url IS NOT NULL AND warned = 0 AND expires > ? AND expires <= ?",
        (now, now + within_s),
    )
    return [_subscription(row) for row in found]


def mark_warned(estate: Estate, subscription_id: str) -> None:
    with estate.db.change() as change:
        change.execute("UPDATE subscriptions SET warned = 1 WHERE id = ?", (subscription_id,))


def has_subscriptions(estate: Estate) -> bool:
    """Whether there is anybody to tell."""
    return estate.db.value("SELECT 1 FROM subscriptions WHERE expires > ?", (estate.clock.seconds(),)) is not None


def list_changes(estate: Estate, limit: int = 200) -> list[Change]:
    """The oldest changes nobody has been told of."""
    found = estate.db.rows("SELECT * FROM changes_to_tell ORDER BY seq LIMIT ?", (limit,))
    return [Change(row["seq"], row["topic"], row["container"], row["entity_id"], row["change_type"]) for row in found]


def list_watchers(estate: Estate, change: Change) -> list[Subscription]:
    """Live subscriptions that want to be told of a change."""
    found = estate.db.rows(
        "SELECT * FROM subscriptions WHERE topic = ? AND container IN (?, '*') AND expires > ? AND after_change < ?",
        (change.topic, change.container, estate.clock.seconds(), change.seq),
    )
    return [watcher for watcher in map(_subscription, found) if change.change_type in watcher.change_type.split(",")]


def queue_notifications(estate: Estate, told_up_to: int, notifications: list[Notification]) -> None:
    """Turn changes into notifications in one write; the changes up to `told_up_to` are forgotten."""
    with estate.db.change() as change:
        change.execute("DELETE FROM changes_to_tell WHERE seq <= ?", (told_up_to,))
        for one in notifications:
            change.execute(
                "INSERT INTO notifications (id, subscription_id, url, body, attempts, due, first_try)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (one.id, one.subscription_id, one.url, one.body, one.attempts, one.due, one.first_try),
            )


def list_due_notifications(estate: Estate, limit: int = 50) -> list[Notification]:
    found = estate.db.rows(
        "SELECT * FROM notifications WHERE due <= ? ORDER BY due, rowid LIMIT ?", (estate.clock.seconds(), limit)
    )
    return [_notification(row) for row in found]


def postpone_notification(estate: Estate, notification_id: str, due: float) -> None:
    with estate.db.change() as change:
        change.execute("UPDATE notifications SET attempts = attempts + 1, due = ? WHERE id = ?", (due, notification_id))


def drop_notification(estate: Estate, notification_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM notifications WHERE id = ?", (notification_id,))


def _subscription(row: Any) -> Subscription:
    values = {name: row[name] for name in _COLUMNS}
    values["warned"] = bool(values["warned"])
    return Subscription(**values)


def _notification(row: Any) -> Notification:
    return Notification(**{name: row[name] for name in Notification.__dataclass_fields__})
