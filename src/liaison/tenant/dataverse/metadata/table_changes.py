"""Making, changing and deleting tables.

Definitions hold as soon as they are written: publishing has nothing left to do.
Source: create-update-entity-definitions-using-web-api.md; CreateEntities action reference.
"""

# ruff: noqa: S608 - names come from table definitions or passed their check; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, not_implemented, wrong_literal
from liaison.tenant.dataverse.metadata.column_changes import add_column, currency_columns
from liaison.tenant.dataverse.metadata.incoming import companions, read_column, read_label, schema_name
from liaison.tenant.dataverse.metadata.permission import (
    cannot_delete,
    require_customizable,
    require_special,
    still_needed,
)
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, created_reply, empty_reply, json_reply
from liaison.tenant.dataverse.session import Session, refreshed, table_rows
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.columns import Column, Kind, Label, Required
from liaison.tenant.estate.crm.customizations import (
    COLUMN,
    KEY,
    TABLE,
    column_content,
    customized,
    free_code,
    keep,
    table_content,
    take_away,
)
from liaison.tenant.estate.crm.environments import forget_model, forget_rights, set_flags
from liaison.tenant.estate.crm.model import Flags, TableModel
from liaison.tenant.estate.crm.privileges import Depth, table_privileges
from liaison.tenant.estate.crm.roles import SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER
from liaison.tenant.estate.crm.storage import new_table
from liaison.tenant.estate.crm.tables import Flag, Ownership, Table, metadata_id

_OWNERSHIPS = (Ownership.USER, Ownership.ORGANIZATION)
_MESSAGES = ("Create", "Update", "Delete")
_BULK_MESSAGES = ("CreateMultiple", "UpdateMultiple")
_MOST_TABLES = 50


def create_definition(session: Session, exchange: Exchange) -> Reply:
    """204 with the address of the new definition."""
    require_special(session, "prvCreateEntity")
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    with session.estate.db.change():
        made = _make(session, body, solution)
    return created_reply(f"{session.root}/EntityDefinitions({made.id})")


def create_entities(session: Session, exchange: Exchange) -> Reply:
    """Several tables at once: all of them or none."""
    require_special(session, "prvCreateEntity")
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    asked = body.get("Entities")
    if not isinstance(asked, list) or not 1 <= len(asked) <= _MOST_TABLES:
        raise invalid_argument(f"Required field 'Entities' must hold 1 to {_MOST_TABLES} definitions.")
    with session.estate.db.change():
        ids = [_make(refreshed(session), definition, solution).id for definition in asked]
    return json_reply(
        {"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.CreateEntitiesResponse", "EntityIds": ids}
    )


def delete_definition(session: Session, table: TableModel) -> Reply:
    """204. A table of the platform, or one that a lookup of another table needs, stays."""
    require_special(session, "prvDeleteEntity")
    if not table.table.has(Flag.CUSTOM) or table.table.has(Flag.INTERSECT):
        raise cannot_delete(f"table '{table.name}'")
    _require_unneeded(session, table)
    with session.estate.db.change() as change:
        for child, column, _ in session.model.pointing_at.get(table.name, ()):
            if column.open_to:
                change.execute(f"DELETE FROM {child.sql} WHERE {column.name}__table = ?", (table.name,))
        declared = table.name in BY_NAME
        change.execute(f"DELETE FROM {table.sql}" if declared else f"DROP TABLE {table.sql}")
        for kind in (COLUMN, KEY):
            take_away(change, session.environment, kind, table.name, declared=False)
        take_away(change, session.environment, TABLE, table.name, declared=declared)
        for rows in ("crm_flags", "crm_pending_teams"):
            change.execute(
                f"DELETE FROM {rows} WHERE environment = ? AND table_name = ?", (session.environment, table.name)
            )
        _drop_privileges(session, table.table)
        change.execute(
            f"DELETE FROM {table_rows(session, 'sdkmessagefilter')} WHERE primaryobjecttypecode = ?", (table.name,)
        )
        components.forget_object(session, table.table.id)
        forget_model(change, session.environment)
        forget_rights(change, session.environment)
    return empty_reply()


def _require_unneeded(session: Session, table: TableModel) -> None:
    """Raise 400 while a lookup of another table, or a many-to-many relationship, needs the table."""
    for other in session.model.tables.values():
        for column in other.table.columns:
            if other is not table and column.custom and any(target.table == table.name for target in column.targets):
                raise still_needed(f"table '{table.name}'", f"column '{other.name}.{column.name}'")
    for link in session.model.links:
        if table.name in (link.first, link.second):
            raise still_needed(f"table '{table.name}'", f"relationship '{link.schema}'")


def change_texts(session: Session, table: TableModel, body: Mapping[str, Any], *, merge: bool) -> None:
    """Labels, description and what the table offers, as a whole definition says them."""
    known = table.table
    flags = set(known.flags)
    for name, flag in (("HasNotes", Flag.NOTES), ("HasActivities", Flag.ACTIVITIES)):
        # Either can be switched on and never off again.
        if body.get(name) is True:
            flags.add(flag)
    about = read_label(body.get("Description"), "", known.description if merge else None)
    changed = replace(
        known,
        label=read_label(body.get("DisplayName"), known.label.en, known.label if merge else None)
        if body.get("DisplayName") is not None
        else known.label,
        plural=read_label(body.get("DisplayCollectionName"), known.plural.en, known.plural if merge else None)
        if body.get("DisplayCollectionName") is not None
        else known.plural,
        description=about if about.en or about.fr else known.description if body.get("Description") is None else None,
        flags=frozenset(flags),
    )
    same = (changed.label, changed.plural, changed.description, changed.flags) == (
        known.label, known.plural, known.description, known.flags
    )  # fmt: skip
    if same:
        return
    require_customizable(table)
    with session.estate.db.change() as change:
        keep(change, session.environment, TABLE, table.name, table_content(changed))
        forget_model(change, session.environment)


def _make(session: Session, body: Any, solution: str | None) -> Table:
    if not isinstance(body, dict):
        raise wrong_literal("EntityDefinitions", "definition", "Microsoft.Dynamics.CRM.EntityMetadata")
    schema = schema_name(body.get("SchemaName"), "table")
    name = schema.lower()
    if name in session.model.tables:
        raise DataverseError(
            400, "0x80047010",
            f"An entity with the specified name {name} already exists. Please specify a unique name.",
        )  # fmt: skip
    if body.get("IsActivity") is True:
        raise not_implemented("POST", "EntityDefinitions with IsActivity")
    made = _declared(session, schema, body)
    columns = _columns(session, made, body)
    with session.estate.db.change() as change:
        keep(change, session.environment, TABLE, name, table_content(made))
        for column in columns:
            keep(change, session.environment, COLUMN, f"{name}.{column.name}", column_content(column))
        tracked = body.get("ChangeTrackingEnabled") is True
        flags = Flags(body.get("IsDocumentManagementEnabled") is True, False, tracked)
        set_flags(session.estate, session.environment, name, flags)
        complete = next(table for table in customized(session.estate, session.environment).tables if table.name == name)
        for statement in new_table(session.environment, complete):
            change.execute(statement)
        _grant(session, complete)
        _add_filters(session, complete)
        forget_rights(change, session.environment)
        components.add_component(session, solution, components.TABLE, complete.id)
    return complete


def _declared(session: Session, schema: str, body: Mapping[str, Any]) -> Table:
    name = schema.lower()
    try:
        ownership = Ownership(body.get("OwnershipType", Ownership.USER.value))
    except ValueError as error:
        raise wrong_literal(
            "EntityDefinitions", body.get("OwnershipType"), "Microsoft.Dynamics.CRM.OwnershipTypes"
        ) from error
    if ownership not in _OWNERSHIPS:
        raise invalid_argument("The OwnershipType of a new table must be UserOwned or OrganizationOwned.")
    title = read_label(body.get("DisplayName"), schema)
    plural = read_label(body.get("DisplayCollectionName"), f"{title.en or title.fr}s")
    about = read_label(body.get("Description"))
    flags = {Flag.CUSTOM, Flag.BULK}
    flags |= {flag for key, flag in (("HasNotes", Flag.NOTES), ("HasActivities", Flag.ACTIVITIES)) if body.get(key)}
    set_name = body.get("EntitySetName")
    set_name = schema_name(set_name, "set").lower() if set_name else plural_of(name)
    if set_name in session.model.sets:
        raise DataverseError(400, "0x80047012", f"An entity set with the name {set_name} already exists.")
    return Table(
        schema, set_name, free_code(session.model.definitions), title, plural, f"{name}id",
        _primary_schema(body).lower(), (), ownership, frozenset(flags),
        description=about if about.en or about.fr else None,
    )  # fmt: skip


def _primary_schema(body: Mapping[str, Any]) -> str:
    """The schema name of the column that names a row."""
    for attribute in body.get("Attributes") or []:
        if isinstance(attribute, dict) and attribute.get("IsPrimaryName") is True:
            if "String" not in str(attribute.get("@odata.type")):
                break
            return schema_name(attribute.get("SchemaName"), "column")
    raise invalid_argument("A table needs one String column with 'IsPrimaryName' set to true in 'Attributes'.")


def _columns(session: Session, table: Table, body: Mapping[str, Any]) -> list[Column]:
    """The key, then the columns of the definition with what comes along with them."""
    key = Column(f"{table.schema}Id", Kind.GUID, Label(table.label.en, table.label.fr), Required.SYSTEM,
                 updatable=False, custom=True)  # fmt: skip
    found: dict[str, Column] = {key.name: key}
    for attribute in body.get("Attributes") or []:
        column = read_column(session, attribute)
        if column.name == table.primary_name:
            column = replace(column, indexed=True)
        for part in (column, *companions(column)):
            add_column(found, part)
    for part in currency_columns(table.name, found.values()):
        found.setdefault(part.name, part)
    return list(found.values())


def plural_of(name: str) -> str:
    """A set's name as the service makes it from a table's."""
    if name.endswith("y") and name[-2:-1] not in "aeiou_":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "z", "ch", "sh")) else f"{name}s"


def _grant(session: Session, table: Table) -> None:
    """The table's privileges, and who has them from the start: administrators and customizers."""
    privilege, granted, role = (table_rows(session, name) for name in ("privilege", "roleprivileges", "role"))
    with session.estate.db.change() as change:
        roles = change.execute(
            f"SELECT roleid FROM {role} WHERE name IN (?, ?) AND (parentroleid IS NULL)",
            (SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER),
        ).fetchall()
        for found in table_privileges(table):
            basic, local, deep, everywhere = found.depths
            change.execute(
                f"INSERT OR IGNORE INTO {privilege} (privilegeid, name, accessright, canbebasic, canbelocal, canbedeep,"
                " canbeglobal) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (found.id, found.name, int(found.right), int(basic), int(local), int(deep), int(everywhere)),
            )
            change.executemany(
                f"INSERT OR IGNORE INTO {granted} (roleprivilegeid, roleid, privilegeid, privilegedepthmask)"
                " VALUES (?, ?, ?, ?)",
                [(session.estate.ids.guid(), row[0], found.id, int(Depth.GLOBAL)) for row in roles],
            )


def _drop_privileges(session: Session, table: Table) -> None:
    privilege, granted = (table_rows(session, name) for name in ("privilege", "roleprivileges"))
    with session.estate.db.change() as change:
        for found in table_privileges(table):
            change.execute(f"DELETE FROM {granted} WHERE privilegeid = ?", (found.id,))
            change.execute(f"DELETE FROM {privilege} WHERE privilegeid = ?", (found.id,))


def _add_filters(session: Session, table: Table) -> None:
    """What lets event handlers be registered for the table, and says whether it takes many rows at once."""
    names = (*_MESSAGES, *_BULK_MESSAGES) if table.has(Flag.BULK) else _MESSAGES
    messages, filters = (table_rows(session, name) for name in ("sdkmessage", "sdkmessagefilter"))
    with session.estate.db.change() as change:
        for message in names:
            change.execute(
                f"INSERT OR IGNORE INTO {filters} (sdkmessagefilterid, primaryobjecttypecode, sdkmessageid, createdon,"
                f" modifiedon) SELECT ?, ?, sdkmessageid, ?, ? FROM {messages} WHERE name = ?",
                (metadata_id("filter", table.name, message), table.name, session.stamp, session.stamp, message),
            )
