"""Microsoft's MSAL, unmodified, against the local tenant over https."""

from __future__ import annotations

from typing import Any

import msal
import pytest

from liaison.tenant.seeds.company import DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, Page, PersonsBrowser


@pytest.fixture(autouse=True)
def own_ca_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """These variables win over the `verify` argument."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def client(tenant: LocalTenant, app: str = "delegated", **options: Any) -> msal.ConfidentialClientApplication:
    known = tenant.app(app)
    return msal.ConfidentialClientApplication(
        known["client_id"],
        client_credential=known["client_secret"],
        verify=str(tenant.ca),
        **{"authority": tenant.authority, "instance_discovery": False, **options},
    )


def come_back(tenant: LocalTenant, address: str, given: str) -> Page:
    """A person follows an address of MSAL's, chooses themselves and accepts."""
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.press(browser.open(address), "user", tenant.person(given).id)
        return browser.press(page, "decision", "accept") if page.forms else page


def signed_in(tenant: LocalTenant, app: msal.ConfidentialClientApplication, scopes: list[str]) -> dict[str, Any]:
    flow = app.initiate_auth_code_flow(scopes, redirect_uri=CALLBACK, response_mode="query")
    page = come_back(tenant, flow["auth_uri"], "Claire")
    return dict(app.acquire_token_by_auth_code_flow(flow, page.returned))


def test_the_code_flow_signs_a_person_in_and_renews_silently(tenant: LocalTenant) -> None:
    app = client(tenant)
    result = signed_in(tenant, app, ["User.Read", "Team.ReadBasic.All"])
    assert "error" not in result, result
    assert result["id_token_claims"]["oid"] == tenant.person("Claire").id
    assert set(result["scope"].split()) == {"openid", "profile", "User.Read", "Team.ReadBasic.All"}
    account = app.get_accounts()[0]
    assert account["username"] == "claire.fontaine@contoso.com"
    assert account["home_account_id"] == f"{tenant.person('Claire').id}.{tenant.id}"
    cached = app.acquire_token_silent(["User.Read"], account)
    renewed = app.acquire_token_silent(["User.Read"], account, force_refresh=True)
    assert cached is not None
    assert cached["access_token"] == result["access_token"]
    assert renewed is not None
    assert renewed["access_token"] != result["access_token"]


def test_form_post_and_oidc_authority_work(tenant: LocalTenant) -> None:
    known = tenant.app("delegated")
    app = msal.ConfidentialClientApplication(
        known["client_id"],
        client_credential=known["client_secret"],
        oidc_authority=f"{tenant.authority}/v2.0",
        verify=str(tenant.ca),
    )
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK, response_mode="form_post")
    page = come_back(tenant, flow["auth_uri"], "Claire")
    result = app.acquire_token_by_auth_code_flow(flow, page.forms[0].values)
    assert "access_token" in result, result


def test_instance_discovery_may_ask_this_host(tenant: LocalTenant) -> None:
    app = client(tenant, instance_discovery=f"{tenant.https}/common/discovery/instance")
    assert "access_token" in app.acquire_token_for_client(["https://graph.microsoft.com/.default"])


def test_a_missing_consent_reaches_the_caller_as_suberror(tenant: LocalTenant) -> None:
    app = client(tenant)
    signed_in(tenant, app, ["User.Read"])
    result = app.acquire_token_silent_with_error(["Team.Create"], app.get_accounts()[0])
    assert result is not None
    assert (result["error"], result["suberror"], result["error_codes"]) == (
        "invalid_grant",
        "consent_required",
        [65001],
    )


def test_a_refused_consent_reaches_the_caller(tenant: LocalTenant) -> None:
    app = client(tenant)
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK, response_mode="query")
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.press(browser.open(flow["auth_uri"]), "user", tenant.person("Claire").id)
        page = browser.press(page, "decision", "cancel")
    assert app.acquire_token_by_auth_code_flow(flow, page.returned)["error"] == "access_denied"


def test_client_credentials(tenant: LocalTenant) -> None:
    app = client(tenant, "application")
    result = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert result["token_type"] == "Bearer", result
    assert app.acquire_token_for_client(["https://graph.microsoft.com/.default"])["token_source"] == "cache"


def test_on_behalf_of_exchanges_a_tabs_token(tenant: LocalTenant) -> None:
    signed_in(tenant, client(tenant), ["User.Read"])
    assertion = tenant.token(
        "Claire", "access_as_user", DELEGATED_APP_ID, app_id=TEAMS_CLIENT_APP_ID, version=2, origin=tenant.https
    )
    result = client(tenant).acquire_token_on_behalf_of(assertion, ["User.Read"])
    assert "access_token" in result, result
    assert "User.Read" in result["scope"]


def test_the_device_code_flow(tenant: LocalTenant) -> None:
    app = msal.PublicClientApplication(
        DELEGATED_APP_ID, authority=tenant.authority, instance_discovery=False, verify=str(tenant.ca)
    )
    flow = app.initiate_device_flow(["User.Read"])
    assert flow["user_code"] in flow["message"]
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.fill(browser.open(flow["verification_uri"]), "otc", flow["user_code"])
        page = browser.press(page, "user", tenant.person("Oliver").id)
        page = browser.press(page, "decision", "continue")
        browser.press(page, "decision", "accept")
    result = app.acquire_token_by_device_flow(flow)
    assert "access_token" in result, result
    assert result["id_token_claims"]["name"] == "Oliver Grant"


def test_claims_challenge_and_capability_travel(tenant: LocalTenant) -> None:
    app = client(tenant, client_capabilities=["CP1"])
    result = signed_in(tenant, app, ["User.Read"])
    assert result["expires_in"] >= 20 * 3600
    tenant.switch(entra__mfa_required=True)
    refused = app.acquire_token_silent_with_error(["User.Read"], app.get_accounts()[0], force_refresh=True)
    assert refused is not None
    assert refused["error"] == "interaction_required"
    assert "capolids" in refused["claims"]
