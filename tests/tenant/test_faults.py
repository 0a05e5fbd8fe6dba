"""Trouble on request: every phase and action of the fault plan, seen from a client over real sockets."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import httpx2
import pytest

from tests.local_tenant import LocalTenant

# A request with an effect that can be counted: a device code is a row.
PATH = "/*/oauth2/v2.0/devicecode"
DISCOVERY = "/*/v2.0/.well-known/openid-configuration"


def ask_device_code(tenant: LocalTenant, base: str | None = None, **options: Any) -> httpx2.Response:
    form = {"client_id": tenant.app("delegated")["client_id"], "scope": "openid"}
    return httpx2.post(f"{base or tenant.http}/{tenant.id}/oauth2/v2.0/devicecode", data=form, **options)


def effects(tenant: LocalTenant) -> int:
    return int(tenant.ask(lambda estate: estate.db.value("SELECT count(*) FROM device_codes")))


def settled(tenant: LocalTenant, wanted: int) -> None:
    """Wait until so many effects have taken place, though nobody waits for the answer any more."""
    until = time.monotonic() + 20
    while effects(tenant) != wanted:
        assert time.monotonic() < until, f"{effects(tenant)} effects, not {wanted}"
        time.sleep(0.02)


def impatient(seconds: float) -> httpx2.Timeout:
    """Sends whatever time that takes, and then waits no longer than this for an answer."""
    return httpx2.Timeout(20.0, read=seconds)


def read_discovery(tenant: LocalTenant) -> httpx2.Response:
    return httpx2.get(f"{tenant.http}/{tenant.id}/v2.0/.well-known/openid-configuration")


def test_a_status_before_the_effect_carries_headers_and_the_services_own_body(tenant: LocalTenant) -> None:
    action = {"status": 429, "headers": {"Retry-After": "2"}, "code": "temporarily_unavailable"}
    tenant.fault({"method": "POST", "path": PATH, "phase": "before", "action": action})
    answer = ask_device_code(tenant)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["error"] == "temporarily_unavailable"
    assert effects(tenant) == 0
    assert ask_device_code(tenant).status_code == 200


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (
            "/v1.0/teams/1/channels",
            {"error": {"code": "TooManyRequests", "message": "A fault that the plan asked for."}},
        ),
        ("/api/data/v9.2/accounts", {"error": {"code": "0x80072322", "message": "A fault that the plan asked for."}}),
        ("/sites/x", {"error": {"code": "TooManyRequests", "message": "A fault that the plan asked for."}}),
    ],
)
def test_the_body_has_the_shape_of_the_service_asked(
    tenant: LocalTenant, path: str, shape: dict[str, dict[str, str]]
) -> None:
    tenant.fault({"path": "/**", "action": {"status": 429}})
    error = httpx2.get(tenant.http + path).json()
    inner = error["error"].pop("innerError", None)
    assert error == shape
    assert (inner is not None) == path.startswith("/v1.0")


def test_nth_and_times_choose_the_calls(tenant: LocalTenant) -> None:
    tenant.fault({"path": DISCOVERY, "nth": 2, "times": 2, "action": {"status": 503}})
    assert [read_discovery(tenant).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    report = tenant.control.get("/_control/faults").json()
    assert (report["rules"][0]["matches"], report["rules"][0]["hits"]) == (5, 2)
    assert [hit["match"] for hit in report["hits"]] == [2, 3]


def test_without_times_every_later_call_is_met(tenant: LocalTenant) -> None:
    tenant.fault({"path": DISCOVERY, "nth": 2, "times": None, "action": {"status": 503}})
    assert [read_discovery(tenant).status_code for _ in range(4)] == [200, 503, 503, 503]


def test_a_probability_is_drawn_from_the_seed(tenant: LocalTenant) -> None:
    runs = []
    for _ in range(2):
        tenant.fault({"path": DISCOVERY, "times": None, "probability": 0.5, "action": {"status": 503}}, seed=3)
        runs.append([read_discovery(tenant).status_code for _ in range(12)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_one_star_stays_within_a_segment_and_two_reach_across(tenant: LocalTenant) -> None:
    tenant.fault(
        {"path": "/*/openid-configuration", "times": None, "action": {"status": 418}},
        {"path": "/**/openid-configuration", "times": None, "action": {"status": 503}},
    )
    assert read_discovery(tenant).status_code == 503


def test_a_reset_before_the_effect_drops_the_connection(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "before", "action": {"reset": True}})
    with pytest.raises(httpx2.ReadError, match="reset"):
        ask_device_code(tenant)
    assert effects(tenant) == 0


def test_a_reset_reaches_through_tls(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "before", "action": {"reset": True}})
    with httpx2.Client(verify=tenant.tls) as client, pytest.raises(httpx2.TransportError):
        client.post(f"{tenant.https}/{tenant.id}/oauth2/v2.0/devicecode", data={"scope": "openid"})
    assert effects(tenant) == 0


def test_a_reset_after_the_effect_loses_the_answer_only(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "after", "action": {"reset": True}})
    with pytest.raises(httpx2.NetworkError):
        ask_device_code(tenant)
    assert effects(tenant) == 1


def test_a_status_after_the_effect_hides_a_success(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "after", "action": {"status": 504}})
    assert ask_device_code(tenant).status_code == 504
    assert effects(tenant) == 1


def test_mid_body_ends_the_connection_in_the_middle_of_the_answer(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "mid-body", "action": {}})
    form = {"client_id": tenant.app("delegated")["client_id"], "scope": "openid"}
    received = b""

    def receive(answer: httpx2.Response) -> None:
        nonlocal received
        for piece in answer.iter_raw():
            received += piece

    with httpx2.stream("POST", f"{tenant.http}/{tenant.id}/oauth2/v2.0/devicecode", data=form) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx2.RemoteProtocolError, match=r"incomplete|without sending complete"):
            receive(answer)
    assert received.startswith(b'{"user_code"')
    assert effects(tenant) == 1


def test_mid_body_may_end_with_a_reset(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "mid-body", "action": {"reset": True}})
    with pytest.raises(httpx2.TransportError):
        ask_device_code(tenant)
    assert effects(tenant) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_proxys_page_comes_with_200(tenant: LocalTenant, phase: str) -> None:
    tenant.fault({"path": PATH, "phase": phase, "action": {"html": True}})
    answer = ask_device_code(tenant)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert effects(tenant) == (1 if phase == "after" else 0)


def test_truncated_json_has_a_fitting_length(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "after", "action": {"truncate": True}})
    answer = ask_device_code(tenant)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert effects(tenant) == 1


def test_a_delay_comes_before_the_effect(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "delay", "action": {"delay_s": 1.0}})
    with pytest.raises(httpx2.TimeoutException):
        ask_device_code(tenant, timeout=impatient(0.1))
    assert effects(tenant) == 0


def test_a_delay_after_the_effect_lets_the_client_give_up_too_early(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "after", "action": {"delay_s": 1.0}})
    with pytest.raises(httpx2.TimeoutException):
        ask_device_code(tenant, timeout=impatient(0.15))
    settled(tenant, 1)


def test_a_delay_holds_up_nobody_else(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "delay", "action": {"delay_s": 3.0}})
    with pytest.raises(httpx2.TimeoutException):
        ask_device_code(tenant, timeout=impatient(0.05))
    begun = time.monotonic()
    assert read_discovery(tenant).status_code == 200
    assert time.monotonic() - begun < 2.5


def test_a_duplicate_takes_effect_twice(tenant: LocalTenant) -> None:
    tenant.fault({"path": PATH, "phase": "duplicate", "action": {}})
    assert ask_device_code(tenant).status_code == 200
    assert effects(tenant) == 2


def test_a_stale_read_repeats_the_first_answer(tenant: LocalTenant) -> None:
    keys = f"{tenant.http}/{tenant.id}/discovery/v2.0/keys"
    tenant.fault({"method": "GET", "path": "/*/discovery/v2.0/keys", "phase": "stale", "nth": 2, "action": {}})
    first = httpx2.get(keys).json()
    tenant.control.post("/_control/keys/rotate")
    stale, fresh = httpx2.get(keys).json(), httpx2.get(keys).json()
    assert stale == first
    assert fresh != first


def test_a_stale_read_may_be_a_404(tenant: LocalTenant) -> None:
    tenant.fault({"path": DISCOVERY, "phase": "stale", "action": {"status": 404}})
    assert [read_discovery(tenant).status_code for _ in range(2)] == [404, 200]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_registered_worker_is_killed_before_or_after_the_effect(tenant: LocalTenant, phase: str) -> None:
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    tenant.control.put("/_control/workers", json={"pids": [worker.pid]}).raise_for_status()
    tenant.fault({"path": PATH, "phase": phase, "action": {"kill": "worker"}})
    with pytest.raises(httpx2.NetworkError):
        ask_device_code(tenant)
    assert worker.wait(timeout=5) == -9
    assert effects(tenant) == (1 if phase == "after" else 0)
    tenant.control.put("/_control/workers", json={"pids": []})


def test_the_tenant_itself_survives_every_fault(tenant: LocalTenant) -> None:
    for action in ({"reset": True}, {"truncate": True}, {"html": True}):
        for phase in ("before", "after", "mid-body"):
            tenant.fault({"path": PATH, "phase": phase, "action": action})
            try:
                ask_device_code(tenant)
            except httpx2.TransportError:
                continue
    tenant.control.delete("/_control/faults").raise_for_status()
    assert ask_device_code(tenant).status_code == 200


@pytest.mark.parametrize(
    "plan",
    [
        {"rules": {}},
        {"rules": [{"phase": "sometimes"}]},
        {"rules": [{"nth": 0}]},
        {"rules": [{"action": {"explode": True}}]},
        {"rules": [{"pth": "/x"}]},
        {"rules": [{"action": {"kill": "tenant"}}]},
    ],
)
def test_a_wrong_plan_is_refused_and_changes_nothing(tenant: LocalTenant, plan: dict[str, Any]) -> None:
    tenant.fault({"path": DISCOVERY, "action": {"status": 503}})
    assert tenant.control.post("/_control/faults", json=plan).status_code == 400
    assert read_discovery(tenant).status_code == 503


def test_deleting_the_plan_ends_the_trouble(tenant: LocalTenant) -> None:
    tenant.fault({"path": DISCOVERY, "times": None, "action": {"status": 503}})
    assert tenant.control.delete("/_control/faults").status_code == 204
    assert read_discovery(tenant).status_code == 200
    assert tenant.control.get("/_control/faults").json() == {
        "plan": None,
        "seed": 0,
        "rules": [],
        "hits": [],
        "workers": [],
    }
