"""What the token endpoint decides, one function for each grant. Source: E:v2-oauth2-auth-code-flow and siblings."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liaison.tenant.entra.client_auth import Client, read_client, require_confidential
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.policies import is_managed_device, require_fresh, require_user
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.scopes import ScopeAsk, read_scope, single_resource
from liaison.tenant.entra.tokens import TokenAnswer, answer_for_application, answer_for_person
from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, issued_at, read_own_token, sign_in_methods
from liaison.tenant.estate.sessions import (
    DEVICE_CODE_LIFE_S,
    Proof,
    find_device_code,
    find_refresh_token,
    issue_device_code,
    mark_refresh_token_used,
    redeem_code,
    settle_device_code,
)
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import TENANT_ID

_ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def answer_token_request(estate: Estate, tenant: str, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """Tokens for a token request of any grant; raises EntraRefused."""
    grant = form.get("grant_type", "")
    client = read_client(estate, form, asker.headers.get("authorization"))
    match grant:
        case "authorization_code":
            return _redeem_authorization_code(estate, client, form, asker)
        case "refresh_token":
            return _refresh(estate, client, form, asker)
        case "client_credentials":
            return _answer_client_credentials(estate, tenant, client, form, asker)
        case _ if grant == _ON_BEHALF_OF:
            return _act_on_behalf_of(estate, client, form, asker)
        case _ if grant in (_DEVICE, "device_code"):
            return _redeem_device_code(estate, client, form, asker)
        case "":
            raise EntraRefused(90014, parameter="grant_type")
        case _:
            raise EntraRefused(70003, grant=grant)


def answer_device_request(estate: Estate, form: Mapping[str, str], asker: Asker, language: str) -> dict[str, Any]:
    """A device code for a client; its person types the short code on a page. Source: E:v2-oauth2-device-code."""
    client = read_client(estate, form, None)
    if not client.application.public_client:
        raise EntraRefused(7000218)
    scope = form.get("scope", "")
    read_scope(estate, scope, asker.origin)
    code, user_code = issue_device_code(estate, client.application.app_id, scope)
    address = f"{asker.origin}/common/oauth2/deviceauth"
    sentence = {
        "en": f"To sign in, use a web browser to open the page {address} and enter the code {user_code} to "
        "authenticate.",
        "fr": f"Pour vous connecter, ouvrez la page {address} dans un navigateur et entrez le code {user_code} pour "
        "vous authentifier.",
    }
    return {
        "user_code": user_code,
        "device_code": code,
        "verification_uri": address,
        "expires_in": DEVICE_CODE_LIFE_S,
        "interval": 5,
        "message": sentence[language],
    }


def _redeem_authorization_code(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    redeemed = redeem_code(estate, _required(form, "code"))
    if redeemed is None:
        raise EntraRefused(70000)
    if redeemed.again:
        raise EntraRefused(54005)
    proof = redeemed.proof
    if redeemed.expired:
        raise EntraRefused(70008)
    if proof.app_id != client.application.app_id:
        raise EntraRefused(700005)
    if form.get("redirect_uri", proof.redirect_uri) != proof.redirect_uri:
        raise EntraRefused(500112, uri=form.get("redirect_uri", ""), expected=proof.redirect_uri)
    _check_code_verifier(client, proof, form.get("code_verifier"))
    if proof.needs_secret:
        require_confidential(client)
    require_fresh(require_user(estate, proof.user_id), proof.issued)
    return _answer_person(estate, client, form, asker, proof, claims=form.get("claims") or proof.claims)


def _check_code_verifier(client: Client, proof: Proof, verifier: str | None) -> None:
    """PKCE, S256 only. Source: RFC 7636, section 4.6."""
    if proof.code_challenge is None:
        if not client.is_confidential:
            raise EntraRefused(9002325)
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    computed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(computed, proof.code_challenge):
        raise EntraRefused(501481)


def _refresh(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """A refresh token serves any resource the client has consent for. Source: E:refresh-tokens."""
    token = _required(form, "refresh_token")
    strict = get_switch(estate, "entra.strict_refresh", False)
    proof = find_refresh_token(estate, token, unused_only=strict)
    if proof is None or proof.app_id != client.application.app_id:
        raise EntraRefused(70000)
    if proof.needs_secret:
        require_confidential(client)
    require_fresh(require_user(estate, proof.user_id), proof.issued)
    answer = _answer_person(estate, client, form, asker, proof, claims=form.get("claims"), always_refresh=True)
    mark_refresh_token_used(estate, token)
    return answer


def _answer_client_credentials(
    estate: Estate, tenant: str, client: Client, form: Mapping[str, str], asker: Asker
) -> TokenAnswer:
    require_confidential(client)
    if tenant != TENANT_ID:
        raise EntraRefused(50059)
    scope = _required(form, "scope")
    ask = read_scope(estate, scope, asker.origin)
    resource = single_resource(ask, scope)
    if not resource.default:
        raise EntraRefused(1002012, scope=scope)
    return answer_for_application(
        estate, client.application, resource, origin=asker.origin, client_auth=client.proof, claims=form.get("claims")
    )


def _act_on_behalf_of(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """Exchange a person's token for our API into tokens of the same person elsewhere.

    Source: E:v2-oauth2-on-behalf-of-flow.
    """
    require_confidential(client)
    if form.get("requested_token_use") != "on_behalf_of":
        raise EntraRefused(90014, parameter="requested_token_use")
    assertion = _read_assertion(estate, _required(form, "assertion"))
    application = client.application
    if assertion.get("aud") not in (application.app_id, *application.identifier_uris):
        raise EntraRefused(50013, reason="The audience of the assertion is not this application")
    if "scp" not in assertion or assertion.get("idtyp") == "app":
        raise EntraRefused(7000114, app_id=application.app_id)
    user = require_user(estate, str(assertion["oid"]))
    require_fresh(user, issued_at(assertion))
    proof = Proof(
        app_id=application.app_id,
        user_id=user.id,
        scope=form.get("scope", ""),
        issued=estate.clock.seconds(),
        methods=sign_in_methods(assertion),
        needs_secret=True,
        managed_device="deviceid" in assertion,
        client_info=form.get("client_info") == "1",
    )
    return _answer_person(estate, client, form, asker, proof, claims=form.get("claims"))


def _read_assertion(estate: Estate, text: str) -> dict[str, Any]:
    try:
        return read_own_token(estate, text)
    except BearerRefused as refused:
        if refused.reason == "expired":
            raise EntraRefused(500133) from refused
        raise EntraRefused(50013, reason="The key was not found or the signature is wrong") from refused


def _redeem_device_code(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    # MSAL sends the value under both names.
    device = find_device_code(estate, form.get("device_code") or _required(form, "code"))
    if device is None or device.app_id != client.application.app_id:
        raise EntraRefused(70018)
    if device.status == "declined":
        raise EntraRefused(65004, error="authorization_declined")
    if device.expires < estate.clock.seconds():
        raise EntraRefused(70020)
    if device.status == "redeemed":
        raise EntraRefused(54005)
    if device.status != "approved" or device.user_id is None:
        raise EntraRefused(70016)
    user = require_user(estate, device.user_id)
    proof = Proof(
        app_id=device.app_id,
        user_id=user.id,
        scope=device.scope,
        issued=estate.clock.seconds(),
        methods=device.methods,
        managed_device=is_managed_device(estate, user, asker.headers),
        client_info=form.get("client_info") == "1",
    )
    answer = _answer_person(estate, client, form, asker, proof, claims=form.get("claims"))
    settle_device_code(estate, device.user_code, "redeemed")
    return answer


def _answer_person(
    estate: Estate,
    client: Client,
    form: Mapping[str, str],
    asker: Asker,
    proof: Proof,
    *,
    claims: str | None,
    always_refresh: bool = False,
) -> TokenAnswer:
    text = form.get("scope") or proof.scope
    ask = _with_former_words(read_scope(estate, text, asker.origin), read_scope(estate, proof.scope, asker.origin))
    # Without a scope of its own, the request is for the first resource that the sign-in named.
    if not form.get("scope"):
        ask = replace(ask, resources=ask.resources[:1])
    return answer_for_person(
        estate,
        client.application,
        proof,
        ask,
        single_resource(ask, text),
        origin=asker.origin,
        client_auth=client.proof,
        claims=claims,
        with_refresh=always_refresh or "offline_access" in ask.oidc,
    )


def _with_former_words(ask: ScopeAsk, former: ScopeAsk) -> ScopeAsk:
    """OpenID words asked for at sign-in still count when the token request leaves them out."""
    return replace(ask, oidc=ask.oidc | former.oidc)


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise EntraRefused(90014, parameter=name)
    return value
