"""A person for libraries that open a browser by themselves: follows the sign-in and comes back to the library."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2

from tests.local_tenant import LocalTenant
from tests.tenant.browser import Page, PersonsBrowser

Steps = Callable[[PersonsBrowser, Page], Page]


def agree(tenant: LocalTenant, given: str) -> Steps:
    """Choose an account and accept what is asked."""

    def steps(browser: PersonsBrowser, page: Page) -> Page:
        page = browser.press(page, "user", tenant.person(given).id)
        if page.title == "Permissions requested":
            page = browser.press(page, "decision", "accept")
        return page

    return steps


@contextmanager
def opened_browsers(tenant: LocalTenant, steps: Steps) -> Iterator[list[str]]:
    """While this lasts, every address a library opens is visited; yields the addresses."""
    opened: list[str] = []
    visits: list[threading.Thread] = []

    class Visitor(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            opened.append(url)
            visit = threading.Thread(target=_visit, args=(tenant, url, steps))
            visits.append(visit)
            visit.start()
            return True

    webbrowser.register("visitor", Visitor, preferred=True)
    order = webbrowser._tryorder  # type: ignore[attr-defined]
    try:
        yield opened
    finally:
        order.remove("visitor")
        for visit in visits:
            visit.join(timeout=10)


def _visit(tenant: LocalTenant, url: str, steps: Steps) -> None:
    with PersonsBrowser(tenant.https, verify=tenant.tls) as browser:
        page = browser.open(url)
        page = steps(browser, page) if page.forms else page
        come_back(page)


def come_back(page: Page) -> None:
    """Bring the answer to the application's own address, as a browser does."""
    location = page.headers.get("location")
    if location is not None:
        httpx2.get(location)
        return
    form = page.forms[0]
    httpx2.post(form.action, data=form.values)
