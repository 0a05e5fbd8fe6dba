"""Scenario switches of identity.md sections 5.1, 10, 11 and 18: every code can be met, on a page and in JSON."""

from __future__ import annotations

import base64
import json
import re

import httpx2
import pytest

from liaison.tenant.entra.error_numbers import KNOWN
from tests.local_tenant import LocalTenant
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import SIGN_IN, refresh, sign_in, sign_in_page, tokens_for
from tests.tenant.examples.identity_shapes import register

# Every number that section 5.1 names.
NAMED = (65001, 65004, 65005, 650056, 650057, 650052, 500011, 90093, 90094, 900941, 900981, 90095, 50105, 50011, 50020,
         50034, 50058, 50072, 50074, 50076, 50079, 53000, 53001, 53003, 50173, 700082, 70008, 70043, 500133, 50194,
         700016, 70011, 7000215, 50196, 50097, 54005)  # fmt: skip
CLAIRE = "claire.fontaine@contoso.com"


def test_5_1_every_code_can_be_ordered_and_explains_itself(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    for number in NAMED:
        tenant.switch(entra__refuse={"token": number})
        answer = refresh(tenant, tokens)
        document, known = answer.json(), KNOWN[number]
        assert (answer.status_code, document["error"], document["error_codes"], document.get("suberror")) == (
            known.status, known.error, [number], known.suberror,
        )  # fmt: skip
        assert ("claims" in document) is (known.error == "interaction_required")
        assert re.match(rf"AADSTS{number}: \S.*\r\nTrace ID: ", document["error_description"])
        assert document["error_uri"] == f"{tenant.http}/error?code={number}"


@pytest.mark.parametrize(
    ("switches", "status", "error", "number", "suberror"),
    [
        ({"entra.mfa_required": True}, 400, "interaction_required", 50076, "basic_action"),
        ({"entra.mfa_required": True, "entra.mfa_not_registered": [CLAIRE]}, 400, "interaction_required", 50079,
         "basic_action"),
        ({"entra.device_not_compliant": True}, 400, "interaction_required", 53000, "additional_action"),
        ({"entra.device_not_joined": True}, 400, "interaction_required", 53001, "additional_action"),
        ({"entra.device_unknown": True}, 400, "interaction_required", 50097, "additional_action"),
        ({"entra.blocked_apps": ["00000003-0000-0000-c000-000000000000"]}, 400, "interaction_required", 53003,
         "message_only"),
        ({"entra.assignment_required": True}, 400, "interaction_required", 50105, None),
        ({"entra.password_expired": [CLAIRE]}, 400, "invalid_grant", 50055, None),
        ({"entra.locked_accounts": [CLAIRE]}, 400, "invalid_grant", 50053, None),
    ],
)  # fmt: skip
def test_11_a_policy_shows_at_the_next_refresh(
    tenant: LocalTenant, switches: dict[str, object], status: int, error: str, number: int, suberror: str | None
) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.control.post("/_control/switches", json=switches).raise_for_status()
    answer = refresh(tenant, tokens)
    document = answer.json()
    assert (answer.status_code, document["error"], document["error_codes"], document.get("suberror")) == (
        status, error, [number], suberror,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("switches", "number"),
    [
        ({"entra.device_not_joined": True}, 53001),
        ({"entra.device_unknown": True}, 50097),
        ({"entra.blocked_apps": ["7d0b6c1e-2f4a-4f9b-8c57-0a3d9e6b1f20"]}, 53003),
        ({"entra.password_expired": [CLAIRE]}, 50055),
        ({"entra.locked_accounts": [CLAIRE]}, 50053),
    ],
)
def test_11_a_policy_ends_an_interactive_sign_in_on_a_page(
    tenant: LocalTenant, switches: dict[str, object], number: int
) -> None:
    tenant.control.post("/_control/switches", json=switches).raise_for_status()
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Claire").id)
    assert "location" not in page.headers
    assert f"AADSTS{number}: " in page.text


def test_11_a_sign_in_that_is_too_old_must_be_renewed(tenant: LocalTenant) -> None:
    tenant.switch(entra__sign_in_frequency_s=3600)
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        tokens = tokens_for(tenant, "Claire")
        tenant.control.post("/_control/clock", json={"advance_s": 3601})
        assert sign_in_page(browser, tenant).title == "Sign in"
    document = refresh(tenant, tokens).json()
    assert (document["error"], document["error_codes"], document["suberror"]) == ("invalid_grant", [70043], "bad_token")


def test_7_people_may_not_consent_to_a_risky_application(tenant: LocalTenant) -> None:
    app_id = register(tenant)
    tenant.switch(entra__consent_policy="open", entra__risky_apps=[app_id])
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in_page(browser, tenant, SIGN_IN, client_id=app_id)
        page = browser.press(page, "user", tenant.person("Claire").id)
    assert page.title == "Need admin approval"
    assert "AADSTS900941" in page.text


def test_10_a_revoked_session_meets_a_challenge_at_userinfo(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    capable = json.dumps({"access_token": {"xms_cc": {"values": ["CP1"]}}})
    token = refresh(tenant, tokens, claims=capable).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx2.get(f"{tenant.http}/oidc/userinfo", headers=headers).status_code == 200
    tenant.control.post("/_control/sessions/revoke", json={"user": CLAIRE})
    answer = httpx2.get(f"{tenant.http}/oidc/userinfo", headers=headers)
    found = re.fullmatch(
        rf'Bearer realm="", authorization_uri="{re.escape(tenant.http)}/common/oauth2/authorize", '
        r'error="insufficient_claims", claims="([A-Za-z0-9+/=]+)"',
        answer.headers["www-authenticate"],
    )
    assert found is not None
    wanted = json.loads(base64.b64decode(found[1]))["access_token"]["nbf"]
    assert (answer.status_code, sorted(wanted), wanted["essential"]) == (401, ["essential", "value"], True)
