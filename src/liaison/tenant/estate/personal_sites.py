"""The site with one library that each licensed person has: OneDrive for work. It is made when first asked for."""

from __future__ import annotations

import re

from liaison.tenant.estate import Estate, files, sites
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.people import User, has_service_plan
from liaison.tenant.estate.sites import Drive, Site

_TABLES = """
CREATE TABLE IF NOT EXISTS personal_sites (
  user_id TEXT PRIMARY KEY, site_id TEXT NOT NULL UNIQUE REFERENCES sites (id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drive_items_by_author ON drive_items (modified_by, modified);
"""
_PLANS = ("SHAREPOINTENTERPRISE", "SHAREPOINTSTANDARD")
_LIBRARY = "OneDrive"
_LIBRARY_URL_NAME = "Documents"


def create_tables(estate: Estate) -> None:
    """Create the table; repeatable."""
    estate.db.run_script(_TABLES)


def personal_drive(estate: Estate, user: User) -> Drive | None:
    """The library of a person, made when it is not there yet; None for people without a licence for it."""
    found = estate.db.value("SELECT site_id FROM personal_sites WHERE user_id = ?", (user.id,))
    if found is not None:
        return sites.default_drive(estate, found)
    if user.user_type == "Guest" or not any(has_service_plan(estate, user.id, plan) for plan in _PLANS):
        return None
    with estate.db.change() as change:
        path = f"/personal/{re.sub(r'[^a-z0-9]', '_', user.upn.lower())}"
        site = sites.create_site(
            estate, path, user.display_name, collection_id=None, library=(_LIBRARY, _LIBRARY_URL_NAME)
        )
        change.execute("INSERT INTO personal_sites VALUES (?, ?)", (user.id, site.id))
    return sites.default_drive(estate, site.id)


def owner_of(estate: Estate, site: Site) -> str | None:
    """The user whose personal site it is; None for every other site."""
    if not is_personal(site):
        return None
    found = estate.db.value("SELECT user_id FROM personal_sites WHERE site_id = ?", (site.id,))
    return None if found is None else str(found)


def is_personal(site: Site) -> bool:
    """Whether a site is one person's own."""
    return site.path.startswith("/personal/")


def list_recent_items(estate: Estate, user_id: str, limit: int) -> list[DriveItem]:
    """The files that a person changed last, in whichever library, the newest first."""
    found = estate.db.rows(
        "SELECT id, drive_id FROM drive_items WHERE modified_by = ? AND is_folder = 0 AND deleted IS NULL"
        " ORDER BY modified DESC LIMIT ?",
        (user_id, limit),
    )
    return [item for row in found if (item := files.find_item(estate, row["drive_id"], row["id"]))]


def list_items_given(estate: Estate, user_id: str, limit: int) -> list[DriveItem]:
    """The items that were shared with a person by name, the newest grant first."""
    found = estate.db.rows(
        "SELECT DISTINCT item_id, drive_id FROM item_permissions JOIN drive_items ON drive_items.id = item_id"
        " WHERE user_id = ? AND deleted IS NULL ORDER BY item_permissions.rowid DESC LIMIT ?",
        (user_id, limit),
    )
    return [item for row in found if (item := files.find_item(estate, row["drive_id"], row["item_id"]))]
