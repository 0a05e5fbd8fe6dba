"""What people see of an app, a record and its files."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from liaison.domain.crm import SYSTEM_ADMINISTRATOR
from liaison.errors import FilesRefused, PrivilegeMissing, SignInExpired, StillPreparing, UpstreamThrottled
from tests.unit.api_fakes import CONTRACT, NADIA, RENEWAL, SALES
from tests.unit.web_client import OPTIONS, WebClient
from tests.unit.web_fakes import WebWorld, lively

pytestmark = pytest.mark.anyio

APP = f"/e/{SALES}/a/SalesHub"
RECORD = f"{APP}/t/opportunity/r/{RENEWAL.id}"


def text_of(html: str) -> str:
    plain = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain)))


def heading(html: str) -> str:
    return text_of(re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1]).strip()  # type: ignore[index]


async def test_a_stranger_sees_a_sign_in_page_at_the_door_and_is_led_back_from_inside() -> None:
    client = WebClient(WebWorld())
    door = await client.get("/")
    inside = await client.get(f"{RECORD}?tab=documents")
    assert 'href="/auth/login?next=%2F"' in door.text
    assert inside.status_code == 303
    assert inside.headers["location"] == f"/auth/login?next={RECORD.replace('/', '%2F')}%3Ftab%3Ddocuments"


async def test_signing_in_leads_back_and_going_on_with_parked_work_follows() -> None:
    client = WebClient(WebWorld())
    begun = await client.get(f"/auth/login?next={RECORD}&hint=oliver")
    back = await client.get(begun.headers["location"])
    page = await client.get(back.headers["location"])
    assert (back.headers["location"], page.status_code) == (RECORD, 200)
    assert "Oliver Grant" in page.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_signing_in_never_leads_to_another_site(back: str) -> None:
    client = WebClient(WebWorld())
    begun = await client.http.get("/auth/login", params={"next": back})
    answer = await client.get(begun.headers["location"])
    assert answer.headers["location"] == "/"


async def test_signing_out_ends_the_session() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    left = await client.post("/auth/logout")
    after = await client.get("/auth/signed-out")
    assert (left.headers["location"], world.sessions) == ("/auth/signed-out", {})
    assert heading(after.text) == "You are signed out"


async def test_home_has_a_tile_for_each_app_and_says_which_environment_does_not_answer() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    page = await client.get("/")
    assert [name in page.text for name in ("Sales Hub", "Contoso Visits", "Customer Service Hub")] == [True] * 3
    assert f'href="{APP}"' in page.text


async def test_an_app_opens_on_its_first_table() -> None:
    answer = await WebClient(WebWorld()).sign_in("claire").get(APP)
    assert answer.headers["location"] == f"{APP}/t/account"


async def test_a_view_shows_its_rows_and_turns_its_pages() -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    first = await client.get(f"{APP}/t/opportunity")
    onward = unescape(re.search(r'href="([^"]+)" rel="next"', first.text)[1])  # type: ignore[index]
    second = await client.get(onward)
    third = await client.get(unescape(re.search(r'href="([^"]+)" rel="next"', second.text)[1]))  # type: ignore[index]
    back = unescape(re.search(r'href="([^"]+)" rel="prev"', third.text)[1])  # type: ignore[index]
    again = await client.get(back)
    rows = [re.findall(r'class="first">\s*<a href="([^"]+)"', page.text) for page in (first, second, again)]
    assert [len(found) for found in rows] == [12, 12, 12]
    assert rows[0] != rows[1] == rows[2]
    assert 'rel="prev"' not in first.text


async def test_quick_search_narrows_the_grid_alone() -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    part = await client.fragment(f"{APP}/t/opportunity?q=northwind", "grid")
    assert part.text.count('class="first"') == 5
    assert "<html" not in part.text
    assert "5 rows" in text_of(part.text)


async def test_a_view_of_somebody_else_is_not_found() -> None:
    answer = await WebClient(WebWorld()).sign_in("claire").get(f"{APP}/t/opportunity?view=foreign")
    assert (answer.status_code, heading(answer.text)) == (404, "View not found")


@pytest.mark.statement("S03")
@pytest.mark.parametrize("table", ["opportunity", "account"])
async def test_collaborate_is_not_there_before_linking_is_turned_on(table: str) -> None:
    world = WebWorld()
    world.switches[SALES] = replace(world.switches[SALES], basic=False, enhanced=False)
    client = WebClient(world).sign_in("claire")
    ref = next(ref for ref in world.records if ref.table == table)
    page = await client.get(f"{APP}/t/{table}/r/{ref.id}")
    panel = await client.get(f"{APP}/t/{table}/r/{ref.id}/collaborate")
    assert (page.status_code, "Collaborate" in page.text) == (200, False)
    assert (panel.status_code, "collaboration.off" in panel.text) == (409, True)


@pytest.mark.statement("S26")
async def test_with_basic_collaborate_is_on_records_and_not_on_views() -> None:
    world = lively(WebWorld())
    world.switches[SALES] = replace(world.switches[SALES], enhanced=False)
    client = WebClient(world).sign_in("claire")
    record, view = await client.get(RECORD), await client.get(f"{APP}/t/opportunity")
    panel = await client.fragment(f"{RECORD}/collaborate")
    assert ("Collaborate" in record.text, "Collaborate" in view.text) == (True, False)
    said = text_of(panel.text)
    assert all(word in said for word in ("Contract", "Connections are made in Teams", "Get started in Teams"))
    assert "Create a new connection" not in said
    assert 'href="http://localhost:8301/teams"' in panel.text


async def test_a_table_without_collaboration_has_no_button() -> None:
    world = WebWorld()
    lead = replace(RENEWAL, table="lead")
    world.records[lead] = ("A lead", world.records[RENEWAL][1])
    page = await WebClient(world).sign_in("claire").get(f"{APP}/t/lead/r/{lead.id}")
    assert (page.status_code, "Collaborate" in page.text) == (200, False)


async def test_a_record_that_the_person_may_not_see_is_not_found() -> None:
    world = WebWorld()
    world.records[RENEWAL] = ("Northwind renewal", frozenset())
    answer = await WebClient(world).sign_in("claire").get(RECORD)
    assert (answer.status_code, heading(answer.text)) == (404, "Record not found")


@pytest.mark.statement("S17")
async def test_a_place_that_cannot_be_opened_says_why_while_the_others_load() -> None:
    world = lively(WebWorld())
    client = WebClient(world).sign_in("claire")
    page = text_of((await client.get(f"{RECORD}?tab=documents")).text)
    closed = text_of((await client.get(f"{RECORD}?tab=documents&place=loc-2")).text)
    assert "Offer Northwind 2026.docx" in page
    assert "You cannot open these files" in page
    assert "You don’t have permissions to view files in this location: Old archive." in closed
    assert "Ask whoever looks after the site to give you access." in closed


async def test_a_library_still_being_made_is_said_to_be() -> None:
    world = lively(WebWorld())
    world.preparing.add(CONTRACT)
    client = WebClient(world).sign_in("claire")
    page = text_of((await client.get(f"{RECORD}?tab=documents&place={world.associations[RENEWAL][0].id}")).text)
    assert "Still being prepared" in page


async def test_folders_open_and_lead_back_up() -> None:
    world = lively(WebWorld())
    client = WebClient(world).sign_in("claire")
    page = await client.get(f"{RECORD}?tab=documents")
    inside = unescape(re.search(r'href="([^"]+)">Contracts<', page.text)[1])  # type: ignore[index]
    folder = await client.get(inside)
    path = re.search(r'<nav class="folder-path".*?</nav>', folder.text, re.DOTALL)[0]  # type: ignore[index]
    assert text_of(path).split() == ["Contract", "Contracts"]
    assert "This folder is empty" in folder.text


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("notes.txt", 5, ""),
        ("a:b.txt", 5, "input.file_name_forbidden"),
        ("big.bin", 600_000, "input.upload_too_large"),
        ("there.txt", 5, "file.exists"),
    ],
)
async def test_an_upload_is_taken_or_says_what_is_wrong(name: str, size: int, code: str) -> None:
    world = WebWorld()
    world.files["folder-general"] = {"there.txt": b"x"}
    client = WebClient(world, upload_limit_bytes=500_000).sign_in("claire")
    headers = {"X-Form-Token": client.token, "X-File-Name": name}
    answer = await client.http.post("/files/drive-1/folder-general", content=b"x" * size, headers=headers)
    assert answer.json().get("code", "") == code


async def test_files_go_up_without_a_script_too() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    files = [("file", ("one.txt", b"1")), ("file", ("two.txt", b"22"))]
    values = {"form_token": client.token, "back": f"{RECORD}?tab=documents"}
    answer = await client.http.post("/files/drive-1/folder-general", data=values, files=files)
    assert answer.headers["location"] == f"{RECORD}?tab=documents"
    assert world.files["folder-general"] == {"one.txt": b"1", "two.txt": b"22"}


async def test_a_download_is_fetched_from_sharepoint_by_the_browser_itself() -> None:
    world = WebWorld()
    world.files["folder-general"] = {"notes.html": b"<script>"}
    answer = await WebClient(world).sign_in("claire").get("/files/drive-1/notes.html")
    assert (answer.status_code, answer.headers["location"].startswith("https://contoso.sharepoint.com/")) == (302, True)


@pytest.mark.statement("S20")
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PrivilegeMissing("prvReadOpportunity", "opportunity"), 403),
        (FilesRefused("General"), 403),
        (SignInExpired("revoked"), 401),
        (UpstreamThrottled("dataverse", "0x80072322", "req-1", wait_s=7.2), 503),
        (StillPreparing("graph", "", "", what="library"), 503),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
async def test_an_error_page_has_title_remedy_code_number_and_help(error: Exception, status: int) -> None:
    world = WebWorld()
    world.refuse["crm.read_record"] = error
    answer = await WebClient(world).sign_in("claire").get(RECORD)
    said = text_of(answer.text)
    assert answer.status_code == status
    assert all(part in said for part in (error.code, answer.headers["x-correlation-id"], "Help"))  # type: ignore[attr-defined]
    help_link = re.search(r'href="(/help/[a-z-]+)"', answer.text.partition('class="numbers"')[2])[1]  # type: ignore[index]
    assert (await WebClient(world).get(help_link)).status_code == 200


async def test_an_error_that_says_when_to_come_back_says_it_in_a_header() -> None:
    world = WebWorld()
    world.refuse["crm.read_record"] = UpstreamThrottled("dataverse", wait_s=7.2)
    answer = await WebClient(world).sign_in("claire").get(RECORD)
    assert answer.headers["retry-after"] == "8"


async def test_a_defect_has_an_incident_number_that_the_log_has_too(caplog: pytest.LogCaptureFixture) -> None:
    world = WebWorld()
    world.refuse["crm.read_record"] = ZeroDivisionError("secret detail")
    answer = await WebClient(world).sign_in("claire").get(RECORD)
    incident = re.search(r"incident ([0-9a-f]{12})", text_of(answer.text))[1]  # type: ignore[index]
    assert answer.status_code == 500
    assert incident in caplog.text
    assert "secret detail" not in answer.text


async def test_language_and_theme_are_remembered_by_session_and_browser() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    await client.post("/taste", {"language": "fr", "back": "/links"})
    await client.post("/taste", {"theme": "dark", "back": "/links"})
    page = await client.get("/links")
    client.http.cookies.delete("liaison")
    stranger = await client.get("/")
    assert '<html lang="fr" data-theme="dark">' in page.text
    assert heading(page.text) == "Mes liaisons"
    assert '<html lang="fr" data-theme="dark">' in stranger.text


async def test_the_browsers_language_decides_until_somebody_chooses() -> None:
    client = WebClient(WebWorld())
    page = await client.get("/", {"Accept-Language": "fr-CA,fr;q=0.9"})
    assert '<html lang="fr"' in page.text


async def test_search_finds_records_of_every_table() -> None:
    answer = await WebClient(WebWorld()).sign_in("claire").get(f"{APP}/search?q=northwind")
    tables = re.findall(r"<h2 id=\"table-\d\"[^>]*>(.*?)</h2>", answer.text, re.DOTALL)
    assert [text_of(table).strip() for table in tables] == ["Accounts", "Opportunities"]


@pytest.mark.parametrize("given", ["nadia", "marc"])
async def test_the_audit_is_for_administrators(given: str) -> None:
    world = WebWorld()
    await world.ports().audit.write(NADIA, "switches.saved", SALES, "basic: False -> True")
    shown = await WebClient(world).sign_in(given).get("/audit")
    refused = await WebClient(world).sign_in("claire").get("/audit")
    assert (shown.status_code, refused.status_code) == (200, 403)
    assert SYSTEM_ADMINISTRATOR in refused.text


async def test_health_is_json_for_programs_and_a_page_for_people() -> None:
    world = WebWorld()
    client = WebClient(world)
    program = await client.get("/health", {"Accept": "application/json"})
    person = await client.get("/health", {"Accept": "text/html"})
    said = program.json()
    assert (said["status"], said["version"], [check["name"] for check in said["checks"]]) == (
        "ok",
        "0.1.0",
        ["store", "audit"],
    )
    assert heading(person.text) == "Health"


async def test_metrics_count_requests_by_route() -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    await client.get(RECORD)
    answer = await client.get("/metrics")
    assert 'route="/e/{environment}/a/{app}/t/{table}/r/{id}",status="200"' in answer.text
    assert RENEWAL.id not in answer.text


async def test_every_help_topic_opens_in_both_languages() -> None:
    for language in ("en", "fr"):
        client = WebClient(WebWorld()).sign_in("claire", language)
        listed = await client.get("/help")
        topics = set(re.findall(r'href="(/help/[a-z0-9-]+)"', listed.text))
        answers = [(await client.get(topic)).status_code for topic in topics]
        assert (len(topics) > 40, set(answers)) == (True, {200})


async def test_patterns_are_shown_in_local_mode_only() -> None:
    local = await WebClient(WebWorld()).sign_in("claire").get("/patterns")
    real = await WebClient(WebWorld(), replace(OPTIONS, tenant_banner=False)).sign_in("claire").get("/patterns")
    assert (local.status_code, real.status_code) == (200, 404)


async def test_a_session_that_ended_while_a_panel_is_open_leads_the_whole_page_to_sign_in() -> None:
    client = WebClient(WebWorld())
    headers = {
        "HX-Request": "true",
        "HX-Target": "panel-body",
        "HX-Current-URL": f"{client.world.public_address}{RECORD}?tab=documents",
    }
    answer = await client.get(f"{RECORD}/collaborate", headers)
    back = f"{RECORD}?tab=documents".replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, f"/auth/login?next={back}")
