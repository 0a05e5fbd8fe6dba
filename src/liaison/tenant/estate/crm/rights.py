"""Which rows a user may see, and what it may do with one: ownership, business unit, sharing."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.model import TableModel, sql_name
from liaison.tenant.estate.crm.principals import Principal
from liaison.tenant.estate.crm.privileges import RIGHTS, Depth, Right
from liaison.tenant.estate.crm.tables import Ownership


@dataclass(frozen=True)
class Clause:
    """A piece of SQL with the values bound to it."""

    sql: str
    values: tuple[Any, ...] = ()


EVERYTHING = Clause("")


def visible_rows(table: TableModel, alias: str, user: Principal) -> Clause | None:
    """The condition that keeps a query to rows the user may read; None when it may read none at all.

    A clause without text means every row. Source: security-sharing-assigning.md and wp-security-cds.md.
    """
    depth = user.depth(table.table, Right.READ)
    if depth is None:
        return None
    if table.table.ownership is not Ownership.USER or depth is Depth.GLOBAL:
        return EVERYTHING
    shared = sql_name(table.environment, "principalobjectaccess")
    owners = ", ".join("?" * len(user.owners))
    parts = [
        f"{alias}.ownerid IN ({owners})",
        (
            f"{alias}.{table.key} IN (SELECT objectid FROM {shared}"
            f" WHERE principalid IN ({owners}) AND (accessrightsmask | inheritedaccessrightsmask) & 1)"
        ),
    ]
    values: tuple[Any, ...] = (*user.owners, *user.owners)
    units = _units(user, depth)
    if units:
        parts.append(f"{alias}.owningbusinessunit IN ({', '.join('?' * len(units))})")
        values += units
    return Clause(f"({' OR '.join(parts)})", values)


def rights_on(estate: Estate, table: TableModel, user: Principal, row: Mapping[str, Any]) -> Right:
    """Everything the user may do with one row; `row` needs the key and, on owned tables, owner and unit."""
    granted = Right.NONE
    held = Right.NONE
    for right in RIGHTS:
        depth = user.depth(table.table, right)
        if depth is not None:
            held |= right
            if _reaches(table, user, row, depth):
                granted |= right
    if table.table.ownership is Ownership.USER and granted != held:
        # Sharing cannot give a right that no role of the user has for the table.
        granted |= shared_rights(estate, table, user, str(row[table.key])) & held
    return granted


def shared_rights(estate: Estate, table: TableModel, user: Principal, row_id: str) -> Right:
    """The rights that shares give the user or its teams; several shares add up."""
    marks = ", ".join("?" * len(user.owners))
    rows = estate.db.rows(
        "SELECT accessrightsmask | inheritedaccessrightsmask"
        f" FROM {sql_name(table.environment, 'principalobjectaccess')}"
        f" WHERE objectid = ? AND principalid IN ({marks})",
        (row_id, *user.owners),
    )
    mask = Right.NONE
    for row in rows:
        mask |= Right(row[0])
    return mask


def _units(user: Principal, depth: Depth) -> tuple[str, ...]:
    if depth is Depth.DEEP:
        return user.units_below
    return (user.business_unit,) if depth is Depth.LOCAL else ()


def _reaches(table: TableModel, user: Principal, row: Mapping[str, Any], depth: Depth) -> bool:
    if table.table.ownership is not Ownership.USER or depth is Depth.GLOBAL:
        return True
    return row["ownerid"] in user.owners or row["owningbusinessunit"] in _units(user, depth)
