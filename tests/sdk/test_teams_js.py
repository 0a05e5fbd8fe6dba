"""Microsoft's TeamsJS, unmodified, in the frames of the local Teams client over https: each call that it supports."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from liaison.tenant.seeds.company import DELEGATED_APP_ID, LIAISON_MANIFEST_ID, TEAMS_CLIENT_APP_ID, TENANT_ID
from tests.local_tenant import LocalTenant
from tests.tenant.tab_app import TabApp, own_certificate, running_tab_app
from tests.tenant.teams_browser import SALES, GraphAside, Visit, visit

pytest_plugins = ["tests.tenant.teams_fixtures"]

_TEAMS_JS = Path(__file__).parents[2] / "node_modules/@microsoft/teams-js/dist/umd/MicrosoftTeams.min.js"


@pytest.fixture(scope="module")
def running_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TabApp]:
    with running_tab_app(_TEAMS_JS, own_certificate(tmp_path_factory.mktemp("tls"))) as found:
        yield found


@pytest.fixture
def app(running_app: TabApp, tenant: LocalTenant) -> TabApp:
    """The app where the tenant believes Liaison to be."""
    tenant.switch(teams__liaison_address=running_app.address)
    return running_app


@pytest.fixture
def claire(chromium: Browser, tenant: LocalTenant) -> Iterator[Visit]:
    """Claire at a desk, with the client over https."""
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "ignore_https_errors": True}
    with visit(chromium, tenant, root=tenant.https, **options) as found:
        found.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield found


# What this host does not do, and the SDK's own words about it.
_ELSEWHERE = {
    "stageView.open({})": {"errorCode": 100},
    "calendar.openCalendarItem({ itemId: 'x' })": "Not supported",
    "geoLocation.getCurrentLocation()": {"errorCode": 100},
}


def _tab(claire: Visit, graph: GraphAside, app: TabApp, entity: str = "lnk_42") -> tuple[Page, Frame]:
    """A tab of the app on the screen, and its frame once TeamsJS has said hello there."""
    graph.pin(graph.place("Grands comptes"), "Order 42", f"{app.address}/teams/sdk/{entity}", entityId=entity)
    page = claire.open_channel("Grands comptes")
    page.get_by_role("tab", name="Order 42").click()
    return page, _frame(page, "/teams/sdk/")


def _frame(page: Page, path: str) -> Frame:
    page.wait_for_function("path => true", arg=path)
    for _ in range(100):
        found = next((one for one in page.frames if path in one.url), None)
        if found is not None:
            found.locator("#hello").wait_for()
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"no frame at {path}: {[one.url for one in page.frames]}")


_CALL = (
    "async () => { const { app, pages, authentication, dialog, clipboard, people, teamsCore } = microsoftTeams; %s }"
)


def _run(frame: Frame, script: str) -> Any:
    """What a few lines with TeamsJS return; a refusal is {"refused": …}."""
    inner = f"return await (async () => {{ {script} }})()"
    safe = f"try {{ {inner}; }} catch (refused) {{ return {{ refused: refused.message ?? refused }}; }}"
    return frame.evaluate(_CALL % safe)


def _start(frame: Frame, script: str) -> None:
    """Start a call that waits for the person; its outcome lands in `told`."""
    frame.evaluate(_CALL % f"({script}).then(tell('done'), (refused) => tell('refused')(refused.message ?? refused));")


def _told(frame: Frame) -> Any:
    frame.wait_for_function("told.length > 0")
    return frame.evaluate("told.splice(0)")


def test_initialize_and_the_whole_context(claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant) -> None:
    _, frame = _tab(claire, graph, app)
    context = _run(frame, "return JSON.parse(JSON.stringify(await app.getContext()))")
    channel = graph.channel("Grands comptes")
    me = tenant.person("Claire")
    site = graph.get(f"{graph.place('Grands comptes')}/filesFolder")["webUrl"].partition("/Shared")[0]
    path = site.removeprefix(tenant.http)
    assert context.pop("app") == {
        "locale": "en-gb",
        "sessionId": context_session(frame),
        "theme": "default",
        "host": {"name": "Teams", "clientType": "web", "sessionId": context_session(frame), "ringId": "general"},
        "appId": {"appIdAsString": LIAISON_MANIFEST_ID},
        "manifestVersion": "1.25",
    }
    team = context.pop("team")
    assert team.pop("internalId").endswith("@thread.tacv2")
    assert team == {"displayName": "Ventes Europe", "groupId": SALES, "isArchived": False, "userRole": 0}
    assert context == {
        "page": {
            "id": "lnk_42",
            "frameContext": "content",
            "subPageId": "",
            "isFullScreen": False,
            "isMultiWindow": False,
        },
        "user": {
            "id": me.id,
            "loginHint": me.upn,
            "userPrincipalName": me.upn,
            "tenant": {"id": TENANT_ID},
        },
        "channel": {
            "id": channel["id"],
            "displayName": "Grands comptes",
            "relativeUrl": f"{path}/Shared Documents/Grands comptes",
            "membershipType": "Regular",
        },
        "sharePointSite": {
            "teamSiteUrl": site,
            "teamSiteDomain": tenant.http.removeprefix("http://"),
            "teamSitePath": path,
        },
        "dialogParameters": {},
    }
    assert _run(frame, "return [app.isInitialized(), app.getFrameContext()]") == [True, "content"]
    assert claire.problems == []


def context_session(frame: Frame) -> Any:
    """The session's id, which is made at random."""
    return _run(frame, "return (await app.getContext()).app.sessionId")


def test_the_single_sign_on_token_and_its_refusals(
    claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant
) -> None:
    _, frame = _tab(claire, graph, app)
    token = _run(frame, "return authentication.getAuthToken()").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert {name: claims[name] for name in ("aud", "scp", "azp", "ver", "oid", "tid")} == {
        "aud": DELEGATED_APP_ID,
        "scp": "access_as_user",
        "azp": TEAMS_CLIENT_APP_ID,
        "ver": "2.0",
        "oid": tenant.person("Claire").id,
        "tid": TENANT_ID,
    }
    other = "return authentication.getAuthToken({ silent: true, tenantId: '00000000-0000-0000-0000-000000000001' })"
    assert _run(frame, other) == {"refused": "resourceRequiresConsent"}
    # Only Microsoft's own pages may ask who the person is.
    assert "refused" in _run(frame, "return authentication.getUser()")


@pytest.mark.slow
def test_what_is_supported_and_what_is_not(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    _, frame = _tab(claire, graph, app)
    names = """
      const found = {};
      for (const [name, part] of Object.entries(microsoftTeams)) {
        if (typeof part?.isSupported === "function") found[name] = part.isSupported();
        for (const [below, inner] of Object.entries(part ?? {}))
          if (typeof inner?.isSupported === "function") found[`${name}.${below}`] = inner.isSupported();
      }
      return Object.keys(found).filter((name) => found[name]).sort();
    """
    assert _run(frame, names) == [
        "appInstallDialog",
        "clipboard",
        "dialog",
        "dialog.update",
        "dialog.url",
        "pages",
        "pages.backStack",
        "pages.config",
        "pages.currentApp",
        "pages.tabs",
        "people",
        "teamsCore",
    ]
    refused = {call: _run(frame, f"return await microsoftTeams.{call}")["refused"] for call in _ELSEWHERE}
    assert refused == _ELSEWHERE
    raw = """async () => new Promise((done) => {
      addEventListener("message", (event) => event.data.id === 4711 && done(event.data.args));
      parent.postMessage({ id: 4711, func: "media.captureImage", args: [] }, location.ancestorOrigins[0]);
    })"""
    assert frame.evaluate(raw) == [{"errorCode": 100, "message": "media.captureImage is not supported by this host."}]


@pytest.mark.slow
def test_theme_and_context_changes_arrive_live(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    _run(
        frame,
        "app.registerOnThemeChangeHandler(tell('theme'));"
        "app.registerOnContextChangeHandler((context) => tell('context')(context.theme));",
    )
    for name, word in (("Dark", "dark"), ("High contrast", "contrast"), ("Light", "default")):
        page.locator(".avatar-button").click()
        page.get_by_role("menuitemradio", name=name).click()
        frame.wait_for_function("told.length > 1")
        assert _told(frame) == [["theme", word], ["context", word]]
        assert _run(frame, "return (await app.getContext()).app.theme") == word


@pytest.mark.slow
def test_a_configuration_page_saves_through_its_handler(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page = claire.open_channel("Renewals")
    page.get_by_role("button", name="Add a tab").click()
    page.locator(".app-tile", has_text="Liaison").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("iframe").wait_for()
    _configure(page, app)
    frame = _frame(page, "/teams/sdk/config")
    settings = {
        "entityId": "lnk_7",
        "contentUrl": f"{app.address}/teams/sdk/lnk_7",
        "websiteUrl": f"{app.address}/l/lnk_7",
        "removeUrl": f"{app.address}/teams/sdk/remove",
        "suggestedDisplayName": "Order 7",
    }
    before = _run(frame, "return pages.getConfig()")
    assert before == {
        "entityId": "",
        "contentUrl": None,
        "websiteUrl": None,
        "removeUrl": None,
        "suggestedDisplayName": "",
    }
    assert _run(frame, "return app.getFrameContext()") == "settings"
    save = f"""
      pages.config.registerOnSaveHandler(async (event) => {{
        await pages.config.setConfig({json.dumps(settings)});
        event.notifySuccess();
      }});
      pages.config.setValidityState(true);
    """
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    _run(frame, save)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Order 7")
    [tab] = graph.get(f"{graph.place('Renewals')}/tabs")["value"]
    kept = {name: value for name, value in settings.items() if name != "suggestedDisplayName"}
    assert (tab["displayName"], tab["configuration"]) == ("Order 7", kept)
    _remove(page)


def _configure(page: Page, app: TabApp) -> None:
    """Sends the dialog's frame to the page that tests drive."""
    frame = page.get_by_role("dialog").locator("iframe")
    frame.evaluate(f"(frame) => {{ frame.src = '{app.address}/teams/sdk/config'; }}")


def _remove(page: Page) -> None:
    """Removing asks the app's page, which hears of it in the frame context `remove`."""
    page.get_by_role("button", name="Options for the tab Order 7").click()
    page.get_by_role("menuitem", name="Remove tab").click()
    frame = _frame(page, "/teams/sdk/remove")
    assert _run(frame, "return app.getFrameContext()") == "remove"
    dialog = page.get_by_role("dialog")
    _run(
        frame,
        "pages.config.registerOnRemoveHandler((event) => { fetch('/gone', { method: 'POST' })"
        ".then(() => event.notifyFailure('The order is kept')); }); pages.config.setValidityState(true);",
    )
    dialog.get_by_role("button", name="Remove tab").click()
    expect(page.get_by_role("tab", name="Order 7")).to_have_count(0)
    expect(page.locator(".toast").filter(has_text="The order is kept")).to_be_visible()


@pytest.mark.slow
def test_a_tab_changes_its_own_configuration(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    _, frame = _tab(claire, graph, app)
    config = {"entityId": "lnk_43", "contentUrl": f"{app.address}/teams/sdk/lnk_43", "websiteUrl": f"{app.address}/l"}
    _run(frame, f"await pages.config.setConfig({json.dumps(config)})")
    [tab] = graph.get(f"{graph.place('Grands comptes')}/tabs")["value"]
    assert tab["configuration"] == {**config, "removeUrl": None}
    foreign = {**config, "contentUrl": "https://elsewhere.example/"}
    assert _run(frame, f"await pages.config.setConfig({json.dumps(foreign)})") == {
        "refused": "The address is not in the app's valid domains."
    }


@pytest.mark.slow
def test_links_lead_inside_outside_and_nowhere(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    with claire.context.expect_page() as opened:
        assert _run(frame, "return app.openLink('https://localhost:1/x')") is None
    opened.value.close()
    assert _run(frame, "return app.openLink('javascript:alert(1)')") == {"refused": "InvalidArguments"}
    _run(
        frame,
        f"pages.shareDeepLink({{ subPageId: 'line-7', subPageLabel: 'Line 7', subPageWebUrl: '{app.address}/l' }})",
    )
    field = page.get_by_role("dialog").get_by_role("textbox")
    shared = field.input_value()
    assert shared.startswith(f"{claire.root}/teams/l/entity/{LIAISON_MANIFEST_ID}/lnk_42?label=Line+7&context=")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    address = graph.channel("Renewals")["webUrl"]
    _run(frame, f"app.openLink({json.dumps(address)})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewals")
    claire.open(shared)
    frame = _frame(page, "/teams/sdk/")
    assert _run(frame, "return (await app.getContext()).page.subPageId") == "line-7"


@pytest.mark.slow
def test_a_tab_goes_to_other_tabs_of_its_app(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    place = graph.place("Renewals")
    other = graph.pin(place, "Order 7", f"{app.address}/teams/sdk/lnk_7", entityId="lnk_7")
    page, frame = _tab(claire, graph, app)
    found = _run(frame, "return (await pages.tabs.getTabInstances()).teamTabs")
    renewals = graph.channel("Renewals")
    told = next(one for one in found if one["entityId"] == "lnk_7")
    assert sorted(one["tabName"] for one in found) == ["Order 42", "Order 7"]
    assert told.pop("teamId").endswith("@thread.tacv2")
    assert told == {
        "tabName": "Order 7",
        "internalTabInstanceId": other["id"],
        "lastViewUnixEpochTime": 0,
        "entityId": "lnk_7",
        "channelId": renewals["id"],
        "channelName": "Renewals",
        "channelIsFavorite": True,
        "teamName": "Ventes Europe",
        "teamIsFavorite": True,
        "groupId": SALES,
        "url": f"{app.address}/teams/sdk/lnk_7",
        "websiteUrl": "",
    }
    recent = _run(frame, "return (await pages.tabs.getMruTabInstances()).teamTabs.map((tab) => tab.tabName)")
    assert recent == ["Order 42", "Order 7"]
    assert _run(frame, "return pages.tabs.navigateToTab({ tabName: 'x' })") == {
        "refused": "Invalid internalTabInstanceId and/or channelId were/was provided"
    }
    missing = _run(frame, "return pages.currentApp.navigateTo({ pageId: 'nothing' })")
    assert missing["refused"] == "The app has no such page here."
    _run(frame, f"pages.tabs.navigateToTab({json.dumps(told)})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewals")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Order 7")
    frame = _frame(page, "/teams/sdk/lnk_7")
    channel = graph.channel("Grands comptes")["id"]
    asked = {"appId": LIAISON_MANIFEST_ID, "pageId": "lnk_42", "channelId": channel, "subPageId": "line-9"}
    _run(frame, f"pages.navigateToApp({json.dumps(asked)})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grands comptes")
    frame = _frame(page, "/teams/sdk/lnk_42")
    assert _run(frame, "return (await app.getContext()).page.subPageId") == "line-9"
    _run(frame, "pages.backStack.navigateBack()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Renewals")


@pytest.mark.slow
def test_authenticate_opens_a_window_and_hears_its_word(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    _, frame = _tab(claire, graph, app)
    outcomes = []
    for query in ("ok=granted", "no=denied"):
        _start(
            frame, f"authentication.authenticate({{ url: '{app.address}/teams/end?{query}', width: 600, height: 535 }})"
        )
        outcomes.append(_told(frame))
    with claire.context.expect_page() as opened:
        _start(frame, f"authentication.authenticate({{ url: '{app.address}/teams/end' }})")
    opened.value.close()
    outcomes.append(_told(frame))
    _start(frame, "authentication.authenticate({ url: 'https://elsewhere.example/' })")
    outcomes.append(_told(frame))
    assert outcomes == [
        [["done", "granted"]],
        [["refused", "denied"]],
        [["refused", "CancelledByUser"]],
        [["refused", "The address is not in the app's valid domains"]],
    ]
    assert _run(frame, "return authentication.authenticate({ url: 'http://localhost/x' })") == {
        "refused": "Url should be a valid https url"
    }


@pytest.mark.slow
def test_a_dialog_speaks_with_its_tab_and_gives_a_result(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    asked = {"url": f"{app.address}/teams/sdk/task", "title": "Choose a line", "size": {"height": 300, "width": 500}}
    ask = f"dialog.url.open({json.dumps(asked)}, tell('closed'), tell('message'));"
    _run(frame, ask)
    inner = _frame(page, "/teams/sdk/task")
    expect(page.get_by_role("dialog", name="Choose a line")).to_be_visible()
    assert _run(inner, "return app.getFrameContext()") == "task"
    _run(inner, "dialog.url.parentCommunication.registerOnMessageFromParent(tell('parent'))")
    _run(inner, "dialog.url.parentCommunication.sendMessageToParentFromDialog({ line: 7 })")
    assert _told(frame) == [["message", {"line": 7}]]
    _run(frame, "dialog.url.parentCommunication.sendMessageToDialog('hello')")
    assert _told(inner) == [["parent", "hello"]]
    _run(inner, "dialog.update.resize({ width: 640, height: 400 })")
    page.wait_for_function("document.querySelector('dialog .tab-frame').clientHeight === 400")
    _run(inner, "dialog.url.submit({ chosen: 7 }, 'ignored')")
    assert _told(frame) == [["closed", {"err": None, "result": {"chosen": 7}}]]
    expect(page.get_by_role("dialog")).to_have_count(0)
    _run(frame, ask)
    _frame(page, "/teams/sdk/task")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    assert _told(frame) == [["closed", {"err": "User cancelled/closed the task module.", "result": None}]]
    _run(frame, "dialog.url.open({ url: 'https://elsewhere.example/', size: {} }, tell('closed'))")
    assert _told(frame) == [["closed", {"err": "The address is not in the app's valid domains.", "result": None}]]


@pytest.mark.slow
def test_the_clipboard_is_written_and_read(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    frame.locator("h1").click()
    _run(frame, "await clipboard.write(new Blob(['Order 42 – signé'], { type: 'text/plain' }))")
    assert page.evaluate("navigator.clipboard.readText()") == "Order 42 – signé"
    assert _run(frame, "return (await clipboard.read()).text()") == "Order 42 – signé"


@pytest.mark.slow
def test_people_are_picked_or_not(claire: Visit, graph: GraphAside, app: TabApp, tenant: LocalTenant) -> None:
    page, frame = _tab(claire, graph, app)
    _start(frame, "people.selectPeople({ title: 'Who signs?' })")
    page.get_by_role("dialog", name="Who signs?").get_by_role("button", name="Cancel").click()
    assert _told(frame) == [["refused", "User cancelled the request"]]
    _start(frame, "people.selectPeople({ title: 'Who signs?', singleSelect: true })")
    page.get_by_role("combobox", name="Search by name").press_sequentially("oliv")
    page.get_by_role("option", name="Oliver Grant").click()
    page.get_by_role("button", name="Done").click()
    oliver = tenant.person("Oliver")
    assert _told(frame) == [
        ["done", [{"objectId": oliver.id, "displayName": "Oliver Grant", "email": "oliver.grant@contoso.com"}]]
    ]


@pytest.mark.slow
def test_a_page_that_fails_gives_way_to_a_calm_one(claire: Visit, graph: GraphAside, app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    assert _run(frame, "app.notifyAppLoaded(); return app.notifySuccess()") == {"hasFinishedSuccessfully": "unknown"}
    _run(frame, "app.notifyExpectedFailure({ reason: app.ExpectedFailureReason.NotFound, message: 'gone' })")
    expect(page.locator("iframe.tab-frame")).to_be_visible()
    _run(frame, "app.notifyFailure({ reason: app.FailedReason.AuthFailed, message: 'Sign in again, please.' })")
    expect(page.get_by_role("heading", name="There was a problem reaching Order 42")).to_be_visible()
    expect(page.get_by_text("Sign in again, please.")).to_be_visible()
    page.get_by_role("button", name="Reload tab").click()
    _frame(page, "/teams/sdk/")


@pytest.mark.slow
def test_a_page_that_asks_is_told_before_it_goes_and_when_it_comes_back(
    claire: Visit, graph: GraphAside, app: TabApp
) -> None:
    page, frame = _tab(claire, graph, app)
    _run(
        frame,
        "window.same = 'kept';"
        "teamsCore.registerBeforeUnloadHandler((ready) => { tell('leaving')(); ready(); return true; });"
        "teamsCore.registerOnLoadHandler((place) => tell('back')({ ...place }));",
    )
    page.get_by_role("tab", name="Posts").click()
    assert _told(frame) == [["leaving"]]
    page.wait_for_timeout(200)
    page.get_by_role("tab", name="Order 42").click()
    assert _told(frame) == [["back", {"entityId": "lnk_42", "contentUrl": f"{app.address}/teams/sdk/lnk_42"}]]
    assert frame.evaluate("window.same") == "kept"
    expect(page.frame_locator("iframe.tab-frame").get_by_role("heading", name="SDK")).to_be_visible()


@pytest.mark.slow
def test_a_hostile_page_learns_nothing(claire: Visit, graph: GraphAside, app: TabApp, running_app: TabApp) -> None:
    page, frame = _tab(claire, graph, app)
    foreign = f"https://127.0.0.1:{running_app.server_port}"
    ask = """([host, func]) => new Promise((done) => {
      addEventListener("message", (event) => event.data?.id === 9 && done(event.data.args));
      top.postMessage({ id: 9, func, args: [] }, "*");
      setTimeout(() => done("silence"), 700);
    })"""
    # A frame inside the tab, even of the app's own origin, is not the tab.
    frame.evaluate(
        f"document.body.append(Object.assign(document.createElement('iframe'), {{src: '{app.address}/silent/x'}}))"
    )
    page.wait_for_timeout(300)
    inner = next(one for one in page.frames if "/silent/x" in one.url)
    assert inner.evaluate(ask, [claire.root, "authentication.getAuthToken"]) == "silence"
    # The tab that has gone to another origin is not the app.
    frame.evaluate(f"location.href = '{foreign}/silent/y'")
    page.wait_for_timeout(600)
    gone = next(one for one in page.frames if "/silent/y" in one.url)
    for func in ("initialize", "getContext", "authentication.getAuthToken", "settings.getSettings"):
        assert gone.evaluate(ask, [claire.root, func]) == "silence"
