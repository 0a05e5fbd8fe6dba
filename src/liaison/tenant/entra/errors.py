"""Entra's refusals: a number with the facts of the case, and the two shapes in which clients meet it.

Source: E:reference-error-codes; E:v2-oauth2-auth-code-flow, "Error responses".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liaison.tenant.entra.error_numbers import KNOWN


class _Facts(dict[str, str]):
    """The facts of a case; what is not known stays out of the sentence."""

    def __missing__(self, name: str) -> str:
        return ""


class EntraRefused(Exception):
    """Entra says no. `claims` is the JSON text a client sends back to satisfy a policy."""

    def __init__(self, number: int, *, claims: str | None = None, error: str | None = None, **facts: str) -> None:
        known = KNOWN[number]
        super().__init__(f"AADSTS{number}")
        self.number = number
        self.error = error or known.error
        self.text = known.text.format_map(_Facts(facts))
        self.suberror = known.suberror
        self.status = known.status
        self.claims = claims


@dataclass(frozen=True)
class Trace:
    """The identifiers and the moment that Entra writes into every error."""

    trace_id: str
    correlation_id: str
    stamp: str


def describe(refused: EntraRefused, trace: Trace) -> str:
    """The `error_description`, with the lines that support people ask for."""
    return (
        f"AADSTS{refused.number}: {refused.text}\r\nTrace ID: {trace.trace_id}\r\n"
        f"Correlation ID: {trace.correlation_id}\r\nTimestamp: {trace.stamp}"
    )


def error_document(refused: EntraRefused, trace: Trace, origin: str) -> dict[str, Any]:
    """The JSON body of a refusal at the token endpoint. Source: E:v2-oauth2-auth-code-flow, "Error responses"."""
    document: dict[str, Any] = {
        "error": refused.error,
        "error_description": describe(refused, trace),
        "error_codes": [refused.number],
        "timestamp": trace.stamp,
        "trace_id": trace.trace_id,
        "correlation_id": trace.correlation_id,
        "error_uri": f"{origin}/error?code={refused.number}",
    }
    if refused.suberror is not None:
        document["suberror"] = refused.suberror
    if refused.claims is not None:
        document["claims"] = refused.claims
    return document
