"""Running a FetchXML query that returns rows: columns, order, pages.

Columns without a value are left out of the answer, as the service does.
Source: fetchxml/page-results.md, retrieve-and-execute-predefined-queries.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.dataverse.fetchxml.query import Fetch, FetchOrder
from liaison.tenant.dataverse.fetchxml.reader import fetch_error
from liaison.tenant.dataverse.fetchxml.sources import Source, Sources, build_sources
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Preferences
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.formatted import (
    FORMATTED,
    LOGICAL_NAME,
    NAVIGATION,
    formatted,
    lookup_names,
    navigation_of,
)
from liaison.tenant.dataverse.sql.operators import hierarchy_step
from liaison.tenant.dataverse.sql.ordering import Sorting, order_by, read_cookie, rows_after
from liaison.tenant.dataverse.sql.query import COUNT_LIMIT, Narrowing, entry_order
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.dataverse.sql.shape import Wire
from liaison.tenant.estate.crm.columns import LOOKUPS, Column, Kind, type_name
from liaison.tenant.estate.crm.rights import Clause

SIMPLE_PAGING_LIMIT = 50_000


@dataclass(frozen=True)
class Output:
    """One value of the answer: its name, its column, where it stands in the row, and where its table's name does."""

    name: str
    column: Column
    index: int
    kind_index: int | None


@dataclass(frozen=True)
class FetchPage:
    """Rows of a page. `after` continues it; None with `more` means that only page numbers can."""

    rows: list[Wire]
    names: tuple[str, ...]
    more: bool
    after: tuple[Any, ...] | None
    first_id: str
    last_id: str
    total: int


def run_listing(
    session: Session, fetch: Fetch, preferences: Preferences, narrowing: Narrowing | None = None
) -> FetchPage:
    """Run a query that is no aggregate."""
    scope = Scope(session.model, session.user, session.now, session.estate.db.value)
    sources, clauses = build_sources(scope, fetch.root)
    if narrowing is not None:
        sources.text[0] = narrowing.source
        clauses.append(narrowing.condition)
    parts, outputs = _outputs(sources, fetch)
    sortings, own = _sortings(sources, fetch)
    limit = fetch.top if fetch.top is not None else fetch.count or preferences.page_size or LARGEST_PAGE
    conditions, values = _conditions(sources, clauses)
    paged = not fetch.distinct and own and not sources.multiplies
    offset = 0
    if fetch.cookie is not None and paged:
        rest = rows_after(sortings, read_cookie(fetch.cookie).after)
        conditions.append(rest.sql)
        values.extend(rest.values)
    elif fetch.page > 1:
        offset = _offset(fetch, limit)
    key = f"a.{sources.root.table.key}"
    hidden = [] if fetch.distinct else [f"{sorting.expression} AS k{place}" for place, sorting in enumerate(sortings)]
    select = ", ".join([*parts, *hidden, *([] if fetch.distinct else [key])])
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    source = " ".join(sources.text)
    order = _order_clause(fetch, sortings)
    rows = session.estate.db.rows(
        f"SELECT {'DISTINCT ' if fetch.distinct else ''}{select} FROM {source}{where}{order} LIMIT ? OFFSET ?",
        (*values, limit + 1, offset),
    )
    more = len(rows) > limit and fetch.top is None
    kept = rows[:limit]
    after = tuple(kept[-1][-1 - len(sortings) : -1]) if more and paged else None
    total = _total(session, source, where, values) if fetch.total and not fetch.cookie else -1
    ids = (str(kept[0][-1]), str(kept[-1][-1])) if kept and not fetch.distinct else ("", "")
    shown = _shown(session, outputs, kept, preferences, with_etag=not fetch.distinct)
    return FetchPage(shown, tuple(output.name for output in outputs), more, after, *ids, total)


def _conditions(sources: Sources, clauses: Sequence[Clause]) -> tuple[list[str], list[Any]]:
    return (
        [clause.sql for clause in clauses],
        [*sources.values, *(value for clause in clauses for value in clause.values)],
    )


def _offset(fetch: Fetch, limit: int) -> int:
    offset = (fetch.page - 1) * limit
    if offset + limit > SIMPLE_PAGING_LIMIT:
        raise fetch_error(
            "Legacy paging supports only 50,000 rows. Use a paging cookie to reach further pages.", "0x8004431D"
        )
    return offset


def _outputs(sources: Sources, fetch: Fetch) -> tuple[list[str], list[Output]]:
    """SELECT parts and what each means; the row version and the root's key are always read, but with `distinct`."""
    parts: list[str] = [] if fetch.distinct else ["'W/\"' || a.versionnumber || '\"'"]
    outputs: list[Output] = []
    for source in sources.all:
        for name, place in _asked(sources, source):
            index = len(parts)
            parts.append(place.shown)
            kind_index = None
            if place.column.many_targets:
                kind_index = len(parts)
                parts.append(f"{place.alias}.{type_name(place.column)}")
            outputs.append(Output(name, place.column, index, kind_index))
    root_key = sources.root.table.by_name[sources.root.table.key]
    if not fetch.distinct and not any(output.column is root_key for output in outputs):
        outputs.append(Output(root_key.name, root_key, len(parts), None))
        parts.append(f"a.{root_key.name}")
    if not outputs:
        raise fetch_error("A distinct query needs at least one attribute.")
    return parts, outputs


def _asked(sources: Sources, source: Source) -> list[tuple[str, Place]]:
    root = source is sources.root
    found: dict[str, Place] = {}
    unnamed = root and not source.asked.attributes and not source.asked.no_attributes
    if source.asked.all_attributes or unnamed:
        for column in source.table.columns:
            found[_name(source, column, None, root=root)] = sources.place(source, column.name)
    for attribute in source.asked.attributes:
        place = sources.place(source, attribute.name)
        if attribute.count_children:
            place = _children(place)
        found[_name(source, place.column, attribute.alias, root=root)] = place
    return list(found.items())


@dataclass(frozen=True)
class _Counted(Place):
    """A number that the database counts for each row, in place of a column."""

    expression: str = ""

    @property
    def shown(self) -> str:
        return self.expression


def _children(place: Place) -> Place:
    """How many rows are directly below this one. Source: fetchxml/aggregate-data.md, "Row aggregate"."""
    if place.column.name != place.table.key:
        raise fetch_error("A row aggregate counts by the primary key of its table.")
    step = hierarchy_step(place.table)
    counted = f"(SELECT count(*) FROM {place.table.sql} below WHERE below.{step} = {place.alias}.{place.table.key})"
    column = replace(place.column, kind=Kind.INTEGER)
    return _Counted(column, place.table, place.alias, place.language, counted)


def _name(source: Source, column: Column, alias: str | None, *, root: bool) -> str:
    if alias is not None:
        return alias
    if root:
        return column.wire
    return f"{source.label}.{column.name}" if source.declared else f"{source.label}_x002e_{column.name}"


def _sortings(sources: Sources, fetch: Fetch) -> tuple[tuple[Sorting, ...], bool]:
    """What to sort by, and whether all of it belongs to the root table, so that a cookie can continue it."""
    found: list[Sorting] = []
    own = True
    for source in sources.all:
        for order in source.asked.orders:
            place = _order_place(sources, source, order)
            own = own and place.alias == "a"
            found.append(Sorting(place.compared, order.descending))
    table = sources.root.table
    few = not found and any(
        condition.operator == "not-null" and condition.attribute in table.table.sparse and condition.entity is None
        for part in fetch.root.filters
        if not part.either
        for condition in part.conditions
    )
    last = Sorting(entry_order(table, few=few), bool(found) and found[-1].descending)
    return (*found, last), own


def _order_place(sources: Sources, source: Source, order: FetchOrder) -> Place:
    target = sources.labelled(order.entity, source)
    if order.attribute is not None:
        return sources.place(target, order.attribute)
    for attribute in target.asked.attributes:
        if attribute.alias == order.alias:
            return sources.place(target, attribute.name)
    raise fetch_error(f"The alias '{order.alias}' of an order does not exist.")


def _order_clause(fetch: Fetch, sortings: Sequence[Sorting]) -> str:
    if not fetch.distinct:
        return f" {order_by(sortings)}"
    return f" {order_by(sortings[:-1])}" if len(sortings) > 1 else ""


def _total(session: Session, source: str, where: str, values: Sequence[Any]) -> int:
    found = session.estate.db.value(
        f"SELECT count(*) FROM (SELECT 1 FROM {source}{where} LIMIT ?)", (*values, COUNT_LIMIT + 1)
    )
    return int(found)


def _shown(
    session: Session, outputs: Sequence[Output], rows: Sequence[sqlite3.Row], preferences: Preferences, *,
    with_etag: bool,
) -> list[Wire]:  # fmt: skip
    names = _names(session, outputs, rows) if preferences.wants(FORMATTED) else {}
    return [_row(session, outputs, row, preferences, names, with_etag=with_etag) for row in rows]


def _row(
    session: Session, outputs: Sequence[Output], row: sqlite3.Row, preferences: Preferences,
    names: dict[tuple[str, str], str], *, with_etag: bool,
) -> Wire:  # fmt: skip
    shown: Wire = {"@odata.etag": row[0]} if with_etag else {}
    for output in outputs:
        value = row[output.index]
        if value is None:
            continue
        if preferences.annotations:
            shown.update(_annotations(session, output, row, value, preferences, names))
        shown[output.name] = bool(value) if output.column.kind is Kind.BOOLEAN else value
    return shown


def _annotations(
    session: Session, output: Output, row: sqlite3.Row, value: Any, preferences: Preferences,
    names: dict[tuple[str, str], str],
) -> Wire:  # fmt: skip
    found: Wire = {}
    if output.column.kind not in LOOKUPS:
        text = formatted(output.column, value, session.user.language) if preferences.wants(FORMATTED) else None
        return {} if text is None else {f"{output.name}@{FORMATTED}": text}
    table = target(output, row)
    if preferences.wants(NAVIGATION):
        found[f"{output.name}@{NAVIGATION}"] = navigation_of(output.column, table)
    if preferences.wants(LOGICAL_NAME):
        found[f"{output.name}@{LOGICAL_NAME}"] = table
    if preferences.wants(FORMATTED) and (table, value) in names:
        found[f"{output.name}@{FORMATTED}"] = names[table, value]
    return found


def target(output: Output, row: sqlite3.Row) -> str:
    return str(row[output.kind_index]) if output.kind_index is not None else output.column.targets[0].table


def _names(session: Session, outputs: Sequence[Output], rows: Sequence[sqlite3.Row]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for output in outputs:
        if output.column.kind in LOOKUPS:
            for row in rows:
                if row[output.index] is not None:
                    wanted.setdefault(target(output, row), set()).add(row[output.index])
    return lookup_names(session.estate, session.model, wanted)
