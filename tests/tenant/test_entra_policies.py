"""What may stand between a sign-in and a token: challenges, a second factor, the device; and how a face judges."""

from __future__ import annotations

import base64
import json

from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, graph_audience, read_bearer
from liaison.tenant.estate.people import revoke_sessions
from tests.local_tenant import LocalTenant
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import (
    claims_of,
    failure_of,
    judged,
    own_api_token,
    redeem,
    refresh,
    sign_in_page,
    tokens_for,
)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def test_a_face_refuses_tokens_for_the_reason_that_is_wrong(tenant: LocalTenant) -> None:
    good = tenant.token("Claire", "User.Read")
    head, body, signature = good.split(".")
    none_header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"x"}').rstrip(b"=").decode()
    assert judged(tenant, good, graph_audience) == "accepted"
    assert judged(tenant, "", graph_audience) == "missing"
    assert judged(tenant, "nonsense", graph_audience) == "malformed"
    assert judged(tenant, f"{head}.{body}.{signature[:-6]}AAAAAA", graph_audience) == "signature"
    assert judged(tenant, f"{none_header}.{body}.", graph_audience) == "signature"
    assert judged(tenant, own_api_token(tenant, "Claire"), graph_audience) == "audience"
    tenant.control.post("/_control/clock", json={"advance_s": 5400})
    assert judged(tenant, good, graph_audience) == "expired"


def test_a_client_that_handles_challenges_gets_long_tokens_and_meets_the_challenge(tenant: LocalTenant) -> None:
    capability = json.dumps({"access_token": {"xms_cc": {"values": ["CP1"]}}})
    tokens = tokens_for(tenant, "Claire")
    answer = refresh(tenant, tokens, claims=capability).json()
    claire = tenant.person("Claire").id

    def challenge(estate: Estate) -> str | None:
        revoke_sessions(estate, claire)
        try:
            read_bearer(estate, f"Bearer {answer['access_token']}", graph_audience(estate))
        except BearerRefused as refused:
            return refused.claims
        return None

    assert 20 * 3600 <= answer["expires_in"] <= 28 * 3600
    assert claims_of(answer["access_token"])["xms_cc"] == ["cp1"]
    demanded = json.loads(tenant.ask(challenge) or "{}")["access_token"]["nbf"]
    assert demanded["essential"] is True
    assert judged(tenant, tokens["access_token"], graph_audience) == "accepted"


def test_a_second_factor_is_demanded_with_claims_and_given_on_a_page(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.switch(entra__mfa_required=True)
    refused = refresh(tenant, tokens)
    claims = refused.json()["claims"]
    assert failure_of(refused) == (400, "interaction_required", 50076, "basic_action")
    assert "capolids" in json.loads(claims)["access_token"]
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant, claims=claims), "user", tenant.person("Claire").id)
        assert page.title == "Approve sign in request"
        page = browser.press(page, "decision", "approve")
        again = redeem(tenant, page)
    assert claims_of(again["access_token"])["amr"] == ["pwd", "mfa"]
    assert refresh(tenant, again).status_code == 200


def test_an_authentication_context_is_satisfied_and_named_in_the_token(tenant: LocalTenant) -> None:
    claims = json.dumps({"access_token": {"acrs": {"essential": True, "value": "c1"}}})
    tokens_for(tenant, "Claire")
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant, claims=claims), "user", tenant.person("Claire").id)
        tokens = redeem(tenant, browser.press(page, "decision", "approve"))
    assert claims_of(tokens["access_token"])["acrs"] == ["c1"]


def test_a_device_that_does_not_comply_ends_on_a_page_and_at_the_token_endpoint(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.switch(entra__device_not_compliant=True)
    assert failure_of(refresh(tenant, tokens))[:3] == (400, "interaction_required", 53000)
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(sign_in_page(browser, tenant), "user", tenant.person("Claire").id)
    assert "You can&#39;t get there from here" in page.text
    assert "AADSTS53000" in page.text


def test_a_managed_device_shows_in_the_token(tenant: LocalTenant) -> None:
    tenant.switch(entra__managed_devices=["claire.fontaine@contoso.com"])
    managed, unmanaged = (tokens_for(tenant, given)["access_token"] for given in ("Claire", "Oliver"))

    def devices(estate: Estate) -> list[bool]:
        return [
            read_bearer(estate, f"Bearer {token}", graph_audience(estate)).managed_device
            for token in (managed, unmanaged)
        ]

    assert tenant.ask(devices) == [True, False]
