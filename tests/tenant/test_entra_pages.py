"""The sign-in pages in a real browser: by keyboard alone, at phone width, without a refused policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import chromium_program
from tests.local_tenant import LocalTenant
from tests.tenant.browser import authorize_address
from tests.tenant.entra_client import SIGN_IN


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


class _Application(BaseHTTPRequestHandler):
    """The application that people come back to; shows what it received."""

    def do_GET(self) -> None:
        self._show("GET")

    def do_POST(self) -> None:
        self._show(f"POST {self.rfile.read(int(self.headers['Content-Length'])).decode()}")

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _show(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture(scope="module")
def callback() -> Iterator[str]:
    """The address of an application that answers, on a free port."""
    with ThreadingHTTPServer(("localhost", 0), _Application) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/auth/callback"
        server.shutdown()


def address(tenant: LocalTenant, callback: str, **more: str) -> str:
    client_id = tenant.app("delegated")["client_id"]
    return tenant.http + authorize_address(tenant.id, client_id, SIGN_IN, redirect_uri=callback, **more)


def test_a_person_signs_in_and_consents_by_keyboard_at_phone_width(
    tenant: LocalTenant, page: Page, callback: str
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(address(tenant, callback, login_hint="claire.fontaine@contoso.com"))
    page.wait_for_function("document.activeElement.tagName === 'BUTTON'")
    assert page.evaluate("document.activeElement.textContent").split()[:2] == ["CF", "Claire"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Permissions requested").wait_for()
    while page.evaluate("document.activeElement.value") != "accept":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{callback}?code=**")
    assert problems == []


def test_form_post_comes_back_without_a_click(tenant: LocalTenant, page: Page, callback: str) -> None:
    page.goto(address(tenant, callback, response_mode="form_post"))
    page.get_by_role("button", name="Claire Fontaine").click()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url(callback)
    assert page.inner_text("body").startswith("POST code=")


def test_signing_out_tells_the_application_in_a_frame_and_returns(
    tenant: LocalTenant, page: Page, callback: str
) -> None:
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url))
    page.goto(address(tenant, callback))
    page.get_by_role("button", name="Claire Fontaine").click()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url(f"{callback}?code=**")
    page.goto(f"{tenant.http}/{tenant.id}/oauth2/v2.0/logout?post_logout_redirect_uri={callback}")
    page.wait_for_url(callback)
    assert any(url.startswith("http://localhost:8300/auth/frontchannel-logout?sid=") for url in told)


def test_what_a_person_typed_stays_text(tenant: LocalTenant, page: Page, callback: str) -> None:
    page.goto(address(tenant, callback))
    page.get_by_role("searchbox").fill("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    page.get_by_text("Nobody matches “<img src=x onerror=alert(1)>”.").wait_for()
    assert page.locator("main img").count() == 0
