"""How tables become SQLite tables: one set for each environment, so that no query needs an environment filter."""

from __future__ import annotations

from collections.abc import Iterator

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
from liaison.tenant.estate.crm.model import sql_name
from liaison.tenant.estate.crm.tables import Flag, Table, stored_names

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
    """Create every table and index of the environments; repeatable."""
    statements = [_SHARED]
    for environment in environments:
        for table in TABLES:
            statements.extend(_definition(environment, table))
    estate.db.run_script("BEGIN;\n" + "\n".join(statements) + "\nCOMMIT;")


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
