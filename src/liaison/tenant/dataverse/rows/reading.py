"""GET of rows: one by key, a list with its pages and counts, a collection of one row.

Source: query/overview.md, query/page-results.md, query/count-rows.md, retrieve-entity-using-web-api.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from liaison.tenant.dataverse.errors import missing_row, query_error, unknown_property
from liaison.tenant.dataverse.odata.options import QueryOptions, read_query
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Exchange, Preferences
from liaison.tenant.dataverse.responses import Reply, applied, empty_reply, json_reply, text_reply
from liaison.tenant.dataverse.rows.finding import access_denied
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.conditions import collection_source
from liaison.tenant.dataverse.sql.expand import check_expansions, expand_rows
from liaison.tenant.dataverse.sql.formatted import annotate
from liaison.tenant.dataverse.sql.ordering import Cookie, percent_encoded, read_cookie, write_cookie
from liaison.tenant.dataverse.sql.query import (
    COUNT_LIMIT,
    ListPlan,
    Narrowing,
    OnePlan,
    Page,
    count_rows,
    plan_list,
    plan_one,
    read_one,
    read_page,
)
from liaison.tenant.dataverse.sql.scope import Scope
from liaison.tenant.dataverse.sql.shape import Shape, Wire, context_names
from liaison.tenant.estate.crm.model import Collection, TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.rights import Clause
from liaison.tenant.estate.crm.rows import read_row

TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
TOTAL_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"

_LIST_PLANS: dict[tuple[object, ...], ListPlan] = {}
_ONE_PLANS: dict[tuple[object, ...], OnePlan] = {}
_MOST_PLANS = 512
_MOST_VALUES = 40


def get_one(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """200 with the row, 304 when the client's version still holds, 403 or 404."""
    options = read_query(exchange.options)
    row, shape = find_one(session, table, row_id, options)
    etag = str(row[0])
    if _unchanged(exchange, options, etag):
        return empty_reply({"ETag": etag}, 304)
    wire = show_rows(session, shape, [row], options, exchange.preferences)[0]
    context = f"{session.metadata_root}#{table.table.set_name}{context_names(shape, options.expand)}/$entity"
    headers = {"ETag": etag, **applied(exchange.preferences, "annotations")}
    return json_reply({"@odata.context": context, **wire}, headers=headers)


def find_one(session: Session, table: TableModel, row_id: str, options: QueryOptions) -> tuple[sqlite3.Row, Shape]:
    """A row the caller may read; 404 when there is none, 403 when it may not."""
    plan = _one_plan(session, table, options)
    row = read_one(session.estate, plan, row_id)
    if row is None:
        hidden = read_row(session.estate, table, row_id)
        if hidden is None:
            raise missing_row(table.name, row_id)
        raise access_denied(session, table, hidden, Right.READ)
    return row, plan.shape


def get_list(
    session: Session, exchange: Exchange, table: TableModel, narrowing: Narrowing | None = None, address: str = ""
) -> Reply:
    """200 with a page of rows. `address` is the path of a collection, for its next link."""
    options = read_query(exchange.options)
    plan = _list_plan(session, table, options, narrowing, address)
    preferences = exchange.preferences
    cookie = read_cookie(options.skip_token) if options.skip_token is not None else None
    page = read_page(session.estate, plan, _limit(options, preferences), cookie.after if cookie else None)
    context = f"{session.metadata_root}#{table.table.set_name}{context_names(plan.shape, options.expand)}"
    answer: dict[str, Any] = {"@odata.context": context}
    _add_totals(session, plan, options, preferences, answer)
    answer["value"] = show_rows(session, plan.shape, page.rows, options, preferences)
    if page.after is not None and (options.top is None or preferences.page_size is not None):
        answer["@odata.nextLink"] = next_link(exchange, plan.shape, page, cookie)
    names = ("maxpagesize", "annotations")
    return json_reply(answer, headers=applied(preferences, *names))


def get_count(
    session: Session, exchange: Exchange, table: TableModel, narrowing: Narrowing | None = None, address: str = ""
) -> Reply:
    """200 with a number as plain text, never above the limit of the service."""
    options = read_query(exchange.options)
    plan = _list_plan(session, table, options, narrowing, address)
    return text_reply(str(min(count_rows(session.estate, plan), COUNT_LIMIT)))


def narrow(session: Session, parent: TableModel, parent_id: str, collection: Collection) -> Narrowing:
    """The rows of one row's collection."""
    child = session.table(collection.table)
    source, condition = collection_source(collection, child, "a", "?", parent.name, "l")
    return Narrowing(source, Clause(condition, (parent_id,)))


def show_rows(
    session: Session, shape: Shape, rows: Sequence[sqlite3.Row], options: QueryOptions, preferences: Preferences
) -> list[Wire]:
    """Rows as the wire shows them, expanded and annotated as asked."""
    if preferences.annotations:
        shown = annotate(session.estate, session.model, shape, rows, preferences, session.user.language)
    else:
        shown = [shape.wire(row) for row in rows]
    if options.expand:
        expand_rows(session, shape, rows, shown, options, preferences)
    return shown


def next_link(exchange: Exchange, shape: Shape, page: Page, before: Cookie | None) -> str:
    """The address of the next page: the client's own, with a token."""
    number = (before.page if before else 1) + 1
    first, last = (str(shape.stored(row, shape.table.key)) for row in (page.rows[0], page.rows[-1]))
    token = percent_encoded(write_cookie(number, shape.table.key, first, last, page.after or ()))
    kept = [pair for pair in exchange.query.split("&") if pair and not _is_token(pair)]
    return f"{exchange.root}/{exchange.path}?{'&'.join([*kept, f'$skiptoken={token}'])}"


def _is_token(pair: str) -> bool:
    return pair.startswith(("$skiptoken=", "%24skiptoken="))


def _limit(options: QueryOptions, preferences: Preferences) -> int:
    if preferences.page_size is not None:
        return preferences.page_size
    return LARGEST_PAGE if options.top is None else options.top


def _add_totals(
    session: Session, plan: ListPlan, options: QueryOptions, preferences: Preferences, answer: dict[str, Any]
) -> None:
    found = count_rows(session.estate, plan) if options.count else -1
    if preferences.wants(TOTAL):
        answer[f"@{TOTAL}"] = min(found, COUNT_LIMIT)
    if preferences.wants(TOTAL_EXCEEDED):
        answer[f"@{TOTAL_EXCEEDED}"] = found > COUNT_LIMIT
    if preferences.wants("Microsoft.Dynamics.CRM.globalmetadataversion"):
        version = int(session.state.model_epoch[:6], 16)
        answer["@Microsoft.Dynamics.CRM.globalmetadataversion"] = str(version)
    if options.count:
        answer["@odata.count"] = min(found, COUNT_LIMIT)


def _unchanged(exchange: Exchange, options: QueryOptions, etag: str) -> bool:
    """Source: perform-conditional-operations-using-web-api.md, "Conditional retrievals"."""
    known = exchange.headers.get("if-none-match", "null")
    if known == "null" or options.expand or exchange.preferences.annotations:
        return False
    return known == etag


def new_scope(session: Session) -> Scope:
    """A scope that may ask the database how to write a query."""
    return Scope(session.model, session.user, session.now, session.estate.db.value)


def _place(session: Session) -> tuple[object, ...]:
    """What a plan depends on beside its query: the tables, and the rights of the user."""
    delegate = session.delegate.id if session.delegate else None
    return session.state.model_epoch, session.state.security_epoch, session.user.id, delegate


def _list_plan(
    session: Session, table: TableModel, options: QueryOptions, narrowing: Narrowing | None, address: str
) -> ListPlan:
    key = (*_place(session), table.name, address, options)
    if options.skip_token is not None:
        key = (*_place(session), table.name, address, _without_token(options))
    found = _LIST_PLANS.get(key)
    if found is not None:
        return found
    check_expansions(table, options.expand, nested=any(expansion.expand for expansion in options.expand))
    plan = plan_list(new_scope(session), table, options, narrowing)
    if not plan.timed and len(plan.values) <= _MOST_VALUES:
        if len(_LIST_PLANS) >= _MOST_PLANS:
            _LIST_PLANS.clear()
        _LIST_PLANS[key] = plan
    return plan


def _without_token(options: QueryOptions) -> QueryOptions:
    return QueryOptions(
        options.select, options.condition, options.order, options.top, options.count, options.expand, options.apply,
        None, options.delta_token, options.aliases,
    )  # fmt: skip


def _one_plan(session: Session, table: TableModel, options: QueryOptions) -> OnePlan:
    if options.condition is not None or options.order or options.top is not None:
        raise query_error(
            "Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections."
        )
    key = (*_place(session), table.name, options.select, options.expand)
    found = _ONE_PLANS.get(key)
    if found is not None:
        return found
    check_expansions(table, options.expand, nested=any(expansion.expand for expansion in options.expand))
    plan = plan_one(new_scope(session), table, options)
    if len(_ONE_PLANS) >= _MOST_PLANS:
        _ONE_PLANS.clear()
    _ONE_PLANS[key] = plan
    return plan


def collection_of(table: TableModel, name: str) -> Collection:
    """A collection-valued navigation property; 400 when the table has none of this name."""
    found = table.collections.get(name)
    if found is None:
        raise unknown_property(name, table.name)
    return found
