"""Answers of Dataverse with what differs from run to run replaced: ids, versions, moments, the address asked."""

from __future__ import annotations

import re
from typing import Any

import httpx2

from tests.tenant.crm_client import Crm

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_VERSION = re.compile(r'^W/"\d+"$')
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
_HEADERS = frozenset({"content-type", "odata-version", "odata-entityid", "location", "preference-applied", "etag",
                      "allow", "retry-after", "www-authenticate"})  # fmt: skip


def plain(client: Crm, value: Any, **known: str) -> Any:
    """A JSON value with placeholders; `known` gives the names of ids, all others are `<id>`."""
    names = {row_id: f"<{name}>" for name, row_id in known.items()}

    def replace(item: Any) -> Any:
        if isinstance(item, dict):
            return {name: replace(inner) for name, inner in item.items()}
        if isinstance(item, list):
            return [replace(inner) for inner in item]
        if not isinstance(item, str):
            return item
        if _VERSION.match(item):
            return "<version>"
        if _MOMENT.match(item):
            return "<moment>"
        text = item.replace(client.root, "{root}").replace(client.origin, "{origin}")
        return _GUID.sub(lambda found: names.get(found[0].lower(), "<id>"), text)

    return replace(value)


def shown(client: Crm, answer: httpx2.Response, **known: str) -> dict[str, Any]:
    """Status, the headers that mean something, and the body."""
    headers = {name: value for name, value in answer.headers.items() if name in _HEADERS}
    body: Any = answer.text
    if answer.headers.get("content-type", "").startswith("application/json"):
        body = answer.json()
    return {"status": answer.status_code, **plain(client, headers, **known), "body": plain(client, body, **known)}


JSON = {"content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0"}
EMPTY = {"status": 204, "odata-version": "4.0", "body": ""}


def ok(body: Any, status: int = 200, **headers: str) -> dict[str, Any]:
    return {"status": status, **JSON, **{name.replace("_", "-"): text for name, text in headers.items()}, "body": body}


def refused(status: int, code: str, message: str) -> dict[str, Any]:
    return ok({"error": {"code": code, "message": message}}, status)
