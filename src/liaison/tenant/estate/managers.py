"""Who reports to whom."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.people import User, find_user

_TABLES = """
CREATE TABLE IF NOT EXISTS user_managers (
  user_id TEXT PRIMARY KEY REFERENCES users (id), manager_id TEXT NOT NULL REFERENCES users (id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS user_managers_by_manager ON user_managers (manager_id);
"""


def create_tables(estate: Estate) -> None:
    """Create the table; repeatable."""
    estate.db.run_script(_TABLES)


def set_manager(estate: Estate, user_id: str, manager_id: str | None) -> None:
    """Say whom a person reports to; None for nobody."""
    with estate.db.change() as change:
        change.execute("DELETE FROM user_managers WHERE user_id = ?", (user_id,))
        if manager_id is not None:
            change.execute("INSERT INTO user_managers VALUES (?, ?)", (user_id, manager_id))


def manager_of(estate: Estate, user_id: str) -> User | None:
    """Whom a person reports to."""
    found = estate.db.value("SELECT manager_id FROM user_managers WHERE user_id = ?", (user_id,))
    return None if found is None else find_user(estate, found)


def direct_reports(estate: Estate, manager_id: str) -> list[User]:
    """The people who report to a person, by name."""
    found = estate.db.rows(
        "SELECT user_id FROM user_managers JOIN users ON users.id = user_id"
        " WHERE manager_id = ? AND deleted IS NULL ORDER BY display_name, user_id",
        (manager_id,),
    )
    return [user for row in found if (user := find_user(estate, row["user_id"]))]
