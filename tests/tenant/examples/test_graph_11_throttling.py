"""Section 11 of the Graph contract: limits at the published rates, while the switch is on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error
from tests.tenant.graph_client import MARKETING, VENTES, Graph, bind, person


def frozen(tenant: LocalTenant, graph: Graph) -> None:
    """Limits on and full quotas, and a clock that stands still at the beginning of a minute."""
    graph.get("/me")
    tenant.switch(graph__throttle=True)
    soon = (datetime.now(UTC) + timedelta(minutes=5)).replace(second=0, microsecond=0)
    tenant.control.post("/_control/clock", json={"set": soon.isoformat()}).raise_for_status()
    tenant.control.post("/_control/clock", json={"freeze": True}).raise_for_status()


def test_a_fifth_request_to_one_team_in_a_second_is_refused_whole_11_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    frozen(tenant, claire)
    answers = [claire.call("GET", f"/teams/{VENTES}") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert answered(answers[4], tenant, {}, "retry-after") == (
        *error(
            429,
            "TooManyRequests",
            "Too many requests",
            inner={"code": "429", "message": "Please retry after", "status": "429"},
        ),
        "1",
    )


def test_a_channel_takes_one_request_a_second_11_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    frozen(tenant, claire)
    assert [claire.call("GET", f"/teams/{VENTES}/channels/{channel}").status_code for _ in range(2)] == [200, 429]


def test_four_people_a_minute_join_a_team_11_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Anaïs")
    frozen(tenant, claire)
    codes = [claire.call("POST", f"/teams/{MARKETING}/members", bind(tenant, "Sofia")).status_code for _ in range(4)]
    tenant.control.post("/_control/clock", json={"advance_s": 2}).raise_for_status()
    assert (codes, claire.call("POST", f"/teams/{MARKETING}/members", bind(tenant, "Sofia")).status_code) == (
        [201, 201, 201, 201],
        429,
    )


def test_the_directory_tells_the_cost_of_every_answer_11_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    paths = [
        "/users",
        "/users?$select=id",
        f"/groups/{VENTES}/members",
        f"/groups/{VENTES}/members?$top=5",
        "/subscribedSkus",
        "/me/memberOf",
    ]
    assert [claire.call("GET", path).headers["x-ms-resource-unit"] for path in paths] == ["2", "1", "3", "2", "3", "2"]
