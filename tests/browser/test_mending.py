"""The administrator's journey through unmet prerequisites, in English and in French: refused, mended, on, off again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.tenant.seeds import company
from tests.browser.person import SETTINGS_TITLES, Person, person_at
from tests.contract.demo_process import Demo, running_demo

SERVICE = "/power-apps/environments/contoso-service/settings/teams-integration"
IN_APP = "/e/contoso-sales/a/msdynce_saleshub/settings/chat-and-collaborate"
ANY_CASE = "/e/contoso-service/a/CustomerServiceHub/t/incident"
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "save": "Save",
        "saved": "The settings are in force now.",
        "causes": "3 causes",
        "fix": "Show fix",
        "apply": "Apply 4 changes",
        "applied": "Each change is in the audit",
        "nothing": "Nothing to fix",
        "take_back": "Take back",
        "taken_back": "Taken back",
        "basic": "Turn on the linking of Dynamics 365 records to Microsoft Teams channels",
        "switch": "Teams integration of Visits",
        "can": "Visits can be linked now",
        "devices": "Access from unmanaged devices · Unknown",
        "why": "Why can’t I?",
        "obstacle": "Enhanced Microsoft Teams Integration is turned off in Contoso Service",
        "kept": "The promise was kept",
        "role": "This needs the role System Administrator",
    },
    "fr": {
        "save": "Enregistrer",
        "saved": "Les paramètres sont maintenant en vigueur.",
        "causes": "3 causes",
        "fix": "Afficher la correction",
        "apply": "Appliquer 4 modifications",
        "applied": "Chaque modification figure dans l’audit",
        "nothing": "Rien à corriger",
        "take_back": "Annuler",
        "taken_back": "Annulé",
        "basic": "Activer la liaison des enregistrements Dynamics 365 aux canaux Microsoft Teams",
        "switch": "Intégration Teams de Visits",
        "can": "Visits : liaison possible dès maintenant",
        "devices": "Accès depuis des appareils non gérés · Inconnu",
        "why": "Pourquoi est-ce impossible ?",
        "obstacle": "L’intégration de Microsoft Teams améliorée est désactivée dans Contoso Service",
        "kept": "La promesse a été tenue",
        "role": "Administrateur système",
    },
}


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo as it is delivered, for one journey."""
    with running_demo(tmp_path) as demo:
        demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 0})
        yield demo


def save(page: Page, words: dict[str, str]) -> None:
    page.locator(".command", has_text=words["save"]).click()


@pytest.mark.statement("S05", "S12", "S13", "S14", "S16", "F02", "F03", "F04", "F06")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_prerequisites_are_shown_mended_taken_back_and_mended_again(
    chromium: Browser, own_demo: Demo, language: str
) -> None:
    words = WORDS[language]
    with person_at(chromium, own_demo, "Nadia", locale=f"{language}-{language.upper()}") as nadia:
        page = nadia.open(SERVICE)
        expect(page.get_by_role("heading", level=1)).to_have_text(SETTINGS_TITLES[language])
        expect(page.locator(".requirement", has_text=words["devices"].split(" · ")[0])).to_contain_text(
            words["devices"].split(" · ")[1]
        )
        refuse(page, words)
        page.locator(".refusal").get_by_role("link", name=words["fix"]).click()
        expect(page.locator("table tbody tr")).to_have_count(4)
        with page.expect_download() as download:
            page.locator("a[download]").click()
        rows: list[dict[str, Any]] = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert [row["kind"] for row in rows] == ["location", "location"]
        page.reload()
        expect(page.locator("table tbody tr")).to_have_count(4)

        apply(page, words)
        page.get_by_role("button", name=words["take_back"]).click()
        expect(page.locator(".message.success")).to_contain_text(words["taken_back"])
        expect(page.locator("section[aria-labelledby=plan] tbody tr")).to_have_count(4)
        apply(page, words)

        page.goto(own_demo.product + SERVICE)
        page.locator(".switch", has_text=words["basic"]).click()
        save(page, words)
        expect(page.get_by_text(words["saved"])).to_be_visible()
        see_why(nadia, words)
        switch_a_table(nadia, words)
        page.goto(f"{own_demo.product}/calls")
        expect(page.locator(".message.success")).to_contain_text(words["kept"])


def refuse(page: Page, words: dict[str, str]) -> None:
    page.locator(".switch", has_text=words["basic"]).click()
    save(page, words)
    expect(page.locator(".refusal")).to_contain_text("800503ca")
    expect(page.locator(".refusal")).to_contain_text(words["causes"])


def apply(page: Page, words: dict[str, str]) -> None:
    page.get_by_role("button", name=words["apply"]).click()
    expect(page.locator(".message.success")).to_contain_text(words["applied"])
    expect(page.get_by_text(words["nothing"])).to_be_visible()


def see_why(nadia: Person, words: dict[str, str]) -> None:
    """Basic alone: Collaborate is there, but connecting from the app is not yet."""
    page = nadia.page
    page.goto(nadia.demo.product + ANY_CASE)
    page.locator("td.first a").first.click()
    page.locator(".command", has_text=words["why"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["why"])
    expect(page.locator("section[aria-labelledby=obstacles]")).to_contain_text(words["obstacle"])
    page.locator("#why-person").fill(company.person("Claire").upn)
    page.locator("#why-person").press("Enter")
    expect(page.locator(".message").first).to_contain_text(company.person("Claire").name)


def switch_a_table(nadia: Person, words: dict[str, str]) -> None:
    page = nadia.page
    page.goto(f"{nadia.demo.product}{IN_APP}/tables")
    page.locator("#table-filter").fill("visit")
    switch = page.locator("tr", has_text="contoso_visit").get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.press("Enter")
    expect(page.locator(".message.success")).to_be_visible()
    expect(page.locator("tr", has_text="contoso_visit").get_by_role("switch")).to_have_attribute("aria-checked", "true")


@pytest.mark.statement("F05")
def test_what_breaks_after_enabling_is_shown_on_the_page(chromium: Browser, own_demo: Demo) -> None:
    """The daily look's own work is tried in tests/contract; here it is what the page says for a seller."""
    with person_at(chromium, own_demo, "Claire") as claire:
        page = claire.open("/e/contoso-sales/a/msdynce_saleshub/settings/chat-and-collaborate/tables")
        expect(page.get_by_role("switch").first).to_be_disabled()
        page.goto(f"{own_demo.product}/e/contoso-sales/a/msdynce_saleshub/settings/chat-and-collaborate/remedy")
        expect(page.get_by_text(WORDS["en"]["role"])).to_be_visible()
