"""`$expand`: related rows put into their parents, one query for each navigation property and level.

With one level, collections come whole (up to 5,000) beside a next link without token; with nested levels the page
size counts for every collection, and `$top` and `$orderby` are errors. Source: query/join-tables.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from liaison.tenant.dataverse.errors import query_error, query_too_heavy, unknown_property
from liaison.tenant.dataverse.limits import MOST_EXPANDED_ROWS, MOST_NESTED_VALUES
from liaison.tenant.dataverse.odata.options import Expansion, QueryOptions
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Preferences
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.conditions import ConditionWriter, collection_source
from liaison.tenant.dataverse.sql.formatted import annotate
from liaison.tenant.dataverse.sql.ordering import order_by, write_cookie
from liaison.tenant.dataverse.sql.query import COUNT_LIMIT, plan_order, read_some
from liaison.tenant.dataverse.sql.scope import Scope
from liaison.tenant.dataverse.sql.shape import Shape, Wire, build_shape
from liaison.tenant.estate.crm.columns import Kind, type_name
from liaison.tenant.estate.crm.model import ByIntersect, Collection, Single, TableModel

# Source: join-tables.md, "Nested $expand on collection-valued navigation properties".
_ONLY_SELECT_AND_FILTER = (
    "Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested"
    " one-to-many relationship."
)


@dataclass
class Expanding:
    """What all levels of one `$expand` share; `values` counts what nested levels have read."""

    session: Session
    preferences: Preferences
    nested: bool
    aliases: Mapping[str, Any]
    sizes: dict[int, int]
    """How many rows hang on a row shown, itself included, by its identity."""

    values: int = 0

    def note(self, shape: Shape, rows: Sequence[sqlite3.Row]) -> None:
        """Count what a nested level has read. Raises QueryThrottling above the most values of one answer, which
        levels that lead back to where they began soon reach."""
        self.values += len(rows) * len(shape.names) if self.nested else 0
        if self.values > MOST_NESTED_VALUES:
            raise query_too_heavy()

    def attach(self, parent: Wire, child: Wire) -> None:
        """Count a child to its parent, before the same child is written out many times.

        Raises QueryThrottling above the most rows of one answer.
        """
        size = self.size(parent) + self.size(child)
        self.sizes[id(parent)] = size
        if size > MOST_EXPANDED_ROWS:
            raise query_too_heavy()

    def size(self, row: Wire) -> int:
        return self.sizes.get(id(row), 1)

    def scope(self) -> Scope:
        return Scope(self.session.model, self.session.user, self.session.now)

    @property
    def page_size(self) -> int:
        return (self.preferences.page_size or LARGEST_PAGE) if self.nested else LARGEST_PAGE


def expand_rows(
    session: Session, shape: Shape, rows: Sequence[sqlite3.Row], shown: Sequence[Wire], options: QueryOptions,
    preferences: Preferences,
) -> None:  # fmt: skip
    """Put the expanded rows into `shown`, the wire form of `rows`."""
    nested = any(expansion.expand for expansion in options.expand)
    work = Expanding(session, preferences, nested, dict(options.aliases), {})
    _expand(work, shape, rows, shown, options.expand)
    if sum(map(work.size, shown)) > MOST_EXPANDED_ROWS:
        raise query_too_heavy()


def check_expansions(model_table: TableModel, expansions: Sequence[Expansion], *, nested: bool) -> None:
    """Refuse what the service refuses, before any row is read."""
    for expansion in expansions:
        collection = model_table.collections.get(expansion.navigation)
        if expansion.navigation not in model_table.singles and collection is None:
            raise unknown_property(expansion.navigation, model_table.name)
        if collection is None and (expansion.order or expansion.top is not None):
            raise query_error(_ONLY_SELECT_AND_FILTER)
        if expansion.reference and collection is not None:
            raise query_error("Expand with $ref is only supported on lookup type navigation property.")
        if nested and collection is not None:
            if isinstance(collection, ByIntersect):
                raise query_error("Nested expand is not supported with many-to-many relationships.")
            if expansion.top is not None or expansion.order:
                raise query_error(_ONLY_SELECT_AND_FILTER)


def _expand(
    work: Expanding, shape: Shape, rows: Sequence[sqlite3.Row], shown: Sequence[Wire],
    expansions: Sequence[Expansion],
) -> None:  # fmt: skip
    check_expansions(shape.table, expansions, nested=work.nested)
    for expansion in expansions:
        single = shape.table.singles.get(expansion.navigation)
        if single is not None:
            _expand_single(work, shape, rows, shown, expansion, single)
        else:
            _expand_collection(work, shape, rows, shown, expansion, shape.table.collections[expansion.navigation])


def _expand_single(
    work: Expanding, shape: Shape, rows: Sequence[sqlite3.Row], shown: Sequence[Wire], expansion: Expansion,
    single: Single,
) -> None:  # fmt: skip
    if single.column.kind is Kind.OWNER:
        _expand_owner(shape, rows, shown, expansion, single)
        return
    target = work.session.model.tables[single.target.table]
    wanted = [_points_to(shape, row, single, target) for row in rows]
    ids = sorted({row_id for row_id in wanted if row_id})
    found = _targets(work, target, ids, expansion) if ids else {}
    for row_id, parent in zip(wanted, shown, strict=True):
        if expansion.reference and row_id:
            parent[expansion.navigation] = {"@odata.id": work.session.address(target, row_id)}
        else:
            child = found.get(row_id) if row_id else None
            parent[expansion.navigation] = child
            if child is not None:
                work.attach(parent, child)


def _points_to(shape: Shape, row: sqlite3.Row, single: Single, target: TableModel) -> str | None:
    if single.column.many_targets and shape.stored(row, type_name(single.column)) != target.name:
        return None
    value = shape.stored(row, single.column.name)
    return None if value is None else str(value)


def _targets(work: Expanding, target: TableModel, ids: Sequence[str], expansion: Expansion) -> dict[str, Wire]:
    scope = work.scope()
    shape = build_shape(target, expansion.select, expansion.expand, language=scope.user.language, etag=False)
    condition = None
    if expansion.condition is not None:
        condition = ConditionWriter(scope, target, "a", work.aliases).write(expansion.condition)
    rows = read_some(work.session.estate, scope, shape, ids, condition)
    work.note(shape, rows)
    shown = _shown(work, shape, rows)
    _expand(work, shape, rows, shown, expansion.expand)
    return {str(shape.stored(row, target.key)): wire for row, wire in zip(rows, shown, strict=True)}


def _expand_owner(
    shape: Shape, rows: Sequence[sqlite3.Row], shown: Sequence[Wire], expansion: Expansion, single: Single
) -> None:
    for name in expansion.select:
        if name != "ownerid":
            raise unknown_property(name, "principal")
    for row, parent in zip(rows, shown, strict=True):
        kind = shape.stored(row, type_name(single.column))
        parent[expansion.navigation] = {
            "@odata.type": f"#Microsoft.Dynamics.CRM.{kind}",
            "ownerid": shape.stored(row, single.column.name),
        }


def _expand_collection(
    work: Expanding, shape: Shape, rows: Sequence[sqlite3.Row], shown: Sequence[Wire], expansion: Expansion,
    collection: Collection,
) -> None:  # fmt: skip
    parents = [str(shape.stored(row, shape.table.key)) for row in rows]
    groups = _children(work, shape.table, parents, expansion, collection) if parents else {}
    for parent_id, parent in zip(parents, shown, strict=True):
        children, after, count = groups.get(parent_id, _NO_CHILDREN)
        if expansion.count:
            parent[f"{expansion.navigation}@odata.count"] = min(count, COUNT_LIMIT)
        parent[expansion.navigation] = list(children)
        for child in children:
            work.attach(parent, child)
        link = _next_link(work, shape.table, parent_id, expansion, after)
        if link is not None:
            parent[f"{expansion.navigation}@odata.nextLink"] = link


Children = dict[str, tuple[list[Wire], tuple[Any, ...] | None, int]]
"""By parent: its rows, the sort values after which more follow, and how many there are in all."""
_NO_CHILDREN: tuple[list[Wire], tuple[Any, ...] | None, int] = ([], None, 0)


def _children(
    work: Expanding, parent: TableModel, parents: Sequence[str], expansion: Expansion, collection: Collection
) -> Children:
    """Rows of the collection by parent, each parent's share numbered and cut in the database."""
    scope = work.scope()
    child = work.session.model.tables[collection.table]
    select = expansion.select
    if select and not work.nested and not isinstance(collection, ByIntersect):
        # Source: join-tables.md: rows of a single level come with their way back, those of nested ones without.
        select = (*select, collection.column.wire)
    shape = build_shape(child, select, expansion.expand, language=scope.user.language, etag=not work.nested)
    parent_key = f"l.{collection.near}" if isinstance(collection, ByIntersect) else f"a.{collection.column.name}"
    source, tied = collection_source(collection, child, "a", "p.value", parent.name, "l")
    clauses = [tied]
    values: list[Any] = []
    seen = scope.readable(child, "a")
    if seen.sql:
        clauses.append(seen.sql)
        values.extend(seen.values)
    if expansion.condition is not None:
        inner = ConditionWriter(scope, child, "a", work.aliases).write(expansion.condition)
        clauses.append(inner.sql)
        values.extend(inner.values)
    sortings = plan_order(scope, child, QueryOptions(order=expansion.order))
    keys = ", ".join(f"{sorting.expression} AS k{index}" for index, sorting in enumerate(sortings))
    counted = f"count(*) OVER (PARTITION BY {parent_key})" if expansion.count else "0"
    limit = min(work.page_size, expansion.top) if expansion.top is not None else work.page_size
    listed = "[" + ",".join(f'"{row_id}"' for row_id in parents) + "]"
    rows = work.session.estate.db.rows(
        f"SELECT * FROM (SELECT {shape.select}, {keys}, {counted} AS found, {parent_key} AS parent,"
        f" row_number() OVER (PARTITION BY {parent_key} {order_by(sortings)}) AS place"
        f" FROM json_each(?) p JOIN {source} {' '.join(scope.joins)} WHERE {' AND '.join(clauses)})"
        f" WHERE place <= ? ORDER BY parent, place LIMIT {MOST_EXPANDED_ROWS + 1}",
        (listed, *scope.join_values, *values, limit + 1),
    )
    if len(rows) > MOST_EXPANDED_ROWS:
        raise query_too_heavy()
    work.note(shape, rows)
    return _grouped(work, shape, rows, expansion, limit, len(sortings))


def _grouped(
    work: Expanding, shape: Shape, rows: Sequence[sqlite3.Row], expansion: Expansion, limit: int, sort_keys: int
) -> Children:
    kept = [row for row in rows if row[-1] <= limit]
    shown = _shown(work, shape, kept)
    _expand(work, shape, kept, shown, expansion.expand)
    groups: Children = {}
    for row, wire in zip(kept, shown, strict=True):
        groups.setdefault(str(row[-2]), ([], None, row[-3]))[0].append(wire)
    for row in rows:
        if row[-1] == limit + 1 and expansion.top is None:
            parent = str(row[-2])
            last = next(other for other in reversed(kept) if other[-2] == parent)
            groups[parent] = (groups[parent][0], tuple(last[-3 - sort_keys : -3]), row[-3])
    return groups


def _next_link(
    work: Expanding, parent: TableModel, parent_id: str, expansion: Expansion, after: tuple[Any, ...] | None
) -> str | None:
    """With one level a plain link to the whole collection; with nested levels a link only where rows remain."""
    if work.nested and after is None:
        return None
    address = f"{work.session.address(parent, parent_id)}/{expansion.navigation}"
    query = "&".join(quote(part, safe="$=,()'/ ").replace(" ", "%20") for part in expansion.options.split(";") if part)
    if after is not None:
        token = quote(write_cookie(2, "row", "", "", after), safe="")
        query = f"{query}&$skiptoken={token}" if query else f"$skiptoken={token}"
    return f"{address}?{query}" if query else address


def _shown(work: Expanding, shape: Shape, rows: Sequence[sqlite3.Row]) -> list[Wire]:
    if not work.preferences.annotations:
        return [shape.wire(row) for row in rows]
    session = work.session
    return annotate(session.estate, session.model, shape, rows, work.preferences, session.user.language)
