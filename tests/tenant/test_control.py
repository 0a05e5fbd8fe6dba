"""The control endpoint beside faults: calls, clock, switches, reset; and who may use it."""

from __future__ import annotations

import httpx2
import pytest

from liaison.tenant.estate.people import find_user, list_users
from liaison.tenant.estate.switches import get_switch
from tests.local_tenant import LocalTenant


def test_the_ledger_names_each_call_with_its_caller_and_status(tenant: LocalTenant) -> None:
    token = tenant.token("Claire", "User.Read")
    httpx2.get(f"{tenant.http}/oidc/userinfo?x=1", headers={"Authorization": f"Bearer {token}"})
    httpx2.get(f"{tenant.http}/{tenant.id}/v2.0/.well-known/openid-configuration")
    report = tenant.control.get("/_control/calls").json()
    first, second = report["value"]
    assert (first["method"], first["path"], first["status"]) == ("GET", "/oidc/userinfo", 403)
    assert first["app_id"] == tenant.app("delegated")["client_id"]
    assert first["object_id"] == tenant.person("Claire").id
    assert (second["status"], second["app_id"], second["object_id"]) == (200, None, None)
    assert second["sequence"] == first["sequence"] + 1 == report["last"]
    later = tenant.control.get("/_control/calls", params={"since": first["sequence"]}).json()
    assert later["value"] == [second]


def test_a_dropped_call_stands_in_the_ledger_with_status_zero(tenant: LocalTenant) -> None:
    tenant.fault({"path": "/oidc/userinfo", "action": {"reset": True}})
    with pytest.raises(httpx2.NetworkError):
        httpx2.get(f"{tenant.http}/oidc/userinfo")
    assert [call["status"] for call in tenant.control.get("/_control/calls").json()["value"]] == [0]


def test_clearing_the_ledger_keeps_counting(tenant: LocalTenant) -> None:
    httpx2.get(f"{tenant.http}/oidc/userinfo")
    last = tenant.control.get("/_control/calls").json()["last"]
    assert tenant.control.delete("/_control/calls").status_code == 204
    assert tenant.control.get("/_control/calls").json() == {"value": [], "last": last}


def test_the_clock_is_set_moved_and_frozen_and_the_date_header_follows(tenant: LocalTenant) -> None:
    order = {"set": "2030-01-01T00:00:00Z", "advance_s": 90, "freeze": True}
    assert tenant.control.post("/_control/clock", json=order).json()["now"].startswith("2030-01-01T00:01:30")
    dates = [httpx2.get(f"{tenant.http}/oidc/userinfo").headers["date"] for _ in range(2)]
    assert dates == ["Tue, 01 Jan 2030 00:01:30 GMT"] * 2


def test_switches_are_set_read_and_removed(tenant: LocalTenant) -> None:
    seeded = tenant.control.get("/_control/switches").json()
    answer = tenant.control.post("/_control/switches", json={"graph.throttle": True, "graph.files_folder_delay_s": 2})
    assert answer.json() == {**seeded, "graph.throttle": True, "graph.files_folder_delay_s": 2}
    delay = tenant.ask(lambda estate: get_switch(estate, "graph.files_folder_delay_s", 0.0))
    assert (delay, type(delay)) == (2.0, float)
    answer = tenant.control.post("/_control/switches", json={"graph.throttle": None})
    assert answer.json() == {**seeded, "graph.files_folder_delay_s": 2}


def test_reset_brings_back_the_seed_the_time_and_the_peace(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire").id
    seeded = tenant.control.get("/_control/switches").json()
    tenant.ask(lambda estate: estate.db.rows("DELETE FROM user_licences"))
    tenant.switch(entra__mfa_required=True)
    tenant.fault({"path": "/**", "times": None, "action": {"status": 503}})
    tenant.control.post("/_control/clock", json={"advance_s": 86_400, "freeze": True})
    tenant.reset()
    assert tenant.control.get("/_control/switches").json() == seeded
    assert httpx2.get(f"{tenant.http}/oidc/userinfo").status_code == 401
    assert tenant.ask(lambda estate: find_user(estate, claire)) is not None
    assert tenant.ask(lambda estate: estate.db.value("SELECT count(*) FROM user_licences")) > 0


def test_reset_leaves_secrets_and_keys_as_they_were(tenant: LocalTenant) -> None:
    token = tenant.token("Claire", "User.Read openid")
    tenant.reset()
    assert httpx2.get(f"{tenant.http}/oidc/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert len(tenant.ask(list_users)) == 14
    assert tenant.app_token()


def test_a_web_page_cannot_steer_the_tenant(tenant: LocalTenant) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": tenant.http}, {"Sec-Fetch-Site": "cross-site"}):
        assert tenant.control.post("/_control/reset", headers=headers).status_code == 403


def test_a_name_rebound_to_this_machine_is_refused(tenant: LocalTenant) -> None:
    for path in ("/_control/calls", f"/{tenant.id}/v2.0/.well-known/openid-configuration"):
        assert httpx2.get(tenant.http + path, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("path", ["/_control/clock", "/_control/workers", "/_control/switches"])
def test_a_wrong_order_is_a_bad_request(tenant: LocalTenant, path: str) -> None:
    method = "PUT" if path.endswith("workers") else "POST"
    answers = [tenant.control.request(method, path, content=content) for content in (b"{", b"[1]")]
    assert [answer.status_code for answer in answers] == [400, 400]


def test_request_ids_are_given_and_the_clients_own_comes_back(tenant: LocalTenant) -> None:
    answer = httpx2.get(f"{tenant.http}/oidc/userinfo", headers={"client-request-id": "my-own"})
    assert answer.headers["client-request-id"] == "my-own"
    assert len(answer.headers["request-id"]) == 36
