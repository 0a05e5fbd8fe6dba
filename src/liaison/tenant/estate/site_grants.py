"""Sites opened to single applications: what `Sites.Selected` lets an application reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate

_TABLES = """
CREATE TABLE IF NOT EXISTS site_grants (
  id TEXT PRIMARY KEY, site_id TEXT NOT NULL REFERENCES sites (id), app_id TEXT NOT NULL COLLATE NOCASE,
  display_name TEXT NOT NULL, roles TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS site_grants_by_site ON site_grants (site_id, app_id);
"""


@dataclass(frozen=True)
class SiteGrant:
    """One application's roles in one site: read, write, manage, fullcontrol or owner."""

    id: str
    site_id: str
    app_id: str
    display_name: str
    roles: tuple[str, ...]


def create_tables(estate: Estate) -> None:
    """Create the table; repeatable."""
    estate.db.run_script(_TABLES)


def save_grant(estate: Estate, grant: SiteGrant) -> None:
    """Add a grant, or give it other roles."""
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO site_grants VALUES (?, ?, ?, ?, ?)",
            (grant.id, grant.site_id, grant.app_id, grant.display_name, json.dumps(grant.roles)),
        )


def list_grants(estate: Estate, site_id: str) -> list[SiteGrant]:
    """The grants of a site, by application."""
    return [
        _grant(row) for row in estate.db.rows("SELECT * FROM site_grants WHERE site_id = ? ORDER BY app_id", (site_id,))
    ]


def delete_grant(estate: Estate, site_id: str, grant_id: str) -> bool:
    """Take a grant back; False when the site has none with this id."""
    with estate.db.change() as change:
        done = change.execute("DELETE FROM site_grants WHERE id = ? AND site_id = ?", (grant_id, site_id))
    return bool(done.rowcount)


def roles_in_site(estate: Estate, site_id: str, app_id: str) -> frozenset[str]:
    """Every role that grants give an application in a site."""
    found = estate.db.rows("SELECT roles FROM site_grants WHERE site_id = ? AND app_id = ?", (site_id, app_id))
    return frozenset(role for row in found for role in json.loads(row["roles"]))


def _grant(row: Any) -> SiteGrant:
    return SiteGrant(row["id"], row["site_id"], row["app_id"], row["display_name"], tuple(json.loads(row["roles"])))
