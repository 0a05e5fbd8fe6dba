"""The Collaborate panel, the wizard, the progress of work, and disconnecting."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from liaison.domain.consent import SCOPES, Rung
from liaison.domain.joining import JoinRequest, JoinState
from liaison.domain.link import Evidence, Finding, Link, LinkState, Operation, StepName, TabChoice, Waiting
from liaison.domain.names import ChannelId, LinkId, TabId
from liaison.errors import NotTeamMember, Remembered, StillPreparing
from liaison.operations.runs import run
from tests.unit.api_fakes import ADOPTED_ROW, CLAIRE, EUROPE, GENERAL, NOW, OLIVER, RENEWAL, SALES
from tests.unit.test_web_pages import RECORD, heading, text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld, lively

pytestmark = pytest.mark.anyio

LINK = LinkId("77777777-7777-4777-8777-777777777777")
NEW = f"{RECORD}/collaborate/new"


def link_in(state: LinkState, **more: object) -> Link:
    made = Evidence(
        GENERAL, "General", team_name="Ventes Europe", tab=TabId("tab-1"), channel_address="http://teams/general"
    )
    link = Link(LINK, RENEWAL, "Northwind renewal", EUROPE, GENERAL, CLAIRE, CLAIRE, NOW, state, made)
    return replace(link, done=(StepName.CHANNEL, StepName.APP, StepName.TAB), **more)


def world_with(link: Link) -> WebWorld:
    world = WebWorld()
    world.links[link.id] = link
    return world


async def test_the_panel_lists_the_channels_and_marks_what_microsofts_button_made() -> None:
    panel = await WebClient(lively(WebWorld())).sign_in("claire").fragment(f"{RECORD}/collaborate")
    said = text_of(panel.text)
    assert all(
        part in said for part in ("1 connected channel", "Contract", "Ventes Europe", "Connected by Microsoft’s button")
    )
    assert f"collaborate/disconnect?row={ADOPTED_ROW}" in panel.text
    assert 'href="http://localhost:8301/teams/l/channel/19%3Acontract%40thread.tacv2/Contract?groupId=' in panel.text
    assert "<html" not in panel.text


async def test_without_a_script_the_panel_is_a_page_of_its_own() -> None:
    page = await WebClient(lively(WebWorld())).sign_in("claire").get(f"{RECORD}/collaborate")
    assert (page.status_code, heading(page.text)) == (200, "Collaborate")
    assert f'href="{NEW}"' in page.text


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (link_in(LinkState.CONNECTING), ("Connecting", "Opening the channel’s file library")),
        (
            link_in(
                LinkState.FILES_PENDING,
                waiting=Waiting(StepName.FOLDER, Remembered.of(StillPreparing("graph", what="files_folder")), NOW, NOW),
            ),
            ("Connected, files pending", "Waiting for the channel’s file library", "Disconnect"),
        ),
        (
            link_in(LinkState.NEEDS_PERSON, trouble=Remembered.of(NotTeamMember("Ventes Europe"))),
            ("Needs a person", "You are not a member of the team", "Try again", "Disconnect"),
        ),
    ],
    ids=["connecting", "files pending", "needs a person"],
)
async def test_the_panel_says_how_far_each_connection_has_come(link: Link, words: tuple[str, ...]) -> None:
    panel = await WebClient(world_with(link)).sign_in("claire").fragment(f"{RECORD}/collaborate")
    said = text_of(panel.text)
    assert [word for word in words if word not in said] == []
    assert ("Disconnect" in said) == ("Disconnect" in words)


async def test_the_wizard_leads_from_team_to_channel_to_review_to_the_link() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    teams = await client.fragment(f"{NEW}?step=channel")
    channels = await client.fragment(f"{NEW}?team={EUROPE}&step=channel")
    none = await client.fragment(f"{NEW}?team={EUROPE}&step=review")
    review = await client.fragment(f"{NEW}?team={EUROPE}&channel={GENERAL}&step=review")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', review.text))
    done = await client.post(NEW, {name: unescape(value) for name, value in hidden.items()})
    link = next(iter(world.links.values()))
    assert "Choose a team to go on." in teams.text
    assert "A value is needed for the channel." in none.text
    assert "A value is needed" not in channels.text
    assert [name in channels.text for name in ("General", "Contract", "Private channel")] == [True] * 3
    assert "A tab in the channel" in review.text
    assert "New channel" not in review.text
    assert done.headers["location"] == f"{RECORD}/collaborate/links/{link.id}"
    assert (link.record, link.wanted, world.started) == (RENEWAL, GENERAL, [(Operation.CONNECT, link.id, 1)])


async def test_finishing_twice_is_one_link() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    values = {"team": EUROPE, "channel": "new", "name": "Northwind", "key": "one-and-the-same"}
    answers = [await client.post(NEW, values) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(world.links) == 1


async def test_the_search_narrows_the_teams_without_a_script() -> None:
    page = await WebClient(WebWorld()).sign_in("claire").get(f"{NEW}?team_search=supp")
    assert ("Support" in page.text, "Ventes Europe" in page.text) == (True, False)


@pytest.mark.parametrize(
    ("name", "title", "proposal"),
    [
        ("Deal / north", "This channel name cannot be used", "Deal north"),
        ("General", "A channel of this name is already there", "General 2"),
        ("x" * 51, "This channel name is too long", ""),
        ("", "Something is missing", ""),
    ],
)
async def test_a_new_channels_name_is_checked_as_it_is_typed_and_again_at_next(
    name: str, title: str, proposal: str
) -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    typed = await client.http.get(f"{RECORD}/collaborate/name", params={"team": EUROPE, "name": name})
    pressed = await client.http.get(NEW, params={"team": EUROPE, "channel": "new", "name": name, "step": "review"})
    assert (typed.status_code, title in typed.text) == (200, True)
    assert ('aria-current="step"' in pressed.text, title in pressed.text) == (True, True)
    assert pressed.status_code in {400, 409}
    assert proposal in typed.text


async def test_a_name_that_can_be_used_is_said_to_be() -> None:
    answer = await WebClient(WebWorld()).sign_in("claire").get(f"{RECORD}/collaborate/name?team={EUROPE}&name=North")
    assert "“North” can be used." in text_of(answer.text)


async def test_missing_consent_names_its_cause_the_permissions_and_the_page_for_an_administrator() -> None:
    world = WebWorld()
    world.scopes = frozenset(SCOPES[Rung.SIGN_IN] + SCOPES[Rung.LIST_TEAMS])
    answer = await WebClient(world).sign_in("claire").fragment(NEW)
    said = text_of(answer.text)
    assert answer.status_code == 403
    assert all(part in said for part in ("Consent is missing", "Channel.Create", "Create channels in your teams"))
    assert "Team.ReadBasic.All" not in said
    address = f"{world.public_address}/power-apps/environments/{SALES}/settings/teams-integration"
    assert f'value="{address}"' in answer.text


async def test_the_wizard_is_closed_while_only_basic_is_on() -> None:
    world = WebWorld()
    world.switches[SALES] = replace(world.switches[SALES], enhanced=False)
    answer = await WebClient(world).sign_in("claire").fragment(NEW)
    assert (answer.status_code, "collaboration.enhanced_off" in answer.text) == (409, True)


async def test_progress_is_a_page_that_refreshes_by_itself_without_a_script() -> None:
    client = WebClient(world_with(link_in(LinkState.CONNECTING))).sign_in("claire")
    page = await client.get(f"{RECORD}/collaborate/links/{LINK}")
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.text
    assert re.findall(r'<li class="(\w+)">\s*<span class="mark"', page.text) == ["done"] * 3 + ["doing"] + ["ahead"] * 3


async def test_progress_streams_each_change_and_ends_when_the_work_does() -> None:
    world = world_with(link_in(LinkState.CONNECTED))
    answer = await WebClient(world).sign_in("claire").get(f"/links/{LINK}/events")
    events = re.findall(r"^event: (\w+)$", answer.text, re.MULTILINE)
    assert (answer.headers["content-type"].partition(";")[0], events) == ("text/event-stream", ["progress", "over"])
    assert "Open channel" in answer.text


async def test_a_finished_connection_opens_its_channel() -> None:
    world = world_with(link_in(LinkState.CONNECTED))
    page = await WebClient(world).sign_in("claire").get(f"{RECORD}/collaborate/links/{LINK}")
    assert 'href="http://teams/general"' in page.text
    assert "http-equiv" not in page.text


@pytest.mark.parametrize("path", [f"/links/{LINK}", f"/links/{LINK}/events", f"/l/lnk_{LINK}"])
async def test_a_link_is_for_whoever_made_it_or_may_read_its_record(path: str) -> None:
    world = world_with(link_in(LinkState.CONNECTED))
    reader = await WebClient(world).sign_in("oliver").get(path)
    world.records[RENEWAL] = ("Northwind renewal", frozenset({CLAIRE.id}))
    maker = await WebClient(world).sign_in("claire").get(path)
    stranger = await WebClient(world).sign_in("oliver").get(path)
    assert (reader.status_code < 400, maker.status_code < 400, stranger.status_code) == (True, True, 404)


async def test_a_link_of_another_tenant_is_not_there() -> None:
    link = link_in(LinkState.CONNECTED)
    world = world_with(replace(link, by=replace(link.by, tenant="another")))
    answer = await WebClient(world).sign_in("claire").get(f"/links/{LINK}")
    assert (answer.status_code, heading(answer.text)) == (404, "Link not found")


async def test_a_tabs_address_leads_to_the_record_in_an_app_that_shows_it() -> None:
    answer = await WebClient(world_with(link_in(LinkState.CONNECTED))).sign_in("claire").get(f"/l/lnk_{LINK}")
    assert (answer.status_code, answer.headers["location"]) == (303, RECORD)


async def test_a_record_address_without_an_app_leads_to_one() -> None:
    address = f"/e/{SALES}/records/opportunity/{RENEWAL.id}"
    answer = await WebClient(WebWorld()).sign_in("claire").get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, RECORD)


async def test_a_stopped_link_is_tried_again_by_a_form() -> None:
    world = world_with(link_in(LinkState.NEEDS_PERSON, trouble=Remembered.of(NotTeamMember("Ventes Europe"))))
    answer = await WebClient(world).sign_in("oliver").post(f"/links/{LINK}/try-again", {"back": f"/links/{LINK}"})
    assert answer.headers["location"] == f"/links/{LINK}"
    assert (world.links[LINK].state, world.links[LINK].acting.id) == (LinkState.CONNECTING, OLIVER.id)
    assert world.started == [(Operation.CONNECT, LINK, 2)]


async def test_disconnecting_says_what_goes_and_what_stays_before_it_begins() -> None:
    world = world_with(link_in(LinkState.CONNECTED))
    world.adopt()
    world.associations[RENEWAL] = [replace(world.associations[RENEWAL][0], channel=GENERAL)]
    client = WebClient(world).sign_in("claire")
    asked = await client.fragment(f"{RECORD}/collaborate/disconnect?link={LINK}")
    said = text_of(asked.text)
    assert all(
        part in said for part in ("What goes", "What stays", "Remove the tab too", "Every file, in the channel.")
    )
    assert world.started == []
    kept = await client.post(f"{RECORD}/collaborate/disconnect", {"link": LINK})
    assert kept.headers["location"] == f"{RECORD}/collaborate/links/{LINK}"
    assert (world.links[LINK].tab_choice, world.started) == (TabChoice.KEEP, [(Operation.DISCONNECT, LINK, 2)])


async def test_what_microsofts_button_made_is_disconnected_the_same_way() -> None:
    world = lively(WebWorld())
    client = WebClient(world).sign_in("claire")
    asked = await client.fragment(f"{RECORD}/collaborate/disconnect?row={ADOPTED_ROW}")
    await client.post(f"{RECORD}/collaborate/disconnect", {"row": ADOPTED_ROW, "remove_tab": "on"})
    link = next(iter(world.links.values()))
    await run(Operation.DISCONNECT, link.id, world.working_ports())
    assert "No tab of ours is known" in text_of(asked.text)
    assert (world.links[link.id].state, world.associations[RENEWAL]) == (LinkState.DISCONNECTED, [])


async def test_a_connection_of_another_record_cannot_be_named() -> None:
    answer = await WebClient(lively(WebWorld())).sign_in("claire").get(f"{RECORD}/collaborate/disconnect?row=other")
    assert answer.status_code == 404


async def test_my_links_are_mine_and_can_be_narrowed() -> None:
    world = world_with(link_in(LinkState.CONNECTED))
    other = LinkId("88888888-8888-4888-8888-888888888888")
    world.links[other] = replace(link_in(LinkState.NEEDS_PERSON), id=other, wanted=ChannelId("x"), by=OLIVER)
    client = WebClient(world).sign_in("claire")
    mine, none = await client.get("/links"), await client.get("/links?show=needs_person")
    assert (f'href="/links/{LINK}"' in mine.text, str(other) in mine.text) == (True, False)
    assert "No links here" in none.text


async def test_what_was_searched_among_teams_hides_no_channel() -> None:
    page = await WebClient(WebWorld()).sign_in("claire").get(f"{NEW}?team={EUROPE}&step=channel&team_search=ventes")
    assert ("Contract" in page.text, "General" in page.text) == (True, True)


async def test_the_channels_can_be_searched_without_a_script() -> None:
    page = await WebClient(WebWorld()).sign_in("claire").get(f"{NEW}?team={EUROPE}&step=channel&channel_search=contr")
    assert ("Contract" in page.text, "General" in page.text) == (True, False)


async def test_a_panel_with_work_under_way_renews_its_list_until_the_work_is_over() -> None:
    world = world_with(link_in(LinkState.CONNECTING))
    client = WebClient(world).sign_in("claire")
    panel = await client.fragment(f"{RECORD}/collaborate")
    world.links[LINK] = link_in(LinkState.NEEDS_PERSON)
    part = await client.fragment(f"{RECORD}/collaborate", "connections")
    assert ('hx-trigger="every 2s"' in panel.text, 'hx-trigger="every 2s"' in part.text) == (True, False)
    assert "panel-head" not in part.text
    assert "Needs a person" in part.text


async def test_a_stream_ends_when_the_server_is_to_stop() -> None:
    client = WebClient(world_with(link_in(LinkState.CONNECTING))).sign_in("claire")
    client.closing.set()
    answer = await client.get(f"/links/{LINK}/events")
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.statement("S37", "S38", "S39")
@pytest.mark.parametrize("path", [f"/links/{LINK}", f"{RECORD}/collaborate/links/{LINK}"])
async def test_what_did_not_stop_the_work_is_said_with_its_help(path: str) -> None:
    """Members that were not added for want of consent: Microsoft's words, and a page from which consent is given."""
    world = world_with(link_in(LinkState.CONNECTED, findings=(Finding("member.no_consent"),)))
    client = WebClient(world).sign_in("claire")
    page = await client.get(path)
    help_page = await client.get("/help/members")
    assert "The admin has not consented to use user sync feature, you can add them manually." in text_of(page.text)
    assert 'href="/help/members"' in page.text
    assert "/settings/teams-integration" in help_page.text


@pytest.mark.statement("F23")
async def test_an_owner_answers_a_request_from_the_list_of_links() -> None:
    world = WebWorld()
    world.owners = {CLAIRE.id}
    request = JoinRequest("request-1", EUROPE, "Ventes Europe", "General", OLIVER, NOW)
    world.join_requests.kept[EUROPE, OLIVER.id] = request
    client = WebClient(world).sign_in("claire")
    listed, count = await client.get("/links"), await client.get("/requests/count")
    answered = await client.post("/requests/request-1", {"answer": "decline", "back": "/links"})
    said = await client.get(answered.headers["location"])
    assert "Wants to join Ventes Europe" in text_of(listed.text)
    assert "1 request or proposal is waiting for you" in text_of(count.text)
    assert "Declined" in text_of(said.text)
    assert world.join_requests.kept[EUROPE, OLIVER.id].state is JoinState.DECLINED
