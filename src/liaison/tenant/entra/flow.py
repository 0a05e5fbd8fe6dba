"""A sign-in on its way: what was asked, and what the person has done so far. It survives between two clicks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from liaison.tenant.entra.authorize_requests import AuthorizeRequest
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.policies import require_principal
from liaison.tenant.entra.scopes import ScopeAsk, check_names, read_scope
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, find_application
from liaison.tenant.estate.registrations import ensure_service_principal
from liaison.tenant.estate.sessions import end_flow, find_flow, save_flow
from liaison.tenant.estate.sign_in_settings import SINGLE_TENANT, WEB, sign_in_settings
from liaison.tenant.seeds.company import TENANT_ID

AUTHORIZE, ADMIN_CONSENT, DEVICE = "authorize", "adminconsent", "device"


@dataclass(frozen=True)
class Flow:
    """One sign-in. `user_id` is set when the person chose an account in it, `consented` when they accepted.

    `kind` is "authorize", "adminconsent" (v1 when `scope` is None) or "device" (with `user_code`).
    """

    id: str
    browser: str
    kind: str
    tenant: str
    language: str
    client_id: str
    scope: str | None
    redirect_uri: str = ""
    response_mode: str = "query"
    state: str | None = None
    nonce: str | None = None
    prompt: str | None = None
    login_hint: str | None = None
    code_challenge: str | None = None
    claims: str | None = None
    max_age_s: int | None = None
    client_info: bool = False
    user_code: str = ""
    user_id: str | None = None
    consented: bool = False
    confirmed: bool = False
    response_type: str = "code"
    redirect_kind: str = WEB
    version: int = 2

    @property
    def silent(self) -> bool:
        """Whether no page may be shown."""
        return self.prompt == "none"


def authorize_flow(estate: Estate, browser: str, tenant: str, language: str, asked: AuthorizeRequest) -> Flow:
    """A flow for an authorize request."""
    return Flow(
        id=estate.ids.token(24),
        browser=browser,
        kind=AUTHORIZE,
        tenant=tenant,
        language=language,
        client_id=asked.client_id,
        scope=asked.scope,
        redirect_uri=asked.redirect_uri,
        response_mode=asked.response_mode,
        state=asked.state,
        nonce=asked.nonce,
        prompt=asked.prompt,
        login_hint=asked.login_hint,
        code_challenge=asked.code_challenge,
        claims=asked.claims,
        max_age_s=asked.max_age_s,
        client_info=asked.client_info,
        response_type=asked.response_type,
        redirect_kind=asked.redirect_kind,
        version=asked.version,
    )


def keep(estate: Estate, flow: Flow) -> Flow:
    """Save a flow as it stands."""
    save_flow(estate, flow.id, flow.browser, asdict(flow))
    return flow


def change(estate: Estate, flow: Flow, **done: object) -> Flow:
    """Save a flow with what the person just did."""
    return keep(estate, replace(flow, **done))  # type: ignore[arg-type]


def resume(estate: Estate, ctx: str, browser: str | None) -> Flow | None:
    """The flow a page belongs to; None when it has expired or was begun in another browser."""
    document = None if not browser else find_flow(estate, ctx, browser)
    return None if document is None else Flow(**document)


def finish(estate: Estate, flow: Flow) -> None:
    """Forget a flow that has reached its end."""
    end_flow(estate, flow.id)


def require_tenant(estate: Estate, client: Application, tenant: str) -> None:
    """Raise EntraRefused when an application of one tenant is asked for through an address of all tenants."""
    if tenant != TENANT_ID and sign_in_settings(estate, client.app_id).audience == SINGLE_TENANT:
        raise EntraRefused(50194, app_id=client.app_id, app=client.display_name)


def flow_client(estate: Estate, client_id: str) -> Application:
    """The application a flow is for; raises EntraRefused when it is unknown, deleted or disabled.

    An application that was registered here needs no service principal before somebody signs in to it.
    """
    if not client_id:
        raise EntraRefused(900144, parameter="client_id")
    application = find_application(estate, client_id)
    if application is None:
        raise EntraRefused(700016, app_id=client_id[:100])
    if not application.first_party:
        ensure_service_principal(estate, application)
    require_principal(estate, application)
    return application


def flow_scope(estate: Estate, flow: Flow, client: Application, origin: str) -> ScopeAsk:
    """What a flow asks for, checked against the permissions that exist."""
    ask = read_scope(estate, flow.scope or "", origin)
    check_names(estate, ask, client.display_name)
    return ask
