"""Answers on the wire: status, headers, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from liaison.tenant.dataverse.errors import DataverseError, error_body
from liaison.tenant.dataverse.requests import Preferences

JSON_TYPE = "application/json; odata.metadata=minimal"


@dataclass
class Reply:
    """One answer; the body is empty for 204 and 304."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def json_reply(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"Content-Type": JSON_TYPE, **(headers or {})}, orjson.dumps(content))


def empty_reply(headers: Mapping[str, str] | None = None, status: int = 204) -> Reply:
    return Reply(status, dict(headers or {}))


def text_reply(text: str, content_type: str = "text/plain") -> Reply:
    return Reply(200, {"Content-Type": content_type}, text.encode())


def created_reply(address: str) -> Reply:
    """204 with the address of the row twice, as the service does. Source: create-entity-web-api.md."""
    return empty_reply({"OData-EntityId": address, "Location": address})


def error_reply(error: DataverseError, preferences: Preferences) -> Reply:
    body = error_body(error, annotated=preferences.wants_everything)
    return json_reply(body, error.status, error.headers)


def applied(preferences: Preferences, *names: str) -> dict[str, str]:
    """The Preference-Applied header for those preferences that counted."""
    parts: list[str] = []
    if "return" in names and preferences.representation:
        parts.append("return=representation")
    if "maxpagesize" in names and preferences.page_size is not None:
        parts.append(f"odata.maxpagesize={preferences.page_size}")
    if "annotations" in names and preferences.annotations:
        parts.append(f'odata.include-annotations="{",".join(preferences.annotations)}"')
    if "track" in names and preferences.track_changes:
        parts.append("odata.track-changes")
    return {"Preference-Applied": ",".join(parts)} if parts else {}
