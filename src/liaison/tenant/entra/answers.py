"""What the token endpoint decides, one function for each grant. Source: E:v2-oauth2-auth-code-flow and siblings."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from liaison.tenant.entra.client_auth import Client, read_client, require_confidential
from liaison.tenant.entra.device_flow import redeem_device_code
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.flow import require_tenant
from liaison.tenant.entra.granting import answer_grant, check_frequency, check_origin, required
from liaison.tenant.entra.password_grant import answer_password
from liaison.tenant.entra.policies import moment, refuse_on_order, require_fresh, require_user
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.scopes import read_scope, single_resource
from liaison.tenant.entra.tokens import TokenAnswer, answer_for_application
from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, issued_at, read_own_token, sign_in_methods
from liaison.tenant.estate.sessions import (
    Proof,
    find_refresh_token,
    mark_refresh_token_used,
    redeem_code,
    revoke_refresh_tokens,
)
from liaison.tenant.estate.sign_in_settings import SPA
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import TENANT_ID

_ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def answer_token_request(estate: Estate, tenant: str, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """Tokens for a token request of any grant; raises EntraRefused."""
    grant = form.get("grant_type", "")
    if grant == "password":
        return answer_password(estate, tenant, form, asker)
    client = read_client(estate, form, asker.headers.get("authorization"))
    require_tenant(estate, client.application, tenant)
    refuse_on_order(estate, "token", client.application)
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
            return redeem_device_code(estate, client, form, asker)
        case "":
            raise EntraRefused(900144, parameter="grant_type")
        case _:
            raise EntraRefused(70003, grant=grant[:100])


def _redeem_authorization_code(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    redeemed = redeem_code(estate, required(form, "code"))
    if redeemed is None:
        raise EntraRefused(70000)
    proof = redeemed.proof
    if redeemed.again:
        if get_switch(estate, "entra.strict_refresh", False):
            revoke_refresh_tokens(estate, proof.sid)
        raise EntraRefused(54005)
    if redeemed.expired:
        raise EntraRefused(70008)
    if proof.app_id != client.application.app_id:
        raise EntraRefused(700005)
    check_origin(proof, asker)
    if form.get("redirect_uri", proof.redirect_uri) != proof.redirect_uri:
        raise EntraRefused(500112, uri=form.get("redirect_uri", "")[:200], expected=proof.redirect_uri)
    _check_code_verifier(client, proof, form.get("code_verifier"))
    if proof.needs_secret:
        require_confidential(client)
    require_fresh(require_user(estate, proof.user_id), proof.issued)
    return answer_grant(estate, client, form, asker, proof, claims=form.get("claims") or proof.claims)


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
    token = required(form, "refresh_token")
    known = find_refresh_token(estate, token)
    if known is None or known.proof.app_id != client.application.app_id:
        raise EntraRefused(70000)
    proof = known.proof
    check_origin(proof, asker)
    if known.expired:
        raise EntraRefused(700084 if proof.redirect_kind == SPA else 700082, issued=moment(proof.issued))
    if known.used and get_switch(estate, "entra.strict_refresh", False):
        revoke_refresh_tokens(estate, proof.sid)
        raise EntraRefused(70000)
    if proof.needs_secret:
        require_confidential(client)
    require_fresh(require_user(estate, proof.user_id), proof.issued)
    check_frequency(estate, proof)
    answer = answer_grant(estate, client, form, asker, proof, claims=form.get("claims"), always_refresh=True)
    mark_refresh_token_used(estate, token)
    return answer


def _answer_client_credentials(
    estate: Estate, tenant: str, client: Client, form: Mapping[str, str], asker: Asker
) -> TokenAnswer:
    if not client.is_confidential:
        raise EntraRefused(7000216)
    if tenant != TENANT_ID:
        raise EntraRefused(50059)
    scope = required(form, "scope")
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
        raise EntraRefused(900144, parameter="requested_token_use")
    assertion = _read_assertion(estate, required(form, "assertion"))
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
    return answer_grant(estate, client, form, asker, proof, claims=form.get("claims"))


def _read_assertion(estate: Estate, text: str) -> dict[str, Any]:
    try:
        return read_own_token(estate, text)
    except BearerRefused as refused:
        if refused.reason == "expired":
            raise EntraRefused(500133) from refused
        raise EntraRefused(50013, reason="The key was not found or the signature is wrong") from refused
