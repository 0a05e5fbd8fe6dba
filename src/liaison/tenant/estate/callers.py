"""Access tokens: how the tenant issues them, and how a face reads who is calling from one."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    GRAPH_APP_ID,
    GRAPH_RESOURCE,
    find_application,
    find_service_principal,
)
from liaison.tenant.estate.keys import SigningKey, find_key, signing_key
from liaison.tenant.estate.origins import environment_of, is_loopback_name, read_own_address
from liaison.tenant.estate.people import User, find_user, user_directory_roles
from liaison.tenant.seeds.company import TENANT_ID, stable_guid

_LARGEST_TOKEN = 16 * 1024
_GUEST_MARK = "b79fbf4d-3ef9-4689-8143-76b194e85509"  # wids value of everybody without a directory role


@dataclass(frozen=True)
class Caller:
    """Who calls: a user through an application, or an application by itself.

    `object_id` is the user's oid, or the service principal's object id for application tokens.
    """

    object_id: str
    app_id: str
    is_application: bool
    scopes: frozenset[str]
    roles: frozenset[str]
    audience: str
    token_id: str
    managed_device: bool


class BearerRefused(Exception):
    """A token that a face must answer with 401.

    `reason` is "missing", "malformed", "signature", "expired", "audience" or "revoked"; `claims` is the JSON of a
    claims challenge, for revoked tokens of clients that announced they can handle one.
    """

    def __init__(self, reason: str, claims: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.claims = claims


@dataclass(frozen=True)
class IssuedToken:
    """A signed token with its lifetime."""

    text: str
    expires_in_s: int


@dataclass(frozen=True)
class TokenAsk:
    """What an access token shall say. `version` 1 looks like Graph's and Dataverse's tokens, 2 like our own API's;
    `client_auth` is "0" for a public client, "1" for a secret, "2" for a certificate. `leaves_out` are claims that the
    resource did not ask for in its registration."""

    app_id: str
    audience: str
    user_id: str | None = None
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    version: int = 1
    client_auth: str = "1"
    origin: str | None = None
    lifetime_s: int | None = None
    handles_challenges: bool = False
    managed_device: bool = False
    methods: tuple[str, ...] = ("pwd",)
    extra: Mapping[str, Any] = field(default_factory=dict)
    leaves_out: frozenset[str] = frozenset()


def read_bearer(estate: Estate, authorization: str | None, accepts: Callable[[str], bool]) -> Caller:
    """The caller that an Authorization header names; `accepts` judges the token's audience.

    Raises BearerRefused with the reason. Source: E:access-tokens, "Validate tokens".
    """
    # A client sends one token with many requests; a change of keys or sessions is a change of the estate.
    claims = estate.db.recall(("bearer", authorization), lambda: _signed_claims(estate, _bearer_text(authorization)))
    if not isinstance(claims.get("aud"), str) or not accepts(claims["aud"]):
        raise BearerRefused("audience")
    now = estate.clock.seconds()
    if claims.get("tid") != TENANT_ID or claims.get("nbf", 0) > now + 300:
        raise BearerRefused("malformed")
    if claims.get("exp", 0) <= now:
        raise BearerRefused("expired")
    caller = _caller(claims)
    _refuse_revoked(estate, caller, claims)
    return caller


def graph_audience(estate: Estate) -> Callable[[str], bool]:
    """Accepts what Graph answers to: its own name, its app id, and any own origin with or without port."""
    return lambda audience: (
        audience.rstrip("/") == GRAPH_RESOURCE
        or audience == GRAPH_APP_ID
        or read_own_address(estate, audience) is not None
    )


def environment_audience(estate: Estate, environment_key: str) -> Callable[[str], bool]:
    """Accepts the own origins of one environment, with or without port and trailing slash."""

    def judge(audience: str) -> bool:
        address = read_own_address(estate, audience)
        if address is None:
            return False
        # Microsoft's SDKs drop the port from the scope, so a bare "localhost" may mean either environment.
        if address.port is None and is_loopback_name(address.host) and not address.host.endswith(".localhost"):
            return True
        return environment_of(estate, address.host, address.port) == environment_key

    return lambda audience: estate.db.recall(("audience", environment_key, audience), lambda: judge(audience))


def issue_access_token(estate: Estate, ask: TokenAsk) -> IssuedToken:
    """Sign an access token: a user's when `user_id` is given, else the application's own.

    Raises LookupError when the user or the application's service principal does not exist.
    """
    moment = estate.clock.seconds()
    now = int(moment)
    lifetime_s = ask.lifetime_s if ask.lifetime_s is not None else _lifetime_s(estate, ask.handles_challenges)
    claims: dict[str, Any] = {
        "aud": ask.audience,
        "iss": _issuer(estate, ask),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime_s,
        "aio": _opaque_state(estate, ask.methods),
        "rh": f"1.{estate.ids.token(24)}.",
        "tid": TENANT_ID,
        "uti": estate.ids.token(16),
        "ver": f"{ask.version}.0",
        "xms_ftd": _encode_moment(moment),
    }
    claims |= _client_claims(estate, ask)
    claims |= _application_claims(estate, ask) if ask.user_id is None else _user_claims(estate, ask, ask.user_id)
    if ask.roles:
        claims["roles"] = sorted(ask.roles)
    if ask.handles_challenges:
        claims["xms_cc"] = ["cp1"]
    said = {name: value for name, value in claims.items() if name not in ask.leaves_out}
    return IssuedToken(_sign(estate, {**said, **ask.extra}), lifetime_s)


def issue_id_token(
    estate: Estate,
    *,
    app_id: str,
    user: User,
    origin: str,
    nonce: str | None,
    extra: Mapping[str, Any],
    version: int = 2,
) -> str:
    """Sign an ID token for a client; `extra` holds what the scopes and optional claims add.

    Source: E:id-token-claims-reference.
    """
    now = int(estate.clock.seconds())
    claims: dict[str, Any] = {
        "aud": app_id,
        "iss": f"{origin}/{TENANT_ID}/v2.0" if version == 2 else f"https://sts.windows.net/{TENANT_ID}/",
        "iat": now,
        "nbf": now,
        "exp": now + 3900,
        "aio": estate.ids.token(24),
        "rh": f"1.{estate.ids.token(24)}.",
        "sub": pairwise_subject(app_id, user.id),
        "tid": TENANT_ID,
        "uti": estate.ids.token(16),
        "ver": f"{version}.0",
    }
    if idp := home_issuer(user):
        claims["idp"] = idp
    if nonce is not None:
        claims["nonce"] = nonce
    return _sign(estate, {**claims, **extra})


def pairwise_subject(app_id: str, object_id: str) -> str:
    """The `sub` of a user as one application sees it: never the same for two applications."""
    digest = hashlib.sha256(f"{TENANT_ID}/{app_id}/{object_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def home_tenant(user: User) -> str:
    """The tenant that a user comes from: this one, or the one that a guest's mail address stands for."""
    if user.user_type != "Guest":
        return TENANT_ID
    return stable_guid("tenant", (user.mail or user.upn).rpartition("@")[2].lower())


def sign_in_name(user: User) -> str:
    """The name that a person types: a guest's is their address at home."""
    return user.mail if user.user_type == "Guest" and user.mail else user.upn


def home_issuer(user: User) -> str | None:
    """The `idp` claim of a guest; None for people of this tenant."""
    home = home_tenant(user)
    return None if home == TENANT_ID else f"https://sts.windows.net/{home}/"


def role_template_ids(estate: Estate, user_id: str) -> list[str]:
    """The `wids` claim: template ids of the user's directory roles, and the mark every account carries."""
    return [*(role.template_id for role in user_directory_roles(estate, user_id)), _GUEST_MARK]


def read_own_token(estate: Estate, token: str) -> dict[str, Any]:
    """The claims of a token this tenant signed and that still lives; raises BearerRefused."""
    claims = _signed_claims(estate, token)
    if claims.get("exp", 0) <= estate.clock.seconds():
        raise BearerRefused("expired")
    return claims


def issued_at(claims: Mapping[str, Any]) -> float:
    """The moment of issue, finer than `iat`."""
    text = claims.get("xms_ftd")
    return float(_decode_segment(text)) if isinstance(text, str) else float(claims["iat"])


def sign_in_methods(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """How the user of a token signed in; `amr` is absent from v2 tokens, the opaque `aio` always tells."""
    return tuple(_decode_segment(claims["aio"].split("~")[0]).decode().split())


def _bearer_text(authorization: str | None) -> str:
    if not authorization:
        raise BearerRefused("missing")
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer":
        raise BearerRefused("missing")
    if not token:
        raise BearerRefused("missing")
    if len(token) > _LARGEST_TOKEN or token.count(".") != 2:
        raise BearerRefused("malformed")
    return token


def _signed_claims(estate: Estate, token: str) -> dict[str, Any]:
    """The claims of a token signed by a valid key of ours."""
    try:
        header = json.loads(_decode_segment(token.split(".", maxsplit=1)[0]))
        kid = header.get("kid")
    except (ValueError, AttributeError, RecursionError) as error:
        raise BearerRefused("malformed") from error
    key = find_key(estate, kid) if isinstance(kid, str) else None
    if key is None:
        raise BearerRefused("signature")
    try:
        return dict(_verified_claims(token, key))
    except JoseError as error:
        raise BearerRefused("signature") from error
    except (ValueError, RecursionError) as error:
        raise BearerRefused("malformed") from error


@lru_cache(maxsize=4096)
def _verified_claims(token: str, key: SigningKey) -> dict[str, Any]:
    """Signature checks are remembered, since a client sends one token with many requests."""
    return dict(jwt.decode(token, key.key, algorithms=["RS256"]).claims)


def _decode_segment(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _caller(claims: Mapping[str, Any]) -> Caller:
    try:
        return Caller(
            object_id=claims["oid"],
            app_id=claims.get("appid") or claims["azp"],
            is_application=claims.get("idtyp") == "app",
            scopes=_words(claims.get("scp", "")),
            roles=frozenset(claims.get("roles", ())),
            audience=claims["aud"],
            token_id=claims["uti"],
            managed_device="deviceid" in claims or claims.get("idtyp") == "app",
        )
    except KeyError as error:
        raise BearerRefused("malformed") from error


def _encode_moment(moment: float) -> str:
    # `iat` has whole seconds; a forced sign-out must tell tokens of the same second apart.
    return base64.urlsafe_b64encode(f"{moment:.6f}".encode()).rstrip(b"=").decode()


def _opaque_state(estate: Estate, methods: tuple[str, ...]) -> str:
    words = base64.urlsafe_b64encode(" ".join(methods).encode()).rstrip(b"=").decode()
    return f"{words}~{estate.ids.token(24)}"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _refuse_revoked(estate: Estate, caller: Caller, claims: Mapping[str, Any]) -> None:
    """Continuous access evaluation: only clients that can handle a challenge meet one.

    Source: E:app-resilience-continuous-access-evaluation.
    """
    if caller.is_application or "cp1" not in claims.get("xms_cc", ()):
        return
    user = find_user(estate, caller.object_id)
    if user is not None and user.account_enabled and issued_at(claims) >= user.sessions_valid_from:
        return
    since = int(user.sessions_valid_from if user is not None else estate.clock.seconds())
    raise BearerRefused("revoked", json.dumps({"access_token": {"nbf": {"essential": True, "value": str(since)}}}))


def _issuer(estate: Estate, ask: TokenAsk) -> str:
    if ask.version == 1:
        return f"https://sts.windows.net/{TENANT_ID}/"
    return f"{ask.origin or estate.public_http}/{TENANT_ID}/v2.0"


def _client_claims(estate: Estate, ask: TokenAsk) -> dict[str, Any]:
    if ask.version == 2:
        return {"azp": ask.app_id, "azpacr": ask.client_auth}
    application = find_application(estate, ask.app_id)
    name = application.display_name if application is not None else ask.app_id
    return {"app_displayname": name, "appid": ask.app_id, "appidacr": ask.client_auth}


def _application_claims(estate: Estate, ask: TokenAsk) -> dict[str, Any]:
    principal = find_service_principal(estate, ask.app_id)
    if principal is None:
        raise LookupError(ask.app_id)
    claims = {"idtyp": "app", "oid": principal.id, "sub": principal.id}
    return claims if ask.version == 2 else claims | {"idp": f"https://sts.windows.net/{TENANT_ID}/"}


def _user_claims(estate: Estate, ask: TokenAsk, user_id: str) -> dict[str, Any]:
    user = find_user(estate, user_id)
    if user is None:
        raise LookupError(user_id)
    claims: dict[str, Any] = {
        "idtyp": "user",
        "name": user.display_name,
        "oid": user.id,
        "scp": " ".join(sorted(ask.scopes)),
        "sub": pairwise_subject(ask.app_id, user.id),
    }
    if idp := home_issuer(user):
        claims["idp"] = idp
    if ask.managed_device:
        claims["deviceid"] = hashlib.md5(user.id.encode(), usedforsecurity=False).hexdigest()
    if ask.version == 2:
        return claims | {"preferred_username": sign_in_name(user)}
    return claims | {
        "acct": 1 if user.user_type == "Guest" else 0,
        "acr": "1",
        "amr": list(ask.methods),
        "family_name": user.surname or "",
        "given_name": user.given_name or "",
        "unique_name": sign_in_name(user),
        "upn": user.upn,
        "wids": role_template_ids(estate, user.id),
    }


def _lifetime_s(estate: Estate, handles_challenges: bool) -> int:
    """60 to 90 minutes, or 20 to 28 hours for clients that handle challenges. Source: E:access-tokens."""
    share = int(estate.ids.guid()[:4], 16) / 0xFFFF
    return int((20 + 8 * share) * 3600) if handles_challenges else int((60 + 30 * share) * 60)


def _sign(estate: Estate, claims: Mapping[str, Any]) -> str:
    signing = signing_key(estate)
    header = {"typ": "JWT", "alg": "RS256", "kid": signing.kid, "x5t": signing.kid}
    return jwt.encode(header, dict(claims), signing.key, algorithms=["RS256"])


def bearer(estate: Estate, user_id: str, scopes: Iterable[str], *, app_id: str, audience: str = GRAPH_RESOURCE) -> str:
    """An Authorization header for a user, without the ceremony of signing in: for seeds and tests."""
    ask = TokenAsk(app_id=app_id, audience=audience, user_id=user_id, scopes=frozenset(scopes))
    return f"Bearer {issue_access_token(estate, ask).text}"
