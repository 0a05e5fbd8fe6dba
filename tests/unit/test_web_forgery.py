"""No write without this session's own token, and none that another site sent."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from liaison.text.lookup import load_texts
from liaison.web import intake
from liaison.web.app import build_web
from tests.unit.api_fakes import RENEWAL, SALES
from tests.unit.web_client import OPTIONS, WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

VALUES = {
    "environment": SALES,
    "app": "SalesHub",
    "table": RENEWAL.table,
    "id": RENEWAL.id,
    "kind": "system",
    "view": "view-1",
    "request": "0" * 32,
    "mending": "0" * 32,
    "proposal": "0" * 32,
    "template": "00000000-0000-4000-8000-000000000000",
    "link": "00000000-0000-4000-8000-000000000000",
    "drive": "drive-1",
    "item": "folder-general",
}


WITHOUT_SESSION = {intake.PATH}
"""Called by Microsoft, not by browsers: knows no session and is judged by a secret of its own (test_web_intake.py)."""


def takers() -> list[str]:
    """Every address that something can be sent to."""
    app = build_web(WebWorld().ports(), load_texts(), OPTIONS)
    return [route.path for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())]


def writes() -> list[str]:
    """Every address that takes a form, with values in it."""
    return [path.format(**VALUES) for path in takers() if path not in WITHOUT_SESSION]


WRITES = writes()


def test_only_microsofts_own_address_takes_no_form() -> None:
    assert set(takers()) >= WITHOUT_SESSION


def test_there_are_writes_to_protect() -> None:
    assert len(WRITES) >= 8


@pytest.mark.parametrize("path", WRITES)
async def test_a_write_without_the_token_is_refused(path: str) -> None:
    client = WebClient(WebWorld()).sign_in("nadia")
    answer = await client.post(path, {"form_token": ""})
    assert (answer.status_code, "auth.forged" in answer.text) == (403, True)


@pytest.mark.parametrize("path", WRITES)
async def test_a_write_with_another_sessions_token_is_refused(path: str) -> None:
    world = WebWorld()
    other = world.open_session(WebClient(world).sign_in("claire").world.sessions["session-0"].person)
    client = WebClient(world).sign_in("nadia")
    answer = await client.post(path, {"form_token": other.form_token})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    ],
    ids=["cross-site", "same-site", "foreign origin"],
)
async def test_a_write_from_another_site_is_refused_even_with_the_token(path: str, headers: dict[str, str]) -> None:
    client = WebClient(WebWorld()).sign_in("nadia")
    answer = await client.post(path, headers=headers)
    assert (answer.status_code, "auth.forged" in answer.text) == (403, True)


async def test_an_origin_of_our_own_is_taken_when_the_browser_says_nothing_else() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("nadia")
    sent = f"form_token={client.token}&theme=dark&back=/"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": world.public_address}
    answer = await client.http.post("/taste", content=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("path", [path for path in WRITES if path not in {"/taste", "/pane/session"}])
async def test_a_write_without_a_session_is_refused(path: str) -> None:
    answer = await WebClient(WebWorld()).post(path)
    assert (answer.status_code, "auth.sign_in" in answer.text) == (401, True)


async def test_a_refused_write_changes_nothing() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("nadia")
    path = f"/e/{SALES}/a/SalesHub/settings/chat-and-collaborate"
    await client.post(path, {"form_token": "guessed", "version": "1"})
    assert (world.switches[SALES].basic, world.switches[SALES].version, world.audit) == (True, "1", [])


async def test_an_upload_by_script_carries_the_token_in_a_header() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    headers = {"X-Form-Token": "guessed", "X-File-Name": "a.txt", "Sec-Fetch-Site": "same-origin"}
    refused = await client.http.post("/files/drive-1/folder-general", content=b"abc", headers=headers)
    taken = await client.http.post(
        "/files/drive-1/folder-general", content=b"abc", headers={**headers, "X-Form-Token": client.token}
    )
    assert (refused.status_code, taken.status_code, taken.json()) == (403, 201, {"name": "a.txt"})


async def test_a_sign_in_answer_that_this_browser_did_not_begin_is_refused() -> None:
    world = WebWorld()
    begun = await WebClient(world).get("/auth/login?hint=nadia")
    other = WebClient(world)
    answer = await other.get(begun.headers["location"])
    assert (answer.status_code, "auth.forged" in answer.text, world.sessions) == (403, True, {})
