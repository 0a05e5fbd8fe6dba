"""Carrying a sign-in forward: who, second factor, consent, and then back to the application.

`advance` is called after every click; it shows the next page that is needed or ends the flow.
Source: E:v2-oauth2-auth-code-flow, E:v2-protocols-oidc, E:v2-oauth2-device-code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from liaison.tenant.entra import consent_pages, people_pages
from liaison.tenant.entra import flow as flows
from liaison.tenant.entra.consent import (
    admin_grant,
    carry_out_admin_grant,
    grant,
    may_grant,
    may_grant_admin,
    may_grant_for_all,
    missing_permissions,
)
from liaison.tenant.entra.errors import EntraRefused, describe
from liaison.tenant.entra.flow import ADMIN_CONSENT, AUTHORIZE, DEVICE, Flow
from liaison.tenant.entra.optional_claims import read_login_hint
from liaison.tenant.entra.pages import DeadEndPage, DeviceConfirmPage, MfaPage, NoticePage, render_page, word
from liaison.tenant.entra.policies import (
    MFA,
    is_managed_device,
    needs_mfa,
    refuse_on_order,
    require_assignment,
    require_conditions,
    require_principal,
    require_user,
)
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.responses import back_to_application
from liaison.tenant.entra.returning import return_to_application
from liaison.tenant.entra.scopes import DEFAULT, ScopeAsk
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application, Permission
from liaison.tenant.estate.grants import add_consent_request
from liaison.tenant.estate.people import User, find_user, find_user_by_mail
from liaison.tenant.estate.sessions import (
    BrowserSession,
    begin_session,
    find_session,
    list_sessions,
    note_session_app,
    settle_device_code,
)
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import DOMAIN, TENANT_ID

# Refusals that end on a page of Entra's instead of going back to the application.
_DEAD_ENDS = frozenset({50011, 50053, 50055, 50097, 50105, 50194, 53000, 53001, 53003, 90002, 700016, 7000112})


def advance(estate: Estate, flow: Flow, asker: Asker) -> Response:
    """Show the page that a flow needs next, or end it."""
    try:
        return _advance(estate, flow, asker)
    except EntraRefused as refused:
        return refuse(flow, refused, asker)


def choose_person(estate: Estate, flow: Flow, form: Mapping[str, str], asker: Asker) -> Response:
    """A click on the account page: somebody listed, or a UPN typed."""
    typed = form.get("loginfmt", "").strip()
    user = find_user(estate, form.get("user") or typed) or find_user_by_mail(estate, typed)
    client = flows.flow_client(estate, flow.client_id)
    if user is None and _belongs_elsewhere(typed):
        error = "access_denied" if flow.kind == ADMIN_CONSENT else None
        return refuse(flow, EntraRefused(50020, error=error, user=typed, app=client.app_id), asker)
    if user is None or not user.account_enabled:
        problem = "sign_in.unknown" if user is None else "sign_in.is_disabled"
        return people_pages.sign_in_page(estate, flow, client, typed=typed, problem=problem)
    session = _valid_session(estate, flow, user)
    if session is None or flow.prompt == "login":
        begin_session(estate, flow.browser, user.id, ("pwd",))
    return advance(estate, flows.change(estate, flow, user_id=user.id), asker)


def confirm_second_factor(estate: Estate, flow: Flow, form: Mapping[str, str], asker: Asker) -> Response:
    """A click on the approval of the sign-in."""
    session = None if flow.user_id is None else find_session(estate, flow.browser, flow.user_id)
    if session is None:
        return advance(estate, flow, asker)
    if form.get("decision") != "approve":
        return refuse(flow, EntraRefused(50076, resource=flow.client_id), asker)
    begin_session(estate, flow.browser, session.user_id, tuple(dict.fromkeys([*session.methods, MFA])))
    return advance(estate, flow, asker)


def decide_consent(estate: Estate, flow: Flow, form: Mapping[str, str], asker: Asker) -> Response:
    """A click on the consent page or on "Need admin approval"."""
    decision = form.get("decision")
    if decision == "switch":
        return advance(estate, flows.change(estate, flow, user_id=None, prompt="select_account"), asker)
    if decision not in ("accept", "request"):
        return _decline(estate, flow, asker)
    try:
        return _accept(estate, flow, form, asker, decision)
    except EntraRefused as refused:
        return refuse(flow, refused, asker)


def confirm_device(estate: Estate, flow: Flow, form: Mapping[str, str], asker: Asker) -> Response:
    """A click on "Are you trying to sign in?"."""
    if form.get("decision") != "continue":
        return _decline(estate, flow, asker)
    return advance(estate, flows.change(estate, flow, confirmed=True), asker)


def refuse(flow: Flow, refused: EntraRefused, asker: Asker) -> Response:
    """End a flow with an error: at the application where it may learn of it, else on a page."""
    stays = refused.number in _DEAD_ENDS or (refused.number == 50020 and flow.kind != ADMIN_CONSENT)
    if flow.kind == DEVICE or (stays and not flow.silent) or not flow.redirect_uri:
        return dead_end(refused, asker, flow.language)
    values: dict[str, str | None] = {
        "error": "consent_required" if refused.number == 65001 else refused.error,
        "error_description": describe(refused, asker.trace),
        "error_uri": f"{asker.origin}/error?code={refused.number}",
        "error_subcode": "cancel" if refused.number == 65004 and flow.kind != ADMIN_CONSENT else None,
        "claims": refused.claims,
        "state": flow.state,
    }
    if flow.kind == ADMIN_CONSENT:
        # The parameter stands beside errors too; the v1 address names the error differently.
        values["admin_consent"] = "True"
        values["error"] = "permission_denied" if flow.scope is None else values["error"]
    return back_to_application(flow.redirect_uri, flow.response_mode, values, flow.language)


def dead_end(refused: EntraRefused, asker: Asker, language: str) -> Response:
    """A page that explains a refusal and goes nowhere."""
    apologies = {50105: "dead_end.sorry_access", 53003: "dead_end.sorry_access"} | dict.fromkeys(
        (50097, 53000, 53001), "dead_end.sorry_device"
    )
    apology = apologies.get(refused.number, "dead_end.sorry")
    status = 400 if refused.number not in apologies else 200
    return render_page(DeadEndPage(apology, refused.number, refused.text, asker.trace), language, status)


def _advance(estate: Estate, flow: Flow, asker: Asker) -> Response:
    client = flows.flow_client(estate, flow.client_id)
    flows.require_tenant(estate, client, flow.tenant)
    if flow.kind == AUTHORIZE:
        flows.flow_scope(estate, flow, client, asker.origin)
    session = _session(estate, flow)
    if session is None:
        if flow.silent:
            raise EntraRefused(50058)
        return people_pages.sign_in_page(estate, flows.keep(estate, flow), client)
    user = require_user(estate, session.user_id)
    refuse_on_order(estate, "authorize", client, user.upn)
    flow = replace(flow, user_id=user.id)
    require_assignment(estate, client, require_principal(estate, client), user)
    if needs_mfa(estate, session.methods, flow.claims) and not flow.silent:
        flows.keep(estate, flow)
        number = f"{int.from_bytes(flow.id.encode()[:2]) % 90 + 10}"
        return render_page(MfaPage(f"/{flow.tenant}/mfa", flow.id, user.upn, number), flow.language)
    managed = is_managed_device(estate, user, asker.headers)
    require_conditions(
        estate, user, session.methods, flow.claims, managed=managed, client=client.app_id, resource=client.app_id
    )
    if flow.kind == ADMIN_CONSENT:
        return _advance_admin_consent(estate, flow, client, user, asker)
    return _advance_person(estate, flow, client, session, user, asker)


def _advance_person(
    estate: Estate, flow: Flow, client: Application, session: BrowserSession, user: User, asker: Asker
) -> Response:
    """Consent, then the end: the application gets its code, or the device its approval."""
    if flow.kind == DEVICE and not flow.confirmed:
        flows.keep(estate, flow)
        page = DeviceConfirmPage(f"/{flow.tenant}/device", flow.id, user.upn, client.display_name)
        return render_page(page, flow.language)
    ask = flows.flow_scope(estate, flow, client, asker.origin)
    again = flow.prompt in ("consent", "admin_consent") and not flow.consented
    missing = missing_permissions(estate, client, user.id, ask, again=again)
    if missing and flow.silent:
        raise EntraRefused(65001, app_id=client.app_id, app=client.display_name)
    if missing:
        flows.keep(estate, flow)
    if missing and not _may_answer(estate, flow, client, user, missing):
        return consent_pages.approval_page(estate, flow, client, user, missing, asker.trace)
    if missing:
        return consent_pages.consent_page(estate, flow, client, user, missing)
    note_session_app(estate, session, client.app_id)
    flows.finish(estate, flow)
    if flow.kind == DEVICE:
        settle_device_code(estate, flow.user_code, "approved", user.id, session.methods)
        title = word(flow.language, "device.done_title", app=client.display_name)
        return render_page(NoticePage(title, word(flow.language, "device.done")), flow.language)
    return return_to_application(estate, flow, client, session, user, ask, asker)


def _advance_admin_consent(estate: Estate, flow: Flow, client: Application, user: User, asker: Asker) -> Response:
    asked = admin_grant(estate, client, _admin_scope(estate, flow, client, asker))
    flows.keep(estate, flow)
    if not may_grant_admin(estate, user, asked):
        return consent_pages.approval_page(estate, flow, client, user, list(asked.scopes), asker.trace)
    return consent_pages.admin_consent_page(flow, client, user, asked)


def _belongs_elsewhere(typed: str) -> bool:
    """Whether a typed name is of another organization's domain."""
    _, at, domain = typed.rpartition("@")
    return bool(at) and domain.lower() not in (DOMAIN, f"{DOMAIN.partition('.')[0]}.onmicrosoft.com")


def _accept(estate: Estate, flow: Flow, form: Mapping[str, str], asker: Asker, decision: str) -> Response:
    """Record the grant, after checking again that this person may give it: the form is theirs, the right is not."""
    client = flows.flow_client(estate, flow.client_id)
    session = _session(estate, flow)
    if session is None:
        return advance(estate, flow, asker)
    user = require_user(estate, session.user_id)
    if decision == "request":
        return _file_request(estate, flow, client, user, form)
    if flow.kind == ADMIN_CONSENT:
        return _accept_for_all(estate, flow, client, user, asker)
    ask = flows.flow_scope(estate, flow, client, asker.origin)
    missing = missing_permissions(estate, client, user.id, ask, again=flow.prompt in ("consent", "admin_consent"))
    if not _may_answer(estate, flow, client, user, missing):
        return advance(estate, flow, asker)
    ticked = form.get("organization") == "1" and consent_pages.offers_organization(estate, user)
    for_all = ticked or flow.prompt == "admin_consent"
    grant(estate, client, missing, user, for_all=for_all)
    return advance(estate, flows.change(estate, flow, consented=True), asker)


def _may_answer(estate: Estate, flow: Flow, client: Application, user: User, missing: list[Permission]) -> bool:
    """Whether this person may accept: for themselves, or for everybody where the older `admin_consent` prompt asks."""
    if flow.prompt == "admin_consent":
        return may_grant_for_all(estate, user)
    return may_grant(estate, client, user, missing)


def _accept_for_all(estate: Estate, flow: Flow, client: Application, user: User, asker: Asker) -> Response:
    asked = admin_grant(estate, client, _admin_scope(estate, flow, client, asker))
    if not may_grant_admin(estate, user, asked):
        return advance(estate, flow, asker)
    carry_out_admin_grant(estate, client, asked)
    flows.finish(estate, flow)
    values = {"admin_consent": "True", "tenant": TENANT_ID, "state": flow.state, "scope": flow.scope}
    return back_to_application(flow.redirect_uri, flow.response_mode, values, flow.language)


def _decline(estate: Estate, flow: Flow, asker: Asker) -> Response:
    """The person pressed Cancel: the application learns it, or the device that waits."""
    flows.finish(estate, flow)
    if flow.kind != DEVICE:
        return refuse(flow, EntraRefused(65004), asker)
    settle_device_code(estate, flow.user_code, "declined")
    title = word(flow.language, "device.declined_title")
    return render_page(NoticePage(title, word(flow.language, "device.done")), flow.language)


def _admin_scope(estate: Estate, flow: Flow, client: Application, asker: Asker) -> ScopeAsk | None:
    """The scopes an admin consent address names; None stands for the registration's own list."""
    if flow.scope is None or flow.scope.strip() == DEFAULT:
        return None
    return flows.flow_scope(estate, flow, client, asker.origin)


def _file_request(estate: Estate, flow: Flow, client: Application, user: User, form: Mapping[str, str]) -> Response:
    add_consent_request(estate, client.app_id, user.id, flow.scope or "", form.get("reason", "")[:1000])
    title = word(flow.language, "approval.requested_title")
    return render_page(NoticePage(title, word(flow.language, "approval.requested")), flow.language)


def _session(estate: Estate, flow: Flow) -> BrowserSession | None:
    """Who this flow is for: the account chosen in it, else the one that single sign-on settles; None asks."""
    if flow.user_id is not None:
        chosen = find_user(estate, flow.user_id)
        return None if chosen is None else _valid_session(estate, flow, chosen)
    if flow.prompt in ("login", "select_account", "create"):
        return None
    valid = _valid_sessions(estate, flow)
    if flow.login_hint is not None:
        hinted = find_user(estate, read_login_hint(flow.login_hint))
        return next((item for item in valid if hinted is not None and item.user_id == hinted.id), None)
    return valid[0] if len(valid) == 1 or (flow.silent and valid) else None


def _valid_sessions(estate: Estate, flow: Flow) -> list[BrowserSession]:
    found = []
    for session in list_sessions(estate, flow.browser):
        user = find_user(estate, session.user_id)
        if user is not None and _valid_session(estate, flow, user) is not None:
            found.append(session)
    return found


def _valid_session(estate: Estate, flow: Flow, user: User) -> BrowserSession | None:
    """The user's session in this browser, unless it was revoked, is too old for the request, or the account is off."""
    session = find_session(estate, flow.browser, user.id)
    if session is None or not user.account_enabled or session.began < user.sessions_valid_from:
        return None
    longest_s = min(math.inf if flow.max_age_s is None else max(flow.max_age_s, 1), _sign_in_frequency_s(estate))
    return None if session.began + longest_s < estate.clock.seconds() else session


def _sign_in_frequency_s(estate: Estate) -> float:
    """How long a sign-in counts under Conditional Access; for ever where the tenant does not say."""
    return get_switch(estate, "entra.sign_in_frequency_s", 0.0) or math.inf
