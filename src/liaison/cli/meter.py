"""A file that shows how much of it has been read, when somebody is looking."""

from __future__ import annotations

import sys
from typing import IO

from liaison.cli.words import say

_WORTH_SHOWING_BYTES = 4 * 1024 * 1024


class Meter:
    """Reads through to the file; small files and files read for a script are silent."""

    def __init__(self, content: IO[bytes], size_bytes: int) -> None:
        self._content = content
        self._size = size_bytes
        self._read = 0
        self._shown = -1
        self._is_seen = size_bytes >= _WORTH_SHOWING_BYTES and sys.stderr.isatty()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self._read += len(chunk)
        self._show()
        return chunk

    def _show(self) -> None:
        percent = 100 * self._read // max(self._size, 1)
        if self._is_seen and percent != self._shown:
            self._shown = percent
            end = "\n" if percent >= 100 else "\r"
            print(say("upload.progress", percent=str(percent)), end=end, file=sys.stderr, flush=True)
