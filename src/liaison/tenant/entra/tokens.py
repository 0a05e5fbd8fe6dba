"""What a grant becomes: access token, ID token, refresh token. Source: E:access-tokens, E:id-token-claims-reference."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from liaison.tenant.entra.consent import granted_names
from liaison.tenant.entra.errors import EntraRefused
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
    issue_access_token,
    issue_id_token,
    role_template_ids,
)
from liaison.tenant.estate.grants import held_roles
from liaison.tenant.estate.people import User
from liaison.tenant.estate.sessions import Proof, issue_refresh_token
from liaison.tenant.seeds.company import TENANT_ID


@dataclass(frozen=True)
class TokenAnswer:
    """A success of the token endpoint; `responses` writes it."""

    access_token: str
    expires_in_s: int
    scope: str | None = None
    refresh_token: str | None = None
    id_token: str | None = None
    client_info: str | None = None


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
    require_conditions(estate, proof.methods, claims, managed=proof.managed_device, resource=resource.app_ids[0])
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
            extra={"acrs": contexts} if (contexts := requested_contexts(claims)) else {},
        ),
    )
    return TokenAnswer(
        access_token=issued.text,
        expires_in_s=issued.expires_in_s,
        scope=_spelled(resource, held, ask),
        refresh_token=issue_refresh_token(estate, _renewed(estate, proof)) if with_refresh else None,
        id_token=_id_token(estate, client, user, proof, ask, origin) if "openid" in ask.oidc else None,
        client_info=client_info(user.id) if proof.client_info else None,
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
        ),
    )
    return TokenAnswer(issued.text, issued.expires_in_s)


def client_info(user_id: str) -> str:
    """Who signed in, for client libraries: base64url of uid and utid."""
    document = json.dumps({"uid": user_id, "utid": TENANT_ID})
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


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


def _id_token(estate: Estate, client: Application, user: User, proof: Proof, ask: ScopeAsk, origin: str) -> str:
    extra: dict[str, Any] = {
        "name": user.display_name,
        "oid": user.id,
        "preferred_username": user.upn,
        "acct": 1 if user.user_type == "Guest" else 0,
        "login_hint": _login_hint(user, proof),
        "wids": role_template_ids(estate, user.id),
    }
    if proof.sid:
        extra["sid"] = proof.sid
    if user.preferred_language:
        extra["xms_pl"] = user.preferred_language.split("-", maxsplit=1)[0]
    if "email" in ask.oidc and user.mail:
        extra["email"] = user.mail
    own = ResourceAsk("", client.app_id, (client.app_id,), 2)
    if roles := _roles_at(estate, user.id, own):
        extra["roles"] = sorted(roles)
    return issue_id_token(estate, app_id=client.app_id, user=user, origin=origin, nonce=proof.nonce, extra=extra)


def _login_hint(user: User, proof: Proof) -> str:
    """An opaque text that `login_hint` and `logout_hint` accept later. Source: E:optional-claims-reference."""
    return "O." + base64.urlsafe_b64encode(f"{user.id}|{proof.sid}".encode()).rstrip(b"=").decode()


def read_login_hint(hint: str) -> str:
    """The user id or UPN that a hint names: our opaque claim, or what a person typed."""
    if not hint.startswith("O."):
        return hint
    try:
        text = base64.urlsafe_b64decode(hint[2:] + "=" * (-len(hint[2:]) % 4)).decode()
    except ValueError:
        return hint
    return text.partition("|")[0]
