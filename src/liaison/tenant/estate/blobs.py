"""File content, kept by its own hash: a name given by a person never reaches the disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_KEY_LENGTH = 64


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
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as spool:
            spool.write(content)
            spool.flush()
            os.fsync(spool.fileno())
        self._place(Path(spool.name), target)
        return key

    def adopt(self, spool: Path) -> str:
        """Take over a finished file of the same disk and return its key; the file is gone from where it was."""
        digest = hashlib.sha256()
        with spool.open("rb") as source:
            while piece := source.read(_CHUNK_BYTES):
                digest.update(piece)
            os.fsync(source.fileno())
        target = self._path(digest.hexdigest())
        self._place(spool, target)
        return digest.hexdigest()

    def keys(self) -> list[str]:
        """The key of every content that is kept."""
        return sorted(entry.name for entry in self._folder.glob("??/*") if len(entry.name) == _KEY_LENGTH)

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

    def _place(self, spool: Path, target: Path) -> None:
        """Give finished content its name; the name is on the disk when this returns, before any row speaks of it."""
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(self._folder)
        spool.replace(target)
        _sync_folder(target.parent)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
