"""What belongs to a solution. Source: AddSolutionComponent action reference; create-solution.md."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.rows.computed import stamps
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.estate.crm.rows import insert_row

TABLE, COLUMN, CHOICE, RELATIONSHIP, KEY = 1, 2, 9, 10, 14
ROLE, VIEW, RIBBON, WEB_RESOURCE, SITE_MAP, APP, STEP, ENDPOINT, APP_ACTION = 20, 26, 50, 61, 62, 80, 92, 95, 10_100
COMPONENT_TABLES: Mapping[str, int] = {
    "role": ROLE, "savedquery": VIEW, "ribboncustomization": RIBBON, "webresource": WEB_RESOURCE,
    "sitemap": SITE_MAP, "appmodule": APP, "sdkmessageprocessingstep": STEP, "serviceendpoint": ENDPOINT,
    "appaction": APP_ACTION,
}  # fmt: skip
_HEADER = "mscrm.solutionuniquename"


def solution_asked(session: Session, exchange: Exchange, body: Mapping[str, Any] | None = None) -> str | None:
    """The id of the solution that a request names in its header, its options or its body."""
    given = (body or {}).get("SolutionUniqueName")
    name = exchange.headers.get(_HEADER) or exchange.options.get("SolutionUniqueName") or given
    if not name:
        return None
    if not isinstance(name, str):
        raise invalid_argument("The field 'SolutionUniqueName' must be a string.")
    return str(open_solution(session, name)["solutionid"])


def find_solution(session: Session, name: str) -> sqlite3.Row:
    """A solution by its unique name; 404 when there is none."""
    row = session.estate.db.row(f"SELECT * FROM {table_rows(session, 'solution')} WHERE uniquename = ?", (name,))
    if row is None:
        raise DataverseError(404, "0x80048036", f"The solution '{name[:100]}' was not found in this organization.")
    return row


def open_solution(session: Session, name: str) -> sqlite3.Row:
    """As `find_solution`; 400 when it is managed, as nothing can be added to it then."""
    row = find_solution(session, name)
    if row["ismanaged"]:
        raise DataverseError(400, "0x8004F00E", f"The solution '{name}' is managed: its components cannot be changed.")
    return row


def add_component(session: Session, solution_id: str | None, kind: int, object_id: str, behavior: int = 0) -> str:
    """Let something belong to a solution; repeating it changes nothing. Returns the component's id."""
    if solution_id is None:
        return ""
    rows = table_rows(session, "solutioncomponent")
    known = session.estate.db.value(
        f"SELECT solutioncomponentid FROM {rows} WHERE solutionid = ? AND componenttype = ? AND objectid = ?",
        (solution_id, kind, object_id),
    )
    if known is not None:
        return str(known)
    table = session.table("solutioncomponent")
    component_id = session.estate.ids.guid()
    values = {
        "solutioncomponentid": component_id, "solutionid": solution_id, "componenttype": kind, "objectid": object_id,
        "rootcomponentbehavior": behavior, "ismetadata": int(kind in (TABLE, COLUMN, CHOICE, RELATIONSHIP, KEY)),
        **stamps(session, table, new=True),
    }  # fmt: skip
    insert_row(session.estate, table, values)
    return component_id


def remove_component(session: Session, solution_id: str, kind: int, object_id: str) -> str | None:
    """Take something out of a solution; it stays in the environment. Returns the id of what was taken out."""
    rows = table_rows(session, "solutioncomponent")
    with session.estate.db.change() as change:
        row = change.execute(
            f"DELETE FROM {rows} WHERE solutionid = ? AND componenttype = ? AND objectid = ?"
            " RETURNING solutioncomponentid",
            (solution_id, kind, object_id),
        ).fetchone()
    return None if row is None else str(row[0])


def forget_object(session: Session, object_id: str) -> None:
    """Something is gone: no solution holds it any more."""
    with session.estate.db.change() as change:
        change.execute(f"DELETE FROM {table_rows(session, 'solutioncomponent')} WHERE objectid = ?", (object_id,))
