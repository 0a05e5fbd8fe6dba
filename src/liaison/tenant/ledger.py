"""The call ledger: which requests reached the tenant, from whom, and with which status; never their bodies."""

from __future__ import annotations

import base64
import json
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

_KEPT_CALLS = 100_000


@dataclass(frozen=True)
class Call:
    """One request. `status` is 0 when the connection was dropped before an answer."""

    sequence: int
    at: str
    method: str
    path: str
    status: int
    app_id: str | None
    object_id: str | None


class Ledger:
    """The latest calls, in the order in which they were answered."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT_CALLS)
        self._sequence = 0

    def record(self, at: str, method: str, path: str, status: int, authorization: str | None) -> None:
        """Note one call; the caller is read from the bearer token without judging it."""
        app_id, object_id = _named_caller(authorization)
        self._sequence += 1
        self._calls.append(Call(self._sequence, at, method, path, status, app_id, object_id))

    def report(self, since: int = 0) -> dict[str, Any]:
        """The calls after a sequence number, and the number of the latest one."""
        calls = [asdict(call) for call in self._calls if call.sequence > since]
        return {"value": calls, "last": self._sequence}

    def clear(self) -> None:
        """Forget the calls; sequence numbers go on."""
        self._calls.clear()


def _named_caller(authorization: str | None) -> tuple[str | None, str | None]:
    parts = (authorization or "").split(".")
    if len(parts) != 3:
        return None, None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None, None
    if not isinstance(claims, dict):
        return None, None
    return claims.get("appid") or claims.get("azp"), claims.get("oid")
