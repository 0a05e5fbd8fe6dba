"""Service protection: how much one user may ask within five minutes, and being unavailable on request.

Counted only while the switch `dataverse.throttle` is on; a number instead of `true` is a limit of its own.
Source: api-limits.md.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate import Estate
from liaison.tenant.estate.switches import get_switch

WINDOW_S = 300.0
MOST_STEPS = 50_000_000
"""Steps of the database that one read may take; everybody waits meanwhile."""
MOST_EXPANDED_ROWS = 50_000
MOST_NESTED_VALUES = 100_000
MOST_NESTED_ROWS = 1_000
"""Rows that one deep insert may make, and that one property may bind."""
MOST_REQUESTS = 6_000


def require_available(estate: Estate) -> None:
    """Raise 503 while the switch `dataverse.unavailable` is on."""
    if get_switch(estate, "dataverse.unavailable", False):
        raise DataverseError(503, "0x80040216", "The service is temporarily unavailable.", {"Retry-After": "1"})


@dataclass
class Throttle:
    """Requests of the last five minutes by environment and user."""

    _seen: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def admit(self, session: Session) -> dict[str, str]:
        """Count a request; raises 429 with the seconds to wait. Returns the headers that tell what is left."""
        setting: bool | int = get_switch(session.estate, "dataverse.throttle", False)
        if not setting:
            return _remaining(MOST_REQUESTS - 1)
        limit = MOST_REQUESTS if setting is True else setting
        now = session.estate.clock.seconds()
        times = self._seen.setdefault((session.environment, session.user.id), deque())
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= limit:
            wait_s = max(1, int(times[0] + WINDOW_S - now) + 1)
            raise DataverseError(
                429,
                "0x80072322",
                f"Number of requests exceeded the limit of {limit} over time window of 300 seconds.",
                {"Retry-After": str(wait_s)},
            )
        times.append(now)
        return _remaining(limit - len(times))


def _remaining(requests: int) -> dict[str, str]:
    return {
        "x-ms-ratelimit-burst-remaining-xrm-requests": str(requests),
        "x-ms-ratelimit-time-remaining-xrm-requests": "1,200.00",
    }
