"""Change tracking: the whole table with a delta link, and later what changed since.

New and changed rows come first, in the order of their versions; deletions come last; a row made and deleted in
between is a deletion. A token is `version!moment`. Source: use-change-tracking-synchronize-data-external-systems.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from liaison.tenant.dataverse.errors import DataverseError, query_error
from liaison.tenant.dataverse.odata.options import QueryOptions, read_query
from liaison.tenant.dataverse.requests import LARGEST_PAGE, Exchange
from liaison.tenant.dataverse.responses import Reply, applied, json_reply, text_reply
from liaison.tenant.dataverse.rows.reading import show_rows
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.sql.ordering import read_cookie, write_cookie
from liaison.tenant.dataverse.sql.scope import privilege_denied
from liaison.tenant.dataverse.sql.shape import Shape, build_shape, context_names
from liaison.tenant.estate.crm.environments import current_version
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Depth, Right

_TOKEN = re.compile(r"(\d{1,18})!(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d):(\d\d)\Z")
_REFUSED = (("$filter", "filter"), ("$orderby", "orderby"), ("$expand", "expand"), ("$top", "top"))


@dataclass(frozen=True)
class Token:
    """Everything up to `version` is known; given out at `moment`."""

    version: int
    moment: datetime

    @property
    def text(self) -> str:
        return f"{self.version}!{self.moment:%m/%d/%Y %H:%M:%S}"


def changes_asked(exchange: Exchange) -> bool:
    return exchange.preferences.track_changes or "$deltatoken" in exchange.options


def answer_changes(session: Session, exchange: Exchange, table: TableModel, *, count: bool) -> Reply:
    """The first reading of a table, or what changed since a token; or how much that is."""
    for name, word in _REFUSED:
        if name in exchange.options:
            raise DataverseError(
                400,
                "0x80060888",
                f'The "${{filter|orderby|expand|top}}" query parameter isn\'t supported when Change Tracking is'
                f" enabled. Found: {word}.",
            )
    _require_tracking(session, table)
    options = read_query(exchange.options)
    token = None if options.delta_token is None else _read_token(session, options.delta_token)
    if count:
        since = token.version if token is not None else 0
        return text_reply(
            str(_changed_count(session, table, since) + (_deleted_count(session, table, since) if token else 0))
        )
    if token is None:
        return _first_reading(session, exchange, table, options)
    return _changes_since(session, exchange, table, options, token)


def _require_tracking(session: Session, table: TableModel) -> None:
    if not table.flags.tracked:
        raise DataverseError(
            400, "0x80072491", f"Entity {table.name} is not enabled for change tracking. Please enable and retry."
        )
    if session.user.depth(table.table, Right.READ) is not Depth.GLOBAL:
        denied = privilege_denied(session.user, table, Right.READ)
        raise DataverseError(403, denied.code, f"{denied.message} Change tracking needs organization-level read.")


def _read_token(session: Session, text: str) -> Token:
    match = _TOKEN.match(text.strip())
    if match is None:
        raise query_error("The $deltatoken is not valid.")
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[1:])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise query_error("The $deltatoken is not valid.") from error
    days = session.estate.db.value(f"SELECT expirechangetrackingindays FROM {table_rows(session, 'organization')}")
    if moment + timedelta(days=int(days if days is not None else 7)) < session.now:
        raise DataverseError(
            400, "0x80044352", "The version (delta token) has expired; read the whole table again for a new one."
        )
    return Token(int(match[1]), moment)


def _first_reading(session: Session, exchange: Exchange, table: TableModel, options: QueryOptions) -> Reply:
    """Rows as in any list, page by page; the delta link on the last page points to the start of the reading."""
    shape = build_shape(table, options.select, language=session.user.language)
    start, after = current_version(session.estate, session.environment), ""
    if options.skip_token is not None:
        cookie = read_cookie(options.skip_token)
        start, after = int(cookie.after[0]), str(cookie.after[1])
    limit = exchange.preferences.page_size or LARGEST_PAGE
    rows = session.estate.db.rows(
        f"SELECT {shape.select} FROM {table.sql} a WHERE a.{table.key} > ? ORDER BY a.{table.key} LIMIT ?",
        (after, limit + 1),
    )
    more = len(rows) > limit
    answer: dict[str, Any] = {
        "@odata.context": f"{session.metadata_root}#{table.table.set_name}{context_names(shape, ())}",
    }
    if not more:
        answer["@odata.deltaLink"] = _delta_link(exchange, Token(start, session.now))
    answer["value"] = show_rows(session, shape, rows[:limit], options, exchange.preferences)
    if more:
        last = str(shape.stored(rows[limit - 1], table.key))
        answer["@odata.nextLink"] = _next_link(exchange, table, (start, last))
    return json_reply(answer, headers=applied(exchange.preferences, "track", "maxpagesize", "annotations"))


def _changes_since(
    session: Session, exchange: Exchange, table: TableModel, options: QueryOptions, token: Token
) -> Reply:
    shape = build_shape(table, options.select, language=session.user.language)
    until, since, deleting = current_version(session.estate, session.environment), token.version, False
    if options.skip_token is not None:
        cookie = read_cookie(options.skip_token)
        until, since, deleting = int(cookie.after[0]), int(cookie.after[1]), bool(cookie.after[2])
    limit = exchange.preferences.page_size or LARGEST_PAGE
    changed = [] if deleting else _changed(session, shape, since, until, limit + 1)
    shown: list[dict[str, Any]] = list(show_rows(session, shape, [row for row, _ in changed[:limit]], options,
                                                 exchange.preferences))  # fmt: skip
    place: tuple[int, int, int] | None = (until, changed[limit - 1][1], 0) if len(changed) > limit else None
    if place is None:
        room = limit - len(shown)
        gone = _deleted(session, table, since if deleting else token.version, until, room + 1)
        shown.extend(_deletion(session, table, row) for row in gone[:room])
        if len(gone) > room:
            place = (until, int(gone[room - 1]["version"]) if room else token.version, 1)
    context = f"{session.metadata_root}#{table.table.set_name}{context_names(shape, ())}/$delta"
    answer: dict[str, Any] = {"@odata.context": context}
    if place is None:
        answer["@odata.deltaLink"] = _delta_link(exchange, Token(until, session.now))
    answer["value"] = shown
    if place is not None:
        answer["@odata.nextLink"] = _next_link(exchange, table, place)
    return json_reply(answer, headers=applied(exchange.preferences, "track", "maxpagesize", "annotations"))


def _changed(session: Session, shape: Shape, since: int, until: int, limit: int) -> list[tuple[sqlite3.Row, int]]:
    rows = session.estate.db.rows(
        f"SELECT {shape.select}, a.versionnumber FROM {shape.table.sql} a"
        " WHERE a.versionnumber > ? AND a.versionnumber <= ? ORDER BY a.versionnumber LIMIT ?",
        (since, until, limit),
    )
    return [(row, int(row[-1])) for row in rows]


def _deleted(session: Session, table: TableModel, since: int, until: int, limit: int) -> list[sqlite3.Row]:
    return session.estate.db.rows(
        "SELECT id, version FROM crm_deleted WHERE environment = ? AND table_name = ?"
        " AND version > ? AND version <= ? ORDER BY version LIMIT ?",
        (session.environment, table.name, since, until, limit),
    )


def _deletion(session: Session, table: TableModel, row: sqlite3.Row) -> dict[str, Any]:
    context = f"{session.metadata_root}#{table.table.set_name}/$deletedEntity"
    return {"@odata.context": context, "id": row["id"], "reason": "deleted"}


def _changed_count(session: Session, table: TableModel, since: int) -> int:
    return int(session.estate.db.value(f"SELECT count(*) FROM {table.sql} WHERE versionnumber > ?", (since,)))


def _deleted_count(session: Session, table: TableModel, since: int) -> int:
    return int(
        session.estate.db.value(
            "SELECT count(*) FROM crm_deleted WHERE environment = ? AND table_name = ? AND version > ?",
            (session.environment, table.name, since),
        )
    )


def _delta_link(exchange: Exchange, token: Token) -> str:
    pairs = [*_kept(exchange, "skiptoken", "deltatoken"), "$deltatoken=" + quote(token.text, safe="")]
    return f"{exchange.root}/{exchange.path}?{'&'.join(pairs)}"


def _next_link(exchange: Exchange, table: TableModel, after: tuple[Any, ...]) -> str:
    token = quote(write_cookie(2, table.key, "", "", after), safe="")
    pairs = [*_kept(exchange, "skiptoken"), f"$skiptoken={token}"]
    return f"{exchange.root}/{exchange.path}?{'&'.join(pairs)}"


def _kept(exchange: Exchange, *dropped: str) -> list[str]:
    return [
        pair
        for pair in exchange.query.split("&")
        if pair and pair.partition("=")[0].replace("%24", "$").lstrip("$") not in dropped
    ]
