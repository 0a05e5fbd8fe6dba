"""One property of a row: its value, its raw value, its reference.

Source: update-delete-entities-using-web-api.md, "Update a single property value".
"""

from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.errors import query_error, wrong_method
from liaison.tenant.dataverse.odata.options import QueryOptions
from liaison.tenant.dataverse.requests import ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply, text_reply
from liaison.tenant.dataverse.rows.finding import row_behind
from liaison.tenant.dataverse.rows.joining import clear_lookup, set_lookup
from liaison.tenant.dataverse.rows.reading import find_one
from liaison.tenant.dataverse.rows.writing import change_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.columns import Column, Kind, type_name
from liaison.tenant.estate.crm.model import Single, TableModel


def property_value(session: Session, table: TableModel, row_id: str, column: Column) -> Any:
    """The value of one column as the wire shows it."""
    row, shape = find_one(session, table, row_id, QueryOptions(select=(column.wire,)))
    return shape.wire(row)[column.wire]


def answer_property(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, column: Column, *, raw: bool
) -> Reply:
    """GET, PUT and DELETE of a column's value."""
    if exchange.method == "GET":
        return _get_property(session, table, row_id, column, raw=raw)
    if raw:
        raise wrong_method(exchange.method, exchange.path)
    if exchange.method == "PUT":
        body = exchange.json()
        if "value" not in body:
            raise query_error("The body must hold the property 'value'.")
        change_row(session, table, row_id, {column.wire: body["value"]})
        return empty_reply()
    if exchange.method == "DELETE":
        change_row(session, table, row_id, {column.wire: None})
        return empty_reply()
    raise wrong_method(exchange.method, exchange.path)


def _get_property(session: Session, table: TableModel, row_id: str, column: Column, *, raw: bool) -> Reply:
    value = property_value(session, table, row_id, column)
    if value is None:
        return empty_reply()
    if raw:
        return text_reply(str(value).lower() if isinstance(value, bool) else str(value))
    context = f"{session.metadata_root}#{table.table.set_name}({row_id})/{column.wire}"
    return json_reply({"@odata.context": context, "value": value})


def target_row(session: Session, table: TableModel, row_id: str, single: Single) -> tuple[TableModel, str] | None:
    """The row a lookup points to, if it points to one of the property's table."""
    row, shape = find_one(session, table, row_id, QueryOptions(select=(single.column.wire,)))
    value = shape.stored(row, single.column.name)
    if value is None:
        return None
    kind = single.target.table
    if single.column.many_targets:
        kind = shape.stored(row, type_name(single.column))
        if single.column.kind is not Kind.OWNER and kind != single.target.table:
            return None
    return session.table(kind), str(value)


def answer_reference(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    single: Single,
    references: ContentReferences,
) -> Reply:
    """GET, PUT and DELETE of `…/lookup/$ref`."""
    if exchange.method == "GET":
        found = target_row(session, table, row_id, single)
        if found is None:
            return empty_reply()
        context = f"{session.metadata_root}#$ref"
        return json_reply({"@odata.context": context, "@odata.id": session.address(*found)})
    if exchange.method == "PUT":
        target, target_id = row_behind(session, references.resolve(_reference_in(exchange)))
        if single.column.kind is not Kind.OWNER and target.name != single.target.table:
            raise query_error(f"The navigation property '{single.name}' cannot point to '{target.name}'.")
        set_lookup(session, table, row_id, single.column, target, target_id)
        return empty_reply()
    if exchange.method == "DELETE":
        clear_lookup(session, table, row_id, single.column)
        return empty_reply()
    raise wrong_method(exchange.method, exchange.path)


def _reference_in(exchange: Exchange) -> str:
    address = exchange.json().get("@odata.id")
    if not isinstance(address, str):
        raise query_error("The body must hold the property '@odata.id'.")
    return address
