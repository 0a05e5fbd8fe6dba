"""The local tenant's Teams client as one person uses it, with Liaison's pages in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from liaison.tenant.seeds import company
from tests.contract.demo_process import Demo

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEAM = "Ventes Europe"
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
WORDS = {
    "en": {
        "add": "Add a tab",
        "save": "Save",
        "settings": "Tab settings",
        "remove": "Remove tab",
        "options": "Options for the tab",
    },
    "fr": {
        "add": "Ajouter un onglet",
        "save": "Enregistrer",
        "settings": "Paramètres de l’onglet",
        "remove": "Supprimer l’onglet",
        "options": "Options de l’onglet",
    },
}


@dataclass
class Teams:
    """`problems` are errors of our scripts and whatever the content policy refused."""

    demo: Demo
    context: BrowserContext
    page: Page
    language: str
    problems: list[str] = field(default_factory=list)

    def word(self, name: str) -> str:
        return WORDS[self.language][name]

    def open_channel(self, given: str, channel: str, team: str = TEAM) -> Page:
        page = self.page
        page.goto(f"{self.demo.tenant}/teams/")
        person = page.locator("button[name=user]", has_text=company.person(given).name)
        expect(person.or_(page.locator(".avatar-button")).first).to_be_visible()
        if person.count():
            person.click()
        branch = page.locator(".tree-branch", has=page.get_by_role("treeitem", name=team, exact=True))
        branch.get_by_role("treeitem", name=channel).click()
        expect(page.get_by_role("heading", level=1, name=channel)).to_be_visible()
        return page

    def add_liaison(self) -> FrameLocator:
        """Our configuration page, which says within two seconds that it is at work."""
        self.page.get_by_role("button", name=self.word("add")).click()
        self.page.get_by_role("button", name="Liaison").click()
        return self.dialog

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    @property
    def dialog(self) -> FrameLocator:
        return self.page.frame_locator("dialog iframe")

    @property
    def tab(self) -> FrameLocator:
        return self.page.frame_locator("main iframe")

    def save(self) -> None:
        button = self.page.get_by_role("dialog").get_by_role("button", name=self.word("save"))
        expect(button).to_be_enabled()
        button.click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def choose_record(self, page: FrameLocator, name: str, environment: str = "") -> None:
        if environment:
            page.locator("#environment").select_option(label=environment)
        page.locator("#record-search").fill(name)
        page.locator("[data-records] .choice", has_text=name).first.click()

    def open_tab(self, name: str) -> FrameLocator:
        self.page.get_by_role("tab", name=name).click()
        return self.tab

    def violations(self, place: str) -> list[dict[str, Any]]:
        """What an accessibility checker finds wrong in the page that a frame shows."""
        handle = self.page.locator(place).first.element_handle()
        frame = handle.content_frame()
        assert frame is not None
        frame.add_script_tag(path=str(AXE))
        found = frame.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
        )["violations"]
        return [{"id": one["id"], "at": [node["html"][:160] for node in one["nodes"]][:4]} for one in found]

    def tab_menu(self, name: str, item: str) -> None:
        self.page.get_by_role("tab", name=name).click()
        self.page.get_by_role("button", name=f"{self.word('options')} {name}").click()
        self.page.get_by_role("menuitem", name=self.word(item)).click()


@contextmanager
def teams_at(browser: Browser, demo: Demo, language: str = "en", **options: Any) -> Iterator[Teams]:
    """A fresh browser at a desk, its Teams in this language. Script errors end the test."""
    usual = {"locale": LOCALES[language], "color_scheme": "light"}
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **usual, **options})
    context.set_default_timeout(15_000)
    context.add_init_script(f"if (location.port) localStorage.setItem('teams.language', '{language}')")
    found = Teams(demo, context, context.new_page(), language)

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: found.problems.append(str(error)))
        page.on("console", lambda line: _note(found.problems, line.text))

    listen(found.page)
    context.on("page", listen)
    yield found
    context.close()
    assert found.problems == []


def _note(problems: list[str], line: str) -> None:
    asked_by_teams_js = "res.cdn.office.net" in line or "Refused to connect because" in line
    if "Content Security Policy" in line and not asked_by_teams_js:
        problems.append(line)
