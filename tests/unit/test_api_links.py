"""Links over the API: connect once, follow, try again, disconnect; and whose they are."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liaison.domain.link import (
    Finding,
    Link,
    LinkState,
    NewChannel,
    Operation,
    StepName,
    Waiting,
    steps_to_connect,
)
from liaison.domain.names import ChannelId, LinkId
from liaison.errors import ChannelNameTaken, Remembered, UpstreamThrottled
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CLAIRE, EUROPE, GENERAL, MARC, NOW, OLIVER, PUBLIC, RENEWAL, SECRET_DEAL, World

pytestmark = pytest.mark.anyio

BODY: dict[str, Any] = {
    "environment": "contoso-sales",
    "table": "opportunity",
    "record": RENEWAL.id,
    "team": EUROPE,
    "channel": {"id": GENERAL},
}
CONNECT_STEPS = steps_to_connect(RENEWAL)
LINK = LinkId("55555555-5555-4555-8555-555555555555")


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


def given_link(client: ApiClient, **changes: Any) -> Link:
    link = Link(LINK, RENEWAL, "Northwind renewal", EUROPE, NewChannel("Deal room"), CLAIRE, CLAIRE, NOW)
    link = replace(link, **changes)
    client.world.links[link.id] = link
    return link


async def test_connecting_saves_the_intent_begins_the_work_and_says_where_to_follow_it(client: ApiClient) -> None:
    answer = await client.post("/links", json=BODY)
    link = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == link["address"] == f"{PUBLIC}/api/v1/links/{link['id']}"
    assert client.world.started == [(Operation.CONNECT, link["id"], 1)]
    assert (link["state"], link["state_text"], link["is_final"]) == ("planned", "Planned", False)
    assert link["record"] == {
        "environment": "contoso-sales",
        "table": "opportunity",
        "id": RENEWAL.id,
        "title": "Northwind renewal",
        "address": f"{PUBLIC}/l/lnk_{link['id']}",
        "view": None,
    }
    assert link["by"] == {"id": CLAIRE.id, "name": "Claire Fontaine", "upn": "claire@contoso.com"}
    assert [(step["name"], step["state"]) for step in link["steps"]] == [(step.value, "todo") for step in CONNECT_STEPS]


async def test_the_same_key_twice_makes_one_link_and_gives_the_same_answer(client: ApiClient) -> None:
    first = await client.post("/links", json=BODY, headers={"Idempotency-Key": "order-66"})
    second = await client.post("/links", json=BODY, headers={"Idempotency-Key": "order-66"})
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert len(client.world.links) == 1


async def test_the_same_request_without_a_key_makes_one_link_too(client: ApiClient) -> None:
    first = await client.post("/links", json=BODY)
    second = await client.post("/links", json=BODY, as_="oliver")
    assert first.json()["id"] == second.json()["id"]
    assert len(client.world.links) == 1


async def test_a_key_used_for_another_request_is_refused(client: ApiClient) -> None:
    await client.post("/links", json=BODY, headers={"Idempotency-Key": "order-66"})
    other = {**BODY, "channel": {"name": "Another"}}
    answer = await client.post("/links", json=other, headers={"Idempotency-Key": "order-66"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.reused")
    assert len(client.world.links) == 1


async def test_a_link_that_is_there_already_comes_back_with_200(client: ApiClient) -> None:
    given_link(client, wanted=GENERAL, state=LinkState.CONNECTED, done=CONNECT_STEPS)
    answer = await client.post("/links", json=BODY)
    assert (answer.status_code, answer.json()["id"]) == (200, LINK)
    assert client.world.started == []


async def test_a_new_channel_is_asked_for_by_name(client: ApiClient) -> None:
    answer = await client.post("/links", json={**BODY, "channel": {"name": "  Deal room "}})
    assert answer.json()["channel"] == {"id": "", "name": "Deal room", "kind": "standard", "address": ""}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"channel": {}}, "input.missing", "channel"),
        ({"channel": {"id": "19:a@thread.tacv2", "name": "b"}}, "input.invalid", "channel"),
        ({"channel": {"id": "../../x"}}, "input.invalid", "channel"),
        ({"team": "not-a-guid"}, "input.invalid", "team"),
        ({"record": "x' or 1 eq 1"}, "input.invalid", "record"),
        ({"table": "opportunity(1)/x"}, "input.invalid", "table"),
        ({"surprise": 1}, "input.invalid", "surprise"),
        ({"channel": {"name": "a/b"}}, "input.channel_name_forbidden", None),
        ({"environment": "fabrikam"}, "environment.unknown", None),
    ],
)
async def test_a_request_of_the_wrong_form_is_refused_before_anything_is_saved(
    client: ApiClient, change: dict[str, Any], code: str, field: str | None
) -> None:
    answer = await client.post("/links", json={**BODY, **change})
    assert answer.json()["code"] == code
    if field:
        assert answer.json()["facts"]["field"].endswith(field)
    assert client.world.links == {}


async def test_a_missing_value_is_named(client: ApiClient) -> None:
    answer = await client.post("/links", json={key: value for key, value in BODY.items() if key != "team"})
    assert answer.json()["detail"] == "A value is needed for the team."


@pytest.mark.statement("S03")
async def test_connecting_where_linking_is_off_is_refused_with_its_reason(client: ApiClient) -> None:
    world = client.world
    from liaison.domain.names import RecordRef

    case = RecordRef(next(key for key in world.switches if key == "contoso-service"), RENEWAL.table, RENEWAL.id)
    world.records[case] = ("Northwind renewal", frozenset({CLAIRE.id}))
    answer = await client.post("/links", json={**BODY, "environment": "contoso-service"})
    assert (answer.status_code, answer.json()["code"]) == (409, "collaboration.off")
    assert answer.json()["detail"].endswith("is turned off in Contoso Service.")


async def test_steps_say_what_is_done_what_waits_for_whom_and_what_is_to_come(client: ApiClient) -> None:
    cause = Remembered.of(UpstreamThrottled("graph", "429", "req-1", 7.0))
    waiting = Waiting(StepName.TAB, cause, NOW, NOW + timedelta(seconds=7))
    given_link(client, state=LinkState.CONNECTING, done=(StepName.CHANNEL, StepName.APP), waiting=waiting)
    link = (await client.get(f"/links/{LINK}")).json()
    states = [step["state"] for step in link["steps"]]
    assert states == ["done", "done", "waiting", "todo", "todo", "todo", "todo"]
    tab = link["steps"][2]
    assert tab["text"] == "Waiting to add the tab to the channel"
    assert tab["waiting"]["service"] == "Microsoft Graph"
    assert (tab["waiting"]["since"], tab["waiting"]["next_try"]) == ("2026-03-02T09:30:00Z", "2026-03-02T09:30:07Z")
    assert tab["waiting"]["problem"]["code"] == "upstream.throttled"


async def test_a_link_that_needs_a_person_says_why_and_what_to_do(client: ApiClient) -> None:
    trouble = Remembered.of(ChannelNameTaken("Deal room", "Ventes Europe", "Deal room 2"))
    findings = (Finding("member.no_consent"),)
    given_link(client, state=LinkState.NEEDS_PERSON, trouble=trouble, findings=findings)
    link = (await client.get(f"/links/{LINK}", language="fr")).json()
    assert link["is_final"] is True
    assert link["steps"][0]["state"] == "stopped"
    assert link["trouble"]["code"] == "channel.name_taken"
    assert link["trouble"]["remedy"].endswith("par exemple «\u00a0Deal room 2\u00a0».")
    assert link["findings"][0]["text"].startswith("L’administrateur n’a pas émis d’autorisation")


async def test_trying_again_goes_on_for_the_one_who_asks(client: ApiClient) -> None:
    given_link(client, state=LinkState.NEEDS_PERSON, trouble=Remembered.of(UpstreamThrottled("graph")))
    answer = await client.post(f"/links/{LINK}/retry", as_="oliver")
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["trouble"], answer.json()["run"]) == ("connecting", None, 2)
    assert answer.json()["acting"]["id"] == OLIVER.id
    assert client.world.started == [(Operation.CONNECT, LINK, 2)]


async def test_a_link_at_work_can_be_neither_tried_again_nor_disconnected(client: ApiClient) -> None:
    given_link(client, state=LinkState.CONNECTING)
    for answer in (await client.post(f"/links/{LINK}/retry"), await client.ask("DELETE", f"/links/{LINK}")):
        assert (answer.status_code, answer.json()["code"]) == (409, "link.busy")
        assert "Connecting" in answer.json()["detail"]


@pytest.mark.parametrize("choice", ["remove", "keep"])
async def test_disconnecting_begins_the_work_and_repeating_it_is_harmless(client: ApiClient, choice: str) -> None:
    given_link(client, state=LinkState.CONNECTED, done=CONNECT_STEPS)
    first = await client.ask("DELETE", f"/links/{LINK}", params={"tab": choice})
    second = await client.ask("DELETE", f"/links/{LINK}", params={"tab": choice})
    assert (first.status_code, first.json()["state"]) == (202, "disconnecting")
    assert second.json() == first.json()
    assert client.world.started == [(Operation.DISCONNECT, LINK, 2)]
    assert client.world.links[LINK].tab_choice == choice


async def test_a_link_that_is_over_is_answered_with_200(client: ApiClient) -> None:
    given_link(client, state=LinkState.DISCONNECTED)
    assert (await client.ask("DELETE", f"/links/{LINK}")).status_code == 200


async def test_an_unknown_choice_for_the_tab_is_refused(client: ApiClient) -> None:
    given_link(client, state=LinkState.CONNECTED)
    answer = await client.ask("DELETE", f"/links/{LINK}", params={"tab": "burn"})
    assert answer.json()["remedy"] == "Give the tab as remove or keep."
    assert client.world.links[LINK].state is LinkState.CONNECTED


@pytest.mark.parametrize(("method", "below"), [("GET", ""), ("GET", "/events"), ("POST", "/retry"), ("DELETE", "")])
async def test_a_link_of_another_tenant_does_not_exist(client: ApiClient, method: str, below: str) -> None:
    before = given_link(client, state=LinkState.NEEDS_PERSON)
    answer = await client.ask(method, f"/links/{LINK}{below}", as_="stranger")
    assert (answer.status_code, answer.json()["code"]) == (404, "link.unknown")
    assert client.world.links[LINK] == before


@pytest.mark.parametrize(("method", "below"), [("GET", ""), ("GET", "/events"), ("POST", "/retry"), ("DELETE", "")])
async def test_a_link_of_a_record_that_one_may_not_read_is_refused(client: ApiClient, method: str, below: str) -> None:
    before = given_link(client, regarding=SECRET_DEAL, state=LinkState.NEEDS_PERSON)
    answer = await client.ask(method, f"/links/{LINK}{below}", as_="oliver")
    assert answer.status_code == 404
    assert "Secret" not in answer.text
    assert client.world.links[LINK] == before


async def test_everybody_sees_their_own_links_page_by_page(client: ApiClient) -> None:
    for number in range(5):
        key = LinkId(f"55555555-5555-4555-8555-{number:012d}")
        owner = OLIVER if number == 2 else CLAIRE
        client.world.links[key] = replace(given_link(client), id=key, by=owner, state=LinkState.CONNECTED)
    del client.world.links[LINK]
    first = (await client.get("/links", params={"size": 3})).json()
    second = (await client.get("/links", params={"size": 3, "page": first["next"]})).json()
    assert [link["id"][-1] for link in first["items"] + second["items"]] == ["4", "3", "1", "0"]
    assert second["next"] is None


async def test_links_are_filtered_by_state(client: ApiClient) -> None:
    given_link(client, state=LinkState.UNDONE)
    connected = await client.get("/links", params={"state": "connected"})
    undone = await client.get("/links", params=[("state", "undone"), ("state", "connected")])
    assert (len(connected.json()["items"]), len(undone.json()["items"])) == (0, 1)
    unknown = await client.get("/links", params={"state": "lost"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "input.invalid")


async def test_everyones_links_are_for_system_administrators(client: ApiClient) -> None:
    given_link(client)
    refused = await client.get("/links", params={"of": "everyone"}, as_="oliver")
    shown = await client.get("/links", params={"of": "everyone"}, as_="marc")
    assert (refused.status_code, refused.json()["code"]) == (403, "role.missing")
    assert [link["id"] for link in shown.json()["items"]] == [LINK]


async def test_an_administrator_unknown_to_one_environment_sees_the_links_of_the_other(client: ApiClient) -> None:
    given_link(client)
    client.world.strangers.add(("contoso-service", MARC.id))
    shown = await client.get("/links", params={"of": "everyone"}, as_="marc")
    assert [link["id"] for link in shown.json()["items"]] == [LINK]


def read_events(text: str) -> list[tuple[int, dict[str, Any]]]:
    events = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        assert lines["event"] == "link"
        events.append((int(lines["id"]), json.loads(lines["data"])))
    return events


async def test_following_a_final_link_gives_one_event_and_ends(client: ApiClient) -> None:
    given_link(client, state=LinkState.CONNECTED, done=CONNECT_STEPS)
    answer = await client.get(f"/links/{LINK}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    (only,) = read_events(answer.text)
    assert only[1] == (await client.get(f"/links/{LINK}")).json()


async def test_following_gives_the_document_at_each_change_until_it_is_final(client: ApiClient) -> None:
    link = given_link(client, state=LinkState.CONNECTING)

    async def work() -> None:
        for version, state in ((1, LinkState.FILES_PENDING), (2, LinkState.CONNECTED)):
            await asyncio.sleep(0.7)
            client.world.links[LINK] = replace(link, state=state, version=version)

    answer, _ = await asyncio.gather(client.get(f"/links/{LINK}/events"), work())
    events = read_events(answer.text)
    assert [(number, link["state"]) for number, link in events] == [
        (0, "connecting"),
        (1, "files_pending"),
        (2, "connected"),
    ]


async def test_the_tab_shows_the_record_as_the_viewer_may_see_it(client: ApiClient) -> None:
    given_link(client, state=LinkState.CONNECTED, done=CONNECT_STEPS, wanted=ChannelId(GENERAL))
    shown = (await client.get(f"/tabs/lnk_{LINK}", as_="oliver")).json()
    assert shown["record"]["title"] == "Northwind renewal"
    assert {"label": "Value", "text": "€120,000"} in shown["record"]["fields"]
    assert shown["link"]["state"] == "connected"
    client.world.records[RENEWAL] = ("Northwind renewal", frozenset({CLAIRE.id}))
    refused = await client.get(f"/tabs/lnk_{LINK}", as_="oliver")
    assert refused.status_code == 403
    assert "Northwind" not in refused.text


async def test_the_tab_of_another_tenants_link_does_not_exist(client: ApiClient) -> None:
    given_link(client, state=LinkState.CONNECTED)
    assert (await client.get(f"/tabs/lnk_{LINK}", as_="stranger")).json()["code"] == "link.unknown"
