"""Time as the tenant sees it: the machine's, or one that a test sets and moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Wall time in UTC; `set` and `advance` make it differ from the machine's, `freeze` makes it stand still."""

    def __init__(self) -> None:
        self._begin: datetime | None = None
        self._offset_s = 0.0
        self._frozen_at: float | None = None

    def seconds(self) -> float:
        """Seconds since the epoch."""
        base = time.time() if self._frozen_at is None else self._frozen_at
        return base + self._offset_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def stamp(self) -> str:
        """Now as the services write it: ISO 8601 in UTC with milliseconds and Z."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def advance(self, seconds: float) -> None:
        self._offset_s += seconds

    def set(self, moment: datetime) -> None:
        self._offset_s += moment.timestamp() - self.seconds()

    def freeze(self) -> None:
        if self._frozen_at is None:
            self._frozen_at = time.time()

    @property
    def standing(self) -> tuple[float, float | None]:
        """How far from the machine's time, and the machine's moment at which time stands still, if it does."""
        return self._offset_s, self._frozen_at

    def stand(self, offset_s: float, frozen_at: float | None) -> None:
        """Take over what another clock's `standing` said."""
        self._offset_s, self._frozen_at = offset_s, frozen_at

    def begin_at(self, moment: datetime) -> None:
        """Stand still at exactly this moment until `thaw`, and begin again at it after each reset."""
        self._begin = moment
        self._offset_s, self._frozen_at = 0.0, moment.timestamp()

    def thaw(self) -> None:
        """Go on from where time stood still."""
        if self._frozen_at is not None:
            moment = self.now()
            self._frozen_at = None
            self.set(moment)

    def reset(self) -> None:
        """Go with the machine's time again, or begin again where a beginning was given."""
        self._offset_s = 0.0
        self._frozen_at = None
        if self._begin is not None:
            self.set(self._begin)
