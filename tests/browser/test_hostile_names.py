"""Names that try to be markup, in a real browser: no script runs and the content policy has nothing to report."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from liaison.text.lookup import load_texts
from liaison.web.app import build_web
from tests.unit.test_web_escaping import PAGES, PAYLOADS, RECORD, poisoned
from tests.unit.web_client import OPTIONS
from tests.unit.web_fakes import PEOPLE

MARK = "window.__ran = true"
HOSTILE = " ".join(payload.replace("alert(1)", MARK) for payload in PAYLOADS)


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """The web door over a world in which every name is hostile: its address, and the cookie of a session."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://localhost:{bound.getsockname()[1]}"
        world = poisoned(HOSTILE)
        world.public_address = address
        session = world.open_session(PEOPLE["nadia"])
        app = build_web(world.ports(), load_texts(), OPTIONS)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield address, session.id
        server.should_exit = True
        thread.join(5)


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[str, str]]:
    with served() as found:
        yield found


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_no_name_runs_as_a_script(chromium: Browser, world: tuple[str, str], locale: str) -> None:
    address, session = world
    context = chromium.new_context(locale=locale)
    context.add_cookies([{"name": "liaison", "value": session, "url": address}])
    page = context.new_page()
    reported: list[str] = []
    page.on("dialog", lambda dialog: (reported.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: reported.append(line.text) if "Content Security Policy" in line.text else None)
    for path in PAGES:
        page.goto(address + path.replace("__", quote(HOSTILE[:200])))
        _poke(page)
        assert (path, page.evaluate("window.__ran ?? false"), reported) == (path, False, [])
    page.goto(address + RECORD)
    page.locator(".command", has_text="Collab").click()
    page.locator("dialog[open] .connection").first.wait_for()
    _poke(page)
    assert (page.evaluate("window.__ran ?? false"), reported) == (False, [])
    context.close()


def _poke(page: Page) -> None:
    """Set off what waits for focus or the mouse."""
    page.evaluate(
        "for (const one of document.querySelectorAll('main *, dialog *'))"
        " for (const name of ['mouseover', 'focus', 'load', 'error']) one.dispatchEvent(new Event(name))"
    )
