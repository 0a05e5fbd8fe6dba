"""The side pane of Dynamics 365: our own script in a page of another origin, and signing in inside the frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from liaison.cli.device_pages import approve
from liaison.cli.places import Tenant
from liaison.cli.sign_in import DeviceCode, wait_for_token
from liaison.tenant.seeds import company
from tests.browser.dynamics_host import Host, running_host
from tests.browser.person import SALES, Person, person_at
from tests.contract.demo_process import Demo, running_demo

pytestmark = pytest.mark.statement("F75")

RENEWAL = "Northwind renewal"
TITLES = {"en-GB": "Sign in to Liaison", "fr-FR": "Se connecter à Liaison"}


def dataverse_token(demo: Demo, environment: str) -> str:
    client = demo.told["apps"]["delegated"]["client_id"]
    tenant = Tenant(f"{demo.tenant}/{demo.told['tenant']['id']}", client)
    asked = {"client_id": client, "scope": f"{environment}/user_impersonation"}
    told = httpx2.post(f"{tenant.authority}/oauth2/v2.0/devicecode", data=asked).json()
    approve(told["verification_uri"], told["user_code"], company.person("Claire").upn)
    device = DeviceCode(told["user_code"], told["verification_uri"], told["device_code"], 1.0, 4e9)
    return wait_for_token(tenant, device).access_token


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with running_host() as host:
        yield host


@pytest.fixture(scope="module")
def pane_demo(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that lets the stand-in show its pane, with both experiences on in Contoso Sales."""
    with running_demo(tmp_path_factory.mktemp("pane"), LIAISON_PANE_ORIGINS=host.address) as demo:
        demo.grant_consent()
        with demo.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
            host.load(nadia.get("/packages/dynamics").raise_for_status().content)
        host.environment = demo.told["environments"][0]["http"]
        headers = {"Authorization": f"Bearer {dataverse_token(demo, host.environment)}"}
        with httpx2.Client(headers=headers, timeout=30.0) as client:
            host.dataverse = client
            yield demo


@pytest.fixture(params=["en-GB", "fr-FR"])
def claire(request: pytest.FixtureRequest, chromium: Browser, pane_demo: Demo) -> Iterator[Person]:
    """A browser in which nobody has ever signed in."""
    with person_at(chromium, pane_demo, "Claire", locale=request.param, storage_state=None) as person:
        yield person


def opportunity(demo: Demo, title: str = RENEWAL) -> str:
    with demo.api("Claire") as api:
        found = api.get(f"/environments/{SALES}/tables/opportunity/records", params={"q": title}).json()
    return str(found["items"][0]["id"])


def run(page: Page, script: str, *values: Any) -> Any:
    return page.evaluate(script, list(values))


def open_pane(page: Page, host: Host, record: str) -> FrameLocator:
    page.goto(host.address)
    shown = "([id]) => Liaison.isShownOnRecord(form('opportunity', id))"
    assert run(page, shown, f"{{{record.upper()}}}") is True
    run(page, "([id]) => Liaison.collaborateOnRecord(form('opportunity', id))", f"{{{record.upper()}}}")
    return page.frame_locator("aside iframe").frame_locator("#liaison")


def sign_in(person: Person, pane: FrameLocator) -> None:
    """In the window that the pane's button opens."""
    with person.page.expect_popup() as opened:
        pane.locator("[data-signs-in]").click()
    window = opened.value
    choice = window.locator("button[name=user]", has_text=company.person(person.given).name)
    accept = window.locator("button[name=decision][value=accept]")
    choice.click()
    done = window.locator("[data-done=true]")
    expect(accept.or_(done)).to_be_visible()
    if accept.count():
        accept.click()


@pytest.mark.statement("F15", "F77")
def test_the_pane_signs_in_by_a_window_and_shows_the_records_panel(claire: Person, host: Host) -> None:
    pane = open_pane(claire.page, host, opportunity(claire.demo))
    expect(pane.get_by_role("heading", level=1)).to_have_text(TITLES[claire.locale])
    sign_in(claire, pane)
    expect(pane.locator(".panel-head h2")).to_be_visible()
    expect(pane.locator(".panel-content")).to_contain_text(RENEWAL)
    expect(pane.locator(".site-map")).to_have_count(0)
    assert claire.page.evaluate("window.made.length") == 1
    cookies = {one["name"]: one for one in claire.context.cookies() if one["name"].endswith("liaison-pane")}
    (cookie,) = cookies.values()
    assert (cookie["sameSite"], cookie["secure"], cookie["httpOnly"]) == ("None", True, True)
    assert cookie.get("partitionKey", "").startswith("http://127.0.0.1")
    pane.locator(".panel-foot a.primary").click()  # the wizard, in the frame, with the pane's own session
    expect(pane.locator(".panel-head h2")).to_be_visible()


def go_on(pane: FrameLocator) -> None:
    """To the wizard's next step; done when it is there."""
    following = pane.locator("button[data-next]")
    leads_to = following.get_attribute("value")
    following.click()
    expect(pane.locator(f'button[data-next][value="{leads_to}"]')).to_have_count(0)


@pytest.mark.statement("F15", "F17", "F22")
def test_a_record_is_connected_to_a_channel_without_leaving_the_pane(
    chromium: Browser, pane_demo: Demo, host: Host
) -> None:
    with person_at(chromium, pane_demo, "Claire", storage_state=None) as claire:
        pane = open_pane(claire.page, host, opportunity(pane_demo, "Pilot project"))
        sign_in(claire, pane)
        pane.locator(".panel-foot a.primary").click()
        for choice in ("Ventes Europe", "Renewals"):
            pane.locator(".choice").filter(has=pane.get_by_text(choice, exact=True)).click()
            go_on(pane)
        finish = pane.get_by_role("button", name="Finish", exact=True)
        while not finish.is_visible():  # steps beyond these have nothing that must be chosen
            go_on(pane)
        finish.click()
        expect(pane.get_by_role("link", name="Open channel")).to_be_visible(timeout=30_000)
        expect(pane.locator(".site-map")).to_have_count(0)
        assert claire.page.url.startswith(host.address)


@pytest.mark.statement("F24", "S30")
def test_a_view_opens_its_own_panel_in_the_pane(chromium: Browser, pane_demo: Demo, host: Host) -> None:
    assert host.dataverse is not None
    asked = (
        f"{host.environment}/api/data/v9.2/savedqueries?$filter=returnedtypecode eq 'opportunity' and isdefault eq true"
    )
    view = host.dataverse.get(asked).raise_for_status().json()["value"][0]
    with person_at(chromium, pane_demo, "Claire", storage_state=None) as claire:
        claire.page.goto(host.address)
        command = "([id]) => Liaison.collaborateOnView(grid('opportunity', id, 'savedquery'))"
        run(claire.page, command, f"{{{view['savedqueryid'].upper()}}}")
        pane = claire.page.frame_locator("aside iframe").frame_locator("#liaison")
        sign_in(claire, pane)
        expect(pane.locator(".panel-content")).to_contain_text(view["name"])
        pane.locator(".panel-foot a.primary").click()
        expect(pane.locator(".choice").filter(has_text="Ventes Europe")).to_be_visible()


def test_no_other_site_may_frame_the_pane(claire: Person, host: Host) -> None:
    record = opportunity(claire.demo)
    with running_host() as stranger:
        stranger.resources, stranger.environment, stranger.dataverse = host.resources, host.environment, host.dataverse
        pane = open_pane(claire.page, stranger, record)
        claire.page.wait_for_timeout(1000)
        expect(pane.get_by_role("heading", name=TITLES[claire.locale])).to_have_count(0)
    assert any("frame-ancestors" in problem for problem in claire.problems)
    claire.problems.clear()


def switch(demo: Demo, *, basic: bool, enhanced: bool) -> None:
    with demo.api("Nadia") as nadia:
        where = f"/environments/{SALES}/collaboration"
        version = nadia.get(where).raise_for_status().json()["switches"]["version"]
        nadia.put(where, json={"basic": basic, "enhanced": enhanced, "version": version}).raise_for_status()


@pytest.mark.statement("S29", "S30")
@pytest.mark.parametrize(
    ("basic", "enhanced", "on_record", "on_view"),
    [(True, True, True, True), (True, False, True, False), (False, False, False, False)],
)
def test_the_command_is_hidden_where_linking_is_off(
    chromium: Browser, pane_demo: Demo, host: Host, basic: bool, enhanced: bool, on_record: bool, on_view: bool
) -> None:
    switch(pane_demo, basic=basic, enhanced=enhanced)
    try:
        with person_at(chromium, pane_demo, "Claire") as claire:
            claire.page.goto(host.address)
            record, view = (f"{{{opportunity(pane_demo).upper()}}}" for _ in range(2))
            shown = "([id]) => Liaison.isShownOnRecord(form('opportunity', id))"
            assert run(claire.page, shown, record) is on_record
            assert run(claire.page, "([id]) => Liaison.isShownOnRecord(form('opportunity', ''))", "") is False
            assert run(claire.page, "([id]) => Liaison.isShownOnRecord(form('systemuser', id))", record) is False
            bare = "([id]) => { bareMetadata = true; return Liaison.isShownOnRecord(form('account', id)); }"
            assert run(claire.page, bare, record) is on_record
            shown = "([id]) => Liaison.isShownOnView(grid('opportunity', id, 'userquery'))"
            assert run(claire.page, shown, view) is on_view
            odd = "([id]) => Liaison.isShownOnView(grid('opportunity', id, 'something'))"
            assert run(claire.page, odd, view) is False
    finally:
        switch(pane_demo, basic=True, enhanced=True)
