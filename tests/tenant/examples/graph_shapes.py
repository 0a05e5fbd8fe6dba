"""Graph's answers with what differs from run to run replaced by a word, so that the whole of them can be compared."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx2

from tests.local_tenant import LocalTenant

_WORDS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"), "DATE"),
    (re.compile(r"^[A-Za-z0-9+/]{90,}={0,2}$"), "MEMBERSHIP"),
    (re.compile(r"(tempauth|token|skiptoken|deltatoken)=[\w%.-]+"), r"\1=TOKEN"),
    (re.compile(r"b(!|%21)[\w-]{64}"), "DRIVE"),
    (re.compile(r"19(:|%3A)[\w-]+(@|%40)thread\.tacv2", re.IGNORECASE), "CHANNEL"),
    (re.compile(r"\b01[A-Z2-7]{32}\b"), "ITEM"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "GUID"),
    (re.compile(r"\b1[78]\d{11}\b"), "MILLIS"),
)


def plain(value: Any, tenant: LocalTenant, names: dict[str, str] | None = None) -> Any:
    """The value with known ids as `names` calls them, and every other id, moment and token as its kind."""
    if isinstance(value, dict):
        return {name: plain(inner, tenant, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, tenant, names) for inner in value]
    if not isinstance(value, str):
        return value
    text = value.replace(tenant.http, "ORIGIN")
    for known, name in (names or {}).items():
        text = text.replace(known, name).replace(quote(known, safe=""), name)
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text


def answered(
    answer: httpx2.Response, tenant: LocalTenant, names: dict[str, str] | None = None, *headers: str
) -> tuple[Any, ...]:
    """Status, body and the named headers of an answer, made plain."""
    body = plain(answer.json(), tenant, names) if answer.content else None
    return answer.status_code, body, *(plain(answer.headers.get(name), tenant, names) for name in headers)


def error(status: int, code: str, message: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """A whole error answer as `answered` gives it. Source: graph.md 1.2"""
    inner = {"date": "DATE", "request-id": "GUID", "client-request-id": "GUID"}
    extra = more.pop("inner", {})
    return status, {"error": {"code": code, "message": message, **more, "innerError": {**extra, **inner}}}
