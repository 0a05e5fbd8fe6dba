"""Fault plans by name, by operation, by chance and by time; and what else an answer may suffer."""

from __future__ import annotations

import atexit
import time
from collections import Counter
from typing import Any

import httpx2
import pytest

from liaison.tenant.plans import NAMED
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm
from tests.tenant.graph_client import EVERYTHING, VENTES

ME = "GET /v1.0/me"
_HTTP = httpx2.Client(timeout=30)
atexit.register(_HTTP.close)


def ask(tenant: LocalTenant, path: str = "/v1.0/me", method: str = "GET", **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {tenant.token('Nadia', EVERYTHING)}"}
    return _HTTP.request(method, tenant.http + path, headers=headers, **more)


def load(tenant: LocalTenant, **plan: Any) -> None:
    tenant.control.post("/_control/faults", json=plan).raise_for_status()


def test_the_dev_proxy_plan_fails_half_of_all_calls_and_does_so_again(tenant: LocalTenant) -> None:
    runs = []
    for _ in range(2):
        load(tenant, plan="dev-proxy", seed=5)
        runs.append([ask(tenant).status_code for _ in range(120)])
    assert runs[0] == runs[1]
    counted = Counter(runs[0])
    assert 40 <= counted.pop(200) <= 80
    assert set(counted) == {429, 500, 502, 503, 504, 507}


def test_a_429_of_the_dev_proxy_says_how_long_to_wait(tenant: LocalTenant) -> None:
    load(tenant, plan="dev-proxy", seed=5, probability=1.0)
    throttled = next(answer for answer in (ask(tenant) for _ in range(60)) if answer.status_code == 429)
    assert throttled.headers["retry-after"] == "5"
    assert throttled.json()["error"]["code"] == "TooManyRequests"


def test_signing_in_goes_on_under_the_dev_proxy(tenant: LocalTenant) -> None:
    load(tenant, plan="dev-proxy", probability=1.0)
    assert httpx2.get(f"{tenant.http}/common/v2.0/.well-known/openid-configuration").status_code == 200


@pytest.mark.parametrize("name", NAMED)
def test_every_named_plan_can_be_loaded_and_narrowed(tenant: LocalTenant, name: str) -> None:
    load(tenant, plan=name, operation=ME, times=2, seed=3)
    report = tenant.control.get("/_control/faults").json()
    assert (report["plan"], report["seed"]) == (name, 3)
    assert {rule["operation"] for rule in report["rules"]} <= {ME}
    assert {rule["times"] for rule in report["rules"]} <= {2}


def test_a_plan_that_is_not_there_is_refused_with_the_list(tenant: LocalTenant) -> None:
    answer = tenant.control.post("/_control/faults", json={"plan": "F99"})
    assert (answer.status_code, "dev-proxy" in answer.json()["error"]["message"]) == (400, True)
    listed = tenant.control.get("/_control/faults/plans").json()["value"]
    assert [one["name"] for one in listed] == list(NAMED)


def test_f2_loses_the_first_answer_of_each_operation(tenant: LocalTenant) -> None:
    load(tenant, plan="F2", operation="* /v1.0/**")
    with pytest.raises(httpx2.NetworkError):
        ask(tenant)
    assert ask(tenant).status_code == 200
    assert ask(tenant, "/v1.0/groups").status_code == 500
    assert ask(tenant, "/v1.0/groups").status_code == 200


def test_f4_says_to_wait_in_every_way_the_service_does(tenant: LocalTenant) -> None:
    load(tenant, plan="F4", each="rule", times=6)
    waits = [ask(tenant).headers.get("retry-after") for _ in range(6)]
    assert waits == ["2", "2.128", "Wed, 21 Oct 2015 07:28:00 GMT", None, "-1", "86400"]


def test_f5_ends_when_its_time_is_over(tenant: LocalTenant) -> None:
    load(tenant, plan="F5")
    assert ask(tenant).status_code == 503
    tenant.control.post("/_control/clock", json={"advance_s": 61})
    assert ask(tenant).status_code == 200


def test_f12_sets_the_clock_a_day_ahead(tenant: LocalTenant) -> None:
    before = tenant.control.get("/_control/clock").json()["now"]
    load(tenant, plan="F12")
    assert tenant.control.get("/_control/clock").json()["now"][:10] > before[:10]


def test_a_rule_may_be_about_an_operation_in_whatever_form_its_address_comes(tenant: LocalTenant) -> None:
    operation = "GET /v1.0/drives/{drive-id}/items/{item-id}/children"
    tenant.fault({"operation": operation, "times": None, "action": {"status": 503}})
    for path in (f"/v1.0/groups/{VENTES}/drive/root/children", f"/v1.0/groups/{VENTES}/drive/root:/x:/children"):
        assert ask(tenant, path).status_code == 503
    assert ask(tenant, f"/v1.0/groups/{VENTES}/drive/root").status_code == 200


def test_a_rule_may_be_about_one_client_or_one_environment(tenant: LocalTenant) -> None:
    tenant.fault(
        {"client": "other-program", "times": None, "action": {"status": 502}},
        {"environment": "contoso-service", "times": None, "action": {"status": 504}},
    )
    assert ask(tenant).status_code == 200
    named = httpx2.get(f"{tenant.http}/v1.0/me", headers={"User-Agent": "Other-Program/2.0"})
    assert named.status_code == 502
    assert httpx2.get(f"{tenant.service_http}/api/data/v9.2/WhoAmI").status_code == 504


def test_the_same_address_may_fail_once_for_each(tenant: LocalTenant) -> None:
    tenant.fault({"each": "address", "times": 1, "action": {"status": 503}})
    paths = ("/v1.0/me", "/v1.0/groups", "/v1.0/me", "/v1.0/groups")
    assert [ask(tenant, path).status_code for path in paths] == [503, 503, 200, 200]


def test_a_body_in_another_charset_than_its_header_says(tenant: LocalTenant) -> None:
    tenant.fault({"operation": ME, "phase": "after", "action": {"charset": "utf-16"}})
    answer = ask(tenant)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xff\xfe")
    assert "displayName" in answer.content.decode("utf-16")


def test_a_body_in_crumbs_takes_its_time_and_arrives_whole(tenant: LocalTenant) -> None:
    tenant.fault({"operation": ME, "phase": "after", "action": {"drip_s": 0.4}})
    begun = time.monotonic()
    with httpx2.stream(
        "GET", f"{tenant.http}/v1.0/me", headers={"Authorization": f"Bearer {tenant.token('Nadia', EVERYTHING)}"}
    ) as answer:
        pieces = list(answer.iter_raw())
    assert time.monotonic() - begun >= 0.35
    assert len(pieces) > 5
    assert b"displayName" in b"".join(pieces)


def test_a_part_of_a_json_batch_may_be_cut_off(tenant: LocalTenant) -> None:
    tenant.fault({"operation": ME, "parts": True, "phase": "after", "action": {"truncate": True}})
    parts = [{"id": "1", "method": "GET", "url": "/me"}, {"id": "2", "method": "GET", "url": "/me"}]
    answer = ask(tenant, "/v1.0/$batch", "POST", json={"requests": parts}).json()["responses"]
    assert [type(one["body"]).__name__ for one in answer] == ["str", "dict"]


def test_a_delay_of_a_part_of_a_batch_holds_up_nobody_else(tenant: LocalTenant) -> None:
    tenant.fault(
        {"operation": "GET /api/data/v9.2/WhoAmI()", "parts": True, "phase": "delay", "action": {"delay_s": 3.0}}
    )
    client = crm(tenant)
    body = b"--b\r\nContent-Type: application/http\r\n\r\nGET WhoAmI HTTP/1.1\r\n\r\n\r\n--b--\r\n"
    headers = {**client.headers, "Content-Type": "multipart/mixed; boundary=b"}
    with pytest.raises(httpx2.TimeoutException):
        httpx2.post(f"{client.root}/$batch", content=body, headers=headers, timeout=httpx2.Timeout(20.0, read=0.1))
    begun = time.monotonic()
    assert ask(tenant).status_code == 200
    assert time.monotonic() - begun < 2.5


@pytest.mark.parametrize(
    "rule",
    [
        {"operation": 5},
        {"each": "day"},
        {"probability": "often"},
        {"for_s": -1},
        {"actions": []},
        {"action": {"charset": "klingon"}},
        {"action": {"drip_s": "slowly"}},
        {"client": ["x"]},
    ],
)
def test_a_rule_that_is_wrong_is_refused(tenant: LocalTenant, rule: dict[str, Any]) -> None:
    assert tenant.control.post("/_control/faults", json={"rules": [rule]}).status_code == 400
    assert tenant.control.get("/_control/faults").json()["rules"] == []
