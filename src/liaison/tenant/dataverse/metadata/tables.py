"""Definitions of tables. Source: EntityMetadata EntityType reference; dataverse.md section 2.1."""

from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.metadata.labels import NO_LABEL, label_json, managed
from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import RIGHTS, all_privileges, table_privileges
from liaison.tenant.estate.crm.tables import Flag, Ownership, metadata_id

_RIGHT_NAMES = {"Append": "Append", "AppendTo": "AppendTo", "Assign": "Assign", "Create": "Create",
                "Delete": "Delete", "Read": "Read", "Share": "Share", "Write": "Write"}  # fmt: skip


def table_json(model: TableModel, language: int) -> dict[str, Any]:
    """All properties of a table but its collections."""
    table = model.table
    fixed = table.has(Flag.FIXED)
    custom = table.has(Flag.CUSTOM)
    return {
        "MetadataId": table.id,
        "LogicalName": table.name,
        "SchemaName": table.schema,
        "EntitySetName": table.set_name,
        "LogicalCollectionName": table.collection_name or table.set_name,
        "CollectionSchemaName": table.set_name,
        "ObjectTypeCode": table.code,
        "PrimaryIdAttribute": table.key,
        "PrimaryNameAttribute": table.primary_name or None,
        "PrimaryImageAttribute": None,
        "OwnershipType": table.ownership.value,
        "TableType": "Virtual" if table.has(Flag.VIRTUAL) else "Standard",
        "DisplayName": label_json(table.label, language, table.name, "name"),
        "DisplayCollectionName": label_json(table.plural, language, table.name, "names"),
        "Description": label_json(table.description, language, table.name, "about") if table.description else NO_LABEL,
        "IsCustomEntity": custom,
        "IsManaged": not custom,
        "IsActivity": table.has(Flag.ACTIVITY),
        "IsActivityParty": table.name == "activityparty",
        "IsIntersect": table.has(Flag.INTERSECT),
        "IsPrivate": table.has(Flag.PRIVATE),
        "IsLogicalEntity": bool(table.select),
        "IsValidForAdvancedFind": not table.has(Flag.PRIVATE),
        "IsBusinessProcessEnabled": table.ownership is Ownership.USER,
        "IsDocumentManagementEnabled": model.flags.documents,
        "IsMSTeamsIntegrationEnabled": model.flags.teams,
        "IsSLAEnabled": False,
        "IsKnowledgeManagementEnabled": table.name == "incident",
        "IsInteractionCentricEnabled": False,
        "IsOneNoteIntegrationEnabled": False,
        "IsQuickCreateEnabled": table.ownership is Ownership.USER,
        "IsOfflineInMobileClient": managed(False, "isofflineinmobileclient"),
        "IsVisibleInMobile": managed(False, "isvisibleinmobile"),
        "IsAuditEnabled": managed(False, "canmodifyauditsettings"),
        "IsConnectionsEnabled": managed(False, "canmodifyconnectionsettings"),
        "IsCustomizable": managed(not fixed, "iscustomizable", can_change=False),
        "IsRenameable": managed(not fixed, "isrenameable", can_change=False),
        "IsMailMergeEnabled": managed(False, "canmodifymailmergesettings"),
        "CanCreateAttributes": managed(not fixed, "cancreateattributes", can_change=False),
        "CanCreateForms": managed(not fixed, "cancreateforms", can_change=False),
        "CanCreateViews": managed(not fixed, "cancreateviews", can_change=False),
        "CanModifyAdditionalSettings": managed(not fixed, "canmodifyadditionalsettings"),
        "CanChangeTrackingBeEnabled": managed(not fixed, "canchangetrackingbeenabled"),
        "ChangeTrackingEnabled": model.flags.tracked,
        "IsOptimisticConcurrencyEnabled": not table.has(Flag.INTERSECT),
        "HasNotes": table.has(Flag.NOTES),
        "HasActivities": table.has(Flag.ACTIVITIES),
        "HasFeedback": False,
        "HasEmailAddresses": "emailaddress1" in table.by_name,
        "IsEnabledForCharts": True,
        "IsEnabledForTrace": False,
        "IsReadOnlyInMobileClient": managed(False, "isreadonlyinmobileclient"),
        "IsReadingPaneEnabled": True,
        "IsRetrieveAuditEnabled": False,
        "IsRetrieveMultipleAuditEnabled": False,
        "IsBPFEntity": False,
        "IsAIRUpdated": True,
        "IsStateModelAware": "statecode" in table.by_name,
        "EnforceStateTransitions": False,
        "AutoCreateAccessTeams": False,
        "AutoRouteToOwnerQueue": False,
        "DataProviderId": None,
        "DataSourceId": None,
        "ExternalName": None,
        "EntityColor": None,
        "EntityHelpUrl": None,
        "EntityHelpUrlEnabled": False,
        "IconLargeName": None,
        "IconMediumName": None,
        "IconSmallName": None,
        "IconVectorName": None,
        "IntroducedVersion": "1.0.0.0" if custom else "5.0.0.0",
        "HasChanged": None,
        "CreatedOn": "2025-01-06T08:00:00Z",
        "ModifiedOn": "2025-01-06T08:00:00Z",
        "DaysSinceRecordLastModified": 0,
        "RecurrenceBaseEntityLogicalName": None,
        "ReportViewName": f"Filtered{table.schema}",
        "Privileges": _privileges(model),
        "Settings": [],
    }


def _privileges(model: TableModel) -> list[dict[str, Any]]:
    stem = model.table.privilege_stem.lower()
    found = []
    for privilege in all_privileges() if model.name in BY_NAME else table_privileges(model.table):
        if privilege.table is None or privilege.table.privilege_stem.lower() != stem:
            continue
        basic, local, deep, everywhere = privilege.depths
        verb = next((right.wire.removesuffix("Access") for right in RIGHTS if right == privilege.right), "None")
        found.append(
            {
                "CanBeBasic": basic,
                "CanBeDeep": deep,
                "CanBeEntityReference": False,
                "CanBeGlobal": everywhere,
                "CanBeLocal": local,
                "CanBeParentEntityReference": False,
                "CanBeRecordFilter": False,
                "Name": privilege.name,
                "PrivilegeId": privilege.id,
                "PrivilegeType": _RIGHT_NAMES.get(verb, "None"),
            }
        )
    return found


def keys_json(model: TableModel, language: int) -> list[dict[str, Any]]:
    """Alternate keys."""
    return [
        {
            "MetadataId": metadata_id("key", model.name, key.name),
            "SchemaName": key.schema,
            "LogicalName": key.name,
            "EntityLogicalName": model.name,
            "KeyAttributes": list(key.columns),
            "EntityKeyIndexStatus": key.status,
            "DisplayName": label_json(key.label, language, model.name, "key", key.name),
            "IsCustomizable": managed(True, "iscustomizable"),
            "IsManaged": False,
            "IsSynchronous": False,
            "IntroducedVersion": "1.0.0.0",
            "AsyncJob": None,
            "HasChanged": None,
        }
        for key in model.table.keys
        if not model.table.has(Flag.INTERSECT)
    ]
