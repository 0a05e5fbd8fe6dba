"""A key with its certificate, made once for the run, and the assertions signed with it."""

from __future__ import annotations

import base64
import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass(frozen=True)
class Pair:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def public_key(self) -> dict[str, Any]:
        """The public half as a JSON web key named "outside"."""
        return {**RSAKey.import_key(self.key_pem).as_dict(private=False), "kid": "outside"}

    def assertion(self, audience: str, client_id: str) -> str:
        """A client assertion with the SHA-256 thumbprint in its header."""
        digest = self.certificate.fingerprint(hashes.SHA256())
        header = {"alg": "PS256", "typ": "JWT", "x5t#S256": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}
        return self.signed(header, {"iss": client_id, "sub": client_id, "aud": audience, "jti": "1"})

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        now = int(time.time())
        body = {"nbf": now, "exp": now + 300, **claims}
        return jwt.encode(header, body, RSAKey.import_key(self.key_pem), algorithms=["PS256", "RS256"])


def _made() -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liaison")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=30))
    return Pair(key, dated.sign(key, hashes.SHA256()))


PAIR = _made()
