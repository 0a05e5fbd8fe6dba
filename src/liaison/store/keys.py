"""The keys that seal secrets at rest, in a file of their own: a copy of the database alone opens nothing.

A sealed text names the key it was sealed with. Each purpose and tenant has a key of its own, derived from the file's.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeysUnreadable(RuntimeError):
    """The key file is not one of ours, or a sealed text needs a key that it does not hold."""


@dataclass(frozen=True, repr=False)
class Keys:
    """The keys by id; `current` seals, all of them open."""

    current: str
    by_id: dict[str, bytes]

    def seal(self, text: str, purpose: str, tenant: str) -> str:
        """The text, readable only with the key file and only for this purpose and tenant."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(self.current, purpose, tenant).encrypt(nonce, text.encode(), purpose.encode())
        return f"{self.current}.{_encode(nonce + sealed)}"

    def open(self, sealed: str, purpose: str, tenant: str) -> str:
        """The text again. Raises KeysUnreadable."""
        key, _, body = sealed.partition(".")
        if key not in self.by_id:
            raise KeysUnreadable(f"the key file does not hold the key {key}")
        content = _decode(body)
        try:
            cipher = self._cipher(key, purpose, tenant)
            return cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as cause:
            raise KeysUnreadable("a sealed text was altered, moved, or sealed with another key") from cause

    def is_current(self, sealed: str) -> bool:
        return sealed.startswith(f"{self.current}.")

    def _cipher(self, key: str, purpose: str, tenant: str) -> AESGCM:
        info = f"{purpose}\n{tenant}".encode()
        derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(self.by_id[key])
        return AESGCM(derived)


def open_keys(path: Path) -> Keys:
    """The keys of the file, made with a first key when there is no file yet. Raises KeysUnreadable."""
    try:
        return _read(path)
    except FileNotFoundError:
        return _create(path)


def add_key(path: Path) -> Keys:
    """Put a new current key into the file; the earlier ones stay until nothing is sealed with them."""
    keys = open_keys(path)
    changed = _with_new_key(keys.by_id)
    _replace(path, changed)
    return changed


def drop_old_keys(path: Path) -> Keys:
    """Leave only the current key in the file."""
    keys = open_keys(path)
    kept = Keys(keys.current, {keys.current: keys.by_id[keys.current]})
    _replace(path, kept)
    return kept


def _read(path: Path) -> Keys:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        keys = Keys(content["current"], {name: _decode(value) for name, value in content["keys"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise KeysUnreadable(f"{path} is not a key file of Liaison") from cause
    if keys.current not in keys.by_id or any(len(key) != _KEY_BYTES for key in keys.by_id.values()):
        raise KeysUnreadable(f"{path} is not a key file of Liaison")
    return keys


def _create(path: Path) -> Keys:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = _with_new_key({})
    fresh = _write_beside(path, keys)
    try:
        os.link(fresh, path)  # fails when another process was first, and never shows half a file
    except FileExistsError:
        return _read(path)
    finally:
        fresh.unlink()
    return keys


def _with_new_key(earlier: dict[str, bytes]) -> Keys:
    name = f"k{len(earlier) + 1}-{secrets.token_hex(4)}"
    return Keys(name, {**earlier, name: secrets.token_bytes(_KEY_BYTES)})


def _replace(path: Path, keys: Keys) -> None:
    _write_beside(path, keys).replace(path)


def _write_beside(path: Path, keys: Keys) -> Path:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    content = {"current": keys.current, "keys": {name: _encode(value) for name, value in keys.by_id.items()}}
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode())
