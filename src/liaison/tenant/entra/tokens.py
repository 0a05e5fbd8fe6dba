"""What a grant becomes: access token, ID token, refresh token. Source: E:access-tokens, E:id-token-claims-reference."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.entra.consent import granted_names
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.optional_claims import (
    OPT_IN_ACCESS,
    group_claims,
    optional_access_claims,
    optional_id_claims,
)
from liaison.tenant.entra.policies import (
    handles_challenges,
    requested_contexts,
    require_assignment,
    require_conditions,
    require_principal,
    require_user,
)
from liaison.tenant.entra.scopes import ResourceAsk, ScopeAsk
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, find_service_principal
from liaison.tenant.estate.callers import (
    TokenAsk,
    home_tenant,
    issue_access_token,
    issue_id_token,
    sign_in_name,
)
from liaison.tenant.estate.grants import held_roles
from liaison.tenant.estate.people import User
from liaison.tenant.estate.sessions import Proof, issue_refresh_token
from liaison.tenant.estate.sign_in_settings import sign_in_settings


@dataclass(frozen=True)
class TokenAnswer:
    """A success of the token endpoint; `responses` writes it."""

    access_token: str
    expires_in_s: int
    scope: str | None = None
    refresh_token: str | None = None
    id_token: str | None = None
    client_info: str | None = None
    resource: str = ""


def answer_for_person(
    estate: Estate,
    client: Application,
    proof: Proof,
    ask: ScopeAsk,
    resource: ResourceAsk,
    *,
    origin: str,
    client_auth: str,
    claims: str | None,
    with_refresh: bool,
) -> TokenAnswer:
    """Tokens for what a person's proof stands for, after every policy; raises EntraRefused.

    The access token carries everything granted at its resource, not only what was asked for.
    """
    user = require_user(estate, proof.user_id)
    principal = require_principal(estate, client)
    require_assignment(estate, client, principal, user)
    require_conditions(
        estate,
        user,
        proof.methods,
        claims,
        managed=proof.managed_device,
        client=client.app_id,
        resource=resource.app_ids[0],
    )
    held = _held_scopes(estate, client, user, resource)
    issued = issue_access_token(
        estate,
        TokenAsk(
            app_id=client.app_id,
            audience=resource.audience,
            user_id=user.id,
            scopes=held - {"offline_access"},
            roles=_roles_at(estate, user.id, resource),
            version=resource.token_version,
            client_auth=client_auth,
            origin=origin,
            handles_challenges=handles_challenges(claims),
            managed_device=proof.managed_device,
            methods=proof.methods,
            extra=_asked_claims(estate, user, resource, claims),
            leaves_out=_left_out(estate, resource),
        ),
    )
    return TokenAnswer(
        access_token=issued.text,
        expires_in_s=issued.expires_in_s,
        scope=_spelled(resource, held, ask),
        refresh_token=issue_refresh_token(estate, _renewed(estate, proof)) if with_refresh else None,
        id_token=sign_in_token(estate, client, user, proof, ask, origin) if "openid" in ask.oidc else None,
        client_info=client_info(user) if proof.client_info else None,
        resource=resource.audience,
    )


def answer_for_application(
    estate: Estate, client: Application, resource: ResourceAsk, *, origin: str, client_auth: str, claims: str | None
) -> TokenAnswer:
    """An application's own token; it carries the roles assigned, or none at all.

    Source: E:v2-oauth2-client-creds-grant-flow.
    """
    principal = require_principal(estate, client)
    issued = issue_access_token(
        estate,
        TokenAsk(
            app_id=client.app_id,
            audience=resource.audience,
            roles=_roles_at(estate, principal.id, resource),
            version=resource.token_version,
            client_auth=client_auth,
            origin=origin,
            handles_challenges=handles_challenges(claims),
            leaves_out=_left_out(estate, resource),
        ),
    )
    return TokenAnswer(issued.text, issued.expires_in_s, resource=resource.audience)


def client_info(user: User) -> str:
    """Who signed in, for client libraries: base64url of the account's id and tenant at home."""
    document = json.dumps({"uid": user.id, "utid": home_tenant(user)})
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def _left_out(estate: Estate, resource: ResourceAsk) -> frozenset[str]:
    """What a token of version 2 keeps to itself because its API did not ask for it."""
    if resource.token_version == 1:
        return frozenset()
    return OPT_IN_ACCESS - set(sign_in_settings(estate, resource.app_ids[0]).access_token_claims)


def _asked_claims(estate: Estate, user: User, resource: ResourceAsk, claims: str | None) -> dict[str, Any]:
    contexts = requested_contexts(claims)
    extra: dict[str, Any] = {"acrs": contexts} if contexts else {}
    if resource.token_version == 2:
        settings = sign_in_settings(estate, resource.app_ids[0])
        extra |= optional_access_claims(user, settings) | group_claims(estate, user, settings)
    return extra


def _held_scopes(estate: Estate, client: Application, user: User, resource: ResourceAsk) -> frozenset[str]:
    held = frozenset(name for app_id in resource.app_ids for name in granted_names(estate, client, app_id, user.id))
    lowered = {name.lower() for name in held}
    asks_more = any(name.lower() not in lowered for name in resource.names)
    if asks_more or not held:
        raise EntraRefused(65001, app_id=client.app_id, app=client.display_name)
    return held


def _roles_at(estate: Estate, principal_id: str, resource: ResourceAsk) -> frozenset[str]:
    """The application roles a user or an application holds at the APIs of a token."""
    roles: frozenset[str] = frozenset()
    for app_id in resource.app_ids:
        api = find_service_principal(estate, app_id)
        if api is not None:
            roles |= held_roles(estate, principal_id, api.id, app_id)
    return roles


def _spelled(resource: ResourceAsk, held: frozenset[str], ask: ScopeAsk) -> str:
    bare = {"openid", "profile", "email"}
    names = sorted(name if name in bare else resource.spelled(name) for name in held - {"offline_access"})
    if resource.default:
        names.append(resource.spelled(".default"))
    return " ".join(dict.fromkeys([*sorted(ask.oidc & bare), *names]))


def _renewed(estate: Estate, proof: Proof) -> Proof:
    return replace(proof, issued=estate.clock.seconds(), code_challenge=None, nonce=None)


def sign_in_token(
    estate: Estate,
    client: Application,
    user: User,
    proof: Proof,
    ask: ScopeAsk,
    origin: str,
    *,
    code: str | None = None,
    access_token: str | None = None,
    in_fragment: bool = False,
) -> str:
    """The ID token of a sign-in; beside a code or an access token it carries their hashes.

    Source: E:id-token-claims-reference; OpenID Connect Core 1.0, section 3.3.2.11.
    """
    settings = sign_in_settings(estate, client.app_id)
    extra: dict[str, Any] = {"name": user.display_name, "oid": user.id}
    extra |= _names_of_version(user, proof)
    extra |= optional_id_claims(user, proof, settings)
    extra |= group_claims(estate, user, settings, in_fragment=in_fragment)
    if "email" in ask.oidc and user.mail:
        extra["email"] = user.mail
    own = ResourceAsk("", client.app_id, (client.app_id,), 2)
    if roles := _roles_at(estate, user.id, own):
        extra["roles"] = sorted(roles)
    if code is not None:
        extra["c_hash"] = _half_hash(code)
    if access_token is not None:
        extra["at_hash"] = _half_hash(access_token)
    return issue_id_token(
        estate, app_id=client.app_id, user=user, origin=origin, nonce=proof.nonce, extra=extra, version=proof.version
    )


def _names_of_version(user: User, proof: Proof) -> dict[str, Any]:
    name = sign_in_name(user)
    if proof.version == 2:
        return {"preferred_username": name}
    return {
        "amr": list(proof.methods),
        "family_name": user.surname or "",
        "given_name": user.given_name or "",
        "unique_name": name,
        "upn": user.upn,
    }


def _half_hash(text: str) -> str:
    """The left half of the SHA-256 of a code or an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
