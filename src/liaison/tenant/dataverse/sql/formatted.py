"""Formatted values: what a person reads instead of a number, a guid or a moment."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from liaison.tenant.dataverse.requests import Preferences
from liaison.tenant.dataverse.sql.shape import Shape, Wire
from liaison.tenant.dataverse.sql.values import read_moment
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.columns import CHOICES, LOOKUPS, Column, Kind, type_name
from liaison.tenant.estate.crm.model import Model, TableModel

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"

_FRENCH = 1036


def annotate(
    estate: Estate, model: Model, shape: Shape, rows: Sequence[sqlite3.Row], preferences: Preferences, language: int
) -> list[Wire]:
    """Rows with the annotations that were asked for, each before its property.

    Source: select-columns.md, "Formatted values"; retrieve-entity-using-web-api.md.
    """
    names = lookup_names(estate, model, _references(shape, rows)) if preferences.wants(FORMATTED) else {}
    return [_annotated(shape, row, preferences, names, language) for row in rows]


def _annotated(
    shape: Shape, row: sqlite3.Row, preferences: Preferences, names: Mapping[tuple[str, str], str], language: int
) -> Wire:
    plain = shape.wire(row)
    shown: Wire = {}
    if "@odata.etag" in plain:
        shown["@odata.etag"] = plain["@odata.etag"]
    for column in shape.columns:
        value = plain[column.wire]
        if value is not None:
            shown.update(annotations_of(shape, row, column, value, preferences, names, language))
        shown[column.wire] = value
    return shown


def annotations_of(
    shape: Shape, row: sqlite3.Row, column: Column, value: Any, preferences: Preferences,
    names: Mapping[tuple[str, str], str], language: int,
) -> Wire:  # fmt: skip
    found: Wire = {}
    if column.kind in LOOKUPS:
        table = target_of(shape, row, column)
        if preferences.wants(NAVIGATION) and table:
            found[f"{column.wire}@{NAVIGATION}"] = navigation_of(column, table)
        if preferences.wants(LOGICAL_NAME) and table:
            found[f"{column.wire}@{LOGICAL_NAME}"] = table
        if preferences.wants(FORMATTED) and (table, value) in names:
            found[f"{column.wire}@{FORMATTED}"] = names[table, value]
        return found
    if preferences.wants(FORMATTED):
        text = formatted(column, value, language)
        if text is not None:
            found[f"{column.wire}@{FORMATTED}"] = text
    return found


def target_of(shape: Shape, row: sqlite3.Row, column: Column) -> str:
    """The table a lookup of this row points to."""
    if column.many_targets:
        return str(shape.stored(row, type_name(column)) or "")
    return column.targets[0].table


def navigation_of(column: Column, table: str) -> str:
    return next((target.navigation for target in column.targets if target.table == table), column.name)


def _references(shape: Shape, rows: Iterable[sqlite3.Row]) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {}
    lookups = [column for column in shape.columns if column.kind in LOOKUPS]
    for row in rows:
        for column in lookups:
            value = shape.stored(row, column.name)
            if value is not None:
                wanted.setdefault(target_of(shape, row, column), set()).add(value)
    return wanted


def lookup_names(estate: Estate, model: Model, wanted: Mapping[str, set[str]]) -> dict[tuple[str, str], str]:
    """Names of rows by table and key: one query for each table."""
    found: dict[tuple[str, str], str] = {}
    for name, ids in wanted.items():
        table = model.tables.get(name)
        if table is not None and table.table.primary_name:
            for row_id, text in _names_in(estate, table, ids):
                found[name, row_id] = text
    return found


def _names_in(estate: Estate, table: TableModel, ids: set[str]) -> Iterable[tuple[str, str]]:
    marks = ", ".join("?" * len(ids)) if len(ids) < 32 else "SELECT value FROM json_each(?)"
    values: tuple[Any, ...] = tuple(ids) if len(ids) < 32 else (_json(ids),)
    rows = estate.db.rows(
        f"SELECT {table.key}, {table.table.primary_name} FROM {table.sql} WHERE {table.key} IN ({marks})", values
    )
    return [(row[0], row[1]) for row in rows if row[1] is not None]


def _json(ids: Iterable[str]) -> str:
    return "[" + ",".join(f'"{row_id}"' for row_id in ids) + "]"


def formatted(column: Column, value: Any, language: int) -> str | None:
    """The text of a value in a language; None where the service gives none."""
    if column.kind in CHOICES or column.kind is Kind.BOOLEAN:
        option = column.option(int(value))
        return None if option is None else option.label.in_language(language)
    if column.kind is Kind.MONEY:
        return money_text(float(value), language)
    if column.kind in (Kind.DECIMAL, Kind.DOUBLE):
        return number_text(float(value), column.precision, language)
    if column.kind in (Kind.INTEGER, Kind.BIGINT):
        return number_text(float(value), 0, language)
    if column.kind is Kind.MOMENT:
        return _moment_text(str(value), column.day_only, language)
    return None


def number_text(value: float, decimals: int, language: int) -> str:
    text = f"{value:,.{decimals}f}"
    if language != _FRENCH:
        return text
    return text.replace(",", "\u202f").replace(".", ",")


def money_text(value: float, language: int) -> str:
    """Contoso's base currency is the euro."""
    amount = number_text(value, 2, language)
    return f"{amount} €" if language == _FRENCH else f"€{amount}"


def _moment_text(text: str, day_only: bool, language: int) -> str | None:
    moment = read_moment(text)
    if moment is None:
        return None
    if language == _FRENCH:
        return moment.strftime("%d/%m/%Y" if day_only else "%d/%m/%Y %H:%M")
    day = f"{moment.month}/{moment.day}/{moment.year}"
    if day_only:
        return day
    return f"{day} {moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"
