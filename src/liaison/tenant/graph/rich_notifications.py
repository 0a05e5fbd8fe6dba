"""Notifications that carry the changed resource itself, encrypted for the subscriber's certificate.

Source: Graph v1.0, concepts/change-notifications-with-resource-data.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from joserfc import jwt

from liaison.tenant.estate import Estate, channels, messages, people, subscriptions, teamwork
from liaison.tenant.estate.callers import Caller
from liaison.tenant.estate.keys import signing_key
from liaison.tenant.estate.subscriptions import Change, Subscription
from liaison.tenant.graph.channels import channel_body
from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.members import member_body, team_roles
from liaison.tenant.graph.messages import message_body
from liaison.tenant.graph.requests import Ask, RawRequest
from liaison.tenant.graph.responses import Json
from liaison.tenant.graph.teams import team_body
from liaison.tenant.graph.watching import Watch
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import TENANT_ID

# The application that publishes change notifications.
_PUBLISHER_APP_ID = "0bf30f3b-4a52-48df-9a82-234910c4a086"
_LEAST_KEY_BITS = 2048
_TOKEN_LIFE_S = 3600
_TOPICS = ("team", "channel", "member", "message")


def read_certificate(body: Wild, watch: Watch) -> tuple[str, str] | None:
    """The certificate and its name when a subscription asks for resource data; raises 400 for what cannot encrypt."""
    if not body.flag("includeResourceData", False):
        return None
    certificate = body.optional_text("encryptionCertificate")
    name = body.optional_text("encryptionCertificateId")
    if not certificate or not name:
        raise _invalid("encryptionCertificate and encryptionCertificateId are required with includeResourceData.")
    if watch.topic not in _TOPICS:
        raise _invalid("The resource does not support notifications with resource data.")
    _public_key(certificate)
    return certificate, name


def encrypted_content(estate: Estate, watcher: Subscription, change: Change) -> Json:
    """`encryptedContent` for a subscription with a certificate; nothing for the others."""
    kept = subscriptions.find_certificate(estate, watcher.id)
    if kept is None:
        return {}
    certificate, name = kept
    der, public = _public_key(certificate)
    key = secrets.token_bytes(32)
    padder = padding.PKCS7(128).padder()
    plain = padder.update(json.dumps(_resource(estate, change)).encode()) + padder.finalize()
    # The first bytes of the key serve as initialisation vector: subscribers expect it so.
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    data = encryptor.update(plain) + encryptor.finalize()
    oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - the documented scheme
    return {
        "encryptedContent": {
            "data": base64.b64encode(data).decode(),
            "dataSignature": base64.b64encode(hmac.digest(key, data, "sha256")).decode(),
            "dataKey": base64.b64encode(public.encrypt(key, oaep)).decode(),
            "encryptionCertificateId": name,
            "encryptionCertificateThumbprint": hashlib.sha1(der).hexdigest().upper(),  # noqa: S324 - a thumbprint
        }
    }


def validation_token(estate: Estate, watcher: Subscription) -> str:
    """The token by which a subscriber knows that the tenant itself sends the notification."""
    signing, now = signing_key(estate), int(estate.clock.seconds())
    claims = {
        "aud": watcher.app_id,
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "iat": now,
        "nbf": now,
        "exp": now + _TOKEN_LIFE_S,
        "appid": _PUBLISHER_APP_ID,
        "tid": TENANT_ID,
        "ver": "1.0",
    }
    header = {"typ": "JWT", "alg": "RS256", "kid": signing.kid, "x5t": signing.kid}
    return jwt.encode(header, claims, signing.key, algorithms=["RS256"])


def _resource(estate: Estate, change: Change) -> Json:
    """The resource as its own address would tell it; what is gone has an id alone."""
    nobody = Caller("", _PUBLISHER_APP_ID, True, frozenset(), frozenset(), "", "", managed_device=True)
    raw = RawRequest("GET", "/", "", {"prefer": "include-unknown-enum-members"}, b"", estate.public_http)
    ask = Ask(estate, nobody, Backend.TEAMS, raw, {}, {})
    gone: Json = {"id": change.entity_id}
    match change.topic:
        case "message":
            message = messages.find_message(estate, change.container, change.entity_id)
            return gone if message is None else message_body(message, ask)
        case "channel":
            channel = channels.find_channel(estate, change.container, change.entity_id)
            return gone if channel is None else channel_body(ask, channel)
        case "team":
            team = teamwork.find_team(estate, change.entity_id)
            return gone if team is None else team_body(ask, team)
        case _:
            user = people.find_user(estate, change.entity_id)
            roles = [] if user is None else team_roles(estate, change.container, user)
            return gone if user is None else member_body(change.container, user, roles)


def _public_key(certificate: str) -> tuple[bytes, RSAPublicKey]:
    try:
        der = base64.b64decode(certificate, validate=True)
        public = x509.load_der_x509_certificate(der).public_key()
    except (binascii.Error, ValueError) as error:
        raise _invalid("The encryptionCertificate is not a base64-encoded X.509 certificate.") from error
    if not isinstance(public, RSAPublicKey) or public.key_size < _LEAST_KEY_BITS:
        raise _invalid(f"The encryptionCertificate must have an RSA key of at least {_LEAST_KEY_BITS} bits.")
    return der, public


def _invalid(message: str) -> GraphError:
    return GraphError(400, "InvalidRequest", message)
