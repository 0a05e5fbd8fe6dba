"""Was this write meant by the person whose session it carries? Origin first, then the session's own form token."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers

from liaison.errors import RequestForged
from liaison.ports import Session

FIELD = "form_token"
HEADER = "X-Form-Token"


def require_own_origin(headers: Headers, public_address: str) -> None:
    """Raises RequestForged when the browser says that another site sent the request.

    A client that says nothing about the origin still needs the token.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise RequestForged
    origin = headers.get("Origin")
    if site is None and origin is not None and origin != _origin(public_address):
        raise RequestForged


def require_form_token(headers: Headers, form: FormData, session: Session) -> None:
    """Raises RequestForged when neither header nor form carries the session's token."""
    given = headers.get(HEADER) or form.get(FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.form_token.encode()):
        raise RequestForged


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
