"""Errors as Graph's three backends say them. Source: Graph v1.0, concepts/errors.md"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any


class Backend(Enum):
    """The service behind a path; each has its own vocabulary of codes."""

    TEAMS = "teams"
    DIRECTORY = "directory"
    FILES = "files"


class GraphError(Exception):
    """An answer that says no. `details` are Graph's `details[]`, `inner` is laid into `innerError`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, Any]] = (),
        inner: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.inner = dict(inner or {})
        self.headers = dict(headers or {})


_BAD_REQUEST = {Backend.TEAMS: "BadRequest", Backend.DIRECTORY: "Request_BadRequest", Backend.FILES: "invalidRequest"}
_FORBIDDEN = {
    Backend.TEAMS: ("Forbidden", "Forbidden"),
    Backend.DIRECTORY: ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    Backend.FILES: ("accessDenied", "Access denied"),
}
_NOT_BUILT = {Backend.TEAMS: "NotImplemented", Backend.DIRECTORY: "NotImplemented", Backend.FILES: "notSupported"}
_TOKEN_MESSAGES = {
    "missing": "Access token is empty.",
    "malformed": "IDX14100: JWT is not well formed, there are no dots (.).\n"
    "The token needs to be in JWS or JWE Compact Serialization Format.",
    "signature": "Signature verification failed.",
    "expired": "Lifetime validation failed, the token is expired.",
    "audience": "Access token validation failure. Invalid audience.",
    "revoked": "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp",
}


def bad_request(backend: Backend, message: str) -> GraphError:
    """400 in the backend's own word."""
    return GraphError(400, _BAD_REQUEST[backend], message)


def forbidden(backend: Backend, message: str | None = None) -> GraphError:
    """403 in the backend's own word."""
    code, usual = _FORBIDDEN[backend]
    return GraphError(403, code, message or usual)


def missing_scopes(backend: Backend, names: Sequence[str], application: bool) -> GraphError:
    """403 for a token that lacks every permission that would do. Source: Graph v1.0, concepts/resolve-auth-errors.md"""
    if backend is not Backend.TEAMS:
        return forbidden(backend)
    kind = "Application" if application else "Delegated"
    return forbidden(
        backend, f"Missing {kind.lower()} scope permissions on the request. API requires one of '{', '.join(names)}'."
    )


def unauthorized(reason: str, challenge: str) -> GraphError:
    """401 for a token that was refused; `challenge` is the whole WWW-Authenticate header.

    Source: Graph v1.0, concepts/resolve-auth-errors.md
    """
    headers = {"WWW-Authenticate": challenge}
    return GraphError(401, "InvalidAuthenticationToken", _TOKEN_MESSAGES.get(reason, "Access denied."), headers=headers)


def no_resource(object_id: str) -> GraphError:
    """The directory's 404. Source: Graph v1.0, resources/directoryobject.md"""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects are not present.",
    )


def no_team(team_id: str) -> GraphError:
    """404 for an unknown team, and for a group without one. Source: graph.md 3.4"""
    return GraphError(404, "NotFound", f"No team found with Group Id {team_id}")


def no_item(message: str = "The resource could not be found.") -> GraphError:
    """The files backend's 404."""
    return GraphError(404, "itemNotFound", message)


def not_built(backend: Backend, method: str, path: str) -> GraphError:
    """501 for an operation that this tenant does not know, naming it."""
    return GraphError(501, _NOT_BUILT[backend], f"{method} {path} is not implemented by this tenant.")


def throttled(retry_after_s: int, status: int = 429) -> GraphError:
    """429, or 503 from files, with the delay to keep. Source: Graph v1.0, concepts/throttling.md"""
    code = "TooManyRequests" if status == 429 else "serviceNotAvailable"
    return GraphError(
        status,
        code,
        "Too many requests" if status == 429 else "The service is busy.",
        inner={"code": str(status), "message": "Please retry after", "status": str(status)},
        headers={"Retry-After": str(retry_after_s)},
    )
