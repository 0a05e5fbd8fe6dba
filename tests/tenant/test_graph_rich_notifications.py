"""Notifications with the changed resource in them, encrypted for the subscriber."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import VENTES, person
from tests.tenant.test_graph_subscriptions import Listener, asked, listening

MESSAGES = f"/teams/{VENTES}/channels/{channel_id('ventes-europe', 'Renewals')}/messages"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


@pytest.fixture(scope="module")
def keys() -> tuple[rsa.RSAPrivateKey, str]:
    """A private key, and its certificate as a subscription sends it."""
    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "subscriber")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, now, now + timedelta(days=1))
    der = builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)
    return private, base64.b64encode(der).decode()


def opened(private: rsa.RSAPrivateKey, content: dict[str, str]) -> Any:
    """The resource in an encrypted content, after its signature was checked."""
    oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    key = private.decrypt(base64.b64decode(content["dataKey"]), oaep)
    data = base64.b64decode(content["data"])
    assert base64.b64encode(hmac.digest(key, data, "sha256")).decode() == content["dataSignature"]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return json.loads(unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize())


def test_a_message_is_told_encrypted(
    tenant: LocalTenant, listener: Listener, keys: tuple[rsa.RSAPrivateKey, str]
) -> None:
    graph = person(tenant, "Claire")
    private, certificate = keys
    more = {"includeResourceData": True, "encryptionCertificate": certificate, "encryptionCertificateId": "mine"}
    made = graph.post("/subscriptions", asked(listener, MESSAGES, **more))
    assert (made["includeResourceData"], made["encryptionCertificate"], made["encryptionCertificateId"]) == (
        True,
        None,
        "mine",
    )
    post = graph.post(MESSAGES, {"body": {"content": "Hello"}})
    told = listener.wait_for(1)[0]
    assert told["encryptedContent"]["encryptionCertificateId"] == "mine"
    assert opened(private, told["encryptedContent"])["body"] == {"contentType": "text", "content": "Hello"}
    assert told["resourceData"]["id"] == post["id"]


def test_resource_data_needs_a_certificate(
    tenant: LocalTenant, listener: Listener, keys: tuple[rsa.RSAPrivateKey, str]
) -> None:
    graph = person(tenant, "Claire")
    for certificate in (None, "x", base64.b64encode(b"no certificate").decode()):
        more = {"includeResourceData": True, "encryptionCertificate": certificate, "encryptionCertificateId": "mine"}
        assert graph.refused("POST", "/subscriptions", asked(listener, MESSAGES, **more))[:2] == (400, "InvalidRequest")
    more = {"includeResourceData": True, "encryptionCertificate": keys[1], "encryptionCertificateId": "mine"}
    body = asked(listener, "/groups", **more) | {"changeType": "updated"}
    assert graph.refused("POST", "/subscriptions", body) == (
        400,
        "InvalidRequest",
        "The resource does not support notifications with resource data.",
    )
