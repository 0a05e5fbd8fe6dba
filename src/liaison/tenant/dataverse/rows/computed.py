"""Columns the platform fills itself: full names, sizes, kinds, defaults, stamps."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import invalid_argument
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.columns import Column, Kind, type_name
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.tables import Flag, Ownership

_FULL_NAMES = frozenset({"contact", "lead", "systemuser"})
_KIND_COLUMNS = {
    "annotation": ("objectid", "objecttypecode"),
    "sharepointdocumentlocation": ("regardingobjectid", "regardingobjecttypecode"),
}
_PREFIXES = {"incident": ("ticketnumber", "CAS"), "quote": ("quotenumber", "QUO"), "salesorder": ("ordernumber", "ORD"),
             "invoice": ("invoicenumber", "INV")}  # fmt: skip


def default_values(table: TableModel) -> dict[str, Any]:
    """What columns hold when a new row says nothing about them."""
    found: dict[str, Any] = {}
    for column in table.columns:
        if column.default is not None:
            found[column.name] = int(column.default) if isinstance(column.default, bool) else column.default
    return found


def stamps(session: Session, table: TableModel, *, new: bool) -> dict[str, Any]:
    """Who and when, as the caller; a delegate is the real caller of an impersonation."""
    if "modifiedon" not in table.by_name:
        return {}
    delegate = session.delegate.id if session.delegate else None
    found = {"modifiedon": session.stamp, "modifiedby": session.user.id, "modifiedonbehalfby": delegate}
    if new:
        found |= {"createdon": session.stamp, "createdby": session.user.id, "createdonbehalfby": delegate}
        if table.table.ownership is Ownership.ORGANIZATION or table.table.ownership is Ownership.NONE:
            found["organizationid"] = session.state.organization_id
    return {name: value for name, value in found.items() if name in table.by_name}


def computed_values(
    session: Session, table: TableModel, before: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What follows from the values written, given the row as it was; None is a new row."""
    found: dict[str, Any] = {}
    if before is None and table.name == "team" and values.get("businessunitid") is None:
        found["businessunitid"] = session.user.business_unit
    if table.name in _FULL_NAMES and ("firstname" in values or "lastname" in values):
        found["fullname"] = full_name(_now(before, values, "firstname"), _now(before, values, "lastname"))
    if table.name in _KIND_COLUMNS:
        lookup, kind = _KIND_COLUMNS[table.name]
        if lookup in values:
            found[kind] = values.get(f"{lookup}__table")
    if table.name in ("sharepointdocumentlocation", "sharepointsite"):
        found |= _parent_kind(table, values)
    if table.name == "annotation" and "documentbody" in values:
        found |= _document(values["documentbody"])
    for column in table.columns:
        if column.kind is Kind.IMAGE and column.name in values:
            found |= _image(session, table, column, str((before or values).get(table.key)), values[column.name])
    return found if before is not None else found | _of_new_row(session, table, values)


def _image(session: Session, table: TableModel, column: Column, row_id: str, value: str | None) -> dict[str, Any]:
    """Address and stamp of an image, which change with it. Source: image-column-data.md."""
    if value is None:
        return {f"{column.name}_timestamp": None, f"{column.name}_url": None, f"{column.name}id": None}
    stamp = int(session.now.timestamp() * 10_000_000)
    return {
        f"{column.name}_timestamp": stamp,
        f"{column.name}_url": f"/Image/download.aspx?Entity={table.name}&Attribute={column.name}&Id={row_id}"
        f"&Timestamp={stamp}",
        f"{column.name}id": session.estate.ids.guid(),
    }


def _of_new_row(session: Session, table: TableModel, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if table.table.has(Flag.ACTIVITY):
        found["activitytypecode"] = table.name
    if table.name in _PREFIXES:
        column, prefix = _PREFIXES[table.name]
        if not values.get(column):
            found[column] = f"{prefix}-{int(session.estate.ids.guid()[:6], 16):05d}"
    if values.get("overriddencreatedon"):
        found["createdon"] = f"{values['overriddencreatedon']}T00:00:00Z"
    if table.name in ("systemuser", "team"):
        found["ownerid"] = values[table.key]
    return found


def full_name(first: str | None, last: str | None) -> str | None:
    """First and last name as the organization's convention joins them."""
    return " ".join(part for part in (first, last) if part) or None


def _now(before: Mapping[str, Any] | None, values: Mapping[str, Any], name: str) -> Any:
    return values[name] if name in values else (before or {}).get(name)


def _parent_kind(table: TableModel, values: Mapping[str, Any]) -> dict[str, Any]:
    if table.name == "sharepointsite" and "parentsite" in values:
        return {"parentsiteobjecttypecode": "sharepointsite" if values["parentsite"] else None}
    if "parentsiteorlocation" in values:
        return {"parentsiteorlocationtypecode": values.get(type_name(_column(table, "parentsiteorlocation")))}
    return {}


def _column(table: TableModel, name: str) -> Column:
    return table.by_name[name]


def _document(body: str | None) -> dict[str, Any]:
    if body is None:
        return {"isdocument": 0, "filesize": 0}
    try:
        size = len(base64.b64decode(body, validate=True))
    except binascii.Error as error:
        raise invalid_argument("The document body is not valid base64.") from error
    return {"isdocument": 1, "filesize": size}
