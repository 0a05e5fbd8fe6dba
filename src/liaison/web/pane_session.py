"""The cookie of a side pane's session: of one frame, below one site alone.

Written by hand, for Python knows the attribute since 3.14 only. Source: contracts, teams-app 13.2; CHIPS.
"""

from __future__ import annotations

from starlette.responses import Response

from liaison.web.visit import Visit

_RULES = ("Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned")


def set_pane_session(response: Response, session: str, visit: Visit) -> Response:
    return _set(response, f"{visit.door.options.pane_cookie}={session}")


def end_pane_session(response: Response, visit: Visit) -> Response:
    return _set(response, f"{visit.door.options.pane_cookie}=", "Max-Age=0")


def _set(response: Response, cookie: str, *more: str) -> Response:
    response.raw_headers.append((b"set-cookie", "; ".join((cookie, *_RULES, *more)).encode("ascii")))
    return response
