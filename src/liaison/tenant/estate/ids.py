"""The one source of new identifiers and secrets; seeded, it repeats itself."""

from __future__ import annotations

import base64
import random
import secrets
import uuid


class Ids:
    """Identifiers in the shapes the services use; with a seed the sequence is the same in every run."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._seeded = seed is not None
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)

    def restart(self, stream: str) -> None:
        """Begin another sequence, the same for the same seed and stream; without a seed there is none."""
        if self._seed is not None:
            self._random = random.Random(f"{self._seed}/{stream}")

    @property
    def seed(self) -> int | None:
        return self._seed

    def secret(self, size_bytes: int) -> bytes:
        """Unguessable bytes; with a seed, the same ones in every run."""
        return self._random.randbytes(size_bytes) if self._seeded else secrets.token_bytes(size_bytes)

    def guid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self, size_bytes: int = 24) -> str:
        """An unguessable url-safe text."""
        if not self._seeded:
            return secrets.token_urlsafe(size_bytes)
        return base64.urlsafe_b64encode(self._random.randbytes(size_bytes)).rstrip(b"=").decode()

    def thread(self) -> str:
        """A channel or team thread id: `19:` + 32 hex digits + `@thread.tacv2`."""
        return f"19:{self._random.getrandbits(128):032x}@thread.tacv2"

    def drive_item(self) -> str:
        """A SharePoint item id: `01` + 32 base32 characters."""
        return "01" + base64.b32encode(self._random.randbytes(20)).decode()

    def drive(self) -> str:
        """A SharePoint drive id: `b!` + base64url of 48 bytes."""
        return "b!" + base64.urlsafe_b64encode(self._random.randbytes(48)).decode()
