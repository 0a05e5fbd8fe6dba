"""How tables become SQLite tables: one set for each environment, so that no query needs an environment filter."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.catalogue import TABLES
from liaison.tenant.estate.crm.columns import (
    CHOICES,
    LOOKUPS,
    Column,
    Kind,
    folded_name,
    french_name,
    type_name,
)
from liaison.tenant.estate.crm.model import TableModel, search_name, sql_name
from liaison.tenant.estate.crm.tables import AlternateKey, Flag, Table, stored_names

_SHARED = """
CREATE TABLE IF NOT EXISTS crm_environments (
  key TEXT PRIMARY KEY, name TEXT NOT NULL, organization_id TEXT NOT NULL,
  version INTEGER NOT NULL, model_epoch TEXT NOT NULL, security_epoch TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crm_flags (
  environment TEXT NOT NULL, table_name TEXT NOT NULL,
  documents INTEGER NOT NULL, teams INTEGER NOT NULL, tracked INTEGER NOT NULL,
  PRIMARY KEY (environment, table_name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crm_pending_teams (
  environment TEXT NOT NULL, table_name TEXT NOT NULL, teams INTEGER NOT NULL, visible_at REAL NOT NULL,
  PRIMARY KEY (environment, table_name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crm_deleted (
  environment TEXT NOT NULL, table_name TEXT NOT NULL, version INTEGER NOT NULL, id TEXT NOT NULL,
  deleted_at REAL NOT NULL,
  PRIMARY KEY (environment, table_name, version)
) WITHOUT ROWID;
"""

_NUMERIC = frozenset({Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})
_WHOLE = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.BOOLEAN}) | CHOICES
_IDENTIFIERS = LOOKUPS | {Kind.GUID}


def create_tables(estate: Estate, environments: tuple[str, ...]) -> None:
    """Create every table and index of the environments; repeatable. An older tenant's tables get the new columns."""
    statements = [_SHARED]
    for environment in environments:
        for table in TABLES:
            statements.extend(_late_columns(estate, environment, table))
            statements.extend(_definition(environment, table))
    estate.db.run_script("BEGIN;\n" + "\n".join(statements) + "\nCOMMIT;")


def _late_columns(estate: Estate, environment: str, table: Table) -> Iterator[str]:
    """What adds the columns that a stored table lacks; nothing for one that is not there yet."""
    found = estate.db.rows("SELECT name FROM pragma_table_info(?)", (f"{environment}.{table.name}",))
    stored = {row["name"] for row in found}
    for column in table.columns:
        if stored and not table.select and column.name not in stored:
            yield from new_column(environment, table, column)


def _definition(environment: str, table: Table) -> Iterator[str]:
    name = sql_name(environment, table.name)
    if table.has(Flag.VIRTUAL):
        return
    if table.select:
        yield f"CREATE VIEW IF NOT EXISTS {name} AS {_view(environment, table)};"
        return
    columns = ", ".join(part for column in table.columns for part in _column(table, column))
    yield f"CREATE TABLE IF NOT EXISTS {name} ({columns});"
    for number, (expression, condition) in enumerate(_indexes(table)):
        index = f'"{environment}.{table.name}.{number}"'
        where = f" WHERE {condition}" if condition else ""
        yield f"CREATE INDEX IF NOT EXISTS {index} ON {name} ({expression}){where};"
    for column in table.columns:
        if column.searched:
            yield from _search_index(environment, table, column)
    for alternate in table.keys:
        unique = f'"{environment}.{table.name}.{alternate.name}"'
        yield f"CREATE UNIQUE INDEX IF NOT EXISTS {unique} ON {name} ({', '.join(alternate.columns)});"


def _column(table: Table, column: Column) -> Iterator[str]:
    if column.name == table.key:
        yield f"{column.name} TEXT NOT NULL PRIMARY KEY"
        return
    yield f"{column.name} {_sql_type(column)}"
    if column.folded:
        yield f"{folded_name(column)} TEXT"
    if column.localized:
        yield f"{french_name(column)} TEXT"
    if column.many_targets:
        yield f"{type_name(column)} TEXT"


def _sql_type(column: Column) -> str:
    if column.kind in _WHOLE:
        return "INTEGER"
    if column.kind in _NUMERIC:
        return "REAL"
    if column.kind in _IDENTIFIERS or column.kind is Kind.MOMENT:
        return "TEXT"
    return "TEXT COLLATE NOCASE"


def _indexes(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if column.indexed and column.name != table.key:
            name = folded_name(column) if column.folded else column.name
            yield name, f"{name} IS NOT NULL" if column.kind in LOOKUPS and column.kind is not Kind.OWNER else ""
    for declared in table.indexes:
        expression, _, condition = declared.partition(":")
        yield expression, condition
    if table.has(Flag.TRACKED):
        yield "versionnumber", ""


def _search_index(environment: str, table: Table, column: Column) -> Iterator[str]:
    """A trigram index over the folded text, kept by triggers: parts of names are found without reading every row."""
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {search_name(environment, table.name)} USING fts5({folded_name(column)},"
        f" content={sql_name(environment, table.name)}, content_rowid='rowid',"
        " tokenize='trigram case_sensitive 1', columnsize=0);"
    )
    yield from (f"CREATE TRIGGER IF NOT EXISTS {name} {work}" for name, work in _triggers(environment, table, column))


def _triggers(environment: str, table: Table, column: Column) -> Iterator[tuple[str, str]]:
    """Names and work of the triggers that keep a search index."""
    index, text = search_name(environment, table.name), folded_name(column)
    added = f"INSERT INTO {index} (rowid, {text}) VALUES (new.rowid, new.{text});"
    taken = f"INSERT INTO {index} ({index}, rowid, {text}) VALUES ('delete', old.rowid, old.{text});"
    for event, work in (("INSERT", added), ("DELETE", taken), (f"UPDATE OF {text}", f"{taken} {added}")):
        name = f'"{environment}.{table.name}.search.{event[0].lower()}"'
        yield name, f"AFTER {event} ON {sql_name(environment, table.name)} BEGIN {work} END;"


@contextmanager
def loading(change: sqlite3.Connection, environment: str) -> Iterator[None]:
    """Within this block rows may be added by the thousand: search indexes are built once, at the end."""
    searched = [(table, column) for table in TABLES for column in table.columns if column.searched]
    triggers = [trigger for table, column in searched for trigger in _triggers(environment, table, column)]
    for name, _ in triggers:
        change.execute(f"DROP TRIGGER {name}")
    yield
    for table, _ in searched:
        index = search_name(environment, table.name)
        change.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    for name, work in triggers:
        change.execute(f"CREATE TRIGGER {name} {work}")


@contextmanager
def without_indexes(change: sqlite3.Connection, tables: Iterable[TableModel]) -> Iterator[None]:
    """Within this block rows may be added by the million: the tables' indexes are built once, at the end."""
    marks = ", ".join("?" * len(names := [f"{table.environment}.{table.name}" for table in tables]))
    declared = change.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})", names
    ).fetchall()
    for name, _ in declared:
        change.execute(f'DROP INDEX "{name}"')
    yield
    for _, sql in declared:
        change.execute(sql)


def new_table(environment: str, table: Table) -> Iterator[str]:
    """The statements that make a table's storage."""
    yield from _definition(environment, table)


def new_column(environment: str, table: Table, column: Column) -> Iterator[str]:
    """The statements that add a column to a table's storage."""
    name = sql_name(environment, table.name)
    for part in _column(table, column):
        yield f"ALTER TABLE {name} ADD COLUMN {part};"
    if column.indexed:
        yield f"CREATE INDEX IF NOT EXISTS {_index_of(environment, table, column)} ON {name} ({column.name});"


def old_column(environment: str, table: Table, column: Column) -> Iterator[str]:
    """The statements that take a column out of a table's storage."""
    name = sql_name(environment, table.name)
    yield f"DROP INDEX IF EXISTS {_index_of(environment, table, column)};"
    for part in _column(table, column):
        yield f"ALTER TABLE {name} DROP COLUMN {part.partition(' ')[0]};"


def new_key(environment: str, table: str, key: AlternateKey) -> str:
    """The statement that makes an alternate key's index."""
    index = f'"{environment}.{table}.{key.name}"'
    return f"CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {sql_name(environment, table)} ({', '.join(key.columns)})"


def _index_of(environment: str, table: Table, column: Column) -> str:
    return f'"{environment}.{table.name}.{column.name}"'


def _view(environment: str, table: Table) -> str:
    names = ", ".join(stored_names(table))
    return table.select.format_map(_Parts(environment, names))


class _Parts(dict[str, str]):
    """Fills a view's declaration: `{columns}`, and `{table}` for any table's name."""

    def __init__(self, environment: str, columns: str) -> None:
        super().__init__(columns=columns)
        self._environment = environment

    def __missing__(self, name: str) -> str:
        return sql_name(self._environment, name)
