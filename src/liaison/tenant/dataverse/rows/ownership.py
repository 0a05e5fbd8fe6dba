"""Owners of rows: who owns a new row, and what follows from an owner."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.errors import missing_row
from liaison.tenant.dataverse.session import Session, table_rows


def owner_values(session: Session, owner_id: str, kind: str) -> dict[str, Any]:
    """The stored columns that an owner (a user or a team) gives a row.

    Source: security-sharing-assigning.md: a row belongs to the business unit of its owner.
    """
    key = "teamid" if kind == "team" else "systemuserid"
    unit = session.estate.db.value(
        f"SELECT businessunitid FROM {table_rows(session, kind)} WHERE {key} = ?", (owner_id,)
    )
    if unit is None:
        raise missing_row(kind, owner_id)
    return {
        "ownerid": owner_id,
        "ownerid__table": kind,
        "owningbusinessunit": unit,
        "owninguser": owner_id if kind == "systemuser" else None,
        "owningteam": owner_id if kind == "team" else None,
    }
