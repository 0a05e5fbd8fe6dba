"""When asking again is safe, and how long to wait.

One retry layer: an ask that may be repeated is repeated at once, and once; everything longer is the work of whoever
asked (the saga waits durably, the page shows it). Source: reliability-performance.md A1 (Azure guidance), A4 F1 to F5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 86_400.0
THROTTLED_WITHOUT_WAIT_S = 2.0

LOST_STATUSES = frozenset({408, 500, 502, 503, 504, 507, 509})
"""The service failed while it may have been acting."""


def read_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """The longer of Retry-After and RateLimit-Reset in seconds; None when neither says anything usable.

    Retry-After comes as seconds, as a fraction, or as a date, which is judged by the answer's own Date header so that
    a wrong clock here does no harm. A negative wait counts as unsaid; a huge one is cut to a day.
    Source: RFC 9110 section 10.2.3; Graph throttling sample ("2.128").
    """
    said = [
        _seconds(headers.get("retry-after", ""), _server_now(headers, now)),
        _seconds(headers.get("ratelimit-reset", ""), now),
    ]
    waits = [wait for wait in said if wait is not None]
    return min(max(waits), LONGEST_WAIT_S) if waits else None


def _server_now(headers: Mapping[str, str], now: datetime) -> datetime:
    return _date(headers.get("date", "")) or now


def _seconds(text: str, now: datetime) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        wait = float(text)
    except ValueError:
        date = _date(text)
        return None if date is None else max((date - now).total_seconds(), 0.0)
    return wait if math.isfinite(wait) and wait >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
