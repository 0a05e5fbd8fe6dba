"""The Teams client: signing in, teams and channels, posts, addresses, and how it looks and speaks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

import liaison.tenant.teams
from tests.local_tenant import LocalTenant
from tests.tenant.teams_browser import NORTHWIND, GraphAside, Visit, visit

pytest_plugins = ["tests.tenant.teams_fixtures"]

_STATIC = Path(liaison.tenant.teams.__file__).parent / "static"
_AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def _items(page: Page, level: int) -> list[str]:
    names = page.locator(f"[role=treeitem][aria-level='{level}'] .tree-name")
    names.first.wait_for()
    return names.all_text_contents()


def test_claire_signs_in_and_sees_her_teams_with_their_channels(claire: Visit) -> None:
    page = claire.open()
    assert _items(page, 1) == sorted(_items(page, 1), key=str.lower)
    assert {"Ventes Europe", "Northwind account"} <= set(_items(page, 1))
    branch = page.locator(".tree-branch", has=page.get_by_role("treeitem", name="Ventes Europe", exact=True))
    expect(branch.locator("[aria-level='2']")).to_have_text(
        ["General", "Grands comptes", "NégociationsPrivate channel", "Prévisions", "Renewals"]
    )
    assert claire.problems == []


def test_a_private_channel_is_not_shown_to_others(claire: Visit) -> None:
    page = claire.open(given="Oliver")
    assert "Négociations" not in _items(page, 2)
    assert "Comité de direction" not in _items(page, 1)


def test_a_second_page_needs_no_second_sign_in(claire: Visit, tenant: LocalTenant) -> None:
    claire.open()
    page = claire.context.new_page()
    page.goto(f"{tenant.http}/teams/")
    expect(page.get_by_role("tree")).to_be_visible()


def test_signing_out_asks_who_you_are_again(claire: Visit, tenant: LocalTenant) -> None:
    page = claire.open()
    page.locator(".avatar-button").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/logout**")
    page.goto(f"{tenant.http}/teams/")
    expect(page.locator("button[name=user]").first).to_be_visible()


def test_no_token_lies_in_a_cookie_or_in_local_storage(claire: Visit) -> None:
    page = claire.open()
    kept = page.evaluate("JSON.stringify({...localStorage}) + document.cookie + sessionStorage['teams.session']")
    assert "eyJ" not in kept


def test_what_is_posted_here_is_there_over_graph(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("Renewals")
    page.get_by_role("button", name="Start a post").click()
    page.get_by_role("textbox", name="Add a subject").fill("Renewal of Adventure Works")
    page.get_by_role("textbox", name="Write a post").fill("Signed this morning.\nSee <https://example.com/x>.")
    page.get_by_role("button", name="Post", exact=True).click()
    thread = page.get_by_role("article").filter(has_text="Renewal of Adventure Works")
    expect(thread.get_by_role("link", name="https://example.com/x")).to_have_attribute("rel", "noopener noreferrer")
    thread.get_by_role("button", name="Reply").click()
    thread.get_by_role("textbox", name="Reply to Claire Fontaine").fill("Thanks!")
    page.keyboard.press("Enter")
    expect(thread.locator(".reply .message-body")).to_have_text(["Thanks!"])
    post = graph.get(f"{graph.place('Renewals')}/messages")["value"][0]
    assert (post["subject"], post["body"]["content"]) == (
        "Renewal of Adventure Works",
        "Signed this morning.\nSee <https://example.com/x>.",
    )
    replies = graph.get(f"{graph.place('Renewals')}/messages/{post['id']}/replies")["value"]
    assert [reply["body"]["content"] for reply in replies] == ["Thanks!"]


def test_a_message_of_hostile_html_stays_text(claire: Visit) -> None:
    html = (
        "<p>before <b onclick=\"document.title='owned'\">bold</b> <script>document.title='owned'</script>"
        "<a href=\"javascript:document.title='owned'\">press</a><iframe src='https://example.com'></iframe>"
        "<form action='https://example.com'><input></form><svg><a href='https://example.com'></a></svg> after</p>"
    )
    # Graph cleans what it keeps; a client must not rely on it.
    message = {
        "id": "1",
        "messageType": "message",
        "createdDateTime": "2026-01-05T08:00:00Z",
        "from": {"user": {"displayName": "<img src=x onerror=alert(1)>"}},
        "subject": "<i>subject</i>",
        "body": {"contentType": "html", "content": html},
    }
    claire.page.route("**/messages?*", lambda route: route.fulfill(json={"value": [message]}))
    page = claire.open_channel("Renewals")
    body = page.locator(".message-body")
    expect(body).to_have_text("before bold press after")
    assert body.locator("p > *").evaluate_all("(found) => found.map((one) => one.outerHTML)") == [
        "<b>bold</b>",
        "<span>press</span>",
    ]
    expect(page.locator(".author")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".subject")).to_have_text("<i>subject</i>")
    assert page.title().startswith("Renewals – Ventes Europe")


def test_a_hostile_channel_name_stays_text(claire: Visit, graph: GraphAside, tenant: LocalTenant) -> None:
    name = "$(alert(1)) `x` (=cmd) ’é"
    graph.post(f"/teams/{NORTHWIND}/channels", {"displayName": name, "membershipType": "standard"})
    page = claire.open_channel(name, team="Northwind account")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_card_shows_its_text_and_only_links_to_open(claire: Visit, graph: GraphAside) -> None:
    card = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": "Order \\[42\\] **signed** lnk_4_7", "size": "Large"},
            {"type": "FactSet", "facts": [{"title": "Owner", "value": "<b>Claire</b>"}]},
            {"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "TextBlock", "text": "left"}]}]},
            {"type": "Input.Text", "id": "x", "fallback": {"type": "TextBlock", "text": "instead"}},
        ],
        "actions": [
            {"type": "Action.OpenUrl", "title": "Open in Dynamics 365", "url": "https://contoso.crm.dynamics.com/x"},
            {"type": "Action.OpenUrl", "title": "Bad", "url": "javascript:alert(1)"},
            {"type": "Action.Submit", "title": "Submit"},
        ],
    }
    graph.post(
        f"{graph.place('Renewals')}/messages",
        {
            "body": {"contentType": "html", "content": 'Linked<attachment id="c1"></attachment>'},
            "attachments": [
                {
                    "id": "c1",
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "contentUrl": None,
                    "content": json.dumps(card),
                }
            ],
        },
    )
    shown = claire.open_channel("Renewals").locator(".card").last
    expect(shown.locator(".card-text")).to_have_text(["Order [42] signed lnk_4_7", "left", "instead"])
    expect(shown.locator("strong")).to_have_text("signed")
    expect(shown.locator("dd")).to_have_text("<b>Claire</b>")
    expect(shown.locator(".card-actions a")).to_have_text(["Open in Dynamics 365"])


def test_members_are_listed_with_their_roles(claire: Visit) -> None:
    page = claire.open_channel("General")
    page.get_by_role("button", name="Members").click()
    rows = page.locator("dialog .people li")
    expect(rows.first).to_contain_text("Claire Fontaine")
    expect(rows.first).to_contain_text("Owner")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_a_private_channel_lists_its_own_members(claire: Visit) -> None:
    page = claire.open_channel("Négociations")
    page.get_by_role("button", name="Members").click()
    expect(page.locator("dialog .people li")).to_have_count(2)


def test_a_new_channel_appears_and_opens(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("General", team="Northwind account")
    page.get_by_role("button", name="Create channel").click()
    page.get_by_label("Channel name").fill("Order 4711")
    page.get_by_role("radio", name="Private").check()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Order 4711")
    assert graph.channel("Order 4711", NORTHWIND)["membershipType"] == "private"


def test_a_refused_channel_name_is_explained(claire: Visit) -> None:
    page = claire.open_channel("General", team="Northwind account")
    page.get_by_role("button", name="Create channel").click()
    page.get_by_label("Channel name").fill("a#b")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("The service refused this.")


def test_a_channel_made_elsewhere_appears_when_the_person_comes_back(claire: Visit, graph: GraphAside) -> None:
    page = claire.open()
    graph.post(f"/teams/{NORTHWIND}/channels", {"displayName": "Made elsewhere", "membershipType": "standard"})
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("treeitem", name="Made elsewhere")).to_be_visible()


def test_the_deep_link_that_graph_gives_for_a_channel_opens_it(claire: Visit, graph: GraphAside) -> None:
    address = urlsplit(graph.channel("Grands comptes")["webUrl"])
    path = "/teams" + address.path.removeprefix("/teams")
    page = claire.open(f"{path}?{address.query}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grands comptes")
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_have_text("Grands comptes")


def test_the_deep_link_of_a_team_opens_its_general_channel(claire: Visit, graph: GraphAside) -> None:
    address = urlsplit(graph.get(f"/teams/{NORTHWIND}")["webUrl"])
    page = claire.open(f"/teams{address.path.removeprefix('/teams')}?{address.query}")
    expect(page.get_by_role("heading", level=1)).to_have_text("General")


def test_the_deep_link_of_a_message_brings_it_up(claire: Visit, graph: GraphAside) -> None:
    channel = graph.channel("Grands comptes")
    place = graph.place("Grands comptes")
    for number in range(30):
        graph.post(f"{place}/messages", {"body": {"contentType": "text", "content": f"post {number}"}})
    oldest = graph.get(f"{place}/messages?$top=50")["value"][-1]
    page = claire.open(f"/teams/l/message/{channel['id']}/{oldest['id']}?groupId={channel_team(place)}")
    expect(page.locator(".thread.found")).to_contain_text("Northwind a confirmé")


def channel_team(place: str) -> str:
    return place.split("/")[2]


def test_a_copied_link_leads_back_here(claire: Visit) -> None:
    claire.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = claire.open_channel("Prévisions")
    page.get_by_role("button", name="More options for this channel").click()
    page.get_by_role("menuitem", name="Copy link").click()
    expect(page.get_by_text("Copied.").first).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    page = claire.open(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Prévisions")


def test_a_link_to_a_foreign_channel_says_so(claire: Visit) -> None:
    page = claire.open("/teams/l/channel/19%3Anowhere%40thread.tacv2/x?groupId=" + "0" * 8)
    expect(page.get_by_role("heading", name="You cannot go there")).to_be_visible()


def test_throttling_is_waited_out(claire: Visit, tenant: LocalTenant) -> None:
    tenant.fault(
        {
            "method": "GET",
            "path": "/v1.0/me/joinedTeams",
            "times": 2,
            "phase": "before",
            "action": {"status": 429, "headers": {"Retry-After": "1"}, "code": "TooManyRequests"},
        }
    )
    page = claire.open()
    expect(page.get_by_role("treeitem", name="Ventes Europe")).to_be_visible()


def test_a_refused_post_is_told_and_kept(claire: Visit, tenant: LocalTenant) -> None:
    page = claire.open_channel("Renewals")
    tenant.fault(
        {
            "method": "POST",
            "path": "/v1.0/teams/*/channels/*/messages",
            "times": 1,
            "phase": "before",
            "action": {"status": 403, "code": "Forbidden"},
        }
    )
    page.get_by_role("button", name="Start a post").click()
    page.get_by_role("textbox", name="Write a post").fill("kept")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("You may not do this here.")
    expect(page.get_by_role("textbox", name="Write a post")).to_have_value("kept")


def test_a_tree_of_many_teams_reads_channels_only_where_it_is_open(claire: Visit, graph: GraphAside) -> None:
    page = claire.open_channel("General", team="Ventes Europe")
    known = graph.get("/me/joinedTeams")["value"]
    others = [{**known[0], "id": f"team-{number}", "displayName": f"Team {number}"} for number in range(20)]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "allChannels" in request.url else None)
    page.route("**/me/joinedTeams*", lambda route: route.fulfill(json={"value": [*known, *others]}))
    page.reload()
    page.get_by_role("treeitem", name="Team 19").wait_for()
    expect(page.get_by_role("treeitem", name="Northwind account")).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("treeitem", name="Renewals")).to_be_visible()
    page.get_by_role("treeitem", name="Northwind account").click()
    expect(page.get_by_role("treeitem", name="Contract")).to_be_visible()
    assert {url.partition("/teams/")[2].partition("/")[0] for url in asked} == {team["id"] for team in known}


def test_the_tree_and_the_tabs_work_by_keyboard(claire: Visit) -> None:
    page = claire.open_channel("General")
    page.locator("[role=treeitem][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grands comptes")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("treeitem", name="Ventes Europe")).to_have_attribute("aria-expanded", "false")
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Files")
    expect(page.get_by_role("tab", selected=True)).to_be_focused()


def test_the_profile_decides_the_language_until_the_person_does(chromium: Browser, tenant: LocalTenant) -> None:
    with visit(chromium, tenant, locale="de-DE") as hugo:
        page = hugo.open(given="Hugo")
        expect(page.get_by_role("tab", name="Publications")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        page.locator(".avatar-button").click()
        page.get_by_role("menuitemradio", name="English").click()
        expect(page.get_by_role("tab", name="Posts")).to_be_visible()


def test_a_phone_shows_the_list_first_and_never_scrolls_sideways(chromium: Browser, tenant: LocalTenant) -> None:
    sideways = "document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth"
    with visit(chromium, tenant, viewport={"width": 360, "height": 740}) as claire:
        page = claire.open()
        expect(page.get_by_role("main")).to_be_hidden()
        page.get_by_role("treeitem", name="Grands comptes").click()
        expect(page.get_by_role("tree")).to_be_hidden()
        assert not page.evaluate(sideways)
        page.get_by_role("tab", name="Files").click()
        expect(page.locator(".files-table")).to_be_visible()
        assert not page.evaluate(sideways)
        page.get_by_role("link", name="Back").click()
        expect(page.get_by_role("tree")).to_be_visible()


def _axe(page: Page) -> list[tuple[str, list[str]]]:
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=_AXE)
    # What a frame shows is its own page's matter.
    found = page.evaluate("axe.run({ exclude: ['iframe'] }).then((result) => result.violations)")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_finds_nothing_in_any_theme(chromium: Browser, tenant: LocalTenant, graph: GraphAside, theme: str) -> None:
    with visit(chromium, tenant, locale="fr-FR", bypass_csp=True) as claire:
        claire.context.add_init_script(f"if (location.port) localStorage.setItem('teams.theme', '{theme}')")
        page = claire.open_channel("Grands comptes")
        page.locator(".thread").first.wait_for()
        page.get_by_role("button", name="Répondre").first.click()
        found = _axe(page)
        page.get_by_role("button", name="Ajouter un onglet").click()
        page.get_by_role("button", name=re.compile("^Site web")).wait_for()
        found += _axe(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Membres").click()
        page.locator(".people").wait_for()
        found += _axe(page)
        page.keyboard.press("Escape")
        page.get_by_role("tab", name="Fichiers").click()
        page.locator(".files-table").wait_for()
        page.locator(".files-more button").first.click()
        found += _axe(page)
        page = claire.open(urlsplit(graph.get(graph.folder("Grands comptes"))["webUrl"]).path)
        page.locator(".files-table").wait_for()
        found += _axe(page)
    assert found == []


def test_both_languages_say_everything_with_the_same_facts() -> None:
    texts = {code: dict(_texts(_STATIC / f"core/text-{code}.js")) for code in ("en", "fr")}
    assert len(texts["en"]) > 100
    assert texts["en"].keys() == texts["fr"].keys()
    facts = {code: {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts[code].items()} for code in texts}
    assert facts["en"] == facts["fr"]
    assert [key for key, text in texts["fr"].items() if re.search(r" [:;!?»]|« |[a-z]'[a-z]", text)] == []
    source = "".join(path.read_text("utf-8") for path in _STATIC.rglob("*.js"))
    asked = set(re.findall(r"\bt\(\"([\w.]+)\"", source)) | {
        f"{key}.{form}" for key in re.findall(r"\btCount\(\"([\w.]+)\"", source) for form in ("one", "many")
    }
    assert asked <= texts["en"].keys()


def _texts(path: Path) -> list[tuple[str, str]]:
    return re.findall(r'^  "?([\w.]+)"?:\s*"(.*)",$', path.read_text("utf-8"), re.MULTILINE)


def test_nothing_but_the_client_runs_on_its_pages(tenant: LocalTenant) -> None:
    for path in ("/teams/", "/teams/l/channel/x/y", "/sites/VentesEurope/Shared%20Documents"):
        answer = httpx2.get(tenant.http + path)
        policy = answer.headers["content-security-policy"].split("; ")
        assert answer.status_code == 200
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "connect-src 'self'"} <= set(
            policy
        )
        assert "<script>" not in answer.text
    source = "".join(path.read_text("utf-8") for path in _STATIC.rglob("*.js"))
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", source) == []


def test_files_of_the_client_are_answered_once_and_only_they(tenant: LocalTenant) -> None:
    first = httpx2.get(f"{tenant.http}/teams/static/teams.js")
    again = httpx2.get(f"{tenant.http}/teams/static/teams.js", headers={"If-None-Match": first.headers["etag"]})
    outside = httpx2.get(f"{tenant.http}/teams/static/..%2Fpages.py")
    assert (first.status_code, again.status_code, outside.status_code) == (200, 304, 404)


def test_an_address_by_number_leads_to_the_name_where_sign_in_is_registered(tenant: LocalTenant) -> None:
    port = urlsplit(tenant.http).port
    answer = httpx2.get(f"http://127.0.0.1:{port}/teams/l/team/x?groupId=a%20b")
    assert (answer.status_code, answer.headers["location"]) == (
        307,
        f"http://localhost:{port}/teams/l/team/x?groupId=a%20b",
    )
