"""The API of a running demo, over real HTTP, as a program of somebody else would use it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.demo_process import Demo

SALES = "/environments/contoso-sales"
RECORDS = f"{SALES}/tables/opportunity/records"
FINISHED_WITHIN_S = 60


@pytest.fixture(scope="module")
def claire(demo: Demo) -> Iterator[httpx2.Client]:
    with demo.api("Claire") as client:
        yield client


@pytest.fixture(scope="module")
def oliver(demo: Demo) -> Iterator[httpx2.Client]:
    with demo.api("Oliver") as client:
        yield client


@pytest.fixture(autouse=True)
def without_faults(demo: Demo) -> Iterator[None]:
    yield
    demo.control("DELETE", "/faults")


def team(client: httpx2.Client, name: str) -> dict[str, Any]:
    return next(one for one in client.get("/teams").json()["items"] if one["name"] == name)


def body(client: httpx2.Client, channel: dict[str, str], record: str = "Northwind renewal") -> dict[str, Any]:
    (found,) = client.get(RECORDS, params={"q": record}).json()["items"]
    names = {"environment": "contoso-sales", "table": "opportunity", "record": found["id"]}
    return {**names, "team": team(client, "Ventes Europe")["id"], "channel": channel}


def finished(client: httpx2.Client, address: str) -> dict[str, Any]:
    until = time.monotonic() + FINISHED_WITHIN_S
    while not (link := client.get(address).json())["is_final"]:
        assert time.monotonic() < until, link
        time.sleep(0.3)
    return link


def calls(demo: Demo, method: str, ending: str) -> int:
    """How often the tenant was asked for something with success."""
    good = [one for one in demo.control("GET", "/calls")["value"] if one["status"] < 300 and one["method"] == method]
    return sum(1 for one in good if one["path"].endswith(ending))


def test_a_token_for_microsoft_graph_is_refused(demo: Demo) -> None:
    for token in (demo.graph_token("Claire"), "eyJhbGciOiJub25lIn0.e30.", "x"):
        answer = httpx2.get(f"{demo.product}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_refused")
        assert answer.headers["www-authenticate"] == 'Bearer realm="liaison", error="invalid_token"'


def test_me_names_the_person_behind_the_token(claire: httpx2.Client) -> None:
    me = claire.get("/me").json()
    assert (me["name"], me["is_tenant_administrator"]) == ("Claire Fontaine", False)
    assert "TEAMS1" in me["service_plans"]


@pytest.mark.statement("F22", "F71")
def test_connecting_twice_with_one_key_makes_one_link_one_channel_and_one_row(
    demo: Demo, claire: httpx2.Client
) -> None:
    demo.control("DELETE", "/calls")
    asked = body(claire, {"name": "Northwind deal room"})
    first = claire.post("/links", json=asked, headers={"Idempotency-Key": "e4-5"})
    second = claire.post("/links", json=asked, headers={"Idempotency-Key": "e4-5"})
    assert first.status_code == 202
    assert second.status_code in {200, 202}  # the work may be finished already
    assert first.json()["id"] == second.json()["id"]
    link = finished(claire, first.headers["location"])
    assert (link["state"], link["trouble"]) == ("connected", None)
    assert all(link["evidence"].values())
    assert calls(demo, "POST", "/channels") == 1
    again = claire.post("/links", json=asked)
    assert (again.status_code, again.json()["id"]) == (200, link["id"])
    tied = claire.get(f"{RECORDS}/{asked['record']}/connections").json()["items"]
    of_this = [one for one in tied if one["channel_name"] == "Northwind deal room"]
    assert [(one["link"], one["is_adopted"]) for one in of_this] == [(link["id"], False)]


def test_a_link_is_followed_by_events_and_its_tab_shows_the_record(claire: httpx2.Client) -> None:
    made = claire.post("/links", json=body(claire, {"name": "Followed"})).json()
    with claire.stream("GET", f"/links/{made['id']}/events") as stream:
        shown = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    versions = [link["version"] for link in shown]
    assert versions == sorted(set(versions))
    assert (shown[-1]["state"], shown[-1]["is_final"]) == ("connected", True)
    tab = claire.get(f"/tabs/lnk_{made['id']}").json()
    assert tab["record"]["title"] == "Northwind renewal"


@pytest.mark.statement("F82")
def test_a_service_that_asks_to_wait_is_waited_for_and_the_link_ends_connected(
    demo: Demo, claire: httpx2.Client
) -> None:
    limited = {"status": 429, "headers": {"Retry-After": "3"}, "code": "TooManyRequests"}
    rule = {"method": "POST", "path": "/v1.0/teams/*/channels/*/tabs", "nth": 1, "times": 8, "phase": "before"}
    demo.control("POST", "/faults", {"rules": [{**rule, "action": limited}]})
    made = claire.post("/links", json=body(claire, {"name": "Patient"})).json()
    waiting = None
    until = time.monotonic() + FINISHED_WITHIN_S
    while waiting is None and time.monotonic() < until:
        steps = claire.get(f"/links/{made['id']}").json()["steps"]
        waiting = next((step for step in steps if step["state"] == "waiting"), None)
        time.sleep(0.2)
    assert waiting is not None
    assert waiting["name"] == "tab"
    assert (waiting["waiting"]["service"], waiting["waiting"]["problem"]["code"]) == (
        "Microsoft Graph",
        "upstream.throttled",
    )
    demo.control("DELETE", "/faults")
    assert finished(claire, f"/links/{made['id']}")["state"] == "connected"


def test_a_name_that_teams_has_is_refused_with_a_free_one(claire: httpx2.Client) -> None:
    problem = claire.post("/links", json=body(claire, {"name": "renewals"})).json()
    assert problem["code"] == "channel.name_taken"
    assert problem["facts"]["proposal"] == "renewals 2"


def test_files_go_through_the_channel_both_ways(claire: httpx2.Client) -> None:
    asked = body(claire, {"name": "Files room"})
    finished(claire, claire.post("/links", json=asked).headers["location"])
    files = f"{RECORDS}/{asked['record']}/files"
    place = next(one for one in claire.get(files).json()["places"] if one["name"] == "Files room")
    sent = claire.post(files, params={"name": "Offer.txt", "place": place["key"]}, content=b"the offer")
    assert sent.status_code == 201
    listed = claire.get(files, params={"place": place["key"]}).json()["items"]
    assert [(one["name"], one["size_bytes"]) for one in listed] == [("Offer.txt", 9)]
    led = claire.get(f"{files}/{sent.json()['item']}/content", params={"place": place["key"]})
    assert led.status_code == 302
    assert httpx2.get(led.headers["location"]).content == b"the offer"


def test_disconnecting_takes_the_row_and_leaves_channel_and_files(claire: httpx2.Client) -> None:
    asked = body(claire, {"name": "Short-lived"})
    link = finished(claire, claire.post("/links", json=asked).headers["location"])
    gone = claire.delete(f"/links/{link['id']}", params={"tab": "remove"})
    assert gone.status_code == 202
    assert finished(claire, gone.headers["location"])["state"] == "disconnected"
    tied = claire.get(f"{RECORDS}/{asked['record']}/connections").json()["items"]
    assert link["id"] not in [one["link"] for one in tied]
    channels = claire.get(f"/teams/{asked['team']}/channels").json()["items"]
    assert "Short-lived" in [one["name"] for one in channels]


def test_a_colleague_with_the_record_sees_the_link_and_a_stranger_to_it_does_not(
    demo: Demo, claire: httpx2.Client, oliver: httpx2.Client
) -> None:
    made = claire.post("/links", json=body(claire, {"name": "Seen by"})).json()
    finished(claire, f"/links/{made['id']}")
    assert oliver.get(f"/links/{made['id']}").json()["id"] == made["id"]
    with demo.api("Anaïs") as outsider:
        for answer in (outsider.get(f"/links/{made['id']}"), outsider.get(f"/tabs/lnk_{made['id']}")):
            assert answer.status_code in {403, 404}
            assert "Northwind" not in answer.text


@pytest.mark.statement("S03", "F01")
def test_linking_is_off_where_nobody_turned_it_on(demo: Demo) -> None:
    with demo.api("Daniel") as daniel:
        records = "/environments/contoso-service/tables/incident/records"
        case = daniel.get(records, params={"q": "a", "limit": 1}).json()["items"][0]
        asked = {
            "environment": "contoso-service",
            "table": "incident",
            "record": case["id"],
            "team": team(daniel, "Support")["id"],
            "channel": {"name": "Case"},
        }
        answer = daniel.post("/links", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (409, "collaboration.off")


@pytest.mark.statement("S11", "S12", "S13", "S14", "F02", "F03")
def test_turning_linking_on_names_every_unmet_prerequisite_and_its_rows(demo: Demo) -> None:
    where = "/environments/contoso-service/collaboration"
    with demo.api("Marc", "fr") as marc:
        before = marc.get(where).json()
        wanted = {"basic": True, "enhanced": False, "version": before["switches"]["version"]}
        answer = marc.put(where, json=wanted)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "readiness.not_ready")
        assert problem["facts"]["service_code"] == "800503ca"
        assert set(problem["facts"]["findings"]) == {
            "readiness.onedrive_enabled",
            "readiness.active_site",
            "readiness.absolute_location",
        }
        assert {row["kind"] for row in problem["rows"]} == {"setting", "site", "location"}
        assert "Emplacements de documents avec une URL absolue" in problem["detail"]
        assert marc.get(where).json()["switches"] == before["switches"]


@pytest.mark.statement("S07", "F13")
def test_a_seller_without_a_teams_licence_is_refused_by_its_name(demo: Demo, claire: httpx2.Client) -> None:
    asked = body(claire, {"name": "Never made"})
    with demo.api("Tom") as tom:
        refused = tom.post("/links", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "licence.missing")
    assert refused.json()["facts"]["licence"] == "Microsoft Teams"


@pytest.mark.statement("F66")
def test_the_audit_names_who_connected_what(demo: Demo, claire: httpx2.Client) -> None:
    made = claire.post("/links", json=body(claire, {"name": "Audited"})).json()
    finished(claire, f"/links/{made['id']}")
    assert claire.get("/audit").json()["code"] == "role.missing"
    with demo.api("Marc") as marc:
        page = marc.get("/audit", params={"size": 200}).json()
    acts = {line["act"] for line in page["items"] if line["subject"] == made["id"]}
    assert {"link.planned", "link.connected"} <= acts
    assert page["first_broken"] is None
