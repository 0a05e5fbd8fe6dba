"""Values of a query and of a body, read for the column they meet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from math import isfinite

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.dataverse.odata.nodes import Literal, LiteralKind
from liaison.tenant.estate.crm.columns import CHOICES, LOOKUPS, TEXTS, Column, Kind

Stored = str | int | float | None

_GUID = re.compile(r"\{?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\}?\Z")
_WHOLE = CHOICES | {Kind.INTEGER, Kind.BIGINT}
_LARGEST = 2**63 - 1
_EDM = {
    Kind.BOOLEAN: "Edm.Boolean",
    Kind.INTEGER: "Edm.Int32",
    Kind.BIGINT: "Edm.Int64",
    Kind.DECIMAL: "Edm.Decimal",
    Kind.MONEY: "Edm.Decimal",
    Kind.DOUBLE: "Edm.Double",
    Kind.GUID: "Edm.Guid",
    Kind.TEXT: "Edm.String",
    Kind.MEMO: "Edm.String",
    Kind.TABLE_NAME: "Edm.String",
    Kind.CHOICES: "Edm.String",
    Kind.FILE: "Edm.Guid",
    Kind.IMAGE: "Edm.Binary",
}


def edm_type(column: Column) -> str:
    """The column's type in the service's own terms."""
    if column.kind in LOOKUPS:
        return "Edm.Guid"
    if column.kind in CHOICES:
        return "Edm.Int32"
    if column.kind is Kind.MOMENT:
        return "Edm.Date" if column.day_only else "Edm.DateTimeOffset"
    return _EDM[column.kind]


def read_guid(text: str) -> str | None:
    """A guid in lower case without braces; None when the text is none."""
    match = _GUID.match(text)
    return None if match is None else match[1].lower()


def read_moment(text: str) -> datetime | None:
    """A moment in UTC; without an offset it is taken as UTC. A day is its first moment."""
    try:
        found = datetime.fromisoformat(text.strip().replace("z", "Z"))
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def moment_text(moment: datetime) -> str:
    """As rows keep moments and the wire shows them: whole seconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def day_text(day: date) -> str:
    return day.strftime("%Y-%m-%d")


def stored_moment(column: Column, moment: datetime) -> str:
    return day_text(moment.date()) if column.day_only else moment_text(moment)


def from_literal(column: Column, literal: Literal, operator: str) -> Stored:
    """The value of a literal compared with a column. Raises the service's error when the types do not meet.

    Source: filter-rows.md; text of the error: Microsoft.OData.UriParser.
    """
    kind, value = literal.kind, literal.value
    if kind is LiteralKind.NULL:
        return None
    found: Stored = None
    if column.kind in TEXTS:
        found = str(value) if kind in (LiteralKind.TEXT, LiteralKind.MEMBER) else None
    elif column.kind in LOOKUPS or column.kind in (Kind.GUID, Kind.FILE):
        found = read_guid(literal.text)
    elif column.kind in (Kind.CHOICES, Kind.IMAGE):
        found = str(value) if kind is LiteralKind.TEXT else None
    elif column.kind is Kind.BOOLEAN:
        found = int(bool(value)) if kind is LiteralKind.BOOLEAN else None
    elif column.kind is Kind.MOMENT:
        moment = read_moment(literal.text) if kind in (LiteralKind.DAY, LiteralKind.MOMENT, LiteralKind.TEXT) else None
        found = None if moment is None else stored_moment(column, moment)
    elif kind in (LiteralKind.INTEGER, LiteralKind.DECIMAL):
        found = _number(value)
    elif kind is LiteralKind.TEXT:
        found = from_text(column, literal.text)
    if found is None:
        raise query_error(
            "A binary operator with incompatible types was detected. Found operand types"
            f" '{edm_type(column)}' and '{kind.value}' for operator kind '{_OPERATOR_KINDS.get(operator, operator)}'."
        )
    return found


_OPERATOR_KINDS = {
    "eq": "Equal", "ne": "NotEqual", "gt": "GreaterThan", "ge": "GreaterThanOrEqual", "lt": "LessThan",
    "le": "LessThanOrEqual",
}  # fmt: skip


def from_text(column: Column, text: str) -> Stored:
    """The value that a text stands for, as query functions and FetchXML write values; None when it is none."""
    if column.kind in TEXTS:
        return text
    if column.kind in LOOKUPS or column.kind is Kind.GUID:
        return read_guid(text.strip())
    if column.kind is Kind.BOOLEAN:
        return {"0": 0, "1": 1, "false": 0, "true": 1}.get(text.strip().lower())
    if column.kind is Kind.MOMENT:
        moment = read_moment(text)
        return None if moment is None else stored_moment(column, moment)
    try:
        number = float(text) if column.kind not in _WHOLE else int(text)
    except ValueError:
        return None
    return _number(number)


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST else None
    return value if isfinite(value) else None
