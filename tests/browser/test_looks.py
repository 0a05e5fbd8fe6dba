"""How the pages look and read: both languages, every theme, a phone, and the accessibility rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.tenant.seeds import company
from tests.browser.conftest import Opener
from tests.browser.person import SALES, Person, person_at
from tests.contract.demo_process import Demo

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
APP = f"/e/{SALES}/a/msdynce_saleshub"
NEW_TEAM = "team=new&team_name=Looks"
OPEN_VIEW = company.stable_guid("view", "opportunity/active")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def pages(record: str) -> dict[str, str]:
    return {
        "home": "/",
        "view": f"{APP}/t/opportunity",
        "nothing found": f"{APP}/t/opportunity?q=zzzz",
        "search": f"{APP}/search?q=contract",
        "record": record,
        "documents": f"{record}?tab=documents",
        "timeline": f"{record}?tab=timeline",
        "collaborate": f"{record}/collaborate",
        "wizard": f"{record}/collaborate/new",
        "wizard channel": f"{record}/collaborate/new?{NEW_TEAM}&channel=new&name=a%2Fb&step=review",
        "wizard members": f"{record}/collaborate/new?{NEW_TEAM}&channel=general&step=members&find=a",
        "wizard review": f"{record}/collaborate/new?{NEW_TEAM}&channel=general&step=review",
        "view panel": f"{APP}/t/opportunity/v/system/{OPEN_VIEW}/collaborate",
        "settings": f"{APP}/settings/chat-and-collaborate",
        "remedy": "/power-apps/environments/contoso-service/settings/teams-integration/remedy",
        "unmet": "/power-apps/environments/contoso-service/settings/teams-integration",
        "tables": f"{APP}/settings/chat-and-collaborate/tables",
        "why": f"{record}/why",
        "calls": "/calls",
        "environments": "/power-apps/environments",
        "environment settings": f"/power-apps/environments/{SALES}/settings",
        "links": "/links",
        "audit": "/audit",
        "packages": "/packages",
        "side pane": "/pane/sign-in",
        "help": "/help",
        "topic": "/help/prerequisites",
        "health": "/health",
        "patterns": "/patterns",
        "not found": "/nowhere",
        "tab": "/teams/tab/lnk_3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    }


NAMES = tuple(pages(""))
COLOURFUL = (
    "view",
    "documents",
    "collaborate",
    "wizard",
    "wizard channel",
    "wizard members",
    "wizard review",
    "settings",
    "unmet",
    "remedy",
    "tables",
    "why",
    "calls",
    "links",
    "patterns",
    "tab",
)
"""Between them these show every element, and colours are all that a theme changes."""


@pytest.fixture(scope="module")
def nadia(chromium: Browser, demo: Demo) -> Iterator[Person]:
    """Her browser lets the checker's script in, which our policy would refuse."""
    with person_at(chromium, demo, "Nadia", bypass_csp=True) as found:
        yield found


@pytest.fixture(scope="module")
def record(nadia: Person) -> str:
    return nadia.open_record().url.removeprefix(nadia.demo.product)


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds once nothing moves any more: colours on their way are nobody's colours."""
    page.add_script_tag(path=str(AXE))
    page.evaluate(
        "() => Promise.allSettled(document.getAnimations()"
        ".filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished))"
    )
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )["violations"]
    return [{"id": one["id"], "at": [node["html"][:160] for node in one["nodes"]][:4]} for one in found]


def choose_taste(page: Page, name: str, value: str) -> None:
    page.locator('[popovertarget="taste-menu"]').click()
    page.locator(f'#taste-menu [name="{name}"][value="{value}"]').click()
    expect(page.locator("html")).to_have_attribute("lang" if name == "language" else "data-theme", value)


@pytest.mark.statement("F78")
@pytest.mark.parametrize(
    ("language", "theme", "names"),
    [
        ("en", "light", NAMES),
        pytest.param("fr", "dark", COLOURFUL, marks=pytest.mark.slow),
        pytest.param("fr", "contrast", COLOURFUL, marks=pytest.mark.slow),
    ],
    ids=["en-light", "fr-dark", "fr-contrast"],
)
def test_no_page_breaks_an_accessibility_rule(
    nadia: Person, record: str, language: str, theme: str, names: tuple[str, ...]
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    page = nadia.open("/links")
    choose_taste(page, "language", language)
    choose_taste(page, "theme", theme)
    broken = {}
    for name in names:
        page.goto(nadia.demo.product + pages(record)[name])
        if found := violations(page):
            broken[name] = found
    assert broken == {}


@pytest.mark.statement("F78")
def test_the_open_panel_and_menus_break_no_accessibility_rule(nadia: Person, record: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci")
    page = nadia.open(record)
    page.locator(".area-button").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".command", has_text=re.compile("Collaborate|Collaborer")).click()
    expect(page.locator("dialog.panel h2")).to_be_focused()
    assert violations(page) == []


@pytest.mark.statement("F79")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_is_wider_than_a_phone(nadia: Person, record: str, chromium: Browser, language: str) -> None:
    with person_at(chromium, nadia.demo, "Nadia", locale=f"{language}-{language.upper()}", **PHONE) as phone:
        phone.open("/")
        wide = {}
        for name, path in pages(record).items():
            phone.page.goto(nadia.demo.product + path)
            width = phone.page.evaluate("document.documentElement.scrollWidth")
            if width > 360:
                wide[name] = width
        assert wide == {}


@pytest.mark.statement("F79")
def test_on_a_phone_the_site_map_is_a_drawer_and_targets_are_large_enough(nadia: Person, chromium: Browser) -> None:
    with person_at(chromium, nadia.demo, "Claire", **PHONE) as phone:
        page = phone.open(f"{APP}/t/opportunity")
        expect(page.locator("#site-map")).to_be_hidden()
        page.get_by_role("button", name="Site map").click()
        expect(page.locator("#site-map")).to_be_visible()
        heights = page.locator("#site-map li a").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44
        page.locator("#site-map").get_by_role("link", name="Contacts").click()
        expect(page.locator("#site-map")).to_be_hidden()
        expect(page.locator(".grid td.first").first).to_be_visible()
        first = page.locator(".grid td.first").first.bounding_box()
        assert first is not None
        assert first["height"] >= 44


@pytest.mark.statement("F77")
def test_french_is_spoken_from_the_door_to_the_record(person: Opener) -> None:
    seller = person("Claire", locale="fr-FR")
    page = seller.page
    page.goto(seller.demo.product)
    expect(page.get_by_role("link", name="Se connecter avec Microsoft")).to_be_visible()
    seller.sign_in("/")
    page = seller.open_record()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    tabs = page.locator(".tabs a")
    expect(tabs).to_have_text(["Résumé", "Documents", "Chronologie"])
    seller.open_collaborate()
    expect(page.get_by_role("heading", name="Collaborer avec Microsoft Teams")).to_be_visible()


@pytest.mark.statement("F77")
def test_a_chosen_language_stays_and_reaches_the_next_sign_in(person: Opener) -> None:
    seller = person("Oliver")
    page = seller.open("/links")
    choose_taste(page, "language", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes liaisons")
    page.locator(".avatar-button").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
    seller.open("/links")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes liaisons")


def test_the_theme_follows_the_system_until_one_is_chosen(person: Opener) -> None:
    dark = person("Oliver", color_scheme="dark")
    page = dark.open("/links")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 20, 20)"
    choose_taste(page, "theme", "light")
    assert page.evaluate(ground) == "rgb(245, 245, 245)"
    page.goto(dark.demo.product + "/help")
    assert page.evaluate(ground) == "rgb(245, 245, 245)"


def test_colours_of_the_system_win_where_it_forces_them(person: Opener) -> None:
    forced = person("Oliver", forced_colors="active")
    page = forced.open(f"{APP}/t/opportunity")
    current = page.locator('.site-map li a[aria-current="page"]')
    expect(current).to_be_visible()
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")


def test_motion_stops_where_people_ask_for_it(person: Opener) -> None:
    calm = person("Claire", reduced_motion="reduce")
    page = calm.open_record()
    calm.open_collaborate()
    seconds = page.locator("dialog.panel").evaluate("one => getComputedStyle(one).animationDuration")
    assert seconds in {"0.001s", "1ms"}


def test_another_site_cannot_frame_the_settings(person: Opener) -> None:
    nadia = person("Nadia")
    nadia.open("/links")
    page = nadia.context.new_page()
    page.set_content(f'<iframe src="{nadia.demo.product}{APP}/settings/chat-and-collaborate"></iframe>')
    page.wait_for_timeout(1000)
    assert page.frames[-1].url == "chrome-error://chromewebdata/"
    nadia.problems.clear()  # the browser reports the refused frame, as it should
