"""Aggregates: groups and sums, for FetchXML and for `$apply`.

Source: fetchxml/aggregate-data.md; query/aggregate-data.md. At most 50,000 rows are aggregated.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.fetchxml.query import Attribute, Fetch
from liaison.tenant.dataverse.fetchxml.reader import fetch_error
from liaison.tenant.dataverse.fetchxml.sources import Sources, build_sources
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Preferences
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.formatted import FORMATTED, formatted, number_text
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.dataverse.sql.shape import Wire
from liaison.tenant.estate.crm.columns import CHOICES, NUMBERS, Column, Kind

AGGREGATE_LIMIT = 50_000

_GROUPINGS = {
    "day": "CAST(strftime('%d', {0}) AS INTEGER)",
    "week": "CAST(strftime('%W', {0}) AS INTEGER) + 1",
    "month": "CAST(strftime('%m', {0}) AS INTEGER)",
    "quarter": "(CAST(strftime('%m', {0}) AS INTEGER) + 2) / 3",
    "year": "CAST(strftime('%Y', {0}) AS INTEGER)",
    "fiscal-year": "CAST(strftime('%Y', {0}) AS INTEGER)",
    "fiscal-period": "(CAST(strftime('%m', {0}) AS INTEGER) + 2) / 3",
}

_FISCAL_TEXTS = {"fiscal-period": "Quarter {0}", "fiscal-year": "FY{0}"}


@dataclass(frozen=True)
class Measure:
    """One value of an aggregated row; `group` values also group."""

    name: str
    expression: str
    column: Column | None
    group: bool
    date_part: str | None = None


@dataclass(frozen=True)
class Aggregation:
    """A query that groups: FROM, WHERE and the measures."""

    source: str
    where: str
    values: tuple[Any, ...]
    measures: tuple[Measure, ...]
    order: str
    limit: int
    offset: int = 0
    most_rows: int = AGGREGATE_LIMIT


def run_fetch_aggregate(session: Session, fetch: Fetch, preferences: Preferences) -> list[Wire]:
    """Run a FetchXML query with `aggregate="true"`."""
    scope = Scope(session.model, session.user, session.now, session.estate.db.value)
    sources, clauses = build_sources(scope, fetch.root)
    measures = tuple(
        _measure(sources.place(source, attribute.name or source.table.key), attribute)
        for source in sources.all
        for attribute in source.asked.attributes
    )
    if not measures:
        raise fetch_error("An aggregate query needs at least one attribute.")
    where = f" WHERE {' AND '.join(clause.sql for clause in clauses)}" if clauses else ""
    limit = fetch.top or fetch.count or LARGEST_PAGE
    aggregation = Aggregation(
        " ".join(sources.text), where, (*sources.values, *(value for clause in clauses for value in clause.values)),
        measures, _order(sources, measures), limit, (fetch.page - 1) * limit,
        min(fetch.aggregate_limit or AGGREGATE_LIMIT, AGGREGATE_LIMIT),
    )  # fmt: skip
    return run_aggregation(session, aggregation, preferences)


def run_aggregation(session: Session, asked: Aggregation, preferences: Preferences) -> list[Wire]:
    """Run groups and sums. Raises AggregateQueryRecordLimit above the limit of the service."""
    _check_limit(session, asked)
    names = ", ".join(f'{measure.expression} AS "{index}"' for index, measure in enumerate(asked.measures))
    groups = [measure.expression for measure in asked.measures if measure.group]
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    rows = session.estate.db.rows(
        f"SELECT {names} FROM {asked.source}{asked.where}{grouped}{asked.order} LIMIT ? OFFSET ?",
        (*asked.values, asked.limit, asked.offset),
    )
    return [_row(session, asked.measures, row, preferences) for row in rows]


def _check_limit(session: Session, asked: Aggregation) -> None:
    found = session.estate.db.value(
        f"SELECT count(*) FROM (SELECT 1 FROM {asked.source}{asked.where} LIMIT ?)",
        (*asked.values, asked.most_rows + 1),
    )
    if found > asked.most_rows:
        raise DataverseError(
            400,
            "0x8004E023",
            f"AggregateQueryRecordLimit exceeded. Cannot perform this operation. The limit is {asked.most_rows} rows.",
        )


def _measure(place: Place, attribute: Attribute) -> Measure:
    if attribute.alias is None:
        raise fetch_error(f"The attribute '{attribute.name}' of an aggregate query needs an alias.")
    if attribute.group:
        return group_measure(attribute.alias, place, attribute.date_grouping)
    if attribute.aggregate is None:
        raise fetch_error(f"The attribute '{attribute.name}' must be aggregated or grouped.")
    return measure(attribute.alias, place, attribute.aggregate, distinct=attribute.distinct)


def group_measure(name: str, place: Place, date_grouping: str | None = None) -> Measure:
    if date_grouping is None:
        return Measure(name, place.shown, place.column, True)
    pattern = _GROUPINGS.get(date_grouping)
    if pattern is None or place.column.kind is not Kind.MOMENT:
        raise fetch_error(f"The grouping '{date_grouping}' cannot be used with '{place.column.name}'.")
    return Measure(name, pattern.format(place.shown), place.column, True, date_part=date_grouping)


def measure(name: str, place: Place, function: str, *, distinct: bool = False) -> Measure:
    """An aggregate of a column. Raises 400 when the column is nothing to compute with."""
    mark = "DISTINCT " if distinct else ""
    if function == "count":
        return Measure(name, "count(*)", None, False)
    if function == "countcolumn":
        return Measure(name, f"count({mark}{place.compared})", None, False)
    if function in ("sum", "avg") and place.column.kind not in NUMBERS:
        raise DataverseError(
            400, "0x80041103", f"The column '{place.column.name}' cannot be aggregated with {function}."
        )
    return Measure(name, f"{function}({mark}{place.shown})", place.column, False)


def _order(sources: Sources, measures: Sequence[Measure]) -> str:
    by_name = {found.name: found for found in measures}
    parts: list[str] = []
    for source in sources.all:
        for order in source.asked.orders:
            found = by_name.get(order.alias or "")
            if found is None:
                raise fetch_error("An order of an aggregate query must name the alias of an attribute.")
            parts.append(f"{found.expression} {'DESC' if order.descending else 'ASC'}")
    return f" ORDER BY {', '.join(parts)}" if parts else ""


def _row(session: Session, measures: Sequence[Measure], row: Sequence[Any], preferences: Preferences) -> Wire:
    shown: Wire = {}
    for found, value in zip(measures, row, strict=True):
        if value is None and found.group:
            continue
        text = _text(session, found, value) if preferences.wants(FORMATTED) and value is not None else None
        if text is not None:
            shown[f"{found.name}@{FORMATTED}"] = text
        is_flag = found.column is not None and found.column.kind is Kind.BOOLEAN
        shown[found.name] = bool(value) if is_flag and value is not None else value
    return shown


def _text(session: Session, found: Measure, value: Any) -> str | None:
    if found.date_part in _FISCAL_TEXTS:
        return _FISCAL_TEXTS[found.date_part].format(value)
    if found.column is None or found.date_part is not None:
        return number_text(float(value), 0, session.user.language)
    if found.group and found.column.kind not in CHOICES and found.column.kind is not Kind.BOOLEAN:
        return None
    return formatted(found.column, value, session.user.language)
