"""One person's browser at the running demo, and what they do there again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, expect

from liaison.tenant.seeds import company
from tests.contract.demo_process import Demo

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SALES = "contoso-sales"
SALES_HUB = "Sales Hub|Centre des ventes"
"""Names of the CRM are in the language that the person has chosen there, whatever the page's is."""
OPPORTUNITIES = "Opportunities|Opportunités"
SETTINGS_TITLES = {
    "en": "Microsoft Teams collaboration and chat",
    "fr": "Collaboration et conversation instantanée Microsoft Teams",
}

expect.set_options(timeout=15_000)


@dataclass
class Person:
    """`problems` are errors of our scripts and whatever the content policy refused."""

    demo: Demo
    context: BrowserContext
    page: Page
    given: str
    locale: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """An address of the product, signing in when nobody is signed in yet."""
        self.page.goto(self.demo.product + path)
        if not self.page.locator(".avatar-button").count():
            self.sign_in(path)
        return self.page

    def sign_in(self, path: str) -> None:
        """By way of Microsoft, consenting for oneself when asked to."""
        self.page.goto(f"{self.demo.product}/auth/login?{urlencode({'next': path})}")
        self.go_through_sign_in()
        _KNOWN[self.demo.product, self.given, self.locale] = self.context.storage_state()

    def go_through_sign_in(self) -> None:
        """Microsoft's pages, wherever they were come to from."""
        choice = self.page.locator("button[name=user]", has_text=company.person(self.given).name)
        accept = self.page.locator("button[name=decision][value=accept]")
        for step in (choice, accept):
            expect(self.page.locator(".avatar-button").or_(choice).or_(accept).first).to_be_visible()
            if step.count():
                step.click()
        expect(self.page.locator(".avatar-button")).to_be_visible()

    def open_app(self, app: str = SALES_HUB) -> Page:
        """The app of Contoso Sales, by its tile."""
        page = self.open("/")
        environment = page.locator(".home-environment", has=page.get_by_role("heading", name="Contoso Sales"))
        environment.get_by_role("link", name=re.compile(app)).click()
        return page

    def open_table(self, name: str, app: str = SALES_HUB) -> Page:
        page = self.open_app(app)
        page.locator(".site-map").get_by_role("link", name=re.compile(f"^({name})$")).click()
        return page

    def open_record(self, name: str = "", table: str = OPPORTUNITIES) -> Page:
        """The first record of the table's default view, or the first that quick search finds."""
        page = self.open_table(table)
        if name:
            page.locator("#quick-find").fill(name)
            expect(page.locator("td.first").first).to_contain_text(name)
        page.locator("td.first a").first.click()
        expect(page.locator(".record-head h1")).to_be_visible()
        return page

    def open_collaborate(self) -> Page:
        self.page.locator(".command", has_text=re.compile("Collaborate|Collaborer")).click()
        expect(self.page.locator("dialog.panel")).to_be_visible()
        return self.page

    def open_settings(self) -> Page:
        """Change area › App Settings › General Settings › Chat and collaborate."""
        page = self.open_app()
        page.locator(".area-button").click()
        page.locator("#area-menu").get_by_role("link", name=re.compile("App Settings|Paramètres d’application")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("|".join(SETTINGS_TITLES.values())))
        return page


_KNOWN: dict[tuple[str, str, str], Any] = {}
"""Cookies of people who have signed in before, by demo, person and language: signing in takes a second each time."""


@contextmanager
def person_at(browser: Browser, demo: Demo, given: str, **options: Any) -> Iterator[Person]:
    """A browser: English, light, at a desk, unless asked otherwise. Script errors end the test."""
    usual = {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 800}}
    asked = {**usual, **options}
    key = (demo.product, given, asked["locale"])
    context = browser.new_context(**{"storage_state": _KNOWN.get(key), **asked})
    context.set_default_timeout(15_000)
    found = Person(demo, context, context.new_page(), given, asked["locale"])

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: found.problems.append(str(error)))
        page.on("console", lambda line: _note(found.problems, line.text))

    listen(found.page)
    context.on("page", listen)
    yield found
    context.close()
    assert found.problems == []


def _note(problems: list[str], line: str) -> None:
    asked_by_teams_js = "res.cdn.office.net" in line  # blocked in local mode, as it should be
    if "Content Security Policy" in line and not asked_by_teams_js:
        problems.append(line)
