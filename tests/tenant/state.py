"""The tenant's whole state as one value to compare: what a request changed, whatever ids and times it gave."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Mapping

from liaison.tenant.estate import Estate

_GIVEN = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^[\w.~+/=-]{16,}$|^[A-Z0-9]{8,10}$|^\d{10,}$"
    r"|thread\.tacv2"
)
_SMALL = 1_000
# Indexes, the second environment, and long tables that nothing here changes.
_UNTOUCHED = re.compile(r"\.search|^contoso-service\.|privilege|\.(incident|lead|opportunity|task|email|phonecall)$")

# Most tables are as they were the last time: what is in them need not be read again.
_known: dict[tuple[str, int], str] = {}
State = Mapping[str, tuple[int, str]]


def state_of(estate: Estate) -> State:
    """For each table the number of its rows, and a digest of what is in them beside ids and times."""
    names = [
        row[0]
        for row in estate.db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    ]
    return {name: _table(estate, name) for name in names if not _UNTOUCHED.search(name)}


def _table(estate: Estate, name: str) -> tuple[int, str]:
    try:
        rows = estate.db.rows(f'SELECT * FROM "{name}"')  # noqa: S608 the name comes from the database
    except sqlite3.OperationalError:
        return 0, ""
    raw = name, hash(tuple(map(tuple, rows)))
    if raw not in _known:
        _known[raw] = _digest(rows)
    return len(rows), _known[raw]


def _digest(rows: list[sqlite3.Row]) -> str:
    lines = sorted("|".join(_shown(value) for value in row) for row in rows)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shown(value: object) -> str:
    if isinstance(value, bytes) or (isinstance(value, float | int) and abs(value) > _SMALL):
        return "?"
    text = str(value)
    return "?" if len(text) > 5_000 or _GIVEN.search(text) else text


def difference(one: State, other: State) -> dict[str, tuple[int, int]]:
    """The tables that differ, with their numbers of rows."""
    return {name: (one.get(name, (0, ""))[0], other.get(name, (0, ""))[0]) for name in {*one, *other}
            if one.get(name) != other.get(name)}  # fmt: skip
