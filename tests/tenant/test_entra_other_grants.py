"""Tokens without a code: an application by itself, on behalf of a person, and for a device."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from liaison.tenant.seeds.applications import principal_id
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import (
    API,
    SIGN_IN,
    claims_of,
    failure_of,
    on_behalf,
    own_api_token,
    plain,
    post_token,
    refresh,
    tokens_for,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def test_an_applications_token_carries_its_roles(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    document = post_token(tenant, "application", **form).json()
    claims = plain(document["access_token"])
    roles = claims.pop("roles")
    assert set(document) == {"token_type", "expires_in", "ext_expires_in", "access_token"}
    assert {"Channel.Create", "Files.ReadWrite.All", "TeamsTab.ReadWriteSelfForTeam.All"} <= set(roles)
    assert claims == {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "idp": f"https://sts.windows.net/{tenant.id}/",
        "tid": tenant.id,
        "ver": "1.0",
        "app_displayname": "Liaison background work",
        "appid": APPLICATION_APP_ID,
        "appidacr": "1",
        "idtyp": "app",
        "oid": principal_id(APPLICATION_APP_ID),
    }


def test_an_application_without_roles_still_gets_a_token(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    claims = claims_of(post_token(tenant, "delegated", **form).json()["access_token"])
    assert "roles" not in claims
    assert claims["idtyp"] == "app"


def test_an_applications_token_for_our_api_names_the_automation_role(tenant: LocalTenant) -> None:
    form = {"grant_type": "client_credentials", "scope": f"{API}/.default"}
    claims = claims_of(post_token(tenant, "application", **form).json()["access_token"])
    assert (claims["aud"], claims["ver"], claims["roles"]) == (DELEGATED_APP_ID, "2.0", ["Liaison.Automation"])


@pytest.mark.parametrize(
    ("authority", "form", "number"),
    [
        ("{id}", {"scope": "https://graph.microsoft.com/User.Read.All"}, 1002012),
        ("{id}", {"scope": ""}, 900144),
        ("common", {"scope": "https://graph.microsoft.com/.default"}, 50059),
        ("{id}", {"scope": "https://unknown.example/.default"}, 500011),
    ],
)
def test_wrong_client_credentials_requests_are_refused(
    tenant: LocalTenant, authority: str, form: dict[str, str], number: int
) -> None:
    answer = httpx2.post(
        f"{tenant.http}/{authority.format(id=tenant.id)}/oauth2/v2.0/token",
        data={**tenant.app("application"), "grant_type": "client_credentials", **form},
    )
    assert failure_of(answer)[2] == number


def test_on_behalf_of_needs_the_persons_consent(tenant: LocalTenant) -> None:
    assertion = own_api_token(tenant, "Claire")
    assert failure_of(on_behalf(tenant, assertion)) == (400, "invalid_grant", 65001, "consent_required")
    tokens_for(tenant, "Claire")
    answer = on_behalf(tenant, assertion, "User.Read offline_access").json()
    claims = claims_of(answer["access_token"])
    assert (claims["oid"], claims["appid"], claims["scp"]) == (
        tenant.person("Claire").id,
        DELEGATED_APP_ID,
        "User.Read openid profile",
    )
    assert refresh(tenant, answer, "User.Read").status_code == 200


@pytest.mark.parametrize(
    ("assertion", "number"),
    [
        (lambda tenant: tenant.token("Claire", "User.Read"), 50013),
        (lambda tenant: "not.a.token", 50013),
        (lambda tenant: tenant.app_token(f"{API}/.default"), 7000114),
        (lambda tenant: own_api_token(tenant, "Victor"), 50057),
        (lambda tenant: own_api_token(tenant, "Claire", lifetime_s=-1), 500133),
    ],
)
def test_on_behalf_of_refuses_other_assertions(
    tenant: LocalTenant, assertion: Callable[[LocalTenant], str], number: int
) -> None:
    assert failure_of(on_behalf(tenant, assertion(tenant)))[2] == number


def test_on_behalf_of_refuses_a_changed_assertion(tenant: LocalTenant) -> None:
    head, body, signature = own_api_token(tenant, "Claire").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "oid": tenant.person("Nadia").id}).encode())
    assertion = f"{head}.{forged.rstrip(b'=').decode()}.{signature}"
    assert failure_of(on_behalf(tenant, assertion))[2] == 50013


def device_request(tenant: LocalTenant, **form: str) -> dict[str, Any]:
    answer = httpx2.post(
        f"{tenant.http}/{tenant.id}/oauth2/v2.0/devicecode",
        data={"client_id": DELEGATED_APP_ID, "scope": SIGN_IN, **form},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(tenant: LocalTenant, device_code: str) -> httpx2.Response:
    form = {"client_id": DELEGATED_APP_ID, "grant_type": DEVICE, "device_code": device_code}
    return httpx2.post(f"{tenant.http}/{tenant.id}/oauth2/v2.0/token", data=form)


def test_a_device_waits_until_its_person_has_signed_in(tenant: LocalTenant) -> None:
    asked = device_request(tenant)
    assert set(asked) == {"user_code", "device_code", "verification_uri", "expires_in", "interval", "message"}
    assert (asked["expires_in"], asked["verification_uri"]) == (900, f"{tenant.http}/common/oauth2/deviceauth")
    assert failure_of(poll(tenant, asked["device_code"]))[:2] == (400, "authorization_pending")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(browser.open("/common/oauth2/deviceauth"), "otc", asked["user_code"].lower())
        page = browser.press(page, "user", tenant.person("Claire").id)
        assert page.title == "Are you trying to sign in to Liaison?"
        page = browser.press(page, "decision", "continue")
        page = browser.press(page, "decision", "accept")
        assert "You may now close this window." in page.text
    document = poll(tenant, asked["device_code"]).json()
    assert claims_of(document["access_token"])["oid"] == tenant.person("Claire").id
    assert "refresh_token" in document
    assert failure_of(poll(tenant, asked["device_code"]))[2] == 54005


def test_a_device_is_declined_or_expires_or_is_unknown(tenant: LocalTenant) -> None:
    asked = device_request(tenant)
    with PersonsBrowser(tenant.http) as browser:
        wrong = browser.fill(browser.open("/common/oauth2/deviceauth"), "otc", "WRONG")
        page = browser.fill(wrong, "otc", asked["user_code"])
        page = browser.press(page, "user", tenant.person("Claire").id)
        browser.press(page, "decision", "cancel")
    assert "That code didn't work" in wrong.text.replace("&#39;", "'")
    assert failure_of(poll(tenant, asked["device_code"]))[:2] == (400, "authorization_declined")
    other = device_request(tenant)
    tenant.control.post("/_control/clock", json={"advance_s": 901})
    assert failure_of(poll(tenant, other["device_code"]))[:2] == (400, "expired_token")
    assert failure_of(poll(tenant, "invented"))[:2] == (400, "bad_verification_code")


def test_the_device_message_speaks_french(tenant: LocalTenant) -> None:
    assert device_request(tenant, mkt="fr-FR")["message"].startswith("Pour vous connecter, ouvrez la page")
