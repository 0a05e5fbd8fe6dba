"""Reading signed tokens meant for us: ID tokens at sign-in, access tokens at our API.

Source: identity.md sections 6 and 14; ASVS 5.0 chapters 9 and 10.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError

from liaison.domain.names import PersonId, TenantId
from liaison.entra.config import EntraConfig
from liaison.entra.keys import SigningKeys
from liaison.errors import TokenRefused, UpstreamSurprise
from liaison.wire.wild import Wild

LARGEST_TOKEN_BYTES = 16 * 1024
LEEWAY_S = 120
OUR_SCOPE = "access_as_user"


@dataclass(frozen=True)
class Identity:
    """Who a checked token is about, and when it ends in seconds since 1970."""

    tenant: TenantId
    id: PersonId
    name: str
    upn: str
    language: str
    expires_at: int


async def read_id_token(token: str, nonce: str, keys: SigningKeys, config: EntraConfig, now: datetime) -> Identity:
    """The person whom a sign-in named. Raises TokenRefused with the first check that fails."""
    claims = await _read_signed(token, keys, config, now)
    if not hmac.compare_digest(claims.opt_text("nonce").encode(), nonce.encode()):
        raise TokenRefused("nonce")
    return _read_identity(claims)


async def read_api_token(token: str, keys: SigningKeys, config: EntraConfig, now: datetime) -> Identity:
    """The person on whose behalf a client calls our API. Raises TokenRefused with the first check that fails.

    An ID token has the same audience as an API token when one registration serves both: only the latter has a scope.
    """
    claims = await _read_signed(token, keys, config, now)
    if claims.opt_text("idtyp") == "app" or (claims.has("roles") and not claims.has("scp")):
        raise TokenRefused("application")
    if claims.has("nonce") or OUR_SCOPE not in claims.opt_text("scp").split():
        raise TokenRefused("scope")
    if claims.opt_text("azp") not in config.accepted_clients:
        raise TokenRefused("client")
    return _read_identity(claims)


async def _read_signed(token: str, keys: SigningKeys, config: EntraConfig, now: datetime) -> Wild:
    """Claims whose signature, issuer, tenant, audience, version and times are right."""
    if len(token) > LARGEST_TOKEN_BYTES or token.count(".") != 2:
        raise TokenRefused("malformed")
    header, unchecked = (_peek(part) for part in token.split(".")[:2])
    if header.opt_text("alg") != "RS256" or header.has("crit"):
        raise TokenRefused("algorithm")
    if unchecked.opt_text("iss") not in config.issuers:
        raise TokenRefused("issuer")
    key = await keys.find(header.opt_text("kid"))
    try:
        claims = Wild(jwt.decode(token, key, algorithms=["RS256"]).claims, service="token")
        _check_claims(claims, config, int(now.timestamp()))
    except (JoseError, ValueError) as cause:
        raise TokenRefused("signature") from cause
    except UpstreamSurprise as cause:
        raise TokenRefused("malformed") from cause
    return claims


def _peek(part: str) -> Wild:
    """A part of the token before its signature is checked: only good for choosing the key."""
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError) as cause:
        raise TokenRefused("malformed") from cause
    if not isinstance(value, dict):
        raise TokenRefused("malformed")
    texts = {name: one for name, one in value.items() if isinstance(one, str) or name == "crit"}
    return Wild(texts, service="token")


def _check_claims(claims: Wild, config: EntraConfig, now: int) -> None:
    checks = {
        "audience": claims.opt_text("aud") == config.client_id,
        "tenant": claims.opt_text("tid") == config.tenant,
        "version": claims.opt_text("ver") == "2.0",
        "issuer": claims.opt_text("iss") in config.issuers,
        "expired": claims.number("exp") + LEEWAY_S > now,
        "not_yet": claims.opt_number("nbf") <= now + LEEWAY_S,
        "issued_later": claims.opt_number("iat") <= now + LEEWAY_S,
        "nobody": bool(claims.opt_text("oid")),
    }
    for reason, holds in checks.items():
        if not holds:
            raise TokenRefused(reason)


def _read_identity(claims: Wild) -> Identity:
    upn = claims.opt_text("preferred_username") or claims.opt_text("upn")
    return Identity(
        tenant=TenantId(claims.text("tid")),
        id=PersonId(claims.text("oid")),
        name=claims.opt_text("name") or upn,
        upn=upn,
        language=read_language(claims.opt_text("xms_pl"), ""),
        expires_at=claims.number("exp"),
    )


def read_language(text: str, otherwise: str) -> str:
    """`fr` for `fr-FR`; what Liaison does not speak becomes English; `otherwise` when nothing is said."""
    if not text:
        return otherwise
    return "fr" if text.lower().split("-")[0] == "fr" else "en"
