"""Which executors live. A lock on a file says it at once on one machine; elsewhere, beats that stop say it later.

No clock is compared with another: an observer measures by its own monotonic clock how long a counter stands still.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from liaison.ports import Executor

try:
    import fcntl
except ImportError:  # Windows: no such locks there, beats alone decide
    fcntl = None  # type: ignore[assignment]

MISSED_BEATS = 3


class LifeLock:
    """A lock that this process holds for as long as it lives, however it ends."""

    def __init__(self, folder: Path, executor: str) -> None:
        self._path = lock_path(folder, executor)
        self._file: int | None = None

    def hold(self) -> bool:
        """Take the lock; false where the machine has no such locks."""
        if fcntl is None:
            return False
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True

    def release(self) -> None:
        """Let the lock go. The file stays: a free lock tells others that its executor has ended."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_path(folder: Path, executor: str) -> Path:
    return folder / f"{executor}.lock"


def is_locked(path: Path) -> bool | None:
    """Does a living process hold this lock? None when there is no such file or no such locks here."""
    if fcntl is None:
        return None
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


class Watch:
    """Judges from a series of looks which executors are gone."""

    def __init__(self, folder: Path, beat_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._patience_s = beat_s * MISSED_BEATS
        self._now_s = now_s
        self._seen: dict[str, tuple[int, float]] = {}

    def is_gone(self, executor: Executor) -> bool:
        """Its process has ended for certain, or its beats have stood still for longer than patience allows."""
        held = is_locked(lock_path(self._folder, executor.id))
        if held is not None:
            return not held
        beats, since_s = self._seen.get(executor.id, (None, 0.0))
        if beats != executor.beats:
            self._seen[executor.id] = (executor.beats, self._now_s())
            return False
        return self._now_s() - since_s > self._patience_s

    def forget(self, executor: str) -> None:
        self._seen.pop(executor, None)
        lock_path(self._folder, executor).unlink(missing_ok=True)
