"""The agent's journey in English and in French: what somebody meets who works on records with their channels."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from liaison.tenant.seeds import company
from liaison.text.lookup import load_texts
from tests.browser.conftest import Opener
from tests.browser.person import SALES, Person, person_at
from tests.browser.service import SUPPORT, Cases, Teams, case_address, channel_id, connect, running_service
from tests.contract.demo_process import Demo

RECORD = "Northwind renewal"
TEAM, SITE, CHANNEL = company.TEAMS[0], "/sites/VentesEurope", "Grands comptes"
OWNERS = "Claire Fontaine, Priya Raman"
ELSEWHERE = "Default Site"
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
DONE_WITHIN_S = 60


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agent(person: Opener, language: str) -> Person:
    return person("Oliver", locale=LOCALES[language])


@pytest.fixture(scope="module")
def shared(demo: Demo) -> Demo:
    """The demo with the record in a channel of the agent's team."""
    with demo.api("Claire") as claire:
        (record,) = claire.get(f"/environments/{SALES}/tables/opportunity/records", params={"q": RECORD}).json()[
            "items"
        ]
        channels = claire.get(f"/teams/{TEAM.id}/channels").raise_for_status().json()["items"]
        channel = next(one["id"] for one in channels if one["name"] == CHANNEL)
        asked = {"environment": SALES, "table": "opportunity", "record": record["id"], "team": TEAM.id}
        link = claire.post("/links", json={**asked, "channel": {"id": channel}}).raise_for_status().json()
        until = time.monotonic() + DONE_WITHIN_S
        while not claire.get(f"/links/{link['id']}").json()["is_final"]:
            assert time.monotonic() < until
            time.sleep(0.2)
    return demo


@contextmanager
def without(demo: Demo, given: str) -> Iterator[None]:
    """Somebody taken out of the team, and let in again."""
    user = company.person(given).id
    member = base64.b64encode(f"{TEAM.id}##{user}".encode()).decode()
    token = demo.graph_token("Nadia", "https://graph.microsoft.com/TeamMember.ReadWrite.All")
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{demo.tenant}/v1.0/teams/{TEAM.id}", headers=headers, timeout=30.0) as graph:
        graph.delete(f"/members/{member}").raise_for_status()
        try:
            yield
        finally:
            bind = f"{demo.tenant}/v1.0/users('{user}')"
            kind = "#microsoft.graph.aadUserConversationMember"
            body = {"@odata.type": kind, "roles": [], "user@odata.bind": bind}
            graph.post("/members", json=body).raise_for_status()


@contextmanager
def switched(demo: Demo, name: str, value: Any) -> Iterator[None]:
    demo.control("POST", "/switches", {name: value})
    try:
        yield
    finally:
        demo.control("POST", "/switches", {name: None})


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def lead(chromium: Browser, service: Demo, language: str) -> Iterator[Person]:
    """Daniel, who leads the service and owns its team."""
    with person_at(chromium, service, "Daniel", locale=LOCALES[language]) as found:
        yield found


@pytest.fixture
def cases(service: Demo) -> Iterator[Cases]:
    with closing(Cases(service)) as found:
        yield found


@pytest.fixture
def teams(service: Demo) -> Iterator[Teams]:
    with closing(Teams(service, "Daniel")) as found:
        yield found


def files_of(page: Page, place: str) -> Locator:
    """What the Documents tab shows when that place is chosen."""
    page.locator(".places a", has_text=place).click()
    expect(page.locator(".places .open")).to_contain_text(place)
    return page.locator(".files")


def words(language: str, code: str, part: str, **facts: str) -> str:
    return load_texts().say(language, f"error.{code}.{part}", facts)


@pytest.mark.statement("S17")
def test_4_out_of_the_team_the_files_say_whom_to_ask_and_other_places_open(
    agent: Person, shared: Demo, language: str
) -> None:
    with without(shared, "Oliver"):
        page = agent.open_record(RECORD)
        page.get_by_role("link", name="Documents", exact=True).click()
        closed = files_of(page, CHANNEL)
        facts = {"location": CHANNEL, "team": TEAM.name, "owners": OWNERS}
        expect(closed).to_contain_text(words(language, "files.not_member", "message", **facts))
        expect(closed).to_contain_text(words(language, "files.not_member", "remedy", **facts))
        expect(files_of(page, ELSEWHERE).locator(".file-name").first).to_be_visible()
    expect(files_of(page, CHANNEL).locator(".file-name").first).to_be_visible()


@pytest.mark.statement("S17", "S18")
def test_5_a_policy_for_devices_is_named_and_places_it_does_not_cover_open(
    agent: Person, shared: Demo, language: str
) -> None:
    title = words(language, "files.device_policy", "title")
    with switched(shared, "graph.blocked_device_sites", [SITE]):
        page = agent.open_record(RECORD)
        page.get_by_role("link", name="Documents", exact=True).click()
        closed = files_of(page, CHANNEL)
        expect(closed).to_contain_text(title)
        expect(closed).to_contain_text(words(language, "files.device_policy", "remedy"))
        expect(files_of(page, ELSEWHERE).locator(".file-name").first).to_be_visible()
    with switched(shared, "graph.unmanaged_devices", "block"):
        expect(files_of(page, ELSEWHERE)).to_contain_text(title)


def say(language: str, key: str, **facts: str) -> str:
    return load_texts().say(language, key, facts)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    page.locator(".choice").filter(has=page.get_by_text(name, exact=True)).first.click()


def seen_by_and_by(page: Page, text: str) -> None:
    """The page, read again until it says so: what follows a record comes by itself."""
    until = time.monotonic() + DONE_WITHIN_S
    while not page.get_by_text(text).count():
        assert time.monotonic() < until, page.locator("main").inner_text()
        page.wait_for_timeout(200)
        page.reload()


def connect_in_wizard(lead: Person, language: str, case: str, channel: str) -> str:
    """A new private channel of Support, to be archived when the case is closed; the address of the link's page."""
    page = lead.open(case_address(case))
    lead.open_collaborate()
    page.get_by_role("link", name=say(language, "web.collaborate.get_started")).click()
    choose(page, SUPPORT.name)
    press(page, say(language, "web.connect.next"))
    choose(page, say(language, "web.connect.channel.new"))
    page.get_by_label(say(language, "web.connect.channel.name")).fill(channel)
    page.locator(".kind", has_text=say(language, "web.channel.private")).click()
    press(page, say(language, "web.connect.next"))
    expect(page.get_by_role("heading", name=say(language, "web.connect.members.title"))).to_be_visible()
    press(page, say(language, "web.connect.next"))
    page.get_by_role("checkbox", name=say(language, "web.archive.choose")).check()
    press(page, say(language, "web.connect.finish"))
    expect(page.get_by_role("link", name=say(language, "web.progress.open_channel"))).to_be_visible(timeout=60_000)
    with lead.demo.api("Daniel") as api:
        return f"/links/{api.get('/links', params={'regarding': case}).json()['items'][0]['id']}"


@pytest.mark.statement("F48", "F49", "F62")
def test_3_a_reassigned_case_proposes_its_new_owner_and_the_old_one_leaves_by_approval(
    lead: Person, cases: Cases, teams: Teams, language: str
) -> None:
    case, channel = cases.make(f"Scanner stopped {language}", "Sofia"), f"CASE-3 {language}"
    address = connect_in_wizard(lead, language, case, channel)
    place = channel_id(lead.demo, channel)
    teams.let_in(place, "Sofia")
    page = lead.open(address)
    seen_by_the_worker(lead.demo, address)
    cases.assign(case, "Marc")
    seen_by_and_by(page, "Sofia Rossi")
    leavers, newcomers = page.locator("#proposals-remove"), page.locator("#proposals-add")
    expect(leavers).to_have_text(plural(language, "web.proposals.remove"))
    expect(newcomers).to_have_text(plural(language, "web.proposals.add"))
    assert teams.people(place) == {"Daniel Okafor", "Sofia Rossi"}  # nothing happens by itself
    press(page, f"{say(language, 'web.proposals.approve_remove')} – Sofia Rossi")
    expect(page.locator(".message.success")).to_contain_text(say(language, "web.proposals.said.removed"))
    press(page, f"{say(language, 'web.proposals.approve_add')} – Marc Lefèvre")
    expect(page.locator(".message.success")).to_contain_text(say(language, "web.proposals.said.added"))
    assert teams.people(place) == {"Daniel Okafor", "Marc Lefèvre"}


def plural(language: str, key: str) -> str:
    return say(language, f"{key}.one", count="1")


def seen_by_the_worker(demo: Demo, address: str) -> None:
    """The record has been looked at once: from now on a change is one."""
    until = time.monotonic() + DONE_WITHIN_S
    with demo.api("Daniel") as api:
        while not api.get(f"{address}/following").json()["is_followed"]:
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.statement("F60")
def test_7_a_resolved_case_archives_its_channel_and_a_reopened_one_restores_it(
    lead: Person, cases: Cases, teams: Teams, language: str
) -> None:
    case, earlier = (cases.make(f"{name} {language}", "Daniel") for name in ("Printer smokes", "Asked before"))
    wish = {"on_close": "archive"}
    member = [{"id": company.person("Sofia").id, "name": "Sofia Rossi"}]
    link = connect(lead.demo, "Daniel", case, {"name": f"CASE-7 {language}"}, members=member, **wish)
    old = connect(lead.demo, "Daniel", earlier, {"id": channel_id(lead.demo, "Escalations")}, **wish)
    for one in (link, old):
        seen_by_the_worker(lead.demo, f"/links/{one['id']}")
    channel = link["channel"]["id"]
    for one in (earlier, case):
        cases.resolve(one)
    page = lead.open(f"/links/{link['id']}")
    seen_by_and_by(page, say(language, "web.archive.archived"))
    assert teams.is_archived(channel)
    assert not teams.is_archived(old["channel"]["id"])
    with closing(Teams(lead.demo, "Sofia")) as sofia:
        assert sofia.put_file(channel, "late.txt") == 403
        page.goto(lead.demo.product + case_address(case, tab="documents"))
        expect(page.locator(".files")).to_contain_text(say(language, "web.archive.files"))
        expect(page.locator("#upload-input")).to_have_count(0)
        page.goto(lead.demo.product + case_address(case, "collaborate"))
        expect(page.locator(".connection")).to_contain_text(say(language, "web.archive.badge"))
        cases.reopen(case)
        page.goto(f"{lead.demo.product}/links/{link['id']}")
        seen_by_and_by(page, say(language, "web.archive.will"))
        assert not teams.is_archived(channel)
        assert sofia.put_file(channel, "late.txt") == 201


@pytest.mark.statement("F62")
def test_8_a_kept_case_shows_the_channels_of_the_one_merged_into_it(lead: Person, cases: Cases, language: str) -> None:
    kept, other = (cases.make(f"{name} {language}", "Daniel") for name in ("Label printer", "Same printer"))
    connect(lead.demo, "Daniel", kept, {"name": f"CASE-8 {language}"})
    link = connect(lead.demo, "Daniel", other, {"name": f"CASE-9 {language}"})
    cases.merge(kept, other)
    origin = say(language, "web.origin.merged", record=f"Same printer {language}")
    page = lead.open(case_address(kept, "collaborate"))
    expect(page.locator(".connection")).to_have_count(2)
    expect(page.locator(".connection", has_text=f"CASE-9 {language}")).to_contain_text(origin)
    page.goto(lead.demo.product + case_address(kept, tab="documents"))
    place = page.locator(".places a", has_text=f"CASE-9 {language}")
    expect(place).to_contain_text(origin)
    place.click()
    expect(page.locator("#upload-input")).to_have_count(1)
    page = lead.open(case_address(kept))
    lead.open_collaborate()
    page.get_by_role("link", name=f"{say(language, 'web.collaborate.disconnect')} – CASE-9 {language}").click()
    press(page, say(language, "web.disconnect.do"))
    expect(page.locator(".progress-line")).to_contain_text(say(language, "state.disconnected"), timeout=60_000)
    with lead.demo.api("Daniel") as api:
        assert api.get(f"/links/{link['id']}").json()["state"] == "disconnected"
