"""How an application proves itself at the token endpoint: secret in body or header, or a signed assertion.

Source: E:v2-oauth2-auth-code-flow, E:certificate-credentials.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.federated_proof import check_federated, is_federated
from liaison.tenant.entra.policies import moment
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    Application,
    application_certificates,
    application_secrets,
    find_application,
)
from liaison.tenant.estate.origins import read_own_address

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PUBLIC, SECRET, CERTIFICATE = "0", "1", "2"
_LATEST_DATE = 2**53


@dataclass(frozen=True)
class Client:
    """A client that has introduced itself; `proof` is "0" when it did not prove itself, "1" secret, "2" certificate."""

    application: Application
    proof: str

    @property
    def is_confidential(self) -> bool:
        return self.proof != PUBLIC


def read_client(estate: Estate, form: Mapping[str, str], authorization: str | None) -> Client:
    """The client of a token request; raises EntraRefused when its proof is wrong, not when it is missing."""
    client_id, secret = _credentials(form, authorization)
    assertion = form.get("client_assertion")
    if not client_id and assertion:
        client_id = str(_decoded(assertion).claims.get("iss", ""))
    if not client_id:
        raise EntraRefused(900144, parameter="client_id")
    application = find_application(estate, client_id)
    if application is None:
        raise EntraRefused(700016, app_id=client_id[:100])
    if assertion:
        _check_assertion(estate, application, form, assertion)
        return Client(application, CERTIFICATE)
    if secret is None:
        return Client(application, PUBLIC)
    _check_secret(estate, application, secret)
    return Client(application, SECRET)


def require_confidential(client: Client) -> None:
    """Raise EntraRefused when the client did not prove itself."""
    if not client.is_confidential:
        raise EntraRefused(7000218)


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str | None]:
    if authorization is None or not authorization.lower().startswith("basic "):
        return form.get("client_id", "").strip(), form.get("client_secret")
    try:
        text = base64.b64decode(authorization[6:].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EntraRefused(90013) from error
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id).strip(), unquote_plus(secret)


def _check_secret(estate: Estate, application: Application, secret: str) -> None:
    known = application_secrets(estate, application.app_id)
    if not known and application.public_client:
        raise EntraRefused(700025)
    matching = [item for item in known if hmac.compare_digest(item.secret.encode(), secret.encode())]
    if not matching:
        raise EntraRefused(7000215, app_id=application.app_id)
    if all(item.expires < estate.clock.seconds() for item in matching):
        raise EntraRefused(7000222, app_id=application.app_id)


@dataclass(frozen=True)
class _Assertion:
    """A client assertion; `signed` is the text that the signature covers, exactly as it came."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def _decoded(assertion: str) -> _Assertion:
    parts = assertion.split(".")
    if len(parts) != 3:
        raise EntraRefused(700027, reason="The assertion is not a signed JWT")
    try:
        header, claims = json.loads(_segment(parts[0])), json.loads(_segment(parts[1]))
        # Escapes can name halves of characters, which no answer could repeat.
        json.dumps([header, claims], ensure_ascii=False).encode()
        # Some SDKs keep base64 padding in the segments and sign the padded text.
        return _Assertion(dict(header), dict(claims), f"{parts[0]}.{parts[1]}".encode(), _segment(parts[2]))
    except (ValueError, TypeError, RecursionError) as error:
        raise EntraRefused(700027, reason="The assertion is not a signed JWT") from error


def _segment(text: str) -> bytes:
    bare = text.rstrip("=")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def _check_assertion(estate: Estate, application: Application, form: Mapping[str, str], text: str) -> None:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise EntraRefused(900144, parameter="client_assertion_type")
    assertion = _decoded(text)
    if is_federated(application, assertion.claims):
        check_federated(estate, application, assertion.claims, text)
        return
    certificate = _signing_certificate(estate, application, assertion.header)
    if not _is_signed_by(assertion, certificate):
        raise EntraRefused(700027, reason="The signature does not match the certificate")
    claims, now = assertion.claims, estate.clock.seconds()
    if claims.get("iss") != application.app_id or claims.get("sub") != application.app_id:
        raise EntraRefused(700027, reason="iss and sub must be the client id")
    if not _is_own_token_endpoint(estate, str(claims.get("aud", ""))):
        raise EntraRefused(700027, reason="aud must be the token endpoint")
    until, since = _date(claims, "exp"), _date(claims, "nbf")
    if until <= now or since > now + 300:
        raise EntraRefused(700024, now=moment(now), from_time=f"{since:.0f}", to_time=f"{until:.0f}")


def _date(claims: Mapping[str, Any], name: str) -> float:
    """A date of an assertion, as whole or broken seconds; the beginning of time where there is none."""
    value = claims.get(name, 0)
    return float(value) if isinstance(value, int | float) and abs(value) < _LATEST_DATE else 0.0


def _signing_certificate(estate: Estate, application: Application, header: Mapping[str, Any]) -> x509.Certificate:
    """The registered certificate that the header's thumbprint names, in any of the spellings SDKs use."""
    named = {str(header[name]).rstrip("=") for name in ("x5t", "x5t#S256", "kid") if name in header}
    for pem in application_certificates(estate, application.app_id):
        certificate = x509.load_pem_x509_certificate(pem.encode())
        if named & _thumbprints(certificate):
            return certificate
    raise EntraRefused(700027, reason="The key was not found")


def _thumbprints(certificate: x509.Certificate) -> set[str]:
    spellings = set()
    for algorithm in (hashes.SHA1(), hashes.SHA256()):  # noqa: S303
        digest = certificate.fingerprint(algorithm)
        spellings |= {digest.hex(), digest.hex().upper(), base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}
    return spellings


def _is_signed_by(assertion: _Assertion, certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    schemes: dict[str, padding.AsymmetricPadding] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
    }
    scheme = schemes.get(str(assertion.header.get("alg")))
    if scheme is None:
        return False
    try:
        key.verify(assertion.signature, assertion.signed, scheme, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _is_own_token_endpoint(estate: Estate, audience: str) -> bool:
    try:
        parts = urlsplit(audience)
    except ValueError:
        return False
    own = read_own_address(estate, f"{parts.scheme}://{parts.netloc}") is not None
    return own and parts.path.endswith(("/oauth2/v2.0/token", "/oauth2/token", "/v2.0"))
