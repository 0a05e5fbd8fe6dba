"""Microsoft 365 groups: their properties, owners and members, and the log that the delta query reads."""

# ruff: noqa: S608 - the texts joined into statements are column names of this module; every value is bound.
from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.estate import Estate, sites
from liaison.tenant.estate.subscriptions import record_change

_TABLES = """
CREATE TABLE IF NOT EXISTS groups (
  id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL COLLATE NOCASE, description TEXT,
  mail_nickname TEXT NOT NULL COLLATE NOCASE, mail TEXT COLLATE NOCASE,
  unique_name TEXT COLLATE NOCASE,
  visibility TEXT NOT NULL, classification TEXT,
  mail_enabled INTEGER NOT NULL, security_enabled INTEGER NOT NULL, unified INTEGER NOT NULL,
  labels TEXT NOT NULL DEFAULT '[]', is_team INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL, renewed TEXT NOT NULL, created_at REAL NOT NULL,
  listed_at REAL NOT NULL DEFAULT 0, seq INTEGER NOT NULL, deleted TEXT
);
CREATE INDEX IF NOT EXISTS groups_by_name ON groups (display_name);
CREATE INDEX IF NOT EXISTS groups_by_nickname ON groups (mail_nickname);
CREATE INDEX IF NOT EXISTS groups_by_mail ON groups (mail);
CREATE INDEX IF NOT EXISTS groups_by_seq ON groups (seq);
CREATE UNIQUE INDEX IF NOT EXISTS groups_by_unique_name ON groups (unique_name);
CREATE TABLE IF NOT EXISTS group_owners (
  group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_members (
  group_id TEXT NOT NULL, user_id TEXT NOT NULL, since REAL NOT NULL, PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS group_members_by_user ON group_members (user_id);
CREATE INDEX IF NOT EXISTS group_owners_by_user ON group_owners (user_id);
CREATE TABLE IF NOT EXISTS group_member_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, group_id TEXT NOT NULL, user_id TEXT NOT NULL,
  relation TEXT NOT NULL, removed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS group_member_log_by_group ON group_member_log (group_id, seq);
"""


@dataclass(frozen=True)
class Group:
    """A group. `visibility` is Private, Public or HiddenMembership; `listed_at` is when lists and filters show it."""

    id: str
    display_name: str
    description: str | None
    mail_nickname: str
    mail: str | None
    unique_name: str | None
    visibility: str
    classification: str | None = None
    mail_enabled: bool = True
    security_enabled: bool = False
    unified: bool = True
    labels: tuple[str, ...] = ()
    is_team: bool = False
    created: str = ""
    renewed: str = ""
    created_at: float = 0.0
    listed_at: float = 0.0
    seq: int = 0
    deleted: str | None = None


@dataclass(frozen=True)
class MemberChange:
    """An entry of the membership log; `relation` is `members` or `owners`."""

    group_id: str
    user_id: str
    relation: str
    removed: bool


_COLUMNS = tuple(Group.__dataclass_fields__)
# A group that was purged keeps its row for the delta query, with its id in the place of its names.
_IN_BIN = "deleted IS NOT NULL AND mail_nickname <> id"
_RELATIONS = {"members": "group_members", "owners": "group_owners"}
# Columns that a filter may be answered from, by index.
INDEXED = {
    "id": "id",
    "displayName": "display_name",
    "mailNickname": "mail_nickname",
    "mail": "mail",
    "uniqueName": "unique_name",
}


def create_tables(estate: Estate) -> None:
    """Create the tables of groups; repeatable."""
    estate.db.run_script(_TABLES)


def nickname_of(name: str) -> str:
    """The mail nickname made of a display name: its letters and digits without accents; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]", "", plain).strip(".")[:64]


def free_nickname(estate: Estate, wanted: str) -> str:
    """`wanted`, or the same with the first number that makes it free."""
    nickname, number = wanted, 1
    while find_group_by_nickname(estate, nickname) is not None:
        nickname, number = f"{wanted}{number}", number + 1
    return nickname


def create_group(
    estate: Estate, group: Group, *, site_ready_at: float = 0.0, collection_id: str | None = None
) -> Group:
    """Create a group, with its SharePoint site when it is a Microsoft 365 group."""
    now = estate.clock.seconds()
    with estate.db.change() as change:
        stamp = estate.clock.stamp()
        created = replace(group, created=stamp, renewed=stamp, created_at=now, seq=_next_sequence(change))
        marks = ", ".join("?" * len(_COLUMNS))
        change.execute(f"INSERT INTO groups ({', '.join(_COLUMNS)}) VALUES ({marks})", _values(created))
        if group.unified:
            path = sites.free_site_path(estate, f"/sites/{group.mail_nickname}")
            sites.create_site(
                estate,
                path,
                group.display_name,
                group_id=group.id,
                ready_at=site_ready_at,
                collection_id=collection_id,
            )
        record_change(change, "group", group.id, group.id, "updated")
    return created


def find_group(estate: Estate, group_id: str) -> Group | None:
    """A group that is not deleted, team or not."""
    row = estate.db.row("SELECT * FROM groups WHERE id = ? AND deleted IS NULL", (group_id.lower(),))
    return None if row is None else _group(row)


def find_deleted_group(estate: Estate, group_id: str) -> Group | None:
    """A group in the recycle bin."""
    row = estate.db.row(f"SELECT * FROM groups WHERE id = ? AND {_IN_BIN}", (group_id.lower(),))
    return None if row is None else _group(row)


def find_group_by_unique_name(estate: Estate, unique_name: str) -> Group | None:
    row = estate.db.row("SELECT * FROM groups WHERE unique_name = ? AND deleted IS NULL", (unique_name,))
    return None if row is None else _group(row)


def find_group_by_nickname(estate: Estate, nickname: str) -> Group | None:
    """The group that has a mail nickname, one in the recycle bin too: its address stays taken."""
    row = estate.db.row("SELECT * FROM groups WHERE mail_nickname = ?", (nickname,))
    return None if row is None else _group(row)


def list_groups(
    estate: Estate,
    *,
    equals: Sequence[tuple[str, str]] = (),
    starts: Sequence[tuple[str, str]] = (),
    only_teams: bool = False,
    only_unified: bool = False,
) -> list[Group]:
    """Groups by display name; `equals` and `starts` name columns of INDEXED and what they must hold or begin with."""
    conditions, values = ["deleted IS NULL", "listed_at <= ?"], [estate.clock.seconds()]
    arguments: list[Any] = list(values)
    for column, value in equals:
        conditions.append(f"{column} = ?")
        arguments.append(value)
    for column, value in starts:
        conditions.append(f"{column} LIKE ? ESCAPE '\\'")
        arguments.append(value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    if only_teams:
        conditions.append("is_team = 1")
    if only_unified:
        conditions.append("unified = 1")
    found = estate.db.rows(
        f"SELECT * FROM groups WHERE {' AND '.join(conditions)} ORDER BY display_name, id", arguments
    )
    return [_group(row) for row in found]


def list_deleted_groups(estate: Estate) -> list[Group]:
    found = estate.db.rows(f"SELECT * FROM groups WHERE {_IN_BIN} ORDER BY deleted DESC, id")
    return [_group(row) for row in found]


def save_group(estate: Estate, group: Group) -> Group:
    """Replace the properties of a group."""
    with estate.db.change() as change:
        saved = replace(group, seq=_next_sequence(change))
        sets = ", ".join(f"{name} = ?" for name in _COLUMNS)
        change.execute(f"UPDATE groups SET {sets} WHERE id = ?", [*_values(saved), group.id])
        site = sites.find_group_site(estate, group.id)
        if site is not None and site.display_name != group.display_name:
            sites.rename_site(estate, site.id, group.display_name)
        record_change(change, "group", group.id, group.id, "updated")
        if group.is_team:
            record_change(change, "team", group.id, group.id, "updated")
    return saved


def delete_group(estate: Estate, group: Group) -> None:
    """Put a group, its team and its sites in the recycle bin."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE groups SET deleted = ?, seq = ? WHERE id = ?",
            (estate.clock.stamp(), _next_sequence(change), group.id),
        )
        sites.delete_group_sites(estate, group.id)
        record_change(change, "group", group.id, group.id, "updated")
        if group.is_team:
            record_change(change, "team", group.id, group.id, "deleted")


def restore_group(estate: Estate, group: Group) -> Group:
    """Take a group with its team and its sites out of the recycle bin."""
    with estate.db.change() as change:
        change.execute("UPDATE groups SET deleted = NULL, seq = ? WHERE id = ?", (_next_sequence(change), group.id))
        sites.restore_group_sites(estate, group.id)
        record_change(change, "group", group.id, group.id, "updated")
    return replace(group, deleted=None)


def purge_group(estate: Estate, group: Group) -> None:
    """Remove a group from the recycle bin for good; its names become free."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE groups SET mail_nickname = id, unique_name = NULL, mail = NULL, listed_at = 9e15, seq = ?"
            " WHERE id = ?",
            (_next_sequence(change), group.id),
        )


def add_person(estate: Estate, group_id: str, user_id: str, relation: str) -> bool:
    """Make a user a member or an owner (`relation` is `members` or `owners`); False when the user is one already."""
    with estate.db.change() as change:
        if relation == "members":
            done = change.execute(
                "INSERT OR IGNORE INTO group_members VALUES (?, ?, ?)", (group_id, user_id, estate.clock.seconds())
            )
        else:
            done = change.execute("INSERT OR IGNORE INTO group_owners VALUES (?, ?)", (group_id, user_id))
        if done.rowcount:
            _log_person(change, group_id, user_id, relation, removed=False)
    return bool(done.rowcount)


def remove_person(estate: Estate, group_id: str, user_id: str, relation: str) -> bool:
    """Take a user out of the members or the owners; False when the user is not one."""
    with estate.db.change() as change:
        done = change.execute(
            f"DELETE FROM {_RELATIONS[relation]} WHERE group_id = ? AND user_id = ?", (group_id, user_id)
        )
        if done.rowcount:
            _log_person(change, group_id, user_id, relation, removed=True)
    return bool(done.rowcount)


def is_member(estate: Estate, group_id: str, user_id: str) -> bool:
    return _has_person(estate, group_id, user_id, "members")


def is_owner(estate: Estate, group_id: str, user_id: str) -> bool:
    return _has_person(estate, group_id, user_id, "owners")


def list_people(estate: Estate, group_id: str, relation: str) -> list[str]:
    """The user ids of the members or the owners, by name."""
    found = estate.db.rows(
        f"SELECT user_id FROM {_RELATIONS[relation]} JOIN users ON users.id = user_id"
        " WHERE group_id = ? AND users.deleted IS NULL ORDER BY display_name, user_id",
        (group_id,),
    )
    return [row["user_id"] for row in found]


def count_people(estate: Estate, group_id: str, relation: str) -> int:
    """How many members or owners a group has."""
    return int(estate.db.value(f"SELECT count(*) FROM {_RELATIONS[relation]} WHERE group_id = ?", (group_id,)))


def count_groups_of(estate: Estate, user_id: str) -> int:
    """How many groups a user is a member of."""
    return int(estate.db.value("SELECT count(*) FROM group_members WHERE user_id = ?", (user_id,)))


def list_groups_of(estate: Estate, user_id: str, relation: str = "members") -> list[Group]:
    """The groups that a user is a member (or an owner) of, by name."""
    found = estate.db.rows(
        f"SELECT groups.* FROM {_RELATIONS[relation]} JOIN groups ON groups.id = group_id"
        " WHERE user_id = ? AND deleted IS NULL ORDER BY display_name, groups.id",
        (user_id,),
    )
    return [_group(row) for row in found]


def list_groups_made_by(estate: Estate, user_id: str) -> list[Group]:
    """The groups whose first owner a user was, by name: they made them."""
    found = estate.db.rows(
        "SELECT groups.* FROM groups JOIN group_member_log AS first ON first.seq ="
        " (SELECT min(seq) FROM group_member_log WHERE group_id = groups.id AND relation = 'owners')"
        " WHERE first.user_id = ? AND deleted IS NULL ORDER BY display_name, groups.id",
        (user_id,),
    )
    return [_group(row) for row in found]


def groups_sequence(estate: Estate) -> int:
    """The newest change number among the groups and their people."""
    return int(estate.db.value("SELECT coalesce(max(seq), 0) FROM group_member_log"))


def list_changed_groups(estate: Estate, after: int, limit: int = -1) -> list[Group]:
    """Groups changed since a number, deleted ones too, the oldest change first."""
    found = estate.db.rows("SELECT * FROM groups WHERE seq > ? AND unified = 1 ORDER BY seq LIMIT ?", (after, limit))
    return [_group(row) for row in found]


def list_person_changes(estate: Estate, group_id: str, relation: str, after: int) -> list[MemberChange]:
    """The last thing that happened to each member (or owner) of a group since a number."""
    found = estate.db.rows(
        "SELECT user_id, removed, max(seq) FROM group_member_log WHERE group_id = ? AND relation = ? AND seq > ?"
        " GROUP BY user_id ORDER BY max(seq)",
        (group_id, relation, after),
    )
    return [MemberChange(group_id, row["user_id"], relation, bool(row["removed"])) for row in found]


def _has_person(estate: Estate, group_id: str, user_id: str, relation: str) -> bool:
    return (
        estate.db.value(f"SELECT 1 FROM {_RELATIONS[relation]} WHERE group_id = ? AND user_id = ?", (group_id, user_id))
        is not None
    )


def _log_person(change: sqlite3.Connection, group_id: str, user_id: str, relation: str, *, removed: bool) -> None:
    done = change.execute(
        "INSERT INTO group_member_log (group_id, user_id, relation, removed) VALUES (?, ?, ?, ?)",
        (group_id, user_id, relation, removed),
    )
    change.execute("UPDATE groups SET seq = ? WHERE id = ?", (done.lastrowid, group_id))
    record_change(change, "groupMember", group_id, user_id, "deleted" if removed else "updated")


def _next_sequence(change: sqlite3.Connection) -> int:
    # One number line for groups and memberships: an empty entry of the log takes the next number.
    done = change.execute("INSERT INTO group_member_log (group_id, user_id, relation, removed) VALUES ('', '', '', 0)")
    return int(done.lastrowid or 0)


def _values(group: Group) -> list[Any]:
    values = {name: getattr(group, name) for name in _COLUMNS}
    values["labels"] = json.dumps(group.labels)
    return list(values.values())


def _group(row: Any) -> Group:
    values = {name: row[name] for name in _COLUMNS}
    for name in ("mail_enabled", "security_enabled", "unified", "is_team"):
        values[name] = bool(values[name])
    values["labels"] = tuple(json.loads(values["labels"]))
    return Group(**values)
