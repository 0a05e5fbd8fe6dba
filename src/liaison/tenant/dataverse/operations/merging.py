"""Merging two rows of a table: what hangs on the subordinate moves to the target, the subordinate is deactivated.

Source: Merge action reference; merge-dataverse-records.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.metadata.permission import require_special
from liaison.tenant.dataverse.operations.parameters import read_object, row_parameter
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply
from liaison.tenant.dataverse.rows.computed import stamps
from liaison.tenant.dataverse.rows.finding import require_right, require_row
from liaison.tenant.dataverse.rows.writing import change_row
from liaison.tenant.dataverse.session import Happening, Session
from liaison.tenant.estate.crm.columns import type_name
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.rows import update_row

_MERGED = {"account": (1, 2), "contact": (1, 2), "lead": (2, 7), "incident": (2, 2000)}


def merge(session: Session, exchange: Exchange) -> Reply:
    """204. Only accounts, contacts, leads and cases can be merged."""
    require_special(session, "prvMerge")
    body = exchange.json()
    table, target_id = row_parameter(session, body.get("Target"), "Target")
    other, subordinate_id = row_parameter(session, body.get("Subordinate"), "Subordinate")
    if table is not other or table.name not in _MERGED:
        raise DataverseError(400, "0x80040800", f"The 'Merge' method does not support entities of type '{table.name}'.")
    if target_id == subordinate_id:
        raise invalid_argument("A row cannot be merged with itself.")
    target, subordinate = require_row(session, table, target_id), require_row(session, table, subordinate_id)
    for row in (target, subordinate):
        require_right(session, table, row, Right.WRITE)
        if table.name != "incident" and row["statecode"] != 0:
            raise DataverseError(400, "0x80048439", "Merge could not be performed: a row is not active.")
    content = {
        name: value
        for name, value in read_object(body.get("UpdateContent"), "UpdateContent").items()
        if name not in ("@odata.type", table.key)
    }
    with session.estate.db.change():
        if content:
            change_row(session, table, target_id, content)
        _move(session, table, subordinate_id, target_id)
        state, status = _MERGED[table.name]
        change_row(session, table, subordinate_id, {"statecode": state, "statuscode": status})
        values = {"masterid": target_id, "merged": 1}
        update_row(session.estate, table, subordinate_id, {
            name: value for name, value in values.items() if name in table.by_name
        } | stamps(session, table, new=False))  # fmt: skip
    return empty_reply()


def _move(session: Session, table: TableModel, old: str, new: str) -> None:
    """Every lookup that points to one row points to the other."""
    for child, column, _ in session.model.pointing_at.get(table.name, ()):
        if child is table and column.name == "masterid":
            continue
        condition = f"{column.name} = ?" + (f" AND {type_name(column)} = '{table.name}'" if column.many_targets else "")
        rows = session.estate.db.rows(f"SELECT {child.key} FROM {child.sql} WHERE {condition}", (old,))
        for row in rows:
            values = {column.name: new, **stamps(session, child, new=False)}
            update_row(session.estate, child, row[0], values)
            session.happened.append(Happening("Update", child, row[0], values))
