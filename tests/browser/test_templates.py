"""An administrator makes a template; a seller connects with it; the channel has what it says. In both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.domain.consent import Rung
from liaison.text.lookup import load_texts
from tests.browser.person import SALES, Person, person_at
from tests.browser.teams_client import AXE, LOCALES, RULES, TEAM, teams_at
from tests.contract.demo_process import Demo, running_demo

pytestmark = pytest.mark.statement("F29", "F30", "F35")

LIST = f"/power-apps/environments/{SALES}/settings/teams-integration/templates"
RECORD = "Northwind renewal"
NAMES = {"en": ("Deal room", "Offers", "Legal"), "fr": ("Salle de vente", "Offres", "Juridique")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, in which messages may be posted."""
    with running_demo(tmp_path_factory.mktemp("templates")) as running:
        running.grant_consent(Rung.POSTS)
        with running.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
        yield running


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Words:
    """Sentences of ours in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **facts: str) -> str:
        return load_texts().say(self.language, key, facts)


def test_a_template_is_made_used_and_seen_in_the_channel(chromium: Browser, demo: Demo, language: str) -> None:
    say, (name, folder, further) = Words(language), NAMES[language]
    with person_at(chromium, demo, "Nadia", locale=LOCALES[language]) as nadia:
        make_template(nadia, say, name, folder, further)
    with person_at(chromium, demo, "Claire", locale=LOCALES[language]) as claire:
        connect_with_it(claire, say, name, folder, further)
    with teams_at(chromium, demo, language) as teams:
        page = teams.open_channel("Claire", f"{name} {RECORD}")
        expect(page.get_by_text(f"{name}: {RECORD}").first).to_be_visible()
        expect(page.get_by_role("tab", name="Intranet")).to_be_visible()
        expect(page.get_by_role("treeitem", name=further)).to_be_visible()
    with person_at(chromium, demo, "Nadia", locale=LOCALES[language]) as nadia:
        delete_template(nadia, say, name)


def make_template(nadia: Person, say: Words, name: str, folder: str, further: str) -> None:
    """With the keyboard where lines are added; what is wrong is said beside its field, and nothing is lost."""
    page = nadia.open(LIST)
    page.get_by_role("link", name=say("web.templates.new")).first.click()
    page.locator("#template-name").fill(name)
    page.locator("input[name=tables][value=opportunity]").check()
    page.locator("input[name=default_of][value=opportunity]").check()
    page.locator("#target-existing").check()
    page.locator("select[name=team]").select_option(label=TEAM)
    page.locator("#channel-name").fill(f"{name} ")
    page.locator("[data-inserts='{name}']").click()
    expect(page.locator("#channel-name")).to_have_value(f"{name} {{name}}")
    for kind, words in (("folders", [folder]), ("channels", [further]), ("tabs", ["Intranet", "intranet.contoso.com"])):
        page.get_by_role("button", name=say(f"web.templates.add.{kind}")).press("Enter")
        for number, word in enumerate(words):
            page.keyboard.press("Tab") if number else None
            page.keyboard.type(word)
    page.locator("#welcome").fill(f"{name}: {{name}}")
    expect(page.locator("#template-names")).to_contain_text(folder)
    expect(page.locator("#template-names")).to_contain_text(TEAM)
    page.get_by_role("button", name=say("web.settings.save")).click()
    expect(page.locator(".lines .wrong")).to_have_text(say("fault.not_https"))
    expect(page.locator("input[name=folder]")).to_have_value(folder)
    assert no_violations(page)
    page.locator("input[name=tab_address]").fill("https://intranet.contoso.com/{name}")
    page.get_by_role("button", name=say("web.settings.save")).click()
    expect(page.get_by_text(say("web.templates.done.saved", name=name))).to_be_visible()
    assert no_violations(page)


def settle(page: Page) -> None:
    """What was swapped in listens from now on."""
    expect(page.locator("#panel-body")).not_to_have_class(re.compile("htmx-"))
    expect(page.locator(".htmx-added")).to_have_count(0)


def connect_with_it(claire: Person, say: Words, name: str, folder: str, further: str) -> None:
    """The default is preselected and can be left; what it makes is shown before Finish."""
    page = claire.open_record(RECORD)
    claire.open_collaborate()
    page.locator("#panel-body a[href*='collaborate/new']").first.click()
    plan = page.locator("#plan")
    expect(plan.locator("option:checked")).to_have_text(say("web.connect.plan.fallback", name=name))
    expect(page.locator(".choice", has_text=TEAM).locator("input")).to_be_checked()
    settle(page)
    plan.select_option("none")
    expect(page.locator(".choice input:checked")).to_have_count(0)
    settle(page)
    plan.select_option(label=say("web.connect.plan.fallback", name=name))
    expect(page.locator(".choice", has_text=TEAM).locator("input")).to_be_checked()
    page.locator("[data-next]").click()
    expect(page.locator("#channel-name")).to_have_value(f"{name} {RECORD}")
    page.locator("[data-next]").click()
    expect(page.locator("[data-next]")).to_have_attribute("value", "review")
    page.locator("[data-next]").click()
    planned = page.locator(".planned").first
    for part in (folder, further, "Intranet", f"{name}: {RECORD}"):
        expect(planned).to_contain_text(part)
    expect(page.get_by_text(say("web.connect.plan.name", name=name))).to_be_visible()
    page.locator(".panel-foot .primary").click()
    expect(page.locator(".panel .badge.success")).to_be_visible(timeout=60_000)
    expect(page.locator(".steps .done")).to_contain_text([say("step.template_folders.done"), say("step.welcome.done")])
    expect(page.locator(".panel .message.warning")).to_have_count(0)


def delete_template(nadia: Person, say: Words, name: str) -> None:
    page = nadia.open(LIST)
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name=say("web.templates.delete.command")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("web.templates.delete.title", name=name))
    page.get_by_role("button", name=say("web.templates.delete.do")).click()
    expect(page.get_by_text(say("web.templates.done.deleted", name=name))).to_be_visible()
    expect(page.get_by_text(say("web.templates.none.title"))).to_be_visible()


def no_violations(page: Page) -> bool:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []
    return True
