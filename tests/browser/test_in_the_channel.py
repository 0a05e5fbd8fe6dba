"""From the channel, with the basic experience only: add the tab, choose a record or a view, work in it, remove it.

One demo, walked in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import person_at
from tests.browser.teams_client import Teams, teams_at
from tests.contract.demo_process import Demo, running_demo

Opener = Callable[..., Teams]
NORTHWIND = "Northwind renewal"
NORTHWIND_TEAM = "Northwind account"
WHERE = "/environments/contoso-sales"


@pytest.fixture(scope="module")
def basic_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which nobody has consented yet; the basic experience is on in Contoso Sales."""
    with running_demo(tmp_path_factory.mktemp("channel")) as demo:
        yield demo


@pytest.fixture
def teams(chromium: Browser, basic_demo: Demo) -> Iterator[Opener]:
    with ExitStack() as stack:

        def opened(language: str = "en", **options: Any) -> Teams:
            return stack.enter_context(teams_at(chromium, basic_demo, language, **options))

        yield opened


def northwind_of(api: httpx2.Client) -> str:
    found = api.get(f"{WHERE}/tables/opportunity/records", params={"q": NORTHWIND}).raise_for_status().json()
    return str(found["items"][0]["id"])


def change_behind(api: httpx2.Client, changes: dict[str, str]) -> None:
    """Somebody else's change of the record."""
    form = f"{WHERE}/tables/opportunity/records/{northwind_of(api)}/form"
    version = api.get(form).raise_for_status().json()["version"]
    api.patch(form, json={"changes": changes}, headers={"If-Match": version}).raise_for_status()


def set_basic(demo: Demo, *, on: bool) -> None:
    """Enhanced stays off."""
    with demo.api("Nadia") as nadia:
        version = nadia.get(f"{WHERE}/collaboration").raise_for_status().json()["switches"]["version"]
        wanted = {"basic": on, "enhanced": False, "version": version}
        nadia.put(f"{WHERE}/collaboration", json=wanted).raise_for_status()


@pytest.mark.statement("S37")
def test_missing_consent_is_given_in_a_window_and_the_tab_goes_on(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Renewals")
    page = client.add_liaison()
    expect(page.get_by_role("heading", name="Liaison needs your consent")).to_be_visible()
    with client.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in and accept").click()
    window = opened.value
    accept = window.locator("button[name=decision][value=accept]")
    choice = window.locator("button[name=user]", has_text="Claire Fontaine")
    expect(accept.or_(choice).first).to_be_visible()
    if choice.count():
        choice.click()
    accept.click()
    expect(window.get_by_role("heading", name="Done")).to_be_visible()
    expect(page.get_by_text("Linking of records is turned off in Contoso Sales")).to_be_visible()
    basic_demo.grant_consent()
    set_basic(basic_demo, on=True)


SAID = {
    "en": (
        "Show a record or view in this channel",
        "Channel {} of the team Ventes Europe",
        "will be connected",
        "Connected",
    ),
    "fr": (
        "Afficher un enregistrement ou une vue dans ce canal",
        "Canal {} de l’équipe Ventes Europe",
        "sera connecté",
        "Connectée",
    ),
}


@pytest.mark.statement("F16")
@pytest.mark.statement("S26")
@pytest.mark.statement("S53")
@pytest.mark.parametrize(("language", "channel"), [("en", "Renewals"), ("fr", "Négociations")])
def test_a_record_is_pinned_from_the_channel_and_found_in_the_crm(
    teams: Opener, chromium: Browser, basic_demo: Demo, language: str, channel: str
) -> None:
    title, where, chosen, connected = SAID[language]
    client = teams(language)
    client.open_channel("Claire", channel)
    page = client.add_liaison()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("[data-where]")).to_have_text(where.format(channel))
    expect(page.locator("[data-records] .choice").first).to_contain_text(NORTHWIND)
    client.choose_record(page, NORTHWIND)
    expect(page.locator("[data-chosen]")).to_contain_text(chosen)
    client.save()
    tab = client.tab
    expect(tab.locator('[data-field="title"]')).to_have_text(NORTHWIND)
    expect(tab.locator("[data-connected]").first).to_have_text(connected, timeout=30_000)
    expect(tab.locator("[data-link-state]")).to_be_hidden()
    expect(client.page.get_by_role("tab", name=NORTHWIND)).to_have_count(1)
    with person_at(chromium, basic_demo, "Claire", locale=client.locale) as seller:
        seller.open_record(NORTHWIND)
        seller.open_collaborate()
        expect(seller.page.locator(".connection", has_text=channel)).to_have_count(1)


@pytest.mark.statement("F19")
def test_a_channel_takes_a_second_record_and_a_refusal_is_said_in_the_dialog(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Renewals")
    page = client.add_liaison()
    expect(page.locator("[data-pinned]")).to_contain_text("1 connection is in this channel already")
    taken = page.locator("[data-records] .choice", has_text=NORTHWIND).first
    expect(taken).to_contain_text("Connected to this channel already")
    expect(taken.locator("input")).to_be_disabled()
    page.locator("#record-table").select_option(value="account")
    other = page.locator("[data-records] .choice").first
    expect(other).to_contain_text("Account")
    title = other.locator("strong").inner_text()
    other.click()
    set_basic(basic_demo, on=False)
    save = client.page.get_by_role("dialog").get_by_role("button", name="Save")
    save.click()
    expect(client.page.get_by_role("dialog")).to_contain_text("turned off in Contoso Sales")
    set_basic(basic_demo, on=True)
    client.save()
    expect(client.tab.locator('[data-field="title"]')).to_have_text(title)
    expect(client.page.get_by_role("tab", name=NORTHWIND)).to_be_visible()


@pytest.mark.statement("S27")
@pytest.mark.statement("F38")
@pytest.mark.statement("F39")
def test_the_tab_leads_to_the_records_files_which_are_the_channels(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Renewals")
    tab = client.open_tab(NORTHWIND)
    with client.context.expect_page() as opened:
        tab.get_by_role("link", name="Documents").click()
    documents = opened.value
    choice = documents.locator("button[name=user]", has_text="Claire Fontaine")
    expect(choice.or_(documents.locator(".places .open")).first).to_be_visible()
    if choice.count():
        choice.click()
    expect(documents.locator(".places .open")).to_contain_text("Renewals")
    documents.set_input_files("#upload-input", [{"name": "Offer.txt", "mimeType": "text/plain", "buffer": b"one"}])
    expect(documents.locator(".file-grid")).to_contain_text("Offer.txt")
    client.page.get_by_role("tab", name="Files").click()
    expect(client.page.get_by_text("Offer.txt")).to_be_visible()


def test_a_change_that_meets_another_shows_both_and_the_person_chooses(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Renewals")
    tab = client.open_tab(NORTHWIND)
    revenue, notes = tab.get_by_label("Est. Revenue"), tab.locator("[data-form-notes]")
    expect(revenue).to_have_value("120000")
    revenue.fill("plenty")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".tab-wrong:visible")).to_have_text("This is not a number that fits here.")
    expect(revenue).to_be_focused()
    with basic_demo.api("Claire") as claire:
        change_behind(claire, {"estimatedvalue": "90000"})
    revenue.fill("130000")
    tab.get_by_role("button", name="Save").click()
    expect(notes).to_contain_text("Somebody else changed this record meanwhile")
    both = tab.locator(".tab-both")
    expect(both).to_contain_text("130,000")
    expect(both).to_contain_text("90,000.00")
    both.get_by_text("Your value").click()
    tab.get_by_role("button", name="Save").click()
    expect(notes).to_have_text("Saved.")
    with basic_demo.api("Claire") as claire:
        form = claire.get(f"{WHERE}/tables/opportunity/records/{northwind_of(claire)}/form").json()
    assert {field["name"]: float(field["value"]) for field in form["fields"] if field["name"] == "estimatedvalue"} == {
        "estimatedvalue": 130_000.0
    }


def test_a_guest_sees_the_message_and_nothing_of_the_record(teams: Opener) -> None:
    seller, guest = teams(), teams()
    seller.open_channel("Claire", "Contract", NORTHWIND_TEAM)
    seller.choose_record(seller.add_liaison(), NORTHWIND)
    seller.save()
    expect(seller.tab.locator('[data-field="title"]')).to_have_text(NORTHWIND)
    guest.open_channel("Lukas", "Contract", NORTHWIND_TEAM)
    tab = guest.open_tab(NORTHWIND)
    expect(tab.get_by_role("heading", name="This needs Dynamics 365")).to_be_visible()
    assert NORTHWIND not in tab.locator("body").inner_text()


@pytest.mark.statement("S53")
def test_a_link_that_is_refused_keeps_the_tab_says_so_and_is_finished_by_trying_again(
    teams: Opener, basic_demo: Demo
) -> None:
    client = teams()
    client.open_channel("Claire", "Grands comptes")
    page = client.add_liaison()
    client.choose_record(page, NORTHWIND)
    expect(page.locator("[data-chosen]")).to_contain_text("Renewals (Ventes Europe)")
    refused = {
        "status": 403,
        "code": "0x80040220",
        "message": "Principal user is missing prvCreatemsdyn_teamscollaboration privilege",
    }
    rule = {"path": "/api/data/v9.2/*", "method": "PATCH", "times": 50, "phase": "before", "action": refused}
    basic_demo.control("POST", "/faults", {"rules": [rule]})
    try:
        client.save()
        tab = client.tab
        expect(tab.locator('[data-field="title"]')).to_have_text(NORTHWIND)
        said = tab.locator("[data-link-state]")
        expect(said).to_contain_text("The tab is here, but it is not connected to this channel", timeout=30_000)
    finally:
        basic_demo.control("DELETE", "/faults")
    said.get_by_role("button", name="Try again").click()
    expect(tab.locator("[data-connected]").first).to_have_text("Connected", timeout=30_000)
    expect(client.page.get_by_role("tab", name=NORTHWIND)).to_have_count(1)


@pytest.mark.statement("F24")
@pytest.mark.statement("F77")
def test_une_vue_est_epinglee_triee_et_parcourue_en_francais(teams: Opener) -> None:
    client = teams("fr")
    client.open_channel("Claire", "Prévisions")
    page = client.add_liaison()
    expect(page.get_by_role("heading", name="Afficher un enregistrement ou une vue dans ce canal")).to_be_visible()
    page.get_by_text("Une liste d’enregistrements", exact=False).click()
    page.locator("#view-table").select_option(value="opportunity")
    expect(page.locator("[data-views] .choice").first).to_contain_text(re.compile("pportunit"))
    view = page.locator("[data-views] .choice strong").first.inner_text()
    page.locator("[data-views] .choice", has_text="Mes grosses affaires").click()
    expect(page.locator("[data-chosen]")).to_have_text("Acceptez de partager la vue, puis enregistrez.")
    expect(client.page.get_by_role("dialog").get_by_role("button", name="Enregistrer")).to_be_disabled()
    page.locator("[data-views] .choice").first.click()
    client.save()
    tab = client.tab
    expect(tab.locator('[data-view="name"]')).to_have_text(view)
    expect(tab.locator("[data-connected]").nth(1)).to_have_text("Connectée", timeout=30_000)
    expect(tab.locator(".grid tbody tr")).to_have_count(50)
    first = tab.locator("td.first").first.inner_text()
    tab.get_by_role("button", name="Suivant").click()
    expect(tab.locator("td.first").first).not_to_have_text(first)
    for direction in ("ascending", "descending"):
        tab.locator(".tab-sort").first.click()
        expect(tab.locator("th").first).to_have_attribute("aria-sort", direction)
    tab.locator("[data-find] input").fill("Northwind")
    expect(tab.locator(".grid tbody tr")).not_to_have_count(50)
    with client.context.expect_page() as opened:
        tab.locator("td.first a").first.click()
    expect(opened.value.locator(".record-head h1, button[name=user]").first).to_be_visible()


@pytest.mark.statement("F78")
def test_no_page_in_teams_breaks_an_accessibility_rule(teams: Opener) -> None:
    client = teams("en", bypass_csp=True)  # the checker's script is let in, which our policy would refuse
    client.context.add_init_script("if (location.port) localStorage.setItem('teams.theme', 'contrast')")
    client.open_channel("Claire", "Renewals")
    expect(client.open_tab(NORTHWIND).locator("[data-fields] .tab-field").first).to_be_visible()
    broken = {"record": client.violations("main iframe")}
    client.add_liaison()
    expect(client.dialog.locator("[data-records] .choice").first).to_be_visible()
    broken["config"] = client.violations("dialog iframe")
    client.page.keyboard.press("Escape")
    client.tab_menu(NORTHWIND, "remove")
    expect(client.dialog.locator("form")).to_be_visible()
    broken["remove"] = client.violations("dialog iframe")
    client.page.keyboard.press("Escape")
    client.open_channel("Claire", "Prévisions")
    client.page.get_by_role("tab").last.click()
    expect(client.tab.locator(".grid tbody tr")).not_to_have_count(0)
    broken["view"] = client.violations("main iframe")
    assert {name: found for name, found in broken.items() if found} == {}


def test_the_tabs_settings_change_what_it_shows_and_never_make_two_links(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Grands comptes")
    client.tab_menu(NORTHWIND, "settings")
    page = client.dialog
    expect(page.get_by_text(f"The tab shows “{NORTHWIND}” now")).to_be_visible()
    expect(page.locator("[data-records] .choice :checked")).to_have_count(1)
    page.locator("#record-table").select_option(value="account")
    other = page.locator("[data-records] .choice").first
    expect(other).to_contain_text("Account")
    title = other.locator("strong").inner_text()
    other.click()
    client.save()
    expect(client.tab.locator('[data-field="title"]')).to_have_text(title)
    with basic_demo.api("Claire") as claire:
        in_channel = [
            link for link in claire.get("/links").json()["items"] if link["channel"]["name"] == "Grands comptes"
        ]
    states = {link["record"]["title"]: link["state"] for link in in_channel}
    assert states[NORTHWIND] in {"disconnecting", "disconnected"}
    assert states[title] not in {"disconnecting", "disconnected"}


def test_removing_the_tab_disconnects_the_record_if_wished(teams: Opener, basic_demo: Demo) -> None:
    client = teams()
    client.open_channel("Claire", "Renewals")
    client.tab_menu(NORTHWIND, "remove")
    page = client.dialog
    expect(page.get_by_text(f"And the connection of “{NORTHWIND}”?")).to_be_visible()
    page.get_by_text("Disconnect it too").click()
    client.page.get_by_role("dialog").get_by_role("button", name="Remove tab").click()
    expect(client.page.get_by_role("tab", name=NORTHWIND)).to_have_count(0)
    with basic_demo.api("Claire") as claire:
        links = claire.get("/links").json()["items"]
    mine = [link for link in links if (link["record"]["title"], link["channel"]["name"]) == (NORTHWIND, "Renewals")]
    states = {link["state"] for link in mine}
    assert states <= {"disconnecting", "disconnected"}


def test_the_apps_own_page_lists_what_one_has_connected(teams: Opener) -> None:
    client = teams("fr")
    client.open_channel("Claire", "Renewals")
    client.page.get_by_role("link", name="Applications", exact=True).click()
    client.page.get_by_role("link", name="Liaison").click()
    client.page.get_by_role("button", name="Ouvrir").click()
    home = client.page.frame_locator(".personal iframe")
    expect(home.get_by_role("heading", name="Vos enregistrements connectés")).to_be_visible()
    lines = home.locator(".tab-link")
    expect(lines.filter(has_text=NORTHWIND).first).to_contain_text("de l’équipe")
    expect(lines.filter(has_text="Canal Prévisions de l’équipe Ventes Europe")).to_contain_text("Connectée")
