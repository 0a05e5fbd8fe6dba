"""What an application does at the token endpoint, in a few words, for tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2

from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, read_bearer
from liaison.tenant.seeds.company import DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, VERIFIER, Page, PersonsBrowser, authorize_address

SIGN_IN = "openid profile offline_access User.Read"
API = f"api://localhost/{DELEGATED_APP_ID}"
OPAQUE = {"iat", "nbf", "exp", "aio", "rh", "uti", "sub", "xms_ftd"}
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def post_token(tenant: LocalTenant, app: str = "delegated", **form: str) -> httpx2.Response:
    """A token request with the application's secret in the body."""
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data={**tenant.app(app), **form})


def sign_in_page(browser: PersonsBrowser, tenant: LocalTenant, scope: str = SIGN_IN, **more: str | None) -> Page:
    parameters = {"client_id": tenant.app("delegated")["client_id"], **more}
    return browser.open(authorize_address(tenant.id, scope=scope, **parameters))


def sign_in(browser: PersonsBrowser, tenant: LocalTenant, given: str, scope: str = SIGN_IN, **more: str | None) -> Page:
    """Choose a person and accept what is asked; ends where the application gets its code."""
    page = sign_in_page(browser, tenant, scope, **more)
    if page.forms:
        page = browser.press(page, "user", tenant.person(given).id)
    if page.title == "Permissions requested":
        page = browser.press(page, "decision", "accept")
    return page


def redeem(tenant: LocalTenant, page: Page, **form: str) -> dict[str, Any]:
    """The tokens for the code that a page returned."""
    answer = post_token(
        tenant,
        **{
            "grant_type": "authorization_code",
            "code": page.returned["code"],
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **form,
        },
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def tokens_for(tenant: LocalTenant, given: str, scope: str = SIGN_IN) -> dict[str, Any]:
    """Sign a person in in a new browser and redeem the code."""
    with PersonsBrowser(tenant.http) as browser:
        return redeem(tenant, sign_in(browser, tenant, given, scope))


def refresh(tenant: LocalTenant, tokens: dict[str, Any], scope: str = SIGN_IN, **form: str) -> httpx2.Response:
    return post_token(tenant, grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope=scope, **form)


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def failure_of(response: httpx2.Response) -> tuple[int, str, int, str | None]:
    """Status, OAuth error, AADSTS number and suberror of a refusal."""
    document = response.json()
    return response.status_code, document["error"], document["error_codes"][0], document.get("suberror")


def plain(token: str) -> dict[str, Any]:
    """The claims of a token that are the same in every run."""
    return {name: value for name, value in claims_of(token).items() if name not in OPAQUE}


def judged(tenant: LocalTenant, token: str, audience: Callable[[Estate], Callable[[str], bool]]) -> str:
    """How a face judges a token: "accepted" or the reason of its refusal."""

    def judge(estate: Estate) -> str:
        try:
            read_bearer(estate, f"Bearer {token}", audience(estate))
        except BearerRefused as refused:
            return refused.reason
        return "accepted"

    return tenant.ask(judge)


def code_form(page_code: str, **form: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": page_code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **form,
    }


def own_api_token(tenant: LocalTenant, given: str, **more: Any) -> str:
    return tenant.token(
        given, "access_as_user", DELEGATED_APP_ID,
        app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.http, **more,
    )  # fmt: skip


def on_behalf(tenant: LocalTenant, assertion: str, scope: str = "User.Read", **form: str) -> httpx2.Response:
    return post_token(
        tenant, grant_type=ON_BEHALF_OF, assertion=assertion, requested_token_use="on_behalf_of", scope=scope, **form
    )
