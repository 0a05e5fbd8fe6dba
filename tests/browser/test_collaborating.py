"""The seller's way: connect a record to channels, see it in Teams, work on its files, disconnect."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from liaison.tenant.seeds import company
from tests.browser.conftest import Opener
from tests.browser.person import Person
from tests.contract.demo_process import Demo

TEAM = "Ventes Europe"


def choose(page: Page, name: str) -> None:
    page.locator(".choice").filter(has=page.get_by_text(name, exact=True)).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def begin_connection(seller: Person, record: str, team: str = TEAM) -> Page:
    """The wizard at its second step."""
    page = seller.open_record(record)
    seller.open_collaborate()
    page.get_by_role("link", name=re.compile("^(Get started|Create a new connection)$")).click()
    choose(page, team)
    press(page, "Next")
    expect(page.get_by_role("heading", name="Choose a channel")).to_be_visible()
    return page


def skip_members(page: Page) -> None:
    """Nobody is chosen: on to the review."""
    expect(page.get_by_role("heading", name="Add members")).to_be_visible()
    press(page, "Next")


def connect(seller: Person, record: str, channel: str, team: str = TEAM) -> Page:
    page = begin_connection(seller, record, team)
    choose(page, channel)
    press(page, "Next")
    skip_members(page)
    press(page, "Finish")
    expect(page.get_by_role("link", name="Open channel")).to_be_visible()
    return page


def records(demo: Demo, search: str) -> list[str]:
    """Titles of opportunities that Claire may see."""
    with demo.api("Claire") as claire:
        asked = {"table": "opportunity", "search": search}
        found = claire.get("/environments/contoso-sales/records", params=asked).raise_for_status().json()
    return [record["title"] for record in found["items"]]


@pytest.mark.statement("F17")
def test_a_record_is_connected_to_an_existing_channel_with_live_progress(person: Opener) -> None:
    seller = person("Claire")
    page = connect(seller, "Pilot project", "Renewals")
    steps = page.locator(".steps li")
    expect(steps).to_have_count(7)
    expect(page.locator(".steps li.done")).to_have_count(7)
    page.get_by_role("link", name="All connected channels").click()
    connection = page.locator(".connection")
    expect(connection).to_contain_text("Renewals")
    expect(connection).to_contain_text(TEAM)
    expect(connection.locator(".badge")).to_have_text("Connected")


@pytest.mark.statement("F22")
def test_a_library_that_takes_its_time_is_waited_for_without_the_person(person: Opener, demo: Demo) -> None:
    demo.control("POST", "/switches", {"graph.files_folder_delay_s": 4.0})
    try:
        page = begin_connection(person("Claire"), "Support contract")
        choose(page, "Create a new channel")
        page.locator("#channel-name").fill("Slow library")
        press(page, "Next")
        skip_members(page)
        press(page, "Finish")
        expect(page.locator(".progress-line")).to_have_text("Connected, files pending")
        expect(page.locator(".steps .waiting")).to_contain_text("Waiting for the channel’s file library")
        page.get_by_role("link", name="All connected channels").click()
        expect(page.locator(".connection .badge")).to_have_text("Connected, files pending")
        expect(page.locator(".connection .badge")).to_have_text("Connected", timeout=30_000)
    finally:
        demo.control("POST", "/switches", {"graph.files_folder_delay_s": 0.0})


@pytest.mark.statement("F28")
def test_a_new_channels_name_is_checked_while_it_is_typed(person: Opener) -> None:
    seller = person("Claire")
    page = begin_connection(seller, "Team training")
    choose(page, "Create a new channel")
    name, said = page.locator("#channel-name"), page.locator("#channel-name-said")
    name.fill("Renewals")
    expect(said).to_contain_text("A channel of this name is already there")
    name.fill("Deal / training")
    expect(said).to_contain_text("This channel name cannot be used")
    page.get_by_role("button", name="Use “Deal training”").click()
    expect(said).to_contain_text("“Deal training” can be used.")
    press(page, "Next")
    skip_members(page)
    expect(page.get_by_text("New channel Deal training")).to_be_visible()
    press(page, "Finish")
    expect(page.get_by_role("link", name="Open channel")).to_be_visible()


def open_in_teams(seller: Person, link: str) -> Page:
    """What a link of the page opens in Teams, signed in there too."""
    with seller.context.expect_page() as opened:
        seller.page.get_by_role("link", name=link).click()
    teams = opened.value
    choice = teams.locator("button[name=user]", has_text=company.person(seller.given).name)
    expect(choice.or_(teams.locator(".avatar-button")).first).to_be_visible()
    if choice.count():
        choice.click()
    return teams


def test_the_channel_in_teams_shows_the_record_in_its_tab(person: Opener) -> None:
    seller = person("Claire")
    page = connect(seller, "Head office rollout", "Prévisions")
    title = page.locator(".record-head h1").inner_text()
    teams = open_in_teams(seller, "Open channel")
    teams.get_by_role("tab", name=title).click()
    tab = teams.frame_locator("iframe").first
    expect(tab.locator('[data-field="title"]')).to_have_text(title)
    expect(tab.locator("[data-connected]").first).to_have_text("Connected")
    expect(tab.locator("[data-fields] .tab-field")).not_to_have_count(0)
    with seller.context.expect_page() as record:
        tab.get_by_role("link", name="Open in Dynamics 365").click()
    expect(record.value.locator(".record-head h1")).to_have_text(title)


def test_removing_the_tab_in_teams_leaves_the_record_connected(person: Opener) -> None:
    seller = person("Claire")
    page = connect(seller, "Cloud migration", "Prévisions")
    title = page.locator(".record-head h1").inner_text()
    teams = open_in_teams(seller, "Open channel")
    teams.get_by_role("tab", name=title).click()
    teams.get_by_role("button", name=f"Options for the tab {title}").click()
    teams.get_by_role("menuitem", name="Remove tab").click()
    words = teams.frame_locator("dialog iframe").get_by_role("heading", level=1)
    expect(words).to_have_text("Remove the tab")
    teams.get_by_role("dialog").get_by_role("button", name="Remove tab").click()
    expect(teams.get_by_role("tab", name=title)).to_have_count(0)
    page.get_by_role("link", name="All connected channels").click()
    expect(page.locator(".connection")).to_contain_text("Prévisions")


def test_a_tab_outside_teams_offers_the_browser(person: Opener) -> None:
    page = person("Claire").page
    page.goto(person("Claire").demo.product + "/teams/tab/lnk_3f2504e0-4f89-11d3-9a0c-0305e82c3301?locale=fr-fr")
    expect(page.get_by_role("heading", name="Cette page a sa place dans Teams")).to_be_visible()
    expect(page.get_by_role("link", name="Ouvrir dans le navigateur")).to_be_visible()


@pytest.mark.statement("S27")
def test_files_go_both_ways_between_record_and_channel(person: Opener, demo: Demo) -> None:
    seller = person("Claire")
    page = connect(seller, "Extension au siège", "Grands comptes")
    page.get_by_role("link", name="Back to record").click()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.locator(".places .open")).to_contain_text("Grands comptes")
    page.set_input_files("#upload-input", [
        {"name": "Offre été.txt", "mimeType": "text/plain", "buffer": b"one"},
        {"name": "Plan.txt", "mimeType": "text/plain", "buffer": b"two"},
    ])  # fmt: skip
    expect(page.locator(".file-grid")).to_contain_text("Offre été.txt")
    expect(page.locator(".file-grid")).to_contain_text("Plan.txt")
    channel = open_in_teams(seller, "Open in Teams")
    expect(channel.get_by_text("Offre été.txt")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Offre été.txt", exact=True).click()
    assert download.value.path().read_bytes() == b"one"


def test_an_upload_that_is_refused_says_why_beside_those_that_are_not(person: Opener) -> None:
    seller = person("Claire")
    page = connect(seller, "Formation", "Renewals")
    page.get_by_role("link", name="Back to record").click()
    page.get_by_role("link", name="Documents", exact=True).click()
    once = [{"name": "twice.txt", "mimeType": "text/plain", "buffer": b"x"}]
    page.set_input_files("#upload-input", once)
    expect(page.locator(".file-grid")).to_contain_text("twice.txt")
    page.set_input_files("#upload-input", [*once, {"name": "fresh.txt", "mimeType": "text/plain", "buffer": b"y"}])
    lines = page.locator("#uploads li")
    expect(lines.nth(0)).to_contain_text("The folder already has a file “twice.txt”")
    expect(lines.nth(1)).to_contain_text("Uploaded")


@pytest.mark.statement("F21")
def test_disconnecting_leaves_channel_and_files(person: Opener) -> None:
    seller = person("Claire")
    page = connect(seller, "Renouvellement", "Renewals")
    page.get_by_role("link", name="All connected channels").click()
    page.get_by_role("link", name=re.compile("^Disconnect")).click()
    expect(page.get_by_text("What stays")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Remove the tab too")).to_be_checked()
    page.locator("dialog").get_by_role("button", name="Disconnect").click()
    expect(page.locator(".progress-line")).to_contain_text("Disconnected")
    page.get_by_role("link", name="Back to record").click()
    seller.open_collaborate()
    expect(page.get_by_text("Not connected yet")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Timeline", exact=True).click()
    expect(page.locator(".timeline h3")).to_have_count(2)


@pytest.mark.statement("F78")
def test_the_wizard_is_walked_by_keyboard_alone(person: Opener) -> None:
    seller = person("Claire")
    page = seller.open_record("Licences")

    def reach(name: str) -> None:
        seen = []
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent.trim()]")
            seen.append(focused[1])
            if focused[0] in {"A", "BUTTON"} and focused[1] == name:
                return
        raise AssertionError(f"{name} is not reached by Tab, only {seen}")

    def pick(name: str) -> None:
        """Tab to the choices, then arrows."""
        choice = "document.activeElement.type === 'radio' && document.activeElement.closest('label').textContent"
        for key in ["Tab"] * 10 + ["ArrowDown"] * 20:
            if name in str(page.evaluate(choice)):
                break
            if key == "ArrowDown" or not page.evaluate(choice):
                page.keyboard.press(key)
        expect(page.get_by_role("radio", name=re.compile(name)).first).to_be_focused()
        page.keyboard.press("Space")
        expect(page.get_by_role("radio", name=re.compile(name)).first).to_be_checked()

    reach("Collaborate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Collaborate with Microsoft Teams")).to_be_focused()
    reach("Get started")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Create a new connection")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Ventes")
    pick("Ventes Europe")
    reach("Next")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose a channel")).to_be_visible()
    pick("Renewals")
    reach("Next")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add members")).to_be_visible()
    reach("Next")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    reach("Finish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Open channel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.panel")).to_be_hidden()
    expect(page.locator(".command", has_text="Collaborate")).to_be_focused()


def test_everything_works_without_a_script(person: Opener) -> None:
    seller = person("Claire")
    record = seller.open_record("Contrat de maintenance").url
    context = seller.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, locale="en-GB", storage_state=seller.context.storage_state()
    )
    page = context.new_page()
    page.goto(record)
    page.get_by_role("link", name="Collaborate", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Collaborate")
    page.get_by_role("link", name="Get started").click()
    choose(page, TEAM)
    press(page, "Next")
    choose(page, "Prévisions")
    press(page, "Next")
    skip_members(page)
    press(page, "Finish")
    expect(page.get_by_role("link", name="Open channel")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Back to record").click()
    page.get_by_role("link", name="Documents", exact=True).click()
    page.set_input_files("#upload-input", [{"name": "plain.txt", "mimeType": "text/plain", "buffer": b"plain"}])
    page.locator(".upload-form button").click()
    expect(page.locator(".file-grid")).to_contain_text("plain.txt")
    context.close()
