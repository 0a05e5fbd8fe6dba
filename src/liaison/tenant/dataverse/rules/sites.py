"""One default site for an environment, and what the last validation said about it.

Source: set-up-dynamics-365-online-to-use-sharepoint-online.md, default site.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.rules.registry import TableRules, Values
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.rows import update_row
from liaison.tenant.estate.switches import get_switch

_NOT_VALIDATED, _VALID = 1, 4


def keep_one_default(session: Session, table: TableModel, values: Values) -> None:
    """A new default site takes the mark from the old one."""
    if values.get("isdefault") == 1:
        _clear_default(session, table, str(values[table.key]))


def move_default(session: Session, table: TableModel, before: Mapping[str, Any], values: Values) -> None:
    if values.get("isdefault") == 1:
        _clear_default(session, table, str(before[table.key]))


def _clear_default(session: Session, table: TableModel, keep: str) -> None:
    rows = session.estate.db.rows(
        f"SELECT {table.key} FROM {table.sql} WHERE isdefault = 1 AND {table.key} <> ?", (keep,)
    )
    for row in rows:
        update_row(session.estate, table, row[0], {"isdefault": 0})


def settle_validation(session: Session) -> None:
    """Let the default site's validation follow the switch that says whether SharePoint is configured: valid when it
    is, not validated when it is not. While nobody has set the switch, rows stay as they were written."""
    configured: bool | None = get_switch(session.estate, f"dataverse.sharepoint_configured.{session.environment}", None)
    if configured is None:
        return
    status, detail = (_VALID, 2) if configured else (_NOT_VALIDATED, 1)
    sites = session.table("sharepointsite")
    rows = session.estate.db.rows(
        f"SELECT sharepointsiteid FROM {sites.sql} WHERE isdefault = 1 AND statecode = 0 AND servicetype = 0"
        " AND validationstatus IN (?, ?) AND validationstatus <> ?",
        (_VALID, _NOT_VALIDATED, status),
    )
    for row in rows:
        stamp = session.stamp if configured else None
        values = {"validationstatus": status, "validationstatuserrorcode": detail, "lastvalidated": stamp}
        update_row(session.estate, sites, row[0], values)


SITE_RULES = TableRules(before_create=keep_one_default, before_update=move_default)
