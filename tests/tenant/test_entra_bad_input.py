"""What the Entra face says to requests that nobody should send: its own errors, at once, and never a way out."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from liaison.tenant.estate.applications import (
    Application,
    Permission,
    ServicePrincipal,
    add_application,
    add_permissions,
    add_service_principal,
)
from liaison.tenant.estate.people import find_user, save_user
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, PersonsBrowser, authorize_address
from tests.tenant.entra_client import SIGN_IN, claims_of, failure_of, own_api_token, post_token, sign_in

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SLOWEST_S = 1.0
SCRIPT = "<script>alert(1)</script>\"'>"


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(tenant: LocalTenant, header: dict[str, Any], **claims: Any) -> str:
    """The body of a good token under a header and with claims of our own."""
    good = tenant.token("Claire", "User.Read")
    head, _, signature = good.split(".")
    known = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{segment({**known, **header})}.{segment({**claims_of(good), **claims})}.{signature}"


TOKENS: dict[str, Callable[[LocalTenant], str]] = {
    "no algorithm": lambda tenant: forged(tenant, {"alg": "none"}),
    "no algorithm, no signature": lambda tenant: forged(tenant, {"alg": "none"}).rpartition(".")[0] + ".",
    "symmetric": lambda tenant: forged(tenant, {"alg": "HS256"}),
    "wrong key id": lambda tenant: forged(tenant, {"kid": "nobody"}),
    "key id of another kind": lambda tenant: forged(tenant, {"kid": {"a": 1}}),
    "own key in the header": lambda tenant: forged(tenant, {"jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}),
    "foreign issuer": lambda tenant: forged(tenant, {}, iss="https://evil.example/"),
    "later end": lambda tenant: forged(tenant, {}, exp=9_999_999_999),
    "not yet": lambda tenant: forged(tenant, {}, nbf=9_999_999_999),
    "expired": lambda tenant: tenant.token("Claire", "User.Read", lifetime_s=-10),
    "truncated": lambda tenant: tenant.token("Claire", "User.Read")[:-20],
    "two parts": lambda tenant: tenant.token("Claire", "User.Read").rpartition(".")[0],
    "huge": lambda tenant: tenant.token("Claire", "User.Read") + "A" * 100_000,
    "five parts": lambda tenant: "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d",
    "deep header": lambda tenant: f"{base64.urlsafe_b64encode(b'[' * 9000).decode()}.e30.AA",
    "list as header": lambda tenant: f"{segment([1])}.{segment([2])}.AA",
    "doubled claims": lambda tenant: (
        segment({"alg": "RS256"}) + "." + base64.urlsafe_b64encode(b'{"oid":"a","oid":"b"}').decode() + ".AA"
    ),
    "another audience": lambda tenant: tenant.token("Claire", "User.Read", audience="https://vault.azure.net"),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_no_bad_token_is_accepted_anywhere(tenant: LocalTenant, kind: str) -> None:
    token = TOKENS[kind](tenant)
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/oidc/userinfo", "/v1.0/me", "/api/data/v9.2/WhoAmI"):
        answer = httpx2.get(f"{tenant.http}{path}", headers=headers)
        assert answer.status_code in (401, 431), (path, answer.text)
    form = {"requested_token_use": "on_behalf_of", "scope": "User.Read", "assertion": token}
    answer = post_token(tenant, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", **form)
    number = 500133 if kind == "expired" else 50013
    assert failure_of(answer)[:3] == (400, "invalid_grant", number)


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        "a.b.c",
        "ä.ö.ü",
        f"{segment('text')}.{segment('text')}.AA",
        f"{segment({'alg': 'none'})}.{segment({'iss': APPLICATION_APP_ID})}.",
        f"{segment({'alg': 'RS256', 'kid': [1]})}.{segment({'iss': [APPLICATION_APP_ID]})}.AA",
        f"{segment({'alg': 'RS256'})}.{segment({'iss': chr(0xD800), 'sub': chr(0xD800)})}.AA",
        f"{segment({'alg': 'RS256'})}.{segment({'iss': 'https://issuer.example', 'sub': 'x', 'exp': 'never'})}.AA",
        f"{base64.urlsafe_b64encode(b'[' * 50_000).decode()}.e30.AA",
        f"{segment({'alg': 'RS256', 'x5t': 'A' * 10_000})}.{segment({'iss': APPLICATION_APP_ID})}.{'A' * 50_000}",
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_no_bad_client_assertion_proves_anybody(tenant: LocalTenant, assertion: str, named: bool) -> None:
    form = {
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion,
        **({"client_id": APPLICATION_APP_ID} if named else {}),
    }
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] in ("invalid_client", "invalid_request", "unauthorized_client"), answer.text


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({"json": {"grant_type": "client_credentials"}}, 900144),
        ({"content": b"\xff\xfe=\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 90013),
        ({"content": b"a=1&" * 5000, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 90013),
        ({"data": {"grant_type": "x" * 300_000}}, 90013),
        ({"content": b"grant_type=a&grant_type=b", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
         9000411),
        ({"content": b""}, 900144),
        ({"data": {"grant_type": "client_credentials\x00", "client_id": "a\x00b"}}, 700016),
        ({"files": {"grant_type": ("a", b"b")}}, 900144),
    ],
)  # fmt: skip
def test_a_malformed_token_request_is_an_invalid_request(
    tenant: LocalTenant, sent: dict[str, Any], number: int
) -> None:
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", **sent)
    assert (answer.status_code, failure_of(answer)[2]) == (400, number)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["oauth2/v2.0/token", "oauth2/token", "oauth2/v2.0/devicecode"])
def test_a_wrong_method_is_named(tenant: LocalTenant, method: str, path: str) -> None:
    answer = httpx2.request(method, f"{tenant.http}/{tenant.id}/{path}")
    assert failure_of(answer)[:3] == (400, "invalid_request", 900561)
    assert f"Received a {method} request." in answer.json()["error_description"]


@pytest.mark.parametrize(
    "scope",
    [
        " ".join(f"Scope.{number}" for number in range(10_000)),
        " ".join(f"https://graph.microsoft.com/S{number}" for number in range(1000)),
        " ".join(f"https://a{number}.example/.default" for number in range(500)),
        "A" * 15_000,
        "/ // /// .default /.default",
        "https://[::1/.default",
        "openid \u202e \x00 é",
        "' OR 1=1 --",
    ],
)
def test_a_bomb_of_scopes_is_refused_at_once(tenant: LocalTenant, scope: str) -> None:
    began = time.perf_counter()
    form = {"grant_type": "client_credentials", "scope": scope, **tenant.app("application")}
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert answer.status_code == 400
    assert failure_of(answer)[2] in (70011, 500011, 1002012, 28000, 650053)
    asked = {"client_id": DELEGATED_APP_ID, "response_type": "code", "redirect_uri": CALLBACK, "scope": scope}
    page = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/authorize", data=asked)
    assert page.status_code == 400 or "error=" in page.headers["location"]
    assert time.perf_counter() - began < SLOWEST_S


@pytest.mark.parametrize(
    "claims",
    ["[" * 15_000, '{"access_token":' * 2000, "null", "[]", '"x"', '{"access_token":[]}', '{"access_token":{"acrs":1}}',
     '{"access_token":{"acrs":{"values":{"a":1}},"xms_cc":{"values":7}}}',
     '{"access_token":{"acrs":{"value":"\\ud800"}}}',
     "{" * 20_000, "NaN"],
)  # fmt: skip
def test_claims_of_any_shape_are_read_or_refused(tenant: LocalTenant, claims: str) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default", "claims": claims}
    answer = post_token(tenant, "application", **form)
    assert answer.status_code == 200 or failure_of(answer)[:3] == (400, "invalid_request", 90023)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/auth/callback",
        "http://localhost:8300\\@evil.example/auth/callback",
        "http://localhost:8300/auth/callback#@evil.example",
        "http://localhost:8300/auth/callback%0d%0aLocation:http://evil.example",
        "http://localhost:8300/auth/../auth/callback",
        "http://localhost:8300/auth/callback;/",
        "http://evil.example\t.localhost/auth/callback",
        "http://localhost:99999/auth/callback",
        "http://[::1]:8300/auth/callback",
        "http://127.0.0.1:8300/auth/callback",
        "HTTP://LOCALHOST:8300/AUTH/CALLBACK",
        "http://localhost:8300/auth/callback?",
        "http://localhost:8300/auth/callback " + "x" * 5000,
    ],
)
def test_no_redirect_address_leads_elsewhere(tenant: LocalTenant, address: str) -> None:
    asked = urlencode({"client_id": DELEGATED_APP_ID, "redirect_uri": address, "scope": ".default", "state": SCRIPT})
    for path in (f"/{tenant.id}/oauth2/v2.0/authorize", f"/{tenant.id}/oauth2/authorize",
                 f"/{tenant.id}/v2.0/adminconsent", f"/{tenant.id}/adminconsent"):  # fmt: skip
        answer = httpx2.get(f"{tenant.http}{path}?response_type=code&{asked}", follow_redirects=False)
        assert (answer.status_code, answer.headers.get("location")) == (400, None)
        assert "AADSTS50011" in answer.text
    ended = httpx2.get(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/logout?{urlencode({'post_logout_redirect_uri': address})}"
    )
    assert ended.status_code == 200
    assert "evil.example" not in ended.text
    assert 'http-equiv="refresh"' not in ended.text


def test_what_strangers_write_stays_text_on_every_page(tenant: LocalTenant) -> None:
    hostile = Application("33333333-3333-4333-8333-333333333333", "33333333-3333-4333-8333-333333333333", SCRIPT,
                          publisher=SCRIPT, redirect_uris=(CALLBACK,), public_client=True)  # fmt: skip
    principal = ServicePrincipal("33333333-3333-4333-8333-333333333334", hostile.app_id, SCRIPT)
    words = Permission(hostile.app_id, "scope", "Do", "33333333-3333-4333-8333-333333333335", False, SCRIPT, SCRIPT)

    def plant(estate: Any) -> None:
        add_application(estate, hostile)
        add_service_principal(estate, principal)
        add_permissions(estate, [words])
        claire = find_user(estate, tenant.person("Claire").id)
        assert claire is not None
        save_user(estate, type(claire)(**{**vars(claire), "display_name": SCRIPT, "job_title": SCRIPT}))

    tenant.ask(plant)
    tenant.switch(entra__consent_policy="none", entra__admin_consent_requests=True)
    pages = []
    with PersonsBrowser(tenant.http) as browser:
        asked = {"login_hint": SCRIPT, "state": SCRIPT, "nonce": SCRIPT}
        pages.append(browser.open(authorize_address(tenant.id, hostile.app_id, "openid User.Read", **asked)))
        pages.append(browser.fill(pages[0], "q", SCRIPT))
        pages.append(browser.fill(pages[0], "loginfmt", SCRIPT))
        pages.append(browser.press(pages[0], "user", tenant.person("Claire").id))
        pages.append(browser.open(f"/common/oauth2/deviceauth?otc={quote(SCRIPT)}"))
        pages.append(browser.open(f"/{quote(SCRIPT.replace('/', ''))}/oauth2/v2.0/authorize"))
        pages.append(browser.open(f"/error?code={quote(SCRIPT)}"))
        pages.append(browser.open(authorize_address(tenant.id, SCRIPT, SIGN_IN)))
        pages.append(browser.open(authorize_address(tenant.id, hostile.app_id, SIGN_IN, redirect_uri=SCRIPT)))
    with PersonsBrowser(tenant.http) as browser:
        back = sign_in(browser, tenant, "Nadia", SIGN_IN, state=SCRIPT, response_mode="form_post")
    assert back.forms[0].values["state"] == SCRIPT
    for page in [*pages, back]:
        assert "<script>" not in page.text, page.url
        assert page.status in (200, 302, 400, 404), page.url


def test_a_token_of_our_own_api_opens_no_face(tenant: LocalTenant) -> None:
    headers = {"Authorization": f"Bearer {own_api_token(tenant, 'Claire')}"}
    assert [
        httpx2.get(f"{tenant.http}{path}", headers=headers).status_code
        for path in ("/oidc/userinfo", "/v1.0/me", "/api/data/v9.2/WhoAmI")
    ] == [401, 401, 401]


@pytest.mark.parametrize("age", ["9" * 5000, "-1", "1e9", "٣", ""])
def test_an_age_of_any_size_is_read(tenant: LocalTenant, age: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        assert sign_in(browser, tenant, "Claire").returned["code"]
        page = sign_in(browser, tenant, "Claire", max_age=age)
    assert page.returned["code"]


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic /w==", "Basic " + "A" * 9000, "Bearer x", "Negotiate x", "Basic OjphOmI="]
)
def test_any_authorization_header_is_read_or_refused(tenant: LocalTenant, header: str) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form, headers={"Authorization": header})
    assert failure_of(answer)[0] == 400
