"""The agent's journey in English and in French: what somebody meets who works on records with their channels."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from liaison.tenant.seeds import company
from liaison.text.lookup import load_texts
from tests.browser.conftest import Opener
from tests.browser.person import SALES, Person
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
