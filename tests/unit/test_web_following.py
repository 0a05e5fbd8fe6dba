"""What pages and the API show of a link that follows its record: proposals, the archive, and why it is not followed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liaison.domain.closing import Archive, OnClose
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.following import Sight
from liaison.domain.forerunners import Forerunner, Way
from liaison.domain.link import Evidence, Link, LinkState, NewChannel
from liaison.domain.names import ChannelId, LinkId, PersonId, RecordRef, RowId
from liaison.domain.proposals import Cause, Proposal, ProposalKind, ProposalState
from liaison.errors import Remembered, SignInExpired
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CLAIRE, EUROPE, GENERAL, NOW, RENEWAL, World
from tests.unit.test_web_pages import RECORD, text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld, lively

pytestmark = pytest.mark.anyio

LINK = LinkId("77777777-7777-4777-8777-777777777777")
LEAVER = "88888888-8888-4888-8888-888888888888"


def connected(**more: Any) -> Link:
    made = Evidence(
        GENERAL, "Deal room", team_name="Ventes Europe", channel_is_ours=True, channel_address="http://teams/deal"
    )
    link = Link(LINK, RENEWAL, "Northwind renewal", EUROPE, NewChannel("Deal room"), CLAIRE, CLAIRE, NOW)
    return replace(link, state=LinkState.CONNECTED, evidence=made, **more)


def proposed(kind: ProposalKind = ProposalKind.REMOVE, **more: Any) -> Proposal:
    return Proposal(
        id=LEAVER,
        kind=kind,
        cause=Cause.NO_PART if kind is ProposalKind.REMOVE else Cause.NEW_OWNER,
        tenant=CLAIRE.tenant,
        link=LINK,
        team=EUROPE,
        team_name="Ventes Europe",
        channel=ChannelId(""),
        channel_name="Deal room",
        person=PersonId("sofia"),
        name="Sofia Rossi",
        at=NOW,
        **more,
    )


def web_world(link: Link, *proposals: Proposal) -> WebWorld:
    world = lively(WebWorld())
    world.links[link.id] = link
    world.owners = {CLAIRE.id}
    for one in proposals:
        world.following["proposals"].kept[one.link, one.person, one.kind] = one
    return world


@pytest.mark.statement("F49")
@pytest.mark.parametrize("path", ["/links", f"/links/{LINK}"])
async def test_an_owner_sees_leavers_with_what_approving_does_and_keeps_one(path: str) -> None:
    world = web_world(connected(), proposed())
    client = WebClient(world).sign_in("claire")
    page = text_of((await client.get(path)).text)
    for said in (
        "1 leaver",
        "Sofia Rossi",
        "They no longer own a record connected to Deal room",
        "removes them from the whole team Ventes Europe",
    ):
        assert said in page
    assert "Northwind renewal" in page or path == "/links"
    count = await client.get("/requests/count")
    assert "1 request or proposal is waiting for you" in text_of(count.text)
    answered = await client.post(f"/proposals/{LEAVER}", {"answer": "keep", "back": path})
    assert answered.headers["location"] == f"{path}?people=kept"
    page = text_of((await client.get(answered.headers["location"])).text)
    assert "Everything stays as it is" in page
    assert "Sofia Rossi" not in page


async def test_people_to_add_come_first_and_nobody_else_sees_them() -> None:
    link = connected()
    world = web_world(link, proposed(), proposed(ProposalKind.ADD))
    page = text_of((await WebClient(world).sign_in("claire").get("/links")).text)
    assert page.index("1 person to add") < page.index("1 leaver")
    world.owners = set()
    page = text_of((await WebClient(world).sign_in("claire").get("/links")).text)
    assert "Sofia Rossi" not in page


async def test_a_link_that_is_not_followed_says_since_when_and_why() -> None:
    world = web_world(connected())
    trouble = Remembered.of(SignInExpired())
    world.following["sights"].kept[LINK] = Sight(LINK, CLAIRE.tenant, RowId("r"), trouble=trouble, since=NOW)
    page = text_of((await WebClient(world).sign_in("claire").get(f"/links/{LINK}")).text)
    assert "This connection does not follow its record at present" in page
    assert "Claire Fontaine has to sign in to Liaison" in page


@pytest.mark.statement("F60")
async def test_an_archived_channel_is_said_to_be_so_everywhere_and_takes_no_files() -> None:
    world = web_world(connected(archive=Archive(NOW, is_ours=True), on_close=OnClose.ARCHIVE))
    client = WebClient(world).sign_in("claire")
    page = await client.get(f"/links/{LINK}")
    assert "The channel is archived: everything can be read" in text_of(page.text)
    assert f'action="/links/{LINK}/restore"' in page.text
    assert f'action="/links/{LINK}/archive"' not in page.text
    headers = {"X-Form-Token": client.token, "X-File-Name": "a.txt", "Sec-Fetch-Site": "same-origin"}
    refused = await client.http.post(f"/files/d/i?link={LINK}", content=b"1", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "channel.archived")


async def test_archiving_by_hand_needs_the_organizations_word_and_then_begins() -> None:
    world = web_world(connected())
    client = WebClient(world).sign_in("claire")
    page = await client.get(f"/links/{LINK}")
    assert f'action="/links/{LINK}/archive"' in page.text
    assert (await client.post(f"/links/{LINK}/archive", {})).status_code == 403
    world.scopes |= set(SCOPES[Rung.ARCHIVE])
    begun = await client.post(f"/links/{LINK}/archive", {})
    assert begun.headers["location"] == f"/links/{LINK}"


async def test_the_review_offers_to_archive_only_a_new_channel() -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    asked = f"{RECORD}/collaborate/new?step=review&team={EUROPE}"
    new = await client.get(f"{asked}&channel=new&name=Deal+room")
    existing = await client.get(f"{asked}&channel={GENERAL}")
    assert 'name="archive"' in new.text
    assert 'name="archive"' not in existing.text


async def test_the_api_lists_answers_and_says_whether_a_link_is_followed() -> None:
    world = World()
    client = ApiClient(world)
    world.links[LINK] = connected()
    one = proposed()
    world.following["proposals"].kept[one.link, one.person, one.kind] = one
    (shown,) = (await client.get("/proposals")).json()["items"]
    assert (shown["id"], shown["kind"], shown["cause"], shown["channel"]) == (LEAVER, "remove", "no_part", None)
    assert shown["text"].endswith("a standard channel has no people of its own.")
    kept = (await client.post(f"/proposals/{LEAVER}/keep")).json()
    assert (kept["state"], kept["state_text"], kept["answered_by"]) == ("kept", "Kept as it is", CLAIRE.name)
    again = await client.post(f"/proposals/{LEAVER}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "proposal.answered")
    following = (await client.get(f"/links/{LINK}/following")).json()
    assert following == {"is_followed": False, "seen_at": None, "not_followed_since": None, "problem": None}
    trouble = Remembered.of(SignInExpired())
    world.following["sights"].kept[LINK] = Sight(LINK, CLAIRE.tenant, RowId("r"), trouble=trouble, since=NOW)
    following = (await client.get(f"/links/{LINK}/following")).json()
    assert following["problem"]["code"] == "auth.sign_in_again"
    assert ProposalState.KEPT.value == kept["state"]


MERGED = RecordRef(RENEWAL.environment, RENEWAL.table, RowId("99999999-9999-4999-8999-999999999999"))


def merged_world() -> WebWorld:
    """Another record was merged into the renewal: Microsoft's own button had tied it to a channel."""
    world = lively(WebWorld())
    row = replace(world.associations[RENEWAL][0], id=RowId("row-merged"), regarding=MERGED)
    world.associations[MERGED] = [replace(row, channel=ChannelId("19:other"), channel_name="Old talks")]
    world.forerunners[RENEWAL] = (Forerunner(MERGED, "Northwind renewal (2)", Way.MERGED),)
    world.records[MERGED] = ("Northwind renewal (2)", frozenset({CLAIRE.id}))
    return world


@pytest.mark.statement("F62")
async def test_channels_of_a_merged_record_are_shown_with_the_kept_one_and_disconnected_where_they_belong() -> None:
    world = merged_world()
    client = WebClient(world).sign_in("claire")
    panel = text_of((await client.fragment(f"{RECORD}/collaborate")).text)
    assert "2 connected channels" in panel
    assert "Old talks" in panel
    assert "From the merged record Northwind renewal (2)" in panel
    documents = text_of((await client.get(f"{RECORD}?tab=documents")).text)
    assert "From the merged record Northwind renewal (2)" in documents
    await client.post(f"{RECORD}/collaborate/disconnect", {"row": "row-merged"})
    assert [link.channel_name for link in world.links.values() if link.regarding == MERGED] == ["Old talks"]


async def test_the_api_says_where_a_channel_comes_from() -> None:
    world = World()
    world.forerunners[RENEWAL] = (Forerunner(MERGED, "Renewal lead", Way.QUALIFIED),)
    world.records[MERGED] = ("Renewal lead", frozenset({CLAIRE.id}))
    world.links[LINK] = replace(connected(), regarding=MERGED, state=LinkState.NEEDS_PERSON)
    where = f"/environments/{RENEWAL.environment}/tables/{RENEWAL.table}/records/{RENEWAL.id}/connections"
    (shown,) = (await ApiClient(world).get(where)).json()["items"]
    assert shown["origin"] == {"way": "qualified", "table": MERGED.table, "id": MERGED.id, "title": "Renewal lead"}
