"""`$apply`: an optional filter, then groups and sums.

Source: query/aggregate-data.md. Supported: `filter(…)/groupby((…),aggregate(…))`, `groupby((…))`, `aggregate(…)`.
"""

from __future__ import annotations

import re

from liaison.tenant.dataverse.errors import query_error
from liaison.tenant.dataverse.fetchxml.aggregates import (
    Aggregation,
    Measure,
    group_measure,
    measure,
    run_aggregation,
)
from liaison.tenant.dataverse.odata.nodes import Expression
from liaison.tenant.dataverse.odata.options import QueryOptions, read_query, split_outside
from liaison.tenant.dataverse.odata.parser import parse_condition
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Exchange
from liaison.tenant.dataverse.responses import Reply, applied, json_reply
from liaison.tenant.dataverse.rows.reading import new_scope
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.query import plan_list
from liaison.tenant.dataverse.sql.scope import Scope
from liaison.tenant.estate.crm.columns import Kind
from liaison.tenant.estate.crm.model import TableModel

_STEP = re.compile(r"\s*(filter|groupby|aggregate|orderby|top)\s*\((.*)\)\s*\Z", re.DOTALL)
_SUM = re.compile(r"\s*([\w/]+)\s+with\s+(sum|min|max|average|countdistinct)\s+as\s+(\w+)\s*\Z")
_COUNT = re.compile(r"\s*\$count\s+as\s+(\w+)\s*\Z")
_FUNCTIONS = {"sum": "sum", "min": "min", "max": "max", "average": "avg", "countdistinct": "countcolumn"}


def answer_apply(session: Session, exchange: Exchange, table: TableModel) -> Reply:
    """200 with the groups; `$orderby` and `$top` name their aliases."""
    options = read_query(exchange.options)
    scope = new_scope(session)
    condition, measures = _read_steps(scope, table, options.apply or "")
    filtered = QueryOptions(condition=condition, aliases=options.aliases)
    plan = plan_list(scope, table, filtered)
    where = f" WHERE {plan.condition}" if plan.condition else ""
    aggregation = Aggregation(
        plan.source, where, (*plan.source_values, *plan.values), tuple(measures), _order(options, measures),
        LARGEST_PAGE if options.top is None else options.top,
    )  # fmt: skip
    rows = run_aggregation(session, aggregation, exchange.preferences)
    context = f"{session.metadata_root}#{table.table.set_name}"
    return json_reply({"@odata.context": context, "value": rows}, headers=applied(exchange.preferences, "annotations"))


def _read_steps(scope: Scope, table: TableModel, text: str) -> tuple[Expression | None, list[Measure]]:
    condition: Expression | None = None
    measures: list[Measure] | None = None
    for part in split_outside(text, "/"):
        match = _STEP.match(part)
        if match is None or measures is not None:
            raise query_error(f"The $apply expression '{text}' is not supported.")
        kind, inside = match[1], match[2]
        if kind == "filter" and condition is None:
            condition = parse_condition(inside)
        elif kind == "groupby":
            measures = _groupby(scope, table, inside)
        elif kind == "aggregate":
            measures = _aggregates(scope, table, inside)
        else:
            raise query_error(f"The $apply expression '{text}' is not supported.")
    if not measures:
        raise query_error("The $apply expression needs groupby or aggregate.")
    return condition, measures


def _groupby(scope: Scope, table: TableModel, inside: str) -> list[Measure]:
    parts = list(split_outside(inside.strip(), ","))
    columns = parts[0].strip()
    if not columns.startswith("(") or not columns.endswith(")"):
        raise query_error("groupby needs a list of columns in parentheses.")
    found = []
    for name in columns[1:-1].split(","):
        segments = tuple(name.strip().split("/"))
        place = scope.place(table, "a", segments)
        if place.column.kind is Kind.MOMENT:
            raise query_error(
                f"The column '{name.strip()}' holds a date; groupby with datetime values is not supported."
            )
        # A column of another table is named after that table. Source: query/aggregate-data.md.
        shown = place.column.wire if len(segments) == 1 else f"{place.table.name}_{place.column.name}"
        found.append(group_measure(shown, place))
    for part in parts[1:]:
        match = _STEP.match(part)
        if match is None or match[1] != "aggregate":
            raise query_error("groupby may be followed by aggregate only.")
        found.extend(_aggregates(scope, table, match[2]))
    return found


def _aggregates(scope: Scope, table: TableModel, inside: str) -> list[Measure]:
    found: list[Measure] = []
    for part in split_outside(inside, ","):
        count = _COUNT.match(part)
        if count is not None:
            found.append(Measure(count[1], "count(*)", None, False))
            continue
        match = _SUM.match(part)
        if match is None:
            raise query_error(f"The aggregate '{part.strip()}' is not supported.")
        place = scope.place(table, "a", tuple(match[1].split("/")))
        found.append(measure(match[3], place, _FUNCTIONS[match[2]], distinct=match[2] == "countdistinct"))
    return found


def _order(options: QueryOptions, measures: list[Measure]) -> str:
    by_name = {found.name: found for found in measures}
    parts = []
    for order in options.order:
        found = by_name.get("/".join(order.path))
        if found is None:
            raise query_error(f"$orderby must name a column of the $apply expression, not '{'/'.join(order.path)}'.")
        if not found.group:
            raise query_error("The query node SingleValueOpenPropertyAccess is not supported.")
        parts.append(f"{found.expression} {'DESC' if order.descending else 'ASC'}")
    return f" ORDER BY {', '.join(parts)}" if parts else ""
