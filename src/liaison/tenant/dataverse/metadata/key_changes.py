"""Making and deleting alternate keys. An index over rows that are not unique fails, and the key says so.

Source: define-alternate-keys-entity.md.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.metadata.incoming import read_label, schema_name
from liaison.tenant.dataverse.metadata.permission import require_customizable, require_special
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, created_reply, empty_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.columns import Kind
from liaison.tenant.estate.crm.customizations import KEY, keep, take_away
from liaison.tenant.estate.crm.environments import forget_model
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.storage import new_key
from liaison.tenant.estate.crm.tables import AlternateKey, metadata_id

_FITTING = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.MOMENT, Kind.LOOKUP, Kind.CHOICE, Kind.GUID})
_MOST_KEYS, _MOST_COLUMNS = 10, 16


def create_key(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    """204 with the address of the new definition."""
    require_special(session, "prvCreateEntityKey")
    require_customizable(table)
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    key = _read(table, body)
    with session.estate.db.change() as change:
        _store(session, table, key)
        forget_model(change, session.environment)
        made = metadata_id("key", table.name, key.name)
        components.add_component(session, solution, components.KEY, made)
    return created_reply(f"{exchange.root}/{exchange.path.rstrip('/')}({made})")


def delete_key(session: Session, table: TableModel, key: AlternateKey) -> Reply:
    require_special(session, "prvDeleteEntityKey")
    declared = table.name in BY_NAME and any(key.name == found.name for found in BY_NAME[table.name].keys)
    with session.estate.db.change() as change:
        change.execute(f'DROP INDEX IF EXISTS "{session.environment}.{table.name}.{key.name}"')
        take_away(change, session.environment, KEY, f"{table.name}.{key.name}", declared=declared)
        components.forget_object(session, metadata_id("key", table.name, key.name))
        forget_model(change, session.environment)
    return empty_reply()


def reactivate_key(session: Session, exchange: Exchange) -> Reply:
    """ReactivateEntityKey: try once more to make an index that failed."""
    require_special(session, "prvWriteEntityKey")
    body = exchange.json()
    table = session.model.tables.get(str(body.get("EntityLogicalName")))
    name = str(body.get("EntityKeyLogicalName", "")).lower()
    key = next((found for found in table.table.keys if found.name == name), None) if table else None
    if table is None or key is None:
        raise DataverseError(404, "0x80060888", f"Could not find an attribute or key with specified name '{name}'.")
    with session.estate.db.change() as change:
        _store(session, table, key)
        forget_model(change, session.environment)
    return empty_reply()


def _read(table: TableModel, body: dict[str, Any]) -> AlternateKey:
    schema = schema_name(body.get("SchemaName"), "key")
    names = body.get("KeyAttributes")
    if not isinstance(names, list) or not 1 <= len(names) <= _MOST_COLUMNS or len(set(map(str, names))) != len(names):
        raise invalid_argument(f"Required field 'KeyAttributes' must hold 1 to {_MOST_COLUMNS} columns.")
    for name in names:
        column = table.by_name.get(name) if isinstance(name, str) else None
        if column is None:
            raise DataverseError(
                400, "0x80041103", f"'{table.name}' entity doesn't contain attribute with Name = '{name}'."
            )
        if column.kind not in _FITTING or not column.creatable:
            raise DataverseError(
                400, "0x80090112",
                "Attribute of an entity key must be valid for create and update. Atribute Name ="
                f" '{name}' Id = '{metadata_id('column', table.name, column.name)}'",
            )  # fmt: skip
    keys = table.table.keys
    if any(key.name == schema.lower() for key in keys):
        raise DataverseError(
            400, "0x80060893", f"An entity key with the name {schema} already exists on entity {table.name}."
        )
    if any(set(key.columns) == set(names) for key in keys):
        raise DataverseError(400, "0x80060894", "An entity key with the selected attributes already exists on entity.")
    if len(keys) >= _MOST_KEYS:
        raise DataverseError(400, "0x80060895", f"A table cannot have more than {_MOST_KEYS} keys.")
    return AlternateKey(schema, tuple(names), read_label(body.get("DisplayName"), schema))


def _store(session: Session, table: TableModel, key: AlternateKey) -> None:
    """Keep a key with what became of its index."""
    status = "Active"
    try:
        with session.estate.db.change() as change:
            change.execute(new_key(session.environment, table.name, key))
    except sqlite3.IntegrityError:
        status = "Failed"
    with session.estate.db.change() as change:
        content = asdict(replace(key, status=status))
        keep(change, session.environment, KEY, f"{table.name}.{key.name}", content)
