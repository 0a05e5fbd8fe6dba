"""File content, kept by its own hash: a name given by a person never reaches the disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 20


class Blobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Store content durably and return its key (SHA-256 in hex); repeating it is harmless."""
        key = hashlib.sha256(content).hexdigest()
        target = self._path(key)
        if target.exists():
            return key
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as spool:
            spool.write(content)
            spool.flush()
            os.fsync(spool.fileno())
        Path(spool.name).replace(target)
        return key

    def adopt(self, spool: Path) -> str:
        """Take over a finished file of the same disk and return its key; the file is gone from where it was."""
        digest = hashlib.sha256()
        with spool.open("rb") as source:
            while piece := source.read(_CHUNK_BYTES):
                digest.update(piece)
            os.fsync(source.fileno())
        target = self._path(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        spool.replace(target)
        return digest.hexdigest()

    def get(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def size(self, key: str) -> int:
        """How many bytes there are under a key."""
        return self._path(key).stat().st_size

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes from `start` up to and excluding `end` (the whole when None), a megabyte at a time."""
        with self._path(key).open("rb") as source:
            source.seek(start)
            left = None if end is None else end - start
            while left is None or left > 0:
                piece = source.read(_CHUNK_BYTES if left is None else min(_CHUNK_BYTES, left))
                if not piece:
                    return
                if left is not None:
                    left -= len(piece)
                yield piece

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key
