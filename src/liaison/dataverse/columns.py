"""What a column can take: its type's own properties, read from metadata by casting to that type.

The plain list of columns cannot select them. Source: dataverse.md section 2.1; query-metadata-web-api.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.errors import Subject
from liaison.dataverse.metadata import Attribute, Limits, MetadataShelf, pick_label, read_labels
from liaison.domain.crm import Table
from liaison.domain.form import FieldKind, Option
from liaison.wire.wild import Wild

_CAST = "/EntityDefinitions(LogicalName='{table}')/Attributes/Microsoft.Dynamics.CRM."
_ALWAYS = "LogicalName,IsValidForUpdate,IsSecured,RequiredLevel"
_REQUIRED = frozenset({"ApplicationRequired", "SystemRequired"})


@dataclass(frozen=True)
class _Type:
    """A type of columns: the cast, what to select and expand beside what all have, and how it is read."""

    cast: str
    select: str
    read: Callable[[Wild, Limits, str], Limits]
    expand: str = ""


def _text(row: Wild, plain: Limits, _: str) -> Limits:
    return replace(plain, kind=FieldKind.TEXT, longest=row.opt_number("MaxLength"))


def _memo(row: Wild, plain: Limits, _: str) -> Limits:
    return replace(plain, kind=FieldKind.LONG_TEXT, longest=row.opt_number("MaxLength"))


def _whole(row: Wild, plain: Limits, _: str) -> Limits:
    return replace(plain, kind=FieldKind.WHOLE, lowest=_amount(row, "MinValue"), highest=_amount(row, "MaxValue"))


def _decimal(row: Wild, plain: Limits, _: str) -> Limits:
    return replace(
        plain,
        kind=FieldKind.DECIMAL,
        lowest=_amount(row, "MinValue"),
        highest=_amount(row, "MaxValue"),
        precision=row.opt_number("Precision"),
    )


def _moment(row: Wild, plain: Limits, _: str) -> Limits:
    behaviour = row.opt_child("DateTimeBehavior").opt_text("Value")
    dates_only = behaviour == "DateOnly" or row.opt_text("Format") == "DateOnly"
    return replace(plain, kind=FieldKind.DATE if dates_only else FieldKind.MOMENT)


def _choice(row: Wild, plain: Limits, language: str) -> Limits:
    chosen = row.opt_child("OptionSet") if row.has("OptionSet") else row.opt_child("GlobalOptionSet")
    options = tuple(
        Option(option.number("Value"), pick_label(read_labels(option.opt_child("Label")), language))
        for option in chosen.opt_list("Options")
    )
    return replace(plain, kind=FieldKind.CHOICE, options=options)


def _yes_no(row: Wild, plain: Limits, language: str) -> Limits:
    chosen = row.opt_child("OptionSet")
    both = (chosen.opt_child("FalseOption"), chosen.opt_child("TrueOption"))
    options = tuple(
        Option(number, pick_label(read_labels(option.opt_child("Label")), language))
        for number, option in enumerate(both)
    )
    return replace(plain, kind=FieldKind.YES_NO, options=options)


_TYPES = {
    "String": _Type("StringAttributeMetadata", "MaxLength", _text),
    "Memo": _Type("MemoAttributeMetadata", "MaxLength", _memo),
    "Integer": _Type("IntegerAttributeMetadata", "MinValue,MaxValue", _whole),
    "Decimal": _Type("DecimalAttributeMetadata", "MinValue,MaxValue,Precision", _decimal),
    "Double": _Type("DoubleAttributeMetadata", "MinValue,MaxValue,Precision", _decimal),
    "Money": _Type("MoneyAttributeMetadata", "MinValue,MaxValue,Precision", _decimal),
    "DateTime": _Type("DateTimeAttributeMetadata", "Format,DateTimeBehavior", _moment),
    "Picklist": _Type(
        "PicklistAttributeMetadata", "", _choice, "OptionSet($select=Options),GlobalOptionSet($select=Options)"
    ),
    "Boolean": _Type("BooleanAttributeMetadata", "", _yes_no, "OptionSet($select=TrueOption,FalseOption)"),
}
"""By the value of AttributeType. Other types are shown and not changed."""


class DataverseColumns:
    """The limits of a table's columns, read once for each type among those asked for and kept a while."""

    def __init__(self, client: DataverseClient, language: str, shelf: MetadataShelf) -> None:
        self._client, self._language, self._shelf = client, language, shelf

    async def read_limits(self, table: Table, attributes: Sequence[Attribute]) -> dict[str, Limits]:
        """By column; columns of types that no form changes are left out."""
        kinds = sorted({attribute.kind for attribute in attributes} & _TYPES.keys())
        found = await asyncio.gather(*(self._of_kind(table, kind) for kind in kinds))
        return {name: limits for one in found for name, limits in one.items()}

    async def _of_kind(self, table: Table, kind: str) -> dict[str, Limits]:
        kept = self._shelf.find_limits(table.name, self._language, kind)
        if kept is not None:
            return kept
        asked = _TYPES[kind]
        query = {"$select": f"{_ALWAYS},{asked.select}" if asked.select else _ALWAYS}
        if asked.expand:
            query["$expand"] = asked.expand
        path = f"{_CAST}{asked.cast}"
        call = Call("GET", path, Subject(table.name), {"table": table.name}, query, repeatable=True)
        rows = [row async for row in self._client.rows(call)]
        found = {row.text("LogicalName"): asked.read(row, _plain(row), self._language) for row in rows}
        self._shelf.put_limits(table.name, self._language, kind, found)
        return found


def _plain(row: Wild) -> Limits:
    """Columns under field security are left to the CRM itself: who may change them is not in the row's rights."""
    changeable = row.opt_flag("IsValidForUpdate") and not row.opt_flag("IsSecured")
    return Limits(FieldKind.OTHER, changeable, row.opt_child("RequiredLevel").opt_text("Value") in _REQUIRED)


def _amount(row: Wild, name: str) -> float | None:
    """A number of either kind; the limits of money are written as fractions."""
    if not row.has(name):
        return None
    text = row.member(name).as_shown()
    try:
        return float(text)
    except ValueError:
        raise row.surprise(name) from None
