"""Adding, changing and deleting columns.

A PUT replaces the whole definition; with `MSCRM.MergeLabels: true` labels of other languages stay.
Source: create-update-column-definitions-using-web-api.md.
"""

# ruff: noqa: S608 - names come from table definitions or passed their check; every value is bound.
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.metadata.incoming import companions, read_column
from liaison.tenant.dataverse.metadata.permission import (
    cannot_delete,
    require_customizable,
    require_special,
    still_needed,
)
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, created_reply, empty_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.catalogue.sales import currency
from liaison.tenant.estate.crm.columns import LOOKUPS, Column, Kind, type_name
from liaison.tenant.estate.crm.customizations import COLUMN, column_content, keep, take_away
from liaison.tenant.estate.crm.environments import forget_model
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.storage import new_column, old_column
from liaison.tenant.estate.crm.tables import Flag, metadata_id, standard_columns

_MOST_COLUMNS = 600


def create_column(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    """204 with the address of the new definition."""
    require_special(session, "prvCreateAttribute")
    require_customizable(table)
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    column = read_column(session, body)
    known = {found.name: found for found in table.table.columns}
    added = [column, *companions(column)]
    for part in added:
        add_column(known, part)
    added.extend(part for part in currency_columns(table.name, [column]) if part.name not in known)
    with session.estate.db.change():
        for part in added:
            store_column(session, table, part)
        column_id = metadata_id("column", table.name, column.name)
        components.add_component(session, solution, components.COLUMN, column_id)
    return created_reply(f"{exchange.root}/{exchange.path.rstrip('/')}({column_id})")


def change_column(session: Session, exchange: Exchange, table: TableModel, column: Column) -> Reply:
    """204. The column's type and names stay as they are."""
    require_special(session, "prvWriteAttribute")
    require_customizable(table)
    merge = exchange.headers.get("mscrm.mergelabels", "false").lower() == "true"
    changed = read_column(session, exchange.json(), known=table.table.by_name[column.name], merge=merge)
    with session.estate.db.change() as change:
        keep(change, session.environment, COLUMN, f"{table.name}.{column.name}", column_content(changed))
        forget_model(change, session.environment)
    return empty_reply()


def delete_column(session: Session, table: TableModel, column: Column) -> Reply:
    """204. Columns of the platform stay, as do those that a key needs."""
    require_special(session, "prvDeleteAttribute")
    if not deletable(table, column):
        raise cannot_delete(f"column '{table.name}.{column.name}'")
    drop_column(session, table, column)
    return empty_reply()


def drop_column(session: Session, table: TableModel, column: Column) -> None:
    """Take a column away, with its values and what came along with it."""
    for key in table.table.keys:
        if column.name in key.columns:
            raise still_needed(f"column '{table.name}.{column.name}'", f"key '{key.schema}'")
    parts = [column, *(part for part in table.table.columns if part.part_of == column.name)]
    parts += [part for part in table.table.columns if part.name == f"{column.name}_base" and column.kind is Kind.MONEY]
    with session.estate.db.change() as change:
        for part in parts:
            seeded = table.name in BY_NAME and part.name in BY_NAME[table.name].by_name
            if seeded:
                change.execute(f"UPDATE {table.sql} SET {part.name} = NULL")
            else:
                for statement in old_column(session.environment, table.table, table.table.by_name[part.name]):
                    change.execute(statement)
            take_away(change, session.environment, COLUMN, f"{table.name}.{part.name}", declared=seeded)
            components.forget_object(session, metadata_id("column", table.name, part.name))
        forget_model(change, session.environment)


def store_column(session: Session, table: TableModel, column: Column) -> None:
    """Add a column to a table's definition and to its rows."""
    with session.estate.db.change() as change:
        keep(change, session.environment, COLUMN, f"{table.name}.{column.name}", column_content(column))
        hidden = table.name in BY_NAME and column.name in BY_NAME[table.name].by_name
        if not hidden:
            for statement in new_column(session.environment, table.table, column):
                change.execute(statement)
        forget_model(change, session.environment)


def add_column(known: dict[str, Column], column: Column) -> None:
    """Put a column among others. Raises 400 when its name is taken, or when there are too many."""
    taken = set(known)
    for other in known.values():
        taken.update((f"{other.name}__fold", f"{other.name}__fr", type_name(other)))
    if column.name in taken:
        raise DataverseError(
            400, "0x80047013", f"An attribute with the specified name {column.name} already exists. Please specify a"
            " unique name.",
        )  # fmt: skip
    if len(known) >= _MOST_COLUMNS:
        raise DataverseError(400, "0x8004432C", f"A table cannot have more than {_MOST_COLUMNS} columns.")
    known[column.name] = column


def currency_columns(table: str, columns: Iterable[Column]) -> Iterator[Column]:
    """A sum of money brings the row's currency and exchange rate."""
    if any(column.kind is Kind.MONEY for column in columns):
        for column in currency(table):
            yield replace(column, custom=False)


def deletable(table: TableModel, column: Column) -> bool:
    """Whether a client, or the maker of a custom table, added this column for itself."""
    own = column.custom or (table.table.has(Flag.CUSTOM) and "_" in column.name)
    standing = {found.name for found in standard_columns(table.name, table.table.ownership)}
    return (
        own
        and not column.part_of
        and column.name not in (table.key, table.table.primary_name)
        and column.name not in standing
        and not (column.kind in LOOKUPS and len({target.table for target in column.targets}) > 1 and not column.custom)
    )
