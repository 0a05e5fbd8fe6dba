"""App registrations that somebody makes here, and signing in to them."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from liaison.tenant.estate.applications import GRAPH_APP_ID
from liaison.tenant.seeds.company import DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, VERIFIER, PersonsBrowser, authorize_address
from tests.tenant.entra_client import claims_of
from tests.tenant.graph_client import Graph

NOBODY = "00000000-0000-0000-0000-000000000001"
SCOPE_ID = "7b2c6c0e-0b4f-4d5a-9a51-6a2f6f3f0c11"


@pytest.fixture
def nadia(tenant: LocalTenant) -> Graph:
    return Graph(tenant, tenant.token("Nadia", "Application.ReadWrite.All"))


def redeem(tenant: LocalTenant, app_id: str, code: str, **more: str) -> httpx2.Response:
    form = {
        "client_id": app_id,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form, headers=more)


def code_for(tenant: LocalTenant, app_id: str) -> str:
    """The code for Nadia, who consents to what the application asks."""
    with PersonsBrowser(tenant.http) as browser:
        page = browser.open(authorize_address(tenant.id, scope="openid User.Read", client_id=app_id))
        page = browser.press(page, "user", tenant.person("Nadia").id)
        if page.title == "Permissions requested":
            page = browser.press(page, "decision", "accept")
        return str(page.returned["code"])


def test_people_sign_in_to_a_page_that_was_registered_through_graph(tenant: LocalTenant, nadia: Graph) -> None:
    page = {"displayName": "Page", "signInAudience": "AzureADMyOrg", "spa": {"redirectUris": [CALLBACK]}}
    made = nadia.post("/applications", page)
    assert (made["spa"], made["web"]["redirectUris"], made["signInAudience"]) == (
        {"redirectUris": [CALLBACK]},
        [],
        "AzureADMyOrg",
    )
    origin = {"Origin": "http://localhost:9000"}
    answer = redeem(tenant, made["appId"], code_for(tenant, made["appId"]), **origin)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert claims_of(answer.json()["access_token"])["appid"] == made["appId"]
    assert redeem(tenant, made["appId"], code_for(tenant, made["appId"])).json()["error_codes"] == [9002327]


def test_a_registration_is_changed_and_deleted(nadia: Graph) -> None:
    made = nadia.post("/applications", {"displayName": "Server", "web": {"redirectUris": ["https://a.example/in"]}})
    key = f"/applications/{made['id']}"
    changes: dict[str, Any] = {
        "displayName": "Server 2",
        "web": {
            "redirectUris": ["https://b.example/in"],
            "logoutUrl": "https://b.example/out",
            "implicitGrantSettings": {"enableIdTokenIssuance": True},
        },
        "publicClient": {"redirectUris": ["http://localhost"]},
        "identifierUris": [f"api://{made['appId']}"],
        "api": {
            "requestedAccessTokenVersion": 2,
            "oauth2PermissionScopes": [
                {"id": SCOPE_ID, "value": "Read", "type": "User", "adminConsentDisplayName": "Read it"}
            ],
            "preAuthorizedApplications": [{"appId": DELEGATED_APP_ID}],
        },
    }
    assert nadia.call("PATCH", key, changes).status_code == 204
    found = nadia.get(key)
    assert {name: found[name] for name in ("displayName", "identifierUris", "publicClient", "web", "spa")} == {
        "displayName": "Server 2",
        "identifierUris": [f"api://{made['appId']}"],
        "publicClient": {"redirectUris": ["http://localhost"]},
        "web": {
            "redirectUris": ["https://b.example/in"],
            "logoutUrl": "https://b.example/out",
            "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": True},
        },
        "spa": {"redirectUris": []},
    }
    assert [one["value"] for one in found["api"]["oauth2PermissionScopes"]] == ["Read"]
    needed = [{"resourceAppId": made["appId"], "resourceAccess": [{"id": SCOPE_ID, "type": "Scope"}]}]
    other = nadia.post("/applications", {"displayName": "Other", "requiredResourceAccess": needed})
    assert other["requiredResourceAccess"] == needed
    taken = {"identifierUris": [f"API://{made['appId']}"]}
    assert nadia.refused("PATCH", f"/applications/{other['id']}", taken)[:2] == (400, "Request_BadRequest")
    by_app_id = f"/applications(appId='{other['appId']}')"
    assert nadia.call("PATCH", by_app_id, {"displayName": "Another"}).status_code == 204
    assert nadia.get(by_app_id)["displayName"] == "Another"
    nadia.delete(by_app_id)
    nadia.delete(key)
    assert nadia.refused("GET", key)[:2] == (404, "Request_ResourceNotFound")


def test_an_unknown_permission_is_refused(nadia: Graph) -> None:
    needed = [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": [{"id": NOBODY, "type": "Scope"}]}]
    body = {"displayName": "Wrong", "requiredResourceAccess": needed}
    assert nadia.refused("POST", "/applications", body) == (
        400,
        "Request_BadRequest",
        f"Permission entitlement '{NOBODY}' was not found.",
    )


def test_an_application_has_one_service_principal(tenant: LocalTenant, nadia: Graph) -> None:
    made = nadia.post("/applications", {"displayName": "Job"})
    principal = nadia.post("/servicePrincipals", {"appId": made["appId"]})
    assert (principal["displayName"], principal["accountEnabled"]) == ("Job", True)
    assert nadia.refused("POST", "/servicePrincipals", {"appId": made["appId"]})[:2] == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
    )
    assert nadia.refused("POST", "/servicePrincipals", {"appId": NOBODY})[:2] == (400, "Request_BadRequest")
    secret = nadia.post(f"/applications/{made['id']}/addPassword", {}, 200)["secretText"]
    form = {
        "client_id": made["appId"],
        "client_secret": secret,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)
    assert claims_of(answer.json()["access_token"])["oid"] == principal["id"]


def test_only_administrators_register(tenant: LocalTenant) -> None:
    claire = Graph(tenant, tenant.token("Claire", "Application.ReadWrite.All"))
    for path, body in (("/applications", {"displayName": "No"}), ("/servicePrincipals", {"appId": NOBODY})):
        assert claire.refused("POST", path, body)[0] == 403
