"""MSAL's public clients, unmodified: its own browser window, devices, its cache, and what it says to refusals."""

from __future__ import annotations

from typing import Any

import msal
import pytest

from liaison.tenant.seeds.public_clients import AZURE_CLI_APP_ID, GRAPH_CLI_APP_ID
from tests.local_tenant import LocalTenant
from tests.sdk.visiting import agree, opened_browsers
from tests.tenant.browser import Page, PersonsBrowser

SCOPES = ["User.Read", "Team.ReadBasic.All"]


@pytest.fixture(autouse=True)
def own_ca_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """These variables win over the `verify` argument."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def client(tenant: LocalTenant, app_id: str = GRAPH_CLI_APP_ID, **options: Any) -> msal.PublicClientApplication:
    return msal.PublicClientApplication(
        app_id,
        verify=str(tenant.ca),
        **{"authority": tenant.authority, "instance_discovery": False, **options},
    )


def interactive(tenant: LocalTenant, app: msal.PublicClientApplication, given: str, **asked: Any) -> dict[str, Any]:
    with opened_browsers(tenant, agree(tenant, given)):
        return dict(app.acquire_token_interactive(SCOPES, timeout=20, **asked))


def test_the_interactive_flow_comes_back_to_the_librarys_own_port(tenant: LocalTenant) -> None:
    app = client(tenant)
    result = interactive(tenant, app, "Claire")
    assert result["token_type"] == "Bearer", result
    assert set(result["scope"].split()) == {"openid", "profile", *SCOPES}
    assert result["id_token_claims"]["preferred_username"] == "claire.fontaine@contoso.com"
    assert result["id_token_claims"]["aud"] == GRAPH_CLI_APP_ID


@pytest.mark.parametrize("authority", ["organizations", "common", "contoso.com", "contoso.onmicrosoft.com"])
def test_every_name_of_the_tenant_is_an_authority(tenant: LocalTenant, authority: str) -> None:
    app = client(tenant, authority=f"{tenant.https}/{authority}")
    result = interactive(tenant, app, "Claire", prompt="select_account", login_hint="claire.fontaine@contoso.com")
    assert result["id_token_claims"]["tid"] == tenant.id, result
    account = app.get_accounts()[0]
    assert account["home_account_id"] == f"{tenant.person('Claire').id}.{tenant.id}"
    assert app.acquire_token_silent(SCOPES, account)["access_token"] == result["access_token"]


def test_accounts_are_kept_told_apart_and_removed(tenant: LocalTenant) -> None:
    cache = msal.SerializableTokenCache()
    app = client(tenant, token_cache=cache)
    for given in ("Claire", "Oliver"):
        assert "access_token" in interactive(tenant, app, given)
    names = [account["username"] for account in app.get_accounts()]
    assert sorted(names) == ["claire.fontaine@contoso.com", "oliver.grant@contoso.com"]
    again = msal.SerializableTokenCache()
    again.deserialize(cache.serialize())
    reopened = client(tenant, token_cache=again)
    oliver = reopened.get_accounts(username="oliver.grant@contoso.com")[0]
    renewed = reopened.acquire_token_silent(SCOPES, oliver, force_refresh=True)
    assert renewed["access_token"]
    reopened.remove_account(oliver)
    assert [account["username"] for account in reopened.get_accounts()] == ["claire.fontaine@contoso.com"]
    assert reopened.acquire_token_silent(SCOPES, oliver) is None


def test_a_guest_is_an_account_of_their_home_tenant(tenant: LocalTenant) -> None:
    app = client(tenant)
    result = interactive(tenant, app, "Lukas")
    claims = result["id_token_claims"]
    assert (claims["tid"], claims["preferred_username"]) == (tenant.id, "lukas.weber@fabrikam.com")
    account = app.get_accounts()[0]
    assert account["home_account_id"] == f"{claims['oid']}.{claims['idp'].split('/')[3]}"
    assert app.acquire_token_silent(SCOPES, account, force_refresh=True)["access_token"]


def test_a_person_who_gives_up_is_access_denied(tenant: LocalTenant) -> None:
    def decline(browser: PersonsBrowser, page: Page) -> Page:
        page = browser.press(page, "user", tenant.person("Claire").id)
        return browser.press(page, "decision", "cancel")

    with opened_browsers(tenant, decline):
        result = client(tenant).acquire_token_interactive(SCOPES, timeout=20)
    assert result["error"] == "access_denied"
    assert result["error_description"].startswith("AADSTS65004: User declined to consent to access the app.")


def test_a_library_without_a_registration_uses_the_azure_command_line(tenant: LocalTenant) -> None:
    app = client(tenant, AZURE_CLI_APP_ID)
    with opened_browsers(tenant, agree(tenant, "Marc")) as opened:
        result = app.acquire_token_interactive([f"{tenant.https}/.default"], timeout=20)
    assert "access_token" in result, result
    assert len(opened) == 1


def test_a_device_that_is_declined_or_forgotten(tenant: LocalTenant) -> None:
    app = client(tenant)
    flow = app.initiate_device_flow(SCOPES)
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.fill(browser.open(flow["verification_uri"]), "otc", flow["user_code"])
        page = browser.press(page, "user", tenant.person("Oliver").id)
        browser.press(page, "decision", "cancel")
    assert app.acquire_token_by_device_flow(flow)["error"] == "authorization_declined"
    forgotten = app.initiate_device_flow(SCOPES)
    assert (forgotten["interval"], forgotten["expires_in"]) == (5, 900)
    tenant.control.post("/_control/clock", json={"advance_s": 901})
    assert app.acquire_token_by_device_flow(forgotten)["error"] == "expired_token"


def test_a_device_waits_and_slows_down_when_told(tenant: LocalTenant) -> None:
    app = client(tenant)
    flow = app.initiate_device_flow(SCOPES)

    def poll() -> str:
        return str(app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)["error"])

    assert poll() == "authorization_pending"
    tenant.switch(entra__device_slow_down=True)
    assert [poll(), poll()] == ["authorization_pending", "slow_down"]


def test_instance_discovery_of_this_host_serves_every_authority(tenant: LocalTenant) -> None:
    app = client(tenant, instance_discovery=f"{tenant.https}/common/discovery/instance")
    assert "access_token" in interactive(tenant, app, "Claire")
