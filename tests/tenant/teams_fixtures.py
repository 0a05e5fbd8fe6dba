"""Fixtures of the Teams client's tests, which name this module as a plugin."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import chromium_program
from tests.local_tenant import LocalTenant
from tests.tenant.teams_browser import ARGUMENTS, SCOPES, GraphAside, Visit, visit


@pytest.fixture
def claire(chromium: Browser, tenant: LocalTenant) -> Iterator[Visit]:
    """A fresh browser at a desk, in English."""
    with visit(chromium, tenant, viewport={"width": 1280, "height": 800}) as found:
        yield found


@pytest.fixture
def graph(tenant: LocalTenant) -> Iterator[GraphAside]:
    headers = {"Authorization": f"Bearer {tenant.token('Claire', SCOPES)}"}
    with httpx2.Client(base_url=f"{tenant.http}/v1.0", headers=headers, follow_redirects=True) as client:
        yield GraphAside(client)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for a module's tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        yield browser
        browser.close()
