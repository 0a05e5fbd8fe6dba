"""Formatted values: what a person reads instead of a number, a guid or a moment."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liaison.tenant.dataverse.requests import Preferences
from liaison.tenant.dataverse.sql.shape import Shape, Wire
from liaison.tenant.dataverse.sql.values import read_moment
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.columns import CHOICES, LOOKUPS, TEXTS, Column, Kind, type_name
from liaison.tenant.estate.crm.model import Model, TableModel

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"

_FRENCH = 1036
_MOST_TEXTS = 4096
_UNFORMATTED = TEXTS | {Kind.GUID}


@dataclass(frozen=True)
class _Wanted:
    """Which annotations were asked for, and in which language."""

    formatted: bool
    logical_name: bool
    navigation: bool
    language: int


class _Texts(dict[Any, str | None]):
    """Formatted values of one column, each worked out once: a page repeats choices, and days follow one another."""

    def __init__(self, column: Column, language: int) -> None:
        super().__init__()
        self._column, self._language = column, language

    def __missing__(self, value: Any) -> str | None:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        text = self[value] = formatted(self._column, value, self._language)
        return text


Names = Mapping[tuple[str, str], str]
_Annotate = Callable[[Wire, Any, sqlite3.Row, Names], None]


@dataclass(frozen=True)
class _Painter:
    """How rows of a shape get their annotations: for each column its name, place and annotations, and which are
    lookups, as (place, place of the table's name or None, table)."""

    etag: bool
    cells: tuple[tuple[str, int, _Annotate | None, bool], ...]
    lookups: tuple[tuple[int, int | None, str], ...]

    def wire(self, row: sqlite3.Row, names: Names) -> Wire:
        shown: Wire = {"@odata.etag": row[0]} if self.etag else {}
        for name, index, annotate_value, is_boolean in self.cells:
            value = row[index]
            if value is not None and annotate_value is not None:
                annotate_value(shown, value, row, names)
            shown[name] = bool(value) if is_boolean and value is not None else value
        return shown

    def references(self, rows: Iterable[sqlite3.Row]) -> dict[str, set[str]]:
        """The keys that lookups of these rows hold, by table."""
        wanted: dict[str, set[str]] = {}
        for row in rows:
            for index, type_index, table in self.lookups:
                value = row[index]
                if value is not None:
                    target = table if type_index is None else row[type_index] or ""
                    wanted.setdefault(target, set()).add(value)
        return wanted


def annotate(
    estate: Estate, model: Model, shape: Shape, rows: Sequence[sqlite3.Row], preferences: Preferences, language: int
) -> list[Wire]:
    """Rows with the annotations that were asked for, each before its property.

    Source: select-columns.md, "Formatted values"; retrieve-entity-using-web-api.md.
    """
    wants = preferences.wants
    wanted = _Wanted(wants(FORMATTED), wants(LOGICAL_NAME), wants(NAVIGATION), language)
    painter: _Painter | None = shape.notes.get(wanted)
    if painter is None:
        painter = shape.notes[wanted] = _painter(shape, wanted)
    names = lookup_names(estate, model, painter.references(rows)) if wanted.formatted else {}
    return [painter.wire(row, names) for row in rows]


def _painter(shape: Shape, wanted: _Wanted) -> _Painter:
    cells = tuple(
        (column.wire, index, _annotation(shape, column, wanted), index in shape.booleans)
        for column, index in ((column, shape.positions[column.name]) for column in shape.columns)
    )
    lookups = tuple(
        (shape.positions[column.name], shape.positions.get(type_name(column)) if column.many_targets else None,
         "" if column.many_targets else column.targets[0].table)
        for column in shape.columns
        if column.kind in LOOKUPS
    )  # fmt: skip
    return _Painter("@odata.etag" in shape.names, cells, lookups)


def _annotation(shape: Shape, column: Column, wanted: _Wanted) -> _Annotate | None:
    """What writes the annotations of a value; None where the column never has any."""
    if column.kind in LOOKUPS:
        return _lookup_annotation(shape, column, wanted)
    if not wanted.formatted or column.kind in _UNFORMATTED:
        return None
    texts, key = _Texts(column, wanted.language), f"{column.wire}@{FORMATTED}"

    def annotate_value(shown: Wire, value: Any, _: sqlite3.Row, __: Names) -> None:
        text = texts[value]
        if text is not None:
            shown[key] = text

    return annotate_value


def _lookup_annotation(shape: Shape, column: Column, wanted: _Wanted) -> _Annotate:
    type_index = shape.positions[type_name(column)] if column.many_targets else None
    only = "" if column.many_targets else column.targets[0].table
    navigations = {target.table: target.navigation for target in reversed(column.targets)}
    navigation_key, name_key = f"{column.wire}@{NAVIGATION}", f"{column.wire}@{LOGICAL_NAME}"
    text_key = f"{column.wire}@{FORMATTED}"

    def annotate_value(shown: Wire, value: Any, row: sqlite3.Row, names: Names) -> None:
        table = only if type_index is None else row[type_index] or ""
        if wanted.navigation and table:
            shown[navigation_key] = navigations.get(table, column.name)
        if wanted.logical_name and table:
            shown[name_key] = table
        if wanted.formatted:
            text = names.get((table, value))
            if text is not None:
                shown[text_key] = text

    return annotate_value


def navigation_of(column: Column, table: str) -> str:
    return next((target.navigation for target in column.targets if target.table == table), column.name)


def lookup_names(estate: Estate, model: Model, wanted: Mapping[str, set[str]]) -> dict[tuple[str, str], str]:
    """Names of rows by table and key: one query for each table, for those not asked since the last change."""
    known: dict[tuple[str, str], str] = estate.db.recall(("names", model.environment), dict)
    if len(known) > _MOST_TEXTS:
        known.clear()
    for name, ids in wanted.items():
        table = model.tables.get(name)
        unknown = {row_id for row_id in ids if (name, row_id) not in known}
        if unknown and table is not None and table.table.primary_name:
            for row_id, text in _names_in(estate, table, unknown):
                known[name, row_id] = text
    return known


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
