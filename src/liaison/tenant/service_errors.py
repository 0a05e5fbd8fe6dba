"""An error in the shape of whichever service a path belongs to: for faults, for defects, for what is not built."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

_CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Forbidden",
    404: "NotFound",
    408: "RequestTimeout",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    423: "Locked",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
    507: "InsufficientStorage",
    509: "ActivityLimitReached",
}
# Service protection and general failure codes. Source: dataverse.md, error codes.
DATAVERSE_CODES = {429: "0x80072322", 404: "0x80040217", 403: "0x80040220", 412: "0x80060882"}


def service_error(
    path: str,
    status: int,
    message: str,
    *,
    code: str | None = None,
    request_id: str = "",
    stamp: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for an error at `path`; `code` overrides the service's usual one for the status."""
    if path.startswith("/api/data/"):
        body: dict[str, Any] = {
            "error": {"code": code or DATAVERSE_CODES.get(status, "0x80040216"), "message": message}
        }
    elif path.startswith(("/v1.0/", "/beta/")):
        body = _graph_body(status, message, code, request_id, stamp)
    elif "/oauth2/" in path:
        body = _entra_body(status, message, code, request_id, stamp)
    else:
        body = {"error": {"code": code or _CODES.get(status, "Error"), "message": message}}
    return Response(json.dumps(body), status, dict(headers or {}), "application/json")


def _graph_body(status: int, message: str, code: str | None, request_id: str, stamp: str) -> dict[str, Any]:
    return {
        "error": {
            "code": code or _CODES.get(status, "UnknownError"),
            "message": message,
            "innerError": {"date": stamp[:19], "request-id": request_id, "client-request-id": request_id},
        }
    }


def _entra_body(status: int, message: str, code: str | None, request_id: str, stamp: str) -> dict[str, Any]:
    unavailable, wrong = status in (429, 503), status in (400, 415)
    name = code or ("temporarily_unavailable" if unavailable else "invalid_request" if wrong else "server_error")
    number = {"temporarily_unavailable": 90033, "invalid_request": 90013}.get(name, 90000)
    return {
        "error": name,
        "error_description": f"AADSTS{number}: {message} Trace ID: {request_id} Timestamp: {stamp}",
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": request_id,
        "correlation_id": request_id,
    }
