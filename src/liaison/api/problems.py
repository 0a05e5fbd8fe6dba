"""Errors as application/problem+json, in the asker's language. Source: RFC 9457; RFC 6750 section 3."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from liaison.api.asking import correlation_of, door_of, language_of
from liaison.api.shapes import CatalogueEntry, ProblemShape, RowShape
from liaison.errors import (
    BodyTooLarge,
    ConsentMissing,
    Defect,
    InputInvalid,
    InputMissing,
    LiaisonError,
    MethodNotOffered,
    PageUnknown,
    Row,
    SessionMissing,
    SignInRequired,
    Upstream,
)
from liaison.text.lookup import Texts

MEDIA_TYPE = "application/problem+json"
BODY_LIMIT_BYTES = 64 * 1024
_SHOWN = 100

_EXPECTED = {
    "bool_parsing": "yes_no",
    "bool_type": "yes_no",
    "extra_forbidden": "no_such_field",
    "greater_than_equal": "number",
    "int_parsing": "number",
    "less_than_equal": "number",
    "string_too_long": "shorter_text",
    "string_too_short": "longer_text",
    "string_type": "text",
}
"""What a refused value should have been, by pydantic's name of the complaint; the sentences are under `expected`."""

_EXPECTED_OF_FIELD = {
    "state": "link_state",
    "tab": "tab_choice",
    "of": "whose_links",
    "record": "guid",
    "team": "guid",
    "link": "guid",
    "row": "guid",
    "table": "table_name",
    "item": "file_id",
    "folder": "file_id",
    "entity": "tab_entity",
    "idempotency-key": "idempotency_key",
}

_log = structlog.get_logger("liaison.api")


def render_problem(
    error: LiaisonError, language: str, texts: Texts, public_address: str, correlation: str
) -> ProblemShape:
    """The six parts of an error: code, cause, rows, next step, help and correlation id."""
    facts = error.facts()
    told = texts.explain(language, error.code, facts)
    return ProblemShape(
        type=f"{public_address}/api/v1/errors/{error.code}",
        title=told.title,
        status=error.status,
        detail=told.message,
        code=error.code,
        remedy=told.remedy,
        retry=error.retry,
        rows=render_rows(_worded(error.rows, language, texts)),
        facts=_shown_facts(error, facts),
        help=help_address(public_address, told.help),
        correlation_id=correlation,
    )


def _worded(rows: Sequence[Row], language: str, texts: Texts) -> list[Row]:
    """What is wrong with a value in words, where there are some."""
    keys = [f"fault.{row.detail}" if row.kind == "value" else "" for row in rows]
    return [
        replace(row, detail=texts.say(language, key)) if key and texts.has(key) else row
        for row, key in zip(rows, keys, strict=True)
    ]


def render_rows(rows: Sequence[Row]) -> tuple[RowShape, ...]:
    return tuple(RowShape(kind=row.kind, name=row.name, id=row.id, detail=row.detail) for row in rows)


def help_address(public_address: str, anchor: str) -> str:
    """Liaison's own help page on this trouble."""
    return f"{public_address}/help/{anchor}"


def _shown_facts(error: LiaisonError, facts: dict[str, Any]) -> dict[str, Any]:
    """All but a service's own message: that is for the log."""
    hidden = {"reason"} if isinstance(error, Upstream) else set()
    return {name: value for name, value in facts.items() if name not in hidden}


def render_catalogue_entry(
    kind: type[LiaisonError], language: str, texts: Texts, public_address: str
) -> CatalogueEntry:
    """A kind of error as the list of errors shows it."""

    def sentence(part: str) -> str:
        return texts.pattern(language, f"error.{kind.code}.{part}")

    return CatalogueEntry(
        code=kind.code,
        status=kind.status,
        retry=kind.retry,
        title=sentence("title"),
        message=sentence("message"),
        remedy=sentence("remedy"),
        help=help_address(public_address, sentence("help")),
        facts=tuple(field.name for field in fields(kind)),
    )


def answer_problem(request: Request, error: LiaisonError, headers: dict[str, str] | None = None) -> Response:
    """The answer for an error, with the headers that belong to it."""
    door, language = door_of(request), language_of(request)
    problem = render_problem(error, language, door.texts, door.ports.public_address, correlation_of(request))
    return JSONResponse(
        problem.model_dump(mode="json"),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, **_headers_of(error), **(headers or {})},
    )


def _headers_of(error: LiaisonError) -> dict[str, str]:
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if isinstance(error, SessionMissing):
        headers["WWW-Authenticate"] = 'Bearer realm="liaison"'
    elif isinstance(error, SignInRequired):
        headers["WWW-Authenticate"] = 'Bearer realm="liaison", error="invalid_token"'
    elif isinstance(error, ConsentMissing):
        headers["WWW-Authenticate"] = 'Bearer realm="liaison", error="insufficient_scope"'
    return headers


def answer_defect(request: Request, cause: BaseException) -> Response:
    """What nobody expected: logged under an incident number, which is all that the asker learns."""
    incident = uuid4().hex[:12]
    _log.error(
        "defect",
        incident=incident,
        method=request.method,
        path=request.url.path,
        correlation_id=correlation_of(request),
        exc_info=cause,
    )
    return answer_problem(request, Defect(incident))


def read_complaint(errors: Sequence[dict[str, Any]]) -> LiaisonError:
    """The first thing that is wrong with a request, as one of our errors."""
    first = errors[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "json_invalid":
        return InputInvalid("body", str(first.get("ctx", {}).get("error", "")), "json")
    field = ".".join(place[1:]) or place[0]
    if first["type"] == "missing":
        return InputMissing(field)
    expected = _EXPECTED_OF_FIELD.get(place[-1]) or _EXPECTED.get(first["type"], "described")
    return InputInvalid(field, _shown_value(first.get("input")), expected)


def _shown_value(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def add_handlers(api: FastAPI) -> None:
    """Every way in which a request can fail ends as a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, LiaisonError)  # noqa: S101 the handler is registered for this class
        return answer_problem(request, error)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer_problem(request, read_complaint(error.errors()))

    async def misdirected(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        headers = {"Allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else None
        return answer_problem(request, _read_http_error(request, error), headers)

    async def gone(request: Request, error: Exception) -> Response:
        return Response(status_code=400)  # the sender has hung up; nobody reads this

    api.add_exception_handler(LiaisonError, refused)
    api.add_exception_handler(RequestValidationError, malformed)
    api.add_exception_handler(HTTPException, misdirected)
    api.add_exception_handler(ClientDisconnect, gone)


def _read_http_error(request: Request, error: HTTPException) -> LiaisonError:
    path = request.url.path
    if error.status_code == 404:
        return PageUnknown(path)
    if error.status_code == 405:
        return MethodNotOffered(request.method, path)
    if error.status_code == 413:
        return BodyTooLarge(BODY_LIMIT_BYTES)
    return InputInvalid("body", "", "json")
