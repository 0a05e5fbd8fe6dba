"""The end of a sign-in: what goes back to the application, by the response type that it asked for.

Source: E:v2-oauth2-auth-code-flow, E:v2-oauth2-implicit-grant-flow, E:v2-protocols-oidc.
"""

from __future__ import annotations

from starlette.responses import Response

from liaison.tenant.entra.client_auth import PUBLIC
from liaison.tenant.entra.flow import Flow
from liaison.tenant.entra.policies import is_managed_device
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.responses import back_to_application
from liaison.tenant.entra.scopes import ScopeAsk, single_resource
from liaison.tenant.entra.tokens import TokenAnswer, answer_for_person, client_info, sign_in_token
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, application_certificates, application_secrets
from liaison.tenant.estate.federation import list_federated_credentials
from liaison.tenant.estate.people import User
from liaison.tenant.estate.sessions import REFRESH_LIFE_S, BrowserSession, Proof, issue_code
from liaison.tenant.estate.sign_in_settings import SPA, WEB

_SPA_REFRESH_LIFE_S = 86_400


def return_to_application(
    estate: Estate,
    flow: Flow,
    client: Application,
    session: BrowserSession,
    user: User,
    ask: ScopeAsk,
    asker: Asker,
) -> Response:
    """Send the person back with the code, the tokens, or both; raises EntraRefused where a token may not be given."""
    proof = _proof(estate, flow, client, session, user, asker)
    words = flow.response_type.split()
    code = issue_code(estate, proof) if "code" in words else None
    tokens = _tokens(estate, flow, client, proof, ask, asker) if "token" in words else None
    in_fragment = flow.response_mode == "fragment"
    values = {
        "access_token": None if tokens is None else tokens.access_token,
        "token_type": None if tokens is None else "Bearer",
        "expires_in": None if tokens is None else str(tokens.expires_in_s),
        "scope": None if tokens is None else tokens.scope,
        "code": code,
        "id_token": sign_in_token(
            estate,
            client,
            user,
            proof,
            ask,
            asker.origin,
            code=code,
            access_token=None if tokens is None else tokens.access_token,
            in_fragment=in_fragment,
        )
        if "id_token" in words
        else None,
        "client_info": client_info(user) if flow.client_info else None,
        "state": flow.state,
        "session_state": session.sid,
    }
    return back_to_application(flow.redirect_uri, flow.response_mode, values, flow.language)


def _proof(estate: Estate, flow: Flow, client: Application, session: BrowserSession, user: User, asker: Asker) -> Proof:
    now = estate.clock.seconds()
    return Proof(
        app_id=client.app_id,
        user_id=user.id,
        scope=flow.scope or "",
        issued=now,
        sid=session.sid,
        methods=session.methods,
        needs_secret=flow.redirect_kind == WEB and _has_credentials(estate, client),
        managed_device=is_managed_device(estate, user, asker.headers),
        redirect_uri=flow.redirect_uri,
        code_challenge=flow.code_challenge,
        nonce=flow.nonce,
        claims=flow.claims,
        client_info=flow.client_info,
        lives_s=_SPA_REFRESH_LIFE_S if flow.redirect_kind == SPA else REFRESH_LIFE_S,
        redirect_kind=flow.redirect_kind,
        version=flow.version,
        signed_in=session.began,
        ends=now + _SPA_REFRESH_LIFE_S if flow.redirect_kind == SPA else None,
    )


def _has_credentials(estate: Estate, client: Application) -> bool:
    return bool(
        application_secrets(estate, client.app_id)
        or application_certificates(estate, client.app_id)
        or list_federated_credentials(estate, client.app_id)
    )


def _tokens(estate: Estate, flow: Flow, client: Application, proof: Proof, ask: ScopeAsk, asker: Asker) -> TokenAnswer:
    """An access token for the page that asked, without anything that could renew it."""
    return answer_for_person(
        estate,
        client,
        proof,
        ask,
        single_resource(ask, flow.scope or ""),
        origin=asker.origin,
        client_auth=PUBLIC,
        claims=flow.claims,
        with_refresh=False,
    )
