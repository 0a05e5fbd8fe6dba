"""Tabs in the Teams client, with pages of a real app on the real TeamsJS in a frame."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from liaison.tenant.seeds.company import DELEGATED_APP_ID, TEAMS_CLIENT_APP_ID, TENANT_ID
from tests.local_tenant import LocalTenant
from tests.tenant.tab_app import TabApp, running_tab_app
from tests.tenant.teams_browser import SALES, GraphAside, Visit

pytest_plugins = ["tests.tenant.teams_fixtures"]
pytestmark = pytest.mark.slow

_TEAMS_JS = Path(__file__).parents[2] / "node_modules/@microsoft/teams-js/dist/umd/MicrosoftTeams.min.js"
_WEBSITE = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/com.microsoft.teamspace.tab.web"


@pytest.fixture(scope="module")
def running_app() -> Iterator[TabApp]:
    with running_tab_app(_TEAMS_JS) as found:
        yield found


@pytest.fixture
def app(running_app: TabApp, tenant: LocalTenant) -> TabApp:
    """The app where the tenant believes Liaison to be."""
    tenant.switch(teams__liaison_address=running_app.address)
    return running_app


def _pinned(claire: Visit, graph: GraphAside, app: TabApp, channel: str = "Grands comptes", query: str = "") -> Page:
    """The page with a tab of the app, made over Graph as Liaison makes it, opened."""
    address = f"{app.address}/teams/tab/lnk_42?theme={{theme}}&locale={{locale}}{query}"
    graph.pin(graph.place(channel), "Order 42", address, removeUrl=f"{app.address}/teams/remove")
    page = claire.open_channel(channel)
    page.get_by_role("tab", name="Order 42").click()
    return page


def _told(frame: FrameLocator, name: str) -> Any:
    text = frame.locator(f"#{name}").text_content(timeout=15_000) or ""
    return json.loads(text) if text.startswith(("{", "[")) else text


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def test_a_tab_learns_where_it_is(claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant) -> None:
    page = _pinned(claire, graph, app)
    context = _told(page.frame_locator("iframe.tab-frame"), "context")
    channel = graph.channel("Grands comptes")
    me = tenant.person("Claire")
    assert context["app"]["locale"].startswith("en")
    assert (context["app"]["theme"], context["app"]["host"]["name"]) == ("default", "Teams")
    assert (context["page"]["id"], context["page"]["frameContext"]) == ("lnk_42", "content")
    assert (context["user"]["id"], context["user"]["tenant"]["id"]) == (me.id, TENANT_ID)
    assert context["user"]["loginHint"]
    assert (context["team"]["groupId"], context["team"]["displayName"]) == (SALES, "Ventes Europe")
    assert context["team"]["userRole"] == 0
    assert context["channel"] == {
        "id": channel["id"],
        "displayName": "Grands comptes",
        "membershipType": "Regular",
        "relativeUrl": context["sharePointSite"]["teamSitePath"] + "/Shared Documents/Grands comptes",
    }
    assert page.frames[-1].url == f"{app.address}/teams/tab/lnk_42?theme=default&locale={context['app']['locale']}"


def test_a_private_channel_gives_no_group_id(
    claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant
) -> None:
    channel = graph.channel("Négociations")

    def enable(estate: Any) -> None:
        from liaison.tenant.estate.apps import enable_app_in_channel, find_app

        found = find_app(estate, graph_app)
        assert found is not None
        enable_app_in_channel(estate, channel["id"], found.id)

    graph_app = graph.liaison_app()
    tenant.ask(enable)
    page = _pinned(claire, graph, app, "Négociations")
    context = _told(page.frame_locator("iframe.tab-frame"), "context")
    assert (context["team"]["groupId"], context["channel"]["membershipType"]) == ("", "Private")


def test_a_tab_gets_a_token_for_its_own_api(claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant) -> None:
    page = _pinned(claire, graph, app)
    claims = _claims(_told(page.frame_locator("iframe.tab-frame"), "token"))
    assert (claims["aud"], claims["scp"], claims["azp"], claims["ver"], claims["oid"]) == (
        DELEGATED_APP_ID,
        "access_as_user",
        TEAMS_CLIENT_APP_ID,
        "2.0",
        tenant.person("Claire").id,
    )


def test_a_token_of_another_tenant_is_refused(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    assert _told(page.frame_locator("iframe.tab-frame"), "silent") == "failed: resourceRequiresConsent"


@pytest.mark.slow
def test_a_page_outside_the_valid_domains_is_not_answered(
    claire: Visit, graph: GraphAside, app: TabApp, running_app: TabApp
) -> None:
    foreign = f"http://127.0.0.1:{running_app.server_port}"
    graph.pin(graph.place("Grands comptes"), "Foreign", f"{foreign}/teams/tab/lnk_1")
    page = claire.open_channel("Grands comptes")
    page.get_by_role("tab", name="Foreign").click()
    frame = page.frame_locator("iframe.tab-frame")
    expect(frame.get_by_role("heading", name="Order 42")).to_be_visible()
    expect(page.get_by_text("Foreign has not answered yet.")).to_be_visible(timeout=15_000)
    assert frame.locator("#context, #token").count() == 0


def test_a_tab_on_the_clients_own_origin_is_never_framed(claire: Visit, graph: GraphAside, tenant: LocalTenant) -> None:
    graph.pin(graph.place("Grands comptes"), "Own", f"{tenant.http}/sites/x")
    page = claire.open_channel("Grands comptes")
    page.get_by_role("tab", name="Own").click()
    expect(page.get_by_text("This page cannot be shown inside Teams.")).to_be_visible()
    assert page.locator("iframe").count() == 0


def test_a_change_of_theme_reaches_the_tab(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    frame = page.frame_locator("iframe.tab-frame")
    _told(frame, "token")
    page.locator(".avatar-button").click()
    page.get_by_role("menuitemradio", name="High contrast").click()
    expect(frame.locator("#theme")).to_have_text("contrast")


def test_a_link_inside_teams_is_followed_here(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    channel = graph.channel("Renewals")
    target = f"https://teams.microsoft.com/l/channel/{quote(channel['id'], safe='')}/Renewals?groupId={SALES}"
    page = _pinned(claire, graph, app, query=f"&go={quote(target, safe='')}")
    frame = page.frame_locator("iframe.tab-frame")
    _told(frame, "token")
    frame.locator("#go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewals")


def test_a_link_that_runs_script_is_refused(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    frame = page.frame_locator("iframe.tab-frame")
    _told(frame, "token")
    frame.locator("#go").click()
    expect(frame.locator("#link")).to_have_text("failed: InvalidArguments")


def test_the_consent_window_gives_its_word_to_the_tab(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    frame = page.frame_locator("iframe.tab-frame")
    _told(frame, "token")
    with claire.context.expect_page() as opened:
        frame.locator("#consent").click()
    opened.value.locator("#grant").click()
    expect(frame.locator("#consented")).to_have_text('[true,"granted"]')


def test_a_consent_window_that_is_closed_ends_the_waiting(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    frame = page.frame_locator("iframe.tab-frame")
    _told(frame, "token")
    with claire.context.expect_page() as opened:
        frame.locator("#consent").click()
    opened.value.close()
    expect(frame.locator("#consented")).to_have_text('[false,"CancelledByUser"]')


def _setting_up(claire: Visit) -> tuple[Page, FrameLocator]:
    page = claire.open_channel("Grands comptes")
    page.get_by_role("button", name="Add a tab").click()
    page.locator(".app-tile", has_text="Liaison").click()
    frame = page.frame_locator("dialog iframe")
    assert _told(frame, "context")["page"] == {
        "id": "",
        "frameContext": "settings",
        "subPageId": "",
        "isFullScreen": False,
        "isMultiWindow": False,
    }
    return page, frame


def test_a_tab_is_set_up_by_the_apps_own_page(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _setting_up(claire)
    save = page.get_by_role("dialog").get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    frame.locator("#valid").check()
    save.click()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Northwind – order 42")
    assert _told(page.frame_locator("iframe.tab-frame"), "context")["page"]["id"] == "lnk_42"
    tab = graph.get(f"{graph.place('Grands comptes')}/tabs?$expand=teamsApp")["value"][-1]
    assert (tab["displayName"], tab["teamsApp"]["displayName"]) == ("Northwind – order 42", "Liaison")
    assert tab["configuration"] == {
        "entityId": "lnk_42",
        "contentUrl": f"{app.address}/teams/tab/lnk_42?theme={{theme}}&locale={{locale}}&page={{page.id}}",
        "websiteUrl": f"{app.address}/l/lnk_42",
        "removeUrl": f"{app.address}/teams/remove",
    }


def test_a_failed_save_is_explained_and_pins_nothing(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _setting_up(claire)
    frame.locator("#valid").check()
    frame.locator("#fail").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("The order is locked")
    frame.locator("#fail").uncheck()
    frame.locator("#foreign").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text(
        "The address is not in the app's valid domains."
    )
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    names = [tab["displayName"] for tab in graph.get(f"{graph.place('Grands comptes')}/tabs")["value"]]
    assert "Northwind – order 42" not in names


def test_settings_of_a_tab_start_from_what_it_has(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    page.get_by_role("button", name="Options for the tab Order 42").click()
    page.get_by_role("menuitem", name="Tab settings").click()
    frame = page.frame_locator("dialog iframe")
    assert _told(frame, "config")["entityId"] == "lnk_42"
    frame.locator("#valid").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    [tab] = graph.get(f"{graph.place('Grands comptes')}/tabs")["value"]
    assert tab["configuration"]["websiteUrl"] == f"{app.address}/l/lnk_42"


def test_a_tab_is_renamed(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = _pinned(claire, graph, app)
    page.get_by_role("button", name="Options for the tab Order 42").click()
    page.get_by_role("menuitem", name="Rename tab").click()
    page.get_by_label("Tab name").fill("Order 43")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Order 43")
    assert [tab["displayName"] for tab in graph.get(f"{graph.place('Grands comptes')}/tabs")["value"]] == ["Order 43"]


def test_removing_a_tab_asks_its_page_first(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    before = app.removed
    page = _pinned(claire, graph, app)
    page.get_by_role("button", name="Options for the tab Order 42").click()
    page.get_by_role("menuitem", name="Remove tab").click()
    frame = page.frame_locator("dialog iframe")
    assert _told(frame, "context")["page"]["frameContext"] == "remove"
    page.get_by_role("dialog").get_by_role("button", name="Remove tab").click()
    expect(page.get_by_role("tab", name="Order 42")).to_have_count(0)
    assert app.removed == before + 1
    assert graph.get(f"{graph.place('Grands comptes')}/tabs")["value"] == []


@pytest.mark.slow
def test_a_removal_page_that_does_not_answer_cannot_keep_a_tab(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    graph.pin(
        graph.place("Grands comptes"), "Stale", f"{app.address}/teams/tab/lnk_1", removeUrl=f"{app.address}/silent"
    )
    page = claire.open_channel("Grands comptes")
    page.get_by_role("tab", name="Stale").click()
    page.get_by_role("button", name="Options for the tab Stale").click()
    page.get_by_role("menuitem", name="Remove tab").click()
    remove = page.get_by_role("dialog").get_by_role("button", name="Remove tab")
    expect(remove).to_be_disabled()
    expect(remove).to_be_enabled(timeout=10_000)
    remove.click()
    expect(page.get_by_role("tab", name="Stale")).to_have_count(0)


def test_a_website_tab_offers_the_browser_and_tries_a_frame(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = claire.open_channel("Renewals")
    page.get_by_role("button", name="Add a tab").click()
    page.locator(".app-tile", has_text="Website").click()
    page.get_by_label("Tab name").fill("Price list")
    page.get_by_label("Address").fill(f"{app.address}/prices")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Price list")
    expect(page.get_by_role("link", name="Open in browser")).to_have_attribute("href", f"{app.address}/prices")
    expect(page.frame_locator("iframe.tab-frame").get_by_role("heading", name="prices")).to_be_visible()
    [tab] = graph.get(f"{graph.place('Renewals')}/tabs?$expand=teamsApp")["value"]
    assert (tab["teamsApp"]["id"], tab["configuration"]["websiteUrl"]) == (
        "com.microsoft.teamspace.tab.web",
        f"{app.address}/prices",
    )


def test_library_and_file_tabs_are_shown_without_a_frame(claire: Visit, graph: GraphAside) -> None:
    place = graph.place("Renewals")
    apps = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/com.microsoft.teamspace.tab."
    folder = graph.get(graph.folder("Grands comptes"))["webUrl"]
    file = graph.get(f"{graph.folder('Grands comptes')}:/Northwind/Devis révisé.xlsx")["webUrl"]
    for app, name, address in (("files.sharepoint", "Library", folder), ("file.staticviewer.excel", "Quote", file)):
        graph.post(
            f"{place}/tabs",
            {
                "displayName": name,
                "teamsApp@odata.bind": apps + app,
                "configuration": {"entityId": "", "contentUrl": address, "websiteUrl": None, "removeUrl": None},
            },
        )
    page = claire.open_channel("Renewals")
    page.get_by_role("tab", name="Library").click()
    expect(page.get_by_role("link", name="Liste des comptes.csv")).to_be_visible()
    page.get_by_role("tab", name="Quote").click()
    expect(page.get_by_role("heading", name="Devis révisé.xlsx")).to_be_visible()
    assert page.locator("iframe").count() == 0


def test_a_tab_made_by_graph_appears_without_a_reload(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("Renewals")
    place = graph.place("Renewals")
    configuration = {"entityId": None, "contentUrl": "https://example.com/", "websiteUrl": "https://example.com/"}
    graph.post(
        f"{place}/tabs", {"displayName": "By Graph", "teamsApp@odata.bind": _WEBSITE, "configuration": configuration}
    )
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("tab", name="By Graph")).to_be_visible()


def test_deep_links_open_a_tab(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    channel = graph.channel("Grands comptes")
    tab = graph.pin(graph.place("Grands comptes"), "Order 42", f"{app.address}/teams/tab/lnk_42")
    context = quote(json.dumps({"channelId": channel["id"], "subEntityId": "line-7"}), safe="")
    page = claire.open(f"/teams/l/entity/{graph.liaison_app()}/lnk_42?label=x&context={context}")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Order 42")
    assert _told(page.frame_locator("iframe.tab-frame"), "context")["page"]["subPageId"] == "line-7"
    address = tab["webUrl"].partition("/l/")[2]
    page = claire.open(f"/teams/l/{address}")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Order 42")
