"""The grants of identity.md section 5 with their whole answers, on the newer endpoint and on the older one."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from liaison.tenant.estate.applications import GRAPH_APP_ID, RequiredAccess
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID
from liaison.tenant.seeds.public_clients import GRAPH_CLI_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, PersonsBrowser, authorize_address
from tests.tenant.entra_client import SIGN_IN, claims_of, code_form, post_token, redeem, refresh, sign_in
from tests.tenant.examples.identity_shapes import SECRET, refusal, register, said, shape

GRAPH = "https://graph.microsoft.com"
SPOKEN = {"token_type": "Bearer", "expires_in": "int", "ext_expires_in": "int", "access_token": "..."}
SPOKEN_V1 = {**dict.fromkeys(("expires_in", "ext_expires_in", "expires_on", "not_before"), "str"),
             "token_type": "Bearer", "resource": GRAPH, "access_token": "..."}  # fmt: skip


def post_v1(tenant: LocalTenant, app: str = "delegated", **form: str) -> httpx2.Response:
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/token", data={**tenant.app(app), **form})


def test_5_a_code_becomes_every_token_that_was_asked_for(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", client_info="1")
    assert shape(redeem(tenant, page, client_info="1")) == {
        **SPOKEN,
        "scope": "openid profile User.Read",
        "refresh_token": "...",
        "id_token": "...",
        "client_info": "...",
    }


def test_5_without_openid_and_offline_access_there_is_an_access_token_alone(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", "User.Read")
    assert shape(redeem(tenant, page, scope="User.Read")) == {**SPOKEN, "scope": "User.Read"}


def test_5_an_application_gets_neither_scope_nor_refresh_token(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": f"{GRAPH}/.default"}
    assert shape(post_token(tenant, "application", **form).json()) == SPOKEN


@pytest.mark.parametrize(
    ("form", "status", "answer"),
    [
        (
            {"grant_type": "client_credentials", "scope": f"{GRAPH}/.default", "client_secret": "wrong"}, 401,
            {"error": "invalid_client", "error_codes": [7000215], "error_description": "AADSTS7000215: Invalid client "
             "secret provided. Ensure the secret being sent in the request is the client secret value, not the client "
             f"secret ID, for a secret added to app '{APPLICATION_APP_ID}'."},
        ),
        (
            {"grant_type": "authorization_code", "code": "1.x", "scope": "User.Read"}, 400,
            {"error": "invalid_grant", "error_codes": [70000], "suberror": "bad_token", "error_description":
             "AADSTS70000: Provided grant is invalid or malformed. The grant was issued for another client or was "
             "replaced."},
        ),
        (
            {"grant_type": "client_credentials", "scope": "User.Read"}, 400,
            {"error": "invalid_scope", "error_codes": [1002012], "error_description": "AADSTS1002012: The provided "
             "value for scope User.Read is not valid. Client credential flows must have a scope value with /.default "
             "suffixed to the resource identifier (application ID URI)."},
        ),
        (
            {"grant_type": "client_credentials"}, 400,
            {"error": "invalid_request", "error_codes": [900144], "error_description": "AADSTS900144: The request body "
             "must contain the following parameter: 'scope'."},
        ),
        (
            {}, 400,
            {"error": "invalid_request", "error_codes": [900144], "error_description": "AADSTS900144: The request body "
             "must contain the following parameter: 'grant_type'."},
        ),
    ],
)  # fmt: skip
def test_5_a_refusal_has_all_its_members(
    tenant: LocalTenant, form: dict[str, str], status: int, answer: dict[str, Any]
) -> None:
    given = post_token(tenant, "application", **form)
    uri = f"{tenant.http}/error?code={answer['error_codes'][0]}"
    assert (given.status_code, refusal(given.json())) == (status, {**answer, "error_uri": uri})
    page = httpx2.get(uri)
    assert page.status_code == 200
    assert f"AADSTS{answer['error_codes'][0]}" in page.text


def test_5_a_client_without_proof_is_told_what_its_grant_needs(tenant: LocalTenant) -> None:
    address = f"{tenant.http}/{tenant.id}/oauth2/v2.0/token"
    form = {"client_id": APPLICATION_APP_ID, "grant_type": "client_credentials", "scope": f"{GRAPH}/.default"}
    answer = httpx2.post(address, data=form)
    assert (answer.status_code, refusal(answer.json())["error_codes"]) == (401, [7000216])


def test_5_the_older_endpoint_redeems_a_code_for_a_resource(tenant: LocalTenant) -> None:
    app_id = register(tenant, secret=True, required=(RequiredAccess(GRAPH_APP_ID, ("User.Read", "openid")),))
    asked = {"client_id": app_id, "resource": GRAPH, "state": "s"}
    address = authorize_address(tenant.id, scope=None, **asked).replace("/oauth2/v2.0/", "/oauth2/")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(browser.open(address), "user", tenant.person("Claire").id)
        page = browser.press(page, "decision", "accept")
    credentials = {"client_id": app_id, "client_secret": SECRET}
    answer = post_v1(tenant, **credentials, **code_form(page.returned["code"], resource=GRAPH)).json()
    assert shape(answer) == {**SPOKEN_V1, "scope": "openid User.Read", "refresh_token": "...", "id_token": "..."} | {
        "scope": answer["scope"]
    }
    assert set(answer["scope"].split()) == {"openid", "profile", "User.Read"}
    claire = tenant.person("Claire")
    assert said(answer["id_token"]) == {
        **dict.fromkeys(("iat", "nbf", "exp"), "int"),
        **dict.fromkeys(("aio", "rh", "uti", "sub"), "str"),
        "aud": app_id,
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "tid": tenant.id,
        "ver": "1.0",
        "nonce": "nonce-1",
        "amr": ["pwd"],
        "name": "Claire Fontaine",
        "family_name": "Fontaine",
        "given_name": "Claire",
        "oid": claire.id,
        "unique_name": claire.upn,
        "upn": claire.upn,
    }
    renewed = post_v1(tenant, **credentials, grant_type="refresh_token", refresh_token=answer["refresh_token"],
                      resource=GRAPH)  # fmt: skip
    assert claims_of(renewed.json()["access_token"])["aud"] == GRAPH


@pytest.mark.parametrize("resource", [GRAPH, f"{GRAPH}/", GRAPH_APP_ID])
def test_5_the_older_endpoint_gives_an_application_a_token_for_a_resource(tenant: LocalTenant, resource: str) -> None:
    answer = post_v1(tenant, "application", grant_type="client_credentials", resource=resource).json()
    assert shape(answer) == SPOKEN_V1
    assert "Channel.Create" in claims_of(answer["access_token"])["roles"]


def test_5_the_older_endpoint_wants_a_resource_and_the_newer_one_none(tenant: LocalTenant) -> None:
    older = post_v1(tenant, "application", grant_type="client_credentials")
    newer = post_token(tenant, "application", grant_type="client_credentials", resource=GRAPH)
    assert [answer.json()["error_codes"] for answer in (older, newer)] == [[900144], [901002]]


def test_5_the_device_code_in_both_spellings(tenant: LocalTenant) -> None:
    form = {"client_id": GRAPH_CLI_APP_ID, "scope": SIGN_IN}
    newer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/devicecode", data=form).json()
    page = f"{tenant.http}/common/oauth2/deviceauth"
    sentence = "To sign in, use a web browser to open the page {} and enter the code {} to authenticate."
    assert newer == {
        "user_code": newer["user_code"],
        "device_code": newer["device_code"],
        "verification_uri": page,
        "expires_in": 900,
        "interval": 5,
        "message": sentence.format(page, newer["user_code"]),
    }
    form = {"client_id": GRAPH_CLI_APP_ID, "resource": GRAPH}
    older = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/devicecode", data=form).json()
    assert older == {
        "user_code": older["user_code"],
        "device_code": older["device_code"],
        "verification_url": page,
        "expires_in": "900",
        "interval": "5",
        "message": sentence.format(page, older["user_code"]),
    }


def test_5_a_single_page_application_has_a_day_in_all(tenant: LocalTenant) -> None:
    app_id = register(tenant, redirects=(), spa_redirect_uris=(CALLBACK,))
    address, origin = f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", {"Origin": "http://localhost:8300"}
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", client_id=app_id)
    form = {"client_id": app_id, **code_form(page.returned["code"])}
    tokens = httpx2.post(address, data=form, headers=origin).json()
    again = {"client_id": app_id, "grant_type": "refresh_token", "scope": "User.Read"}

    def renew(token: str, **headers: str) -> httpx2.Response:
        return httpx2.post(address, data={**again, "refresh_token": token}, headers=headers)

    assert renew(tokens["refresh_token"]).json()["error_codes"] == [9002327]
    tenant.control.post("/_control/clock", json={"advance_s": 86_000})
    later = renew(tokens["refresh_token"], **origin).json()["refresh_token"]
    tenant.control.post("/_control/clock", json={"advance_s": 500})
    ended = renew(later, **origin)
    assert (ended.status_code, ended.json()["error"], ended.json()["error_codes"]) == (400, "invalid_grant", [700084])


def test_5_tokens_of_servers_are_not_for_web_pages(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire")
    form = {**tenant.app("delegated"), **code_form(page.returned["code"])}
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form, headers={"Origin": "https://page.example"}
    )
    assert refusal(answer.json()) == {
        "error": "invalid_request",
        "error_description": "AADSTS9002326: Cross-origin token redemption is permitted only for the 'Single-Page "
        "Application' client-type. Request origin: 'https://page.example'.",
        "error_codes": [9002326],
        "error_uri": f"{tenant.http}/error?code=9002326",
    }


def test_5_a_preflight_of_a_web_page_is_allowed(tenant: LocalTenant) -> None:
    for path in ("oauth2/v2.0/token", "oauth2/token"):
        answer = httpx2.options(f"{tenant.http}/{tenant.id}/{path}", headers={"Origin": "https://page.example"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "POST"


def test_5_strict_rotation_ends_the_family_when_a_token_comes_twice(tenant: LocalTenant) -> None:
    tenant.switch(entra__strict_refresh=True)
    with PersonsBrowser(tenant.http) as browser:
        first = redeem(tenant, sign_in(browser, tenant, "Claire"))
    second = refresh(tenant, first).json()
    assert refresh(tenant, first).json()["error_codes"] == [70000]
    assert refresh(tenant, second).json()["error_codes"] == [70000]


def test_5_a_client_that_asks_in_a_loop_is_stopped(tenant: LocalTenant) -> None:
    tenant.switch(entra__loop_limit=3)
    form = {"grant_type": "client_credentials", "scope": f"{GRAPH}/.default", "claims": '{"id_token":{}}'}
    codes = [post_token(tenant, "application", **form).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 400]
    assert post_token(tenant, "application", **form).json()["error_codes"] == [50196]
    tenant.control.post("/_control/clock", json={"advance_s": 61})
    assert post_token(tenant, "application", **form).status_code == 200


@pytest.mark.parametrize(("switch", "status", "number"), [("throttle", 429, 90055), ("unavailable", 503, 90033)])
def test_5_a_tenant_that_is_asked_too_much_says_when_to_come_back(
    tenant: LocalTenant, switch: str, status: int, number: int
) -> None:
    tenant.switch(**{f"entra__{switch}": True})
    answer = post_token(tenant, "application", grant_type="client_credentials", scope=f"{GRAPH}/.default")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "5")
    assert (answer.json()["error"], answer.json()["error_codes"]) == ("temporarily_unavailable", [number])


def test_5_an_application_of_one_tenant_is_not_reached_through_all(tenant: LocalTenant) -> None:
    app_id = register(tenant, secret=True, audience="AzureADMyOrg")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.open(authorize_address("common", app_id, SIGN_IN))
    assert (page.status, "AADSTS50194" in page.text) == (400, True)
    form = {"client_id": app_id, "client_secret": SECRET, "grant_type": "refresh_token", "refresh_token": "1.x"}
    answer = httpx2.post(f"{tenant.http}/common/oauth2/v2.0/token", data=form)
    assert answer.json()["error_codes"] == [50194]


def test_5_a_password_is_not_taken_through_common(tenant: LocalTenant) -> None:
    form = {"client_id": DELEGATED_APP_ID, "grant_type": "password", "username": "a", "password": "b"}
    answer = httpx2.post(f"{tenant.http}/common/oauth2/v2.0/token", data=form)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [9001023])
