"""What an answer must be like, whatever was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.fuzz.cases import Case

SLOWEST_S = 1.0
LONGEST_WAIT_S = 0.25


@dataclass(frozen=True)
class Answered:
    """What came back, how long it took, how long somebody else's request waited meanwhile, and the tenant's work."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    waited: float = 0.0
    worked: float = 60.0

    @property
    def held_up(self) -> float:
        """For how long the tenant itself held others up: a busy machine makes everybody wait without its doing."""
        return min(self.waited, self.worked)

    @property
    def took(self) -> float:
        """As `held_up`, for the request itself."""
        return min(self.seconds, self.worked)


def complaint(case: Case, answered: Answered) -> str | None:
    """What is wrong with the answer itself; None when it is in order."""
    if answered.status == 0:
        return "the connection was closed without an answer"
    if answered.status >= 500 and answered.status not in (501, 505):
        return f"status {answered.status}: {answered.body[:300]!r}"
    if answered.status < 400 or case.method == "HEAD" or not answered.body:
        return None
    return _shape(case, answered)


def _shape(case: Case, answered: Answered) -> str | None:
    path = case.target.partition("?")[0]
    if answered.body.startswith(b"Invalid HTTP request") or b"HTTP_Request_Too_Large" in answered.body:
        return None
    if path.startswith(("/api/data/v9.", "/v1.0/")):
        if path.endswith("/$batch") and answered.headers.get("content-type", "").startswith("multipart/mixed"):
            return None
        return _odata_error(path, answered)
    if path.endswith(("/oauth2/v2.0/token", "/oauth2/v2.0/devicecode")):
        content = _read(answered)
        if not isinstance(content, dict) or not {"error", "error_description", "error_codes"} <= content.keys():
            return f"not Entra's error: {answered.status} {answered.body[:200]!r}"
    return None


def _odata_error(path: str, answered: Answered) -> str | None:
    content = _read(answered)
    error = content.get("error") if isinstance(content, dict) else None
    if (
        not isinstance(error, dict)
        or not isinstance(error.get("code"), str)
        or not isinstance(error.get("message"), str)
    ):
        return f"not the service's error: {answered.status} {answered.body[:200]!r}"
    if path.startswith("/v1.0/") and not isinstance(error.get("innerError"), dict):
        return f"no innerError: {answered.status} {answered.body[:200]!r}"
    return None


def _read(answered: Answered) -> object:
    try:
        found: object = json.loads(answered.body)
    except ValueError:
        return None
    return found
