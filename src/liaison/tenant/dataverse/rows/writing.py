"""Creating, changing and deleting rows, with the rights that takes and the rules each table has.

Every function here is one atomic change; inside a change set it is a part of a larger one.
Source: create-entity-web-api.md, update-delete-entities-using-web-api.md,
perform-conditional-operations-using-web-api.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import (
    DataverseError,
    deletion_refused,
    duplicate_by_key,
    duplicate_row,
    query_error,
    value_missing,
)
from liaison.tenant.dataverse.limits import MOST_NESTED_ROWS
from liaison.tenant.dataverse.requests import ContentReferences
from liaison.tenant.dataverse.rows.cascades import follow_owner
from liaison.tenant.dataverse.rows.computed import computed_values, default_values, stamps
from liaison.tenant.dataverse.rows.contents import forget_contents
from liaison.tenant.dataverse.rows.finding import (
    require_privilege,
    require_right,
    require_row,
)
from liaison.tenant.dataverse.rows.joining import add_to_collection
from liaison.tenant.dataverse.rows.ownership import owner_values
from liaison.tenant.dataverse.rows.payload import Payload, owned, read_payload
from liaison.tenant.dataverse.rules.by_table import RULES
from liaison.tenant.dataverse.rules.registry import TableRules
from liaison.tenant.dataverse.rules.states import settle_state
from liaison.tenant.dataverse.session import Happening, Session
from liaison.tenant.dataverse.solutions.components import COMPONENT_TABLES, forget_object
from liaison.tenant.dataverse.sql.scope import privilege_denied
from liaison.tenant.estate.crm.columns import Required
from liaison.tenant.estate.crm.model import ByLookup, TableModel
from liaison.tenant.estate.crm.principals import Principal
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.rights import rights_on
from liaison.tenant.estate.crm.rows import DeletionRefused, delete_row, insert_row, update_row
from liaison.tenant.estate.crm.tables import Flag, Ownership

_NO_RULES = TableRules()
_DEEPEST_INSERT = 10


def create_row(
    session: Session,
    table: TableModel,
    body: Mapping[str, Any],
    references: ContentReferences | None = None,
    *,
    row_id: str | None = None,
    extra: Mapping[str, Any] | None = None,
    depth: int = 0,
) -> str:
    """Make a row, and the rows nested in the body; returns its id. `extra` are stored values given by the address."""
    _refuse_unwritable(table, "Create")
    if depth > _DEEPEST_INSERT:
        raise query_error("The body of a deep insert is nested too deep.")
    if depth == 0 and _nested_rows(body) > MOST_NESTED_ROWS:
        raise query_error(f"The body of a deep insert holds more than {MOST_NESTED_ROWS} rows.")
    require_privilege(session, table, Right.CREATE)
    known = references or ContentReferences()
    payload = read_payload(session, table, body, known, new=True)
    payload.values.update(extra or {})
    rules = RULES.get(table.name, _NO_RULES)
    with _undoing(session), session.estate.db.change():
        for single, nested in payload.new_singles:
            target = session.table(single.target.table)
            payload.link(single.column, target, create_row(session, target, nested, known, depth=depth + 1))
        values = _new_values(session, table, payload, row_id)
        if rules.before_create is not None:
            rules.before_create(session, table, values)
        _check_new(session, table, payload, values)
        _insert(session, table, values)
        session.happened.append(Happening("Create", table, values[table.key], values))
        _add_related(session, table, values[table.key], payload, known, depth)
        if rules.after_create is not None:
            rules.after_create(session, table, values, create_row)
    return str(values[table.key])


def change_row(
    session: Session,
    table: TableModel,
    row_id: str,
    body: Mapping[str, Any],
    references: ContentReferences | None = None,
) -> None:
    """Change a row that exists; raises 404 when it does not."""
    _refuse_unwritable(table, "Update")
    require_privilege(session, table, Right.WRITE)
    known = references or ContentReferences()
    row = require_row(session, table, row_id)
    before = dict(zip(row.keys(), row, strict=True))
    payload = read_payload(session, table, body, known, new=False)
    require_right(session, table, row, Right.WRITE)
    rules = RULES.get(table.name, _NO_RULES)
    with _undoing(session), session.estate.db.change():
        for single, nested in payload.new_singles:
            target = session.table(single.target.table)
            payload.link(single.column, target, create_row(session, target, nested, known, depth=1))
        values = _changed_values(session, table, row, before, payload)
        if rules.before_update is not None:
            rules.before_update(session, table, before, values)
        _check_links(session, table, payload)
        if any(name != "ownerid" for name in payload.linked):
            require_right(session, table, row, Right.APPEND)
        _store(session, table, row_id, values)
        session.happened.append(Happening("Update", table, row_id, values))
        if "owningbusinessunit" in values and values["ownerid"] != before["ownerid"]:
            follow_owner(session, table, row_id, before, (values["ownerid"], values["ownerid__table"]))
        _add_related(session, table, row_id, payload, known, 0)


def remove_row(session: Session, table: TableModel, row_id: str) -> None:
    """Delete a row and what hangs on it; raises 404 when it does not exist."""
    _refuse_unwritable(table, "Delete")
    require_privilege(session, table, Right.DELETE)
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.DELETE)
    rules = RULES.get(table.name, _NO_RULES)
    with _undoing(session):
        if rules.before_delete is not None:
            rules.before_delete(session, table, dict(zip(row.keys(), row, strict=True)))
        try:
            deleted = delete_row(session.estate, session.model, table, row_id)
        except DeletionRefused as refused:
            raise deletion_refused(str(refused)) from refused
        forget_contents(session, deleted)
        for gone, gone_id in deleted:
            if gone.name in COMPONENT_TABLES:
                forget_object(session, gone_id)
        session.happened.extend(Happening("Delete", gone, gone_id, {}) for gone, gone_id in deleted)


def _nested_rows(body: Mapping[str, Any]) -> int:
    """How many rows hang on a body, as far as a deep insert may reach."""
    level, found = [body], 0
    for _ in range(_DEEPEST_INSERT):
        values = [value for row in level for value in row.values()]
        level = [value for value in values if isinstance(value, dict)]
        level += [item for value in values if isinstance(value, list) for item in value if isinstance(item, dict)]
        found += len(level)
        if not level:
            break
    return found


class _undoing:  # noqa: N801 - reads as a clause of a with statement
    """Takes out of `session.happened` what an undone change put in."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._count = len(session.happened)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            del self._session.happened[self._count :]


def _new_values(session: Session, table: TableModel, payload: Payload, row_id: str | None) -> dict[str, Any]:
    values = default_values(table) | payload.values
    values[table.key] = row_id or payload.values.get(table.key) or session.estate.ids.guid()
    values |= stamps(session, table, new=True)
    if owned(table):
        owner = payload.linked.get("ownerid")
        values |= owner_values(session, *((owner[1], owner[0].name) if owner else (session.user.id, "systemuser")))
    values |= computed_values(session, table, None, values)
    settle_state(table, {}, values, str(values[table.key]))
    return values


def _changed_values(
    session: Session, table: TableModel, row: sqlite3.Row, before: Mapping[str, Any], payload: Payload
) -> dict[str, Any]:
    values = dict(payload.values)
    settle_state(table, before, values, str(before[table.key]))
    owner = payload.linked.get("ownerid")
    if owner is not None and owned(table) and owner[1] != before["ownerid"]:
        require_right(session, table, row, Right.ASSIGN)
        values |= owner_values(session, owner[1], owner[0].name)
    values |= stamps(session, table, new=False)
    return values | computed_values(session, table, before, values)


def _check_new(session: Session, table: TableModel, payload: Payload, values: Mapping[str, Any]) -> None:
    for column in table.columns:
        missing = column.required is Required.SYSTEM and values.get(column.name) is None
        if missing and column.name not in ("organizationid", "ownerid") and column.creatable:
            raise value_missing(column.name)
    allowed = rights_on(session.estate, table, session.user, values)
    if not allowed & Right.CREATE:
        raise _too_far(session.user, table, Right.CREATE, values)
    _check_links(session, table, payload)
    linked = [name for name in payload.linked if name != "ownerid"]
    if linked and not allowed & Right.APPEND:
        if session.user.depth(table.table, Right.APPEND) is None:
            raise privilege_denied(session.user, table, Right.APPEND)
        raise _too_far(session.user, table, Right.APPEND, values)


def _check_links(session: Session, table: TableModel, payload: Payload) -> None:
    """Pointing to a row takes Append To on that row; users, units and currencies may be pointed to freely."""
    for name, (target, target_id) in payload.linked.items():
        if name == "ownerid":
            continue
        row = require_row(session, target, target_id)
        if target.table.ownership in (Ownership.USER, Ownership.ORGANIZATION) and target.name != "transactioncurrency":
            require_right(session, target, row, Right.APPEND_TO)


def _too_far(user: Principal, table: TableModel, right: Right, values: Mapping[str, Any]) -> DataverseError:
    depth = user.depth(table.table, right)
    denied = privilege_denied(user, table, right)
    return DataverseError(
        403, denied.code,
        f"{denied.message} The user's depth is {depth.wire if depth else 'None'}; the owner is"
        f" {values.get('ownerid')}.",
    )  # fmt: skip


def _insert(session: Session, table: TableModel, values: dict[str, Any]) -> None:
    try:
        values["versionnumber"] = insert_row(session.estate, table, _stored(table, values))
    except sqlite3.IntegrityError as error:
        raise _duplicate(table, str(error)) from error


def _store(session: Session, table: TableModel, row_id: str, values: dict[str, Any]) -> None:
    try:
        values["versionnumber"] = update_row(session.estate, table, row_id, _stored(table, values))
    except sqlite3.IntegrityError as error:
        raise _duplicate(table, str(error)) from error


def _stored(table: TableModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the table keeps: rules may put more into `values` for each other."""
    known = table.stored_names
    return {name: value for name, value in values.items() if name in known}


def _duplicate(table: TableModel, message: str) -> DataverseError:
    for key in table.table.keys:
        if any(message.endswith(f"{table.environment}.{table.name}.{column}") for column in key.columns):
            return duplicate_by_key(key.label.en)
    return duplicate_row()


def _add_related(
    session: Session, table: TableModel, row_id: str, payload: Payload, references: ContentReferences, depth: int
) -> None:
    for collection, nested in payload.new_children:
        child = session.table(collection.table)
        if isinstance(collection, ByLookup):
            create_row(session, child, nested, references, extra=_lookup_values(collection, table, row_id),
                       depth=depth + 1)  # fmt: skip
        else:
            other_id = create_row(session, child, nested, references, depth=depth + 1)
            add_to_collection(session, table, row_id, collection, other_id)
    for collection, _, other_id in payload.joined:
        add_to_collection(session, table, row_id, collection, other_id)


def _lookup_values(collection: ByLookup, table: TableModel, row_id: str) -> dict[str, Any]:
    column = collection.column
    found: dict[str, Any] = {column.name: row_id}
    if column.many_targets:
        found[f"{column.name}__table"] = table.name
    return found


def _refuse_unwritable(table: TableModel, message: str) -> None:
    if table.table.select or table.table.has(Flag.VIRTUAL) or table.table.has(Flag.INTERSECT):
        raise DataverseError(
            400, "0x80040800", f"The '{message}' method does not support entities of type '{table.name}'."
        )
    if table.table.has(Flag.ENTITY_ONLY_BY_KEY) and message != "Update":
        raise DataverseError(
            400, "0x80040800", f"The '{message}' method does not support entities of type '{table.name}'."
        )
