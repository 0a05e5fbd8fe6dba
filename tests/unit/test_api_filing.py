"""Filing over the API and on the pages: who may switch it on, what is missing, how it stands for a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.consent import SCOPES, Rung
from liaison.domain.filing import REACTIONS, FilingRule
from liaison.domain.link import Evidence, Link, LinkState
from liaison.domain.listening import ListeningState, Notice
from liaison.domain.readiness import Switches
from liaison.errors import NotTeamMember, Remembered
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CLAIRE, CONTRACT, MARC, NADIA, NOW, SALES, SERVICE, TENANT, World
from tests.unit.filing_fakes import FakeFilingRules, FakeListenings, FakeNotices
from tests.unit.test_api_links import given_link
from tests.unit.test_filing import listening
from tests.unit.test_web_pages import text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

HERE = f"/environments/{SALES}/filing"
SETTINGS = f"/power-apps/environments/{SALES}/settings/teams-integration"
PIN, STAR = REACTIONS[:2]
TROUBLE = Remembered.of(NotTeamMember("Ventes Europe"))


def allowed(world: World) -> World:
    world.scopes = world.scopes | set(SCOPES[Rung.FILING])
    return world


def rules(world: World) -> FakeFilingRules:
    return world.filing["filing_rules"]  # type: ignore[no-any-return]


def filed_link(client: ApiClient) -> Link:
    """A connected link whose channel is listened to in vain, with a message that was filed and one that was not."""
    link = given_link(
        client,
        state=LinkState.CONNECTED,
        connected_at=NOW,
        evidence=Evidence(channel=CONTRACT, channel_name="Contract"),
    )
    listenings: FakeListenings = client.world.filing["listenings"]
    notices: FakeNotices = client.world.filing["notices"]
    rules(client.world).rules[TENANT, SALES] = FilingRule(SALES, PIN, NADIA, NOW)
    heard = listening(tenant=TENANT, channel=CONTRACT, state=ListeningState.TROUBLED, trouble=TROUBLE, due_at=NOW)
    heard = replace(heard, unheard_at=NOW - timedelta(days=1))
    listenings.kept["l1"] = heard
    notices.on_timeline[link.id] = 1
    stuck = Notice("l1", "1612289992105", "", NOW - timedelta(days=2), NOW, 9, 1, TROUBLE, is_stuck=True)
    notices.failed["l1"] = (stuck, replace(stuck, message="1612289992777", is_stuck=False))
    return link


@pytest.mark.statement("F54", "S36")
async def test_without_its_own_consent_it_is_refused_with_what_is_missing() -> None:
    client = ApiClient(World())
    found = (await client.get(HERE, "nadia")).json()
    assert (found["is_on"], found["reactions"]) == (False, list(REACTIONS))
    assert (found["barrier"]["code"], found["barrier"]["facts"]) == (
        "consent.not_granted", {"rung": "filing", "scopes": ["ChannelMessage.Read.All"]},
    )  # fmt: skip
    refused = await client.ask("PUT", HERE, "nadia", json={"reaction": PIN})
    assert (refused.status_code, refused.json()["code"]) == (403, "consent.not_granted")
    assert rules(client.world).rules == {}


@pytest.mark.statement("F54")
async def test_a_system_administrator_switches_it_on_changes_the_reaction_and_switches_it_off() -> None:
    client = ApiClient(allowed(World()))
    made = (await client.ask("PUT", HERE, "marc", json={"reaction": ""})).raise_for_status().json()
    assert (made["is_on"], made["reaction"], made["by"]["name"]) == (True, PIN, MARC.name)
    changed = (await client.ask("PUT", HERE, "nadia", json={"reaction": "⭐\ufe0f"})).raise_for_status().json()
    assert changed["reaction"] == STAR
    assert (await client.ask("PUT", HERE, "nadia", json={"reaction": "like"})).json()["code"] == "input.invalid"
    assert (await client.ask("DELETE", HERE, "marc")).raise_for_status().json()["is_on"] is False
    assert [(line.act, line.detail) for line in client.world.audit] == [
        ("filing.on", PIN), ("filing.on", STAR), ("filing.off", ""),
    ]  # fmt: skip


@pytest.mark.statement("F54")
async def test_others_may_not_and_see_no_channels() -> None:
    client = ApiClient(allowed(World()))
    filed_link(client)
    assert (await client.ask("PUT", HERE, json={"reaction": PIN})).json()["code"] == "role.missing"
    assert (await client.ask("DELETE", HERE)).json()["code"] == "role.missing"
    seen = (await client.get(HERE)).json()
    assert (seen["is_on"], seen["channels"], seen["barrier"]["code"]) == (True, [], "role.missing")
    assert len((await client.get(HERE, "marc")).json()["channels"]) == 1
    off = await client.ask("PUT", f"/environments/{SERVICE}/filing", "nadia", json={"reaction": PIN})
    assert (off.status_code, off.json()["code"]) == (409, "collaboration.off")
    assert (await client.get("/environments/nowhere/filing", "nadia")).status_code == 404


@pytest.mark.statement("F54")
async def test_a_link_says_what_was_filed_and_what_was_not_and_tries_again() -> None:
    client = ApiClient(allowed(World()))
    link = filed_link(client)
    found = (await client.get(f"/links/{link.id}/filing")).json()
    assert (found["reaction"], found["filed"], found["listening"]["state"]) == (PIN, 1, "troubled")
    assert found["listening"]["trouble"]["code"] == "team.not_member"
    assert [(one["message"], one["next_try_at"] is None) for one in found["failed"]] == [
        ("1612289992105", True), ("1612289992777", False),
    ]  # fmt: skip
    again = (await client.post(f"/links/{link.id}/filing/retry")).raise_for_status().json()
    assert again["failed"] == []
    assert client.world.filing["listenings"].woken == ["l1"]
    stranger = await client.get(f"/links/{link.id}/filing", "stranger")
    assert stranger.status_code == 404


@pytest.mark.statement("F54")
async def test_switching_linking_off_ends_filing() -> None:
    client = ApiClient(allowed(World()))
    filed_link(client)
    wanted = {"basic": False, "enhanced": False, "version": "1"}
    (await client.ask("PUT", f"/environments/{SALES}/collaboration", "nadia", json=wanted)).raise_for_status()
    assert rules(client.world).rules == {}


# --- on the pages ----------------------------------------------------------------------------------------------


@pytest.mark.statement("F54", "S51")
async def test_the_settings_page_saves_the_switch_with_the_others() -> None:
    world = allowed(WebWorld())
    client = WebClient(world).sign_in("nadia")
    sent = {"basic": "on", "enhanced": "on", "version": "1", "filing": "on", "reaction": STAR}
    assert (await client.post(SETTINGS, sent)).status_code == 303
    assert rules(world).rules[TENANT, SALES].reaction == STAR
    page = text_of((await client.get(SETTINGS)).text)
    assert "Switched on by Nadia Benali" in page
    assert "Filing by a reaction is on" in page
    assert (await client.post(SETTINGS, {**sent, "version": "2", "filing": ""})).status_code == 303
    assert rules(world).rules == {}


@pytest.mark.statement("F54", "S36")
async def test_a_refused_switch_changes_nothing_else() -> None:
    world = WebWorld()
    world.switches[SALES] = Switches(basic=True, enhanced=False, user_sync=False, version="1")
    sent = {"basic": "on", "enhanced": "on", "version": "1", "filing": "on"}
    answer = await WebClient(world).sign_in("nadia").post(SETTINGS, sent)
    assert answer.status_code == 403
    assert "ChannelMessage.Read.All" in answer.text
    assert (rules(world).rules, world.switches[SALES].enhanced) == ({}, False)


@pytest.mark.statement("F54")
async def test_the_page_of_a_link_shows_it_and_tries_again() -> None:
    world = allowed(WebWorld())
    client = WebClient(world).sign_in("claire")
    link = filed_link(ApiClient(world))
    page = await client.get(f"/links/{link.id}")
    said = text_of(page.text)
    assert f"Messages of this channel are filed by {PIN} (Pushpin)." in said
    assert "1 message has been filed because of this connection." in said
    assert "Message 1612289992105" in said
    assert "Waits for you to try again." in said
    assert "Microsoft may not have told of every reaction" in said
    again = await client.post(f"/links/{link.id}/filing/retry")
    assert again.headers["location"] == f"/links/{link.id}#filing"
    assert "Messages that could not be filed" not in text_of((await client.get(f"/links/{link.id}")).text)


async def test_a_link_without_filing_has_no_such_card() -> None:
    client = ApiClient(World())
    link = given_link(client, state=LinkState.CONNECTED, connected_at=NOW)
    assert (await client.get(f"/links/{link.id}/filing")).json()["is_on"] is False
    assert link.by == CLAIRE
