"""Definitions of columns, each with the properties of its own type.

Source: AttributeMetadata EntityType reference and its derived types.
"""

from __future__ import annotations

from typing import Any

from liaison.tenant.dataverse.metadata.labels import NO_LABEL, label_json, managed
from liaison.tenant.estate.crm.columns import CHOICES, CONTENTS, LOOKUPS, NUMBERS, Column, Kind, Option, Required
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.tables import Flag, GlobalChoice, metadata_id

CRM = "Microsoft.Dynamics.CRM."

_TYPES = {
    Kind.TEXT: ("StringAttributeMetadata", "StringType"),
    Kind.MEMO: ("MemoAttributeMetadata", "MemoType"),
    Kind.GUID: ("UniqueIdentifierAttributeMetadata", "UniqueidentifierType"),
    Kind.INTEGER: ("IntegerAttributeMetadata", "IntegerType"),
    Kind.BIGINT: ("BigIntAttributeMetadata", "BigIntType"),
    Kind.DECIMAL: ("DecimalAttributeMetadata", "DecimalType"),
    Kind.DOUBLE: ("DoubleAttributeMetadata", "DoubleType"),
    Kind.MONEY: ("MoneyAttributeMetadata", "MoneyType"),
    Kind.BOOLEAN: ("BooleanAttributeMetadata", "BooleanType"),
    Kind.MOMENT: ("DateTimeAttributeMetadata", "DateTimeType"),
    Kind.CHOICE: ("PicklistAttributeMetadata", "PicklistType"),
    Kind.STATE: ("StateAttributeMetadata", "StateType"),
    Kind.STATUS: ("StatusAttributeMetadata", "StatusType"),
    Kind.LOOKUP: ("LookupAttributeMetadata", "LookupType"),
    Kind.CUSTOMER: ("LookupAttributeMetadata", "CustomerType"),
    Kind.OWNER: ("LookupAttributeMetadata", "OwnerType"),
    Kind.TABLE_NAME: ("EntityNameAttributeMetadata", "EntityNameType"),
    Kind.CHOICES: ("MultiSelectPicklistAttributeMetadata", "MultiSelectPicklistType"),
    Kind.FILE: ("FileAttributeMetadata", "FileType"),
    Kind.IMAGE: ("ImageAttributeMetadata", "ImageType"),
}
TYPE_NAMES = frozenset(name for name, _ in _TYPES.values())
# Casts that every client may try though no column here has the type.
OTHER_TYPES = frozenset({"ManagedPropertyAttributeMetadata"})
# What is no kind of its own in the old enumeration of types.
_VIRTUAL = frozenset({Kind.CHOICES, Kind.FILE, Kind.IMAGE})
_EXPANDED = ("OptionSet", "GlobalOptionSet")


def attribute_json(model: TableModel, column: Column, number: int, language: int) -> dict[str, Any]:
    """All properties of a column; choices carry their `OptionSet`, which answers show only when expanded."""
    table = model.table
    type_name, display_type = _TYPES[column.kind]
    is_key = column.name == table.key
    shown: dict[str, Any] = {
        "@odata.type": f"#{CRM}{type_name}",
        "MetadataId": metadata_id("column", table.name, column.name),
        "LogicalName": column.name,
        "SchemaName": column.schema,
        "EntityLogicalName": table.name,
        "AttributeType": "Virtual" if column.kind in _VIRTUAL else column.kind.value,
        "AttributeTypeName": {"Value": display_type},
        "AttributeOf": column.part_of or None,
        "ColumnNumber": number,
        "DisplayName": label_json(column.label, language, table.name, column.name),
        "Description": (
            label_json(column.description, language, table.name, column.name, "about")
            if column.description
            else NO_LABEL
        ),
        "RequiredLevel": {
            "Value": column.required.value,
            "CanBeChanged": column.required is not Required.SYSTEM,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
        "IsPrimaryId": is_key,
        "IsPrimaryName": column.name == table.primary_name,
        "IsCustomAttribute": column.custom or (table.has(Flag.CUSTOM) and column.name.startswith("contoso_")),
        "IsLogical": bool(column.part_of),
        "IsManaged": not (column.custom or table.has(Flag.CUSTOM)),
        "IsSecured": False,
        "IsRetrievable": True,
        "IsSearchable": False,
        "IsFilterable": True,
        "IsDataSourceSecret": False,
        "IsRequiredForForm": column.required is Required.SYSTEM,
        "IsValidForCreate": column.creatable,
        "IsValidForUpdate": column.updatable and not is_key,
        "IsValidForRead": not column.secret,
        "IsValidForForm": True,
        "IsValidForGrid": True,
        "IsValidODataAttribute": True,
        "CanBeSecuredForCreate": False,
        "CanBeSecuredForRead": False,
        "CanBeSecuredForUpdate": False,
        "IsAuditEnabled": managed(False, "canmodifyauditsettings"),
        "IsCustomizable": managed(not table.has(Flag.FIXED), "iscustomizable"),
        "IsRenameable": managed(True, "isrenameable"),
        "IsValidForAdvancedFind": managed(True, "canmodifysearchsettings"),
        "IsGlobalFilterEnabled": managed(False, "canmodifyglobalfiltersettings"),
        "IsSortableEnabled": managed(False, "canmodifyissortablesettings"),
        "CanModifyAdditionalSettings": managed(True, "canmodifyadditionalsettings"),
        "AutoNumberFormat": "",
        "DeprecatedVersion": None,
        "ExternalName": None,
        "InheritsFrom": None,
        "LinkedAttributeId": None,
        "SourceType": 0 if column.kind in (Kind.TEXT, *CHOICES, *NUMBERS, Kind.MOMENT, Kind.BOOLEAN) else None,
        "IntroducedVersion": "5.0.0.0",
        "CreatedOn": "2025-01-06T08:00:00Z",
        "ModifiedOn": "2025-01-06T08:00:00Z",
        "HasChanged": None,
    }
    return shown | _own(model, column, language)


def _own(model: TableModel, column: Column, language: int) -> dict[str, Any]:
    """Properties of the column's own type."""
    if column.kind in (Kind.TEXT, Kind.MEMO):
        shown: dict[str, Any] = {
            "MaxLength": column.length, "Format": column.style, "FormatName": {"Value": column.style},
            "ImeMode": "Auto", "IsLocalizable": column.localized,
        }  # fmt: skip
        if column.kind is Kind.TEXT:
            shown |= {"DatabaseLength": column.length * 2, "FormulaDefinition": "", "SourceTypeMask": 0,
                      "YomiOf": None}  # fmt: skip
        return shown
    if column.kind is Kind.INTEGER:
        return {"MinValue": int(column.low or 0), "MaxValue": int(column.high or 0), "Format": "None",
                "FormulaDefinition": "", "SourceTypeMask": 0}  # fmt: skip
    if column.kind is Kind.BIGINT:
        return {"MinValue": -(2**63), "MaxValue": 2**63 - 1}
    if column.kind in (Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY):
        return {"MinValue": column.low, "MaxValue": column.high, "Precision": column.precision, "ImeMode": "Disabled"}
    if column.kind is Kind.MOMENT:
        behavior = "DateOnly" if column.day_only else "UserLocal"
        return {"Format": column.style, "DateTimeBehavior": {"Value": behavior}, "ImeMode": "Inactive",
                "CanChangeDateTimeBehavior": managed(False, "canchangedatetimebehavior")}  # fmt: skip
    if column.kind in LOOKUPS:
        targets = list(dict.fromkeys(target.table for target in column.targets))
        return {"Targets": targets, "Format": "None"}
    if column.kind in CHOICES or column.kind in (Kind.BOOLEAN, Kind.CHOICES):
        return _choice(model, column, language)
    if column.kind in CONTENTS:
        return _content(column)
    return {"IsEntityReferenceStored": False} if column.kind is Kind.TABLE_NAME else {}


def _content(column: Column) -> dict[str, Any]:
    if column.kind is Kind.FILE:
        return {"MaxSizeInKB": column.most_kb}
    return {"MaxSizeInKB": column.most_kb, "MaxHeight": 144, "MaxWidth": 144, "IsPrimaryImage": False,
                "CanStoreFullImage": True}  # fmt: skip


def _choice(model: TableModel, column: Column, language: int) -> dict[str, Any]:
    default = column.default
    shown: dict[str, Any] = {
        "DefaultValue" if column.kind is Kind.BOOLEAN else "DefaultFormValue": default if default is not None else (
            False if column.kind is Kind.BOOLEAN else -1),
        "OptionSet": None if column.choice_name else option_set(model, column, language),
        "GlobalOptionSet": option_set(model, column, language) if column.choice_name else None,
    }  # fmt: skip
    if column.kind is not Kind.BOOLEAN:
        shown |= {"ParentPicklistLogicalName": None, "ChildPicklistLogicalNames": []}
    return shown


def option_set(model: TableModel, column: Column, language: int) -> dict[str, Any]:
    """The values of a choice, or the two of a boolean."""
    place = (model.name, column.name)
    custom = column.custom or model.table.has(Flag.CUSTOM)
    shared = column.choice_name
    shown: dict[str, Any] = {
        "MetadataId": metadata_id("choice", shared.lower()) if shared else metadata_id("options", *place),
        "Name": shared or f"{model.name}_{column.name}",
        "DisplayName": label_json(column.label, language, *place),
        "Description": NO_LABEL,
        "IsCustomOptionSet": custom,
        "IsGlobal": bool(shared),
        "IsManaged": not custom,
        "IsCustomizable": managed(True, "iscustomizable"),
        "OptionSetType": {Kind.BOOLEAN: "Boolean", Kind.STATE: "State", Kind.STATUS: "Status"}.get(
            column.kind, "Picklist"),
        "HasChanged": None,
    }  # fmt: skip
    if column.kind is Kind.BOOLEAN:
        off, on = (_option(model, column, option, language) for option in column.options)
        return shown | {"TrueOption": on, "FalseOption": off}
    options = [_option(model, column, option, language) for option in column.options]
    return shown | {"Options": options, "ParentOptionSetName": None}


def global_option_set(choice: GlobalChoice, language: int) -> dict[str, Any]:
    """A global choice, as the set of such choices shows it."""
    place = ("choice", choice.name)
    return {
        "@odata.type": f"#{CRM}OptionSetMetadata",
        "MetadataId": choice.id,
        "Name": choice.name,
        "DisplayName": label_json(choice.label, language, *place),
        "Description": label_json(choice.description, language, *place, "about") if choice.description else NO_LABEL,
        "IsCustomOptionSet": choice.custom,
        "IsGlobal": True,
        "IsManaged": not choice.custom,
        "IsCustomizable": managed(True, "iscustomizable"),
        "OptionSetType": "Picklist",
        "IntroducedVersion": "1.0.0.0",
        "ExternalTypeName": "",
        "HasChanged": None,
        "ParentOptionSetName": None,
        "Options": [
            {
                "Value": option.value,
                "Label": label_json(option.label, language, *place, str(option.value)),
                "Description": NO_LABEL,
                "Color": None,
                "IsManaged": not choice.custom,
                "ExternalValue": "",
                "ParentValues": [],
                "Tag": None,
                "IsHidden": False,
                "MetadataId": None,
                "HasChanged": None,
            }
            for option in choice.options
        ],
    }


def _option(model: TableModel, column: Column, option: Option, language: int) -> dict[str, Any]:
    value = option.value
    shown: dict[str, Any] = {
        "Value": value,
        "Label": label_json(option.label, language, model.name, column.name, str(value)),
        "Description": NO_LABEL,
        "Color": None,
        "IsManaged": not model.table.has(Flag.CUSTOM),
        "ExternalValue": "",
        "ParentValues": [],
        "Tag": None,
        "IsHidden": False,
        "MetadataId": None,
        "HasChanged": None,
    }
    if column.kind is Kind.STATUS:
        shown |= {"@odata.type": f"#{CRM}StatusOptionMetadata", "State": option.state, "TransitionData": None}
    if column.kind is Kind.STATE:
        status = model.table.by_name["statuscode"]
        first = next((found.value for found in status.options if found.state == value), None)
        shown |= {"@odata.type": f"#{CRM}StateOptionMetadata", "DefaultStatus": first,
                  "InvariantName": option.label.en.replace(" ", "")}  # fmt: skip
    return shown


def attributes_json(model: TableModel, language: int) -> list[dict[str, Any]]:
    """All columns of a table."""
    return [attribute_json(model, column, number, language) for number, column in enumerate(model.columns, 1)]


def without_navigation(shown: dict[str, Any], expanded: frozenset[str]) -> dict[str, Any]:
    """A definition without what only `$expand` shows."""
    return {name: value for name, value in shown.items() if name not in _EXPANDED or name in expanded}
