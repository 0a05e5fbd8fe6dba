"""Sealed texts: tokens that carry what the tenant wants to remember, and that nobody else can make.

Page and delta links, download and upload addresses are made of them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from liaison.tenant.estate import Estate

_MARK_BYTES = 16


class SealBroken(Exception):
    """The text was not sealed here, was sealed for another purpose, or has run out."""


def create_tables(estate: Estate) -> None:
    """Create the table of the sealing key, and the key; repeatable."""
    estate.db.run_script("CREATE TABLE IF NOT EXISTS sealing_key (key BLOB NOT NULL);")
    if estate.db.value("SELECT 1 FROM sealing_key") is None:
        with estate.db.change() as change:
            change.execute("INSERT INTO sealing_key VALUES (?)", (estate.ids.secret(32),))


def seal(estate: Estate, purpose: str, payload: Any, *, lives_s: float | None = None) -> str:
    """A url-safe text that holds `payload` (JSON) for one purpose, for ever or for some seconds."""
    until = None if lives_s is None else estate.clock.seconds() + lives_s
    content = json.dumps([payload, until], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(estate, purpose, content) + content).rstrip(b"=").decode()


def unseal(estate: Estate, purpose: str, text: str) -> Any:
    """What `seal` put in; raises SealBroken."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise SealBroken(purpose) from error
    mark, content = raw[:_MARK_BYTES], raw[_MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(estate, purpose, content)):
        raise SealBroken(purpose)
    payload, until = json.loads(content)
    if until is not None and until < estate.clock.seconds():
        raise SealBroken(purpose)
    return payload


def _mark(estate: Estate, purpose: str, content: bytes) -> bytes:
    key = estate.db.value("SELECT key FROM sealing_key")
    return hmac.new(key, purpose.encode() + b"\0" + content, hashlib.sha256).digest()[:_MARK_BYTES]
