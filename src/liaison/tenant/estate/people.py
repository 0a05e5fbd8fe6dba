"""The people of a tenant: users, the licences they hold and the directory roles they are in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.estate import Estate

_TABLES = """
CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY,
  upn TEXT NOT NULL COLLATE NOCASE UNIQUE,
  display_name TEXT NOT NULL COLLATE NOCASE,
  given_name TEXT, surname TEXT,
  mail TEXT COLLATE NOCASE,
  job_title TEXT, department TEXT, office_location TEXT, mobile_phone TEXT,
  business_phones TEXT NOT NULL DEFAULT '[]',
  preferred_language TEXT, usage_location TEXT,
  user_type TEXT NOT NULL DEFAULT 'Member',
  account_enabled INTEGER NOT NULL DEFAULT 1,
  managed_device INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  sessions_valid_from REAL NOT NULL DEFAULT 0,
  deleted TEXT,
  version INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS users_by_name ON users (display_name);
CREATE INDEX IF NOT EXISTS users_by_mail ON users (mail);
CREATE INDEX IF NOT EXISTS users_by_version ON users (version);
CREATE TABLE IF NOT EXISTS skus (
  id TEXT PRIMARY KEY, part_number TEXT NOT NULL UNIQUE, enabled_units INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS service_plans (
  sku_id TEXT NOT NULL REFERENCES skus (id), id TEXT NOT NULL, name TEXT NOT NULL, applies_to TEXT NOT NULL,
  PRIMARY KEY (sku_id, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS user_licences (
  user_id TEXT NOT NULL REFERENCES users (id), sku_id TEXT NOT NULL REFERENCES skus (id),
  disabled_plans TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (user_id, sku_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS user_licences_by_sku ON user_licences (sku_id);
CREATE TABLE IF NOT EXISTS directory_roles (
  template_id TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL UNIQUE, description TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS directory_role_members (
  user_id TEXT NOT NULL REFERENCES users (id),
  template_id TEXT NOT NULL REFERENCES directory_roles (template_id),
  PRIMARY KEY (user_id, template_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class User:
    """A user account. `sessions_valid_from` is the moment (seconds since the epoch) of the last forced sign-out."""

    id: str
    upn: str
    display_name: str
    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    job_title: str | None = None
    department: str | None = None
    office_location: str | None = None
    mobile_phone: str | None = None
    business_phones: tuple[str, ...] = ()
    preferred_language: str | None = None
    usage_location: str | None = None
    user_type: str = "Member"
    account_enabled: bool = True
    managed_device: bool = False
    created: str = ""
    sessions_valid_from: float = 0.0
    deleted: str | None = None
    version: int = 0


@dataclass(frozen=True)
class ServicePlan:
    id: str
    name: str
    applies_to: str = "User"


@dataclass(frozen=True)
class Sku:
    """A product of the tenant with the plans it brings."""

    id: str
    part_number: str
    plans: tuple[ServicePlan, ...]
    enabled_units: int = 25


@dataclass(frozen=True)
class Licence:
    """A product that a user holds; a plan in `disabled_plans` is switched off for this user."""

    sku: Sku
    disabled_plans: frozenset[str] = frozenset()

    def status(self, plan: ServicePlan) -> str:
        """The plan's `provisioningStatus`."""
        return "Disabled" if plan.id in self.disabled_plans else "Success"


@dataclass(frozen=True)
class DirectoryRole:
    template_id: str
    id: str
    display_name: str
    description: str


def create_tables(estate: Estate) -> None:
    """Create the tables of people; repeatable."""
    estate.db.run_script(_TABLES)


def add_user(estate: Estate, user: User) -> User:
    """Add an account; raises `sqlite3.IntegrityError` when the id or the UPN is taken."""
    added = replace(user, created=user.created or estate.clock.stamp(), version=_next_version(estate))
    _write_user(estate, _INSERT, added)
    return added


def save_user(estate: Estate, user: User) -> User:
    """Replace an account's row with these values; its change version moves on."""
    saved = replace(user, version=_next_version(estate))
    _write_user(estate, _UPDATE, saved)
    return saved


def find_user(estate: Estate, id_or_upn: str) -> User | None:
    """The account with this object id or UPN (in any case); deleted accounts are not found."""
    row = estate.db.row("SELECT * FROM users WHERE id = ? AND deleted IS NULL", (id_or_upn.lower(),))
    if row is None:
        row = estate.db.row("SELECT * FROM users WHERE upn = ? AND deleted IS NULL", (id_or_upn,))
    return None if row is None else _user(row)


def find_user_by_mail(estate: Estate, address: str) -> User | None:
    """The account with this mail address: how guests type their name, who know their home address only."""
    row = estate.db.row("SELECT * FROM users WHERE mail = ? AND deleted IS NULL ORDER BY id LIMIT 1", (address,))
    return None if row is None else _user(row)


def list_users(estate: Estate) -> list[User]:
    """Every account that is not deleted, by display name."""
    return [_user(row) for row in estate.db.rows("SELECT * FROM users WHERE deleted IS NULL ORDER BY display_name, id")]


def list_changed_users(estate: Estate, after_version: int) -> list[User]:
    """Accounts changed or deleted since a version, oldest change first; serves the delta query."""
    found = estate.db.rows("SELECT * FROM users WHERE version > ? ORDER BY version", (after_version,))
    return [_user(row) for row in found]


def users_version(estate: Estate) -> int:
    """The newest change version among the accounts."""
    return int(estate.db.value("SELECT coalesce(max(version), 0) FROM users"))


def search_users(estate: Estate, text: str, limit: int = 50) -> list[User]:
    """Accounts with a word of the name, the UPN or the mail address beginning with `text`."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = estate.db.rows(
        "SELECT * FROM users WHERE deleted IS NULL AND (display_name LIKE :start ESCAPE '\\'"
        " OR display_name LIKE :word ESCAPE '\\' OR upn LIKE :start ESCAPE '\\' OR mail LIKE :start ESCAPE '\\')"
        " ORDER BY display_name, id LIMIT :limit",
        {"start": f"{pattern}%", "word": f"% {pattern}%", "limit": limit},
    )
    return [_user(row) for row in found]


def delete_user(estate: Estate, user_id: str) -> bool:
    """Put an account in the recycle bin; False when there is none."""
    with estate.db.change() as change:
        done = change.execute(
            "UPDATE users SET deleted = ?, version = ? WHERE id = ? AND deleted IS NULL",
            (estate.clock.stamp(), _next_version(estate), user_id),
        )
    return done.rowcount == 1


def restore_user(estate: Estate, user_id: str) -> bool:
    """Take an account out of the recycle bin; False when it is not there."""
    with estate.db.change() as change:
        done = change.execute(
            "UPDATE users SET deleted = NULL, version = ? WHERE id = ? AND deleted IS NOT NULL",
            (_next_version(estate), user_id),
        )
    return done.rowcount == 1


def list_deleted_users(estate: Estate) -> list[User]:
    """The accounts in the recycle bin, by display name."""
    found = estate.db.rows("SELECT * FROM users WHERE deleted > '0001-01-01T00:00:00Z' ORDER BY display_name, id")
    return [_user(row) for row in found]


def purge_user(estate: Estate, user_id: str) -> None:
    """Forget a deleted account; its name is free again. Its row stays, without a name, for what points to it."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE users SET upn = id, mail = NULL, deleted = '0001-01-01T00:00:00Z', version = ?"
            " WHERE id = ? AND deleted IS NOT NULL",
            (_next_version(estate), user_id),
        )


def revoke_sessions(estate: Estate, user_id: str) -> None:
    """End every session of a user: refresh tokens die, and tokens with continuous evaluation are challenged.

    Source: Graph v1.0, api-reference/v1.0/api/user-revokesigninsessions.md
    """
    with estate.db.change() as change:
        change.execute("UPDATE users SET sessions_valid_from = ? WHERE id = ?", (estate.clock.seconds(), user_id))


def add_sku(estate: Estate, sku: Sku) -> None:
    with estate.db.change() as change:
        change.execute("INSERT OR REPLACE INTO skus VALUES (?, ?, ?)", (sku.id, sku.part_number, sku.enabled_units))
        change.executemany(
            "INSERT OR REPLACE INTO service_plans VALUES (?, ?, ?, ?)",
            [(sku.id, plan.id, plan.name, plan.applies_to) for plan in sku.plans],
        )


def list_skus(estate: Estate) -> list[Sku]:
    """The products of the tenant."""
    return [_sku(estate, row) for row in estate.db.rows("SELECT * FROM skus ORDER BY part_number")]


def consumed_units(estate: Estate, sku_id: str) -> int:
    """How many users hold a product."""
    return int(estate.db.value("SELECT count(*) FROM user_licences WHERE sku_id = ?", (sku_id,)))


def assign_licence(estate: Estate, user_id: str, sku_id: str, disabled_plans: frozenset[str] = frozenset()) -> None:
    """Give a user a product; giving it again replaces the disabled plans."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO user_licences VALUES (?, ?, ?)",
            (user_id, sku_id, json.dumps(sorted(disabled_plans))),
        )


def remove_licence(estate: Estate, user_id: str, sku_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM user_licences WHERE user_id = ? AND sku_id = ?", (user_id, sku_id))


def user_licences(estate: Estate, user_id: str) -> list[Licence]:
    """The products a user holds, by part number."""
    found = estate.db.rows(
        "SELECT skus.*, user_licences.disabled_plans FROM user_licences JOIN skus ON skus.id = user_licences.sku_id"
        " WHERE user_id = ? ORDER BY part_number",
        (user_id,),
    )
    return [Licence(_sku(estate, row), frozenset(json.loads(row["disabled_plans"]))) for row in found]


def has_service_plan(estate: Estate, user_id: str, plan_name: str) -> bool:
    """Whether a user holds a plan of this name that is not switched off."""
    return any(
        plan.name == plan_name and licence.status(plan) == "Success"
        for licence in user_licences(estate, user_id)
        for plan in licence.sku.plans
    )


def add_directory_role(estate: Estate, role: DirectoryRole) -> None:
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO directory_roles VALUES (?, ?, ?, ?)",
            (role.template_id, role.id, role.display_name, role.description),
        )


def list_directory_roles(estate: Estate) -> list[DirectoryRole]:
    return [_role(row) for row in estate.db.rows("SELECT * FROM directory_roles ORDER BY display_name")]


def user_directory_roles(estate: Estate, user_id: str) -> list[DirectoryRole]:
    """The directory roles a user is in, by name."""
    found = estate.db.rows(
        "SELECT directory_roles.* FROM directory_role_members JOIN directory_roles USING (template_id)"
        " WHERE user_id = ? ORDER BY display_name",
        (user_id,),
    )
    return [_role(row) for row in found]


def has_directory_role(estate: Estate, user_id: str, *template_ids: str) -> bool:
    """Whether a user is in one of these roles, named by template id."""
    return any(role.template_id in template_ids for role in user_directory_roles(estate, user_id))


def directory_role_members(estate: Estate, template_id: str) -> list[User]:
    found = estate.db.rows(
        "SELECT users.* FROM directory_role_members JOIN users ON users.id = user_id"
        " WHERE template_id = ? AND deleted IS NULL ORDER BY display_name",
        (template_id,),
    )
    return [_user(row) for row in found]


def assign_directory_role(estate: Estate, user_id: str, template_id: str) -> None:
    with estate.db.change() as change:
        change.execute("INSERT OR IGNORE INTO directory_role_members VALUES (?, ?)", (user_id, template_id))


def remove_directory_role(estate: Estate, user_id: str, template_id: str) -> None:
    with estate.db.change() as change:
        change.execute(
            "DELETE FROM directory_role_members WHERE user_id = ? AND template_id = ?", (user_id, template_id)
        )


_USER_COLUMNS = tuple(User.__dataclass_fields__)


_INSERT = """
INSERT INTO users VALUES (
  :id, :upn, :display_name, :given_name, :surname, :mail, :job_title, :department, :office_location, :mobile_phone,
  :business_phones, :preferred_language, :usage_location, :user_type, :account_enabled, :managed_device, :created,
  :sessions_valid_from, :deleted, :version
)
"""
_UPDATE = """
UPDATE users SET
  upn = :upn, display_name = :display_name, given_name = :given_name, surname = :surname, mail = :mail,
  job_title = :job_title, department = :department, office_location = :office_location,
  mobile_phone = :mobile_phone, business_phones = :business_phones, preferred_language = :preferred_language,
  usage_location = :usage_location, user_type = :user_type, account_enabled = :account_enabled,
  managed_device = :managed_device, created = :created, sessions_valid_from = :sessions_valid_from,
  deleted = :deleted, version = :version
WHERE id = :id
"""


def _write_user(estate: Estate, sql: str, user: User) -> None:
    values = {name: getattr(user, name) for name in _USER_COLUMNS}
    values["business_phones"] = json.dumps(user.business_phones)
    with estate.db.change() as change:
        change.execute(sql, values)


def _next_version(estate: Estate) -> int:
    return users_version(estate) + 1


def _user(row: Any) -> User:
    values = {name: row[name] for name in _USER_COLUMNS}
    values["business_phones"] = tuple(json.loads(values["business_phones"]))
    values["account_enabled"] = bool(values["account_enabled"])
    values["managed_device"] = bool(values["managed_device"])
    return User(**values)


def _sku(estate: Estate, row: Any) -> Sku:
    plans = estate.db.rows("SELECT * FROM service_plans WHERE sku_id = ? ORDER BY name", (row["id"],))
    return Sku(
        row["id"],
        row["part_number"],
        tuple(ServicePlan(plan["id"], plan["name"], plan["applies_to"]) for plan in plans),
        row["enabled_units"],
    )


def _role(row: Any) -> DirectoryRole:
    return DirectoryRole(row["template_id"], row["id"], row["display_name"], row["description"])
