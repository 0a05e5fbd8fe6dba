"""`fetchXml`, `savedQuery`, `userQuery` and `sql` on an entity set or on a collection.

The paging cookie is given on request and never on the last page; stored views and SQL page by next links.
Source: retrieve-and-execute-predefined-queries.md, fetchxml/page-results.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from liaison.tenant.dataverse.errors import invalid_argument, query_error
from liaison.tenant.dataverse.fetchxml.aggregates import run_fetch_aggregate
from liaison.tenant.dataverse.fetchxml.from_sql import read_sql
from liaison.tenant.dataverse.fetchxml.listing import FetchPage, run_listing
from liaison.tenant.dataverse.fetchxml.query import Fetch
from liaison.tenant.dataverse.fetchxml.reader import fetch_error, read_fetch
from liaison.tenant.dataverse.fetchxml.sources import table_named
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, applied, json_reply
from liaison.tenant.dataverse.rows.documents import fetch_documents
from liaison.tenant.dataverse.rows.finding import require_right, require_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.ordering import read_cookie, write_cookie
from liaison.tenant.dataverse.sql.query import COUNT_LIMIT, Narrowing
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.tables import Flag

COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE = "Microsoft.Dynamics.CRM.morerecords"
TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
TOTAL_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"

_VIEWS = {"savedQuery": "savedquery", "userQuery": "userquery"}
_REFUSED_WITH_VIEWS = frozenset({"$filter", "$orderby", "$expand", "$apply", "$top"})


def answer_fetch(session: Session, exchange: Exchange, table: TableModel, narrowing: Narrowing | None = None) -> Reply:
    """Run the query that the address carries or names; its table must be the one of the address."""
    options = exchange.options
    linked = "fetchXml" not in options
    refused = _REFUSED_WITH_VIEWS & set(options)
    if refused:
        raise query_error(f"The query option '{min(refused)}' cannot be combined with a stored query or FetchXML.")
    fetch = _asked(session, exchange)
    if table_named(session.model, fetch.root.name) is not table:
        raise fetch_error(
            f"The FetchXML entity name '{fetch.root.name}' does not match the entity set '{table.table.set_name}'."
        )
    if linked and "$skiptoken" in options:
        cookie = read_cookie(options["$skiptoken"])
        fetch = replace(fetch, page=cookie.page, cookie=options["$skiptoken"] if cookie.after else None)
    if table.table.has(Flag.VIRTUAL):
        return fetch_documents(session, exchange, table, fetch)
    if fetch.aggregate:
        rows = run_fetch_aggregate(session, fetch, exchange.preferences)
        names = ",".join(dict.fromkeys(name for row in rows[:1] for name in row if "@" not in name))
        context = f"{session.metadata_root}#{table.table.set_name}({names})"
        return json_reply({"@odata.context": context, "value": rows})
    page = run_listing(session, fetch, exchange.preferences, narrowing)
    return _page_reply(session, exchange, table, fetch, page, linked=linked)


def _asked(session: Session, exchange: Exchange) -> Fetch:
    """The query in the address, or the one of the view that it names."""
    options = exchange.options
    if "fetchXml" in options:
        return read_fetch(options["fetchXml"])
    if "sql" in options:
        return read_sql(options["sql"])
    name = next(name for name in _VIEWS if name in options)
    return read_fetch(_stored_query(session, name, options[name]))


def _stored_query(session: Session, option: str, text: str) -> str:
    """The FetchXML of a view the caller may read."""
    view_id = read_guid(text)
    if view_id is None:
        raise invalid_argument(f"The value '{text}' of {option} is not a guid.")
    views = session.table(_VIEWS[option])
    row = require_row(session, views, view_id)
    require_right(session, views, row, Right.READ)
    if not row["fetchxml"]:
        raise invalid_argument(f"The view {view_id} has no query.")
    return str(row["fetchxml"])


def _page_reply(
    session: Session, exchange: Exchange, table: TableModel, fetch: Fetch, page: FetchPage, *, linked: bool
) -> Reply:
    preferences = exchange.preferences
    context = f"{session.metadata_root}#{table.table.set_name}({','.join(page.names)})"
    answer: dict[str, Any] = {"@odata.context": context}
    if preferences.wants(TOTAL):
        answer[f"@{TOTAL}"] = min(page.total, COUNT_LIMIT)
    if preferences.wants(TOTAL_EXCEEDED):
        answer[f"@{TOTAL_EXCEEDED}"] = page.total > COUNT_LIMIT
    cookie = _cookie(table, fetch, page) if page.after is not None else None
    if preferences.wants(COOKIE) and cookie is not None:
        answer[f"@{COOKIE}"] = cookie
    if preferences.wants(MORE):
        answer[f"@{MORE}"] = page.more
    if exchange.options.get("$count") == "true":
        answer["@odata.count"] = min(page.total, COUNT_LIMIT) if page.total >= 0 else len(page.rows)
    answer["value"] = page.rows
    if linked and page.more:
        # Without a place to continue from, the token only holds the number of the next page.
        token = quote(_cookie(table, fetch, page), safe="")
        kept = [part for part in exchange.query.split("&") if part and "skiptoken=" not in part]
        link = "&".join([*kept, f"$skiptoken={token}"])
        answer["@odata.nextLink"] = f"{exchange.root}/{exchange.path}?{link}"
    return json_reply(answer, headers=applied(preferences, "maxpagesize", "annotations"))


def _cookie(table: TableModel, fetch: Fetch, page: FetchPage) -> str:
    return write_cookie(fetch.page + 1, table.key, page.first_id, page.last_id, page.after or ())
