"""Writing rows: versions, folded copies, traces of deletion. Values arrive checked; rights are checked before."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.columns import Column, OnDelete, folded_name, type_name
from liaison.tenant.estate.crm.environments import forget_rights, next_version, remember_deleted
from liaison.tenant.estate.crm.fold import fold
from liaison.tenant.estate.crm.model import Model, TableModel, sql_name

_RIGHTS_TABLES = frozenset(
    {"systemuser", "team", "role", "businessunit", "roleprivileges", "systemuserroles", "teamroles", "teammembership",
     "usersettings"}
)  # fmt: skip


class DeletionRefused(Exception):
    """Another row still points to this one through a lookup that restricts deletion; names that table."""


def read_row(estate: Estate, table: TableModel, row_id: str) -> sqlite3.Row | None:
    """All stored columns of one row."""
    return estate.db.row(f"SELECT * FROM {table.sql} WHERE {table.key} = ?", (row_id,))


def row_exists(estate: Estate, table: TableModel, row_id: str) -> bool:
    return estate.db.value(f"SELECT 1 FROM {table.sql} WHERE {table.key} = ?", (row_id,)) is not None


def stored_values(table: TableModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with the folded copies that belong to them."""
    stored = dict(values)
    for name, value in values.items():
        column = table.by_name.get(name)
        if column is not None and column.folded:
            stored[folded_name(column)] = None if value is None else fold(value)
    return stored


def insert_row(estate: Estate, table: TableModel, values: Mapping[str, Any]) -> int | None:
    """Add a row and return its version. Raises sqlite3.IntegrityError when a key is taken."""
    with estate.db.change() as change:
        stored = stored_values(table, values)
        version = _stamp(change, table, stored)
        names = ", ".join(stored)
        marks = ", ".join("?" * len(stored))
        change.execute(f"INSERT INTO {table.sql} ({names}) VALUES ({marks})", tuple(stored.values()))
        _after(change, table)
    return version


def update_row(estate: Estate, table: TableModel, row_id: str, values: Mapping[str, Any]) -> int | None:
    """Change a row and return its new version."""
    with estate.db.change() as change:
        stored = stored_values(table, values)
        version = _stamp(change, table, stored)
        pairs = ", ".join(f"{name} = ?" for name in stored)
        change.execute(f"UPDATE {table.sql} SET {pairs} WHERE {table.key} = ?", (*stored.values(), row_id))
        _after(change, table)
    return version


def delete_row(estate: Estate, model: Model, table: TableModel, row_id: str) -> list[tuple[TableModel, str]]:
    """Delete a row, and what hangs on it by the rules of each lookup; returns all deleted rows, children first.

    Raises DeletionRefused when a restricting lookup still points to a row.
    """
    deleted: list[tuple[TableModel, str]] = []
    with estate.db.change() as change:
        _delete(estate, change, model, table, row_id, deleted)
    return deleted


def _delete(
    estate: Estate,
    change: sqlite3.Connection,
    model: Model,
    table: TableModel,
    row_id: str,
    deleted: list[tuple[TableModel, str]],
) -> None:
    for child, column, rule in model.pointing_at.get(table.name, ()):
        pointing = _pointing(change, child, column, table.name, row_id)
        if not pointing:
            continue
        if rule is OnDelete.REFUSE:
            raise DeletionRefused(child.name)
        if rule is OnDelete.CLEAR:
            for child_id in pointing:
                update_row(estate, child, child_id, _emptied(column))
        else:
            for child_id in pointing:
                if child_id != row_id:
                    _delete(estate, change, model, child, child_id, deleted)
    removed = change.execute(f"DELETE FROM {table.sql} WHERE {table.key} = ?", (row_id,)).rowcount
    if removed:
        change.execute(
            f"DELETE FROM {sql_name(table.environment, 'principalobjectaccess')} WHERE objectid = ?", (row_id,)
        )
        version = next_version(change, table.environment)
        remember_deleted(change, table, row_id, version, estate.clock.seconds())
        deleted.append((table, row_id))
        _after(change, table)


def _pointing(change: sqlite3.Connection, child: TableModel, column: Column, target: str, row_id: str) -> list[str]:
    sql = f"SELECT {child.key} FROM {child.sql} WHERE {column.name} = ?"
    values: tuple[str, ...] = (row_id,)
    if column.many_targets:
        sql += f" AND {type_name(column)} = ?"
        values = (row_id, target)
    return [row[0] for row in change.execute(sql, values)]


def _emptied(column: Column) -> dict[str, None]:
    names = [column.name, type_name(column)] if column.many_targets else [column.name]
    return dict.fromkeys(names)


def add_pair(estate: Estate, table: TableModel, values: Mapping[str, Any]) -> bool:
    """Add a row of an intersect table; False when the two were already joined."""
    with estate.db.change() as change:
        stored = dict(values)
        _stamp(change, table, stored)
        names, marks = ", ".join(stored), ", ".join("?" * len(stored))
        cursor = change.execute(f"INSERT OR IGNORE INTO {table.sql} ({names}) VALUES ({marks})", tuple(stored.values()))
        _after(change, table)
        return cursor.rowcount > 0


def remove_pair(estate: Estate, table: TableModel, values: Mapping[str, Any]) -> bool:
    """Remove the row that joins two others; False when there was none."""
    with estate.db.change() as change:
        condition = " AND ".join(f"{name} = ?" for name in values)
        cursor = change.execute(f"DELETE FROM {table.sql} WHERE {condition}", tuple(values.values()))
        _after(change, table)
        return cursor.rowcount > 0


def insert_many(change: sqlite3.Connection, table: TableModel, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows that all have the same columns in the same order, versions included by the caller: for seeds."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    names = tuple(first)
    folded = [index for index, name in enumerate(names) if name in table.by_name and table.by_name[name].folded]
    extra = [folded_name(table.by_name[names[index]]) for index in folded]
    marks = ", ".join("?" * (len(names) + len(extra)))

    def stored(row: Mapping[str, Any]) -> tuple[Any, ...]:
        values = tuple(row.values())
        return values + tuple([None if values[index] is None else fold(values[index]) for index in folded])

    change.executemany(
        f"INSERT INTO {table.sql} ({', '.join((*names, *extra))}) VALUES ({marks})",
        (stored(row) for row in chain((first,), iterator)),
    )


def _stamp(change: sqlite3.Connection, table: TableModel, stored: dict[str, Any]) -> int | None:
    if not table.has_version:
        return None
    version = next_version(change, table.environment)
    stored["versionnumber"] = version
    return version


def _after(change: sqlite3.Connection, table: TableModel) -> None:
    if table.name in _RIGHTS_TABLES:
        forget_rights(change, table.environment)
