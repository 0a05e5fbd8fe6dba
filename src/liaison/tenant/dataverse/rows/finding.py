"""From a key in an address to a row, and whether the caller may do something with it."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3

from liaison.tenant.dataverse.errors import DataverseError, missing_by_key, missing_row, unknown_segment
from liaison.tenant.dataverse.paths import RowKey, Segment, read_key, read_reference
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.scope import privilege_denied
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right, mask_text
from liaison.tenant.estate.crm.rights import rights_on
from liaison.tenant.estate.crm.rows import read_row
from liaison.tenant.estate.crm.tables import Flag, Ownership


def table_of(session: Session, segment: Segment) -> TableModel:
    """The table of an entity set. Raises the service's 404 for a name that is none."""
    table = session.model.sets.get(segment.name)
    if table is None:
        raise unknown_segment(segment.name)
    return table


def find_id(session: Session, table: TableModel, key: RowKey) -> str | None:
    """The id a key stands for; None when an alternate key matches nothing."""
    if key.row_id is not None:
        return key.row_id
    condition = " AND ".join(f"{name} = ?" for name, _ in key.values)
    found = session.estate.db.value(
        f"SELECT {table.key} FROM {table.sql} WHERE {condition}", tuple(value for _, value in key.values)
    )
    return None if found is None else str(found)


def require_id(session: Session, table: TableModel, key: RowKey) -> str:
    """As `find_id`; raises 404 when an alternate key matches nothing."""
    found = find_id(session, table, key)
    if found is None:
        raise missing_by_key()
    return found


def id_of(session: Session, table: TableModel, segment: Segment) -> str:
    """The row id in a segment such as `accounts(…)`."""
    return require_id(session, table, read_key(table, segment.inside or ""))


def require_row(session: Session, table: TableModel, row_id: str) -> sqlite3.Row:
    """All stored columns of a row; 404 when it does not exist. Rights are not asked."""
    row = None if table.table.has(Flag.VIRTUAL) else read_row(session.estate, table, row_id)
    if row is None:
        raise missing_row(table.name, row_id)
    return row


def require_right(session: Session, table: TableModel, row: sqlite3.Row, right: Right) -> None:
    """Raise 403 unless the caller may do this with the row: for want of a privilege it is named, else the right.

    Source: dataverse.md section 5.8; access checks of the service say `SecLib::AccessCheckEx`.
    """
    user = session.user
    if user.depth(table.table, right) is None:
        raise privilege_denied(user, table, right)
    if not rights_on(session.estate, table, user, _mapping(row)) & right:
        raise access_denied(session, table, row, right)


def require_privilege(session: Session, table: TableModel, right: Right) -> None:
    """Raise PrivilegeDenied when no role gives this right on any row of the table."""
    if session.user.depth(table.table, right) is None:
        raise privilege_denied(session.user, table, right)


def access_denied(session: Session, table: TableModel, row: sqlite3.Row, right: Right) -> DataverseError:
    owned = table.table.ownership is Ownership.USER
    owner = row["ownerid"] if owned else ""
    unit = row["owningbusinessunit"] if owned else ""
    kind = 9 if owned and row["owningteam"] else 8
    return DataverseError(
        403,
        "0x80048306",
        f"SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: {row[table.key]}, OwnerId: {owner},"
        f"  OwnerIdType: {kind} and CallingUser: {session.user.id}. ObjectTypeCode: {table.table.code},"
        f" objectBusinessUnitId: {unit}, AccessRights: {mask_text(right)} ",
    )


def row_behind(session: Session, address: str) -> tuple[TableModel, str]:
    """The existing row that an address in a body names. Raises 400 or 404."""
    table, key = read_reference(session.model, session.root, address)
    return table, require_id(session, table, key)


def _mapping(row: sqlite3.Row) -> dict[str, object]:
    return dict(zip(row.keys(), row, strict=True))
