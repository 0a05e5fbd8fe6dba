"""A single-page application of another origin: @azure/msal-browser and the Graph client in Chromium, unmodified."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import Graph

pytest_plugins = ["tests.tenant.teams_fixtures"]

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "node_modules"
MSAL = PACKAGES / "@azure" / "msal-browser" / "lib"
FILES = {
    "/msal.js": MSAL / "msal-browser.min.js",
    "/bridge.js": MSAL / "redirect-bridge" / "msal-redirect-bridge.min.js",
    "/graph.js": PACKAGES / "@microsoft" / "microsoft-graph-client" / "lib" / "graph-js-sdk.js",
    "/application.js": HERE / "js" / "msal_browser.js",
}
PAGES = {
    "/": '<script src="/msal.js"></script><script src="/graph.js"></script><script src="/application.js"></script>',
    "/back": '<script src="/bridge.js"></script><script>msalRedirectBridge.broadcastResponseToMainFrame()</script>',
}
SCOPES = ["User.Read", "Files.ReadWrite.All"]


class Pages(BaseHTTPRequestHandler):
    """The application's own server."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        page = PAGES.get(path)
        known = page is not None or path in FILES
        body = f"<!doctype html><title>Page</title>{page}".encode() if page else b""
        body = FILES[path].read_bytes() if path in FILES else body
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/javascript" if path in FILES else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the tests say what went wrong."""


@dataclass
class Application:
    """The page, started for a registration of its own."""

    tenant: LocalTenant
    page: Page

    def call(self, name: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"(given) => window.{name}(...given)", list(arguments))

    def sign_in(self, given: str, scopes: list[str]) -> Any:
        """Sign somebody in in the window that pops up; they consent, as nobody did before."""
        with self.page.expect_popup() as opened:
            self.page.evaluate("(scopes) => { window.signingIn = signIn(scopes) }", scopes)
        popup = opened.value
        popup.get_by_role("button", name=re.compile(self.tenant.person(given).name)).click()
        popup.get_by_role("button", name="Accept").click()
        return self.page.evaluate("() => window.signingIn")


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def application(chromium: Browser, tenant: LocalTenant, origin: str) -> Iterator[Application]:
    nadia = Graph(tenant, tenant.token("Nadia", "Application.ReadWrite.All"))
    made = nadia.post("/applications", {"displayName": "Page", "spa": {"redirectUris": [f"{origin}/back"]}})
    context = chromium.new_context(locale="en-GB", ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{origin}/")
    found = Application(tenant, page)
    found.call("start", {"clientId": made["appId"], "authority": tenant.authority, "redirectUri": f"{origin}/back"})
    yield found
    context.close()


def test_people_sign_in_in_a_popup_and_tokens_are_renewed(application: Application, tenant: LocalTenant) -> None:
    signed_in = application.sign_in("Nadia", SCOPES)
    assert (signed_in["username"], signed_in["tenantId"]) == ("nadia.benali@contoso.com", tenant.id)
    assert set(SCOPES) <= set(signed_in["scopes"])
    assert application.call("token", ["User.Read"])["fromCache"] is True
    renewed = application.call("token", ["User.Read"], {"forceRefresh": True})
    assert (renewed["fromCache"], set(SCOPES) <= set(renewed["scopes"])) == (False, True)
    refused = application.call("token", ["Mail.Send"])
    assert (refused["interaction"], refused["code"], refused["suberror"]) == (True, "invalid_grant", "consent_required")


def test_the_page_works_with_graph_across_origins(application: Application, tenant: LocalTenant) -> None:
    application.sign_in("Nadia", SCOPES)
    assert application.call("work", tenant.https) == {
        "me": "Nadia Benali",
        "text": "from a page",
        "followed": "from a page",
        "ranges": [202, 201, 400000],
        "renamed": "p.txt",
        "batch": [200],
        "refused": [401, "InvalidAuthenticationToken", True],
    }


def test_the_page_works_with_dataverse_across_origins(application: Application, tenant: LocalTenant) -> None:
    application.sign_in("Nadia", [f"{tenant.https}/user_impersonation"])
    assert application.call("rows", tenant.https) == [200, 2, "odata.maxpagesize=2"]
