"""What every answer of the web door carries."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from tests.unit.api_fakes import RENEWAL, SALES
from tests.unit.web_client import OPTIONS, WebClient
from tests.unit.web_fakes import WebWorld, lively

pytestmark = pytest.mark.anyio

APP = f"/e/{SALES}/a/SalesHub"
RECORD = f"{APP}/t/opportunity/r/{RENEWAL.id}"
PAGES = (
    "/", f"{APP}/t/opportunity", RECORD, f"{RECORD}?tab=documents", f"{RECORD}?tab=timeline", f"{RECORD}/collaborate",
    f"{RECORD}/collaborate/new", f"{APP}/settings/chat-and-collaborate", "/power-apps/environments", "/links", "/audit",
    "/help", "/health", "/patterns", "/nowhere", f"{APP}/search?q=north",
)  # fmt: skip


def directives(policy: str) -> dict[str, str]:
    return dict((*part.strip().split(" ", 1), "")[:2] for part in policy.split(";"))


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_only_its_own_scripts_and_stands_in_no_frame(path: str) -> None:
    client = WebClient(lively(WebWorld())).sign_in("nadia")
    answer = await client.get(path, {"Accept": "text/html"})
    policy = directives(answer.headers["content-security-policy"])
    nonce = policy["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert policy == {
        "default-src": "'none'", "script-src": f"'nonce-{nonce}'", "style-src": "'self'", "img-src": "'self' data:",
        "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert scripts
    assert not any(scripts)
    assert answer.text.count("<script") == answer.text.count(f'nonce="{nonce}"')
    assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text)
    assert "<style" not in answer.text
    assert {name: answer.headers[name] for name in ("x-content-type-options", "x-frame-options", "cache-control")} == {
        "x-content-type-options": "nosniff", "x-frame-options": "DENY", "cache-control": "no-store",
    }  # fmt: skip


async def test_each_answer_has_another_nonce() -> None:
    client = WebClient(WebWorld())
    first, second = [(await client.get("/")).headers["content-security-policy"] for _ in range(2)]
    assert first != second


@pytest.mark.parametrize("path", ["/teams/tab/lnk_1", "/teams/config", "/teams/home", "/teams/remove"])
async def test_a_teams_page_may_be_framed_by_teams_alone(path: str) -> None:
    client = WebClient(WebWorld())
    local = await client.get(path)
    assert directives(local.headers["content-security-policy"])["frame-ancestors"] == "http://localhost:8301"
    assert directives(local.headers["content-security-policy"])["connect-src"] == "'self'"
    assert "x-frame-options" not in local.headers
    real = replace(OPTIONS, tenant_banner=False, teams_origins=("https://teams.microsoft.com",))
    answer = await WebClient(WebWorld(), real).get(path)
    policy = directives(answer.headers["content-security-policy"])
    assert policy["frame-ancestors"] == "https://teams.microsoft.com"
    assert policy["connect-src"] == "'self' https://res.cdn.office.net"
    assert 'name="liaison-hosts" content=""' in answer.text


async def test_a_teams_page_holds_no_cookie_and_nothing_of_a_person() -> None:
    client = WebClient(lively(WebWorld())).sign_in("claire")
    answer = await client.get("/teams/tab/lnk_1?theme=dark&locale=fr-fr")
    assert "set-cookie" not in answer.headers
    assert 'lang="fr"' in answer.text
    assert 'data-theme="dark"' in answer.text
    assert not any(word in answer.text for word in ("Claire", "claire@", "Northwind", client.token))


async def test_the_session_cookie_is_held_to_this_host_on_https() -> None:
    secure = replace(OPTIONS, secure_cookies=True)
    client = WebClient(WebWorld(public_address="https://crm.contoso.com"), secure)
    begun = await client.get("/auth/login")
    back = await client.http.get(begun.headers["location"], headers={"Cookie": _pair(begun.headers["set-cookie"])})
    cookies = back.headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-liaison="))
    assert all(part in session for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Domain" not in session
    assert back.headers["strict-transport-security"].startswith("max-age=")


def _pair(cookie: str) -> str:
    return cookie.partition(";")[0]


async def test_assets_are_named_by_content_and_kept_for_a_year() -> None:
    client = WebClient(WebWorld())
    page = await client.get("/")
    names = re.findall(r'(?:href|src)="(/assets/[^"#]+)"', page.text)
    assert len(set(names)) >= 8
    for name in set(names):
        answer = await client.get(name)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    unknown = await client.get("/assets/base.000000000000.css")
    assert unknown.status_code == 404


async def test_a_request_keeps_the_number_it_came_with_when_it_is_a_plain_one() -> None:
    client = WebClient(WebWorld())
    kept = await client.get("/", {"X-Correlation-Id": "0123456789abcdef"})
    fresh = await client.get("/", {"X-Correlation-Id": "<script>alert(1)</script>"})
    assert kept.headers["x-correlation-id"] == "0123456789abcdef"
    assert re.fullmatch(r"[0-9a-f]{32}", fresh.headers["x-correlation-id"])


async def test_a_door_mounted_inside_keeps_its_own_headers() -> None:
    client = WebClient(WebWorld())
    client.app.router.routes.append(Mount("/api/v1", routes=[Route("/x", lambda _: PlainTextResponse("x"))]))
    answer = await client.get("/api/v1/x")
    assert (answer.text, "content-security-policy" in answer.headers) == ("x", False)
