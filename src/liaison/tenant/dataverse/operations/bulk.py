"""CreateMultiple, UpdateMultiple, UpsertMultiple, and the deletion job.

On standard tables a bulk message is all or nothing; tables that do not offer it answer 400.
Source: bulk-operations.md; asynchronous deletion is done at once here, its job row is kept.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, query_error
from liaison.tenant.dataverse.operations.parameters import read_list, read_object
from liaison.tenant.dataverse.paths import RowKey, read_reference
from liaison.tenant.dataverse.requests import ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.finding import find_id
from liaison.tenant.dataverse.rows.ownership import owner_values
from liaison.tenant.dataverse.rows.writing import change_row, create_row, remove_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.operators import operate
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.rights import Clause
from liaison.tenant.estate.crm.rows import insert_row
from liaison.tenant.estate.crm.tables import Flag

_MOST_TARGETS = 1_000
_BULK_DELETE = 13
_SUCCEEDED = 30
_CONDITIONS = {
    "Equal": "eq", "NotEqual": "ne", "In": "in", "NotIn": "not-in", "Like": "like", "Null": "null",
    "NotNull": "not-null", "GreaterThan": "gt", "GreaterEqual": "ge", "LessThan": "lt", "LessEqual": "le",
    "BeginsWith": "begins-with", "OnOrBefore": "on-or-before", "OnOrAfter": "on-or-after",
}  # fmt: skip


def create_multiple(session: Session, exchange: Exchange, table: TableModel, references: ContentReferences) -> Reply:
    targets = _targets(exchange, table, "CreateMultiple")
    with session.estate.db.change():
        ids = [create_row(session, table, target, references) for target in targets]
    return json_reply(
        {"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.CreateMultipleResponse", "Ids": ids}
    )


def update_multiple(session: Session, exchange: Exchange, table: TableModel, references: ContentReferences) -> Reply:
    targets = _targets(exchange, table, "UpdateMultiple")
    with session.estate.db.change():
        for target in targets:
            key = _key(session, table, target)
            row_id = find_id(session, table, key) if key.row_id or key.values else None
            if row_id is None:
                raise invalid_argument(f"Each target needs its primary key '{table.key}'.")
            change_row(session, table, row_id, _without_key(table, target), references)
    return empty_reply()


def upsert_multiple(session: Session, exchange: Exchange, table: TableModel, references: ContentReferences) -> Reply:
    targets = _targets(exchange, table, "UpsertMultiple")
    with session.estate.db.change():
        for target in targets:
            _upsert(session, table, target, references)
    return empty_reply()


def delete_multiple(session: Session, exchange: Exchange, table: TableModel, references: ContentReferences) -> Reply:
    """Only elastic tables have this message, and there are none here. Source: bulk-operations.md."""
    del session, exchange, references
    raise DataverseError(
        400, "0x80040800", f"The 'DeleteMultiple' method does not support entities of type '{table.name}'."
    )


def bulk_delete(session: Session, exchange: Exchange) -> Reply:
    """Delete what the queries find, each row for itself; rows the caller may not delete stay."""
    body = exchange.json()
    queries = [read_object(query, "QuerySet") for query in read_list(body.get("QuerySet"), "QuerySet")]
    if not session.user.may("prvBulkDelete"):
        raise DataverseError(
            403, "0x80040220", f"Principal user (Id={session.user.id}, type=8) is missing prvBulkDelete privilege."
        )
    if not queries:
        raise invalid_argument("Required field 'QuerySet' is missing.")
    for query in queries:
        table = session.model.tables.get(str(query.get("EntityName")))
        if table is None:
            raise invalid_argument(f"The table '{query.get('EntityName')}' does not exist.")
        for row_id in _found(session, table, read_object(query.get("Criteria"), "Criteria")):
            _try_delete(session, table, row_id)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.BulkDeleteResponse",
            "JobId": _job(session, str(body.get("JobName") or "Bulk delete")),
        }
    )


def _targets(exchange: Exchange, table: TableModel, message: str) -> list[Mapping[str, Any]]:
    if not table.table.has(Flag.BULK):
        raise DataverseError(
            400, "0x80040800", f"The '{message}' method does not support entities of type '{table.name}'."
        )
    targets = exchange.json().get("Targets")
    if not isinstance(targets, list) or not targets or len(targets) > _MOST_TARGETS:
        raise invalid_argument(f"Required field 'Targets' must hold 1 to {_MOST_TARGETS} entities.")
    for target in targets:
        if not isinstance(target, dict) or not isinstance(target.get("@odata.type"), str):
            raise query_error("Each item of 'Targets' needs the annotation '@odata.type'.")
        if target["@odata.type"].rpartition(".")[2] != table.name:
            raise query_error(f"Each item of 'Targets' must be of the type '{table.name}'.")
    return targets


def _key(session: Session, table: TableModel, target: Mapping[str, Any]) -> RowKey:
    address = target.get("@odata.id")
    if isinstance(address, str):
        found, key = read_reference(session.model, session.root, address)
        if found is not table:
            raise query_error(f"The address '{address}' belongs to another table.")
        return key
    return RowKey(read_guid(str(target.get(table.key, ""))))


def _without_key(table: TableModel, target: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in target.items() if name != table.key}


def _upsert(session: Session, table: TableModel, target: Mapping[str, Any], references: ContentReferences) -> None:
    key = _key(session, table, target)
    row_id = find_id(session, table, key) if key.row_id or key.values else None
    exists = row_id is not None and session.estate.db.value(
        f"SELECT 1 FROM {table.sql} WHERE {table.key} = ?", (row_id,)
    )
    if exists and row_id is not None:
        change_row(session, table, row_id, _without_key(table, target), references)
    else:
        create_row(session, table, _without_key(table, target), references, row_id=key.row_id, extra=dict(key.values))


def _found(session: Session, table: TableModel, criteria: Mapping[str, Any]) -> list[str]:
    scope = Scope(session.model, session.user, session.now)
    seen = scope.readable(table, "a")
    clauses = [seen] if seen.sql else []
    conditions = [read_object(one, "Conditions") for one in read_list(criteria.get("Conditions"), "Conditions")]
    if not conditions:
        raise invalid_argument("A query that deletes needs at least one condition.")
    joined = [_condition(scope, table, condition) for condition in conditions]
    word = " OR " if criteria.get("FilterOperator") == "Or" else " AND "
    clauses.append(
        Clause(
            f"({word.join(clause.sql for clause in joined)})",
            tuple(value for clause in joined for value in clause.values),
        )
    )
    rows = session.estate.db.rows(
        f"SELECT a.{table.key} FROM {table.sql} a WHERE {' AND '.join(clause.sql for clause in clauses)}",
        tuple(value for clause in clauses for value in clause.values),
    )
    return [row[0] for row in rows]


def _condition(scope: Scope, table: TableModel, condition: Mapping[str, Any]) -> Clause:
    column = table.by_name.get(str(condition.get("AttributeName")))
    operator = _CONDITIONS.get(str(condition.get("Operator")))
    if column is None or operator is None:
        raise invalid_argument(f"The condition on '{condition.get('AttributeName')}' cannot be read.")
    values = [
        str(value.get("Value") if isinstance(value, dict) else value)
        for value in read_list(condition.get("Values"), "Values")
    ]
    return operate(scope, operator, Place(column, table, "a"), values)


def _try_delete(session: Session, table: TableModel, row_id: str) -> None:
    try:
        remove_row(session, table, row_id)
    except DataverseError as error:
        if error.status not in (400, 403, 404):
            raise


def _job(session: Session, name: str) -> str:
    job_id = session.estate.ids.guid()
    values = {
        "asyncoperationid": job_id, "name": name[:256], "operationtype": _BULK_DELETE, "statecode": 3,
        "statuscode": _SUCCEEDED, "startedon": session.stamp, "completedon": session.stamp,
        "createdon": session.stamp, "modifiedon": session.stamp, "createdby": session.user.id,
        "modifiedby": session.user.id, **owner_values(session, session.user.id, "systemuser"),
    }  # fmt: skip
    insert_row(session.estate, session.table("asyncoperation"), values)
    return job_id
