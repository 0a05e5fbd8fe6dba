"""Which columns a query reads and what a row of them looks like on the wire."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from liaison.tenant.dataverse.errors import unknown_property
from liaison.tenant.dataverse.odata.options import Expansion
from liaison.tenant.dataverse.sql.scope import Place
from liaison.tenant.estate.crm.columns import Column, Kind, type_name
from liaison.tenant.estate.crm.model import TableModel

Wire = dict[str, Any]
_PRINCIPALS = frozenset({"systemuser", "team"})


@dataclass(frozen=True)
class Shape:
    """The columns of one table in a query. `hidden` are read but not shown: what expanding and paging need.

    `chosen` are the names the client asked for; the address in `@odata.context` shows these.
    """

    table: TableModel
    columns: tuple[Column, ...]
    chosen: tuple[str, ...]
    select: str
    names: tuple[str, ...]
    booleans: tuple[int, ...]
    positions: dict[str, int]
    notes: dict[Hashable, Any] = field(default_factory=dict, compare=False)
    """What is worked out once for all rows of this shape."""

    def wire(self, row: sqlite3.Row) -> Wire:
        """One row without annotations."""
        shown: Wire = dict(zip(self.names, row, strict=False))
        for index in self.booleans:
            if row[index] is not None:
                shown[self.names[index]] = bool(row[index])
        return shown

    def stored(self, row: sqlite3.Row, name: str) -> Any:
        """A value by its stored name, hidden ones included."""
        return row[self.positions[name]]


def build_shape(
    table: TableModel,
    select: tuple[str, ...],
    expand: Iterable[Expansion] = (),
    *,
    alias: str = "a",
    language: int = 1033,
    etag: bool = True,
) -> Shape:
    """Read the `$select` of a table; without one, every column. The key is always read, as is a row's currency
    when a sum of money is. Raises the service's error for a name that does not exist.

    Source: select-columns.md.
    """
    columns = _chosen(table, _with_references(table, select, expand))
    parts: list[str] = []
    names: list[str] = []
    booleans: list[int] = []
    positions: dict[str, int] = {}
    if etag and table.has_version:
        names.append("@odata.etag")
        parts.append(f"'W/\"' || {alias}.versionnumber || '\"'")
    for column in columns:
        if column.kind is Kind.BOOLEAN:
            booleans.append(len(parts))
        positions[column.name] = len(parts)
        names.append(column.wire)
        parts.append(Place(column, table, alias, language).shown)
    for name in _hidden(table, columns, expand):
        if name not in positions:
            positions[name] = len(parts)
            parts.append(f"{alias}.{name}")
    return Shape(table, columns, _wire_names(table, select), ", ".join(parts), tuple(names), tuple(booleans), positions)


def _with_references(table: TableModel, select: tuple[str, ...], expand: Iterable[Expansion]) -> tuple[str, ...]:
    """A lookup expanded to its reference is read as a value, too. Source: join-tables.md, "Return references"."""
    if not select:
        return select
    wanted = (expansion.navigation for expansion in expand if expansion.reference)
    return (*select, *(name for name in wanted if name in table.singles))


def _chosen(table: TableModel, select: tuple[str, ...]) -> tuple[Column, ...]:
    if not select:
        return table.columns
    found: dict[str, Column] = {}
    for name in select:
        if name == "*":
            found.update({column.name: column for column in table.columns})
            continue
        column = table.by_wire.get(name)
        if column is None and name in table.singles:
            column = table.singles[name].column
        if column is None:
            if name in table.collections:
                continue
            raise unknown_property(name, table.name)
        found[column.name] = column
    currency = table.by_name.get("transactioncurrencyid")
    if currency is not None and any(column.kind is Kind.MONEY for column in found.values()):
        found.setdefault(currency.name, currency)
    found.setdefault(table.key, table.by_name[table.key])
    if table.name in _PRINCIPALS and "ownerid" in table.by_name:
        # Users and teams are principals, whose key comes along. Source: join-tables.md.
        found.setdefault("ownerid", table.by_name["ownerid"])
    return tuple(found.values())


def _wire_names(table: TableModel, select: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(table.singles[name].column.wire if name in table.singles else name for name in select)


def _hidden(table: TableModel, columns: Iterable[Column], expand: Iterable[Expansion]) -> Iterable[str]:
    """Stored names that expanding and annotating need beside the columns shown."""
    yield table.key
    for column in columns:
        if column.many_targets:
            yield type_name(column)
    for expansion in expand:
        single = table.singles.get(expansion.navigation)
        if single is not None:
            yield single.column.name
            if single.column.many_targets:
                yield type_name(single.column)


def context_names(shape: Shape, expand: Iterable[Expansion]) -> str:
    """The part of `@odata.context` in parentheses, or nothing."""
    expansions = tuple(expand)
    references = (expansion.navigation for expansion in expansions if expansion.reference)
    names = [*shape.chosen, *references, *map(_context_name, expansions)]
    return f"({','.join(names)})" if names else ""


def _context_name(expansion: Expansion) -> str:
    if expansion.reference:
        return f"{expansion.navigation}/$ref()"
    return f"{expansion.navigation}({','.join([*expansion.select, *map(_context_name, expansion.expand)])})"
