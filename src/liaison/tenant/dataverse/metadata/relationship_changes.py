"""Making, changing and deleting relationships: a lookup column, or an intersect table.

Source: create-update-entity-relationships-using-web-api.md; CreatePolymorphicLookupAttribute action reference.
"""

# ruff: noqa: S608 - names come from table definitions or passed their check; every value is bound.
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, wrong_literal
from liaison.tenant.dataverse.metadata.column_changes import add_column, drop_column, store_column
from liaison.tenant.dataverse.metadata.incoming import read_label, schema_name
from liaison.tenant.dataverse.metadata.permission import cannot_delete, require_customizable, require_special
from liaison.tenant.dataverse.metadata.relationships import link_id, relationship_id
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, created_reply, empty_reply, json_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.columns import Column, Kind, OnDelete, Required, Target
from liaison.tenant.estate.crm.customizations import COLUMN, LINK, column_content, customized, keep, take_away
from liaison.tenant.estate.crm.environments import forget_model
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.storage import new_table
from liaison.tenant.estate.crm.tables import Flag, ManyToMany, metadata_id

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,99}\Z")
_BEHAVIORS = frozenset({"NoCascade", "Cascade", "Active", "UserOwned", "RemoveLink", "Restrict"})
_POLYMORPHIC = "CreatePolymorphicLookupAttribute"
_CASCADES = ("Assign", "Delete", "Merge", "Reparent", "Share", "Unshare", "Archive", "RollupView")
_ON_DELETE = {"Cascade": OnDelete.DELETE, "Restrict": OnDelete.REFUSE}


def create_relationship(session: Session, exchange: Exchange) -> Reply:
    """204 with the address of the new definition."""
    require_special(session, "prvCreateRelationship")
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    kind = str(body.get("@odata.type", "")).rpartition(".")[2].removeprefix("Complex")
    with session.estate.db.change():
        if kind == "OneToManyRelationshipMetadata":
            made = _one_to_many(session, body)
        elif kind == "ManyToManyRelationshipMetadata":
            made = _many_to_many(session, body)
        else:
            raise invalid_argument("The annotation '@odata.type' must name a type of relationship definition.")
        components.add_component(session, solution, components.RELATIONSHIP, made)
    return created_reply(f"{session.root}/RelationshipDefinitions({made})")


def create_polymorphic(session: Session, exchange: Exchange) -> Reply:
    """One lookup to several tables."""
    require_special(session, "prvCreateRelationship")
    body = exchange.json()
    asked, lookup = body.get("OneToManyRelationships"), body.get("Lookup")
    if not isinstance(asked, list) or not asked or not all(isinstance(item, dict) for item in asked):
        raise invalid_argument("Required field 'OneToManyRelationships' is missing.")
    tables = {str(item.get("ReferencingEntity")) for item in asked}
    if len(tables) != 1 or not isinstance(lookup, dict):
        raise invalid_argument("All relationships of a polymorphic lookup belong to one referencing table.")
    child = _table(session, tables.pop(), "ReferencingEntity")
    schema = schema_name(lookup.get("SchemaName"), "column")
    many = len(asked) > 1
    targets = tuple(_target(session, child, schema, item, many=many) for item in asked)
    if len({target.table for target in targets}) != len(targets):
        raise DataverseError(400, "0x80090424", "A table cannot be referenced more than once in a polymorphic lookup.")
    column = _lookup(schema, lookup, targets)
    solution = components.solution_asked(session, exchange, body)
    with session.estate.db.change():
        _store(session, child, column)
        ids = [relationship_id(child.name, column.name, target.table) for target in targets]
        for made in ids:
            components.add_component(session, solution, components.RELATIONSHIP, made)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{_POLYMORPHIC}Response",
            "RelationshipIds": ids,
            "AttributeId": metadata_id("column", child.name, column.name),
        }
    )


def change_relationship(session: Session, exchange: Exchange, made: str) -> Reply:
    """204. A one-to-many relationship's cascading behaviours are replaced."""
    require_special(session, "prvWriteRelationship")
    table, column, target = _behind(session, made)
    if column.open_to or target not in column.targets:
        raise invalid_argument(f"The relationship '{target.relationship}' cannot be changed.")
    changed = replace(target, **_cascade(exchange.json()))
    targets = tuple(changed if item == target else item for item in column.targets)
    with session.estate.db.change() as change:
        content = column_content(replace(column, targets=targets))
        keep(change, session.environment, COLUMN, f"{table.name}.{column.name}", content)
        forget_model(change, session.environment)
    return empty_reply()


def delete_relationship(session: Session, made: str) -> Reply:
    """204. The lookup column goes with a one-to-many relationship, the pairs with a many-to-many one."""
    require_special(session, "prvDeleteRelationship")
    for link in session.model.links:
        if link_id(link) == made:
            return _delete_link(session, link)
    table, column, target = _behind(session, made)
    if not column.custom:
        raise cannot_delete(f"relationship '{target.relationship}'")
    with session.estate.db.change() as change:
        others = tuple(item for item in column.targets if item.table != target.table)
        if others:
            content = column_content(replace(column, targets=others))
            keep(change, session.environment, COLUMN, f"{table.name}.{column.name}", content)
            change.execute(
                f"UPDATE {table.sql} SET {column.name} = NULL WHERE {column.name}__table = ?", (target.table,)
            )
            forget_model(change, session.environment)
        else:
            drop_column(session, table, column)
        components.forget_object(session, made)
    return empty_reply()


def _delete_link(session: Session, link: ManyToMany) -> Reply:
    if not link.custom:
        raise cannot_delete(f"relationship '{link.schema}'")
    with session.estate.db.change() as change:
        change.execute(f"DROP TABLE {session.table(link.intersect).sql}")
        take_away(change, session.environment, LINK, link.schema.lower(), declared=False)
        components.forget_object(session, link_id(link))
        forget_model(change, session.environment)
    return empty_reply()


def _one_to_many(session: Session, body: Mapping[str, Any]) -> str:
    child = _table(session, body.get("ReferencingEntity"), "ReferencingEntity")
    lookup = body.get("Lookup")
    if not isinstance(lookup, dict):
        raise invalid_argument("Required field 'Lookup' is missing.")
    schema = schema_name(lookup.get("SchemaName"), "column")
    target = _target(session, child, schema, body, many=False)
    column = _lookup(schema, lookup, (target,))
    _store(session, child, column)
    return relationship_id(child.name, column.name, target.table)


def _store(session: Session, child: TableModel, column: Column) -> None:
    require_customizable(child)
    add_column({found.name: found for found in child.table.columns}, column)
    store_column(session, child, column)


def _lookup(schema: str, body: Mapping[str, Any], targets: tuple[Target, ...]) -> Column:
    level = body.get("RequiredLevel")
    value = level.get("Value") if isinstance(level, dict) else Required.NONE.value
    if value not in (Required.NONE, Required.RECOMMENDED, Required.APPLICATION):
        raise wrong_literal("Lookup", value, "Microsoft.Dynamics.CRM.AttributeRequiredLevelManagedProperty")
    about = read_label(body.get("Description"))
    return Column(
        schema, Kind.LOOKUP, read_label(body.get("DisplayName"), schema), Required(value), targets=targets,
        indexed=True, custom=True, description=about if about.en or about.fr else None,
    )  # fmt: skip


def _target(session: Session, child: TableModel, lookup: str, body: Mapping[str, Any], *, many: bool) -> Target:
    parent = _table(session, body.get("ReferencedEntity"), "ReferencedEntity")
    if parent.table.has(Flag.INTERSECT) or parent.table.has(Flag.VIRTUAL):
        raise DataverseError(400, "0x80044332", "This entity cannot participate in an entity association")
    name = _free_name(session, body)
    inverse = _navigation(body, "ReferencedEntityNavigationPropertyName", name)
    navigation = _navigation(
        body, "ReferencingEntityNavigationPropertyName", f"{lookup}_{parent.name}" if many else lookup
    )
    if inverse in parent.collections or inverse in parent.singles or inverse in parent.by_wire:
        raise DataverseError(400, "0x8004432B", f"A navigation property with the name {inverse} already exists.")
    if navigation in child.singles or navigation in child.collections:
        raise DataverseError(400, "0x8004432B", f"A navigation property with the name {navigation} already exists.")
    return Target(parent.name, navigation, inverse, schema=name, **_cascade(body))


def _cascade(body: Mapping[str, Any]) -> dict[str, Any]:
    """The behaviours a definition names, and what deletion does."""
    asked = body.get("CascadeConfiguration") or {}
    if not isinstance(asked, dict):
        raise wrong_literal("RelationshipDefinitions", asked, "Microsoft.Dynamics.CRM.CascadeConfiguration")
    found = []
    for name in _CASCADES:
        value = asked.get(name)
        if value is None:
            continue
        if value not in _BEHAVIORS:
            raise wrong_literal("CascadeConfiguration", value, "Microsoft.Dynamics.CRM.CascadeType")
        found.append((name, str(value)))
    delete = dict(found).get("Delete", "RemoveLink")
    return {"cascade": tuple(found), "on_delete": _ON_DELETE.get(delete, OnDelete.CLEAR)}


def _many_to_many(session: Session, body: Mapping[str, Any]) -> str:
    first = _table(session, body.get("Entity1LogicalName"), "Entity1LogicalName")
    second = _table(session, body.get("Entity2LogicalName"), "Entity2LogicalName")
    for side in (first, second):
        if side.table.has(Flag.INTERSECT) or side.table.has(Flag.VIRTUAL) or side.table.select:
            raise DataverseError(400, "0x80044332", "This entity cannot participate in an entity association")
    name = _free_name(session, body)
    intersect = str(body.get("IntersectEntityName") or name)
    if not _NAME.match(intersect) or intersect.lower() in session.model.tables:
        raise DataverseError(400, "0x80047010", f"The intersect table '{intersect[:100]}' exists or has no valid name.")
    same = first is second
    navigations = (
        _navigation(body, "Entity1NavigationPropertyName", name),
        _navigation(body, "Entity2NavigationPropertyName", f"{name}_2" if same else name),
    )
    for side, navigation in ((first, navigations[0]), (second, navigations[1])):
        if navigation in side.collections or navigation in side.singles:
            raise DataverseError(400, "0x8004432B", f"A navigation property with the name {navigation} already exists.")
    link = ManyToMany(
        name, intersect.lower(), first.name, f"{first.key}one" if same else first.key, navigations[0],
        second.name, f"{second.key}two" if same else second.key, navigations[1], custom=True,
    )  # fmt: skip
    with session.estate.db.change() as change:
        keep(change, session.environment, LINK, name.lower(), asdict(link))
        tables = customized(session.estate, session.environment).tables
        complete = next(table for table in tables if table.name == link.intersect)
        for statement in new_table(session.environment, complete):
            change.execute(statement)
        forget_model(change, session.environment)
    return link_id(link)


def _free_name(session: Session, body: Mapping[str, Any]) -> str:
    """The relationship's own name. Raises 400 when it is missing, no name, or taken."""
    name = body.get("SchemaName")
    if not isinstance(name, str) or not name:
        raise DataverseError(400, "0x8004432A", "Entity relationships require a name")
    if not _NAME.match(name) or "_" not in name:
        raise DataverseError(400, "0x8004A104", f"The name '{name[:100]}' of the relationship is not valid.")
    taken = {link.schema.lower() for link in session.model.links}
    for table in session.model.tables.values():
        for column in table.columns:
            taken.update(target.relationship.lower() for target in column.targets)
    if name.lower() in taken:
        raise DataverseError(
            400, "0x8004432B", "A relationship with the specified name already exists. Please specify a unique name."
        )
    return name


def _navigation(body: Mapping[str, Any], field: str, usual: str) -> str:
    value = body.get(field) or usual
    if not isinstance(value, str) or not _NAME.match(value):
        raise wrong_literal("RelationshipDefinitions", value, "Edm.String")
    return value


def _table(session: Session, name: Any, field: str) -> TableModel:
    found = session.model.tables.get(name) if isinstance(name, str) else None
    if found is None:
        raise DataverseError(
            400, "0x80041102", f"The entity with a name = '{name}' was not found in the MetadataCache. Field: {field}."
        )
    return found


def _behind(session: Session, made: str) -> tuple[TableModel, Column, Target]:
    """The lookup behind a one-to-many relationship; 404 when there is none of this id."""
    for table in session.model.tables.values():
        for column in table.columns:
            for target in column.targets:
                if column.kind is not Kind.OWNER and relationship_id(table.name, column.name, target.table) == made:
                    return table, table.table.by_name[column.name], target
    raise DataverseError(404, "0x80060888", f"Could not find a relationship with specified id '{made}'.")
