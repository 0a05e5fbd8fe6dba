"""Reading rows: one by key, or a page of many."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liaison.tenant.dataverse.odata.nodes import Compare, Conjunction, Expression, Literal, LiteralKind, Path
from liaison.tenant.dataverse.odata.options import QueryOptions
from liaison.tenant.dataverse.sql.conditions import ConditionWriter
from liaison.tenant.dataverse.sql.ordering import Sorting, order_by, rows_after
from liaison.tenant.dataverse.sql.scope import Scope
from liaison.tenant.dataverse.sql.shape import Shape, build_shape
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.rights import Clause

COUNT_LIMIT = 5_000


@dataclass(frozen=True)
class ListPlan:
    """A query over one table, ready to run as often as wanted. `timed` plans hold only for the moment."""

    shape: Shape
    source: str
    source_values: tuple[Any, ...]
    condition: str
    values: tuple[Any, ...]
    sortings: tuple[Sorting, ...]
    timed: bool


@dataclass(frozen=True)
class Page:
    """Rows of a page; `after` are the sort values from which the next one continues, None at the end."""

    rows: list[sqlite3.Row]
    after: tuple[Any, ...] | None


@dataclass(frozen=True)
class Narrowing:
    """A list narrowed to a collection of one row: its own FROM, and the condition that ties it."""

    source: str
    condition: Clause


def plan_list(scope: Scope, table: TableModel, options: QueryOptions, narrowing: Narrowing | None = None) -> ListPlan:
    """Write the query of a list. Raises the service's errors for names, types and missing privileges."""
    seen = scope.readable(table, "a")
    clauses = [seen] if seen.sql else []
    if narrowing is not None:
        clauses.append(narrowing.condition)
    if options.condition is not None:
        writer = ConditionWriter(scope, table, "a", dict(options.aliases))
        clauses.append(writer.write(options.condition))
    sortings = plan_order(scope, table, options)
    shape = build_shape(table, options.select, options.expand, language=scope.user.language)
    source = narrowing.source if narrowing is not None else f"{table.sql} a"
    return ListPlan(
        shape,
        " ".join([source, *scope.joins]),
        tuple(scope.join_values),
        " AND ".join(clause.sql for clause in clauses),
        tuple(value for clause in clauses for value in clause.values),
        sortings,
        scope.timed,
    )


def plan_order(scope: Scope, table: TableModel, options: QueryOptions) -> tuple[Sorting, ...]:
    """What was asked, then the order of entry, so that every order is total."""
    few = asks_for_few(table, options.condition)
    found = [
        Sorting(_unwalked(scope.place(table, "a", order.path).compared, few=few), order.descending)
        for order in options.order
    ]
    last = Sorting(entry_order(table, few=few), bool(found) and found[-1].descending)
    return (*found, last)


def entry_order(table: TableModel, *, few: bool) -> str:
    """The order of entry."""
    return _unwalked(f"a.{table.row_order}", few=few)


def _unwalked(expression: str, *, few: bool) -> str:
    """Where few rows are asked for, a plus keeps SQLite from walking the whole table in the order of this expression
    instead of taking the index of the few."""
    return f"+{expression}" if few else expression


def asks_for_few(table: TableModel, condition: Expression | None) -> bool:
    """Whether a condition keeps to rows with a value in a column that few rows fill."""
    terms = condition.terms if isinstance(condition, Conjunction) else (condition,)
    return any(
        isinstance(term, Compare)
        and term.operator == "ne"
        and isinstance(term.left, Path)
        and term.left.text in table.table.sparse
        and term.right == Literal(LiteralKind.NULL, None)
        for term in terms
    )


def read_page(estate: Estate, plan: ListPlan, limit: int, after: Sequence[Any] | None = None) -> Page:
    """At most `limit` rows after a place; asks for one more to know whether others follow."""
    conditions = [plan.condition] if plan.condition else []
    values = [*plan.source_values, *plan.values]
    if after is not None:
        rest = rows_after(plan.sortings, after)
        conditions.append(rest.sql)
        values.extend(rest.values)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    keys = ", ".join(f"{sorting.expression} AS k{index}" for index, sorting in enumerate(plan.sortings))
    rows = estate.db.rows(
        f"SELECT {plan.shape.select}, {keys} FROM {plan.source}{where} {order_by(plan.sortings)} LIMIT ?",
        (*values, limit + 1),
    )
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    count = len(plan.sortings)
    return Page(kept, tuple(kept[-1][-count:]) if kept else ())


def count_rows(estate: Estate, plan: ListPlan) -> int:
    """How many rows there are, counted no further than one past the limit of the service."""
    where = f" WHERE {plan.condition}" if plan.condition else ""
    return int(
        estate.db.value(
            f"SELECT count(*) FROM (SELECT 1 FROM {plan.source}{where} LIMIT ?)",
            (*plan.source_values, *plan.values, COUNT_LIMIT + 1),
        )
    )


@dataclass(frozen=True)
class OnePlan:
    """A query for one row by its key, kept to what the user may read."""

    shape: Shape
    sql: str
    values: tuple[Any, ...]


def plan_one(scope: Scope, table: TableModel, options: QueryOptions) -> OnePlan:
    seen = scope.readable(table, "a")
    shape = build_shape(table, options.select, options.expand, language=scope.user.language)
    guard = f" AND {seen.sql}" if seen.sql else ""
    return OnePlan(shape, f"SELECT {shape.select} FROM {table.sql} a WHERE a.{table.key} = ?{guard}", seen.values)


def read_one(estate: Estate, plan: OnePlan, row_id: str) -> sqlite3.Row | None:
    return estate.db.row(plan.sql, (row_id, *plan.values))


def read_some(
    estate: Estate, scope: Scope, shape: Shape, ids: Sequence[str], condition: Clause | None = None
) -> list[sqlite3.Row]:
    """Rows of one table by key, in no order, kept to what the user may read and to a condition written in `scope`."""
    seen = scope.readable(shape.table, "a")
    clauses = [clause for clause in (seen, condition) if clause is not None and clause.sql]
    guard = "".join(f" AND {clause.sql}" for clause in clauses)
    listed = "[" + ",".join(f'"{row_id}"' for row_id in ids) + "]"
    return estate.db.rows(
        f"SELECT {shape.select} FROM {shape.table.sql} a {' '.join(scope.joins)}"
        f" WHERE a.{shape.table.key} IN (SELECT value FROM json_each(?)){guard}",
        (*scope.join_values, listed, *(value for clause in clauses for value in clause.values)),
    )
