"""How an application proves itself with a certificate, in the spellings of Microsoft’s own libraries."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import time
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from liaison.tenant.estate.applications import add_certificate
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.entra_client import (
    claims_of,
    failure_of,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
def certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liaison")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, made


def b64(content: bytes, *, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(content).decode()
    return text if padded else text.rstrip("=")


def assertion_of(
    tenant: LocalTenant, pair: tuple[rsa.RSAPrivateKey, x509.Certificate], spelling: str, **claims: Any
) -> str:
    """A client assertion as one of Microsoft's libraries writes it."""
    key, certificate = pair
    register = certificate.public_bytes(serialization.Encoding.PEM).decode()
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    tenant.ask(lambda estate: add_certificate(estate, APPLICATION_APP_ID, digest, register))
    now = time.time()
    body = {
        "aud": f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        "iss": APPLICATION_APP_ID,
        "sub": APPLICATION_APP_ID,
        "jti": "1",
        "nbf": now,
        "exp": now + 300.5,
        **claims,
    }
    sha1, sha256 = certificate.fingerprint(hashes.SHA1()), certificate.fingerprint(hashes.SHA256())  # noqa: S303
    if spelling == "rs256":
        header: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "x5t": b64(sha1)}
        return jwt.encode(header, body, RSAKey.import_key(key), algorithms=["RS256"])
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": b64(sha256)}
    signed = f"{b64(json.dumps(header).encode(), padded=True)}.{b64(json.dumps(body).encode(), padded=True)}"
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{signed}.{b64(key.sign(signed.encode(), scheme, hashes.SHA256()), padded=True)}"


def with_assertion(tenant: LocalTenant, assertion: str) -> httpx2.Response:
    form = {
        "client_id": APPLICATION_APP_ID,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)


@pytest.mark.parametrize("spelling", ["rs256", "ps256-padded"])
def test_a_certificate_proves_a_client_in_every_spelling_sdks_use(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate], spelling: str
) -> None:
    answer = with_assertion(tenant, assertion_of(tenant, certificate, spelling))
    assert answer.status_code == 200, answer.text
    assert claims_of(answer.json()["access_token"])["appidacr"] == "2"


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"iss": DELEGATED_APP_ID}, 700027),
        ({"sub": DELEGATED_APP_ID}, 700027),
        ({"aud": "https://login.example/token"}, 700027),
        ({"aud": "https://[::1"}, 700027),
        ({"aud": ["https://localhost/token"]}, 700027),
        ({"exp": 1.0}, 700024),
        ({"exp": "soon"}, 700024),
        ({"exp": 10**400}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
    ],
)
def test_a_wrong_assertion_is_refused(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate], claims: dict[str, Any], number: int
) -> None:
    answer = with_assertion(tenant, assertion_of(tenant, certificate, "rs256", **claims))
    assert failure_of(answer)[:3] == (401, "invalid_client", number)


def test_an_assertion_by_an_unregistered_key_is_refused(
    tenant: LocalTenant, certificate: tuple[rsa.RSAPrivateKey, x509.Certificate]
) -> None:
    other = (rsa.generate_private_key(public_exponent=65537, key_size=2048), certificate[1])
    assert failure_of(with_assertion(tenant, assertion_of(tenant, other, "rs256")))[2] == 700027
