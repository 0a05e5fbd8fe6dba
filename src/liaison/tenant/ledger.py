"""The call ledger: which requests reached the tenant, from whom, and with which status; never their bodies."""

from __future__ import annotations

import base64
import json
from collections import Counter, deque
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

_KEPT_CALLS = 100_000
# A hostile caller must not fill the memory with addresses.
_LONGEST_PATH = 1_000
_LONGEST_NAME = 200
_KEPT_TALLIES = 20_000


@dataclass(frozen=True)
class Call:
    """One request. `status` is 0 when the connection was dropped before an answer.

    `operation` is the kind of request as its face names it, None for what no face knows; `client` is what the client
    calls itself; `environment` is the one that answers at the address; `part` tells a part of a batch.
    """

    sequence: int
    at: str
    method: str
    path: str
    status: int
    app_id: str | None
    object_id: str | None
    operation: str | None = None
    client: str | None = None
    environment: str | None = None
    part: bool = False


@dataclass(frozen=True)
class Asked:
    """A request as the ledger and the fault plan see it, before anything has answered it."""

    method: str
    path: str
    operation: str | None = None
    authorization: str | None = None
    client: str | None = None
    environment: str | None = None
    part: bool = False


class Ledger:
    """The latest calls, in the order in which they were answered."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT_CALLS)
        self._sequence = 0
        self._tally: Counter[tuple[str, str]] = Counter()

    def record(self, at: str, asked: Asked, status: int) -> None:
        """Note one call; the caller is read from the bearer token without judging it."""
        app_id, object_id = _named_caller(asked.authorization)
        self._sequence += 1
        client = (asked.client or "")[:_LONGEST_NAME]
        if asked.operation is not None and len(self._tally) < _KEPT_TALLIES:
            self._tally[asked.operation, client] += 1
        self._calls.append(
            Call(
                self._sequence,
                at,
                asked.method,
                asked.path[:_LONGEST_PATH],
                status,
                app_id,
                object_id,
                asked.operation,
                client or None,
                asked.environment,
                asked.part,
            )
        )

    def report(self, since: int = 0) -> dict[str, Any]:
        """The calls after a sequence number, and the number of the latest one."""
        calls = [asdict(call) for call in self._calls if call.sequence > since]
        return {"value": calls, "last": self._sequence}

    @property
    def last(self) -> int:
        """The number of the latest call."""
        return self._sequence

    def take_tally(self) -> list[dict[str, Any]]:
        """How often each operation was asked by each client since this was last taken; a reset does not touch it."""
        taken = [
            {"operation": operation, "client": client, "calls": calls}
            for (operation, client), calls in self._tally.items()
        ]
        self._tally.clear()
        return taken

    def clear(self) -> None:
        """Forget the calls; sequence numbers go on."""
        self._calls.clear()


@lru_cache(maxsize=256)
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
