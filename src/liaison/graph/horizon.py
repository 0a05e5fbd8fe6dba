"""How long something that was perhaps made may stay invisible before we believe that it was not made.

Source: reliability-performance.md A3, sharp cell C3 with F7 (60 s).
"""

from __future__ import annotations

import time

_MOST_KEPT = 10_000


class Horizon:
    """Remembers, for one process, when something was last perhaps made; the key is our own mark on it."""

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._noted: dict[str, float] = {}

    def note(self, key: str) -> None:
        """It may exist from now on; an earlier note stands."""
        if len(self._noted) >= _MOST_KEPT:
            oldest = min(self._noted, key=self._noted.__getitem__)
            del self._noted[oldest]
        self._noted.setdefault(key, time.monotonic())

    def is_noted(self, key: str) -> bool:
        return key in self._noted

    def is_open(self, key: str) -> bool:
        """May it still come into view?"""
        noted = self._noted.get(key)
        return noted is not None and time.monotonic() - noted < self._seconds

    def close(self, key: str) -> None:
        """It was seen, or given up."""
        self._noted.pop(key, None)
