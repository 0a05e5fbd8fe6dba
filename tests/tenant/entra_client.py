"""What an application does at the token endpoint, in a few words, for tests."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2

from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, VERIFIER, Page, PersonsBrowser, authorize_address

SIGN_IN = "openid profile offline_access User.Read"


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
