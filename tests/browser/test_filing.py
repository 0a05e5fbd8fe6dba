"""E3 step 6: with the separate consent given, a reaction to a message puts it on the timeline with a link; without it,
the switch explains what is missing. One demo for both languages: what comes first leaves the next its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.domain.filing import REACTIONS
from liaison.text.lookup import load_texts
from tests.browser.person import SALES, person_at
from tests.browser.teams_client import LOCALES, teams_at
from tests.contract.demo_process import Demo, running_demo

IN_APP = f"/e/{SALES}/a/msdynce_saleshub/settings/chat-and-collaborate"
PIN = REACTIONS[0]
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
TEAMS = {"en": ("Start a post", "React to", "Pushpin"), "fr": ("Démarrer une publication", "Réagir", "Punaise")}
"""Words of the Teams client."""
TEXTS = load_texts()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Both experiences on in Contoso Sales; nothing beyond them is allowed."""
    with running_demo(tmp_path_factory.mktemp("filing"), LIAISON_FILING_S="0.3") as running:
        running.grant_consent()
        with running.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
        yield running


def say(language: str, key: str, **facts: str) -> str:
    return TEXTS.say(language, key, facts)


def card(page: Page) -> Any:
    return page.locator("section:has(#filing-heading)")


def filing_calls(demo: Demo) -> dict[str, int]:
    """What the ledger of outbound calls has of filing; nothing was called that was not promised."""
    with demo.api("Nadia") as nadia:
        ledger = nadia.get("/calls").raise_for_status().json()
    assert ledger["outside"] == 0
    return {f"{one['method']} {one['path']}": one["count"] for one in ledger["totals"] if one["feature"] == "filing"}


def connected(demo: Demo, record: str, channel: str) -> dict[str, Any]:
    """Claire connects a record by the API."""
    with demo.api("Claire") as claire:
        found = claire.get(f"/environments/{SALES}/tables/opportunity/records", params={"q": record}).json()["items"][0]
        team = next(one for one in claire.get("/teams").json()["items"] if one["name"] == "Ventes Europe")
        names = {"environment": SALES, "table": "opportunity", "record": found["id"], "team": team["id"]}
        made = claire.post("/links", json={**names, "channel": {"name": channel}}).raise_for_status().json()
        with claire.stream("GET", f"/links/{made['id']}/events") as stream:
            states = [json.loads(line[6:])["state"] for line in stream.iter_lines() if line.startswith("data: ")]
    assert states[-1] == "connected"
    return made


@LANGUAGES
@pytest.mark.statement("F54", "S36", "F12")
def test_1_without_its_consent_the_switch_says_what_is_missing_and_who_allows_it(
    chromium: Browser, demo: Demo, language: str
) -> None:
    with person_at(chromium, demo, "Marc", locale=LOCALES[language]) as marc:
        page = marc.open(IN_APP)
        box = card(page)
        switch = box.get_by_role("switch", name=say(language, "web.filing.switch"))
        expect(switch).to_be_disabled()
        expect(switch).not_to_be_checked()
        expect(box).to_contain_text("ChannelMessage.Read.All")
        expect(box).to_contain_text(say(language, "web.filing.reads"))
        expect(box).to_contain_text(say(language, "consent.rung.filing"))
        expect(box.locator(".hand-over input")).to_have_value(re.compile(SALES))
        box.get_by_role("link", name=say(language, "web.filing.allow")).click()
        expect(page.locator("#allow-filing")).to_be_in_viewport()


@pytest.mark.statement("F54", "S36")
def test_2_the_tenant_administrator_allows_it_and_switches_it_on(chromium: Browser, demo: Demo) -> None:
    connected(demo, "Northwind", "Before it was on")
    assert filing_calls(demo) == {}
    with person_at(chromium, demo, "Nadia") as nadia:
        page = nadia.open(IN_APP)
        page.locator("#allow-filing a.button").click()
        page.locator("button[name=decision][value=accept]").click()
        page.wait_for_url(f"{demo.product}/**")
        expect(page.locator("#allow-filing")).to_contain_text(say("en", "web.settings.extras.is_allowed"))
        card(page).locator("label.switch").click()
        expect(page.get_by_role("radio", name=say("en", "web.filing.sign.pin"))).to_be_checked()
        expect(page.get_by_text(say("en", "web.settings.unsaved"))).to_be_visible()
        page.locator(".command", has_text=say("en", "web.settings.save")).click()
        expect(page.get_by_text(say("en", "web.settings.saved.text"))).to_be_visible()
        expect(card(page).get_by_role("switch")).to_be_checked()
        expect(card(page)).to_contain_text("Nadia Benali")


@LANGUAGES
@pytest.mark.statement("F54")
def test_3_a_reaction_in_teams_puts_the_message_on_the_timeline(chromium: Browser, demo: Demo, language: str) -> None:
    record, channel = {"en": ("Northwind", "Pinned deal"), "fr": ("Fabrikam", "Affaire classée")}[language]
    link = connected(demo, record, channel)
    with person_at(chromium, demo, "Claire", locale=LOCALES[language]) as claire:
        page = claire.open(f"/links/{link['id']}")
        filing = page.locator("#filing")
        expect(filing).to_contain_text(PIN)
        for _ in range(30):
            if filing.get_by_text(say(language, "listening.live")).count():
                break
            page.wait_for_timeout(200)
            page.reload()
        expect(filing).to_contain_text(say(language, "listening.live"))
        with teams_at(chromium, demo, language) as teams:
            posts = teams.open_channel("Oliver", channel)
            begin, react, pin = TEAMS[language]
            posts.get_by_role("button", name=begin).click()
            posts.get_by_role("textbox").last.press_sequentially("The customer **agrees** <b>")
            posts.keyboard.press("Control+Enter")
            message = posts.locator(".message", has_text="The customer agrees")
            message.hover()
            message.get_by_role("button", name=re.compile(react)).click()
            posts.get_by_role("menuitem", name=re.compile(pin)).click()
            expect(message.locator(".reaction")).to_contain_text("1")
        page.goto(f"{demo.product}/l/lnk_{link['id']}?tab=timeline")
        entry = page.locator(".timeline li", has_text="Oliver Grant")
        for _ in range(40):
            if entry.count():
                break
            page.wait_for_timeout(250)
            page.reload()
        expect(entry).to_have_count(1)
        expect(entry).to_contain_text("The customer agrees")
        expect(entry.get_by_role("link")).to_have_attribute("href", re.compile(r"/l/message/"))
        page.goto(f"{demo.product}/links/{link['id']}")
        expect(page.locator("#filing")).to_contain_text("1 message")
    called = filing_calls(demo)
    assert called["POST /subscriptions"] >= 1
    assert called["GET /teams/{team}/channels/{channel}/messages/{message}"] >= 1
