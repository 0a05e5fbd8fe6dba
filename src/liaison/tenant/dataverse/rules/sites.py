"""One default site for an environment.

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


SITE_RULES = TableRules(before_create=keep_one_default, before_update=move_default)
