"""From a proof and a form to tokens: what every grant of a person ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from liaison.tenant.entra.client_auth import Client
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.policies import require_recent_sign_in
from liaison.tenant.entra.requests import Asker, read_cross_origin
from liaison.tenant.entra.scopes import ScopeAsk, read_scope, single_resource
from liaison.tenant.entra.tokens import TokenAnswer, answer_for_person
from liaison.tenant.estate import Estate
from liaison.tenant.estate.sessions import Proof
from liaison.tenant.estate.sign_in_settings import SPA


def answer_grant(
    estate: Estate,
    client: Client,
    form: Mapping[str, str],
    asker: Asker,
    proof: Proof,
    *,
    claims: str | None,
    always_refresh: bool = False,
) -> TokenAnswer:
    """Tokens for what a proof stands for and a form asks for; raises EntraRefused."""
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


def required(form: Mapping[str, str], name: str) -> str:
    """A parameter that a grant cannot do without; raises EntraRefused."""
    value = form.get(name, "")
    if not value:
        raise EntraRefused(900144, parameter=name)
    return value


def check_origin(proof: Proof, asker: Asker) -> None:
    """Codes and refresh tokens of web pages serve web pages only, all others serve anything else.

    Source: E:reference-error-codes; E:v2-oauth2-auth-code-flow, "Redirect URIs for single-page apps".
    """
    origin = read_cross_origin(asker.headers)
    if origin is not None and proof.redirect_kind != SPA:
        raise EntraRefused(9002326, origin=origin[:200])
    if origin is None and proof.redirect_kind == SPA:
        raise EntraRefused(9002327)


def check_frequency(estate: Estate, proof: Proof) -> None:
    """Raise EntraRefused when the person must prove themselves again before this proof serves on."""
    require_recent_sign_in(estate, proof.signed_in or proof.issued, proof.issued)
