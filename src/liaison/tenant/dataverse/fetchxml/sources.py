"""The tables of a FetchXML query: aliases, joins, conditions."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.fetchxml.query import Condition, FetchFilter, FetchLink, FetchTable
from liaison.tenant.dataverse.fetchxml.reader import fetch_error
from liaison.tenant.dataverse.sql.operators import operate
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.estate.crm.model import Model, TableModel
from liaison.tenant.estate.crm.rights import Clause
from liaison.tenant.estate.crm.tables import Flag

_COLUMN_SIGNS = {"eq": "=", "ne": "<>", "neq": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_JOINED = frozenset({"inner", "outer", "matchfirstrowusingcrossapply"})


@dataclass(frozen=True)
class Source:
    """One table in FROM: `alias` names it in SQL, `label` names its columns in the answer.

    `declared` tells whether the client chose the label.
    """

    table: TableModel
    alias: str
    label: str
    declared: bool
    asked: FetchTable


@dataclass
class Sources:
    """All tables of a query, the joins that tie them, and the conditions outside the joins."""

    scope: Scope
    model: Model
    all: list[Source] = field(default_factory=list)
    labels: dict[str, Source] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    multiplies: bool = False

    @property
    def root(self) -> Source:
        return self.all[0]

    def place(self, source: Source, name: str) -> Place:
        column = source.table.by_name.get(name)
        if column is None:
            raise unknown_attribute(source.table, name)
        return Place(column, source.table, source.alias, self.scope.user.language)

    def labelled(self, label: str | None, otherwise: Source) -> Source:
        if label is None:
            return otherwise
        found = self.labels.get(label)
        if found is None:
            raise fetch_error(f"The linked table '{label}' named in the query does not exist in it.", "0x80041102")
        return found


def unknown_attribute(table: TableModel, name: str) -> DataverseError:
    return fetch_error(
        f"'{table.name}' entity doesn't contain attribute with Name = '{name}' and NameMapping = 'Logical'.",
        "0x80041103",
    )


def table_named(model: Model, name: str) -> TableModel:
    table = model.tables.get(name)
    if table is None:
        raise fetch_error(
            f"The entity with a name = '{name}' with namemapping = 'Logical' was not found in the MetadataCache.",
            "0x80041102",
        )
    return table


def build_sources(scope: Scope, root: FetchTable) -> tuple[Sources, list[Clause]]:
    """FROM with its joins, and the conditions of WHERE. Raises for unknown names and missing privileges."""
    table = table_named(scope.model, root.name)
    sources = Sources(scope, scope.model)
    first = Source(table, "a", root.name, False, root)
    sources.all.append(first)
    sources.text.append(f"{table.sql} a")
    seen = scope.readable(table, "a")
    clauses = [seen] if seen.sql else []
    later: list[tuple[Source, FetchLink]] = []
    _join_all(sources, first, root.links, later)
    clauses.extend(write_filters(sources, first, root.filters))
    clauses.extend(_exists(sources, source, link) for source, link in later)
    return sources, clauses


def _join_all(
    sources: Sources, parent: Source, links: Iterable[FetchLink], later: list[tuple[Source, FetchLink]]
) -> None:
    for link in links:
        if link.kind in _JOINED:
            _join(sources, parent, link, later)
        else:
            later.append((parent, link))


def _join(sources: Sources, parent: Source, link: FetchLink, later: list[tuple[Source, FetchLink]]) -> None:
    source, condition = _linked(sources, parent, link)
    sources.text.append(f"{'LEFT JOIN' if link.kind == 'outer' else 'JOIN'} {source.table.sql} {source.alias}")
    position = len(sources.text) - 1
    if link.kind == "matchfirstrowusingcrossapply":
        parts = [_first_match(sources, parent, source, link)]
    else:
        parts = [condition, *write_filters(sources, source, link.table.filters)]
    text = " AND ".join(part.sql for part in parts)
    sources.text[position] += f" ON {text}"
    sources.values.extend(value for part in parts for value in part.values)
    _join_all(sources, source, link.table.links, later)


def _first_match(sources: Sources, parent: Source, source: Source, link: FetchLink) -> Clause:
    """The first row that matches and no other. Source: fetchxml/reference/link-entity.md, "link-type options"."""
    near, far = sources.place(parent, link.near), sources.place(source, link.far)
    inner = replace(source, alias=sources.scope.new_alias())
    parts = write_filters(sources, inner, link.table.filters)
    seen = sources.scope.readable(source.table, inner.alias)
    parts = [*parts, seen] if seen.sql else parts
    text = " AND ".join([f"{inner.alias}.{far.column.name} = {parent.alias}.{near.column.name}",
                         *(part.sql for part in parts)])  # fmt: skip
    key = source.table.key
    return Clause(
        f"{source.alias}.{key} = (SELECT {inner.alias}.{key} FROM {source.table.sql} {inner.alias} WHERE {text}"
        f" ORDER BY {inner.alias}.{source.table.row_order} LIMIT 1)",
        tuple(value for part in parts for value in part.values),
    )


def _linked(sources: Sources, parent: Source, link: FetchLink) -> tuple[Source, Clause]:
    """The linked table and the condition that ties it, its readable rows included."""
    table = table_named(sources.model, link.table.name)
    if table.table.has(Flag.VIRTUAL):
        raise fetch_error(f"The table '{table.name}' cannot be linked.")
    alias = sources.scope.new_alias()
    label = link.alias or f"{table.name}{len(sources.all)}"
    if label in sources.labels:
        raise fetch_error(f"The alias '{label}' is used twice.")
    source = Source(table, alias, label, link.alias is not None, link.table)
    sources.all.append(source)
    sources.labels[label] = source
    near, far = sources.place(parent, link.near), sources.place(source, link.far)
    if far.column.name != table.key:
        sources.multiplies = True
    tie = Clause(f"{alias}.{far.column.name} = {parent.alias}.{near.column.name}")
    seen = Clause("") if table.table.has(Flag.INTERSECT) else sources.scope.readable(table, alias)
    if not seen.sql:
        return source, tie
    return source, Clause(f"{tie.sql} AND {seen.sql}", seen.values)


def _exists(sources: Sources, parent: Source, link: FetchLink) -> Clause:
    """Links that only filter: `any`, `all`, `exists`, `in` and their negations.

    `all` follows the service: there are linked rows, and none of them fails the conditions.
    """
    inner = Sources(sources.scope, sources.model, all=[parent], labels=dict(sources.labels))
    source, tie = _linked(inner, parent, link)
    later: list[tuple[Source, FetchLink]] = []
    own = write_filters(inner, source, link.table.filters)
    _join_all(inner, source, link.table.links, later)
    own.extend(_exists(inner, found, below) for found, below in later)
    joins = " ".join(inner.text)
    base = f"SELECT 1 FROM {source.table.sql} {source.alias} {joins} WHERE {tie.sql}"
    base_values = (*inner.values, *tie.values)
    own_sql = " AND ".join(part.sql for part in own) or "1"
    own_values = tuple(value for part in own for value in part.values)
    if link.kind in ("all", "not all"):
        failing = f"EXISTS ({base} AND ({own_sql}) IS NOT TRUE)"
        present = f"EXISTS ({base})"
        if link.kind == "not all":
            return Clause(f"({present} AND {failing})", (*base_values, *base_values, *own_values))
        return Clause(f"({present} AND NOT {failing})", (*base_values, *base_values, *own_values))
    sign = "NOT " if link.kind == "not any" else ""
    return Clause(f"{sign}EXISTS ({base} AND {own_sql})", (*base_values, *own_values))


def write_filters(sources: Sources, source: Source, filters: Iterable[FetchFilter]) -> list[Clause]:
    found = (_filter(sources, source, part) for part in filters)
    return [clause for clause in found if clause.sql]


def _filter(sources: Sources, source: Source, part: FetchFilter) -> Clause:
    parts = [_condition(sources, source, condition) for condition in part.conditions]
    parts.extend(write_filters(sources, source, part.filters))
    parts.extend(_exists(sources, source, link) for link in part.links)
    if not parts:
        return Clause("")
    word = " OR " if part.either else " AND "
    return Clause(f"({word.join(clause.sql for clause in parts)})",
                  tuple(value for clause in parts for value in clause.values))  # fmt: skip


def _condition(sources: Sources, source: Source, condition: Condition) -> Clause:
    place = sources.place(sources.labelled(condition.entity, source), condition.attribute)
    if condition.value_of is not None:
        return _columns(sources, source, place, condition)
    return operate(sources.scope, condition.operator, place, condition.values)


def _columns(sources: Sources, source: Source, place: Place, condition: Condition) -> Clause:
    sign = _COLUMN_SIGNS.get(condition.operator)
    if sign is None:
        raise fetch_error(f"The operator '{condition.operator}' cannot compare two columns.")
    label, dot, name = (condition.value_of or "").rpartition(".")
    other = sources.place(sources.labelled(label if dot else None, source), name)
    if place.folded and other.folded:
        return Clause(f"{place.compared} {sign} {other.compared}")
    return Clause(f"{place.shown} {sign} {other.shown}")
