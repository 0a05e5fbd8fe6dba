"""The tenant's own certificate authority and the server certificate it signs once.

The authority's private key is never written: nobody can sign a second certificate with it.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from liaison.tenant.seeds.company import ENVIRONMENTS

_LIFE = timedelta(days=800)
_RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Certificates:
    """Paths of the authority (to be trusted by clients), the server's certificate and its key."""

    ca: Path
    server: Path
    key: Path


def ensure_certificates(folder: Path) -> Certificates:
    """The certificates in `folder`, made on the first call and again when they are about to expire."""
    found = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    if not _is_usable(found):
        _write_certificates(found)
    return found


def _is_usable(found: Certificates) -> bool:
    if not (found.ca.exists() and found.server.exists() and found.key.exists()):
        return False
    server = x509.load_pem_x509_certificate(found.server.read_bytes())
    return server.not_valid_after_utc > datetime.now(UTC) + _RENEW_BEFORE


def _write_certificates(target: Certificates) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    server_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key)
    server = _server(server_key, authority, authority_key)
    pem = serialization.Encoding.PEM
    private = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    target.ca.write_bytes(authority.public_bytes(pem))
    target.server.write_bytes(server.public_bytes(pem))
    target.key.touch(mode=0o600)
    os.chmod(target.key, 0o600)  # noqa: PTH101
    target.key.write_bytes(private)


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Liaison local tenant"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Liaison local tenant, development only"),
    ])  # fmt: skip
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    names += [x509.DNSName(environment.host) for environment in ENVIRONMENTS]
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=False, crl_sign=False, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    return (
        _builder(subject, authority.subject, key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A day back, for machines whose clocks disagree.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
    )
