"""POST, PATCH and DELETE of rows: conditions, upsert, representation.

Source: create-entity-web-api.md, update-delete-entities-using-web-api.md,
perform-conditional-operations-using-web-api.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import (
    DataverseError,
    duplicate_row,
    missing_by_key,
    missing_row,
    version_mismatch,
)
from liaison.tenant.dataverse.odata.options import QueryOptions, read_query
from liaison.tenant.dataverse.paths import RowKey
from liaison.tenant.dataverse.requests import ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply, applied, created_reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.finding import find_id
from liaison.tenant.dataverse.rows.reading import find_one, show_rows
from liaison.tenant.dataverse.rows.writing import change_row, create_row, remove_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions.components import COMPONENT_TABLES, add_component, solution_asked
from liaison.tenant.dataverse.sql.shape import context_names
from liaison.tenant.estate.crm.model import TableModel


def post_row(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    references: ContentReferences,
    extra: Mapping[str, Any] | None = None,
) -> Reply:
    """204 with the new row's address, or 201 with the row."""
    with session.estate.db.change():
        row_id = create_row(session, table, exchange.json(), references, extra=extra)
        if table.name in COMPONENT_TABLES:
            solution = solution_asked(session, exchange)
            add_component(session, solution, COMPONENT_TABLES[table.name], row_id)
    if exchange.preferences.representation:
        return _representation(session, exchange, table, row_id, 201)
    return created_reply(session.address(table, row_id))


def patch_row(
    session: Session, exchange: Exchange, table: TableModel, key: RowKey, references: ContentReferences
) -> Reply:
    """Update, or create where the key is free: which of them the conditions allow.

    `If-Match: *` only updates, `If-None-Match: *` only creates, `If-Match: W/"…"` updates that version only.
    """
    row_id = find_id(session, table, key)
    version = None if row_id is None else _version(session, table, row_id)
    if_match = exchange.headers.get("if-match")
    if row_id is None or version is None:
        if if_match is not None:
            raise missing_row(table.name, row_id) if row_id is not None else missing_by_key()
        return _create_at(session, exchange, table, key, references)
    if exchange.headers.get("if-none-match") == "*":
        raise duplicate_row()
    check_version(if_match, version)
    change_row(session, table, row_id, exchange.json(), references)
    if exchange.preferences.representation:
        return _representation(session, exchange, table, row_id, 200)
    return empty_reply({"OData-EntityId": session.address(table, row_id)})


def delete_row_at(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    version = _version(session, table, row_id)
    if version is None:
        raise missing_row(table.name, row_id)
    check_version(exchange.headers.get("if-match"), version)
    remove_row(session, table, row_id)
    return empty_reply()


def check_version(if_match: str | None, version: int) -> None:
    """Raise 412 when a given version is not the row's."""
    if if_match is None or if_match.strip() == "*":
        return
    if if_match.strip() != f'W/"{version}"':
        raise version_mismatch()


def _create_at(
    session: Session, exchange: Exchange, table: TableModel, key: RowKey, references: ContentReferences
) -> Reply:
    extra = dict(key.values)
    row_id = create_row(session, table, exchange.json(), references, row_id=key.row_id, extra=extra)
    if exchange.preferences.representation:
        return _representation(session, exchange, table, row_id, 201)
    return created_reply(session.address(table, row_id))


def _version(session: Session, table: TableModel, row_id: str) -> int | None:
    if not table.has_version:
        raise DataverseError(
            400, "0x80040800", f"The 'Update' method does not support entities of type '{table.name}'."
        )
    found = session.estate.db.value(f"SELECT versionnumber FROM {table.sql} WHERE {table.key} = ?", (row_id,))
    return None if found is None else int(found)


def _representation(session: Session, exchange: Exchange, table: TableModel, row_id: str, status: int) -> Reply:
    """The row as written; on update `$expand` is ignored."""
    asked = read_query(exchange.options)
    options = QueryOptions(select=asked.select, expand=asked.expand if status == 201 else ())
    row, shape = find_one(session, table, row_id, options)
    wire = show_rows(session, shape, [row], options, exchange.preferences)[0]
    context = f"{session.metadata_root}#{table.table.set_name}{context_names(shape, options.expand)}/$entity"
    headers = applied(exchange.preferences, "return", "annotations")
    return json_reply({"@odata.context": context, **wire}, status, headers)
