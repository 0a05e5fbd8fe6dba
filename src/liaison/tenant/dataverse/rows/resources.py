"""What an address below an entity set means, and which act answers it."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Sequence

from liaison.tenant.dataverse.errors import missing_row, query_error, unknown_property, unknown_segment, wrong_method
from liaison.tenant.dataverse.fetchxml.answers import answer_fetch
from liaison.tenant.dataverse.operations.bound import answer_collection_operation, answer_row_operation
from liaison.tenant.dataverse.paths import Segment, read_key
from liaison.tenant.dataverse.requests import ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.aggregation import answer_apply
from liaison.tenant.dataverse.rows.documents import list_documents
from liaison.tenant.dataverse.rows.files import answer_content
from liaison.tenant.dataverse.rows.finding import id_of, require_right, require_row, row_behind, table_of
from liaison.tenant.dataverse.rows.joining import add_to_collection, remove_from_collection
from liaison.tenant.dataverse.rows.properties import answer_property, answer_reference, target_row
from liaison.tenant.dataverse.rows.reading import get_count, get_list, get_one, narrow, new_scope
from liaison.tenant.dataverse.rows.tracking import answer_changes, changes_asked
from liaison.tenant.dataverse.rows.writes import delete_row_at, patch_row, post_row
from liaison.tenant.dataverse.rules.sites import settle_validation
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.columns import CONTENTS, type_name
from liaison.tenant.estate.crm.model import ByIntersect, Collection, TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.tables import Flag

_FETCHES = ("fetchXml", "savedQuery", "userQuery", "sql")


def answer_rows(
    session: Session, exchange: Exchange, segments: Sequence[Segment], references: ContentReferences
) -> Reply:
    """Answer an operation on rows. Raises the service's 404 for a set that does not exist."""
    head, rest = segments[0], segments[1:]
    table = table_of(session, head)
    if table.name == "sharepointsite":
        settle_validation(session)
    if head.inside is None:
        return _answer_set(session, exchange, table, rest, references)
    if table.table.has(Flag.VIRTUAL):
        raise missing_row(table.name, id_of(session, table, head))
    if not rest and exchange.method == "PATCH":
        return patch_row(session, exchange, table, read_key(table, head.inside), references)
    return _answer_row(session, exchange, table, id_of(session, table, head), rest, references)


def _answer_set(
    session: Session, exchange: Exchange, table: TableModel, rest: Sequence[Segment], references: ContentReferences
) -> Reply:
    if not rest:
        if exchange.method == "GET":
            return _list(session, exchange, table)
        if exchange.method == "POST":
            return post_row(session, exchange, table, references)
        raise wrong_method(exchange.method, exchange.path)
    if len(rest) == 1 and rest[0].name == "$count" and exchange.method == "GET":
        if table.table.has(Flag.VIRTUAL):
            raise query_error(f"The rows of {table.table.set_name} cannot be counted.")
        return answer_changes(session, exchange, table, count=True) if changes_asked(exchange) else get_count(
            session, exchange, table)  # fmt: skip
    if len(rest) == 1 and rest[0].operation is not None:
        return answer_collection_operation(session, exchange, table, rest[0], references)
    raise unknown_segment(rest[0].text)


def _list(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    if any(name in exchange.options for name in _FETCHES):
        return answer_fetch(session, exchange, table)
    if table.table.has(Flag.VIRTUAL):
        return list_documents(session, exchange, table)
    if changes_asked(exchange):
        return answer_changes(session, exchange, table, count=False)
    if "$apply" in exchange.options:
        return answer_apply(session, exchange, table)
    return get_list(session, exchange, table)


def _answer_row(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    rest: Sequence[Segment],
    references: ContentReferences,
) -> Reply:
    if not rest:
        if exchange.method == "GET":
            return get_one(session, exchange, table, row_id)
        if exchange.method == "DELETE":
            return delete_row_at(session, exchange, table, row_id)
        raise wrong_method(exchange.method, exchange.path)
    head, after = rest[0], rest[1:]
    if head.operation is not None:
        return answer_row_operation(session, exchange, table, row_id, head)
    if head.name in table.singles:
        return _answer_single(session, exchange, table, row_id, rest, references)
    if head.name in table.collections:
        return _answer_collection(session, exchange, table, row_id, table.collections[head.name], rest, references)
    column = table.by_wire.get(head.name)
    if column is None:
        raise unknown_property(head.name, table.name)
    raw = len(after) == 1 and after[0].name == "$value"
    if after and not raw:
        raise unknown_segment(after[0].text)
    if column.kind in CONTENTS:
        return answer_content(session, exchange, table, row_id, column, raw=raw)
    return answer_property(session, exchange, table, row_id, column, raw=raw)


def _answer_single(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    rest: Sequence[Segment],
    references: ContentReferences,
) -> Reply:
    single = table.singles[rest[0].name]
    after = rest[1:]
    if len(after) == 1 and after[0].name == "$ref":
        return answer_reference(session, exchange, table, row_id, single, references)
    if exchange.method != "GET":
        raise wrong_method(exchange.method, exchange.path)
    found = target_row(session, table, row_id, single)
    if found is None:
        return empty_reply()
    return _answer_row(session, exchange, *found, after, references)


def _answer_collection(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    collection: Collection,
    rest: Sequence[Segment],
    references: ContentReferences,
) -> Reply:
    head, after = rest[0], rest[1:]
    if after and after[-1].name == "$ref":
        return _answer_references(session, exchange, table, row_id, collection, head, references)
    child = session.table(collection.table)
    if head.inside is not None:
        return _answer_row(session, exchange, child, id_of(session, child, head), after, references)
    if len(after) == 1 and after[0].name == "$count" and exchange.method == "GET":
        _require_readable(session, table, row_id)
        narrowing = narrow(session, table, row_id, collection)
        return get_count(session, exchange, child, narrowing, exchange.path)
    if after:
        raise unknown_segment(after[0].text)
    if exchange.method == "GET":
        _require_readable(session, table, row_id)
        if child.table.has(Flag.VIRTUAL):
            return list_documents(session, exchange, child, (table.name, row_id))
        narrowing = narrow(session, table, row_id, collection)
        if any(name in exchange.options for name in _FETCHES):
            return answer_fetch(session, exchange, child, narrowing)
        return get_list(session, exchange, child, narrowing, exchange.path)
    if exchange.method == "POST":
        return _post_child(session, exchange, table, row_id, collection, references)
    raise wrong_method(exchange.method, exchange.path)


def _post_child(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    collection: Collection,
    references: ContentReferences,
) -> Reply:
    """A new row, already in the collection it was posted to."""
    require_row(session, table, row_id)
    child = session.table(collection.table)
    if isinstance(collection, ByIntersect):
        raise query_error("Rows of a many-to-many collection are made first and then associated.")
    extra = {collection.column.name: row_id}
    if collection.column.many_targets:
        extra[type_name(collection.column)] = table.name
    return post_row(session, exchange, child, references, extra)


def _answer_references(
    session: Session,
    exchange: Exchange,
    table: TableModel,
    row_id: str,
    collection: Collection,
    head: Segment,
    references: ContentReferences,
) -> Reply:
    if exchange.method in ("POST", "PUT"):
        address = exchange.json().get("@odata.id")
        if not isinstance(address, str):
            raise query_error("The body must hold the property '@odata.id'.")
        _, other_id = row_behind(session, references.resolve(address))
        add_to_collection(session, table, row_id, collection, other_id)
        return empty_reply()
    if exchange.method == "DELETE":
        other_id = _removed_id(session, exchange, collection, head)
        remove_from_collection(session, table, row_id, collection, other_id)
        return empty_reply()
    if exchange.method == "GET":
        return _list_references(session, exchange, table, row_id, collection)
    raise wrong_method(exchange.method, exchange.path)


def _removed_id(session: Session, exchange: Exchange, collection: Collection, head: Segment) -> str:
    if head.inside is not None:
        return id_of(session, session.table(collection.table), head)
    address = exchange.options.get("$id")
    if address is None:
        raise query_error("The row to take out must be named by key or by the option $id.")
    return row_behind(session, address)[1]


def _list_references(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, collection: Collection
) -> Reply:
    child = session.table(collection.table)
    _require_readable(session, table, row_id)
    narrowing = narrow(session, table, row_id, collection)
    seen = new_scope(session).readable(child, "a")
    conditions = " AND ".join(part.sql for part in (narrowing.condition, seen) if part.sql)
    rows = session.estate.db.rows(
        f"SELECT a.{child.key} FROM {narrowing.source} WHERE {conditions}",
        (*narrowing.condition.values, *seen.values),
    )
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Collection($ref)",
            "value": [{"@odata.id": session.address(child, row[0])} for row in rows],
        }
    )


def _require_readable(session: Session, table: TableModel, row_id: str) -> None:
    """The row whose collection is asked must be there and readable."""
    require_right(session, table, require_row(session, table, row_id), Right.READ)
