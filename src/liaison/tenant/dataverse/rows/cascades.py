"""What follows a row's new owner: rows that a relationship hangs on it, as far as its behaviour says so.

Source: configure-entity-relationship-cascading-behavior.md, "Assign".
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liaison.tenant.dataverse.rows.computed import stamps
from liaison.tenant.dataverse.rows.ownership import owner_values
from liaison.tenant.dataverse.session import Happening, Session
from liaison.tenant.estate.crm.columns import Column, type_name
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.rows import update_row
from liaison.tenant.estate.crm.tables import Ownership

_DEEPEST = 10


def follow_owner(
    session: Session, table: TableModel, row_id: str, before: Mapping[str, Any], owner: tuple[str, str], depth: int = 0
) -> None:
    """Give a row's dependants the owner (id and table) that the row got; `before` is the row as it was."""
    if depth >= _DEEPEST:
        return
    for child, column, behavior in _followers(session, table):
        condition = f"{column.name} = ?" + (f" AND {type_name(column)} = '{table.name}'" if column.many_targets else "")
        values: tuple[Any, ...] = (row_id,)
        if behavior == "Active" and "statecode" in child.by_name:
            condition += " AND statecode = 0"
        elif behavior == "UserOwned":
            condition += " AND ownerid = ?"
            values += (before["ownerid"],)
        rows = session.estate.db.rows(f"SELECT * FROM {child.sql} WHERE {condition} AND ownerid <> ?",
                                      (*values, owner[0]))  # fmt: skip
        for row in rows:
            changed = owner_values(session, *owner) | stamps(session, child, new=False)
            update_row(session.estate, child, row[child.key], changed)
            session.happened.append(Happening("Update", child, row[child.key], changed))
            follow_owner(session, child, row[child.key], dict(zip(row.keys(), row, strict=True)), owner, depth + 1)


def _followers(session: Session, table: TableModel) -> Iterator[tuple[TableModel, Column, str]]:
    """The lookups to a table whose rows follow its owner, and how."""
    for child in session.model.tables.values():
        if child.table.ownership is not Ownership.USER or child.table.select:
            continue
        for column in child.table.columns:
            for target in column.targets:
                behavior = dict(target.cascade).get("Assign", "NoCascade")
                if target.table == table.name and behavior in ("Cascade", "Active", "UserOwned"):
                    yield child, column, behavior
