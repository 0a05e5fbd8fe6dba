"""Putting rows into collections and taking them out; setting and clearing lookups by reference.

Source: associate-disassociate-entities-using-web-api.md.
"""

from __future__ import annotations

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.rows.cascades import follow_owner
from liaison.tenant.dataverse.rows.computed import computed_values, stamps
from liaison.tenant.dataverse.rows.finding import require_privilege, require_right, require_row
from liaison.tenant.dataverse.rows.ownership import owner_values
from liaison.tenant.dataverse.session import Happening, Session
from liaison.tenant.estate.crm.columns import Column, Kind, Required, type_name
from liaison.tenant.estate.crm.model import ByIntersect, ByLookup, Collection, TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.rows import add_pair, remove_pair, update_row

_ADMINISTRATIVE = frozenset({"systemuserroles", "teamroles", "roleprivileges", "teammembership", "appmoduleroles"})


def add_to_collection(session: Session, table: TableModel, row_id: str, collection: Collection, other_id: str) -> None:
    """Let a row of another table belong to this one; repeating it changes nothing."""
    other = session.table(collection.table)
    require_row(session, table, row_id)
    if isinstance(collection, ByIntersect):
        _require_pairing(session, table, row_id, other, other_id, collection)
        _add_pair(session, collection, row_id, other_id)
        return
    set_lookup(session, other, other_id, collection.column, table, row_id)


def remove_from_collection(
    session: Session, table: TableModel, row_id: str, collection: Collection, other_id: str
) -> None:
    """Take a row out of a collection; raises 404 when it isn't in it."""
    other = session.table(collection.table)
    require_row(session, table, row_id)
    if isinstance(collection, ByLookup):
        row = require_row(session, other, other_id)
        if row[collection.column.name] == row_id:
            clear_lookup(session, other, other_id, collection.column)
        return
    _require_pairing(session, table, row_id, other, other_id, collection)
    intersect = session.table(collection.link.intersect)
    if not remove_pair(session.estate, intersect, {collection.near: row_id, collection.far: other_id}):
        raise DataverseError(404, "0x80040217", f"{other.name} With Id = {other_id} Does Not Exist")


def set_lookup(
    session: Session, table: TableModel, row_id: str, column: Column, target: TableModel, target_id: str
) -> None:
    """Let one lookup of a row point to another row; takes Write and Append here, Append To there."""
    require_privilege(session, table, Right.WRITE)
    row = require_row(session, table, row_id)
    there = require_row(session, target, target_id)
    require_right(session, table, row, Right.WRITE)
    if column.kind is Kind.OWNER:
        require_right(session, table, row, Right.ASSIGN)
        values = owner_values(session, target_id, target.name)
    else:
        require_right(session, table, row, Right.APPEND)
        require_right(session, target, there, Right.APPEND_TO)
        values = {column.name: target_id}
        if column.many_targets:
            values[type_name(column)] = target.name
    with session.estate.db.change():
        _store(session, table, row_id, values)
        if column.kind is Kind.OWNER and row["ownerid"] != target_id:
            follow_owner(session, table, row_id, dict(zip(row.keys(), row, strict=True)), (target_id, target.name))


def clear_lookup(session: Session, table: TableModel, row_id: str, column: Column) -> None:
    """Let one lookup of a row point nowhere."""
    if column.required is Required.SYSTEM:
        raise DataverseError(400, "0x80040203", f"Attribute: {column.name} cannot be set to NULL")
    require_privilege(session, table, Right.WRITE)
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.WRITE)
    values: dict[str, str | None] = {column.name: None}
    if column.many_targets:
        values[type_name(column)] = None
    _store(session, table, row_id, values)


def _store(session: Session, table: TableModel, row_id: str, values: dict[str, str | None]) -> None:
    with session.estate.db.change():
        everything = values | stamps(session, table, new=False)
        everything |= computed_values(session, table, {}, everything)
        update_row(session.estate, table, row_id, everything)
        session.happened.append(Happening("Update", table, row_id, everything))


def _require_pairing(
    session: Session, table: TableModel, row_id: str, other: TableModel, other_id: str, collection: ByIntersect
) -> None:
    """Roles and memberships are given by who may change users, teams and roles."""
    here, there = require_row(session, table, row_id), require_row(session, other, other_id)
    if collection.link.intersect in _ADMINISTRATIVE:
        for place, row in ((table, here), (other, there)):
            if place.name in ("systemuser", "team", "role", "appmodule"):
                require_right(session, place, row, Right.WRITE)
        return
    require_right(session, table, here, Right.APPEND)
    require_right(session, other, there, Right.APPEND_TO)


def _add_pair(session: Session, collection: ByIntersect, row_id: str, other_id: str) -> None:
    intersect = session.table(collection.link.intersect)
    values: dict[str, object] = {
        intersect.key: session.estate.ids.guid(),
        collection.near: row_id,
        collection.far: other_id,
    }
    if intersect.name == "roleprivileges":
        values["privilegedepthmask"] = 1
    add_pair(session.estate, intersect, values)
