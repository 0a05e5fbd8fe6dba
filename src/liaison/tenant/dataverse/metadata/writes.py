"""Which write of a definition an address and a method mean.

Source: create-update-entity-definitions-using-web-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liaison.tenant.dataverse.errors import DataverseError, unknown_segment, wrong_method
from liaison.tenant.dataverse.metadata.choice_changes import change_choice, create_choice, delete_choice
from liaison.tenant.dataverse.metadata.column_changes import change_column, create_column, delete_column
from liaison.tenant.dataverse.metadata.definitions import Definitions
from liaison.tenant.dataverse.metadata.edits import replace_definition
from liaison.tenant.dataverse.metadata.incoming import find_choice
from liaison.tenant.dataverse.metadata.key_changes import create_key, delete_key
from liaison.tenant.dataverse.metadata.relationship_changes import (
    change_relationship,
    create_relationship,
    delete_relationship,
)
from liaison.tenant.dataverse.metadata.table_changes import create_definition, delete_definition
from liaison.tenant.dataverse.paths import Segment
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel

Find = Callable[[Segment], str]


def answer_write(
    session: Session, exchange: Exchange, definitions: Definitions, segments: Sequence[Segment], find_table: Find
) -> Reply:
    """POST, PUT and DELETE of definitions; `find_table` gives the logical name behind a key."""
    head, rest = segments[0], segments[1:]
    if exchange.method not in ("POST", "PUT", "DELETE"):
        raise wrong_method(exchange.method, exchange.path)
    if head.name == "GlobalOptionSetDefinitions":
        return _choice(session, exchange, head, rest)
    if head.name == "RelationshipDefinitions":
        return _relationship(session, exchange, definitions, head, rest)
    if head.inside is None:
        if exchange.method == "POST" and not rest:
            return create_definition(session, exchange)
        raise wrong_method(exchange.method, exchange.path)
    table = session.table(find_table(head))
    if rest:
        return _part(session, exchange, definitions, table, rest)
    if exchange.method == "PUT":
        return replace_definition(session, exchange, table)
    if exchange.method == "DELETE":
        return delete_definition(session, table)
    raise wrong_method(exchange.method, exchange.path)


def _part(
    session: Session, exchange: Exchange, definitions: Definitions, table: TableModel, rest: Sequence[Segment]
) -> Reply:
    """A column or a key of a table; a cast behind it changes nothing."""
    head = rest[0]
    if head.name not in ("Attributes", "Keys") or any(segment.operation is None for segment in rest[1:]):
        raise unknown_segment(rest[-1].text)
    if head.inside is None:
        if exchange.method != "POST":
            raise wrong_method(exchange.method, exchange.path)
        maker = create_column if head.name == "Attributes" else create_key
        return maker(session, exchange, table)
    name = _logical_name(definitions, table, head)
    if head.name == "Keys":
        if exchange.method != "DELETE":
            raise wrong_method(exchange.method, exchange.path)
        return delete_key(session, table, next(key for key in table.table.keys if key.name == name))
    column = table.table.by_name[name]
    if exchange.method == "PUT":
        return change_column(session, exchange, table, column)
    if exchange.method == "DELETE":
        return delete_column(session, table, column)
    raise wrong_method(exchange.method, exchange.path)


def _logical_name(definitions: Definitions, table: TableModel, segment: Segment) -> str:
    for item in definitions.collection(table.name, segment.name):
        if _meant(item, segment.inside or ""):
            return str(item["LogicalName"])
    raise DataverseError(
        404, "0x80060888", f"Could not find an attribute or key with specified name '{(segment.inside or '')[:200]}'."
    )


def _relationship(
    session: Session, exchange: Exchange, definitions: Definitions, head: Segment, rest: Sequence[Segment]
) -> Reply:
    if any(segment.operation is None for segment in rest):
        raise unknown_segment(rest[0].text)
    if head.inside is None:
        if exchange.method == "POST":
            return create_relationship(session, exchange)
        raise wrong_method(exchange.method, exchange.path)
    for item in (*definitions.one_to_many, *definitions.many_to_many):
        if _meant(item, head.inside):
            made = str(item["MetadataId"])
            break
    else:
        raise DataverseError(404, "0x80060888", f"Could not find a relationship with key '{head.inside[:200]}'.")
    if exchange.method == "DELETE":
        return delete_relationship(session, made)
    if exchange.method == "PUT":
        return change_relationship(session, exchange, made)
    raise wrong_method(exchange.method, exchange.path)


def _choice(session: Session, exchange: Exchange, head: Segment, rest: Sequence[Segment]) -> Reply:
    if any(segment.operation is None for segment in rest):
        raise unknown_segment(rest[0].text)
    if head.inside is None:
        if exchange.method == "POST":
            return create_choice(session, exchange)
        raise wrong_method(exchange.method, exchange.path)
    choice = find_choice(session, head.inside)
    if exchange.method == "PUT":
        return change_choice(session, exchange, choice)
    if exchange.method == "DELETE":
        return delete_choice(session, choice)
    raise wrong_method(exchange.method, exchange.path)


def _meant(item: dict[str, object], inside: str) -> bool:
    """Whether a definition is the one that a key names, by its id or by one of its names."""
    name, equals, text = inside.strip().partition("=")
    field = name.strip() if equals else "MetadataId"
    return str(item.get(field, "")).lower() == (text if equals else inside).strip().strip("'").lower()
