"""The token endpoint: redeeming and refreshing, and what the tokens say."""

from __future__ import annotations

import httpx2
import pytest

from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import environment_audience, graph_audience
from liaison.tenant.estate.people import find_user, save_user
from liaison.tenant.seeds.company import DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import (
    API,
    SIGN_IN,
    claims_of,
    code_form,
    failure_of,
    judged,
    plain,
    post_token,
    refresh,
    sign_in,
    sign_in_page,
    tokens_for,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def code(tenant: LocalTenant) -> str:
    """A fresh authorization code of Claire's."""
    with PersonsBrowser(tenant.http) as browser:
        return sign_in(browser, tenant, "Claire").returned["code"]


def test_the_answer_has_entras_members_and_is_never_stored(tenant: LocalTenant, code: str) -> None:
    answer = post_token(tenant, **code_form(code, client_info="1"))
    document = answer.json()
    assert answer.headers["cache-control"] == "no-store, no-cache"
    assert set(document) == {
        "token_type", "scope", "expires_in", "ext_expires_in", "access_token", "refresh_token", "id_token"
    }  # fmt: skip
    assert document["token_type"] == "Bearer"
    assert 3600 <= document["expires_in"] <= 5400


def test_a_graph_token_looks_like_v1(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire")
    assert plain(tokens_for(tenant, "Claire")["access_token"]) == {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "tid": tenant.id,
        "ver": "1.0",
        "app_displayname": "Liaison",
        "appid": DELEGATED_APP_ID,
        "appidacr": "1",
        "idtyp": "user",
        "oid": claire.id,
        "name": "Claire Fontaine",
        "given_name": "Claire",
        "family_name": "Fontaine",
        "upn": claire.upn,
        "unique_name": claire.upn,
        "scp": "User.Read openid profile",
        "acct": 0,
        "acr": "1",
        "amr": ["pwd"],
        "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }


def test_a_token_for_our_own_api_is_v2_with_the_client_id_as_audience(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {API}/access_as_user")
    answer = refresh(tenant, tokens, f"{API}/access_as_user").json()
    assert answer["scope"].split()[-1] == f"{API}/access_as_user"
    assert plain(answer["access_token"]) == {
        "aud": DELEGATED_APP_ID,
        "iss": f"{tenant.http}/{tenant.id}/v2.0",
        "tid": tenant.id,
        "ver": "2.0",
        "azp": DELEGATED_APP_ID,
        "azpacr": "1",
        "idtyp": "user",
        "oid": tenant.person("Claire").id,
        "name": "Claire Fontaine",
        "preferred_username": "claire.fontaine@contoso.com",
        "scp": "access_as_user",
        "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
    }


def test_a_dataverse_token_names_its_environment_and_serves_no_other(tenant: LocalTenant) -> None:
    scope = f"{tenant.service_https}/user_impersonation"
    tokens = tokens_for(tenant, "Claire", f"openid offline_access {scope}")
    claims = plain(tokens["access_token"])
    assert (claims["aud"], claims["scp"]) == (tenant.service_https, "user_impersonation")
    token = tokens["access_token"]
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-service")) == "accepted"
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-sales")) == "audience"


def test_default_of_an_own_address_serves_graph_and_dataverse(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {tenant.https}/user_impersonation")
    without_port = "https://localhost/.default"
    answer = refresh(tenant, tokens, without_port).json()
    claims = plain(answer["access_token"])
    assert claims["aud"] == "https://localhost"
    assert set(claims["scp"].split()) == {"openid", "profile", "User.Read", "user_impersonation"}
    assert answer["scope"].split()[-1] == without_port
    token = answer["access_token"]
    assert judged(tenant, token, graph_audience) == "accepted"
    assert judged(tenant, token, lambda estate: environment_audience(estate, "contoso-sales")) == "accepted"


def test_one_request_is_for_one_resource(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    both = f"User.Read {tenant.https}/user_impersonation"
    assert failure_of(refresh(tenant, tokens, both))[:3] == (400, "invalid_grant", 28000)


def test_a_code_serves_once(tenant: LocalTenant, code: str) -> None:
    assert post_token(tenant, **code_form(code)).status_code == 200
    assert failure_of(post_token(tenant, **code_form(code)))[:3] == (400, "invalid_grant", 54005)


def test_a_code_lives_ten_minutes(tenant: LocalTenant, code: str) -> None:
    tenant.control.post("/_control/clock", json={"advance_s": 601})
    assert failure_of(post_token(tenant, **code_form(code))) == (400, "invalid_grant", 70008, "token_expired")


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, 400, "invalid_grant", 501481),
        ({"code_verifier": ""}, 400, "invalid_grant", 501481),
        ({"redirect_uri": "http://localhost:8301/auth/callback"}, 400, "invalid_client", 500112),
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "11111111-1111-4111-8111-111111111111"}, 400, "unauthorized_client", 700016),
        ({"code": "1.invented"}, 400, "invalid_grant", 70000),
        ({"code": ""}, 400, "invalid_request", 900144),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_wrong_redemption_is_refused(
    tenant: LocalTenant, code: str, form: dict[str, str], status: int, error: str, number: int
) -> None:
    assert failure_of(post_token(tenant, **code_form(code, **form)))[:3] == (status, error, number)


def test_a_code_of_a_web_application_needs_its_secret(tenant: LocalTenant, code: str) -> None:
    form = {"client_id": DELEGATED_APP_ID, **code_form(code)}
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert failure_of(answer)[:3] == (401, "invalid_client", 7000218)


def test_a_code_without_a_challenge_is_redeemed_by_the_secret_alone(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, "Claire", code_challenge=None, code_challenge_method=None)
    form = code_form(page.returned["code"])
    del form["code_verifier"]
    assert post_token(tenant, **form).status_code == 200


def test_a_single_page_application_redeems_with_its_verifier_from_the_browser_alone(tenant: LocalTenant) -> None:
    page_address, address = f"{tenant.http}/teams/auth", f"{tenant.http}/{tenant.id}/oauth2/v2.0/token"

    def code() -> dict[str, str]:
        asked = {"client_id": TEAMS_CLIENT_APP_ID, "redirect_uri": page_address}
        with PersonsBrowser(tenant.http) as browser:
            page = sign_in_page(browser, tenant, "openid User.Read", **asked)
            page = browser.press(page, "user", tenant.person("Claire").id)
        return code_form(page.returned["code"], **asked)

    assert failure_of(httpx2.post(address, data=code()))[:3] == (400, "invalid_request", 9002327)
    answer = httpx2.post(address, data=code(), headers={"Origin": tenant.http})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert claims_of(answer.json()["access_token"])["appidacr"] == "0"


def test_the_secret_may_come_as_basic_authentication(tenant: LocalTenant, code: str) -> None:
    app = tenant.app("delegated")
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        data=code_form(code),
        auth=(app["client_id"], app["client_secret"]),
    )
    assert answer.status_code == 200


def test_the_error_document_has_entras_members(tenant: LocalTenant) -> None:
    correlation = "0f0e0d0c-0b0a-4908-8706-050403020100"
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/token",
        data={**tenant.app("delegated"), **code_form("1.invented")},
        headers={"client-request-id": correlation},
    )
    document = answer.json()
    trace, stamp = document["trace_id"], document["timestamp"]
    assert answer.headers["x-ms-request-id"] == trace
    assert document == {
        "error": "invalid_grant",
        "error_description": "AADSTS70000: Provided grant is invalid or malformed. The grant was issued for another "
        f"client or was replaced.\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}",
        "error_codes": [70000],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{tenant.http}/error?code=70000",
        "suberror": "bad_token",
    }


def test_refreshing_brings_a_new_token_and_leaves_the_old_one_valid(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    first, second = refresh(tenant, tokens).json(), refresh(tenant, tokens).json()
    assert len({tokens["refresh_token"], first["refresh_token"], second["refresh_token"]}) == 3


def test_strict_refresh_lets_each_token_serve_once(tenant: LocalTenant) -> None:
    tenant.switch(entra__strict_refresh=True)
    tokens = tokens_for(tenant, "Claire")
    assert refresh(tenant, tokens).status_code == 200
    assert failure_of(refresh(tenant, tokens))[2] == 70000


def test_a_refresh_token_serves_any_resource_with_consent(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} {tenant.https}/user_impersonation")
    answer = refresh(tenant, tokens, f"{tenant.https}/user_impersonation").json()
    assert claims_of(answer["access_token"])["aud"] == tenant.https
    assert failure_of(refresh(tenant, tokens, "Team.Create"))[2] == 65001


def test_a_refresh_token_is_bound_to_its_client_and_its_proof(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": "User.Read"}
    foreign = post_token(tenant, "application", **form)
    bare = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data={**form, "client_id": DELEGATED_APP_ID})
    assert failure_of(foreign)[2] == 70000
    assert failure_of(bare)[:3] == (401, "invalid_client", 7000218)


def test_a_refresh_token_dies_after_ninety_days(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.control.post("/_control/clock", json={"advance_s": 90 * 86_400 + 1})
    assert failure_of(refresh(tenant, tokens))[:2] == (400, "invalid_grant")


def test_a_forced_sign_out_kills_refresh_tokens(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.control.post("/_control/sessions/revoke", json={"user": "claire.fontaine@contoso.com"})
    assert failure_of(refresh(tenant, tokens)) == (400, "invalid_grant", 50173, "bad_token")


def test_a_disabled_account_gets_no_more_tokens(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")

    def disable(estate: Estate) -> None:
        user = find_user(estate, tenant.person("Claire").id)
        assert user is not None
        save_user(estate, type(user)(**{**vars(user), "account_enabled": False}))

    tenant.ask(disable)
    assert failure_of(refresh(tenant, tokens))[:3] == (400, "invalid_grant", 50057)


def test_codes_and_refresh_tokens_are_not_kept_in_clear(tenant: LocalTenant) -> None:
    token = tokens_for(tenant, "Claire")["refresh_token"]
    stored = tenant.ask(lambda estate: estate.db.rows("SELECT * FROM refresh_tokens"))
    assert len(stored) == 1
    assert not any(token in str(value) for row in stored for value in row)


def test_userinfo_answers_for_a_graph_token_with_openid(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} email")
    answer = httpx2.get(f"{tenant.http}/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.json() == {
        "sub": claims_of(tokens["id_token"])["sub"],
        "name": "Claire Fontaine",
        "given_name": "Claire",
        "family_name": "Fontaine",
        "picture": "https://graph.microsoft.com/v1.0/me/photo/$value",
        "email": "claire.fontaine@contoso.com",
    }
    assert httpx2.get(f"{tenant.http}/oidc/userinfo").status_code == 401
