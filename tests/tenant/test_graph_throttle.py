"""Limits at the published rates, by the tenant's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import MARKETING, NORTHWIND, VENTES, Graph, bind, person

RENEWALS = f"/teams/{VENTES}/channels/{channel_id('ventes-europe', 'Renewals')}"


@pytest.fixture
def claire(tenant: LocalTenant) -> Graph:
    """Claire's Graph at the beginning of a minute, with the clock standing still."""
    minute = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    tenant.control.post("/_control/clock", json={"set": minute.isoformat()}).raise_for_status()
    tenant.control.post("/_control/clock", json={"freeze": True}).raise_for_status()
    tenant.control.post("/_control/clock", json={"set": minute.isoformat()}).raise_for_status()
    graph = person(tenant, "Claire")
    tenant.switch(graph__throttle=True)
    return graph


def advance(tenant: LocalTenant, seconds: float) -> None:
    tenant.control.post("/_control/clock", json={"advance_s": seconds}).raise_for_status()


def test_a_team_takes_four_requests_a_second(claire: Graph, tenant: LocalTenant) -> None:
    for _ in range(4):
        assert claire.call("GET", f"/teams/{VENTES}").status_code == 200
    answer = claire.call("GET", f"/teams/{VENTES}")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    error = answer.json()["error"]
    assert error["code"] == "TooManyRequests"
    inner = error["innerError"]
    assert (inner["code"], inner["message"], inner["status"]) == ("429", "Please retry after", "429")
    assert claire.call("GET", f"/teams/{NORTHWIND}").status_code == 200
    advance(tenant, 1)
    assert claire.call("GET", f"/teams/{VENTES}").status_code == 200


def test_a_channel_takes_one_request_a_second(claire: Graph, tenant: LocalTenant) -> None:
    assert claire.call("GET", f"{RENEWALS}/tabs").status_code == 200
    assert claire.call("GET", RENEWALS).status_code == 429
    advance(tenant, 1)
    assert claire.call("GET", RENEWALS).status_code == 200


def test_four_people_a_minute_join_a_team(claire: Graph, tenant: LocalTenant) -> None:
    people = ("Sofia", "Daniel", "Anaïs", "Ingrid", "Marc")
    statuses = []
    for given in people:
        statuses.append(claire.call("POST", f"/teams/{VENTES}/members", bind(tenant, given)).status_code)
        advance(tenant, 1)
    assert statuses == [201, 201, 201, 201, 429]
    advance(tenant, 60)
    assert claire.call("POST", f"/teams/{VENTES}/members", bind(tenant, "Marc")).status_code == 201


def test_refused_requests_count_as_well(claire: Graph) -> None:
    statuses = [claire.call("GET", f"/teams/{MARKETING}").status_code for _ in range(7)]
    assert statuses == [200] * 4 + [429] * 3


def test_files_refuse_with_either_status_and_tell_what_is_left(claire: Graph) -> None:
    drive = claire.tenant.ask(lambda estate: estate.db.value("SELECT id FROM drives ORDER BY rowid DESC LIMIT 1"))
    statuses, told = [], None
    for _ in range(254):
        answer = claire.call("GET", f"/drives/{drive}/root/permissions")
        statuses.append(answer.status_code)
        told = answer.headers.get("ratelimit-remaining", told)
    assert statuses[:250].count(429) == statuses[:250].count(503) == 0
    assert (statuses[250:].count(429), statuses[250:].count(503)) == (2, 2)
    assert told == "0"


def test_the_directory_tells_the_cost(claire: Graph) -> None:
    assert claire.call("GET", "/users").headers["x-ms-resource-unit"] == "2"
    assert claire.call("GET", "/users?$select=id&$top=5").headers["x-ms-resource-unit"] == "1"


def test_nothing_is_limited_while_the_switch_is_off(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert [graph.call("GET", f"/teams/{VENTES}").status_code for _ in range(8)] == [200] * 8
