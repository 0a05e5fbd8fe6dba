"""The tenant's signing keys: always two valid ones, so that a client which pins one key is found out."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

from liaison.tenant.estate import Estate
from liaison.tenant.estate.derived_keys import derived_key

_TABLES = """
CREATE TABLE IF NOT EXISTS signing_keys (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  kid TEXT NOT NULL UNIQUE,
  private_pem TEXT NOT NULL,
  certificate_der BLOB NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0
);
"""

_EXPONENT, _KEY_BITS = 65537, 2048
_CERTIFICATE_LIFE = timedelta(days=365 * 5)


@dataclass(frozen=True, eq=False)
class SigningKey:
    """One key pair; `certificate` is base64 of its self-signed certificate (x5c)."""

    kid: str
    key: RSAKey
    certificate: str


def create_tables(estate: Estate) -> None:
    """Create the key table and make sure that two keys exist; repeatable."""
    estate.db.run_script(_TABLES)
    missing = 2 - int(estate.db.value("SELECT count(*) FROM signing_keys WHERE retired = 0"))
    for _ in range(missing):
        _add_key(estate)


def signing_key(estate: Estate) -> SigningKey:
    """The key that signs new tokens: the older of the two valid ones, the newer is published ahead of its use."""
    return published_keys(estate)[0]


def published_keys(estate: Estate) -> list[SigningKey]:
    """The valid keys, the signing one first. Source: E:signing-key-rollover."""
    return [
        _signing_key(row) for row in estate.db.rows("SELECT * FROM signing_keys WHERE retired = 0 ORDER BY position")
    ]


def find_key(estate: Estate, kid: str) -> SigningKey | None:
    """A valid key by its id; None for unknown and retired ones."""
    row = estate.db.row("SELECT * FROM signing_keys WHERE kid = ? AND retired = 0", (kid,))
    return None if row is None else _signing_key(row)


def rotate_keys(estate: Estate) -> str:
    """Retire the signing key, let the announced one sign, announce a fresh one; returns the id now signing."""
    with estate.db.change() as change:
        change.execute("UPDATE signing_keys SET retired = 1 WHERE kid = ?", (signing_key(estate).kid,))
        _add_key(estate)
    return signing_key(estate).kid


def public_key_document(estate: Estate, issuer: str) -> dict[str, Any]:
    """The JSON web key set; each key says which issuer it serves. Source: E:access-tokens, key issuers."""
    return {"keys": [_public_key(key, issuer) for key in published_keys(estate)]}


def _public_key(signing: SigningKey, issuer: str) -> dict[str, Any]:
    numbers = signing.key.as_dict(private=False)
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": signing.kid,
        "x5t": signing.kid,
        "n": numbers["n"],
        "e": numbers["e"],
        "x5c": [signing.certificate],
        "issuer": issuer,
    }


def _add_key(estate: Estate) -> None:
    private = _new_key(estate)
    serial = int.from_bytes(estate.ids.secret(16), "big") | 1
    certificate = _self_signed(private, estate.clock.now(), serial)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Entra names a key by the SHA-1 thumbprint of its certificate.
    thumbprint = hashlib.sha1(certificate, usedforsecurity=False).digest()
    kid = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
    with estate.db.change() as change:
        change.execute(
            "INSERT INTO signing_keys (kid, private_pem, certificate_der) VALUES (?, ?, ?)",
            (kid, pem.decode(), certificate),
        )


def _new_key(estate: Estate) -> rsa.RSAPrivateKey:
    """A key nobody else has; with a seed, the same in every run: whoever asks for that wants tokens to repeat, too."""
    if estate.ids.seed is None:
        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_KEY_BITS)
    return derived_key(estate.ids.secret(32))


def _self_signed(private: rsa.RSAPrivateKey, now: datetime, serial: int) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")])
    start = now.astimezone(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(start + _CERTIFICATE_LIFE)
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)


def _signing_key(row: sqlite3.Row) -> SigningKey:
    return _load_key(row["kid"], row["private_pem"], row["certificate_der"])


@lru_cache(maxsize=64)
def _load_key(kid: str, pem: str, certificate: bytes) -> SigningKey:
    # Loading checks the key's numbers, which costs more than signing with it.
    return SigningKey(kid, RSAKey.import_key(pem), base64.b64encode(certificate).decode())
