"""How long to wait before what has failed is tried again."""

from __future__ import annotations

LONGEST_WAIT_S = 900.0


def backoff_s(attempt: int, key: str, first_s: float) -> float:
    """Seconds before the next try: doubling from `first_s` up to a quarter of an hour, spread by up to a
    fifth per key."""
    spread = 1.0 + (sum(key.encode()) % 100) / 500.0
    return min(first_s * 2.0 ** min(attempt - 1, 12), LONGEST_WAIT_S) * spread
