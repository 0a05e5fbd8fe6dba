"""What a condition says about one column: the operators of FetchXML, to which OData's functions map.

Negative operators count rows without a value in, as the service does.
Source: fetchxml/reference/operators.md; filter-rows.md, "Dataverse query functions".
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from liaison.tenant.dataverse.errors import invalid_argument, query_error
from liaison.tenant.dataverse.sql import patterns
from liaison.tenant.dataverse.sql.scope import Place, Scope
from liaison.tenant.dataverse.sql.spans import Span, fiscal_span, named_span
from liaison.tenant.dataverse.sql.values import from_text, read_moment, stored_moment
from liaison.tenant.estate.crm.columns import LOOKUPS, TEXTS, Kind
from liaison.tenant.estate.crm.fold import fold
from liaison.tenant.estate.crm.model import TableModel, search_name
from liaison.tenant.estate.crm.rights import Clause

_COMPARED = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_OPPOSITES = {"eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "ge": "lt", "lt": "ge"}
_TRIGRAM = 3
_MANY = 2_000
_FAR = datetime.max.replace(tzinfo=UTC)

Operator = Callable[[Scope, Place, Sequence[str]], Clause]


def operate(scope: Scope, operator: str, place: Place, values: Sequence[str]) -> Clause:
    """The condition of an operator with its values as text. Raises 400 for an operator that doesn't exist."""
    # Both spellings are in use.
    operator = operator.replace("older-than-x-", "olderthan-x-")
    found = _OPERATORS.get(operator)
    if found is not None:
        return found(scope, place, values)
    span = _span(scope, operator, values)
    if span is None:
        raise query_error(f"The condition operator '{operator}' is not supported.")
    scope.timed = True
    return within(place, span)


def compare(place: Place, operator: str, value: Any) -> Clause:
    """One comparison with a value already read for the column; None is null."""
    expression = place.compared
    if value is None:
        if operator == "eq":
            return Clause(f"{place.shown} IS NULL")
        if operator == "ne":
            return Clause(f"{place.shown} IS NOT NULL")
        return Clause("0")
    bound = fold(value) if place.folded and isinstance(value, str) else value
    if operator == "ne":
        return Clause(f"({expression} <> ? OR {expression} IS NULL)", (bound,))
    return Clause(f"{expression} {_COMPARED[operator]} ?", (bound,))


def opposite(operator: str) -> str:
    """The comparison that holds where this one does not."""
    return _OPPOSITES[operator]


def negated(clause: Clause) -> Clause:
    """Rows for which a condition does not hold, those without a value included."""
    return Clause(f"({clause.sql}) IS NOT TRUE", clause.values)


def within(place: Place, span: Span) -> Clause:
    start, end = span
    parts: list[str] = []
    values: list[str] = []
    if start is not None:
        parts.append(f"{place.shown} >= ?")
        values.append(stored_moment(place.column, start))
    if end is not None:
        # What reaches until now includes this second, and on day columns this day.
        until_now = start is not None and end.time().replace(microsecond=0) != time.min
        sign = "<=" if until_now else "<"
        parts.append(f"{place.shown} {sign} ?")
        values.append(stored_moment(place.column, end))
    return Clause(f"({' AND '.join(parts)})", tuple(values))


def _span(scope: Scope, operator: str, values: Sequence[str]) -> Span | None:
    count: int | None = None
    if "-x-" in operator:
        text = values[0].strip() if values else ""
        if not text.isdecimal() or not 0 < int(text) < 1_000_000:
            raise invalid_argument(f"The value '{text}' of the operator '{operator}' must be a positive whole number.")
        count = int(text)
    return named_span(operator, scope.now, count)


def _value(place: Place, text: str) -> Any:
    found = from_text(place.column, text)
    if found is None:
        raise invalid_argument(
            f"The value '{text}' is not valid for column '{place.column.name}' of type {place.column.kind.value}."
        )
    return found


def _one(values: Sequence[str], operator: str) -> str:
    if len(values) != 1:
        raise query_error(f"The condition operator '{operator}' expects one value and got {len(values)}.")
    return values[0]


def _comparison(operator: str) -> Operator:
    return lambda _, place, values: compare(place, operator, _value(place, _one(values, operator)))


def _listed(positive: bool) -> Operator:
    def write(_: Scope, place: Place, values: Sequence[str]) -> Clause:
        bound = tuple(fold(text) if place.folded else _value(place, text) for text in values)
        marks = ", ".join("?" * len(bound))
        if positive:
            return Clause(f"{place.compared} IN ({marks})", bound)
        return Clause(f"({place.compared} NOT IN ({marks}) OR {place.compared} IS NULL)", bound)

    return write


def _between(positive: bool) -> Operator:
    def write(_: Scope, place: Place, values: Sequence[str]) -> Clause:
        if len(values) != 2:
            raise query_error(f"The condition operator 'between' expects two values and got {len(values)}.")
        low, high = (fold(text) if place.folded else _value(place, text) for text in values)
        clause = Clause(f"{place.compared} BETWEEN ? AND ?", (low, high))
        return clause if positive else negated(clause)

    return write


def _searched(search: Callable[[str, bool, str], Clause], positive: bool) -> Operator:
    def write(_: Scope, place: Place, values: Sequence[str]) -> Clause:
        text = _one(values, "like")
        if place.column.kind not in TEXTS:
            # The service searches in the text of any value.
            clause = search(f"CAST({place.shown} AS TEXT)", False, text)
        else:
            clause = search(place.compared, place.folded, text)
        return clause if positive else negated(clause)

    return write


def _contains(scope: Scope, place: Place, values: Sequence[str]) -> Clause:
    """A part of a text; where few rows hold it, the search index names them."""
    text = _one(values, "contains")
    if place.column.searched and place.folded and scope.ask is not None and patterns.is_plain(text):
        found = _by_index(scope.ask, place, fold(text))
        if found is not None:
            return found
    return _searched(patterns.contains, True)(scope, place, values)


def _by_index(ask: Callable[[str, tuple[str, ...]], Any], place: Place, text: str) -> Clause | None:
    """None where the text is too short for the index, or so frequent that walking the table is quicker."""
    if len(text) < _TRIGRAM or "\x00" in text:
        return None
    index = search_name(place.table.environment, place.table.name)
    phrase = '"' + text.replace('"', '""') + '"'
    matching = f"SELECT rowid FROM {index} WHERE {index} MATCH ?"
    if ask(f"SELECT count(*) FROM ({matching} LIMIT {_MANY})", (phrase,)) >= _MANY:
        return None
    return Clause(f"{place.alias}.rowid IN ({matching})", (phrase,))


def _like(scope: Scope, place: Place, values: Sequence[str]) -> Clause:
    """A pattern; one that only asks for a part or a beginning is written as that."""
    pattern = _one(values, "like")
    inner = pattern.strip("%")
    if place.column.kind in TEXTS and inner and patterns.is_plain(inner):
        if pattern == f"%{inner}%":
            return _contains(scope, place, [inner])
        if pattern == f"{inner}%":
            return patterns.starts_with(place.compared, place.folded, inner)
    return _searched(patterns.like, True)(scope, place, values)


def _null(positive: bool) -> Operator:
    return lambda _, place, __: Clause(f"{place.shown} IS {'' if positive else 'NOT '}NULL")


def _same(choose: Callable[[Scope], tuple[str, ...]], positive: bool) -> Operator:
    def write(scope: Scope, place: Place, _: Sequence[str]) -> Clause:
        if place.column.kind not in LOOKUPS and place.column.kind is not Kind.GUID:
            raise query_error(f"The column '{place.column.name}' cannot be compared with a user or business unit.")
        chosen = choose(scope)
        sign = "IN" if positive else "NOT IN"
        clause = Clause(f"{place.compared} {sign} ({', '.join('?' * len(chosen))})", chosen)
        return clause if positive else Clause(f"({clause.sql} OR {place.compared} IS NULL)", clause.values)

    return write


def _on(kind: str) -> Operator:
    def write(_: Scope, place: Place, values: Sequence[str]) -> Clause:
        moment = read_moment(_one(values, kind))
        if moment is None:
            raise invalid_argument(f"The value '{values[0]}' is not a date.")
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        next_day = _FAR if day.date() == _FAR.date() else day + timedelta(days=1)
        spans: dict[str, Span] = {
            "on": (day, next_day),
            "on-or-before": (None, next_day),
            "on-or-after": (day, None),
            "not-on": (day, next_day),
        }
        clause = within(place, spans[kind])
        return negated(clause) if kind == "not-on" else clause

    return write


def _fiscal_year(_: Scope, place: Place, values: Sequence[str]) -> Clause:
    (year,) = _fiscal_numbers(values, 1)
    return within(place, _fiscal_span(year, None, values))


def _fiscal_period(_: Scope, place: Place, values: Sequence[str]) -> Clause:
    """One quarter of any year."""
    (period,) = _fiscal_numbers(values, 1)
    return Clause(f"(CAST(strftime('%m', {place.shown}) AS INTEGER) + 2) / 3 = ?", (period,))


def _fiscal_period_and_year(side: str) -> Operator:
    """A quarter of a year, and what lies after or before it."""

    def write(_: Scope, place: Place, values: Sequence[str]) -> Clause:
        period, year = _fiscal_numbers(values, 2)
        start, end = _fiscal_span(year, period, values)
        return within(place, {"in": (start, end), "after": (start, None), "before": (None, end)}[side])

    return write


def _fiscal_numbers(values: Sequence[str], count: int) -> list[int]:
    found = [int(text) for text in values if text.strip().isdecimal() and len(text) < 10]
    if len(found) != count or len(values) != count:
        raise invalid_argument(f"The values {list(values)} do not name a fiscal span.")
    return found


def _fiscal_span(year: int, period: int | None, values: Sequence[str]) -> Span:
    try:
        return fiscal_span(year, period)
    except ValueError as error:
        raise invalid_argument(f"The values {list(values)} do not name a fiscal span.") from error


def _hierarchy(scope: Scope, place: Place, values: Sequence[str], *, up: bool, itself: bool) -> Clause:
    """Rows above or below one in the table's own hierarchy.

    Source: query-hierarchical-data.md.
    """
    root = _value(place, _one(values, "under"))
    step = hierarchy_step(place.table)
    key, table = place.table.key, place.table.sql
    if up:
        walk = f"SELECT t.{step} FROM {table} t JOIN walk ON t.{key} = walk.id WHERE t.{step} IS NOT NULL"
    else:
        walk = f"SELECT t.{key} FROM {table} t JOIN walk ON t.{step} = walk.id"
    without = "" if itself else " WHERE id <> ?"
    bound = (root,) if itself else (root, root)
    return Clause(
        f"{place.shown} IN (WITH RECURSIVE walk (id) AS (SELECT ? UNION {walk}) SELECT id FROM walk{without})", bound
    )


def hierarchy_step(table: TableModel) -> str:
    """The lookup that makes a table a hierarchy: one to the table itself that names a parent."""
    for column in table.columns:
        if len(column.targets) == 1 and column.targets[0].table == table.name and column.name.startswith("parent"):
            return column.name
    raise query_error(f"The table '{table.name}' has no hierarchy.")


def _hierarchic(*, up: bool, itself: bool, positive: bool = True) -> Operator:
    def write(scope: Scope, place: Place, values: Sequence[str]) -> Clause:
        clause = _hierarchy(scope, place, values, up=up, itself=itself)
        return clause if positive else negated(clause)

    return write


def _user(scope: Scope) -> tuple[str, ...]:
    return (scope.user.id,)


def _user_language(scope: Scope, place: Place, _: Sequence[str]) -> Clause:
    return compare(place, "eq", scope.user.language)


def _unit(scope: Scope) -> tuple[str, ...]:
    return (scope.user.business_unit,)


def _teams(scope: Scope) -> tuple[str, ...]:
    return scope.user.teams


def _user_and_teams(scope: Scope) -> tuple[str, ...]:
    return scope.user.owners


_OPERATORS: dict[str, Operator] = {
    **{name: _comparison(name) for name in ("eq", "ne", "gt", "ge", "lt", "le")},
    "neq": _comparison("ne"),
    "in": _listed(True),
    "not-in": _listed(False),
    "between": _between(True),
    "not-between": _between(False),
    "null": _null(True),
    "not-null": _null(False),
    "like": _like,
    "not-like": _searched(patterns.like, False),
    "contains": _contains,
    "not-contains": _searched(patterns.contains, False),
    "begins-with": _searched(patterns.starts_with, True),
    "not-begin-with": _searched(patterns.starts_with, False),
    "ends-with": _searched(patterns.ends_with, True),
    "not-end-with": _searched(patterns.ends_with, False),
    "eq-userid": _same(_user, True),
    "ne-userid": _same(_user, False),
    "eq-businessid": _same(_unit, True),
    "ne-businessid": _same(_unit, False),
    "eq-userteams": _same(_teams, True),
    "eq-useroruserteams": _same(_user_and_teams, True),
    "eq-useroruserhierarchy": _same(_user, True),
    "eq-useroruserhierarchyandteams": _same(_user_and_teams, True),
    "eq-userlanguage": _user_language,
    "on": _on("on"),
    "not-on": _on("not-on"),
    "on-or-before": _on("on-or-before"),
    "on-or-after": _on("on-or-after"),
    "in-fiscal-year": _fiscal_year,
    "in-fiscal-period": _fiscal_period,
    "in-fiscal-period-and-year": _fiscal_period_and_year("in"),
    "in-or-after-fiscal-period-and-year": _fiscal_period_and_year("after"),
    "in-or-before-fiscal-period-and-year": _fiscal_period_and_year("before"),
    "above": _hierarchic(up=True, itself=False),
    "eq-or-above": _hierarchic(up=True, itself=True),
    "under": _hierarchic(up=False, itself=False),
    "eq-or-under": _hierarchic(up=False, itself=True),
    "not-under": _hierarchic(up=False, itself=True, positive=False),
    "contain-values": _listed(True),
    "not-contain-values": _listed(False),
}
