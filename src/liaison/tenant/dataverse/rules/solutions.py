"""Solutions and publishers made by clients: their names, versions, and what deleting one takes along.

Source: create-solution.md; reference/entities/solution.md and publisher.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, value_missing
from liaison.tenant.dataverse.rules.registry import TableRules, Values
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.estate.crm.model import TableModel

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){1,3}\Z")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}\Z")
_STANDING = ("Default", "Active")


def check_solution(session: Session, table: TableModel, values: Values) -> None:
    """A solution needs a unique name of plain letters, a version, and a publisher."""
    for name in ("uniquename", "friendlyname", "version", "publisherid"):
        if not values.get(name):
            raise value_missing(name)
    if not _NAME.match(values["uniquename"]):
        raise DataverseError(
            400, "0x80048040", "Invalid character specified for solution unique name. Only characters within the ranges"
            " [A-Z], [a-z], [0-9], or _ are allowed. The first character may only be in the ranges [A-Z], [a-z], or _.",
        )  # fmt: skip
    if session.estate.db.value(f"SELECT 1 FROM {table.sql} WHERE uniquename = ?", (values["uniquename"],)):
        raise DataverseError(400, "0x80048041", "The solution unique name already exists and cannot be used again.")
    _check_version(values)
    values |= {"ismanaged": 0, "isvisible": 1, "installedon": values["createdon"]}


def check_change(session: Session, table: TableModel, before: Mapping[str, Any], values: Values) -> None:
    """A solution keeps its name, and its version keeps its form."""
    del session, table
    if "uniquename" in values and values["uniquename"] != before["uniquename"]:
        raise DataverseError(400, "0x8004F03A", "The unique name of a solution cannot be changed.")
    if "version" in values:
        _check_version(values)


def check_removal(session: Session, table: TableModel, before: Mapping[str, Any]) -> None:
    """The standing solutions stay. A managed one takes its web resources, ribbons and commands along."""
    del table
    if before["uniquename"] in _STANDING:
        raise DataverseError(400, "0x8004F00F", "This solution cannot be deleted because it is a system solution.")
    if not before["ismanaged"]:
        return
    parts = table_rows(session, "solutioncomponent")
    with session.estate.db.change() as change:
        for name, kind in (("webresource", 61), ("ribboncustomization", 50), ("appaction", 10_100)):
            component = session.table(name)
            change.execute(
                f"DELETE FROM {component.sql} WHERE {component.key} IN"
                f" (SELECT objectid FROM {parts} WHERE solutionid = ? AND componenttype = ?)",
                (before["solutionid"], kind),
            )


def check_publisher(session: Session, table: TableModel, values: Values) -> None:
    """A publisher needs a name and a prefix that no other has."""
    for name in ("uniquename", "friendlyname", "customizationprefix"):
        if not values.get(name):
            raise value_missing(name)
    prefix = values["customizationprefix"]
    if not _PREFIX.match(prefix) or prefix.lower().startswith("mscrm"):
        raise DataverseError(400, "0x8004F050", f"The customization prefix '{prefix}' is not valid.")
    if session.estate.db.value(f"SELECT 1 FROM {table.sql} WHERE uniquename = ?", (values["uniquename"],)):
        raise DataverseError(400, "0x80048042", "The publisher unique name already exists and cannot be used again.")


def _check_version(values: Values) -> None:
    if not _VERSION.match(values["version"] or ""):
        raise DataverseError(
            400, "0x80048044", f"The version '{str(values['version'])[:50]}' is not valid: it looks like 1.0.0.0."
        )


SOLUTION_RULES = TableRules(before_create=check_solution, before_update=check_change, before_delete=check_removal)
PUBLISHER_RULES = TableRules(before_create=check_publisher)
