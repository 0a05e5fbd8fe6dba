"""Addresses of sites and document locations.

`absolute(site)` is its absolute URL, or its parent's with its relative URL; a location's likewise, where the parent is
a site or another location. Source: actions-on-sharepoint-location-records.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.rows import read_row

_LONGEST_CHAIN = 20


def absolute_address(session: Session, kind: str, row: Mapping[str, Any] | None) -> str | None:
    """The absolute URL of a site or location row; None when its chain of parents leads nowhere."""
    parts: list[str] = []
    for _ in range(_LONGEST_CHAIN):
        if row is None:
            return None
        if row["absoluteurl"]:
            return "/".join([str(row["absoluteurl"]).rstrip("/"), *reversed(parts)])
        if row["relativeurl"]:
            parts.append(str(row["relativeurl"]).strip("/"))
        kind, row = _parent(session, kind, row)
    return None


def site_of(session: Session, kind: str, row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The site at the end of a location's chain of parents."""
    for _ in range(_LONGEST_CHAIN):
        if row is None or kind == "sharepointsite":
            return row
        kind, row = _parent(session, kind, row)
    return None


def _parent(session: Session, kind: str, row: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    if kind == "sharepointsite":
        parent_kind, parent_id = "sharepointsite", row["parentsite"]
    else:
        parent_kind, parent_id = row["parentsiteorlocation__table"], row["parentsiteorlocation"]
    if not parent_id:
        return "sharepointsite", None
    found = read_row(session.estate, session.table(parent_kind), parent_id)
    return parent_kind, None if found is None else dict(zip(found.keys(), found, strict=True))


def same_place(one: str, other: str) -> bool:
    """Whether two addresses mean one folder, however they are encoded and capitalised."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc}{unquote(parts.path)}".rstrip("/").casefold()
