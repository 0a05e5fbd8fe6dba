"""Signing out: the session ends here, and the applications that took part in it are told.

Source: E:v2-protocols-oidc, "Send a sign-out request" and "Single sign-out".
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from liaison.tenant.entra.optional_claims import read_login_hint
from liaison.tenant.entra.pages import NoticePage, render_page, word
from liaison.tenant.entra.requests import Asker, is_registered_address
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import find_application, list_applications
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.sessions import BrowserSession, end_session, list_sessions
from liaison.tenant.seeds.company import TENANT_ID


def sign_out(estate: Estate, parameters: Mapping[str, str], asker: Asker) -> Response:
    """End the hinted person's session in this browser, or everybody's; then go to a registered address or stay."""
    sessions = [] if asker.browser is None else list_sessions(estate, asker.browser)
    hint = parameters.get("logout_hint")
    hinted = find_user(estate, read_login_hint(hint)) if hint else None
    ending = [session for session in sessions if hinted is None or session.user_id == hinted.id]
    for session in ending:
        end_session(estate, session.browser, session.user_id)
    onward = _onward(estate, parameters)
    frames = tuple(address for session in ending for address in _front_channel(estate, session, asker.origin))
    if onward and not frames:
        return Response(status_code=302, headers={"Location": onward, "Cache-Control": "no-store"})
    text = word(asker.language, "sign_out.returning" if onward else "sign_out.explain")
    page = NoticePage(word(asker.language, "sign_out.title"), text, onward, frames)
    return render_page(page, asker.language)


def _onward(estate: Estate, parameters: Mapping[str, str]) -> str:
    """Where the application wants its person back; only registered addresses count."""
    address = parameters.get("post_logout_redirect_uri", "")
    registered = address and any(
        is_registered_address(estate, application, address) for application in list_applications(estate)
    )
    if not registered:
        return ""
    state = parameters.get("state")
    if state is None:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode({'state': state})}"


def _front_channel(estate: Estate, session: BrowserSession, origin: str) -> list[str]:
    """The logout addresses of the applications in a session, with the session's id and the issuer."""
    query = urlencode({"sid": session.sid, "iss": f"{origin}/{TENANT_ID}/v2.0"})
    applications = [find_application(estate, app_id) for app_id in session.apps]
    urls = [application.logout_url for application in applications if application is not None]
    return [f"{url}{'&' if urlsplit(url).query else '?'}{query}" for url in urls if url]
