"""JSON batches."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import VENTES, Graph, person


def batch(graph: Graph, *requests: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    answered = graph.post("/$batch", {"requests": list(requests)}, status=200, **more)
    return {response["id"]: response for response in answered["responses"]}


def test_each_part_is_answered_as_if_it_came_alone(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    json_body = {"Content-Type": "application/json"}
    found = batch(
        graph,
        {"id": "1", "method": "GET", "url": f"/teams/{VENTES}?$select=id"},
        {"id": "2", "method": "POST", "url": f"teams/{VENTES}/channels", "headers": json_body,
         "body": {"displayName": "Lot"}, "dependsOn": ["1"]},
        {"id": "3", "method": "GET", "url": f"{tenant.http}/v1.0/me?$select=givenName"},
        {"id": "4", "method": "GET", "url": "/v1.0/users/nobody"},
        {"id": "5", "method": "DELETE", "url": "/teams/x", "dependsOn": ["4"]},
        {"id": "6", "method": "GET", "url": f"/groups/{VENTES}/drive/root:/Prévisions/Prévisions T1.csv:/content"},
    )  # fmt: skip
    assert {key: response["status"] for key, response in found.items()} == {
        "1": 200, "2": 201, "3": 200, "4": 404, "5": 424, "6": 302,
    }  # fmt: skip
    assert found["1"]["body"] == {"@odata.context": f"{tenant.http}/v1.0/$metadata#teams/$entity", "id": VENTES}
    assert found["1"]["headers"]["OData-Version"] == "4.0"
    assert found["1"]["headers"]["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert found["3"]["body"]["givenName"] == "Claire"
    assert found["5"]["body"]["error"]["code"] == "FailedDependency"
    assert found["6"]["headers"]["Location"].startswith(f"{tenant.http}/")
    assert "body" not in found["6"]
    assert graph.channel(VENTES, "Lot")


def test_the_order_follows_dependencies(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    answered = graph.post(
        "/$batch",
        {"requests": [{"id": "B", "method": "GET", "url": "/me", "dependsOn": ["a"]},
                      {"id": "A", "method": "GET", "url": "/me"}]},
        status=200,
    )  # fmt: skip
    assert [response["id"] for response in answered["responses"]] == ["A", "B"]


def test_other_content_travels_as_base64(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    folder = "/drives/{}/items/{}".format(*graph.folder(VENTES, graph.channel(VENTES, "General")))
    found = batch(
        graph,
        {"id": "1", "method": "PUT", "url": f"{folder}:/a.txt:/content", "headers": {"Content-Type": "text/plain"},
         "body": base64.b64encode(b"hello").decode()},
        {"id": "2", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
    )  # fmt: skip
    assert (found["1"]["status"], found["1"]["body"]["size"]) == (201, 5)
    assert base64.b64decode(found["2"]["body"]) == b"14"


def test_parts_that_break_a_rule_fail_alone(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    found = batch(
        graph,
        {"id": "1", "method": "POST", "url": f"/teams/{VENTES}/channels", "body": {"displayName": "X"}},
        {"id": "2", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {}},
        {"id": "3", "method": "GET", "url": "/me"},
    )
    assert [found[key]["status"] for key in "123"] == [400, 400, 200]
    assert "Content-Type" in found["1"]["body"]["error"]["message"]


@pytest.mark.parametrize(
    "requests",
    [
        [{"id": str(number), "method": "GET", "url": "/me"} for number in range(21)],
        [{"id": "a", "method": "GET", "url": "/me"}, {"id": "A", "method": "GET", "url": "/me"}],
        [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["9"]}],
        [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]},
         {"id": "2", "method": "GET", "url": "/me", "dependsOn": ["1"]}],
        [{"id": "1", "method": "GET"}],
        ["text"],
    ],
)  # fmt: skip
def test_a_batch_that_breaks_a_rule_is_refused_whole(tenant: LocalTenant, requests: list[Any]) -> None:
    assert person(tenant, "Claire").refused("POST", "/$batch", {"requests": requests})[0] == 400


def test_without_a_token_every_part_is_refused(tenant: LocalTenant) -> None:
    found = batch(Graph(tenant, None), {"id": "1", "method": "GET", "url": "/me"})
    assert (found["1"]["status"], found["1"]["body"]["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_faults_and_the_ledger_see_the_parts(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    tenant.fault(
        {"method": "GET", "path": "/v1.0/me", "nth": 1, "times": 1, "phase": "before",
         "action": {"status": 429, "headers": {"Retry-After": "7"}}}
    )  # fmt: skip
    found = batch(
        graph,
        {"id": "1", "method": "GET", "url": "/me"},
        {"id": "2", "method": "GET", "url": "/me"},
    )
    assert (found["1"]["status"], found["1"]["headers"]["Retry-After"]) == (429, "7")
    assert found["2"]["status"] == 200
    calls = tenant.control.get("/_control/calls").json()["value"]
    assert [call["status"] for call in calls if call["path"] == "/v1.0/me"] == [429, 200]
