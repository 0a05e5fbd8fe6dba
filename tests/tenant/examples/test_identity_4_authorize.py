"""The authorize endpoint of identity.md section 4: what comes back, by response type, mode and prompt."""

from __future__ import annotations

import base64
import hashlib

import pytest

from liaison.tenant.estate.applications import GRAPH_APP_ID, RequiredAccess
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, Page, PersonsBrowser, authorize_address
from tests.tenant.entra_client import SIGN_IN, claims_of, sign_in, sign_in_page, tokens_for
from tests.tenant.examples.identity_shapes import register, shape

BACK = {"state": "state-1", "session_state": "..."}
TOKEN = {"access_token": "...", "token_type": "Bearer", "expires_in": "str", "scope": "openid profile User.Read"}


def half(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def arrive(tenant: LocalTenant, **asked: str) -> Page:
    app_id = register(tenant, issues_id_tokens=True, issues_access_tokens=True)
    with PersonsBrowser(tenant.http) as browser:
        return sign_in(browser, tenant, "Claire", client_id=app_id, **asked)


@pytest.mark.parametrize(
    ("response_type", "answer"),
    [
        ("id_token", {**BACK, "id_token": "..."}),
        ("code id_token", {**BACK, "code": "...", "id_token": "..."}),
        ("id_token code", {**BACK, "code": "...", "id_token": "..."}),
        ("id_token token", {**BACK, **TOKEN, "id_token": "..."}),
        ("token", {**BACK, **TOKEN}),
        ("code", {**BACK, "code": "..."}),
    ],
)
def test_4_tokens_come_back_in_the_fragment_and_a_code_in_the_query(
    tenant: LocalTenant, response_type: str, answer: dict[str, str]
) -> None:
    page = arrive(tenant, response_type=response_type)
    assert shape(page.returned) == answer
    mark = "?" if response_type == "code" else "#"
    assert page.headers["location"].startswith(f"{CALLBACK}{mark}")
    if "id_token" not in answer:
        return
    claims = claims_of(page.returned["id_token"])
    assert claims["nonce"] == "nonce-1"
    code, token = page.returned.get("code"), page.returned.get("access_token")
    assert claims.get("c_hash") == (None if code is None else half(code))
    assert claims.get("at_hash") == (None if token is None else half(token))


@pytest.mark.parametrize(
    ("asked", "error", "number"),
    [
        ({"response_type": "id_token", "response_mode": "query"}, "unsupported_response_mode", 70007),
        ({"response_type": "id_token", "nonce": ""}, "invalid_request", 900144),
        ({"response_type": "id_token", "scope": "User.Read"}, "unsupported_response_type", 70005),
        ({"response_type": ""}, "invalid_request", 900144),
    ],
)
def test_4_a_hybrid_request_must_make_sense(
    tenant: LocalTenant, asked: dict[str, str], error: str, number: int
) -> None:
    app_id = register(tenant, issues_id_tokens=True)
    with PersonsBrowser(tenant.http) as browser:
        page = browser.open(authorize_address(tenant.id, **{"client_id": app_id, "scope": SIGN_IN, **asked}))
    assert page.returned == {
        "error": error,
        "error_description": page.returned["error_description"],
        "error_uri": f"{tenant.http}/error?code={number}",
        "state": "state-1",
    }
    assert page.returned["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_4_an_error_travels_as_an_answer_would(tenant: LocalTenant, mode: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, prompt="none", response_mode=mode)
    values = page.forms[0].values if mode == "form_post" else page.returned
    description = values.pop("error_description")
    assert description.startswith("AADSTS50058: A silent sign-in request was sent but no user is signed in.")
    assert values == {
        "error": "login_required", "error_uri": f"{tenant.http}/error?code=50058", "state": "state-1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "title"), [(None, ""), ("none", ""), ("login", "Sign in"), ("select_account", "Sign in"),
                          ("create", "Sign in"), ("consent", "Permissions requested")],
)  # fmt: skip
def test_4_each_prompt_asks_what_it_names(tenant: LocalTenant, prompt: str | None, title: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        page = sign_in_page(browser, tenant, prompt=prompt)
    assert page.title == title
    assert ("code" in page.returned) is (title == "")


def test_4_a_login_hint_puts_its_person_first_or_signs_them_in(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, login_hint="oliver.grant@contoso.com")
        assert page.forms[1].buttons[0] == ("user", tenant.person("Oliver").id)
        browser.press(browser.press(page, "user", tenant.person("Oliver").id), "decision", "accept")
        sign_in(browser, tenant, "Claire", prompt="select_account")
        hint = claims_of(tokens_for(tenant, "Oliver")["id_token"])["login_hint"]
        again = sign_in_page(browser, tenant, login_hint=hint, prompt="none", domain_hint="contoso.com")
    assert "code" in again.returned


def test_4_the_older_endpoint_consents_for_everybody_when_an_administrator_is_asked(tenant: LocalTenant) -> None:
    needed = (
        RequiredAccess(GRAPH_APP_ID, ("openid", "profile", "offline_access", "User.Read", "Files.ReadWrite.All")),
    )
    app_id = register(tenant, required=needed)
    asked = authorize_address(tenant.id, app_id, None, prompt="admin_consent").replace("/oauth2/v2.0/", "/oauth2/")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(browser.open(asked), "user", tenant.person("Claire").id)
        assert page.title == "Need admin approval"
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(browser.open(asked), "user", tenant.person("Nadia").id)
        assert "Review for your organization" in page.text
        assert "code" in browser.press(page, "decision", "accept").returned
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, "openid Files.ReadWrite.All", client_id=app_id)
        assert "code" in browser.press(page, "user", tenant.person("Claire").id).returned


@pytest.mark.parametrize(
    ("required", "scope", "number"),
    [
        ((), "openid https://graph.microsoft.com/.default", 650056),
        ((RequiredAccess(GRAPH_APP_ID, ("User.Read",)),), "openid 00000007-0000-0000-c000-000000000000/.default",
         None),
    ],
)  # fmt: skip
def test_5_default_needs_a_registration_that_lists_something(
    tenant: LocalTenant, required: tuple[RequiredAccess, ...], scope: str, number: int | None
) -> None:
    app_id = register(tenant, required=required)
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant, scope, client_id=app_id), "user", tenant.person("Claire").id)
    if number is None:
        assert page.title == "Permissions requested"
        return
    assert page.returned["error"] == "invalid_client"
    assert page.returned["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize("registered", ["http://localhost", "http://localhost/", "http://127.0.0.1/back"])
def test_4_2_the_port_of_a_native_client_is_its_own_affair(tenant: LocalTenant, registered: str) -> None:
    app_id = register(tenant, redirects=(), native_redirect_uris=(registered,))
    asked = registered.rstrip("/").replace("localhost", "localhost:50123").replace("127.0.0.1", "127.0.0.1:50123")
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", client_id=app_id, redirect_uri=asked)
    expected = asked if asked.count("/") > 2 else f"{asked}/"
    assert page.headers["location"].startswith(f"{expected}?code=")
