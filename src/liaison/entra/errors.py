"""What Entra's errors mean to us: one table, by `error` and `suberror`, numbers only where these are not enough.

Source: identity.md sections 5 and 5.1; identity-platform/reference-error-codes.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from liaison.domain.consent import SCOPES, Rung
from liaison.errors import (
    ConsentNotGranted,
    LiaisonError,
    SignInExpired,
    SignInRefused,
    UpstreamRefused,
    UpstreamUnavailable,
)
from liaison.wire.messages import Answer

SERVICE = "entra"
CONSENT_NUMBERS = frozenset({65001, 65004, 90094})
EVERYTHING = ".default"
"""Stands for all that was granted; it names no permission."""
_NUMBER = re.compile(r"AADSTS(\d+)")

Refusal = Callable[[str, str, tuple[str, ...]], LiaisonError]
"""Service code, request id, wanted scopes."""


def _expired(code: str, request_id: str, scopes: tuple[str, ...]) -> LiaisonError:
    return SignInExpired(code)


def _no_consent(code: str, request_id: str, scopes: tuple[str, ...]) -> LiaisonError:
    named = tuple(scope for scope in scopes if scope != EVERYTHING) or SCOPES[Rung.SIGN_IN]
    rung = Rung.SIGN_IN if set(named) <= {*SCOPES[Rung.SIGN_IN], "user_impersonation"} else Rung.CONNECT
    return ConsentNotGranted(rung.value, named)


def _unavailable(code: str, request_id: str, scopes: tuple[str, ...]) -> LiaisonError:
    return UpstreamUnavailable(SERVICE, code, request_id)


TABLE: dict[tuple[str, str], Refusal] = {
    ("invalid_grant", "consent_required"): _no_consent,
    ("consent_required", ""): _no_consent,
    ("invalid_grant", ""): _expired,
    ("interaction_required", "consent_required"): _no_consent,
    ("interaction_required", ""): _expired,
    ("login_required", ""): _expired,
    ("temporarily_unavailable", ""): _unavailable,
    ("server_error", ""): _unavailable,
}


def token_error(answer: Answer, scopes: tuple[str, ...]) -> LiaisonError:
    """The error that a refused token request means; `scopes` are those asked for."""
    wild = answer.wild() if isinstance(answer.content, dict) else None
    if wild is None:
        return UpstreamRefused(SERVICE, str(answer.status), answer.request_id, http_status=answer.status)
    error, suberror = wild.opt_text("error"), wild.opt_text("suberror")
    description = wild.opt_text("error_description")
    number = read_number(description)
    code = f"AADSTS{number}" if number else error
    request_id = wild.opt_text("trace_id") or answer.request_id
    if error in {"invalid_grant", "interaction_required"} and number in CONSENT_NUMBERS:
        suberror = "consent_required"
    refusal = TABLE.get((error, suberror)) or TABLE.get((error, ""))
    if refusal is not None:
        return refusal(code, request_id, scopes)
    return UpstreamRefused(SERVICE, code, request_id, reason=read_reason(description), http_status=answer.status)


def redirect_error(answer: dict[str, str]) -> SignInRefused:
    """The error with which Entra sent the browser back."""
    description = answer.get("error_description", "")
    number = read_number(description)
    return SignInRefused(f"AADSTS{number}" if number else answer["error"], read_reason(description) or answer["error"])


def read_number(description: str) -> int:
    """The AADSTS number in a description, 0 when there is none."""
    found = _NUMBER.search(description)
    return int(found.group(1)) if found else 0


def read_reason(description: str) -> str:
    """The first line of a description without its number and trace ids."""
    line = description.splitlines()[0] if description else ""
    line = re.split(r"\s+(?:Trace ID|Correlation ID):", line)[0]
    return _NUMBER.sub("", line).lstrip(": ").strip()[:300]
