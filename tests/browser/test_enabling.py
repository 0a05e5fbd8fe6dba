"""The administrator's way from everything off to both experiences on, in the order in which it is walked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.person import SETTINGS_TITLES
from tests.contract.demo_process import Demo

BASIC = "Turn on the linking of Dynamics 365 records to Microsoft Teams channels"
ENHANCED = "Turn on Enhanced Microsoft Teams Integration"


def flip(page: Page, name: str) -> None:
    page.locator(".switch", has_text=name).click()


def save(page: Page) -> None:
    page.locator(".command", has_text=re.compile("Save|Enregistrer")).click()


@pytest.mark.statement("S03")
@pytest.mark.parametrize(
    ("app", "table"),
    [
        ("Sales Hub", "Opportunities"),
        ("Customer Service Hub", "Cases"),
        ("Field Service", "Work Orders"),
        ("Contoso Visits", "Accounts"),
    ],
)
def test_no_record_has_collaborate_to_begin_with(newcomer: Opener, app: str, table: str) -> None:
    nadia = newcomer("Nadia")
    page = nadia.open_table(table, app)
    page.locator("td.first a").first.click()
    expect(page.locator(".record-head h1")).to_be_visible()
    expect(page.get_by_text("Collaborate", exact=True)).to_have_count(0)


@pytest.mark.statement("S23")
@pytest.mark.parametrize(
    ("language", "locale", "labels"),
    [
        ("en", "en-GB", ("Change area", "App Settings", "General Settings", "Chat and collaborate")),
        (
            "fr",
            "fr-FR",
            ("Changer de zone", "Paramètres d’application", "Paramètres généraux", "Discuter et collaborer"),
        ),
    ],
)
def test_the_labels_lead_from_the_app_to_the_page(
    newcomer: Opener, language: str, locale: str, labels: tuple[str, ...]
) -> None:
    marc = newcomer("Marc", locale=locale)
    page = marc.open_app()
    page.get_by_role("button", name=labels[0]).click()
    page.locator("#area-menu").get_by_role("link", name=labels[1]).click()
    expect(page.locator(".site-map").get_by_role("heading", name=labels[2])).to_be_visible()
    page.locator(".site-map").get_by_role("link", name=labels[3]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SETTINGS_TITLES[language])
    for name in ("basic", "enhanced"):
        expect(page.locator(f"#{name}")).not_to_be_checked()


@pytest.mark.statement("S29")
def test_a_system_administrator_alone_cannot_turn_enhanced_on(newcomer: Opener) -> None:
    page = newcomer("Marc").open_settings()
    expect(page.get_by_role("switch", name=BASIC)).to_be_enabled()
    expect(page.get_by_role("switch", name=ENHANCED)).to_be_disabled()
    expect(page.get_by_text("This needs the role Global Administrator")).to_be_visible()
    expect(page.locator("#hand-over")).to_have_value(page.url)


@pytest.mark.statement("S40")
def test_nothing_takes_effect_before_save_and_leaving_warns(newcomer: Opener) -> None:
    page = newcomer("Marc").open_settings()
    flip(page, BASIC)
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.locator(".site-map").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Marc")
    again = newcomer("Marc").open_settings()
    assert warned == ["beforeunload"]
    expect(again.get_by_role("switch", name=BASIC)).not_to_be_checked()


@pytest.mark.statement("S12")
@pytest.mark.statement("S13")
@pytest.mark.statement("S14")
def test_a_refusal_shows_the_code_every_cause_and_the_very_rows(newcomer: Opener) -> None:
    """Contoso Service is seeded as a neglected environment: OneDrive on, sites and locations left over."""
    page = newcomer("Marc").open("/power-apps/environments/contoso-service/settings/teams-integration")
    flip(page, BASIC)
    save(page)
    refusal = page.locator(".refusal")
    expect(refusal).to_contain_text("800503ca")
    expect(refusal).to_contain_text("3 causes")
    expect(refusal).to_contain_text("Nothing has been changed.")
    causes = refusal.locator(".requirement")
    expect(causes).to_have_count(3)
    expect(causes.nth(0)).to_contain_text("OneDrive integration is turned on")
    expect(causes.nth(1).locator(".rows tbody tr")).to_have_count(1)
    expect(causes.nth(1).locator(".rows .address")).to_contain_text("https://contoso.sharepoint.com/")
    expect(causes.nth(2).locator(".rows .address").first).to_contain_text("/sites/service/incident/")
    expect(page.get_by_role("switch", name=BASIC)).to_be_checked()
    page.get_by_role("link", name="Discard").click()
    expect(page.get_by_role("switch", name=BASIC)).not_to_be_checked()


@pytest.mark.statement("S26")
def test_with_basic_records_have_collaborate_which_points_to_teams(newcomer: Opener) -> None:
    marc = newcomer("Marc")
    page = marc.open_settings()
    flip(page, BASIC)
    save(page)
    expect(page.get_by_text("The settings are in force now.")).to_be_visible()
    seller = newcomer("Claire")
    page = seller.open_record()
    seller.open_collaborate()
    expect(page.locator("dialog.panel")).to_contain_text("Connections are made in Teams")
    expect(page.get_by_role("link", name="Get started in Teams")).to_be_visible()
    expect(page.get_by_text("Create a new connection")).to_have_count(0)


@pytest.mark.statement("S37")
def test_consent_can_be_declined_and_the_page_says_so(newcomer: Opener, fresh_demo: Demo) -> None:
    page = newcomer("Nadia").open_settings()
    flip(page, ENHANCED)
    expect(page.get_by_text("Create channels in your teams")).to_be_visible()
    page.get_by_role("link", name="Accept…").click()
    page.wait_for_url(f"{fresh_demo.tenant}/**")
    page.locator("button[name=decision]:not([value=accept])").first.click()
    expect(page.get_by_text("Nothing has been changed. You can accept at any time.")).to_be_visible()
    expect(page.locator(".consent-state")).to_contain_text("Consent declined")


@pytest.mark.statement("S33")
def test_consent_is_given_and_the_unsaved_switch_is_kept(newcomer: Opener, fresh_demo: Demo) -> None:
    page = newcomer("Nadia").open_settings()
    flip(page, ENHANCED)
    page.get_by_role("link", name="Accept…").click()
    page.wait_for_url(f"{fresh_demo.tenant}/**")
    page.locator("button[name=decision][value=accept]").click()
    expect(page.get_by_text("Your organization’s consent is in force.")).to_be_visible()
    expect(page.get_by_role("switch", name=ENHANCED)).to_be_checked()
    expect(page.locator(".consent-state")).to_contain_text("Nadia Benali")
    save(page)
    expect(page.get_by_text("The settings are in force now.")).to_be_visible()


@pytest.mark.statement("S41")
def test_the_button_is_on_the_record_at_the_next_load_and_connects_from_there(newcomer: Opener) -> None:
    seller = newcomer("Claire")
    page = seller.open_record()
    seller.open_collaborate()
    expect(page.get_by_role("link", name="Create a new connection")).to_be_visible()


@pytest.mark.statement("S47")
@pytest.mark.parametrize(
    ("locale", "labels"),
    [
        ("en-GB", ("Environments", "Settings", "Integration", "Teams integration settings")),
        ("fr-FR", ("Environnements", "Paramètres", "Intégration", "Paramètres d’intégration Teams")),
    ],
)
def test_power_apps_leads_to_the_same_page_and_state(newcomer: Opener, locale: str, labels: tuple[str, ...]) -> None:
    page = newcomer("Nadia", locale=locale).open("/power-apps/environments")
    expect(page.get_by_role("heading", level=1)).to_have_text(labels[0])
    page.get_by_role("link", name="Contoso Sales").click()
    page.locator(".command", has_text=labels[1]).click()
    page.get_by_text(labels[2], exact=True).click()
    page.get_by_role("link", name=labels[3]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SETTINGS_TITLES[locale[:2]])
    for name in ("basic", "enhanced"):
        expect(page.locator(f"#{name}")).to_be_checked()


@pytest.mark.statement("S43")
def test_the_other_environment_is_left_alone(newcomer: Opener) -> None:
    page = newcomer("Nadia").open("/power-apps/environments/contoso-service/settings/teams-integration")
    expect(page.locator("#basic")).not_to_be_checked()
