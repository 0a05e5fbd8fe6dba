"""Choosing over the API: names while typing, people, a preview, requests to join; in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.domain.link import NewChannel, NewTeam, PrimaryChannel
from liaison.domain.names import ChannelKind, ItemId, ViewKind, ViewRef
from liaison.errors import UpstreamThrottled
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CONTRACT, EUROPE, OLIVER, RENEWAL, World
from tests.unit.choosing_fakes import SOFIA

pytestmark = pytest.mark.anyio

RECORD = f"/environments/contoso-sales/tables/opportunity/records/{RENEWAL.id}"
TIED = {"environment": "contoso-sales", "table": "opportunity", "record": RENEWAL.id}
VIEW = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> ApiClient:
    return ApiClient(world)


@pytest.mark.statement("F28", "F31")
async def test_a_team_name_comes_back_as_it_will_be_with_what_could_not_be_checked(client: ApiClient) -> None:
    verdict = (await client.get("/team-name-check", params={"name": "Deal room"})).json()
    assert (verdict["final_name"], verdict["is_good"], verdict["problem"]) == ("GRP_Deal room", True, None)
    assert [one["check"] for one in verdict["unknown"]] == ["deleted"]
    taken = (await client.get("/team-name-check", params={"name": "Ventes Europe"}, language="fr")).json()
    assert (taken["problem"]["code"], taken["proposal"]) == ("team.name_taken", "Ventes Europe 2")
    assert taken["problem"]["title"] == "Une équipe ou un groupe porte déjà ce nom"


@pytest.mark.statement("F28")
async def test_a_channel_name_is_checked_in_its_team(client: ApiClient) -> None:
    where = f"/teams/{EUROPE}/channel-name-check"
    good = (await client.get(where, params={"name": "Renewals", "kind": "private"})).json()
    assert (good["is_good"], good["final_name"]) == (True, "Renewals")
    bad = (await client.get(where, params={"name": "contract"})).json()
    assert (bad["problem"]["code"], bad["proposal"]) == ("channel.name_taken", "contract 2")
    assert (await client.get(where, params={"name": "a", "kind": "secret"})).status_code == 400
    assert (await client.get(where, as_="stranger", params={"name": "a"})).status_code in {401, 403}


@pytest.mark.statement("F34")
async def test_choices_for_a_new_team_say_why_no_label_can_be_chosen(client: ApiClient) -> None:
    choices = (await client.get("/environments/contoso-sales/team-choices")).json()
    assert choices["privacies"] == ["private", "public"]
    assert choices["templates"][0] == "standard"
    assert choices["no_labels"]
    assert choices["no_labels_text"]


@pytest.mark.statement("F47", "F50")
async def test_people_are_suggested_and_found_with_what_they_will_not_see(client: ApiClient) -> None:
    found = (await client.get(f"{RECORD}/recommended-members", params={"team": EUROPE})).json()
    (sofia,) = found["items"]
    assert found["can_add"]
    assert (sofia["id"], sofia["is_member"]) == (SOFIA.person, False)
    assert [one["source"] for one in sofia["sources"]] == ["shared"]
    assert sofia["unseen"] == "no_rights"
    (searched,) = (await client.get(f"{RECORD}/member-search", params={"q": "sofia"}, language="fr")).json()["items"]
    assert searched["unseen_text"].startswith("Rôle de sécurité insuffisant")


@pytest.mark.statement("F47")
async def test_only_owners_are_told_whom_a_record_suggests(client: ApiClient) -> None:
    answer = await client.get(f"{RECORD}/recommended-members", as_="oliver", params={"team": EUROPE})
    assert (answer.status_code, answer.json()["code"]) == (403, "team.not_owner")


@pytest.mark.statement("F30")
async def test_a_preview_makes_nothing_and_says_everything(client: ApiClient, world: World) -> None:
    body = {
        **TIED,
        "new_team": {"name": "Deal room"},
        "channel": {"name": "Contract", "kind": "private"},
        "members": [{"id": SOFIA.person, "name": SOFIA.name}],
    }
    shown = (await client.post("/links/preview", json=body)).json()
    assert (shown["team_name"], shown["team_is_new"], shown["files"]) == ("GRP_Deal room", True, "channel")
    assert [thing["step"] for thing in shown["things"]][:2] == ["team", "channel"]
    assert {thing["step"]: thing["name"] for thing in shown["things"]}["members"] == SOFIA.name
    assert [member["name"] for member in shown["members"]] == [SOFIA.name]
    assert {notice["code"] for notice in shown["notices"]} >= {"no_rights", "name_unchecked"}
    assert world.links == {}
    refused = await client.post("/links/preview", json={**TIED, "team": EUROPE, "channel": {"name": "Contract"}})
    assert (refused.status_code, refused.json()["code"]) == (409, "channel.name_taken")


@pytest.mark.statement("F43")
async def test_earlier_files_are_counted_and_the_choice_is_kept_on_the_link(client: ApiClient, world: World) -> None:
    world.files[ItemId("folder-general")] = {"Prices.txt": b"prices", "Terms.txt": b"terms"}
    body = {**TIED, "team": EUROPE, "channel": {"name": "Contract 2027"}}
    for choice, code in (("show_both", "earlier_files"), ("copy", "earlier_copy"), ("move", "earlier_move")):
        shown = (await client.post("/links/preview", json={**body, "earlier_files": choice})).json()
        place = {"name": "General", "files": 2, "size_bytes": 11}
        assert shown["earlier"] == {"files": 2, "size_bytes": 11, "places": [place], "shared": [], "is_cut": False}
        assert code in {notice["code"] for notice in shown["notices"]}
        assert ("earlier_files" in [thing["step"] for thing in shown["things"]]) is (choice != "show_both")
    link = (await client.post("/links", json={**body, "earlier_files": "move"})).json()
    assert (link["earlier_files"], link["earlier"]) == ("move", None)
    assert next(step for step in link["steps"] if step["name"] == "earlier_files")["state"] == "todo"
    refused = await client.post("/links", json={**body, "earlier_files": "burn"})
    assert refused.status_code == 400


async def test_a_link_can_make_its_team(client: ApiClient, world: World) -> None:
    body = {**TIED, "new_team": {"name": "Deal room", "privacy": "public"}, "channel": {"primary": True}}
    answer = await client.post("/links", json=body)
    assert answer.status_code == 202, answer.text
    (link,) = world.links.values()
    assert isinstance(link.new_team, NewTeam)
    assert (link.new_team.name, link.new_team.privacy.value) == ("GRP_Deal room", "public")
    assert link.wanted == PrimaryChannel()


async def test_a_link_can_be_a_views(client: ApiClient, world: World) -> None:
    body = {"environment": "contoso-sales", "table": "opportunity", "view": VIEW, "view_kind": "personal"}
    answer = await client.post("/links", json={**body, "team": EUROPE, "channel": {"name": "New", "kind": "shared"}})
    assert answer.status_code in {202, 404, 409}, answer.text
    if world.links:
        (link,) = world.links.values()
        assert isinstance(link.regarding, ViewRef)
        assert (link.regarding.kind, link.wanted) == (ViewKind.PERSONAL, NewChannel("New", ChannelKind.SHARED))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"view": VIEW}, "view"),
        ({"team": EUROPE, "new_team": {"name": "x"}}, "team"),
        ({"record": "", "team": EUROPE}, "record"),
        ({"team": ""}, "team"),
        ({"team": EUROPE, "channel": {"name": "a", "primary": True}}, "channel"),
        ({"team": EUROPE, "channel": {}}, "channel"),
        ({"team": EUROPE, "members": [{"id": "nobody"}]}, "member"),
    ],
)
async def test_a_choice_that_contradicts_itself_is_refused(
    client: ApiClient, change: dict[str, Any], field: str
) -> None:
    body = {**TIED, "team": EUROPE, "channel": {"name": "New"}, **change}
    for where in ("/links", "/links/preview"):
        answer = await client.post(where, json=body)
        assert answer.status_code == 400
        assert answer.json()["facts"]["field"] == field


@pytest.mark.statement("F23")
async def test_a_request_to_join_goes_to_the_owner_and_back(client: ApiClient, world: World) -> None:
    world.adopt()
    world.members[EUROPE] -= {OLIVER.id}
    asked = await client.post("/join-requests", as_="oliver", json={**TIED, "team": EUROPE})
    assert asked.status_code == 200, asked.text
    again = await client.post("/join-requests", as_="oliver", json={**TIED, "team": EUROPE})
    assert again.json()["id"] == asked.json()["id"]
    (shown,) = (await client.get(f"{RECORD}/connections", as_="oliver")).json()["items"]
    assert (shown["channel"], shown["access"]) == (CONTRACT, "not_member")
    (waiting,) = (await client.get("/join-requests", language="fr")).json()["items"]
    assert (waiting["by"]["name"], waiting["state_text"]) == (
        "Oliver Grant",
        "En attente d’un propriétaire de l’équipe",
    )
    answered = await client.post(f"/join-requests/{waiting['id']}/accept")
    assert (answered.json()["state"], answered.json()["answered_by"]) == ("accepted", "Claire Fontaine")
    assert OLIVER.id in world.members[EUROPE]
    (mine,) = (await client.get("/join-requests", as_="oliver", params={"of": "mine"})).json()["items"]
    assert mine["state"] == "accepted"
    late = await client.post(f"/join-requests/{waiting['id']}/decline")
    assert (late.status_code, late.json()["code"]) == (409, "join.answered")


async def test_a_request_that_nobody_made_is_not_there(client: ApiClient) -> None:
    answer = await client.post(f"/join-requests/{VIEW}/accept")
    assert (answer.status_code, answer.json()["code"]) == (404, "join.unknown")


async def test_teams_being_busy_is_said_with_how_long_to_wait(client: ApiClient, world: World) -> None:
    world.adopt()
    world.members[EUROPE] -= {OLIVER.id}
    world.refuse["teamwork.list_teams"] = UpstreamThrottled("graph", wait_s=7.0)
    answer = await client.post("/join-requests", as_="oliver", json={**TIED, "team": EUROPE})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")


async def test_the_address_of_the_preview_is_not_a_links(client: ApiClient) -> None:
    answer = await client.get("/links/preview")
    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (405, "POST", "input.method")
