"""Sign-in and consent by redirect, and tokens sent to our own API.

Source: identity.md sections 4, 5, 7 and 14; RFC 9700.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from liaison.domain.consent import Rung, enhanced_scopes
from liaison.domain.crm import Environment
from liaison.domain.names import Person, TenantId
from liaison.entra.claims import Identity, read_api_token, read_id_token
from liaison.entra.config import EntraConfig
from liaison.entra.errors import redirect_error
from liaison.entra.keys import SigningKeys
from liaison.entra.payloads import Grant
from liaison.entra.tokens import CAPABLE_CLAIMS, TokenSource
from liaison.errors import (
    ConsentNotGranted,
    ConsentRefused,
    SignInExpired,
    SignInRefused,
    TokenRefused,
)
from liaison.ports import Clock, SignInStart
from liaison.wire.transport import Transport

CONSENT_SETTLES_S = 60.0
CONSENT_TRIES_S = (1.0, 2.0, 4.0)
REFUSALS = frozenset({"access_denied", "consent_required", "permission_denied"})
_MOST_ACCEPTED = 10_000


@dataclass(frozen=True)
class _Accepted:
    person: Person
    good_until: float


class EntraSignIn:
    """The port `SignIn` in one tenant."""

    def __init__(self, tokens: TokenSource, transport: Transport, config: EntraConfig, clock: Clock) -> None:
        self._tokens = tokens
        self._config = config
        self._clock = clock
        self._keys = SigningKeys(transport, config)
        self._consented_at: dict[TenantId, float] = {}
        self._accepted: dict[str, _Accepted] = {}

    async def start(
        self, environment: Environment, language: str, hint: str = "", also: Sequence[str] = ()
    ) -> SignInStart:
        """The authorize address for the sign-in rung, with state, nonce and PKCE; the verifier stays with us."""
        graph = " ".join(self._graph_scope(scope) for scope in ("User.Read", *also))
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        fields = {
            "client_id": self._config.client_id,
            "response_type": "code",
            "redirect_uri": self._config.redirect_address,
            "response_mode": "query",
            "scope": f"openid profile offline_access {graph} {environment.address.rstrip('/')}/user_impersonation",
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "claims": CAPABLE_CLAIMS,
            "ui_locales": language,
        }
        if hint:
            fields["login_hint"] = hint
        address = f"{self._config.authority}/oauth2/v2.0/authorize?{urlencode(fields)}"
        kept = {"act": "sign_in", "state": state, "nonce": nonce, "verifier": verifier, "language": language}
        return SignInStart(address, state, json.dumps(kept))

    async def finish(self, kept: str, answer: dict[str, str]) -> Person:
        """Redeem the code, check the ID token ourselves, park the refresh token."""
        ours = _checked_state(kept, answer, "sign_in")
        if "error" in answer:
            raise redirect_error(answer)
        if answer.get("iss") and answer["iss"] not in self._config.issuers:
            raise SignInRefused("issuer", "the answer names another issuer")
        if not answer.get("code"):
            raise SignInRefused("code", "the answer has no code")
        scope = f"openid profile offline_access {self._graph_scope('User.Read')}"
        try:
            endpoint = self._tokens.endpoint
            grant = await endpoint.redeem_code(answer["code"], ours["verifier"], scope, CAPABLE_CLAIMS)
        except (SignInExpired, ConsentNotGranted) as refused:
            raise SignInRefused(getattr(refused, "reason", "") or refused.code, "the code was refused") from refused
        return await self._welcome(grant, ours)

    async def _welcome(self, grant: Grant, ours: dict[str, str]) -> Person:
        if not grant.id_token:
            raise SignInRefused("id_token", "missing")
        try:
            who = await read_id_token(grant.id_token, ours["nonce"], self._keys, self._config, self._clock.now())
        except TokenRefused as refused:
            raise SignInRefused("id_token", refused.reason) from refused
        person = _person(who, ours["language"])
        await self._tokens.adopt(person, grant)
        return person

    async def start_consent(
        self, person: Person, language: str, *, with_user_sync: bool = True, extras: tuple[Rung, ...] = ()
    ) -> SignInStart:
        """The administrator's consent page with every scope at once, since a grant replaces earlier ones."""
        state = secrets.token_urlsafe(32)
        wanted = enhanced_scopes(with_user_sync=with_user_sync, extras=extras)
        scopes = [self._graph_scope(scope) for scope in wanted]
        scopes += [f"{place.address.rstrip('/')}/user_impersonation" for place in self._config.environments]
        fields = {
            "client_id": self._config.client_id,
            "redirect_uri": self._config.consent_redirect_address,
            "scope": " ".join(scopes),
            "state": state,
        }
        address = f"{self._config.authority}/v2.0/adminconsent?{urlencode(fields)}"
        kept = {"act": "consent", "state": state, "tenant": person.tenant, "by": person.name}
        return SignInStart(address, state, json.dumps(kept))

    async def read_consent_answer(self, kept: str, answer: dict[str, str]) -> None:
        """`error` counts first, for `admin_consent=True` comes with refusals too; `tenant` is not believed."""
        ours = _checked_state(kept, answer, "consent")
        if answer.get("error") in REFUSALS:
            raise ConsentRefused(ours["by"])
        if "error" in answer:
            raise redirect_error(answer)
        if answer.get("admin_consent", "").lower() != "true":
            raise SignInRefused("admin_consent", "the answer does not say that consent was given")
        self._consented_at[TenantId(ours["tenant"])] = time.monotonic()

    async def carried_scopes(self, person: Person) -> frozenset[str]:
        try:
            return (await self._tokens.access_token(person, self._config.graph_resource)).scopes
        except ConsentNotGranted:
            return frozenset()

    async def probe_scopes(self, person: Person, extras: tuple[Rung, ...] = ()) -> frozenset[str]:
        """Ask for every scope by name; when one is missing the service refuses them all, so ask what there is."""
        self._tokens.drop(person)
        wanted = " ".join(self._graph_scope(scope) for scope in enhanced_scopes(extras=extras))
        for pause_s in (*self._settling(person.tenant), None):
            try:
                return (await self._tokens.probe(person, f"{wanted} offline_access")).scopes
            except ConsentNotGranted:
                if pause_s is not None:
                    await asyncio.sleep(pause_s)
        return await self.carried_scopes(person)

    def _settling(self, tenant: TenantId) -> tuple[float, ...]:
        """A fresh consent takes seconds to reach the token service. Source: identity.md section 7.6."""
        since = time.monotonic() - self._consented_at.get(tenant, -CONSENT_SETTLES_S)
        return CONSENT_TRIES_S if since < CONSENT_SETTLES_S else ()

    async def accept_bearer(self, authorization: str) -> Person:
        """The checked token's person; from the token we have their Graph and Dataverse tokens.

        Raises TokenRefused, and ConsentNotGranted when the person never agreed to Liaison.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or " " in token.strip():
            raise TokenRefused("missing")
        token = token.strip()
        known = self._accepted.get(_fingerprint(token))
        if known is not None and time.monotonic() < known.good_until:
            return known.person
        who = await read_api_token(token, self._keys, self._config, self._clock.now())
        person = _person(who, self._config.language)
        left_s = who.expires_at - self._clock.now().timestamp()
        await self._act_for(person, token, left_s)
        self._remember(token, person, left_s)
        return person

    async def _act_for(self, person: Person, token: str, left_s: float) -> None:
        scope = f"{self._config.graph_resource}/.default offline_access"
        try:
            grant = await self._tokens.endpoint.on_behalf_of(token, scope, CAPABLE_CLAIMS)
        except SignInExpired as refused:
            raise TokenRefused(refused.reason or "expired") from refused
        await self._tokens.adopt(person, grant)
        self._tokens.remember_assertion(person, token, left_s)

    def _remember(self, token: str, person: Person, left_s: float) -> None:
        now = time.monotonic()
        if len(self._accepted) >= _MOST_ACCEPTED:
            self._accepted = {key: one for key, one in self._accepted.items() if one.good_until > now}
        self._accepted[_fingerprint(token)] = _Accepted(person, now + left_s)

    def sign_out_address(self, back_to: str) -> str:
        return f"{self._config.authority}/oauth2/v2.0/logout?{urlencode({'post_logout_redirect_uri': back_to})}"

    async def forget(self, person: Person) -> None:
        self._accepted = {key: one for key, one in self._accepted.items() if one.person.id != person.id}
        await self._tokens.forget(person)

    def _graph_scope(self, scope: str) -> str:
        return f"{self._config.graph_resource}/{scope}"


def _checked_state(kept: str, answer: dict[str, str], act: str) -> dict[str, str]:
    """What we kept, when the answer belongs to it."""
    ours: dict[str, str] = json.loads(kept)
    # Some pages of Entra add a lone "#" at the end of the address.
    state = answer.get("state", "").rstrip("#")
    if ours.get("act") != act or not hmac.compare_digest(ours["state"].encode(), state.encode()):
        raise SignInRefused("state", "the answer does not belong to this sign-in")
    return ours


def _challenge(verifier: str) -> str:
    """Source: RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _person(who: Identity, language: str) -> Person:
    return Person(who.tenant, who.id, who.name, who.upn, who.language or language)
