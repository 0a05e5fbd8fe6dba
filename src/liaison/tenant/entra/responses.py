"""Typed values to the wire: token answers, errors, and the three ways back to an application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from liaison.tenant.entra.errors import EntraRefused, Trace, error_document
from liaison.tenant.entra.pages import PostBackPage, render_page
from liaison.tenant.entra.tokens import TokenAnswer

_NEVER_STORED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}
_RETRY_AFTER_S = 5
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


def json_answer(document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer in UTF-8."""
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return Response(body, status, dict(headers or {}), "application/json; charset=utf-8")


def public_document(document: Mapping[str, Any]) -> Response:
    """A document that any page may read and anybody may keep for a day. Source: E:v2-protocols-oidc."""
    return json_answer(document, headers={"Cache-Control": "max-age=86400, private", **ANY_ORIGIN})


def token_document(answer: TokenAnswer, trace: Trace) -> Response:
    """A success of the token endpoint. Source: E:v2-oauth2-auth-code-flow, "Successful response"."""
    document: dict[str, Any] = {"token_type": "Bearer"}
    if answer.scope is not None:
        document["scope"] = answer.scope
    document |= {"expires_in": answer.expires_in_s, "ext_expires_in": answer.expires_in_s}
    document["access_token"] = answer.access_token
    optional = {
        "refresh_token": answer.refresh_token,
        "id_token": answer.id_token,
        "client_info": answer.client_info,
    }
    document |= {name: value for name, value in optional.items() if value is not None}
    return json_answer(document, headers={**_NEVER_STORED, **ANY_ORIGIN, "x-ms-request-id": trace.trace_id})


def token_document_v1(document: Mapping[str, Any], trace: Trace) -> Response:
    """A success of the older token endpoint."""
    return json_answer(document, headers={**_NEVER_STORED, **ANY_ORIGIN, "x-ms-request-id": trace.trace_id})


def error_answer(refused: EntraRefused, trace: Trace, origin: str) -> Response:
    """A refusal of the token endpoint."""
    headers = {**_NEVER_STORED, **ANY_ORIGIN, "x-ms-request-id": trace.trace_id}
    if refused.status in (429, 503):
        headers["Retry-After"] = str(_RETRY_AFTER_S)
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="login.microsoftonline.com"'
    return json_answer(error_document(refused, trace, origin), refused.status, headers)


def back_to_application(
    redirect_uri: str, response_mode: str, values: Mapping[str, str | None], language: str = "en"
) -> Response:
    """Send the person's browser back to an application with an answer. Source: E:v2-protocols-oidc."""
    given = {name: value for name, value in values.items() if value is not None}
    if response_mode == "form_post":
        return render_page(PostBackPage(redirect_uri, tuple(given.items())), language)
    address = _with_path(redirect_uri)
    if response_mode == "fragment":
        location = f"{address}#{urlencode(given)}"
    else:
        location = f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(given)}"
    return Response(status_code=302, headers={"Location": location, **_NEVER_STORED})


def _with_path(redirect_uri: str) -> str:
    """A registered address without a path comes back with a slash. Source: E:reply-url."""
    return redirect_uri if urlsplit(redirect_uri).path else f"{redirect_uri}/"
