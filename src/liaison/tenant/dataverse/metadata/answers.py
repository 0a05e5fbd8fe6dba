"""EntityDefinitions, RelationshipDefinitions, the service document and $metadata over HTTP.

Everything comes in one answer; there are no pages. Source: query-metadata-web-api.md, web-api-service-documents.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, query_error, unknown_segment
from liaison.tenant.dataverse.metadata.attributes import OTHER_TYPES, TYPE_NAMES, without_navigation
from liaison.tenant.dataverse.metadata.csdl import csdl
from liaison.tenant.dataverse.metadata.definitions import COLLECTIONS, Definition, Definitions, definitions_of
from liaison.tenant.dataverse.metadata.filtering import filtered, selected
from liaison.tenant.dataverse.metadata.relationships import MANY_TO_MANY, ONE_TO_MANY
from liaison.tenant.dataverse.metadata.writes import answer_write
from liaison.tenant.dataverse.odata.options import Expansion, read_query
from liaison.tenant.dataverse.paths import Segment
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply, text_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.tables import Flag

METADATA_SETS = frozenset({"EntityDefinitions", "RelationshipDefinitions", "GlobalOptionSetDefinitions"})

_TABLE_TYPE = "EntityMetadata"


def answer_service_document(session: Session) -> Reply:
    """All entity sets."""
    sets = [
        {"name": table.table.set_name, "kind": "EntitySet", "url": table.table.set_name}
        for table in session.model.tables.values()
        if not table.table.has(Flag.INTERSECT)
    ]
    return json_reply({"@odata.context": session.metadata_root, "value": sorted(sets, key=lambda found: found["name"])})


def answer_csdl(session: Session, exchange: Exchange) -> Reply:
    """The whole model as CSDL, with annotations when they are asked for."""
    annotated = exchange.options.get("annotations") == "true" or exchange.preferences.wants_everything
    return text_reply(csdl(session.model, annotated=annotated), "application/xml")


def answer_metadata(session: Session, exchange: Exchange, segments: Sequence[Segment]) -> Reply:
    """Reads of definitions here; writes have their own files."""
    head, rest = segments[0], segments[1:]
    definitions = definitions_of(session)
    if exchange.method != "GET":
        return answer_write(session, exchange, definitions, segments, lambda part: _table_name(definitions, part))
    if head.name == "GlobalOptionSetDefinitions":
        return _choices(session, exchange, definitions, head, rest)
    if head.name == "RelationshipDefinitions":
        return _relationships(session, exchange, definitions, head, rest)
    if head.inside is None:
        if rest:
            raise unknown_segment(rest[0].text)
        return _tables(session, exchange, definitions)
    name = _table_name(definitions, head)
    if rest:
        return _collection(session, exchange, definitions, name, rest)
    return _table(session, exchange, definitions, name)


def _choices(
    session: Session, exchange: Exchange, definitions: Definitions, head: Segment, rest: Sequence[Segment]
) -> Reply:
    """Global choices: all of them, or one by name or MetadataId; the only type to cast to is OptionSetMetadata."""
    if any(segment.operation not in ("OptionSetMetadata", "OptionSetMetadataBase") for segment in rest):
        raise unknown_segment(rest[0].text)
    options = read_query(exchange.options)
    context = f"{session.metadata_root}#GlobalOptionSetDefinitions{_names(options.select)}"
    if head.inside is not None:
        item = _find(definitions.choices, head)
        shown = selected(item, options.select, "OptionSetMetadataBase")
        return json_reply({"@odata.context": f"{context}/$entity", **shown})
    kept = filtered(definitions.choices, options.condition, "OptionSetMetadataBase")
    value = [selected(item, options.select, "OptionSetMetadataBase") for item in kept]
    return json_reply({"@odata.context": context, "value": value})


def _table_name(definitions: Definitions, segment: Segment) -> str:
    key = (segment.inside or "").strip()
    if key.startswith("LogicalName="):
        name = key.removeprefix("LogicalName=").strip().strip("'")
        if name in definitions.tables:
            return name
        raise DataverseError(404, "0x80060888", f"Could not find an entity with specified name '{name}'.")
    metadata_id = read_guid(key.removeprefix("MetadataId=").strip("'"))
    found = definitions.by_id.get(metadata_id or "")
    if found is None:
        raise DataverseError(404, "0x80060888", f"Could not find an entity with specified entity id '{key}'.")
    return found


def _tables(session: Session, exchange: Exchange, definitions: Definitions) -> Reply:
    options = read_query(exchange.options)
    found = filtered(definitions.tables.values(), options.condition, _TABLE_TYPE)
    shown = [
        selected(definition, options.select, _TABLE_TYPE)
        | _expanded(definitions, str(definition["LogicalName"]), options.expand)
        for definition in found
    ]
    context = f"{session.metadata_root}#EntityDefinitions{_names(options.select)}"
    answer: dict[str, Any] = {"@odata.context": context}
    if options.count:
        answer["@odata.count"] = len(shown)
    return json_reply({**answer, "value": shown})


def _table(session: Session, exchange: Exchange, definitions: Definitions, name: str) -> Reply:
    options = read_query(exchange.options)
    shown = selected(definitions.tables[name], options.select, _TABLE_TYPE)
    context = f"{session.metadata_root}#EntityDefinitions{_names(options.select)}/$entity"
    return json_reply({"@odata.context": context, **shown, **_expanded(definitions, name, options.expand)})


def _expanded(definitions: Definitions, name: str, expansions: Sequence[Expansion]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for expansion in expansions:
        if expansion.navigation not in COLLECTIONS:
            raise query_error(
                f"Could not find a property named '{expansion.navigation}' on type"
                " 'Microsoft.Dynamics.CRM.EntityMetadata'."
            )
        items = definitions.collection(name, expansion.navigation)
        kept = filtered(items, expansion.condition, "AttributeMetadata")
        found[expansion.navigation] = [
            selected(without_navigation(dict(item), frozenset()), expansion.select, "AttributeMetadata")
            for item in kept
        ]
    return found


def _collection(
    session: Session, exchange: Exchange, definitions: Definitions, name: str, rest: Sequence[Segment]
) -> Reply:
    """`…/Attributes`, `…/Attributes(LogicalName='x')`, casts of both, `…/Keys` and relationships."""
    head = rest[0]
    if head.name in definitions.tables[name] and len(rest) == 1:
        context = f"{session.metadata_root}#EntityDefinitions('{name}')/{head.name}"
        return json_reply({"@odata.context": context, "value": definitions.tables[name][head.name]})
    if head.name not in COLLECTIONS:
        raise unknown_segment(head.text)
    cast = rest[1].operation if len(rest) > 1 else None
    if len(rest) > 1 and cast is None:
        return _inside_attribute(session, exchange, definitions, name, rest)
    items = definitions.collection(name, head.name)
    if cast is not None:
        items = _cast(items, cast)
    if head.inside is not None:
        return _one(session, exchange, name, rest, items)
    options = read_query(exchange.options)
    expanded = frozenset(expansion.navigation for expansion in options.expand)
    kept = filtered(items, options.condition, "AttributeMetadata")
    shown = [_show(dict(item), options.select, expanded, options.expand) for item in kept]
    path = "/".join(segment.text for segment in rest)
    context = f"{session.metadata_root}#EntityDefinitions('{name}')/{path}{_names(options.select)}"
    return json_reply({"@odata.context": context, "value": shown})


def _show(
    item: Definition, select: tuple[str, ...], expanded: frozenset[str], expansions: Sequence[Expansion]
) -> Definition:
    shown = selected(without_navigation(item, frozenset()), select, "AttributeMetadata")
    for expansion in expansions:
        if expansion.navigation not in item:
            raise query_error(
                f"Could not find a property named '{expansion.navigation}' on type"
                " 'Microsoft.Dynamics.CRM.AttributeMetadata'."
            )
        value = item[expansion.navigation]
        shown[expansion.navigation] = (
            selected(value, expansion.select, "OptionSetMetadata") if value is not None else None
        )
    del expanded
    return shown


def _one(session: Session, exchange: Exchange, name: str, rest: Sequence[Segment], items: list[Definition]) -> Reply:
    options = read_query(exchange.options)
    item = _find(items, rest[0])
    shown = _show(item, options.select, frozenset(), options.expand)
    path = "/".join(segment.name for segment in rest)
    context = f"{session.metadata_root}#EntityDefinitions('{name}')/{path}{_names(options.select)}/$entity"
    return json_reply({"@odata.context": context, **shown})


def _find(items: list[Definition], segment: Segment) -> Definition:
    key = (segment.inside or "").strip()
    property_name, equals, text = key.partition("=")
    wanted = (text if equals else key).strip().strip("'")
    field = property_name if equals else "MetadataId"
    for item in items:
        if str(item.get(field, "")).lower() == wanted.lower():
            return item
    raise DataverseError(404, "0x80060888", f"Could not find an attribute or key with specified name '{wanted}'.")


def _inside_attribute(
    session: Session, exchange: Exchange, definitions: Definitions, name: str, rest: Sequence[Segment]
) -> Reply:
    """One property of one column, such as `…/Attributes(LogicalName='x')/OptionSet`, with or without a cast."""
    del exchange
    item = _find(definitions.collection(name, rest[0].name), rest[0])
    last = rest[-1]
    if last.name not in item:
        raise unknown_segment(last.text)
    value = item[last.name]
    context = f"{session.metadata_root}#EntityDefinitions('{name}')/{rest[0].name}/{last.name}/$entity"
    if isinstance(value, dict):
        return json_reply({"@odata.context": context, **value})
    return json_reply({"@odata.context": context, "value": value})


def _cast(items: list[Definition], cast: str) -> list[Definition]:
    if cast == "EnumAttributeMetadata" or cast not in TYPE_NAMES | OTHER_TYPES | {ONE_TO_MANY, MANY_TO_MANY}:
        raise unknown_segment(f"Microsoft.Dynamics.CRM.{cast}")
    return [item for item in items if str(item.get("@odata.type", "")).rpartition(".")[2] == cast]


def _relationships(
    session: Session, exchange: Exchange, definitions: Definitions, head: Segment, rest: Sequence[Segment]
) -> Reply:
    items = [*definitions.one_to_many, *definitions.many_to_many]
    cast = rest[0].operation if rest else None
    if cast is not None:
        items = _cast(items, cast)
    options = read_query(exchange.options)
    if head.inside is not None:
        shown = selected(_find(items, head), options.select, "RelationshipMetadataBase")
        return json_reply({"@odata.context": f"{session.metadata_root}#RelationshipDefinitions/$entity", **shown})
    kept = filtered(items, options.condition, "RelationshipMetadataBase")
    shown_all = [selected(item, options.select, "RelationshipMetadataBase") for item in kept]
    context = f"{session.metadata_root}#RelationshipDefinitions{_names(options.select)}"
    return json_reply({"@odata.context": context, "value": shown_all})


def _names(select: tuple[str, ...]) -> str:
    return f"({','.join(select)})" if select else ""
