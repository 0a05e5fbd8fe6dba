"""The side pane at the web door: who may frame what, and how a frame without cookies gets a session."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import httpx2
import pytest

from liaison.web.pages.pane import KINDS
from tests.unit.api_fakes import RENEWAL, SALES
from tests.unit.web_client import OPTIONS, WebClient
from tests.unit.web_fakes import PEOPLE, WebWorld, lively

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F75")]

DYNAMICS = "http://localhost:8301"
FRAMED = replace(OPTIONS, pane_origins=("https://contoso.crm4.dynamics.com", DYNAMICS))
RECORD = urlencode({"environment": DYNAMICS, "table": "opportunity", "id": RENEWAL.id})
PANEL = f"/e/{SALES}/a/SalesHub/t/opportunity/r/{RENEWAL.id}/collaborate"
COOKIE = OPTIONS.pane_cookie


def frame(world: WebWorld) -> WebClient:
    """What a frame is to us: a browser to which our ordinary cookie does not come."""
    return WebClient(world, FRAMED)


def ancestors(answer: httpx2.Response) -> str:
    return answer.headers["content-security-policy"].partition("frame-ancestors ")[2].split(";")[0]


def attempt_in(answer: httpx2.Response) -> str:
    return re.search(r'data-attempt="([^"]+)"', answer.text)[1]  # type: ignore[index]


async def claim(client: WebClient, attempt: str) -> httpx2.Response:
    return await client.post("/pane/session", {"attempt": attempt})


async def signed_in_frame(world: WebWorld) -> WebClient:
    pane, window = frame(world), WebClient(world, FRAMED).sign_in("claire")
    attempt = attempt_in(await pane.get(f"/pane?{RECORD}"))
    await window.post("/pane/sign-in", {"attempt": attempt})
    given = (await claim(pane, attempt)).headers["set-cookie"]
    pane.http.cookies.set(COOKIE, given.partition("=")[2].partition(";")[0])
    return pane


async def test_the_pane_may_be_framed_by_the_environments_and_nobody_else() -> None:
    answer = await frame(lively(WebWorld())).get(f"/pane?{RECORD}")
    assert answer.status_code == 200
    assert ancestors(answer) == f"https://contoso.crm4.dynamics.com {DYNAMICS}"
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    nowhere = await WebClient(lively(WebWorld())).get(f"/pane?{RECORD}")
    assert ancestors(nowhere) == "'none'"


async def test_the_window_may_not_be_framed_and_keeps_its_opener() -> None:
    window = WebClient(lively(WebWorld()), FRAMED).sign_in("claire")
    answer = await window.get("/pane/sign-in")
    assert (ancestors(answer), answer.headers["x-frame-options"]) == ("'none'", "DENY")
    assert "cross-origin-opener-policy" not in answer.headers
    assert (await window.get("/")).headers["cross-origin-opener-policy"] == "same-origin"


async def test_the_frame_gets_a_session_of_its_own_once_the_window_has_said_who_it_is() -> None:
    world = lively(WebWorld())
    pane, window = frame(world), WebClient(world, FRAMED).sign_in("claire")
    attempt = attempt_in(await pane.get(f"/pane?{RECORD}"))
    assert (await claim(pane, attempt)).status_code == 204
    done = await window.post("/pane/sign-in", {"attempt": attempt})
    assert 'data-done="true"' in done.text
    claimed = await claim(pane, attempt)
    assert claimed.status_code == 201
    name, _, rest = claimed.headers["set-cookie"].partition("=")
    assert name == COOKIE
    assert rest.partition("; ")[2] == "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    assert rest.partition(";")[0] != window.http.cookies[OPTIONS.session_cookie]
    assert world.sessions[rest.partition(";")[0]].person.id == PEOPLE["claire"].id
    assert (await claim(pane, attempt)).status_code == 204  # once


async def test_over_https_the_cookie_belongs_to_this_host_alone() -> None:
    assert replace(OPTIONS, secure_cookies=True).pane_cookie == "__Host-liaison-pane"


async def test_with_its_session_the_frame_is_led_to_the_panel_which_it_may_frame() -> None:
    pane = await signed_in_frame(lively(WebWorld()))
    led = await pane.get(f"/pane?{RECORD}")
    assert (led.status_code, led.headers["location"]) == (303, PANEL)
    panel = await pane.get(PANEL)
    assert ancestors(panel) == f"https://contoso.crm4.dynamics.com {DYNAMICS}"
    assert 'id="panel-body"' in panel.text
    assert 'class="bar"' not in panel.text
    own = await WebClient(lively(WebWorld()), FRAMED).sign_in("claire").get(PANEL)
    assert (ancestors(own), own.headers["x-frame-options"]) == ("'none'", "DENY")
    assert 'class="bar"' in own.text


@pytest.mark.parametrize("code", sorted(KINDS))
async def test_a_view_is_led_to_its_own_panel(code: str) -> None:
    pane = await signed_in_frame(lively(WebWorld()))
    view = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    query = urlencode({"environment": DYNAMICS, "table": "opportunity", "view": view, "kind": code})
    led = await pane.get(f"/pane?{query}")
    assert led.headers["location"] == f"/e/{SALES}/a/SalesHub/t/opportunity/v/{KINDS[code].value}/{view}/collaborate"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"environment": "https://elsewhere.example", "table": "opportunity", "id": RENEWAL.id}, 404),
        ({"environment": "", "table": "opportunity", "id": RENEWAL.id}, 404),
        ({"environment": DYNAMICS, "id": RENEWAL.id}, 400),
        ({"environment": DYNAMICS, "table": "opportunity"}, 400),
        ({"environment": DYNAMICS, "table": "opportunity", "view": "x", "kind": "7"}, 400),
    ],
)
async def test_a_pane_that_names_nothing_of_ours_is_told_so_in_the_frame(query: dict[str, str], status: int) -> None:
    pane = await signed_in_frame(lively(WebWorld()))
    answer = await pane.get(f"/pane?{urlencode(query)}")
    assert answer.status_code == status
    assert DYNAMICS in ancestors(answer)


async def test_the_way_back_leads_to_our_own_pages_only() -> None:
    pane = await signed_in_frame(lively(WebWorld()))
    for wrong in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        assert (await pane.get(f"/pane?{urlencode({'next': wrong})}")).headers["location"] == "/"


async def test_an_attempt_of_nobody_an_old_one_and_an_empty_one_let_nobody_in() -> None:
    world = lively(WebWorld())
    pane, window = frame(world), WebClient(world, FRAMED).sign_in("claire")
    attempt = attempt_in(await pane.get(f"/pane?{RECORD}"))
    assert (await window.post("/pane/sign-in", {"attempt": "made-up"})).status_code == 403
    assert (await window.post("/pane/sign-in", {"attempt": ""})).status_code == 403
    assert (await claim(pane, "made-up")).status_code == 204
    assert (await claim(pane, "")).status_code == 204
    assert (await window.post("/pane/sign-in", {"attempt": attempt})).status_code == 200
    assert (await window.post("/pane/sign-in", {"attempt": attempt})).status_code == 403


async def test_letting_in_needs_the_windows_form_token_and_our_own_origin() -> None:
    world = lively(WebWorld())
    pane, window = frame(world), WebClient(world, FRAMED).sign_in("claire")
    attempt = attempt_in(await pane.get(f"/pane?{RECORD}"))
    forged = await window.post("/pane/sign-in", {"attempt": attempt, "form_token": "guess"})
    elsewhere = await window.post("/pane/sign-in", {"attempt": attempt}, {"Sec-Fetch-Site": "cross-site"})
    assert (forged.status_code, elsewhere.status_code) == (403, 403)
    assert (await claim(pane, attempt)).status_code == 204
    cross = await pane.post("/pane/session", {"attempt": attempt}, {"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


async def test_writes_from_the_pane_need_the_panes_own_form_token() -> None:
    world = lively(WebWorld())
    pane = await signed_in_frame(world)
    other = WebClient(world, FRAMED).sign_in("claire")
    refused = await pane.post(f"{PANEL}/disconnect", {"form_token": other.token})
    assert refused.status_code == 403
    assert DYNAMICS in ancestors(refused)


async def test_a_session_that_ended_in_the_frame_is_asked_for_again_in_the_frame() -> None:
    world = lively(WebWorld())
    pane = await signed_in_frame(world)
    world.sessions.clear()
    answer = await pane.get(PANEL)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/pane?{urlencode({'next': PANEL})}")
    again = await pane.get(answer.headers["location"])
    assert "data-attempt" in again.text
    assert DYNAMICS in ancestors(again)


async def test_a_person_without_a_session_in_the_window_goes_to_microsoft_first() -> None:
    answer = await WebClient(lively(WebWorld()), FRAMED).get("/pane/sign-in")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/auth/login?next=%2Fpane%2Fsign-in")
    login = await WebClient(lively(WebWorld()), FRAMED).get(answer.headers["location"])
    assert "cross-origin-opener-policy" not in login.headers


async def test_signing_out_in_the_frame_ends_the_panes_session_and_stays_in_the_frame() -> None:
    world = lively(WebWorld())
    pane = await signed_in_frame(world)
    token = re.search(r'action="/auth/logout">\s*<input[^>]*value="([^"]+)"', (await pane.get(PANEL)).text)[1]  # type: ignore[index]
    before = set(world.sessions)
    out = await pane.post("/auth/logout", {"form_token": token, "back": PANEL})
    assert out.headers["location"] == f"/pane?{urlencode({'next': PANEL})}"
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert "Partitioned" in out.headers["set-cookie"]
    assert len(before - set(world.sessions)) == 1


async def test_a_pane_cookie_counts_for_nothing_in_a_window_of_its_own() -> None:
    pane = await signed_in_frame(lively(WebWorld()))
    answer = await pane.get(PANEL, {"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/auth/login")
    assert answer.headers["x-frame-options"] == "DENY"
