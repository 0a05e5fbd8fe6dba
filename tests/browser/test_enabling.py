"""E1, the administrator's way, step by step in English and in French: refused, mended, consented, on, off again.

Each step follows on the one before it, in one demo for each language, as it is delivered: everything off, nobody has
consented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.tenant.seeds import company
from tests.browser.person import OPPORTUNITIES, SALES, SALES_HUB
from tests.browser.walk import LABELS, POWER_APPS, Walk
from tests.contract.demo_process import running_demo

APP = f"/e/{SALES}/a/msdynce_saleshub"
IN_APP = f"{APP}/settings/chat-and-collaborate"
SERVICE = "/power-apps/environments/contoso-service/settings/teams-integration"
CAUSES = ("onedrive_enabled", "active_site", "absolute_location")
APPS = {
    "en": (
        ("Sales Hub", "Opportunities"),
        ("Customer Service Hub", "Cases"),
        ("Field Service", "Work Orders"),
        ("Contoso Visits", "Accounts"),
    ),
    "fr": ((SALES_HUB, OPPORTUNITIES),),
}
"""Each of the five kinds of apps once; in French one of them."""


@pytest.fixture(scope="module", params=["en", "fr"])
def walk(request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with running_demo(tmp_path_factory.mktemp(request.param)) as demo:
        demo.control("POST", "/switches", {"dataverse.teams_flag_delay_s": 0})
        yield Walk(demo, chromium, request.param)


def switches(page: Page) -> tuple[bool, bool]:
    return page.locator("#basic").is_checked(), page.locator("#enhanced").is_checked()


def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Move the focus by keyboard to the element with this id or text."""
    seen = []
    for _ in range(80):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        if seen[-1] == name:
            return
    raise AssertionError(f"{name} is not reached by {key}, only {seen}")


def a_link(walk: Walk, record: str, channel: str) -> str:
    """Claire connects a record by the API; its id when it is connected."""
    with walk.demo.api("Claire") as claire:
        where = f"/environments/{SALES}/tables/opportunity/records"
        found = claire.get(where, params={"q": record}).raise_for_status().json()["items"][0]
        team = next(one for one in claire.get("/teams").json()["items"] if one["name"] == "Ventes Europe")
        names = {"environment": SALES, "table": "opportunity", "record": found["id"], "team": team["id"]}
        made = claire.post("/links", json={**names, "channel": {"name": channel}}).raise_for_status().json()
        with claire.stream("GET", f"/links/{made['id']}/events") as stream:
            states = [json.loads(line[6:])["state"] for line in stream.iter_lines() if line.startswith("data: ")]
    assert states[-1] == "connected"
    return str(made["id"])


@pytest.mark.statement("S02", "S21", "S23", "S24", "S25", "F01", "F77")
def test_01_the_labels_lead_to_the_page_and_everything_is_off(walk: Walk) -> None:
    labels = walk.labels
    with walk.person("Marc") as marc:
        page = marc.open_app()
        page.get_by_role("button", name=labels["area"]).click()
        page.locator("#area-menu").get_by_role("link", name=labels["app_settings"]).click()
        expect(page.locator(".site-map").get_by_role("heading", name=labels["general"])).to_be_visible()
        page.locator(".site-map").get_by_role("link", name=labels["chat"]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(labels["title"])
        for which in ("basic", "enhanced"):
            expect(page.get_by_role("switch", name=labels[which])).not_to_be_checked()
        assert page.locator('[role="switch"]:checked').count() == 0


@pytest.mark.statement("S03", "F01")
def test_02_no_record_and_no_list_has_collaborate(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        for app, table in APPS[walk.language]:
            page = nadia.open_table(table, app)
            expect(walk.collaborate(page)).to_have_count(0)
            page.locator("td.first a").first.click()
            expect(page.locator(".record-head h1")).to_be_visible()
            expect(walk.collaborate(page)).to_have_count(0)


@pytest.mark.statement("S40", "S51")
def test_02_nothing_takes_effect_before_save_and_leaving_warns(walk: Walk) -> None:
    with walk.person("Marc") as marc:
        page = walk.settings(marc)
        walk.flip(page, "basic")
        expect(page.get_by_text(walk.say("web.settings.unsaved"))).to_be_visible()
        warned: list[str] = []
        page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
        page.locator(".site-map a").first.click()
        page.wait_for_url(re.compile(r"/$"))
        assert warned == ["beforeunload"]
        assert switches(walk.settings(marc)) == (False, False)


@pytest.mark.statement("S11", "S12", "S13", "S14", "S16", "F02", "F03")
def test_03_basic_is_refused_with_800503ca_its_three_causes_and_their_rows(walk: Walk) -> None:
    walk.neglect()
    with walk.person("Marc") as marc:
        page = walk.settings(marc)
        devices = page.locator(".requirement", has_text=walk.say("check.readiness.unmanaged_devices.title"))
        expect(devices).to_contain_text(walk.say("check.state.unknown"))
        walk.flip(page, "basic")
        walk.save(page)
        refusal = page.locator(".refusal")
        expect(refusal).to_contain_text("800503ca")
        expect(refusal).to_contain_text(walk.say("web.settings.refused.unchanged"))
        causes = refusal.locator(".requirement")
        expect(causes).to_have_count(3)
        for number, code in enumerate(CAUSES):
            expect(causes.nth(number)).to_contain_text(walk.say(f"check.readiness.{code}.title"))
        expect(causes.nth(1).locator(".rows tbody tr")).to_have_count(1)
        expect(causes.nth(1).locator(".rows")).to_contain_text("Default Site")
        expect(causes.nth(1)).not_to_contain_text("Archives")
        expect(causes.nth(2).locator(".rows tbody tr")).to_have_count(1)
        expect(causes.nth(2).locator(".rows .address")).to_contain_text("/sites/old/shared")
        assert switches(page) == (True, False)
        page.locator("[data-discards]").click()
        expect(page.locator("#basic")).not_to_be_checked()


@pytest.mark.statement("S14", "F04")
def test_04_the_fix_is_a_dry_run_of_three_changes_with_its_rows_exported(walk: Walk) -> None:
    with walk.person("Marc") as marc:
        page = walk.settings(marc)
        page.locator(".command", has_text=walk.say("web.settings.show_fix")).click()
        lines = page.locator("section[aria-labelledby=plan] tbody tr")
        expect(lines).to_have_count(3)
        for number, act in enumerate(("turn_off_onedrive", "deactivate_site", "delete_location")):
            expect(lines.nth(number)).to_contain_text(walk.say(f"remedy.act.{act}"))
            expect(lines.nth(number)).to_contain_text(walk.say(f"remedy.before.{act}"))
            expect(lines.nth(number)).to_contain_text(walk.say(f"remedy.after.{act}"))
        with page.expect_download() as download:
            page.locator("a[download]").click()
        rows: list[dict[str, Any]] = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert [(row["kind"], row["name"]) for row in rows] == [("location", "Shared drive")]
        assert rows[0]["content"]["absoluteurl"] == "https://contoso.sharepoint.com/sites/old/shared"
        page.reload()
        expect(lines).to_have_count(3)


@pytest.mark.statement("S05", "S11", "F04", "F66")
def test_05_applying_is_audited_can_be_taken_back_and_turns_the_checks_green(walk: Walk) -> None:
    with walk.person("Marc") as marc:
        page = marc.open(f"{IN_APP}/remedy")
        apply(walk, page)
        page.get_by_role("button", name=walk.say("web.remedy.undo")).click()
        expect(page.locator(".message.success")).to_contain_text(walk.say("web.remedy.undone.title"))
        expect(page.locator("section[aria-labelledby=plan] tbody tr")).to_have_count(3)
        apply(walk, page)
        page.goto(f"{walk.demo.product}/audit")
        lines = page.locator("tbody tr", has=page.locator("code", has_text=re.compile("^remedy\\.")))
        marcs = lines.filter(has_text=company.person("Marc").name)
        for act in ("turn_off_onedrive", "deactivate_site", "delete_location"):
            line = marcs.filter(has_text=f"remedy.{act}").first
            expect(line.locator("time")).to_be_visible()
            expect(line).to_contain_text("->")
        page = walk.settings(marc)
        for code in CAUSES:
            line = page.locator(".requirement", has_text=walk.say(f"check.readiness.{code}.title")).first
            expect(line).to_have_class(re.compile(r"\bmet\b"))


def apply(walk: Walk, page: Page) -> None:
    three = walk.say("web.remedy.apply.many", count="3")
    page.get_by_role("button", name=three).click()
    expect(page.locator(".message.success")).to_contain_text(walk.say("web.remedy.applied.text"))
    expect(page.get_by_text(walk.say("web.remedy.none.title"))).to_be_visible()


@pytest.mark.statement("S25", "S26", "S41", "S51", "F78")
def test_06_with_basic_records_have_collaborate_which_points_to_teams_and_lists_do_not(walk: Walk) -> None:
    """Basic is turned on by keyboard alone."""
    with walk.person("Marc") as marc:
        page = walk.settings(marc)
        reach(page, "basic")
        page.keyboard.press("Space")
        expect(page.get_by_role("switch", name=walk.labels["basic"])).to_be_checked()
        reach(page, walk.say("web.settings.save"), "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text(walk.say("web.settings.saved.text"))).to_be_visible()
    with walk.person("Claire") as claire:
        page = claire.open_table(OPPORTUNITIES)
        expect(walk.collaborate(page)).to_have_count(0)
        page.locator("td.first a").first.click()
        claire.open_collaborate()
        expect(page.locator("dialog.panel")).to_contain_text(walk.say("web.collaborate.basic.title"))
        expect(page.get_by_role("link", name=walk.say("web.collaborate.get_started_in_teams"))).to_be_visible()
        expect(page.get_by_text(walk.say("web.collaborate.new"))).to_have_count(0)


@pytest.mark.statement("F13")
def test_06_why_names_what_stands_between_a_person_and_linking(walk: Walk) -> None:
    """Basic alone: Collaborate is there, but connecting from the app is not yet."""
    obstacle = walk.say("check.why.enhanced.unmet", environment="Contoso Sales")
    with walk.person("Nadia") as nadia:
        page = nadia.open_record()
        page.locator(".command", has_text=walk.say("web.why.title")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(walk.say("web.why.title"))
        expect(page.locator("section[aria-labelledby=obstacles]")).to_contain_text(obstacle)
        page.locator("#why-person").fill(company.person("Tom").upn)
        page.locator("#why-person").press("Enter")
        expect(page.locator(".message").first).to_contain_text(company.person("Tom").name)
        expect(page.locator("main")).to_contain_text(walk.say("check.why.licence_teams.unknown"))


@pytest.mark.statement("S09", "F13")
def test_06_a_seller_is_told_which_role_the_switches_tables_and_remedies_need(walk: Walk) -> None:
    role = {"en": "System Administrator", "fr": "Administrateur du système"}[walk.language]
    with walk.person("Claire") as claire:
        page = walk.settings(claire)
        expect(page.get_by_role("switch", name=walk.labels["basic"])).to_be_disabled()
        expect(page.locator("#basic-reason")).to_contain_text(role)
        page = claire.open(f"{IN_APP}/tables")
        expect(page.get_by_role("switch").first).to_be_disabled()
        page = claire.open(f"{IN_APP}/remedy")
        expect(page.locator("main")).to_contain_text(role)


@pytest.mark.statement("S28", "S29", "F13")
@pytest.mark.parametrize("given", ["Marc", "Ingrid"])
def test_07_enhanced_names_the_tenant_administrator_and_hands_a_link_over(walk: Walk, given: str) -> None:
    """Neither a System Administrator nor a Teams Administrator may."""
    with walk.person(given) as administrator:
        page = walk.settings(administrator)
        expect(page.get_by_role("switch", name=walk.labels["basic"])).to_be_enabled()
        expect(page.get_by_role("switch", name=walk.labels["enhanced"])).to_be_disabled()
        reason = page.locator("#enhanced-reason")
        expect(reason).to_contain_text({"en": "Global Administrator", "fr": "Administrateur général"}[walk.language])
        walk.handed_over = page.locator("#hand-over").input_value()
        assert walk.handed_over == page.url


@pytest.mark.statement("S33", "S34", "S37", "F10", "F12")
def test_08_the_tenant_administrator_opens_the_link_sees_the_permissions_and_declines(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        page = nadia.open(walk.handed_over.removeprefix(walk.demo.product))
        walk.flip(page, "enhanced")
        for scope in ("Team.ReadBasic.All", "Channel.Create", "TeamMember.ReadWriteNonOwnerRole.All"):
            expect(page.locator(".ladder code", has_text=scope).first).to_be_visible()
        walk.decide(page, accept=False)
        expect(page.get_by_text(walk.say("web.settings.consent.refused.text"))).to_be_visible()
        state = page.locator(".consent .consent-state")
        expect(state).to_contain_text(walk.say("consent.state.refused"))
        expect(state).to_contain_text(company.person("Nadia").name)
        assert switches(walk.settings(nadia)) == (True, False)


@pytest.mark.statement("S37", "S38", "S39", "F11", "F12")
def test_09_linking_stays_usable_and_the_message_leads_to_help(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        page = walk.settings(nadia)
        walk.flip(page, "enhanced")
        message = page.locator(".message", has_text=walk.say("finding.member.no_consent"))
        message.get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(walk.say("web.help.consent.title"))
        expect(page.locator("article")).to_contain_text(walk.say("web.help.consent.text").split("\n\n")[1])
    with walk.person("Claire") as claire:
        claire.open_record()
        claire.open_collaborate()


@pytest.mark.statement("S33", "S50", "F09", "F11")
def test_10_consent_revoked_while_the_page_is_open_is_noticed_at_save(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        page = walk.settings(nadia)
        walk.flip(page, "enhanced")
        walk.decide(page, accept=True)
        expect(page.get_by_text(walk.say("web.settings.consent.granted.text"))).to_be_visible()
        walk.revoke_consent()
        walk.save(page)
        expect(page.locator(".refusal")).to_contain_text(walk.say("error.consent.not_granted.title"))
        expect(page.locator(".consent .consent-state")).to_contain_text(walk.say("consent.state.revoked"))
        assert switches(walk.settings(nadia)) == (True, False)


@pytest.mark.statement("S30", "S33", "S40", "S41", "S51", "F09", "F11")
def test_10_consent_is_given_again_and_enhanced_is_saved(walk: Walk) -> None:
    """Nothing was deleted in between; the switch that was not saved yet comes back as it stood."""
    with walk.person("Nadia") as nadia:
        page = walk.settings(nadia)
        walk.flip(page, "enhanced")
        walk.decide(page, accept=True)
        expect(page.get_by_text(walk.say("web.settings.consent.granted.text"))).to_be_visible()
        assert switches(page) == (True, True)
        state = page.locator(".consent .consent-state")
        expect(state).to_contain_text(walk.say("consent.state.granted"))
        expect(state).to_contain_text(company.person("Nadia").name)
        expect(state.locator("time")).to_be_visible()
        walk.saved(page)
    with walk.person("Claire") as claire:
        page = claire.open_table(OPPORTUNITIES)
        expect(walk.collaborate(page)).to_be_visible()
        page.locator("td.first a").first.click()
        expect(walk.collaborate(page)).to_be_visible()
        claire.open_collaborate()
        expect(page.get_by_role("link", name=walk.say("web.collaborate.get_started"), exact=True)).to_be_visible()


@pytest.mark.statement("S04", "S19", "F06")
def test_11_a_custom_table_is_switched_on_and_an_impossible_one_is_not(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        page = nadia.open(f"{IN_APP}/tables")
        row = page.locator("tr", has_text="contoso_visit")
        switch = row.get_by_role("switch")
        expect(switch).to_have_attribute("aria-checked", "false")
        switch.press("Enter")
        expect(page.locator(".message.success")).to_contain_text("Visit")
        expect(switch).to_have_attribute("aria-checked", "true")
        expect(row).to_contain_text(walk.say("web.settings.on"))
        page = nadia.open_table("Visits|Visites", "Contoso Visits|Visites Contoso")
        page.locator("td.first a").first.click()
        expect(walk.collaborate(page)).to_be_visible()
        with walk.demo.api("Nadia", walk.language) as api:
            refused = api.put(f"/environments/{SALES}/tables/activityparty", json={"collaboration": True})
        assert (refused.status_code, refused.json()["code"]) == (409, "table.not_switchable")
        assert refused.json()["title"] == walk.say("error.table.not_switchable.title")


@pytest.mark.statement("S42", "S43", "S44", "S45", "S47", "S48", "S49", "S50", "S51")
def test_12_power_apps_leads_to_the_same_page_and_a_change_there_is_seen_in_the_app(walk: Walk) -> None:
    labels = walk.labels
    with walk.person("Nadia") as nadia:
        page = nadia.open("/power-apps/environments")
        expect(page.get_by_role("heading", level=1)).to_have_text(labels["environments"])
        page.get_by_role("link", name="Contoso Sales").click()
        page.locator(".command", has_text=labels["settings"]).click()
        page.get_by_text(labels["integration"], exact=True).click()
        page.get_by_role("link", name=labels["teams"]).click()
        assert page.url == walk.demo.product + POWER_APPS
        expect(page.get_by_role("heading", level=1)).to_have_text(labels["title"])
        assert switches(page) == (True, True)
        expect(page.locator(".consent .consent-state")).to_contain_text(walk.say("consent.state.granted"))
        expect(page.locator(".consent")).to_contain_text(walk.say("web.settings.consent.warning"))
        expect(page.locator(".consent")).to_contain_text(walk.say("web.settings.consent.note"))
        walk.flip(page, "enhanced")
        walk.saved(page)
        assert switches(walk.settings(nadia)) == (True, False)
        page = nadia.open(POWER_APPS)
        walk.flip(page, "enhanced")
        walk.saved(page)
        assert switches(walk.settings(nadia)) == (True, True)
        page = nadia.open(SERVICE)
        assert switches(page) == (False, False)


@pytest.mark.statement("S48", "S49", "S51", "F07")
def test_12_a_custom_app_has_collaborate_on_records_too(walk: Walk) -> None:
    with walk.person("Claire") as claire:
        page = claire.open_table("Accounts|Comptes", "Contoso Visits|Visites Contoso")
        page.locator("td.first a").first.click()
        claire.open_collaborate()
        expect(page.get_by_role("link", name=walk.say("web.collaborate.get_started"), exact=True)).to_be_visible()


@pytest.mark.statement("S28", "S40")
def test_13_turning_basic_off_counts_the_links_keeps_them_and_brings_them_back(walk: Walk) -> None:
    walk.set_up_sharepoint()  # a link brings an active site with it: without SharePoint, Basic would be refused again
    a_link(walk, "Northwind renewal", "Northwind renewal")
    with walk.person("Nadia") as nadia, walk.person("Claire") as claire:
        page = walk.settings(nadia)
        walk.flip(page, "basic")
        warning = page.locator(".when-basic-off")
        expect(warning).to_be_visible()
        expect(warning).to_contain_text(walk.say("web.settings.off_warning.title.one", count="1"))
        walk.saved(page)
        assert switches(page) == (False, False)
        seen = claire.open_record("Northwind renewal")
        expect(walk.collaborate(seen)).to_have_count(0)
        seen.get_by_role("link", name="Documents", exact=True).click()
        expect(seen.locator(".places")).to_contain_text("Northwind renewal")
        page = walk.settings(nadia)
        walk.flip(page, "basic")
        walk.flip(page, "enhanced")
        walk.saved(page)
        claire.open_record("Northwind renewal")
        claire.open_collaborate()
        expect(seen.locator(".connection")).to_contain_text("Northwind renewal")


def test_13_two_administrators_saving_at_once_are_shown_each_other(walk: Walk) -> None:
    with walk.person("Nadia") as nadia, walk.person("Marc") as marc:
        late = walk.settings(nadia)
        first = walk.settings(marc)
        walk.flip(first, "enhanced")
        walk.saved(first)
        walk.flip(late, "basic")
        walk.save(late)
        refusal = late.locator(".refusal")
        expect(refusal).to_contain_text(walk.say("web.settings.refused.theirs", by=company.person("Marc").name))
        expect(refusal).to_contain_text(walk.say("web.settings.refused.ours"))
        assert switches(walk.settings(marc)) == (True, False)
        late.locator("[data-discards]").click()
        assert switches(walk.settings(nadia)) == (True, False)


@pytest.mark.statement("S15")
def test_14_sharepoint_on_premises_has_its_own_message(walk: Walk) -> None:
    walk.neglect()
    with walk.person("Nadia") as nadia:
        page = walk.settings(nadia)
        walk.flip(page, "basic")
        walk.saved(page)
        walk.deploy(1)
        page = walk.settings(nadia)
        walk.flip(page, "basic")
        walk.save(page)
        refusal = page.locator(".refusal")
        expect(refusal).to_contain_text(walk.say("check.readiness.sharepoint_on_premises.unmet"))
        expect(refusal).to_contain_text(walk.say("check.readiness.sharepoint_on_premises.remedy"))
        expect(refusal).not_to_contain_text("800503ca")
        assert switches(walk.settings(nadia)) == (False, False)


@pytest.mark.statement("S12", "S13", "S14")
def test_14_the_same_leftovers_are_harmless_while_sharepoint_is_configured(walk: Walk) -> None:
    walk.deploy(0)
    walk.set_up_sharepoint()
    with walk.person("Nadia") as nadia:
        page = walk.settings(nadia)
        walk.flip(page, "basic")
        walk.saved(page)
        assert switches(walk.settings(nadia)) == (True, False)


@pytest.mark.statement("S35", "S36")
def test_15_every_call_on_the_way_was_promised(walk: Walk) -> None:
    with walk.person("Nadia") as nadia:
        page = nadia.open("/calls")
        expect(page.locator(".message.success")).to_contain_text(walk.say("web.calls.kept.title"))


@pytest.mark.statement("S01")
def test_the_labels_of_this_walk_are_those_of_both_languages(walk: Walk) -> None:
    said = {walk.texts.pattern(walk.language, key) for key in walk.texts.keys(walk.language)}
    assert [label for label in LABELS[walk.language].values() if label not in said] == []
