"""What people have opened lately, as the CRM's client notes it for each person and table.

Source: userentityuisettings table reference (recentlyviewedxml); shape of the list as public code reads it.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from liaison.tenant.estate.crm.model import Model
from liaison.tenant.seeds.company import stable_guid
from liaison.tenant.seeds.crm_records import wire
from liaison.tenant.seeds.crm_security import crm_people, unit_of, user_id

Row = dict[str, Any]

_TABLES = (("opportunity", "name"), ("account", "name"), ("incident", "title"))
_MOST = 3
_RECORD = "0"


def opened_rows(change: sqlite3.Connection, model: Model, environment: str, now: datetime, first: str) -> Iterator[Row]:
    """For everybody who owns such records: a few of each table, an hour apart, `first` before all others."""
    for person in crm_people():
        user = user_id(environment, person)
        at = now - timedelta(minutes=10)
        for name, title in _TABLES:
            table = model.tables[name]
            found = change.execute(
                f"SELECT {table.key}, {title} FROM {table.sql} WHERE ownerid = ? AND statecode = 0"
                f" ORDER BY {table.key} = ? DESC, modifiedon DESC, {table.key} LIMIT ?",
                (user, first, _MOST),
            ).fetchall()
            if not found:
                continue
            items = [(row[0], row[1], at - timedelta(hours=place)) for place, row in enumerate(found)]
            at -= timedelta(minutes=20)
            yield {
                "userentityuisettingsid": stable_guid("opened", environment, user, name),
                "objecttypecode": table.table.code, "recentlyviewedxml": _list(name, table.table.code, items),
                "showinaddressbook": 0, "ownerid": user, "ownerid__table": "systemuser", "owninguser": user,
                "owningbusinessunit": unit_of(environment, person), "createdon": wire(now), "createdby": user,
                "modifiedon": wire(now), "modifiedby": user,
            }  # fmt: skip


def _list(table: str, code: int, items: list[tuple[str, str, datetime]]) -> str:
    root = Element("RecentlyViewedData")
    for row, title, at in items:
        item = SubElement(root, "RecentlyViewedItem")
        for name, text in (
            ("Type", _RECORD),
            ("ObjectId", f"{{{row.upper()}}}"),
            ("EntityTypeCode", str(code)),
            ("EntityTypeName", table),
            ("DisplayName", table.capitalize()),
            ("Title", title),
            ("Action", ""),
            ("IconPath", ""),
            ("LastAccessed", at.strftime("%m/%d/%Y %H:%M:%S")),
            ("PinStatus", "False"),
        ):
            SubElement(item, name).text = text
    return tostring(root, encoding="unicode")
