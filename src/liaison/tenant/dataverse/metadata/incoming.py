"""Definitions as clients write them: labels, names, columns with the properties of their type.

`CreateEntities` writes `Complex…AttributeMetadata` where single definitions write `…AttributeMetadata`; both are read.
Source: create-update-column-definitions-using-web-api.md; AttributeMetadata EntityType reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, wrong_literal
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.columns import Column, Kind, Label, Option, Required, label
from liaison.tenant.estate.crm.tables import GlobalChoice

_SCHEMA = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]{1,90}\Z")
_ENGLISH, _FRENCH = 1033, 1036
_SUFFIX = "AttributeMetadata"
_KINDS = {
    "String": Kind.TEXT, "Memo": Kind.MEMO, "Integer": Kind.INTEGER, "BigInt": Kind.BIGINT, "Decimal": Kind.DECIMAL,
    "Double": Kind.DOUBLE, "Money": Kind.MONEY, "Boolean": Kind.BOOLEAN, "DateTime": Kind.MOMENT,
    "Picklist": Kind.CHOICE, "MultiSelectPicklist": Kind.CHOICES, "File": Kind.FILE, "Image": Kind.IMAGE,
    "State": Kind.STATE, "Status": Kind.STATUS, "Lookup": Kind.LOOKUP, "UniqueIdentifier": Kind.GUID,
    "EntityName": Kind.TABLE_NAME,
}  # fmt: skip
# What a client may make; the others come with the table or with a relationship.
_CREATABLE = frozenset(
    {Kind.TEXT, Kind.MEMO, Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY, Kind.BOOLEAN, Kind.MOMENT,
     Kind.CHOICE, Kind.CHOICES, Kind.FILE, Kind.IMAGE}
)  # fmt: skip
_LONGEST = {Kind.TEXT: 4_000, Kind.MEMO: 1_048_576}
_USUAL_LENGTH = {Kind.TEXT: 100, Kind.MEMO: 2_000}
_RANGES: Mapping[Kind, tuple[float, float]] = {
    Kind.INTEGER: (-2_147_483_648, 2_147_483_647),
    Kind.DECIMAL: (-100_000_000_000, 100_000_000_000),
    Kind.DOUBLE: (-100_000_000_000, 100_000_000_000),
    Kind.MONEY: (-922_337_203_685_477, 922_337_203_685_477),
}
_USUAL_KB, _MOST_FILE_KB, _MOST_IMAGE_KB = 32_768, 10_485_760, 30_720
_MOST_OPTIONS = 2_000


def schema_name(value: Any, what: str) -> str:
    """A name with a publisher's prefix. Raises 400 for any other, as only such names may be added."""
    if not isinstance(value, str) or not value:
        raise invalid_argument(f"Required field 'SchemaName' is missing for the {what}.")
    if not _SCHEMA.match(value):
        raise DataverseError(
            400,
            "0x8004A104",
            f"The name '{value[:100]}' of the {what} is not valid: it needs a customization prefix, an underscore, and"
            " letters, digits and underscores.",
        )
    return value


def read_label(value: Any, usual: str = "", known: Label | None = None) -> Label:
    """A label; `known` keeps its texts in languages the body does not have. Raises 400 for what is no label."""
    if value is None:
        return known or Label(usual, "")
    texts = value.get("LocalizedLabels") if isinstance(value, dict) else None
    if not isinstance(texts, list):
        raise wrong_literal("EntityDefinitions", "label", "Microsoft.Dynamics.CRM.Label")
    found = {_ENGLISH: known.en if known else "", _FRENCH: known.fr if known else ""}
    for text in texts:
        if not isinstance(text, dict) or not isinstance(text.get("Label"), str):
            raise wrong_literal("EntityDefinitions", "label", "Microsoft.Dynamics.CRM.LocalizedLabel")
        if text.get("LanguageCode") not in found:
            raise DataverseError(400, "0x80044188", f"The language code {text.get('LanguageCode')} is not provisioned.")
        found[text["LanguageCode"]] = text["Label"][:4000]
    if not any(found.values()):
        found[_ENGLISH] = usual
    return Label(found[_ENGLISH], found[_FRENCH])


def read_column(session: Session, body: Any, *, known: Column | None = None, merge: bool = False) -> Column:
    """A column from its definition. `known` is the column as it is: the definition then replaces what may change.

    `merge` keeps labels of languages the definition does not have.
    """
    if not isinstance(body, dict):
        raise wrong_literal("Attributes", "definition", "Microsoft.Dynamics.CRM.AttributeMetadata")
    kind = _kind(body)
    if known is not None:
        return _changed(session, known, body, merge=merge)
    if kind not in _CREATABLE:
        raise invalid_argument(
            "Lookup columns are made with their relationship: post a OneToManyRelationshipMetadata to"
            " RelationshipDefinitions."
            if kind is Kind.LOOKUP
            else f"Columns of the type '{kind.value}' cannot be created."
        )
    schema = schema_name(body.get("SchemaName"), "column")
    made = Column(
        schema, kind, read_label(body.get("DisplayName"), schema), _required(body),
        description=_description(body.get("Description")), custom=True, folded=kind is Kind.TEXT,
        creatable=kind is not Kind.FILE, updatable=kind is not Kind.FILE,
    )  # fmt: skip
    return _with_own(session, made, body)


def companions(column: Column) -> tuple[Column, ...]:
    """Columns that come with one of this kind: the name of a file, the address and stamp of an image, the sum in the
    organization's currency."""

    def beside(schema: str, kind: Kind, length: int = 0) -> Column:
        return Column(
            schema, kind, label(schema), length=length, part_of=column.name, custom=True, creatable=False,
            updatable=False,
        )  # fmt: skip

    if column.kind is Kind.FILE:
        return (beside(f"{column.schema}_Name", Kind.TEXT, 200),)
    if column.kind is Kind.IMAGE:
        return (
            beside(f"{column.schema}_Timestamp", Kind.BIGINT),
            beside(f"{column.schema}_URL", Kind.TEXT, 200),
            beside(f"{column.schema}Id", Kind.GUID),
        )
    if column.kind is Kind.MONEY:
        return (replace(beside(f"{column.schema}_Base", Kind.MONEY), precision=column.precision, part_of=""),)
    return ()


def read_options(value: Any, usual: int = 0, known: tuple[Option, ...] = ()) -> tuple[Option, ...]:
    """The options of a choice. Values that are not given count up from `usual`."""
    if not isinstance(value, list) or len(value) > _MOST_OPTIONS:
        raise wrong_literal("OptionSet", "Options", "Collection(Microsoft.Dynamics.CRM.OptionMetadata)")
    found: list[Option] = []
    before = {option.value: option for option in known}
    for item in value:
        if not isinstance(item, dict):
            raise wrong_literal("OptionSet", "Options", "Microsoft.Dynamics.CRM.OptionMetadata")
        number = item.get("Value")
        if number is None:
            number = max([usual - 1, *(option.value for option in found)]) + 1
        if not isinstance(number, int) or isinstance(number, bool) or not -(2**31) <= number < 2**31:
            raise wrong_literal("OptionSet", number, "Edm.Int32")
        if any(option.value == number for option in found):
            raise DataverseError(400, "0x80048403", f"An option with the value {number} already exists.")
        same = before.get(number)
        state = item.get("State", same.state if same else None)
        found.append(Option(number, read_label(item.get("Label"), str(number), same.label if same else None), state))
    return tuple(found)


def _kind(body: Mapping[str, Any]) -> Kind:
    name = str(body.get("@odata.type", "")).rpartition(".")[2].removeprefix("Complex").removesuffix(_SUFFIX)
    found = _KINDS.get(name)
    if found is None:
        raise invalid_argument("The annotation '@odata.type' must name a type of column definition.")
    return found


def _required(body: Mapping[str, Any], usual: Required = Required.NONE) -> Required:
    level = body.get("RequiredLevel")
    if level is None:
        return usual
    value = level.get("Value") if isinstance(level, dict) else level
    try:
        found = Required(str(value))
    except ValueError as error:
        raise wrong_literal(
            "Attributes", value, "Microsoft.Dynamics.CRM.AttributeRequiredLevelManagedProperty"
        ) from error
    if found is Required.SYSTEM and usual is not Required.SYSTEM:
        raise invalid_argument("The requirement level 'SystemRequired' cannot be set.")
    return found


def _description(value: Any, known: Label | None = None) -> Label | None:
    found = read_label(value, "", known)
    return found if found.en or found.fr else None


def _changed(session: Session, known: Column, body: Mapping[str, Any], *, merge: bool) -> Column:
    if _kind(body) is not known.kind and not (known.kind.value in ("Customer", "Owner") and "Lookup" in str(body)):
        raise invalid_argument(f"The type of the column '{known.name}' cannot be changed.")
    changed = replace(
        known,
        label=read_label(body.get("DisplayName"), known.schema, known.label if merge else None),
        description=_description(body.get("Description"), known.description if merge else None),
        required=_required(body, known.required),
    )
    return _with_own(session, changed, body)


def _with_own(session: Session, column: Column, body: Mapping[str, Any]) -> Column:
    """The properties of the column's own type."""
    kind = column.kind
    if kind in _LONGEST:
        length = _number(body, "MaxLength", column.length or _USUAL_LENGTH[kind], 1, _LONGEST[kind])
        return replace(column, length=int(length), style=_style(body, column))
    if kind in _RANGES:
        return _with_range(column, body)
    if kind is Kind.MOMENT:
        day_only = body.get("Format", column.style) == "DateOnly"
        return replace(column, day_only=day_only, style="DateOnly" if day_only else "DateAndTime")
    if kind is Kind.BOOLEAN:
        default = body.get("DefaultValue", column.default)
        return replace(column, options=_yes_no(body.get("OptionSet"), column), default=bool(default))
    if kind in (Kind.CHOICE, Kind.CHOICES, Kind.STATE, Kind.STATUS):
        return _with_choice(session, column, body)
    if kind in (Kind.FILE, Kind.IMAGE):
        most = _MOST_FILE_KB if kind is Kind.FILE else _MOST_IMAGE_KB
        usual = column.most_kb or (_USUAL_KB if kind is Kind.FILE else 10_240)
        return replace(column, most_kb=int(_number(body, "MaxSizeInKB", usual, 1, most)))
    return column


def _style(body: Mapping[str, Any], column: Column) -> str:
    named = body.get("FormatName")
    value = named.get("Value") if isinstance(named, dict) else body.get("Format")
    if not isinstance(value, str) or not value.isalpha():
        return column.style if column.length else ("TextArea" if column.kind is Kind.MEMO else "Text")
    return value


def _with_range(column: Column, body: Mapping[str, Any]) -> Column:
    least, most = _RANGES[column.kind]
    low = _number(body, "MinValue", column.low if column.low is not None else least, least, most)
    high = _number(body, "MaxValue", column.high if column.high is not None else most, least, most)
    if low > high:
        raise invalid_argument("The MinValue of a column cannot be greater than its MaxValue.")
    if column.kind is Kind.INTEGER:
        return replace(column, low=int(low), high=int(high))
    precision = _number(body, "Precision", column.precision or 2, 0, 10)
    return replace(column, low=float(low), high=float(high), precision=int(precision))


def _number(body: Mapping[str, Any], name: str, usual: float, least: float, most: float) -> float:
    value = body.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_literal("Attributes", value, "Edm.Int32")
    if not least <= value <= most:
        raise DataverseError(
            400, "0x80044331", f"The value {value} of '{name}' is out of range: it must be {least} to {most}."
        )
    return value


def _yes_no(value: Any, column: Column) -> tuple[Option, ...]:
    known = column.options or (Option(0, label("No", "")), Option(1, label("Yes", "")))
    if value is None:
        return known
    if not isinstance(value, dict):
        raise wrong_literal("OptionSet", "value", "Microsoft.Dynamics.CRM.BooleanOptionSetMetadata")
    return tuple(
        Option(number, read_label((value.get(name) or {}).get("Label"), known[number].label.en))
        for number, name in ((0, "FalseOption"), (1, "TrueOption"))
    )


def _with_choice(session: Session, column: Column, body: Mapping[str, Any]) -> Column:
    default = body.get("DefaultFormValue", column.default)
    default = None if default is None or default == -1 else int(_number(body, "DefaultFormValue", 0, -(2**31), 2**31))
    if column.kind in (Kind.STATE, Kind.STATUS):
        default = column.options[0].value
    shared = _shared_choice(session, body)
    if shared is not None:
        return replace(column, choice_name=shared.name, options=shared.options, default=default)
    given = body.get("OptionSet")
    if given is None:
        if column.options or column.choice_name:
            return replace(column, default=default)
        raise invalid_argument("A choice column needs an 'OptionSet' or a 'GlobalOptionSet'.")
    if not isinstance(given, dict):
        raise wrong_literal("OptionSet", "value", "Microsoft.Dynamics.CRM.OptionSetMetadata")
    prefix = option_prefix(session)
    return replace(column, options=read_options(given.get("Options") or [], prefix, column.options), default=default)


def _shared_choice(session: Session, body: Mapping[str, Any]) -> GlobalChoice | None:
    """The global choice that a definition refers to: bound by address, or named in its option set."""
    address = body.get("GlobalOptionSet@odata.bind")
    if isinstance(address, str):
        return find_choice(session, address.rstrip("/").rpartition("(")[2].rstrip(")"))
    for name in ("OptionSet", "GlobalOptionSet"):
        given = body.get(name)
        if isinstance(given, dict) and given.get("IsGlobal") is True:
            return find_choice(session, str(given.get("MetadataId") or f"Name='{given.get('Name')}'"))
    return None


def find_choice(session: Session, key: str) -> GlobalChoice:
    """A global choice by `Name='x'` or by MetadataId. Raises 404 when there is none."""
    name = key.partition("=")[2].strip().strip("'").lower() if "=" in key else ""
    wanted = read_guid(key.strip("' ")) or ""
    for choice in session.model.choices:
        if (name and choice.name.lower() == name) or choice.id == wanted:
            return choice
    raise DataverseError(404, "0x80060888", f"Could not find an option set with specified key '{key[:200]}'.")


def option_prefix(session: Session) -> int:
    """Where the values of options that a client adds begin: the publisher's prefix and four digits."""
    sql = session.table("publisher").sql
    found = session.estate.db.value(
        f"SELECT customizationoptionvalueprefix FROM {sql} WHERE customizationoptionvalueprefix IS NOT NULL"  # noqa: S608
        " ORDER BY rowid LIMIT 1"
    )
    return int(found or 10_000) * 10_000
