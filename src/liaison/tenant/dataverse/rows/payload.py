"""The body of a write, tamed: values for columns, lookups to existing rows, rows to be made along with it.

Source: create-entity-web-api.md, update-delete-entities-using-web-api.md,
associate-disassociate-entities-using-web-api.md.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liaison.tenant.dataverse.errors import (
    choice_out_of_range,
    number_out_of_range,
    payload_error,
    text_too_long,
    undeclared_annotated_property,
    undeclared_value,
    value_missing,
    wrong_literal,
)
from liaison.tenant.dataverse.limits import MOST_NESTED_ROWS
from liaison.tenant.dataverse.requests import ContentReferences
from liaison.tenant.dataverse.rows.finding import row_behind
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.values import edm_type, read_guid, read_moment, stored_moment
from liaison.tenant.estate.crm.columns import CHOICES, LOOKUPS, TEXTS, Column, Kind, Required, type_name
from liaison.tenant.estate.crm.model import Collection, Single, TableModel
from liaison.tenant.estate.crm.tables import Ownership

_BIND = "@odata.bind"
_WHOLE = CHOICES | {Kind.INTEGER, Kind.BIGINT}
_LARGEST = 2**63 - 1


@dataclass
class Payload:
    """What a body asks for. `values` are stored values by stored name; lookups are among them.

    `named` are the columns the client wrote; `joined` are existing rows to put into collections.
    """

    values: dict[str, Any] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    linked: dict[str, tuple[TableModel, str]] = field(default_factory=dict)
    new_singles: list[tuple[Single, Mapping[str, Any]]] = field(default_factory=list)
    new_children: list[tuple[Collection, Mapping[str, Any]]] = field(default_factory=list)
    joined: list[tuple[Collection, TableModel, str]] = field(default_factory=list)

    def link(self, column: Column, table: TableModel, row_id: str) -> None:
        """Let a lookup point to a row; an owner's kind is always kept."""
        self.values[column.name] = row_id
        self.named.add(column.name)
        if column.many_targets:
            self.values[type_name(column)] = table.name
        self.linked[column.name] = (table, row_id)

    def clear(self, column: Column) -> None:
        self.values[column.name] = None
        self.named.add(column.name)
        if column.many_targets:
            self.values[type_name(column)] = None


def read_payload(
    session: Session, table: TableModel, body: Mapping[str, Any], references: ContentReferences, *, new: bool
) -> Payload:
    """Read a body for a table. Raises the service's errors for names, types and values that do not fit."""
    payload = Payload()
    for name, value in body.items():
        if name.endswith(_BIND):
            _read_bind(session, table, name.removesuffix(_BIND), value, references, payload)
        elif "@" in name:
            continue
        elif name in table.by_wire:
            _read_column(table, table.by_wire[name], value, payload, new=new)
        else:
            _read_nested(table, name, value, payload)
    return payload


def _read_column(table: TableModel, column: Column, value: Any, payload: Payload, *, new: bool) -> None:
    if column.kind in LOOKUPS:
        raise payload_error(
            table.table.set_name,
            "Microsoft.Crm.CrmException: CRM do not support direct update of Entity Reference properties, Use"
            " Navigation properties instead.",
        )
    if column.name == table.key and not new:
        return
    if not (column.creatable if new else column.updatable):
        # The platform ignores values for columns it keeps itself.
        return
    payload.values[column.name] = read_value(table, column, value)
    payload.named.add(column.name)


def read_value(table: TableModel, column: Column, value: Any) -> Any:
    """The stored value of a JSON value. Raises 400 when it does not fit the column."""
    if value is None:
        if column.required is Required.SYSTEM:
            raise value_missing(column.name)
        return None
    if column.kind in TEXTS:
        return _text(table, column, value)
    if column.kind is Kind.GUID:
        found = read_guid(value) if isinstance(value, str) else None
    elif column.kind is Kind.BOOLEAN:
        return _boolean(table, column, value)
    elif column.kind is Kind.CHOICES:
        return _choices(table, column, value)
    elif column.kind is Kind.IMAGE:
        return _image(table, value)
    elif column.kind is Kind.MOMENT:
        moment = read_moment(value) if isinstance(value, str) else None
        found = None if moment is None else stored_moment(column, moment)
    else:
        return _number(table, column, value)
    if found is None:
        raise wrong_literal(table.table.set_name, value, edm_type(column))
    return found


def _text(table: TableModel, column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_literal(table.table.set_name, value, "Edm.String")
    if column.length and len(value) > column.length:
        raise text_too_long(column.name, table.name, column.length)
    if "\x00" in value:
        raise wrong_literal(table.table.set_name, value.replace("\x00", "\\0"), "Edm.String")
    return value


def _boolean(table: TableModel, column: Column, value: Any) -> int:
    if not isinstance(value, bool):
        raise wrong_literal(table.table.set_name, value, "Edm.Boolean")
    return int(value)


def _choices(table: TableModel, column: Column, value: Any) -> str | None:
    """Several values of a choice, as one text with commas. Source: multi-select-picklist.md."""
    if not isinstance(value, str):
        raise wrong_literal(table.table.set_name, value, "Edm.String")
    parts = [part.strip() for part in value.split(",") if part.strip()]
    allowed = {str(option.value): option.value for option in column.options}
    for part in parts:
        if part not in allowed:
            raise choice_out_of_range(column.name, table.name, part, ",".join(allowed))
    return ",".join(str(number) for number in sorted({allowed[part] for part in parts})) or None


def _image(table: TableModel, value: Any) -> str:
    """An image as base64."""
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise wrong_literal(table.table.set_name, str(value)[:60], "Edm.Binary") from error
    return str(value)


def _number(table: TableModel, column: Column, value: Any) -> int | float:
    whole = column.kind in _WHOLE
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise wrong_literal(table.table.set_name, value, edm_type(column))
    number: int | float = value if whole else float(value)
    if column.kind in CHOICES and column.options and column.option(int(number)) is None:
        allowed = ",".join(str(option.value) for option in column.options)
        raise choice_out_of_range(column.name, table.name, number, allowed)
    low, high = column.low, column.high
    if (low is not None and number < low) or (high is not None and number > high) or abs(number) > _LARGEST:
        raise number_out_of_range(column.name, table.name, low, high, whole=whole)
    return number


def _read_bind(
    session: Session, table: TableModel, name: str, value: Any, references: ContentReferences, payload: Payload
) -> None:
    single = table.singles.get(name)
    if single is not None:
        _bind_single(session, table, single, value, references, payload)
        return
    collection = table.collections.get(name)
    if collection is None:
        raise undeclared_annotated_property(table.table.set_name, name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong_literal(table.table.set_name, value, "Collection(Edm.String)")
    if len(value) > MOST_NESTED_ROWS:
        raise payload_error(table.table.set_name, f"'{name}' binds more than {MOST_NESTED_ROWS} rows.")
    for address in value:
        found, row_id = row_behind(session, references.resolve(address))
        payload.joined.append((collection, found, row_id))


def _bind_single(
    session: Session, table: TableModel, single: Single, value: Any, references: ContentReferences, payload: Payload
) -> None:
    if not (single.column.creatable or single.column.updatable):
        return
    if value is None:
        if single.column.required is Required.SYSTEM:
            raise value_missing(single.column.name)
        payload.clear(single.column)
        return
    if not isinstance(value, str):
        raise wrong_literal(table.table.set_name, value, "Edm.String")
    found, row_id = row_behind(session, references.resolve(value))
    _require_target(table, single, found)
    payload.link(single.column, found, row_id)


def _require_target(table: TableModel, single: Single, found: TableModel) -> None:
    if single.column.kind is Kind.OWNER:
        fits = found.name in ("systemuser", "team")
    else:
        fits = found.name == single.target.table
    if not fits:
        raise payload_error(
            table.table.set_name,
            f"Microsoft.OData.ODataException: The navigation property '{single.name}' cannot point to"
            f" 'Microsoft.Dynamics.CRM.{found.name}'.",
        )


def _read_nested(table: TableModel, name: str, value: Any, payload: Payload) -> None:
    single = table.singles.get(name)
    if single is not None:
        if value is None:
            if single.column.required is Required.SYSTEM:
                raise value_missing(single.column.name)
            payload.clear(single.column)
        elif isinstance(value, dict):
            payload.new_singles.append((single, value))
        else:
            raise wrong_literal(table.table.set_name, value, f"Microsoft.Dynamics.CRM.{single.target.table}")
        return
    collection = table.collections.get(name)
    if collection is None:
        raise undeclared_value(table.table.set_name, table.name, name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong_literal(table.table.set_name, value, f"Collection(Microsoft.Dynamics.CRM.{collection.table})")
    payload.new_children.extend((collection, item) for item in value)


def owned(table: TableModel) -> bool:
    return table.table.ownership is Ownership.USER
