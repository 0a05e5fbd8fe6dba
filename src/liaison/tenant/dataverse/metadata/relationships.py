"""Definitions of relationships. Source: OneToManyRelationshipMetadata and ManyToManyRelationshipMetadata reference."""

from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.metadata.labels import managed
from liaison.tenant.estate.crm.columns import Column, Kind, OnDelete, Target
from liaison.tenant.estate.crm.model import Model, TableModel
from liaison.tenant.estate.crm.tables import Flag, ManyToMany, metadata_id

ONE_TO_MANY = "OneToManyRelationshipMetadata"
MANY_TO_MANY = "ManyToManyRelationshipMetadata"
_CRM = "#Microsoft.Dynamics.CRM."


def relationship_id(table: str, column: str, target: str) -> str:
    """The MetadataId of the relationship behind one target of a lookup."""
    return metadata_id("relationship", table, column, target)


def link_id(link: ManyToMany) -> str:
    """The MetadataId of a many-to-many relationship."""
    return metadata_id("relationship", link.schema)


def one_to_many(model: Model) -> list[dict[str, Any]]:
    """Every lookup of every table, seen as a relationship."""
    return [
        _one_to_many(model, table, column, target)
        for table in model.tables.values()
        for column in table.columns
        if column.kind is not Kind.OWNER
        for target in column.targets
    ]


def _one_to_many(model: Model, table: TableModel, column: Column, target: Target) -> dict[str, Any]:
    name = target.relationship
    behaviors = dict(target.cascade)
    parent = model.tables[target.table].table
    delete = "Cascade" if target.on_delete is OnDelete.DELETE else target.on_delete.value
    return {
        "@odata.type": f"{_CRM}{ONE_TO_MANY}",
        "MetadataId": relationship_id(table.name, column.name, target.table),
        "SchemaName": name,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": parent.name,
        "ReferencedAttribute": parent.key,
        "ReferencedEntityNavigationPropertyName": target.inverse,
        "ReferencingEntity": table.name,
        "ReferencingAttribute": column.name,
        "ReferencingEntityNavigationPropertyName": target.navigation,
        "IsCustomRelationship": column.custom or table.table.has(Flag.CUSTOM),
        "IsHierarchical": target.table == table.name,
        "IsManaged": not (column.custom or table.table.has(Flag.CUSTOM)),
        "IsValidForAdvancedFind": True,
        "SecurityTypes": "Append",
        "IsCustomizable": managed(True, "iscustomizable"),
        "CascadeConfiguration": {
            "Assign": "NoCascade", "Delete": delete, "Archive": "RemoveLink", "Merge": "NoCascade",
            "Reparent": "NoCascade", "Share": "NoCascade", "Unshare": "NoCascade", "RollupView": "NoCascade",
            **behaviors,
        },
        "IntroducedVersion": "5.0.0.0",
        "HasChanged": None,
    }  # fmt: skip


def many_to_many(links: tuple[ManyToMany, ...]) -> list[dict[str, Any]]:
    return [
        {
            "@odata.type": f"{_CRM}{MANY_TO_MANY}",
            "MetadataId": link_id(link),
            "SchemaName": link.schema,
            "RelationshipType": "ManyToManyRelationship",
            "IntersectEntityName": link.intersect,
            "Entity1LogicalName": link.first,
            "Entity1IntersectAttribute": link.first_column,
            "Entity1NavigationPropertyName": link.first_navigation,
            "Entity2LogicalName": link.second,
            "Entity2IntersectAttribute": link.second_column,
            "Entity2NavigationPropertyName": link.second_navigation,
            "IsCustomRelationship": link.custom,
            "IsManaged": not link.custom,
            "IsValidForAdvancedFind": True,
            "SecurityTypes": "None",
            "IsCustomizable": managed(link.custom, "iscustomizable"),
            "IntroducedVersion": "5.0.0.0",
            "HasChanged": None,
        }
        for link in links
    ]
