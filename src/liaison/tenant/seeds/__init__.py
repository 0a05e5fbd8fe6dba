"""What a new tenant is filled with: one company, its people, records, teams and files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from liaison.tenant.estate import Estate

_TABLE = "CREATE TABLE IF NOT EXISTS seeded (part TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;"


def seed(estate: Estate, scale: int = 0) -> bool:
    """Fill the tenant, each part in one transaction; parts that are there already stay as they are.

    `scale` adds that many accounts with a document location each. Returns whether anything was added.
    """
    # Imported here because the seeds use the estate, and the estate uses this package's `company`.
    from liaison.tenant.seeds import crm, directory, teamwork  # noqa: PLC0415

    estate.db.run_script(_TABLE)
    is_new = estate.db.value("SELECT count(*) FROM seeded") == 0
    with estate.db.loading() if scale and is_new else nullcontext():
        added = [
            _seed_once(estate, "directory", directory.seed_directory),
            _seed_once(estate, "teamwork", lambda empty: teamwork.seed(empty, scale)),
            _seed_once(estate, "crm", lambda empty: crm.seed(empty, scale)),
        ]
    return any(added)


def _seed_once(estate: Estate, part: str, fill: Callable[[Estate], None]) -> bool:
    if estate.db.value("SELECT count(*) FROM seeded WHERE part = ?", (part,)):
        return False
    with estate.db.change() as change:
        fill(estate)
        change.execute("INSERT INTO seeded (part, at) VALUES (?, ?)", (part, estate.clock.stamp()))
    return True
