"""Headers that every answer of the web door carries, a number for every request, and the count of both."""

from __future__ import annotations

import re
import secrets
import time
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liaison.web.measures import REQUESTS, SECONDS
from liaison.web.options import WebOptions

CORRELATION_HEADER = "X-Correlation-Id"
TEAMS_PATHS = "/teams/"
PANE = "/pane"
OPENED_PATHS = ("/pane", "/auth/login", "/auth/callback")
"""What the window of a side pane passes through; isolated from its opener it could not be told what it is for."""
OTHER_DOORS = "/api/"
TEAMS_JS_HOSTS = "https://res.cdn.office.net"
"""TeamsJS asks there at load for newer hosts of Microsoft's. Source: contracts, teams-app 8.6."""

_OWN_NUMBER = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=63072000; includeSubDomains"


class Shield:
    """Wraps the web door; requests to another door that is mounted inside pass untouched."""

    def __init__(self, app: ASGIApp, options: WebOptions) -> None:
        self._app = app
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OTHER_DOORS):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["nonce"] = secrets.token_urlsafe(16)
        state["correlation"] = _correlation(scope)
        began = time.perf_counter()

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(scope, MutableHeaders(scope=message))
                route = state.get("route", "other")
                REQUESTS.labels(scope["method"], route, str(message["status"])).inc()
                SECONDS.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, shielded)

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in _EVERYWHERE.items():
            headers.setdefault(name, value)
        headers[CORRELATION_HEADER] = scope["state"]["correlation"]
        if self._options.secure_cookies:
            headers["Strict-Transport-Security"] = _HSTS
        if scope["path"].startswith(TEAMS_PATHS):
            headers["Content-Security-Policy"] = teams_policy(self._options)
            return
        headers.setdefault("Cache-Control", "no-store")
        if scope["path"] == PANE or scope["state"].get("in_pane"):
            headers["Content-Security-Policy"] = page_policy(scope["state"]["nonce"], self._options.pane_origins)
            return
        headers["Content-Security-Policy"] = page_policy(scope["state"]["nonce"])
        headers["X-Frame-Options"] = "DENY"
        if not scope["path"].startswith(OPENED_PATHS):
            headers["Cross-Origin-Opener-Policy"] = "same-origin"


def page_policy(nonce: str, framed_by: tuple[str, ...] = ()) -> str:
    """Scripts by nonce only, nothing inline, nothing from elsewhere, no frame but in a side pane of `framed_by`."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(framed_by) or chr(39) + 'none' + chr(39)}",
        )
    )


def teams_policy(options: WebOptions) -> str:
    """For pages that Teams frames: static shells, so their scripts are known by place and the answer can be cached.

    Source: contracts, teams-app 13.1.
    """
    asked = "" if options.tenant_banner else f" {TEAMS_JS_HOSTS}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self'{asked}",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(options.teams_origins) or chr(39) + 'none' + chr(39)}",
        )
    )


def _correlation(scope: Scope) -> str:
    """The caller's own number when it is plain enough to be written to a log, else a new one."""
    for name, value in scope["headers"]:
        if name == CORRELATION_HEADER.lower().encode():
            given = value.decode("latin-1")
            return given if _OWN_NUMBER.match(given) else uuid4().hex
    return uuid4().hex
