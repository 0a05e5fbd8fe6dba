"""What Graph said and what seldom changes, kept a while for one process: never anybody's rights."""

from __future__ import annotations

import time

KEEP_S = 300.0
_MOST_KEPT = 10_000


class GraphShelf:
    """The catalogue's id of our app, and where libraries are."""

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self._keep_s = keep_s
        self._kept: dict[str, tuple[str, float]] = {}

    def find(self, key: str) -> str:
        """Empty when it is not kept."""
        value, until = self._kept.get(key, ("", 0.0))
        return value if time.monotonic() < until else ""

    def put(self, key: str, value: str) -> None:
        """What is empty is not kept: it may be there the next time."""
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        if value:
            self._kept[key] = (value, time.monotonic() + self._keep_s)

    def drop(self, key: str) -> bool:
        """Forget what turned out to be wrong; false when nothing was kept."""
        return self._kept.pop(key, None) is not None
