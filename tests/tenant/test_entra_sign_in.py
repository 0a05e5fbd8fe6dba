"""A person signs in: the account page, single sign-on, the ways back, and the ends without a way back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from liaison.tenant.estate.people import revoke_sessions
from liaison.tenant.seeds.company import DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, PersonsBrowser, authorize_address
from tests.tenant.entra_client import SIGN_IN, claims_of, redeem, sign_in, sign_in_page, tokens_for


def test_the_account_page_lists_everybody_with_job_and_roles(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant)
    assert (page.status, page.title) == (200, "Sign in")
    assert len([value for name, value in page.forms[1].buttons if name == "user"]) == 14
    assert "Head of IT · System Administrator · Global Administrator" in page.text
    assert "to continue to Liaison" in page.text
    assert "Local tenant, not for production" in page.text


def test_pages_cannot_be_framed_and_carry_no_inline_script(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant)
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "style=" not in page.text
    assert "<script" not in page.text


def test_the_page_speaks_french_when_the_browser_or_the_application_asks(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        address = authorize_address(tenant.id, DELEGATED_APP_ID, SIGN_IN)
        by_browser = browser.open(address, **{"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.8"})
        by_application = browser.open(f"{address}&ui_locales=fr", **{"Accept-Language": "en-GB"})
    assert [by_browser.title, by_application.title] == ["Se connecter", "Se connecter"]
    assert 'lang="fr"' in by_browser.text


def test_search_narrows_the_people_by_any_name(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        found = browser.fill(sign_in_page(browser, tenant), "q", "lef")
        assert found.forms[1].buttons == [("user", tenant.person("Marc").id)]
        assert browser.press(found, "user", tenant.person("Marc").id).title == "Permissions requested"


def test_a_typed_name_that_nobody_has_is_answered_on_the_page(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(sign_in_page(browser, tenant), "loginfmt", "nobody@contoso.com")
        assert "This username may be incorrect" in page.text
        assert browser.fill(page, "loginfmt", "Claire.Fontaine@Contoso.com").title == "Permissions requested"


def test_a_guest_types_the_address_they_know(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(sign_in_page(browser, tenant), "loginfmt", "lukas.weber@fabrikam.com")
        claims = claims_of(redeem(tenant, browser.press(page, "decision", "accept"))["id_token"])
    assert (claims["oid"], claims["acct"]) == (tenant.person("Lukas").id, 1)


def test_an_account_of_another_tenant_ends_on_a_page(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(sign_in_page(browser, tenant), "loginfmt", "someone@tailspin.example")
    assert page.status == 400
    assert "AADSTS50020" in page.text


def test_a_disabled_account_cannot_sign_in(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Victor").id)
    assert "Your account has been locked" in page.text


def test_signing_in_returns_code_state_and_session(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", client_info="1")
    assert page.headers["location"].startswith(f"{CALLBACK}?code=")
    assert set(page.returned) == {"code", "client_info", "state", "session_state"}
    assert page.returned["state"] == "state-1"


def test_the_id_token_says_who_signed_in(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire")
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} email")
    claims = claims_of(tokens["id_token"])
    changing = {"iat", "nbf", "exp", "aio", "rh", "uti", "sub", "sid", "login_hint"}
    assert {name: value for name, value in claims.items() if name not in changing} == {
        "aud": DELEGATED_APP_ID,
        "iss": f"{tenant.http}/{tenant.id}/v2.0",
        "tid": tenant.id,
        "oid": claire.id,
        "name": "Claire Fontaine",
        "preferred_username": "claire.fontaine@contoso.com",
        "email": "claire.fontaine@contoso.com",
        "nonce": "nonce-1",
        "acct": 0,
        "ver": "2.0",
        "xms_pl": "en",
        "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }


def test_the_global_administrator_is_known_by_the_role_template_in_the_id_token(tenant: LocalTenant) -> None:
    claims = claims_of(tokens_for(tenant, "Nadia")["id_token"])
    assert "62e90394-69f5-4237-9190-012177145e10" in claims["wids"]
    assert claims["roles"] == ["Liaison.Admin"]


@pytest.mark.parametrize(("mode", "mark"), [("query", "?code="), ("fragment", "#code=")])
def test_the_answer_travels_as_asked(tenant: LocalTenant, mode: str, mark: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", response_mode=mode)
    assert page.headers["location"].startswith(f"{CALLBACK}{mark}")


def test_form_post_sends_a_form_to_the_application(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", response_mode="form_post")
    assert page.forms[0].action == CALLBACK
    assert {"code", "state", "session_state"} == set(page.forms[0].values)
    assert '<script src="/_entra/post_back.js">' in page.text


def test_a_second_visit_signs_in_without_a_page(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        first = sign_in(browser, tenant, "Claire")
        second = sign_in_page(browser, tenant)
    assert second.status == 302
    assert second.returned["session_state"] == first.returned["session_state"]
    assert second.returned["code"] != first.returned["code"]


def test_two_accounts_in_one_browser_bring_the_account_page_back(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        picker = sign_in_page(browser, tenant, prompt="select_account")
        assert picker.forms[1].buttons[0] == ("user", tenant.person("Claire").id)
        page = browser.press(picker, "user", tenant.person("Oliver").id)
        browser.press(page, "decision", "accept")
        assert sign_in_page(browser, tenant).title == "Sign in"
        hinted = sign_in_page(browser, tenant, login_hint="oliver.grant@contoso.com")
        claims = claims_of(redeem(tenant, hinted)["id_token"])
    assert claims["oid"] == tenant.person("Oliver").id


def test_prompt_login_asks_again_although_signed_in(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        page = sign_in_page(browser, tenant, prompt="login")
        assert page.title == "Sign in"
        assert browser.press(page, "user", tenant.person("Claire").id).status == 302


def test_max_age_asks_again_when_the_session_is_older(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        assert sign_in_page(browser, tenant, max_age="600").status == 302
        tenant.control.post("/_control/clock", json={"advance_s": 601})
        assert sign_in_page(browser, tenant, max_age="600").title == "Sign in"


def test_a_revoked_session_no_longer_signs_in_by_itself(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        tenant.ask(lambda estate: revoke_sessions(estate, tenant.person("Claire").id))
        assert sign_in_page(browser, tenant).title == "Sign in"


def test_prompt_none_without_a_session_is_login_required(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, prompt="none")
    assert page.returned["error"] == "login_required"
    assert page.returned["error_description"].startswith("AADSTS50058: A silent sign-in request was sent")
    assert "\r\nTrace ID: " in page.returned["error_description"]
    assert page.returned["state"] == "state-1"


def test_prompt_none_without_consent_is_consent_required(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        page = sign_in_page(browser, tenant, f"{SIGN_IN} Team.Create", prompt="none")
    assert page.returned["error"] == "consent_required"
    assert page.returned["error_description"].startswith("AADSTS65001")


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("http://localhost:8300/auth/other", 50011),
        ("http://localhost:8300/auth/callback/", 50011),
        ("http://localhost:8300/Auth/callback", 50011),
        ("https://localhost:8300/auth/callback", 50011),
        ("http://localhost.evil.example/auth/callback", 50011),
        ("http://localhost:8300@evil.example/auth/callback", 50011),
        ("http://localhost:8300/auth/callback?next=//evil.example", 50011),
        ("http://localhost:8300/auth/call\nback", 50011),
    ],
)
def test_a_foreign_redirect_address_ends_on_a_page(tenant: LocalTenant, address: str, number: int) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, redirect_uri=address)
    assert (page.status, "location" in page.headers) == (400, False)
    assert f"AADSTS{number}" in page.text


@pytest.mark.parametrize("address", ["http://localhost/auth/callback", "http://localhost:51234/auth/callback"])
def test_the_port_of_localhost_does_not_count(tenant: LocalTenant, address: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", redirect_uri=address)
    assert page.headers["location"].startswith(f"{address}?code=")


def test_an_unknown_application_ends_on_a_page(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.open(authorize_address(tenant.id, "11111111-1111-4111-8111-111111111111", SIGN_IN))
    assert page.status == 400
    assert "AADSTS700016" in page.text


@pytest.mark.parametrize(
    ("parameters", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700051),
        ({"response_type": "id_token"}, "unsupported_response_type", 700054),
        ({"response_type": "code id_token"}, "unsupported_response_type", 700054),
        ({"response_type": "device"}, "unsupported_response_type", 700054),
        ({"scope": " "}, "invalid_request", 900144),
        ({"prompt": "maybe"}, "invalid_request", 90023),
        ({"code_challenge_method": "plain"}, "invalid_request", 90023),
        ({"code_challenge": "short"}, "invalid_request", 501491),
        ({"resource": "https://graph.microsoft.com"}, "invalid_request", 901002),
        ({"scope": "openid No.Such.Permission"}, "invalid_client", 650053),
        ({"scope": "openid https://unknown.example/.default"}, "invalid_resource", 500011),
        ({"scope": "openid User.Read https://graph.microsoft.com/.default"}, "invalid_scope", 70011),
    ],
)
def test_a_faulty_request_goes_back_with_its_error(
    tenant: LocalTenant, parameters: dict[str, str], error: str, number: int
) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, **parameters)
    assert page.returned["error"] == error
    assert page.returned["error_description"].startswith(f"AADSTS{number}:")
    assert page.returned["error_uri"] == f"{tenant.http}/error?code={number}"
    assert page.returned["state"] == "state-1"


def test_an_application_for_assigned_people_stops_others_on_a_page(tenant: LocalTenant) -> None:
    tenant.switch(entra__assignment_required=True)
    with PersonsBrowser(tenant.http) as browser:
        refused = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Claire").id)
    with PersonsBrowser(tenant.http) as browser:
        assigned = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Marc").id)
    assert "AADSTS50105" in refused.text
    assert "location" not in refused.headers
    assert assigned.title == "Permissions requested"


def test_a_page_of_another_browser_cannot_be_used(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as victim, PersonsBrowser(tenant.http) as attacker:
        page = sign_in_page(victim, tenant)
        stolen = attacker.press(page, "user", tenant.person("Nadia").id)
    assert stolen.status == 400
    assert "begun in another browser" in stolen.text


def test_a_page_left_open_too_long_says_so(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant)
        tenant.control.post("/_control/clock", json={"advance_s": 3601})
        assert browser.press(page, "user", tenant.person("Claire").id).status == 400


def test_a_parameter_given_twice_is_refused(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.open(f"{authorize_address(tenant.id, DELEGATED_APP_ID, SIGN_IN)}&scope=User.Read.All")
    assert page.status == 400
    assert "AADSTS9000411: The request is not properly formatted. The parameter &#39;scope&#39;" in page.text


def test_signing_out_ends_the_session_and_goes_to_a_registered_address(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire")
        sid = page.returned["session_state"]
        out = browser.open(f"/{tenant.id}/oauth2/v2.0/logout?post_logout_redirect_uri={CALLBACK}&state=s")
        again = sign_in_page(browser, tenant)
    frame = out.text.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    assert f'content="1;url={CALLBACK}?state=s"' in out.text
    assert urlsplit(frame).path == "/auth/frontchannel-logout"
    assert parse_qs(urlsplit(frame).query) == {"sid": [sid], "iss": [f"{tenant.http}/{tenant.id}/v2.0"]}
    assert again.title == "Sign in"


def test_signing_out_stays_on_its_page_when_the_address_is_foreign(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        address = f"/{tenant.id}/oauth2/v2.0/logout?post_logout_redirect_uri=https://evil.example/"
        page = browser.open(address)
        home = browser.open(f"/{tenant.id}/oauth2/v2.0/logout?post_logout_redirect_uri={CALLBACK}")
    assert (page.status, page.title) == (200, "You signed out of your account")
    assert "evil.example" not in page.text
    assert home.headers["location"] == CALLBACK


def test_a_logout_hint_ends_one_session_and_leaves_the_other(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        hint = claims_of(redeem(tenant, sign_in(browser, tenant, "Claire"))["id_token"])["login_hint"]
        page = sign_in_page(browser, tenant, prompt="select_account")
        browser.press(browser.press(page, "user", tenant.person("Oliver").id), "decision", "accept")
        browser.open(f"/{tenant.id}/oauth2/v2.0/logout?logout_hint={hint}")
        page = sign_in_page(browser, tenant)
        claims = claims_of(redeem(tenant, page)["id_token"])
    assert claims["oid"] == tenant.person("Oliver").id


def test_the_cookie_has_the_host_prefix_on_https_only(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as plain, PersonsBrowser(tenant.https, verify=tenant.tls) as tls:
        cookies = [sign_in_page(browser, tenant).headers["set-cookie"] for browser in (plain, tls)]
    assert cookies[0].startswith("ESTSBROWSER=")
    assert "HttpOnly" in cookies[0]
    assert "Secure" not in cookies[0]
    assert cookies[1].startswith("__Host-ESTSBROWSER=")
    assert "Secure" in cookies[1]
