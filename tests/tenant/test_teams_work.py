"""What people do with teams in the Teams client: making, joining, leaving, managing; and with messages and files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from liaison.tenant.seeds.company import stable_guid
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import bind, person
from tests.tenant.teams_browser import NORTHWIND, SALES, GraphAside, Visit, visit

pytest_plugins = ["tests.tenant.teams_fixtures"]

MARKETING = stable_guid("team", "marketing")
_AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def _menu(page: Page, row: str, entry: str) -> None:
    """Choose from the menu of a row in the list, by its button."""
    page.get_by_role("treeitem", name=row, exact=True).first.hover()
    page.get_by_role("button", name=re.compile(f"^More options for the (team|channel) {row}$")).click()
    page.get_by_role("menuitem", name=entry).click()


def _confirm(page: Page, name: str) -> None:
    page.get_by_role("dialog").last.get_by_role("button", name=name, exact=True).click()


def test_a_new_team_is_made_filled_archived_and_deleted(claire: Visit, graph: GraphAside, tenant: LocalTenant) -> None:
    page = claire.open()
    page.get_by_role("link", name="Join or create a team").click()
    page.get_by_role("button", name="Create a team").click()
    page.get_by_label("Team name").fill("Projet Alpha")
    page.get_by_role("radio", name="Public").check()
    _confirm(page, "Create")
    expect(page.get_by_role("heading", level=1)).to_have_text("General")
    [team] = [one for one in graph.get("/me/joinedTeams")["value"] if one["displayName"] == "Projet Alpha"]
    assert graph.get(f"/teams/{team['id']}")["visibility"] == "public"
    _menu(page, "Projet Alpha", "Manage team")
    page.get_by_role("button", name="Add member").click()
    page.get_by_role("combobox", name="People").press_sequentially("oliv")
    page.get_by_role("option", name="Oliver Grant").click()
    _confirm(page, "Add")
    role = page.get_by_role("combobox", name="Role of Oliver Grant")
    role.select_option("owner")
    expect(page.locator(".toast").filter(has_text="Oliver Grant: Owner.")).to_be_visible()
    page.get_by_role("button", name="Remove Oliver Grant").click()
    _confirm(page, "Remove")
    expect(role).to_have_count(0)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Archive the team").click()
    _confirm(page, "Archive the team")
    expect(page.get_by_text("This team is archived.")).to_be_visible()
    branch = page.locator(".tree-branch", has=page.get_by_role("treeitem", name="Projet Alpha", exact=True))
    branch.get_by_role("treeitem", name="General").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("General")
    assert page.get_by_role("button", name=re.compile("Start a post|Add a tab")).count() == 0
    _menu(page, "Projet Alpha", "Delete the team")
    _confirm(page, "Delete the team")
    expect(page.get_by_role("treeitem", name="Projet Alpha")).to_have_count(0)


@pytest.mark.slow
def test_a_public_team_is_joined_and_left(claire: Visit, graph: GraphAside) -> None:
    page = claire.open("/teams/discover")
    page.get_by_role("button", name="Join Marketing").click()
    expect(page.get_by_role("treeitem", name="Marketing", exact=True)).to_be_visible()
    assert MARKETING in {one["id"] for one in graph.get("/me/joinedTeams")["value"]}
    _menu(page, "Marketing", "Leave the team")
    _confirm(page, "Leave the team")
    expect(page.get_by_role("treeitem", name="Marketing", exact=True)).to_have_count(0)


@pytest.mark.slow
def test_the_only_owner_cannot_leave(claire: Visit, tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    for member in graph.get(f"/teams/{NORTHWIND}/members")["value"]:
        if "owner" in member["roles"] and member["userId"] != tenant.person("Claire").id:
            graph.delete(f"/teams/{NORTHWIND}/members/{member['id']}")
    page = claire.open()
    _menu(page, "Northwind account", "Leave the team")
    _confirm(page, "Leave the team")
    expect(page.locator(".toast")).to_contain_text("You are the only owner.")


@pytest.mark.slow
def test_a_member_sees_the_people_but_no_way_to_change_them(claire: Visit) -> None:
    page = claire.open(f"/teams/manage/{SALES}/members", given="Oliver")
    expect(page.locator(".people li")).to_have_count(6)
    assert page.locator(".role-choice, .people button").count() == 0
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("Only owners can change these settings.")).to_be_visible()


@pytest.mark.slow
def test_channels_of_all_three_kinds_are_made_edited_and_deleted(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("General", team="Northwind account")
    for kind in ("Standard", "Private", "Shared"):
        page.get_by_role("button", name="Create channel").click()
        page.get_by_label("Channel name").fill(f"Order {kind}")
        page.get_by_role("radio", name=kind).check()
        _confirm(page, "Create")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Order {kind}")
    _menu(page, "Order Standard", "Edit channel")
    page.get_by_label("Channel name").fill("Order 1")
    page.get_by_label("Description").fill("The first one")
    _confirm(page, "Save")
    expect(page.get_by_role("treeitem", name="Order 1")).to_be_visible()
    assert graph.channel("Order 1", NORTHWIND)["description"] == "The first one"
    _menu(page, "Order 1", "Delete this channel")
    _confirm(page, "Delete this channel")
    expect(page.get_by_role("treeitem", name="Order 1")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("General")


@pytest.mark.slow
def test_a_channel_deleted_elsewhere_gives_way_to_a_calm_page(
    claire: Visit, graph: GraphAside, tenant: LocalTenant
) -> None:
    page = claire.open_channel("Renewals")
    person(tenant, "Claire").delete(graph.place("Renewals"))
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("heading", name="Renewals is no longer there")).to_be_visible()
    page.get_by_role("link", name="Back to your teams").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_message_is_formatted_mentioned_edited_liked_and_deleted(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("Renewals")
    page.get_by_role("button", name="Start a post").click()
    box = page.get_by_role("textbox", name="Write a post")
    box.press_sequentially("Ask @oliv")
    page.get_by_role("option", name="Oliver Grant").wait_for()
    page.keyboard.press("Enter")
    box.press_sequentially("about **the price** <b>")
    page.keyboard.press("Control+Enter")
    post = page.get_by_role("article").filter(has_text="about the price")
    expect(post.locator(".mention")).to_have_text("Oliver Grant")
    kept = graph.get(f"{graph.place('Renewals')}/messages")["value"][0]
    assert kept["body"]["content"] == 'Ask <at id="0">Oliver Grant</at> about <strong>the price</strong> &lt;b&gt;'
    assert [one["mentionText"] for one in kept["mentions"]] == ["Oliver Grant"]
    post.locator(".message").hover()
    post.get_by_role("button", name="React to the message by Claire Fontaine").click()
    page.get_by_role("menuitem", name="Heart").click()
    expect(post.get_by_role("button", pressed=True)).to_contain_text("1")
    post.get_by_role("button", pressed=True).click()
    expect(post.locator(".reaction")).to_have_count(0)
    post.get_by_role("button", name="More options for the message by Claire Fontaine").click()
    page.get_by_role("menuitem", name="Edit").click()
    field = page.get_by_role("textbox", name="Edit")
    assert field.input_value() == "Ask @Oliver Grant about **the price** <b>"
    field.fill("Ask @Oliver Grant now")
    page.keyboard.press("Control+Enter")
    post = page.get_by_role("article").last
    expect(post.get_by_text("Edited")).to_be_visible()
    expect(post.locator(".mention")).to_have_text("Oliver Grant")
    post.get_by_role("button", name="More options for the message by Claire Fontaine").click()
    page.get_by_role("menuitem", name="Delete").click()
    gone = page.get_by_text("This message was deleted.")
    expect(gone).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(gone).to_have_count(0)


@pytest.mark.slow
def test_files_are_searched_and_moved(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("Grands comptes")
    page.get_by_role("tab", name="Files").click()
    page.get_by_role("searchbox").fill("devis")
    expect(page.locator(".files-name")).to_have_text(["Devis révisé.xlsx"])
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="More options for Liste des comptes.csv").click()
    page.get_by_role("menuitem", name="Move").click()
    page.get_by_role("dialog").get_by_role("button", name="Northwind").click()
    _confirm(page, "Move here")
    expect(page.locator(".toast")).to_contain_text("Liste des comptes.csv is now in Northwind.")
    names = {one["name"] for one in graph.get(f"{graph.folder('Grands comptes')}:/Northwind:/children")["value"]}
    assert "Liste des comptes.csv" in names


@pytest.mark.slow
def test_the_link_of_an_app_shows_it_and_adds_it_to_a_team(claire: Visit, graph: GraphAside) -> None:
    page = claire.open(f"/teams/l/app/{graph.liaison_app()}")
    expect(page.get_by_role("heading", name="Liaison")).to_be_visible()
    page.get_by_label("Team", exact=True).select_option(label="Northwind account")
    page.get_by_role("button", name="Add to the team").click()
    expect(page.locator(".toast")).to_contain_text("Liaison was added to Northwind account.")
    page.goto(f"{claire.root}/teams/manage/{NORTHWIND}/apps")
    page.get_by_role("button", name="Remove Liaison").click()
    _confirm(page, "Remove")
    expect(page.get_by_role("heading", name="No apps yet")).to_be_visible()
    page = claire.open("/teams/l/app/00000000-0000-0000-0000-000000000001")
    expect(page.get_by_role("heading", name="This app is not in the catalogue")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/teams/l/chat/0/0?users=a@contoso.com", "This is not part of the local client"),
        ("/teams/l/channel/19%3Ax%40thread.tacv2/x?groupId=0", "You cannot go there"),
        (f"/teams/manage/{MARKETING}/members", "You cannot go there"),
    ],
)
def test_a_link_that_leads_nowhere_is_a_calm_page_with_a_way_back(claire: Visit, path: str, heading: str) -> None:
    page = claire.open(path)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_role("link", name="Back to your teams").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("General")


@pytest.mark.slow
def test_a_guest_reads_and_writes_but_manages_nothing(
    chromium: Browser, tenant: LocalTenant, graph: GraphAside
) -> None:
    everyone = person(tenant, "Ingrid").get("/users?$select=id,displayName,userType")["value"]
    guest = next(one for one in everyone if one["userType"] == "Guest")
    owner = person(tenant, "Claire")
    body = {**bind(tenant, "Claire"), "user@odata.bind": f"{tenant.http}/v1.0/users('{guest['id']}')"}
    owner.post(f"/teams/{NORTHWIND}/members", body | {"roles": ["guest"]})
    with visit(chromium, tenant, viewport={"width": 1280, "height": 800}) as visitor:
        page = visitor.page
        page.goto(f"{tenant.http}/teams/manage/{NORTHWIND}/members")
        page.locator("button[name=user]", has_text=guest["displayName"]).click()
        expect(page.locator(".people li").first).to_be_visible()
        assert page.locator(".role-choice").count() == 0
        expect(page.locator(".people")).to_contain_text("Guest")


def test_focus_comes_back_and_letters_find_rows(claire: Visit) -> None:
    page = claire.open_channel("General")
    row = page.locator("[role=treeitem][tabindex='0']")
    row.focus()
    expect(row).to_have_attribute("aria-current", "page")
    page.keyboard.press("p")
    expect(page.get_by_role("treeitem", name="Prévisions")).to_be_focused()
    members = page.get_by_role("button", name="Members")
    members.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(members).to_be_focused()


def _violations(page: Page) -> list[tuple[str, list[str]]]:
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=_AXE)
    rules = {"exclude": ["iframe"]}
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(rules).then((it) => it.violations)", rules)
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_the_pages_of_teams_people_and_apps(
    chromium: Browser, tenant: LocalTenant, graph: GraphAside, language: str, theme: str, width: int
) -> None:
    options: dict[str, Any] = {
        "locale": f"{language}-FR",
        "bypass_csp": True,
        "viewport": {"width": width, "height": 800},
    }
    app = graph.liaison_app()
    found: dict[str, Any] = {}
    with visit(chromium, tenant, **options) as claire:
        claire.context.add_init_script(f"if (location.port) localStorage.setItem('teams.theme', '{theme}')")
        for section in ("members", "channels", "settings", "apps"):
            page = claire.open(f"/teams/manage/{SALES}/{section}")
            page.locator(".people, .files-table, .facts, .empty").first.wait_for()
            found[section] = _violations(page)
        page.locator(".sections a").first.click()
        page.locator(".members-head .button").click()
        page.keyboard.type("oliv", delay=20)
        page.get_by_role("dialog").wait_for()
        page.wait_for_timeout(500)
        found["adding"] = _violations(page)
        for path in ("/teams/discover", "/teams/apps", f"/teams/l/app/{app}", "/teams/l/chat/0/0"):
            page = claire.open(path)
            page.wait_for_timeout(500)
            found[path] = _violations(page)
        page = claire.open("/teams/discover")
        page.locator(".commands .button").click()
        found["new team"] = _violations(page)
        page = claire.open(f"/teams/l/channel/{graph.channel('Renewals')['id']}/x?groupId={SALES}")
        page.locator(".composer-opener").last.click()
        page.keyboard.type("@o", delay=20)
        page.wait_for_timeout(500)
        found["writing"] = _violations(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert {name: one for name, one in found.items() if one} == {}
